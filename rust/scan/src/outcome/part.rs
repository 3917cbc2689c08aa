//! A stretch of problems, from records to rows: all that one thread can do by itself.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;

use super::decide::decide;
use super::figures::{Figures, responses};
use super::finish::Finishing;
use super::items::Item;
use super::tables::{Decisions, Tallies};
use crate::error::{Error, Result};
use crate::merge::{Problem, Rules};

/// What all parts are made by.
pub(super) struct Making<'a> {
    pub(super) rules: Rules,
    pub(super) how: &'a Finishing,
    /// The pool order of each task.
    pub(super) orders: BTreeMap<String, Vec<String>>,
}

/// Some problems, finished but for what only all problems tell.
pub(super) struct Part {
    pub(super) tallies: RecordBatch,
    pub(super) decisions: RecordBatch,
    pub(super) figures: Figures,
    /// Of each problem: its task, and the fewest responses of any member of the pool.
    pub(super) fewest: Vec<(String, u32)>,
}

impl Making<'_> {
    pub(super) fn part(&self, items: &[Item]) -> Result<Part> {
        let problems = items.iter().map(|item| self.problem(item));
        let problems: Vec<Problem<'_>> = problems.collect::<Result<_>>()?;
        let mut table = Tallies::default();
        for problem in &problems {
            table.push(problem);
        }
        let mut decisions = Decisions::with_capacity(problems.len());
        let mut figures = Figures::default();
        let mut fewest = Vec::with_capacity(problems.len());
        for run in problems.chunk_by(|a, b| a.task == b.task) {
            let order = self.orders.get(run[0].task).map_or(&[][..], Vec::as_slice);
            let decided = decide(run, order, &self.how.choosing)
                .map_err(|error| Error::Input(error.to_string()))?;
            for (problem, decided) in run.iter().zip(&decided) {
                decisions.push(&decided.row(problem));
                figures.add(problem, decided);
                fewest.push((problem.task.to_owned(), fewest_responses(problem, order)));
            }
        }
        let (tallies, decisions) = (table.finish()?, decisions.finish()?);
        Ok(Part { tallies, decisions, figures, fewest })
    }

    fn problem<'a>(&self, item: &'a Item) -> Result<Problem<'a>> {
        match item {
            Item::Recorded(pieces) => self.rules.tally(pieces),
            Item::Unanswered(task, id) => Ok(self.rules.unanswered(task, id)),
        }
    }
}

fn fewest_responses(problem: &Problem<'_>, order: &[String]) -> u32 {
    let of = |name: &String| {
        problem.members.iter().find(|member| member.name == *name).map_or(0, responses)
    };
    order.iter().map(of).min().unwrap_or(0)
}
