//! One problem while it is being sampled: what has come, and what may still come.

use std::cmp::Reverse;

use crate::select::{Seat, Votes};
use crate::tally::{Abstain, Vote};

/// The votes of one member for one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Support {
    pub(super) key: u32,
    pub(super) count: u64,
    pub(super) first: u32,
}

/// One member's samples so far.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) seat: Seat,
    pub(super) votes: Vec<Support>,
    /// The denominator of its confidence so far.
    pub(super) size: u64,
    /// The indexes that may still come, the largest first.
    pub(super) open: Vec<u32>,
}

impl Standing {
    pub(super) fn top(&self) -> Option<Support> {
        self.votes.iter().copied().min_by_key(|one| (Reverse(one.count), one.first))
    }

    pub(super) fn to_come(&self) -> u64 {
        self.open.len() as u64
    }

    /// The smallest index to come.
    pub(super) fn next(&self) -> Option<u32> {
        self.open.last().copied()
    }

    /// The votes for a key, should the first `more` samples to come give it too.
    pub(super) fn support(&self, key: Option<u32>, more: u64) -> Option<(u64, u32)> {
        let known = self.votes.iter().find(|one| Some(one.key) == key);
        let (count, first) = known.map_or((0, u32::MAX), |one| (one.count, one.first));
        let coming = self.next().filter(|_| more > 0).unwrap_or(u32::MAX);
        (count + more > 0).then_some((count + more, first.min(coming)))
    }
}

/// One problem. Clones are cheap: what would happen is tried on them.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) votes: Votes,
    abstain: Abstain,
    pub(super) seats: Vec<Standing>,
}

impl Case {
    pub(super) fn new(votes: Votes, abstain: Abstain, seats: Vec<Seat>) -> Self {
        let standing = |seat| Standing { seat, votes: Vec::new(), size: 0, open: Vec::new() };
        Self { votes, abstain, seats: seats.into_iter().map(standing).collect() }
    }

    /// The member's number, by place in the pool.
    pub fn member(&self, place: usize) -> u32 {
        self.seats[place].seat.member
    }

    /// How many members there are.
    pub fn size(&self) -> usize {
        self.seats.len()
    }

    /// These samples of the member at `place` may still come.
    pub fn expect(&mut self, place: usize, indexes: impl IntoIterator<Item = u32>) {
        let open = &mut self.seats[place].open;
        open.extend(indexes);
        open.sort_unstable_by_key(|&index| Reverse(index));
        open.dedup();
    }

    /// A sample has come, with its key if it has one. It need not have been expected.
    pub fn respond(&mut self, place: usize, index: u32, key: Option<u32>) {
        self.fail(place, index);
        let standing = &mut self.seats[place];
        standing.size += u64::from(key.is_some() || self.abstain == Abstain::Count);
        let Some(key) = key else { return };
        match standing.votes.iter_mut().find(|one| one.key == key) {
            Some(one) => {
                one.count += 1;
                one.first = one.first.min(index);
            }
            None => standing.votes.push(Support { key, count: 1, first: index }),
        }
    }

    /// A sample will not come: its call failed, or is not made.
    pub fn fail(&mut self, place: usize, index: u32) {
        self.seats[place].open.retain(|&one| one != index);
    }

    /// A recorded sample has come, or failed for good.
    pub(super) fn take(&mut self, place: usize, index: u32, vote: Vote) {
        match vote {
            Vote::Key(key) => self.respond(place, index, Some(key)),
            Vote::Unparsed | Vote::Truncated => self.respond(place, index, None),
            Vote::Failed => self.fail(place, index),
        }
    }

    /// How many samples may still come.
    pub(super) fn to_come(&self) -> u64 {
        self.seats.iter().map(Standing::to_come).sum()
    }

    /// The decision should nothing more come: the key and the place of the member.
    pub fn decision(&self) -> Option<(u32, usize)> {
        match self.votes {
            Votes::Apart => super::apart::decision(self),
            _ => super::pooled::decision(self),
        }
    }

    /// Whether no outcome of the samples to come can change the decision.
    pub fn is_settled(&self) -> bool {
        let Some((key, place)) = self.decision() else { return self.to_come() == 0 };
        self.to_come() == 0
            || match self.votes {
                Votes::Apart => super::apart::is_settled(self, key, place),
                _ => super::pooled::is_settled(self, key, place),
            }
    }
}
