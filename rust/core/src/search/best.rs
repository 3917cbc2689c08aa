//! The best so far: all that are as good as the best one, and a ranking.

use std::collections::BinaryHeap;

use super::{Found, LISTED_TIES, Scored, Subsets};

/// Better scores come later; of equal ones the smaller number.
impl<S: Ord> Ord for Scored<S> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.cmp(&other.score).then(other.rank.cmp(&self.rank))
    }
}

impl<S: Ord> PartialOrd for Scored<S> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Takes subsets in any order; what it holds does not depend on the order.
#[derive(Clone, Debug)]
pub struct Best<S> {
    tied: u64,
    ties: Vec<Scored<S>>,
    /// The worst on top.
    ranking: BinaryHeap<std::cmp::Reverse<Scored<S>>>,
    wanted: usize,
}

impl<S: Ord + Copy> Best<S> {
    pub(super) fn new(wanted: usize) -> Self {
        Self { tied: 0, ties: Vec::new(), ranking: BinaryHeap::new(), wanted }
    }

    /// A score that subsets must at least have to change anything, where there is one.
    pub(super) fn floor(&self) -> Option<S> {
        let best = self.ties.first()?.score;
        if self.wanted == 0 {
            return Some(best);
        }
        let worst = self.ranking.peek().filter(|_| self.ranking.len() >= self.wanted)?;
        Some(best.min(worst.0.score))
    }

    /// The score that is only counted from now on, where subsets come in the order of their
    /// numbers and the next one is `rank`.
    pub(super) fn counted(&self, rank: u64) -> Option<S> {
        let last = self.ties.get(LISTED_TIES - 1)?;
        let before = |one: &Scored<S>| one.rank < rank && one.score == last.score;
        let ranked = self.wanted == 0
            || self.ranking.len() >= self.wanted
                && self.ranking.peek().is_some_and(|worst| before(&worst.0));
        (before(last) && ranked).then_some(last.score)
    }

    /// Counts subsets that have the score of [`Self::counted`].
    pub(super) fn count(&mut self, times: u64) {
        self.tied += times;
    }

    /// Takes one subset in; whether anything changed but the number of ties.
    pub(super) fn offer(&mut self, one: Scored<S>) -> bool {
        let tie = self.tie(one, 1);
        self.rank(one) || tie
    }

    fn tie(&mut self, one: Scored<S>, times: u64) -> bool {
        match self.ties.first().map(|best| one.score.cmp(&best.score)) {
            Some(std::cmp::Ordering::Less) => return false,
            Some(std::cmp::Ordering::Equal) => {}
            _ => {
                self.ties.clear();
                self.tied = 0;
            }
        }
        self.tied += times;
        let at = self.ties.partition_point(|tie| tie.rank < one.rank);
        let listed = at < LISTED_TIES;
        if listed {
            self.ties.truncate(LISTED_TIES - 1);
            self.ties.insert(at, one);
        }
        listed
    }

    fn rank(&mut self, one: Scored<S>) -> bool {
        if self.ranking.len() < self.wanted {
            self.ranking.push(std::cmp::Reverse(one));
            return true;
        }
        let Some(mut worst) = self.ranking.peek_mut() else { return false };
        let better = one > worst.0;
        if better {
            worst.0 = one;
        }
        better
    }

    /// The best of both.
    pub(super) fn merge(mut self, other: Self) -> Self {
        let listed = other.ties.len() as u64;
        for (at, &one) in other.ties.iter().enumerate() {
            // Those that are not listed are counted with the first.
            let times = if at == 0 { 1 + other.tied - listed } else { 1 };
            self.tie(one, times);
        }
        for one in other.ranking {
            self.rank(one.0);
        }
        self
    }

    pub(super) fn found(self, subsets: Subsets) -> Found<S> {
        let ranking = self.ranking.into_sorted_vec().into_iter().map(|one| one.0).collect();
        Found { subsets, tied: self.tied, ties: self.ties, ranking }
    }
}
