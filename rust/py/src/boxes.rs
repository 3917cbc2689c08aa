//! The published spans of a whole column of responses: its buffer is searched in one go.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, GenericBinaryArray, OffsetSizeTrait};
use slm_mux_core::paper::boxed_spans;
use slm_mux_core::{Kind, Profile};

use crate::column::{Chunk, Column};
use crate::error::Result;
use crate::parallel::by_ranges;
use crate::reply::joined;
use crate::strings::Strings;
use crate::text::Texts;

/// The published spans, where they can be had in one go.
///
/// Nothing for other rules, where the rows do not lie one after the other, and where an answer
/// is not UTF-8: all these are left to be read row by row.
pub(crate) fn column_of_boxes(texts: &Texts, kind: Kind, profile: Profile) -> Option<ArrayRef> {
    match (texts, kind, profile) {
        (Texts::Column(column), Kind::Math, Profile::Paper) => of_column(column),
        _ => None,
    }
}

fn of_column(column: &Column) -> Option<ArrayRef> {
    let parts = column.chunks().iter().map(of_chunk).collect::<Option<Vec<_>>>()?;
    joined(parts.into_iter().flatten().collect()).ok().flatten()
}

fn of_chunk(chunk: &Chunk) -> Option<Vec<Result<ArrayRef>>> {
    match chunk {
        Chunk::Narrow(texts) => Some(of_texts(texts)),
        Chunk::Wide(texts) => Some(of_texts(texts)),
        _ => None,
    }
}

fn of_texts<O: OffsetSizeTrait>(texts: &GenericBinaryArray<O>) -> Vec<Result<ArrayRef>> {
    by_ranges(texts.len(), texts.value_data().len(), |rows| of_rows(texts, rows))
}

fn of_rows<O: OffsetSizeTrait>(
    texts: &GenericBinaryArray<O>,
    rows: Range<usize>,
) -> Result<ArrayRef> {
    let ends = texts.value_offsets();
    let first = ends[rows.start].as_usize();
    let bytes = &texts.value_data()[first..ends[rows.end].as_usize()];
    let mut spans = Strings::<O>::with_capacity(rows.len());
    let bounds = rows.map(|row| {
        let end = ends[row + 1].as_usize() - first;
        if texts.is_null(row) { end..end } else { ends[row].as_usize() - first..end }
    });
    for span in boxed_spans(bytes, bounds) {
        spans.push(span)?;
    }
    Ok(Arc::new(spans.finish()?))
}
