//! What a calibration is fitted on, for Python.

use std::borrow::Cow;
use std::str::FromStr;

use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::select;
use slm_mux_core::tally::Abstain;

use super::text::{lossy, lossy_all};
use super::{AnswerTable, invalid};

/// A distinct key: for each member its votes and its samples; whether it is correct.
type Candidate = (Vec<(u32, u64)>, Option<bool>);

/// By problem, the distinct keys that the pool gave.
#[pyfunction]
pub(crate) fn candidates(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    order: Vec<Bound<'_, PyString>>,
    abstain: &Bound<'_, PyString>,
) -> PyResult<Vec<Vec<Candidate>>> {
    let names = lossy_all(&order)?;
    let order: Vec<&str> = names.iter().map(Cow::as_ref).collect();
    let abstain = Abstain::from_str(&lossy(abstain)?).map_err(invalid)?;
    let table = table.table();
    let found = py.detach(|| select::candidates(table, Some(&order), abstain)).map_err(invalid)?;
    let plain = |one: select::Candidate| (one.votes, one.correct);
    Ok(found.into_iter().map(|all| all.into_iter().map(plain).collect()).collect())
}
