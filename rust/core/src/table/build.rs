//! Rows in any order → a table, and two tables → one.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Cell, Conflict, Names, Table};
use crate::tally::{Marks, Sample, Tally, Vote, groups};

/// What a row says about its answer being right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correct {
    /// Nothing: the reference decides, where there is one.
    ByReference,
    /// It was graded; `None` is undecided.
    Graded(Option<bool>),
}

/// One recorded sample.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Which problem.
    pub problem: &'a str,
    /// Which member.
    pub member: &'a str,
    /// Which of its samples.
    pub sample_index: i64,
    /// The key of its answer.
    pub key: Option<&'a str>,
    /// `ok`, `unparsed`, `truncated` or `failed`; by default what the key tells.
    pub state: Option<&'a str>,
    /// Whether the answer is right.
    pub correct: Correct,
}

/// A row that cannot be used; rows count from 1.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("row {row}: {fault}")]
pub struct RowError {
    /// The number of the row.
    pub row: u64,
    /// What is wrong with it.
    pub fault: RowFault,
}

/// What is wrong with a row; each message begins with the field.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RowFault {
    /// The index is negative or huge.
    #[error("sample_index must be from 0 to {}", u32::MAX)]
    Index,
    /// A word that is no state.
    #[error("state {0:?} is not one of ok, unparsed, truncated, failed")]
    State(String),
    /// A vote without a key.
    #[error("key is missing, which state \"ok\" needs: give a key, or state \"unparsed\"")]
    NoKey,
    /// More distinct texts than the table can number.
    #[error("{0} is one too many: a table holds at most 2^32 distinct ones")]
    Full(&'static str),
}

struct Entry {
    problem: u32,
    member: u32,
    by_reference: bool,
    sample: Sample,
}

impl Entry {
    fn place(&self) -> Conflict {
        Conflict { problem: self.problem, member: self.member, index: self.sample.index }
    }
}

/// Takes rows in, one by one.
#[derive(Default)]
pub struct Builder {
    problems: Names,
    members: Names,
    keys: Names,
    entries: Vec<Entry>,
    references: BTreeMap<Box<str>, Box<str>>,
    rows: u64,
}

impl Builder {
    /// A builder that knows some problems and members beforehand, in this order, and the
    /// reference keys by problem.
    pub fn new<'a>(
        problems: impl IntoIterator<Item = &'a str>,
        members: impl IntoIterator<Item = &'a str>,
        references: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut builder = Self::default();
        for problem in problems {
            builder.problems.intern(problem);
        }
        for member in members {
            builder.members.intern(member);
        }
        let own = |(problem, key): (&str, &str)| (problem.into(), key.into());
        builder.references = references.into_iter().map(own).collect();
        builder
    }

    /// The number of the row that comes next, from 1.
    pub fn next_row(&self) -> u64 {
        self.rows + 1
    }

    /// Takes one row in.
    pub fn push(&mut self, row: &Row<'_>) -> Result<(), RowError> {
        self.rows += 1;
        let entry = self.entry(row).map_err(|fault| RowError { row: self.rows, fault })?;
        self.entries.push(entry);
        Ok(())
    }

    fn entry(&mut self, row: &Row<'_>) -> Result<Entry, RowFault> {
        let index = u32::try_from(row.sample_index).map_err(|_| RowFault::Index)?;
        let vote = self.vote(row)?;
        let graded = match (vote, row.correct) {
            (Vote::Key(_), Correct::Graded(correct)) => correct,
            _ => None,
        };
        Ok(Entry {
            problem: self.problems.intern(row.problem).ok_or(RowFault::Full("problem_id"))?,
            member: self.members.intern(row.member).ok_or(RowFault::Full("model"))?,
            by_reference: row.correct == Correct::ByReference,
            sample: Sample { index, vote, marks: Marks::of(graded) },
        })
    }

    fn vote(&mut self, row: &Row<'_>) -> Result<Vote, RowFault> {
        match (row.state, row.key) {
            (None | Some("ok"), Some(key)) => {
                Ok(Vote::Key(self.keys.intern(key).ok_or(RowFault::Full("key"))?))
            }
            (Some("ok"), None) => Err(RowFault::NoKey),
            (None | Some("unparsed"), _) => Ok(Vote::Unparsed),
            (Some("truncated"), _) => Ok(Vote::Truncated),
            (Some("failed"), _) => Ok(Vote::Failed),
            (Some(other), _) => Err(RowFault::State(other.into())),
        }
    }

    /// The table of all rows taken in.
    pub fn finish(mut self) -> Table {
        self.grade_by_reference();
        assemble([self.problems, self.members, self.keys], self.entries, Vec::new())
    }

    /// Compares keys with the reference where no verdict was given. A reference that
    /// nobody answered has no number and equals no key.
    fn grade_by_reference(&mut self) {
        if self.references.is_empty() {
            return;
        }
        let reference = |problem| self.references.get(problem).map(|key| self.keys.get(key));
        let expected: Vec<Option<Option<u32>>> = self.problems.iter().map(reference).collect();
        for entry in self.entries.iter_mut().filter(|entry| entry.by_reference) {
            if let (Vote::Key(key), Some(right)) =
                (entry.sample.vote, expected[entry.problem as usize])
            {
                entry.sample.marks = Marks::of(Some(right == Some(key)));
            }
        }
    }
}

