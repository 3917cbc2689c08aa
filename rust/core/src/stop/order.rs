//! What to ask next: one sample, or as many as must come anyway.

use super::case::Case;
use super::{apart, pooled};
use crate::select::Votes;

/// A sample to ask: the member's place in the pool, and the index.
pub(super) type Ask = (usize, u32);

impl Case {
    fn next_place(&self) -> Option<usize> {
        match self.votes {
            Votes::Apart => apart::next(self),
            _ => pooled::next(self),
        }
    }

    /// What to ask next, at most `most` samples; nothing once the case is settled.
    ///
    /// With `most` 1 the sample that may decide soonest. With more a round: the fewest samples
    /// that can settle the case if all goes well, so that one request can bring several of a
    /// member, and little is asked that single calls would have saved.
    pub fn next(&self, most: usize) -> Vec<Ask> {
        let mut asks = Vec::new();
        let mut hoped = self.clone();
        while asks.len() < most && !hoped.is_settled() {
            let Some(place) = hoped.next_place() else { break };
            let count = hoped.fewest(place).min(most - asks.len());
            let key = hoped.hoped_key(place);
            for _ in 0..count {
                let Some(index) = hoped.seats[place].next() else { break };
                asks.push((place, index));
                hoped.respond(place, index, Some(key));
            }
        }
        asks
    }

    /// The fewest samples of one member that could settle the case; all it has if they cannot.
    fn fewest(&self, place: usize) -> usize {
        let (mut agreeing, mut differing) = (self.clone(), self.clone());
        let key = self.hoped_key(place);
        let all = self.seats[place].open.len();
        for (count, new) in (1..=all).zip((0..u32::MAX).rev()) {
            let Some(index) = agreeing.seats[place].next() else { break };
            agreeing.respond(place, index, Some(key));
            differing.respond(place, index, Some(new));
            if agreeing.is_settled() || differing.is_settled() {
                return count;
            }
        }
        all
    }

    /// The key that a sample had best give.
    fn hoped_key(&self, place: usize) -> u32 {
        let own = self.seats[place].top().map(|top| top.key);
        let pooled = self.decision().map(|(key, _)| key);
        let key = if self.votes == Votes::Apart { own } else { pooled };
        key.unwrap_or(u32::MAX)
    }
}
