//! The options of the answer functions, one conversion each.

use std::borrow::Cow;
use std::str::FromStr;

use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::UnknownName;

use crate::error::{Error, Result};
use crate::text::{Text, items, type_name};

/// An option that is one of a few words; the error lists them.
pub(crate) struct Word<T>(pub(crate) T);

impl<T: FromStr<Err = UnknownName>> FromPyObject<'_, '_> for Word<T> {
    type Error = Error;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = <PyString as pyo3::PyTypeInfo>::TYPE_HINT;

    fn extract(word: Borrowed<'_, '_, PyAny>) -> Result<Self> {
        let text = word
            .cast::<PyString>()
            .map_err(|_| Error::Shape { expected: "str", found: type_name(&word) })?;
        Ok(Self(Text::try_from(&*text)?.parse()?))
    }
}

/// The texts of one problem's options, in letter order.
type Options = Vec<Cow<'static, str>>;

/// The option texts: none, one list for all rows, or a list for each.
pub(crate) enum Choices {
    All(Options),
    Each(Vec<Options>),
}

impl Choices {
    /// The options of a row; none where the list is empty.
    pub(crate) fn at(&self, row: usize) -> Option<slm_mux_core::Choices<'_>> {
        let options = match self {
            Self::All(options) => options,
            Self::Each(lists) => lists.get(row)?,
        };
        (!options.is_empty()).then_some(options.as_slice())
    }

    /// Checks that a list for each means each of `rows`.
    pub(crate) fn for_rows(self, rows: usize) -> Result<Self> {
        match &self {
            Self::Each(lists) if lists.len() != rows => {
                Err(Error::Length { what: "choices", expected: rows, found: lists.len() })
            }
            _ => Ok(self),
        }
    }
}

/// No option texts.
pub(crate) const NO_CHOICES: Choices = Choices::All(Vec::new());

impl FromPyObject<'_, '_> for Choices {
    type Error = Error;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = <PyAny as pyo3::PyTypeInfo>::TYPE_HINT;

    fn extract(choices: Borrowed<'_, '_, PyAny>) -> Result<Self> {
        let choices: Vec<_> = items(&choices, "a list of option texts, or one for each text")?;
        match choices.first() {
            Some(first) if !first.is_instance_of::<PyString>() => {
                Ok(Self::Each(choices.iter().map(optional_options).collect::<Result<_>>()?))
            }
            _ => Ok(Self::All(options(&choices)?)),
        }
    }
}

fn optional_options(list: &Bound<'_, PyAny>) -> Result<Options> {
    if list.is_none() {
        return Ok(Options::new());
    }
    options(&items(list, "a list of option texts")?)
}

fn options(texts: &[Bound<'_, PyAny>]) -> Result<Options> {
    let text = |(position, text): (usize, &Bound<'_, PyAny>)| {
        let found = || Error::Item { position, expected: "str", found: type_name(text) };
        let text = text.cast::<PyString>().map_err(|_| found())?;
        Ok(Cow::Owned(String::from(&*Text::try_from(text)?)))
    };
    texts.iter().enumerate().map(text).collect()
}
