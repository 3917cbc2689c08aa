//! What the whole table says of each member, and the bound no selection can pass.

use super::{Cell, Table};
use crate::tally::{Outcome, Outcomes, Sample, Vote};

/// How the samples of one member fell, and its answers by self-consistency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberSummary {
    /// One count per sample.
    pub samples: Outcomes,
    /// One count per problem of the table: the member's top key on it.
    pub problems: Outcomes,
}

fn outcome(sample: &Sample) -> Outcome {
    match sample.vote {
        Vote::Key(_) => Outcome::of(sample.marks.verdict()),
        Vote::Unparsed => Outcome::NoAnswer,
        Vote::Truncated => Outcome::Truncated,
        Vote::Failed => Outcome::Failed,
    }
}

impl Table {
    /// One summary a member, in member order.
    pub fn members_summary(&self) -> Vec<MemberSummary> {
        let mut summaries = vec![MemberSummary::default(); self.members.len()];
        for cell in &self.cells {
            let summary = &mut summaries[cell.member as usize];
            summary.problems.add(cell.tally.outcome(), 1);
            for sample in self.samples(cell) {
                summary.samples.add(outcome(sample), 1);
            }
        }
        for summary in &mut summaries {
            let asked: u64 = summary.problems.0.iter().sum();
            summary.problems.add(Outcome::NoAnswer, self.problems.len() as u64 - asked);
        }
        summaries
    }

    /// On how many problems the top key of one of these members is correct: no rule that
    /// returns some member's top key can do better.
    pub fn oracle(&self, members: &[u32]) -> u64 {
        self.problems_with(members, |cell| cell.tally.outcome() == Outcome::Correct)
    }

    /// On how many problems some key of one of these members is correct, judged by its
    /// exemplar: no rule that chooses among answers can do better.
    pub fn any_correct(&self, members: &[u32]) -> u64 {
        self.problems_with(members, |cell| {
            self.groups(cell).iter().any(|g| g.correct == Some(true))
        })
    }

    fn problems_with(&self, members: &[u32], holds: impl Fn(&Cell) -> bool) -> u64 {
        let mut chosen = vec![false; self.members.len()];
        for &member in members {
            if let Some(flag) = chosen.get_mut(member as usize) {
                *flag = true;
            }
        }
        let hit = |row: &[usize]| {
            self.cells[row[0]..row[1]]
                .iter()
                .any(|cell| chosen[cell.member as usize] && holds(cell))
        };
        self.rows.windows(2).filter(|row| hit(row)).count() as u64
    }
}
