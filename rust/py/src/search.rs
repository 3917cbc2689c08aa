//! Subset search, for Python.

#![expect(clippy::needless_pass_by_value, reason = "lists of arguments are extracted by value")]

use std::borrow::Cow;
use std::str::FromStr;

use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::search::{
    ExpectedScore, ExpectedSearch, Found, Lambda, Objective, Over, PaperScore, PaperSearch,
    Request, Resampled, Scored, Search, Subsets,
};
use slm_mux_core::tally::Abstain;

use crate::interruptible::interruptible;
use crate::table::{AnswerTable, invalid, lossy_all};

/// Numerator and denominator of a score; union and contradictions where it is made of them.
type ScoreFields = (i128, i128, Option<(u32, u32)>);

/// Places of the members in the pool, and their score.
type Entry = (Vec<usize>, ScoreFields);

/// How many resamples, how many kept the best subset, and the others that were the best.
type Stability = (u32, u32, Vec<(Vec<usize>, u32)>);

/// Size, number of subsets, how many are tied for the best, they, the ranking, and the
/// resamples where there are any.
type SizeFound = (usize, u64, u64, Vec<Entry>, Vec<Entry>, Option<Stability>);

/// The best subsets of each size by the objective of the paper; lambda is a fraction.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are the options of a search")]
pub(crate) fn search_subsets(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    members: Option<Vec<Bound<'_, PyString>>>,
    sizes: Vec<usize>,
    ranking: usize,
    resamples: u32,
    seed: u64,
    k: Option<u32>,
    lambda_: (u64, u64),
    robust_level: u32,
    contradiction_over: &str,
) -> PyResult<Vec<SizeFound>> {
    let members = members.as_deref().map(lossy_all).transpose()?;
    let members = members.as_ref().map(|names| names.iter().map(Cow::as_ref).collect());
    let request = Request { members, sizes, robust_level, k, ranking };
    let lambda = Lambda::new(lambda_.0, lambda_.1).map_err(invalid)?;
    let over = Over::from_str(contradiction_over).map_err(invalid)?;
    let table = table.table();
    let search = py.detach(|| PaperSearch::new(table, &request, lambda, over)).map_err(invalid)?;
    run(py, &search, resamples, seed, |score: &PaperScore| {
        let (numerator, denominator) = search.fraction(score);
        (numerator, denominator, Some((score.union, score.contradictions)))
    })
}

/// The best subsets of each size by expected accuracy at `k` samples; `members` in tie order.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are the options of a search")]
pub(crate) fn search_expected(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    members: Option<Vec<Bound<'_, PyString>>>,
    sizes: Vec<usize>,
    ranking: usize,
    resamples: u32,
    seed: u64,
    k: u32,
    abstain: &str,
) -> PyResult<Vec<SizeFound>> {
    let members = members.as_deref().map(lossy_all).transpose()?;
    let members = members.as_ref().map(|names| names.iter().map(Cow::as_ref).collect());
    let request = Request { members, sizes, robust_level: 1, k: Some(k), ranking };
    let abstain = Abstain::from_str(abstain).map_err(invalid)?;
    let table = table.table();
    let search = py.detach(|| ExpectedSearch::new(table, &request, abstain)).map_err(invalid)?;
    run(py, &search, resamples, seed, |score: &ExpectedScore| {
        (score.0.into(), ExpectedScore::UNITS.into(), None)
    })
}

fn run<O: Objective>(
    py: Python<'_>,
    search: &Search<O>,
    resamples: u32,
    seed: u64,
    fields: impl Fn(&O::Score) -> ScoreFields,
) -> PyResult<Vec<SizeFound>> {
    let resamples = search.affordable(resamples);
    let work = search.work().saturating_mul(u64::from(resamples) + 1);
    let (found, again) = interruptible(py, work, |parallel, going| {
        let found = search.run(parallel, going)?;
        let again = search.resample(&found, resamples, seed, parallel, going)?;
        Some((found, again))
    })?;
    let sizes = found.iter().zip(&again);
    Ok(sizes.map(|(found, again)| size(found, again, &fields)).collect())
}

fn size<S>(found: &Found<S>, again: &Resampled, fields: impl Fn(&S) -> ScoreFields) -> SizeFound {
    let subsets = &found.subsets;
    let entry = |one: &Scored<S>| (subsets.members(one.rank), fields(&one.score));
    (
        subsets.size(),
        subsets.count(),
        found.tied,
        found.ties.iter().map(entry).collect(),
        found.ranking.iter().map(entry).collect(),
        (again.times > 0).then(|| stability(subsets, again)),
    )
}

fn stability(subsets: &Subsets, again: &Resampled) -> Stability {
    let rivals = again.rivals.iter();
    let rivals = rivals.map(|rival| (subsets.members(rival.rank), rival.times)).collect();
    (again.times, again.kept, rivals)
}
