//! Subset search, for Python.

#![expect(clippy::needless_pass_by_value, reason = "lists of arguments are extracted by value")]

use std::borrow::Cow;
use std::str::FromStr;

use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::search::{
    Found, Lambda, Over, PaperScore, PaperSearch, Request, Resampled, Scored, Subsets,
};

use crate::interruptible::interruptible;
use crate::table::{AnswerTable, invalid, lossy_all};

/// Places of the members in the pool; numerator and denominator of the score; union and
/// contradictions.
type Entry = (Vec<usize>, i128, i128, u32, u32);

/// How many resamples, how many kept the best subset, and the others that were the best.
type Stability = (u32, u32, Vec<(Vec<usize>, u32)>);

/// Size, number of subsets, how many are tied for the best, they, the ranking, and the
/// resamples where they were asked for.
type SizeFound = (usize, u64, u64, Vec<Entry>, Vec<Entry>, Option<Stability>);

/// The best subsets of each size by the objective of the paper.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are the options of a search")]
pub(crate) fn search_subsets(
    py: Python<'_>,
    table: PyRef<'_, AnswerTable>,
    members: Option<Vec<Bound<'_, PyString>>>,
    sizes: Vec<usize>,
    lambda: (u64, u64),
    robust_level: u32,
    contradiction_over: &str,
    k: Option<u32>,
    ranking: usize,
    resamples: u32,
    seed: u64,
) -> PyResult<Vec<SizeFound>> {
    let members = members.as_deref().map(lossy_all).transpose()?;
    let members = members.as_ref().map(|names| names.iter().map(Cow::as_ref).collect());
    let request = Request { members, sizes, robust_level, k, ranking };
    let lambda = Lambda::new(lambda.0, lambda.1).map_err(invalid)?;
    let over = Over::from_str(contradiction_over).map_err(invalid)?;
    let table = table.table();
    let search = py.detach(|| PaperSearch::new(table, &request, lambda, over)).map_err(invalid)?;
    let work = search.work().saturating_mul(u64::from(resamples) + 1);
    let (found, resampled) = interruptible(py, work, |parallel, going| {
        let found = search.run(parallel, going)?;
        let resampled = search.resample(&found, resamples, seed, parallel, going)?;
        Some((found, resampled))
    })?;
    let sizes = found.iter().zip(&resampled);
    Ok(sizes.map(|(found, resampled)| size(&search, found, resampled)).collect())
}

fn size(search: &PaperSearch, found: &Found<PaperScore>, resampled: &Resampled) -> SizeFound {
    let subsets = &found.subsets;
    let entry = |one: &Scored<PaperScore>| {
        let (numerator, denominator) = search.fraction(&one.score);
        let Scored { rank, score: PaperScore { union, contradictions, .. } } = *one;
        (subsets.members(rank), numerator, denominator, union, contradictions)
    };
    (
        subsets.size(),
        subsets.count(),
        found.tied,
        found.ties.iter().map(entry).collect(),
        found.ranking.iter().map(entry).collect(),
        (resampled.times > 0).then(|| stability(subsets, resampled)),
    )
}

fn stability(subsets: &Subsets, resampled: &Resampled) -> Stability {
    let rivals = resampled.rivals.iter();
    let rivals = rivals.map(|rival| (subsets.members(rival.rank), rival.times)).collect();
    (resampled.times, resampled.kept, rivals)
}
