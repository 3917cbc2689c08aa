//! The answer table and its decisions, for Python.

#![expect(clippy::needless_pass_by_value, reason = "lists of arguments are extracted by value")]

mod arrow;
pub(crate) mod candidates;
mod decisions;
mod rows;
mod text;

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use pyo3::import_exception;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3_arrow::input::AnyRecordBatch;
use slm_mux_core::select::select;
use slm_mux_core::table::{Builder, Cell, Table};
use slm_mux_core::tally::{self, Abstain, Outcome, Tally};

use crate::choosing::Choosing;
pub(crate) use decisions::Decisions;
pub(crate) use text::{lossy, lossy_all};

import_exception!(slm_mux.errors, InputError);

pub(crate) fn invalid(error: impl std::fmt::Display) -> PyErr {
    InputError::new_err(error.to_string())
}

/// Named counts.
type Counts = Vec<(&'static str, u64)>;

fn named(counts: [u64; 6]) -> Counts {
    Outcome::NAMES.into_iter().zip(counts).collect()
}

/// The first four: votes, unparsed, truncated, failed; then the keys with their counts,
/// most first; the exemplar's index, the verdict on it, and the size of the denominator.
type TallyFields<'a> = (u32, u32, u32, u32, Vec<(&'a str, u32)>, Option<u32>, Option<bool>, u64);

/// Recorded answers of several members, interned; frozen.
#[pyclass(frozen, module = "slm_mux._core")]
pub(crate) struct AnswerTable(Arc<Table>);

impl AnswerTable {
    /// The table, for the studies.
    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.0
    }

    /// The numbers of these members; by default of all.
    fn pool(&self, members: Option<Vec<Bound<'_, PyString>>>) -> PyResult<Vec<u32>> {
        let names = members.as_deref().map(lossy_all).transpose()?;
        let pool = names.as_ref().map(|names| names.iter().map(Cow::as_ref).collect::<Vec<_>>());
        slm_mux_core::select::pool(&self.0, pool.as_deref()).map_err(invalid)
    }
}

#[pymethods]
impl AnswerTable {
    /// The table of an iterable of mappings.
    #[staticmethod]
    fn from_rows(
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        references: Vec<(Bound<'_, PyString>, Bound<'_, PyString>)>,
        problems: Vec<Bound<'_, PyString>>,
        members: Vec<Bound<'_, PyString>>,
    ) -> PyResult<Self> {
        let mut builder = builder(&references, &problems, &members)?;
        rows::read(&mut builder, rows)?;
        Ok(Self(Arc::new(py.detach(|| builder.finish()))))
    }

    /// The table of an Arrow table, batch or stream.
    #[staticmethod]
    fn from_arrow(
        py: Python<'_>,
        rows: AnyRecordBatch,
        references: Vec<(Bound<'_, PyString>, Bound<'_, PyString>)>,
        problems: Vec<Bound<'_, PyString>>,
        members: Vec<Bound<'_, PyString>>,
    ) -> PyResult<Self> {
        let builder = builder(&references, &problems, &members)?;
        let reader = rows.into_reader()?;
        Ok(Self(Arc::new(py.detach(|| arrow::read(builder, reader))?)))
    }

    /// The table of one task of a tallies file; problems come first, in that order, and members
    /// are those that take part, all where none are named.
    #[staticmethod]
    fn from_tallies(
        py: Python<'_>,
        tallies: AnyRecordBatch,
        task: String,
        problems: Vec<String>,
        members: Vec<String>,
    ) -> PyResult<Self> {
        let batches = tallies.into_reader()?.map(|batch| batch.map_err(slm_mux_scan::Error::from));
        let table = py.detach(|| {
            let problems = problems.iter().map(String::as_str);
            let members = members.iter().map(String::as_str);
            slm_mux_scan::answers(batches, &task, problems, members)
        });
        Ok(Self(Arc::new(table.map_err(invalid)?)))
    }

    /// The union of both tables.
    fn merge(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        let merged = py.detach(|| self.table().merge(other.table()));
        let merged = merged.ok_or_else(|| invalid("a table holds at most 2^32 distinct names"))?;
        Ok(Self(Arc::new(merged)))
    }

    /// The same table with only the samples whose index is below `k`.
    fn first_samples(&self, py: Python<'_>, k: u32) -> Self {
        Self(Arc::new(py.detach(|| self.table().first_samples(k))))
    }

