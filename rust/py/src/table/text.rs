//! Python strings as Rust text.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text::without_surrogates;

/// The text of `string`, borrowed; a lone surrogate reads as U+FFFD.
pub(super) fn lossy<'a>(string: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match string.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Ok(Cow::Owned(without_surrogates(string)?)),
    }
}

/// The text of each string.
pub(crate) fn lossy_all<'a>(strings: &'a [Bound<'_, PyString>]) -> PyResult<Vec<Cow<'a, str>>> {
    strings.iter().map(lossy).collect()
}
