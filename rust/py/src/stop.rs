//! Stopping early, for Python.

#![expect(clippy::needless_pass_by_value, reason = "lists of arguments are extracted by value")]

use std::borrow::Cow;
use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use slm_mux_core::stop::{self, Calls, Case, Cases, Replaying};

use crate::choosing::Choosing;
use crate::expect::count;
use crate::interruptible::interruptible;
use crate::table::{AnswerTable, invalid, lossy};

/// Index and key of a member's samples.
type Drawn<'py> = Vec<(u32, Option<Bound<'py, PyString>>)>;

/// The most samples a member that a recorded set may be checked for.
const MOST: u32 = 1 << 16;

/// Asked, all, requests, requests for all.
type CallFields = (u64, u64, u64, u64);

/// Decisions, those that equal the ones of all samples, rounds; calls by member and by problem.
type ReplayFields = (u64, u64, u64, Vec<CallFields>, Vec<CallFields>);

/// What to ask next, at most `most` samples: the member's number in the table, and the index.
///
/// `drawn` and `open` are the samples that have come and that may come, by member of the table.
#[pyfunction]
pub(crate) fn next_samples(
    table: PyRef<'_, AnswerTable>,
    options: Choosing<'_>,
    problem: &Bound<'_, PyString>,
    drawn: Vec<Drawn<'_>>,
    open: Vec<Vec<u32>>,
    most: usize,
) -> PyResult<Vec<(u32, u32)>> {
    let words = options.words()?;
    let table = table.table();
    let cases = Cases::new(table, &words.options()?).map_err(invalid)?;
    let problem = lossy(problem)?;
    let number = table.problems().get(&problem);
    let number = number.ok_or_else(|| invalid(format!("no problem {problem:?} in the table")))?;
    let mut case = cases.on(number);
    let mut keys = HashMap::new();
    for place in 0..case.size() {
        let member = case.member(place) as usize;
        case.expect(place, open.get(member).into_iter().flatten().copied());
        take_in(&mut case, place, drawn.get(member).map_or(&[], Vec::as_slice), &mut keys)?;
    }
    let asks = case.next(most);
    Ok(asks.into_iter().map(|(place, index)| (case.member(place), index)).collect())
}

fn take_in<'a>(
    case: &mut Case,
    place: usize,
    drawn: &'a [(u32, Option<Bound<'_, PyString>>)],
    keys: &mut HashMap<Cow<'a, str>, u32>,
) -> PyResult<()> {
    for (index, key) in drawn {
        let known = u32::try_from(keys.len()).map_err(invalid)?;
        let key = key.as_ref().map(lossy).transpose()?;
        let key = key.map(|key| *keys.entry(key).or_insert(known));
        case.respond(place, *index, key);
    }
    Ok(())
}

/// By problem: whether samples that are still missing of `samples` a member matter no more.
#[pyfunction]
pub(crate) fn settled(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    options: Choosing<'_>,
    samples: &Bound<'_, PyInt>,
) -> PyResult<Vec<bool>> {
    let words = options.words()?;
    let options = words.options()?;
    let samples = count("samples", samples, MOST)?;
    let table = table.table();
    py.detach(|| stop::settled(table, &options, samples)).map_err(invalid)
}

/// What stopping early would have saved on recorded samples.
#[pyfunction]
pub(crate) fn replay(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    options: Choosing<'_>,
    samples: &Bound<'_, PyInt>,
    trials: &Bound<'_, PyInt>,
    most: usize,
) -> PyResult<ReplayFields> {
    let words = options.words()?;
    let options = words.options()?;
    let samples = count("samples", samples, MOST)?;
    let trials = count("trials", trials, u32::MAX)?;
    let how = Replaying { samples, trials, most, seed: words.seed() };
    let table = table.table();
    let draws = (table.problems().len() * table.members().len()) as u64 * u64::from(trials);
    let work = draws.saturating_mul(u64::from(samples)).saturating_mul(100);
    let found = interruptible(py, work, |parallel, going| {
        stop::replay(table, &options, how, parallel, going).transpose()
    })?;
    let found = found.map_err(invalid)?;
    let fields = |calls: &Calls| (calls.asked, calls.all, calls.requests, calls.all_requests);
    let all = |calls: &[Calls]| calls.iter().map(fields).collect();
    let (members, problems) = (all(&found.members), all(&found.problems));
    Ok((found.decisions, found.equal, found.rounds, members, problems))
}
