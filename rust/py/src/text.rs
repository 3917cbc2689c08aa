//! One text, and the rows of an argument: one text, a list of them, or an Arrow column.

use std::borrow::Cow;
use std::ops::Deref;

use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyByteArray, PyBytes, PyList, PySequence, PyString, PyTuple};

use crate::column::Column;
use crate::error::{Error, Result};

/// A Python string: borrowed, unless it holds lone surrogates.
pub(crate) enum Text {
    Borrowed(PyBackedStr),
    Mended(String),
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Mended(text) => text,
        }
    }
}

impl TryFrom<&Bound<'_, PyString>> for Text {
    type Error = Error;

    fn try_from(text: &Bound<'_, PyString>) -> Result<Self> {
        match PyBackedStr::try_from(text.clone()) {
            Ok(text) => Ok(Self::Borrowed(text)),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) => {
                Ok(Self::Mended(without_surrogates(text)?))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The text with U+FFFD for each lone surrogate.
fn without_surrogates(text: &Bound<'_, PyString>) -> Result<String> {
    let encoded = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
    let mut bytes: Vec<u8> = encoded.extract()?;
    for at in 2..bytes.len() {
        // In UTF-8 proper, ED is never followed by A0 or more; what is replaced is as long.
        if bytes[at - 2] == 0xED && bytes[at - 1] >= 0xA0 {
            bytes[at - 2..=at].copy_from_slice("\u{FFFD}".as_bytes());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The rows of an argument, `None` where there is no text.
pub(crate) enum Texts {
    One(Option<Text>),
    Many(Vec<Option<Text>>),
    Column(Column),
}

impl Texts {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(texts) => texts.len(),
            Self::Column(column) => column.len(),
        }
    }

    /// How much there is to read: rows and bytes.
    pub(crate) fn weight(&self) -> usize {
        let bytes = |text: &Option<Text>| text.as_ref().map_or(0, |text| text.len());
        self.len()
            + match self {
                Self::One(text) => bytes(text),
                Self::Many(texts) => texts.iter().map(bytes).sum(),
                Self::Column(column) => column.bytes(),
            }
    }

    /// The text of a row; that of the only one for all rows.
    pub(crate) fn at(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::One(text) => text.as_deref().map(Cow::Borrowed),
            Self::Many(texts) => texts.get(row)?.as_deref().map(Cow::Borrowed),
            Self::Column(column) => column.at(row),
        }
    }

    /// Checks that there is one text for all of `rows`, or one for each.
    pub(crate) fn for_rows(self, rows: &Self, what: &'static str) -> Result<Self> {
        let (expected, found) = (rows.len(), self.len());
        let fits =
            matches!(self, Self::One(_)) || found == expected && !matches!(rows, Self::One(_));
        if fits { Ok(self) } else { Err(Error::Length { what, expected, found }) }
    }
}

const EXPECTED: &str = "str, None, a list of them or an Arrow column of strings";

impl FromPyObject<'_, '_> for Texts {
    type Error = Error;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = <PyAny as pyo3::PyTypeInfo>::TYPE_HINT;

    fn extract(texts: Borrowed<'_, '_, PyAny>) -> Result<Self> {
        if let Some(text) = optional_text(&texts)? {
            return Ok(Self::One(text));
        }
        if let Some(column) = Column::from_python(&texts)? {
            return Ok(Self::Column(column));
        }
        let texts = items(&texts, EXPECTED)?;
        Ok(Self::Many(texts.iter().enumerate().map(item).collect::<Result<_>>()?))
    }
}

/// The text that `object` is, where it is one or `None`.
fn optional_text(object: &Bound<'_, PyAny>) -> Result<Option<Option<Text>>> {
    if object.is_none() {
        return Ok(Some(None));
    }
    object.cast::<PyString>().ok().map(|text| Ok(Some(text.try_into()?))).transpose()
}

fn item((position, object): (usize, &Bound<'_, PyAny>)) -> Result<Option<Text>> {
    let error = || Error::Item { position, expected: "str or None", found: type_name(object) };
    optional_text(object)?.ok_or_else(error)
}

/// The items of a sequence that is no string of any sort.
pub(crate) fn items<'py>(
    sequence: &Bound<'py, PyAny>,
    expected: &'static str,
) -> Result<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = sequence.cast::<PyList>() {
        return Ok(list.iter().collect());
    }
    if let Ok(tuple) = sequence.cast::<PyTuple>() {
        return Ok(tuple.iter().collect());
    }
    let is_string = sequence.is_instance_of::<PyString>()
        || sequence.is_instance_of::<PyBytes>()
        || sequence.is_instance_of::<PyByteArray>();
    match sequence.cast::<PySequence>() {
        Ok(sequence) if !is_string => Ok(sequence.try_iter()?.collect::<PyResult<_>>()?),
        _ => Err(Error::Shape { expected, found: type_name(sequence) }),
    }
}

/// The name of the type of `object`, for messages.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "an object".into(), |name| name.to_string())
}