    #[getter]
    fn problem_ids(&self) -> Vec<&str> {
        self.0.problems().iter().collect()
    }

    #[getter]
    fn members(&self) -> Vec<&str> {
        self.0.members().iter().collect()
    }

    #[getter]
    fn sample_count(&self) -> usize {
        self.0.sample_count()
    }

    #[getter]
    fn conflicts(&self) -> Vec<(&str, &str, u32)> {
        let (problems, members) = (self.0.problems(), self.0.members());
        let named = |at: &slm_mux_core::table::Conflict| {
            (problems.text(at.problem), members.text(at.member), at.index)
        };
        self.0.conflicts().iter().map(named).collect()
    }

    /// The votes of one member on one problem.
    fn tally(
        &self,
        problem: &Bound<'_, PyString>,
        model: &Bound<'_, PyString>,
        abstain: &Bound<'_, PyString>,
    ) -> PyResult<TallyFields<'_>> {
        let table = &self.0;
        let unknown = |what, name: &str| invalid(format!("the table has no {what} {name:?}"));
        let (problem, model) = (lossy(problem)?, lossy(model)?);
        let abstain = Abstain::from_str(&lossy(abstain)?).map_err(invalid)?;
        let at = table.problems().get(&problem).ok_or_else(|| unknown("problem", &problem))?;
        let member = table.members().get(&model).ok_or_else(|| unknown("member", &model))?;
        Ok(tally_fields(table, table.cell(at, member), abstain))
    }

    /// By member: the counts over its samples, and over problems by self-consistency.
    fn members_summary(&self, py: Python<'_>) -> Vec<(&str, Counts, Counts)> {
        let summaries = py.detach(|| self.0.members_summary());
        let counts = summaries.into_iter().map(|one| (named(one.samples.0), named(one.problems.0)));
        self.0.members().iter().zip(counts).map(|(name, (a, b))| (name, a, b)).collect()
    }

    /// On how many problems the top key of one of the members is correct.
    fn oracle(&self, py: Python<'_>, members: Option<Vec<Bound<'_, PyString>>>) -> PyResult<u64> {
        let ids = self.pool(members)?;
        Ok(py.detach(|| self.0.oracle(&ids)))
    }

    /// On how many problems some key of one of the members is correct.
    fn any_correct(
        &self,
        py: Python<'_>,
        members: Option<Vec<Bound<'_, PyString>>>,
    ) -> PyResult<u64> {
        let ids = self.pool(members)?;
        Ok(py.detach(|| self.0.any_correct(&ids)))
    }

    /// One decision per problem.
    fn select(&self, py: Python<'_>, options: Choosing<'_>) -> PyResult<Decisions> {
        let words = options.words()?;
        let options = words.options()?;
        let rows = py.detach(|| select(&self.0, &options)).map_err(invalid)?;
        Ok(Decisions::new(Arc::clone(&self.0), rows))
    }
}

fn builder(
    references: &[(Bound<'_, PyString>, Bound<'_, PyString>)],
    problems: &[Bound<'_, PyString>],
    members: &[Bound<'_, PyString>],
) -> PyResult<Builder> {
    let (problems, members) = (lossy_all(problems)?, lossy_all(members)?);
    let references: Vec<(Cow<'_, str>, Cow<'_, str>)> = references
        .iter()
        .map(|(problem, key)| Ok((lossy(problem)?, lossy(key)?)))
        .collect::<PyResult<_>>()?;
    Ok(Builder::new(
        problems.iter().map(Cow::as_ref),
        members.iter().map(Cow::as_ref),
        references.iter().map(|(problem, key)| (problem.as_ref(), key.as_ref())),
    ))
}

fn tally_fields<'a>(table: &'a Table, cell: Option<&Cell>, abstain: Abstain) -> TallyFields<'a> {
    let tally = cell.map(|cell| cell.tally).unwrap_or_default();
    let Tally { votes, unparsed, truncated, failed, top, .. } = tally;
    let ranked = cell.map(|cell| tally::ranking(table.groups(cell))).unwrap_or_default();
    let counts = ranked.iter().map(|group| (table.keys().text(group.key), group.count)).collect();
    let index = top.map(|top| top.first);
    let correct = top.and_then(|top| top.correct);
    (votes, unparsed, truncated, failed, counts, index, correct, tally.size(abstain))
}
