//! Arrow columns of strings, read where they lie.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;

use crate::error::{Error, Result};

/// A column of strings in any of Arrow's layouts.
///
/// Arrow promises UTF-8, but the producer may not have checked it: strings are held as bytes,
/// and what is not UTF-8 reads as U+FFFD.
pub(crate) struct Column {
    chunks: Vec<Chunk>,
    /// The first row of each chunk.
    starts: Vec<usize>,
    rows: usize,
    wide: bool,
}

/// Strings of one layout.
pub(crate) enum Chunk {
    Narrow(BinaryArray),
    Wide(LargeBinaryArray),
    View(BinaryViewArray),
    Dictionary { keys: Vec<usize>, nulls: Option<NullBuffer>, values: Box<Chunk> },
    Null(usize),
}

impl Column {
    /// The column that `object` is, where it speaks Arrow: an array, or a stream of them.
    pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> Result<Option<Self>> {
        if !(object.hasattr("__arrow_c_array__")? || object.hasattr("__arrow_c_stream__")?) {
            return Ok(None);
        }
        let column = object.extract::<AnyArray>()?.into_chunked_array().map_err(PyErr::from)?;
        let (arrays, field) = column.into_inner();
        Self::new(&arrays, field.data_type()).map(Some)
    }

    fn new(arrays: &[ArrayRef], data_type: &DataType) -> Result<Self> {
        let chunks: Vec<_> = arrays.iter().map(Chunk::new).collect::<Result<_>>()?;
        Chunk::new(&arrow_array::new_empty_array(data_type))?;
        let mut rows = 0;
        let lengths = chunks.iter().map(Chunk::len);
        let starts = lengths.map(|length| (rows, rows += length).0).collect();
        let wide = matches!(data_type, DataType::LargeUtf8 | DataType::Utf8View);
        Ok(Self { chunks, starts, rows, wide })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// The size of the strings.
    pub(crate) fn bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::bytes).sum()
    }

    /// Whether answers need 64-bit offsets: as many as the strings may have.
    pub(crate) fn is_wide(&self) -> bool {
        self.wide
    }

    /// The chunks and the first row of each.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The string of a row.
    pub(crate) fn at(&self, row: usize) -> Option<Cow<'_, str>> {
        let chunk = self.starts.partition_point(|&start| start <= row).checked_sub(1)?;
        let bytes = self.chunks[chunk].at(row - self.starts[chunk])?;
        Some(match str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        })
    }
}

impl Chunk {
    fn new(array: &ArrayRef) -> Result<Self> {
        match array.data_type() {
            DataType::Dictionary(..) => Self::from_dictionary(array),
            _ => Self::from_plain(array),
        }
    }

    fn from_plain(array: &ArrayRef) -> Result<Self> {
        match array.data_type() {
            DataType::Utf8 => Ok(Self::Narrow(array.as_string::<i32>().clone().into())),
            DataType::LargeUtf8 => Ok(Self::Wide(array.as_string::<i64>().clone().into())),
            DataType::Utf8View => Ok(Self::View(array.as_string_view().clone().to_binary_view())),
            DataType::Null => Ok(Self::Null(array.len())),
            other => Err(Error::Column(other.clone())),
        }
    }

    fn from_dictionary(array: &ArrayRef) -> Result<Self> {
        let dictionary = array.as_any_dictionary();
        let values = Box::new(Self::from_plain(dictionary.values())?);
        if dictionary.values().is_empty() {
            return Ok(Self::Null(array.len()));
        }
        let nulls = dictionary.keys().nulls().cloned();
        Ok(Self::Dictionary { keys: dictionary.normalized_keys(), nulls, values })
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(array) => array.len(),
            Self::Wide(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Dictionary { keys, .. } => keys.len(),
            Self::Null(rows) => *rows,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(array) => array.value_data().len(),
            Self::Wide(array) => array.value_data().len(),
            Self::View(array) => array.lengths().map(|length| length as usize).sum(),
            Self::Dictionary { values, .. } => values.bytes(),
            Self::Null(_) => 0,
        }
    }

    /// The bytes of a row.
    fn at(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Narrow(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Wide(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Dictionary { keys, nulls, values } => {
                let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                valid.then(|| values.at(keys[row])).flatten()
            }
            Self::Null(_) => None,
        }
    }
}