impl Table {
    /// Both tables as one: the union of their samples, so a sample in both counts once.
    ///
    /// Problems and members keep this table's order, new ones of `other` follow; what is
    /// in the table does not depend on which of the two comes first. Nothing when there
    /// are more than 2³² names of one sort.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        let mut names = [self.problems.clone(), self.members.clone(), self.keys.clone()];
        let [problems, members, keys] = &mut names;
        let problem_ids = renumber(problems, &other.problems)?;
        let member_ids = renumber(members, &other.members)?;
        let key_ids = renumber(keys, &other.keys)?;
        let mut entries: Vec<Entry> = self.entries().collect();
        entries.extend(other.entries().map(|mut entry| {
            entry.problem = problem_ids[entry.problem as usize];
            entry.member = member_ids[entry.member as usize];
            if let Vote::Key(key) = &mut entry.sample.vote {
                *key = key_ids[*key as usize];
            }
            entry
        }));
        let mut conflicts = self.conflicts.clone();
        conflicts.extend(other.conflicts.iter().map(|conflict| Conflict {
            problem: problem_ids[conflict.problem as usize],
            member: member_ids[conflict.member as usize],
            ..*conflict
        }));
        Some(assemble(names, entries, conflicts))
    }

    /// The same problems and members with only the samples whose index is below `k`.
    #[must_use]
    pub fn first_samples(&self, k: u32) -> Self {
        let names = [self.problems.clone(), self.members.clone(), self.keys.clone()];
        let entries = self.entries().filter(|entry| entry.sample.index < k).collect();
        let conflicts = self.conflicts.iter().copied().filter(|at| at.index < k).collect();
        assemble(names, entries, conflicts)
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        (0..).zip(self.rows.windows(2)).flat_map(move |(problem, row)| {
            self.cells[row[0]..row[1]].iter().flat_map(move |cell| {
                self.samples(cell).iter().map(move |&sample| Entry {
                    problem,
                    member: cell.member,
                    by_reference: false,
                    sample,
                })
            })
        })
    }
}

fn renumber(names: &mut Names, others: &Names) -> Option<Vec<u32>> {
    others.iter().map(|name| names.intern(name)).collect()
}

/// Sorts the entries into cells, one sample an index.
fn assemble(
    [problems, members, keys]: [Names; 3],
    mut entries: Vec<Entry>,
    mut conflicts: Vec<Conflict>,
) -> Table {
    entries.sort_by_key(Entry::place);
    entries.dedup_by(|next, kept| {
        let same = next.place() == kept.place();
        if same {
            let (sample, contradict) = kept.sample.join(next.sample, &keys);
            kept.sample = sample;
            conflicts.extend(contradict.then(|| kept.place()));
        }
        same
    });
    conflicts.sort_unstable();
    conflicts.dedup();
    let mut table = Table { problems, members, keys, conflicts, ..Table::default() };
    table.samples.reserve_exact(entries.len());
    let mut scratch = Vec::new();
    for run in entries.chunk_by(|a, b| (a.problem, a.member) == (b.problem, b.member)) {
        let samples = run.iter().map(|entry| entry.sample);
        table.push_samples(run[0].problem, run[0].member, samples, &mut scratch);
    }
    table.close_rows();
    table
}

impl Table {
    /// Adds the cell of samples that are sorted by index; problems, then members come in order.
    pub(super) fn push_samples(
        &mut self,
        problem: u32,
        member: u32,
        samples: impl Iterator<Item = Sample>,
        scratch: &mut Vec<(u32, u32)>,
    ) {
        let (from, first) = (self.samples.len(), self.groups.len());
        self.samples.extend(samples);
        let samples = &self.samples[from..];
        self.groups.extend(groups(samples, scratch));
        let tally = Tally::of(samples, &self.groups[first..]);
        let (samples, groups) = (from..self.samples.len(), first..self.groups.len());
        self.push_cell(problem, Cell { member, tally, samples, groups });
    }

    /// Adds a cell; problems come in order.
    pub(super) fn push_cell(&mut self, problem: u32, cell: Cell) {
        self.rows.resize(self.rows.len().max(problem as usize + 1), self.cells.len());
        self.cells.push(cell);
    }

    /// Ends the last row, and those of problems without samples.
    pub(super) fn close_rows(&mut self) {
        self.rows.resize(self.problems.len() + 1, self.cells.len());
    }
}
