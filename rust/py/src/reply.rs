//! Answers on their way out: one for one, a list for a list, a column for a column.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, OffsetSizeTrait, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Fields};
use arrow_select::concat::concat;
use pyo3::prelude::*;
use pyo3::types::PyList;
use pyo3_arrow::PyArray;

use crate::error::Result;
use crate::parallel::by_ranges;
use crate::strings::strings;
use crate::text::Texts;

/// The bytes from which the interpreter is released for one text.
const WORTH_RELEASING: usize = 4096;

/// What a row is answered with.
pub(crate) trait Answer: Send + Sync + Sized {
    /// The answer as a Python object.
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>>;

    /// The answers as a column.
    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef>;
}

/// Answers every row of `texts` by `answer`, in the shape of `texts`.
pub(crate) fn reply<'py, T: Answer>(
    py: Python<'py>,
    texts: &Texts,
    answer: impl Fn(usize) -> Option<T> + Sync,
) -> Result<Bound<'py, PyAny>> {
    match texts {
        Texts::One(_) if texts.weight() < WORTH_RELEASING => object(py, answer(0)),
        Texts::One(_) => object(py, py.detach(|| answer(0))),
        Texts::Many(_) => list(py, texts, answer),
        Texts::Column(column) if column.is_wide() => array::<T, i64>(py, texts, answer),
        Texts::Column(_) => array::<T, i32>(py, texts, answer),
    }
}

fn object<T: Answer>(py: Python<'_>, answer: Option<T>) -> Result<Bound<'_, PyAny>> {
    Ok(answer.map_or_else(|| Ok(py.None().into_bound(py)), |answer| answer.object(py))?)
}

fn list<'py, T: Answer>(
    py: Python<'py>,
    texts: &Texts,
    answer: impl Fn(usize) -> Option<T> + Sync,
) -> Result<Bound<'py, PyAny>> {
    let parts = py.detach(|| {
        by_ranges(texts.len(), texts.weight(), |rows| rows.map(&answer).collect::<Vec<_>>())
    });
    let list = PyList::empty(py);
    for answer in parts.into_iter().flatten() {
        list.append(object(py, answer)?)?;
    }
    Ok(list.into_any())
}

fn array<'py, T: Answer, O: OffsetSizeTrait>(
    py: Python<'py>,
    texts: &Texts,
    answer: impl Fn(usize) -> Option<T> + Sync,
) -> Result<Bound<'py, PyAny>> {
    let column = py.detach(|| {
        let parts =
            by_ranges(texts.len(), texts.weight(), |rows| T::column::<O>(rows.map(&answer)));
        joined(parts)?.map_or_else(|| T::column::<O>(std::iter::empty()), Ok)
    })?;
    to_python(py, column)
}

/// One column of all parts, where there are any.
pub(crate) fn joined(parts: Vec<Result<ArrayRef>>) -> Result<Option<ArrayRef>> {
    let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
    let parts: Vec<_> = parts.iter().map(AsRef::as_ref).collect();
    Ok(if parts.is_empty() { None } else { Some(concat(&parts)?) })
}

/// The column as an `arro3.core.Array`.
pub(crate) fn to_python(py: Python<'_>, column: ArrayRef) -> Result<Bound<'_, PyAny>> {
    Ok(PyArray::from_array_ref(column).into_arro3(py)?)
}

/// A struct column, null where `valid` says so.
pub(crate) fn structs(
    columns: Vec<(&'static str, ArrayRef)>,
    valid: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let field = |(name, column): &(&'static str, ArrayRef)| {
        Field::new(*name, DataType::clone(column.data_type()), true)
    };
    let fields = columns.iter().map(field).collect::<Fields>();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(Arc::new(StructArray::try_new(fields, columns, valid)?))
}

impl Answer for String {
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(self.into_pyobject(py)?.into_any())
    }

    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef> {
        Ok(Arc::new(strings::<O, _>(rows)?))
    }
}

impl Answer for bool {
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(self.into_pyobject(py)?.to_owned().into_any())
    }

    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef> {
        Ok(Arc::new(rows.collect::<BooleanArray>()))
    }
}
