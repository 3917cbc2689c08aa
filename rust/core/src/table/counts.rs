//! A table of counted votes: what a tallies file holds, without its single samples.

use super::{Cell, Names, Table};
use crate::tally::{Group, Tally};

/// The votes of one member on one problem for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Votes<'a> {
    /// The key.
    pub key: &'a str,
    /// How many samples gave it.
    pub count: u32,
    /// The smallest index among them.
    pub first: u32,
    /// The verdict on that sample.
    pub correct: Option<bool>,
}

/// How the samples of one member on one problem fell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Which member.
    pub member: &'a str,
    /// The keys, each once.
    pub votes: Vec<Votes<'a>>,
    /// Responses without a readable answer.
    pub unparsed: u32,
    /// Responses that were cut off.
    pub truncated: u32,
    /// Calls without a response.
    pub failed: u32,
    /// The smallest index of all samples, failed ones included.
    pub first: Option<u32>,
}

impl Table {
    /// The table of counted votes, problem by problem. `members` come first, in this order.
    ///
    /// It can be selected from like any other, but holds no samples. Nothing when there are
    /// more than 2³² names of one sort.
    pub fn of_counts<'a>(
        members: impl IntoIterator<Item = &'a str>,
        problems: impl IntoIterator<Item = (&'a str, Vec<Counted<'a>>)>,
    ) -> Option<Self> {
        let mut table = Self::default();
        for member in members {
            table.members.intern(member)?;
        }
        for (problem, cells) in problems {
            let problem = table.problems.intern(problem)?;
            let numbered = |cell: Counted<'a>| Some((table.members.intern(cell.member)?, cell));
            let mut cells = cells.into_iter().map(numbered).collect::<Option<Vec<_>>>()?;
            cells.sort_by_key(|(member, _)| *member);
            for (member, cell) in cells {
                let cell = table.counted(member, &cell)?;
                table.push_cell(problem, cell);
            }
        }
        table.close_rows();
        Some(table)
    }

    fn counted(&mut self, member: u32, cell: &Counted<'_>) -> Option<Cell> {
        let from = self.groups.len();
        let group = |keys: &mut Names, votes: &Votes<'_>| {
            let Votes { count, first, correct, .. } = *votes;
            Some(Group { key: keys.intern(votes.key)?, count, first, correct })
        };
        for votes in &cell.votes {
            let group = group(&mut self.keys, votes)?;
            self.groups.push(group);
        }
        let groups = &mut self.groups[from..];
        groups.sort_unstable_by_key(|group| group.key);
        let tally = Tally {
            votes: groups.iter().map(|group| group.count).sum(),
            unparsed: cell.unparsed,
            truncated: cell.truncated,
            failed: cell.failed,
            top: Tally::top(groups),
            first: cell.first,
        };
        Some(Cell { member, tally, samples: 0..0, groups: from..self.groups.len() })
    }
}
