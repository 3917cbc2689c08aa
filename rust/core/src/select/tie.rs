//! Who goes first among equals, and the word for why.

use std::cmp::Reverse;

use sha2::{Digest, Sha256};

use super::Question;
use super::options::Tie;
use crate::tally::Group;

/// What made an answer win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its member was the surest.
    Confidence,
    /// Its key had the most votes of all.
    Majority,
    /// Its member was the only one asked.
    Single,
    /// A tie, to the higher validation accuracy.
    Accuracy,
    /// A tie, to the member that gave the key more votes.
    Count,
    /// A tie, to the first in pool order.
    Order,
    /// A tie, by the permutation of the seed.
    Random,
    /// A tie inside one member, to the key it gave first.
    Index,
    /// Nobody had an answer.
    Abstained,
    /// Its key had the largest weight of votes.
    Weighted,
    /// All samples that were looked at agreed.
    Unanimous,
    /// It is correct: the verdict was looked at.
    Oracle,
    /// Its key had the largest fitted log-odds.
    Calibrated,
}

impl Reason {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 13] = [
        "confidence",
        "majority",
        "single",
        "accuracy",
        "count",
        "order",
        "random",
        "index",
        "abstained",
        "weighted",
        "unanimous",
        "oracle",
        "calibrated",
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Where the tie policy puts a member; the smaller goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// 0 for the best validation accuracy, equal ones sharing a number; unknown ones last.
    Accuracy(u32),
    Order,
    /// The member's place in the permutation of this problem.
    Random([u8; 32]),
}

/// A candidate's claim among equals. Smaller is better; the fields decide in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    rank: Rank,
    votes: Reverse<u32>,
    place: u32,
    index: u32,
}

impl Claim {
    /// A member's claim, where its votes have been weighed already.
    pub(super) fn of_member(question: Question<'_>, member: u32, place: u32) -> Self {
        let rank = match question.plan.tie {
            Tie::Accuracy => Rank::Accuracy(question.plan.accuracies.class(member)),
            Tie::Order => Rank::Order,
            Tie::Random => Rank::Random(draw(question, member)),
        };
        Self { rank, votes: Reverse(0), place, index: 0 }
    }

    /// The claim of a member's votes for one key.
    pub(super) fn with_votes(self, group: &Group) -> Self {
        Self { votes: Reverse(group.count), index: group.first, ..self }
    }

    /// Why this claim goes before `second`, the next one.
    pub(super) fn beats(&self, second: &Self) -> Reason {
        match self.rank {
            Rank::Accuracy(_) if self.rank != second.rank => Reason::Accuracy,
            Rank::Random(_) if self.rank != second.rank => Reason::Random,
            _ if self.votes != second.votes => Reason::Count,
            _ if self.place != second.place => Reason::Order,
            _ => Reason::Index,
        }
    }
}

/// SHA-256 of `seed`, problem and member with a NUL between: a permutation of the members
/// for each problem that any language can compute.
fn draw(question: Question<'_>, member: u32) -> [u8; 32] {
    Sha256::new()
        .chain_update(question.plan.seed.to_string())
        .chain_update([0])
        .chain_update(question.table.problems().text(question.problem))
        .chain_update([0])
        .chain_update(question.table.members().text(member))
        .finalize()
        .into()
}
