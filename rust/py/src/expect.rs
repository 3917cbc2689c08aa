//! Expected accuracies and their intervals, for Python.

#![expect(clippy::needless_pass_by_value, reason = "lists of arguments are extracted by value")]

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use slm_mux_core::expect::{self, Drawing, MOST_SAMPLES};
use slm_mux_core::select::pool;

use crate::choosing::Choosing;
use crate::parallel::installed;
use crate::table::{AnswerTable, invalid, lossy_all};

/// By problem: the chances of a right answer, of one that nobody could grade, of none; and the
/// standard error, where the chances are not exact.
type ExpectedFields = (Vec<f64>, Vec<f64>, Vec<f64>, Option<f64>);

/// Member, the problem on which it has the fewest calls, those, its fewest responses.
type AtHandFields<'a> = (&'a str, Option<&'a str>, u64, u64);

/// What is expected of each problem at `samples` samples a member.
#[pyfunction]
pub(crate) fn expected(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    options: Choosing<'_>,
    samples: &Bound<'_, PyInt>,
    draws: &Bound<'_, PyInt>,
    closed_form: bool,
) -> PyResult<ExpectedFields> {
    let words = options.words()?;
    let options = words.options()?;
    let draws = count("draws", draws, u32::MAX)?;
    let how = Drawing { draws, seed: words.seed(), closed_form };
    let samples = count("samples", samples, MOST_SAMPLES)?;
    let table = table.table();
    let found = py.detach(|| installed(|| expect::expected(table, &options, samples, &how)));
    let found = found.map_err(invalid)?;
    Ok((found.correct, found.undecided, found.unanswered, found.standard_error))
}

/// The expected accuracy of `mux` at `samples` samples a member, with each of some pools, which
/// are lists of places in the order of the options.
#[pyfunction]
pub(crate) fn expected_subsets(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    options: Choosing<'_>,
    subsets: Vec<Vec<usize>>,
    samples: &Bound<'_, PyInt>,
) -> PyResult<Vec<f64>> {
    let words = options.words()?;
    let options = words.options()?;
    let samples = count("samples", samples, MOST_SAMPLES)?;
    let table = table.table();
    let found =
        py.detach(|| installed(|| expect::expected_subsets(table, &options, samples, &subsets)));
    found.map_err(invalid)
}

/// How many samples each member has at least, in the order of `members`.
#[pyfunction]
pub(crate) fn at_hand<'a>(
    table: &'a Bound<'_, AnswerTable>,
    members: Vec<Bound<'_, PyString>>,
) -> PyResult<Vec<AtHandFields<'a>>> {
    let table = table.get().table();
    let order = lossy_all(&members)?;
    let names: Vec<&str> = order.iter().map(Cow::as_ref).collect();
    let pool = pool(table, Some(&names)).map_err(invalid)?;
    let found = table_at_hand(table, &pool);
    Ok(found)
}

fn table_at_hand<'a>(table: &'a slm_mux_core::table::Table, pool: &[u32]) -> Vec<AtHandFields<'a>> {
    let named = |at: expect::AtHand| {
        let problem = at.problem.map(|problem| table.problems().text(problem));
        (table.members().text(at.member), problem, at.calls, at.responses)
    };
    expect::at_hand(table, pool).into_iter().map(named).collect()
}

/// The 2.5 % and 97.5 % points of the means of some rates over the same problems.
#[pyfunction]
pub(crate) fn bootstrap(
    py: Python<'_>,
    rates: Vec<Vec<f64>>,
    resamples: u32,
    seed: &Bound<'_, PyInt>,
) -> PyResult<Vec<(f64, f64)>> {
    let seed: i64 = seed.extract().map_err(|_| invalid("seed must fit in 64 bits"))?;
    let rates: Vec<&[f64]> = rates.iter().map(Vec::as_slice).collect();
    if rates.windows(2).any(|two| two[0].len() != two[1].len()) {
        return Err(invalid("rates: all must have the same number of problems"));
    }
    Ok(py.detach(|| installed(|| expect::bootstrap(&rates, resamples, seed.cast_unsigned()))))
}

pub(crate) fn count(what: &str, number: &Bound<'_, PyInt>, most: u32) -> PyResult<u32> {
    let of = || format!("{what} is {number}, it must be from 1 to {most}");
    number.extract().map_err(|_| invalid(of()))
}
