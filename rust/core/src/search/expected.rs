//! What: a subset's worth is the accuracy that `mux` is expected to have with it.
//! Why: it is what the pool is for, where the objective of the paper is a stand-in.
//! Example: two members that are right with chance 1/2 each, and then sure: more than either.
//! Source: the closed form of [`crate::expect`], put together member by member.

use std::ops::Range;

use super::Scored;
use super::best::Best;
use super::walk::Objective;
use crate::expect::{Members, Partial};

/// An expected accuracy in units of 10⁻¹², within which sums of floats agree: what is closer
/// together is tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedScore(pub u64);

impl ExpectedScore {
    /// Units in one.
    pub const UNITS: u64 = 1_000_000_000_000;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an accuracy is from 0 to 1, and 10^12 is exact"
    )]
    fn of(accuracy: f64) -> Self {
        Self((accuracy * Self::UNITS as f64).round() as u64)
    }
}

/// The objective on the chances of a pool in tie order.
#[derive(Clone, Debug)]
pub struct Accuracy {
    members: Members,
}

impl Accuracy {
    pub(super) fn new(members: Members) -> Self {
        Self { members }
    }
}

impl Objective for Accuracy {
    type Score = ExpectedScore;
    type State = Partial;
    type Bar = ();

    fn nobody(&self) -> Partial {
        self.members.nobody()
    }

    fn join(&self, chosen: &Partial, member: usize, into: &mut Partial) {
        into.clone_from(chosen);
        self.members.add(into, member);
    }

    fn last(
        &self,
        chosen: &Partial,
        members: Range<usize>,
        rank: u64,
        best: &mut Best<ExpectedScore>,
        (): &mut (),
    ) {
        for (rank, member) in (rank..).zip(members) {
            let score = ExpectedScore::of(self.members.accuracy_with(chosen, member));
            best.offer(Scored { rank, score });
        }
    }

    fn problems(&self) -> u32 {
        u32::try_from(self.members.problems()).unwrap_or(u32::MAX)
    }

    fn drawn(&self, draws: &[u32]) -> Self {
        Self { members: self.members.drawn(draws) }
    }

    fn cost(&self) -> u64 {
        /// Shares in the time that a block of bit sets takes.
        const SHARES: u64 = 4;
        1 + self.members.shares() as u64 / SHARES
    }
}
