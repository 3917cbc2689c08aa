//! Decisions, kept in Rust and read one by one or by column.

use std::sync::Arc;

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use slm_mux_core::select::{Choice, Decision, Reason};
use slm_mux_core::table::Table;
use slm_mux_core::tally::Outcomes;

use super::{Counts, named};

/// Problem, key, model, sample index, numerator and denominator of the confidence, reason,
/// number of tied, outcome.
type DecisionFields<'a> = (
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<u32>,
    u64,
    u64,
    &'static str,
    u32,
    &'static str,
);

/// One decision per problem of a table; frozen.
#[pyclass(frozen, module = "slm_mux._core")]
pub(crate) struct Decisions {
    table: Arc<Table>,
    rows: Vec<Decision>,
}

impl Decisions {
    pub(super) fn new(table: Arc<Table>, rows: Vec<Decision>) -> Self {
        Self { table, rows }
    }

    fn key(&self, choice: &Choice) -> &str {
        self.table.keys().text(choice.key)
    }

    fn model(&self, choice: &Choice) -> &str {
        self.table.members().text(choice.member)
    }

    fn choices(&self) -> impl Iterator<Item = Option<&Choice>> {
        self.rows.iter().map(|decision| decision.choice.as_ref())
    }
}

#[pymethods]
impl Decisions {
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// The fields of one decision.
    fn get(&self, at: usize) -> PyResult<DecisionFields<'_>> {
        let out_of_range = || PyIndexError::new_err("decision index out of range");
        let decision = self.rows.get(at).ok_or_else(out_of_range)?;
        let problem = u32::try_from(at).map_err(|_| out_of_range())?;
        let Decision { choice, reason, tied, outcome } = decision;
        let choice = choice.as_ref();
        Ok((
            self.table.problems().text(problem),
            choice.map(|choice| self.key(choice)),
            choice.map(|choice| self.model(choice)),
            choice.map(|choice| choice.index),
            choice.map_or(0, |choice| choice.votes),
            choice.map_or(0, |choice| choice.of),
            reason.name(),
            *tied,
            outcome.name(),
        ))
    }

    #[getter]
    fn problem_ids(&self) -> Vec<&str> {
        self.table.problems().iter().collect()
    }

    #[getter]
    fn keys(&self) -> Vec<Option<&str>> {
        self.choices().map(|choice| choice.map(|choice| self.key(choice))).collect()
    }

    #[getter]
    fn models(&self) -> Vec<Option<&str>> {
        self.choices().map(|choice| choice.map(|choice| self.model(choice))).collect()
    }

    #[getter]
    fn correct(&self) -> Vec<Option<bool>> {
        self.choices().map(|choice| choice.and_then(|choice| choice.correct)).collect()
    }

    /// How many decisions each reason made; reasons that made none are left out.
    fn counts_by_reason(&self) -> Counts {
        let mut counts = [0; Reason::NAMES.len()];
        for decision in &self.rows {
            counts[decision.reason as usize] += 1;
        }
        Reason::NAMES.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    /// How many decisions came out how.
    fn outcomes(&self) -> Counts {
        let mut counts = Outcomes::default();
        for decision in &self.rows {
            counts.add(decision.outcome, 1);
        }
        named(counts.0)
    }
}
