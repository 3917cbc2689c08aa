//! The answer table: problems × members × samples, every text interned to a small integer.
//!
//! Texts cross into the table once; every vote, selection and study is then a method of it.
//! Only cells that hold samples are stored, so a log that names many models and many
//! problems costs what its rows cost.

mod build;
mod counts;
mod draw;
mod names;
mod summary;

use std::ops::Range;

pub use build::{Builder, Correct, Row, RowError, RowFault};
pub use counts::{Counted, Votes};
pub use names::Names;
pub use summary::MemberSummary;

use crate::tally::{Group, Sample, Tally};

/// The samples of one member on one problem.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The member's number.
    pub member: u32,
    /// How the samples fell.
    pub tally: Tally,
    samples: Range<usize>,
    groups: Range<usize>,
}

/// A sample whose reports contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The problem's number.
    pub problem: u32,
    /// The member's number.
    pub member: u32,
    /// The sample's index.
    pub index: u32,
}

/// Recorded answers, ready to be voted on. Immutable.
#[derive(Clone, Debug, Default)]
pub struct Table {
    problems: Names,
    members: Names,
    keys: Names,
    /// Where the cells of each problem begin, and one past the last.
    rows: Vec<usize>,
    /// By problem, then member.
    cells: Vec<Cell>,
    /// By cell, then index; none where only their counts are known.
    samples: Vec<Sample>,
    /// By cell, then key.
    groups: Vec<Group>,
    conflicts: Vec<Conflict>,
}

impl Table {
    /// The problems, in the order given or first seen.
    pub fn problems(&self) -> &Names {
        &self.problems
    }

    /// The members, in the order given or first seen.
    pub fn members(&self) -> &Names {
        &self.members
    }

    /// The distinct keys.
    pub fn keys(&self) -> &Names {
        &self.keys
    }

    /// The cells of a problem that hold samples, in member order.
    pub fn cells(&self, problem: u32) -> &[Cell] {
        let at = problem as usize;
        match (self.rows.get(at), self.rows.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.cells[from..to],
            _ => &[],
        }
    }

    /// The cell of a member on a problem, where it holds samples.
    pub fn cell(&self, problem: u32, member: u32) -> Option<&Cell> {
        let cells = self.cells(problem);
        let at = cells.binary_search_by_key(&member, |cell| cell.member).ok()?;
        Some(&cells[at])
    }

    /// The samples of a cell of this table, by index; no promise for a cell of another.
    pub fn samples(&self, cell: &Cell) -> &[Sample] {
        self.samples.get(cell.samples.clone()).unwrap_or_default()
    }

    /// The votes of a cell of this table by key; no promise for a cell of another.
    pub fn groups(&self, cell: &Cell) -> &[Group] {
        self.groups.get(cell.groups.clone()).unwrap_or_default()
    }

    /// How many samples there are, failed ones included.
    pub fn sample_count(&self) -> usize {
        self.samples.len()
    }

    /// The samples that were reported with two keys, two states or two verdicts, sorted.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }
}
