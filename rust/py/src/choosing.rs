//! The options of a selection, as Python gives them.

use std::borrow::Cow;
use std::str::FromStr;

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use slm_mux_core::select::{Options, Selector, Tie};
use slm_mux_core::tally::Abstain;

use crate::table::{invalid, lossy, lossy_all};

/// A mapping of all options of a selection.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Choosing<'py> {
    selector: Bound<'py, PyString>,
    order: Option<Vec<Bound<'py, PyString>>>,
    validation_accuracy: Vec<(Bound<'py, PyString>, f64)>,
    weights: Vec<(Bound<'py, PyString>, u64)>,
    abstain: Bound<'py, PyString>,
    tie: Bound<'py, PyString>,
    seed: Bound<'py, PyInt>,
    choices: Option<u32>,
}

/// The same as text, which options borrow.
pub(crate) struct Words<'a> {
    selector: Cow<'a, str>,
    order: Option<Vec<Cow<'a, str>>>,
    accuracy: Vec<(Cow<'a, str>, f64)>,
    weights: Vec<(Cow<'a, str>, u64)>,
    abstain: Abstain,
    tie: Tie,
    seed: i64,
    choices: Option<u32>,
}

impl Choosing<'_> {
    /// The texts; refuses a word that is none of the choices.
    pub(crate) fn words(&self) -> PyResult<Words<'_>> {
        Ok(Words {
            selector: lossy(&self.selector)?,
            order: self.order.as_deref().map(lossy_all).transpose()?,
            accuracy: named(&self.validation_accuracy)?,
            weights: named(&self.weights)?,
            abstain: Abstain::from_str(&lossy(&self.abstain)?).map_err(invalid)?,
            tie: Tie::from_str(&lossy(&self.tie)?).map_err(invalid)?,
            seed: self.seed.extract().map_err(|_| invalid("seed must fit in 64 bits"))?,
            choices: self.choices,
        })
    }
}

impl Words<'_> {
    /// The options, as the core takes them; refuses an unknown selector.
    pub(crate) fn options(&self) -> PyResult<Options<'_>> {
        Ok(Options {
            selector: Selector::parse(&self.selector).map_err(invalid)?,
            order: self.order.as_ref().map(|names| names.iter().map(Cow::as_ref).collect()),
            accuracy: self.accuracy.iter().map(|(name, value)| (name.as_ref(), *value)).collect(),
            abstain: self.abstain,
            tie: self.tie,
            seed: self.seed,
            choices: self.choices,
            weights: self.weights.iter().map(|(name, value)| (name.as_ref(), *value)).collect(),
        })
    }

    /// The seed of what is drawn.
    pub(crate) fn seed(&self) -> u64 {
        self.seed.cast_unsigned()
    }
}

fn named<'a, T: Copy>(values: &'a [(Bound<'_, PyString>, T)]) -> PyResult<Vec<(Cow<'a, str>, T)>> {
    values.iter().map(|(name, value)| Ok((lossy(name)?, *value))).collect()
}
