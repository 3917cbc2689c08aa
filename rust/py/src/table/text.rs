//! Python strings as Rust text.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// The text of `string`, borrowed; a lone surrogate reads as U+FFFD.
pub(super) fn lossy<'a>(string: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match string.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => replaced(string).map(Cow::Owned),
    }
}

/// The text of each string.
pub(super) fn lossy_all<'a>(strings: &'a [Bound<'_, PyString>]) -> PyResult<Vec<Cow<'a, str>>> {
    strings.iter().map(lossy).collect()
}

/// UTF-32, because there each surrogate stands alone.
fn replaced(string: &Bound<'_, PyString>) -> PyResult<String> {
    let encoded = string.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
    let (points, _) = encoded.cast::<PyBytes>()?.as_bytes().as_chunks::<4>();
    let read = |point: &[u8; 4]| char::from_u32(u32::from_le_bytes(*point));
    Ok(points.iter().map(|point| read(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}
