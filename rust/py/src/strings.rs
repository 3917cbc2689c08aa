//! Building a column of strings.

use arrow_array::{GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};

use crate::error::{Error, Result};

/// The strings of a column, one after the other.
pub(crate) struct Strings<O: OffsetSizeTrait> {
    ends: Vec<O>,
    bytes: Vec<u8>,
    nulls: NullBufferBuilder,
}

impl<O: OffsetSizeTrait> Strings<O> {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(O::default());
        Self { ends, bytes: Vec::with_capacity(rows * 8), nulls: NullBufferBuilder::new(rows) }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, text: Option<&[u8]>) -> Result<()> {
        self.bytes.extend_from_slice(text.unwrap_or_default());
        self.ends.push(O::from_usize(self.bytes.len()).ok_or_else(|| Error::Overflow)?);
        self.nulls.append(text.is_some());
        Ok(())
    }

    /// The column.
    pub(crate) fn finish(mut self) -> Result<GenericStringArray<O>> {
        let ends = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        let bytes = Buffer::from_vec(self.bytes);
        Ok(GenericStringArray::try_new(ends, bytes, self.nulls.finish())?)
    }
}

/// The column of `texts`.
pub(crate) fn strings<O: OffsetSizeTrait, T: AsRef<str>>(
    texts: impl ExactSizeIterator<Item = Option<T>>,
) -> Result<GenericStringArray<O>> {
    let mut column = Strings::with_capacity(texts.len());
    for text in texts {
        column.push(text.as_ref().map(|text| text.as_ref().as_bytes()))?;
    }
    column.finish()
}
