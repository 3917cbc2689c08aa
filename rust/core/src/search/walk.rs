//! Every subset of a size, depth first, so that what subsets begin with is put together once.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::best::Best;
use super::combinations::{Subsets, binomial};

/// What subsets are scored by.
pub trait Objective: Sized + Sync {
    /// Higher is better; equal means tied.
    type Score: Ord + Copy + Send + Sync;
    /// What is known of the members chosen so far.
    type State: Clone + Send;

    /// No member chosen.
    fn nobody(&self) -> Self::State;

    /// One member more, which comes later in the pool than all of `chosen`.
    fn join(&self, chosen: &Self::State, member: usize, into: &mut Self::State);

    /// Offers `best` the subsets of `chosen` and one of `members` each, numbered from `rank`.
    /// What is below the floor of `best` may be left out.
    fn last(
        &self,
        chosen: &Self::State,
        members: Range<usize>,
        rank: u64,
        best: &mut Best<Self::Score>,
    );

    /// How many problems scores are over.
    fn problems(&self) -> u32;

    /// The same on problems drawn from these, with repetition.
    #[must_use]
    fn drawn(&self, draws: &[u32]) -> Self;

    /// What a subset costs, in the time that a block of bit sets takes: some nanoseconds.
    fn cost(&self) -> u64;
}

/// Subsets that begin alike.
struct Part {
    begin: Vec<usize>,
    rank: u64,
}

/// The best subsets of one size; nothing once `going` is false.
pub(super) fn best<O: Objective>(
    objective: &O,
    subsets: &Subsets,
    wanted: usize,
    parallel: bool,
    going: &AtomicBool,
) -> Option<Best<O::Score>> {
    let empty = || Best::new(wanted);
    if !parallel {
        let whole = Part { begin: Vec::new(), rank: 0 };
        let mut best = empty();
        return Walk::new(objective, subsets, going).part(&whole, &mut best).then_some(best);
    }
    let parts = parts(subsets);
    parts
        .par_iter()
        .fold(
            || Some((Walk::new(objective, subsets, going), empty())),
            |state, part| {
                let (mut walk, mut best) = state?;
                walk.part(part, &mut best).then_some((walk, best))
            },
        )
        .map(|state| state.map(|(_, best)| best))
        .reduce(|| Some(empty()), |a, b| Some(a?.merge(b?)))
}

/// All subsets, by their first two members, or as many as leave one to choose.
fn parts(subsets: &Subsets) -> Vec<Part> {
    let (of, size) = (subsets.of(), subsets.size());
    let depth = (size - 1).min(2);
    let Some(begins) = Subsets::new(of - (size - depth), depth) else { return Vec::new() };
    let mut rank = 0;
    (0..begins.count())
        .map(|at| {
            let begin = begins.members(at);
            let next = begin.last().map_or(0, |last| last + 1);
            let part = Part { begin, rank };
            rank += binomial(of - next, size - depth).unwrap_or(0);
            part
        })
        .collect()
}

/// A walk over subsets; its states are used again for the next part.
struct Walk<'a, O: Objective> {
    objective: &'a O,
    of: usize,
    size: usize,
    going: &'a AtomicBool,
    /// After none, one, two … members.
    states: Vec<O::State>,
}

impl<'a, O: Objective> Walk<'a, O> {
    fn new(objective: &'a O, subsets: &Subsets, going: &'a AtomicBool) -> Self {
        let states = vec![objective.nobody(); subsets.size()];
        Self { objective, of: subsets.of(), size: subsets.size(), going, states }
    }

    /// Offers every subset of a part; whether it was finished.
    fn part(&mut self, part: &Part, best: &mut Best<O::Score>) -> bool {
        for (at, &member) in part.begin.iter().enumerate() {
            self.join(at, member);
        }
        let (fixed, mut rank) = (part.begin.len(), part.rank);
        let mut chosen = part.begin.clone();
        let mut next = chosen.last().map_or(0, |last| last + 1);
        // Without recursion: a subset may have as many members as a hostile table names.
        loop {
            if !self.going.load(Ordering::Relaxed) {
                return false;
            }
            let missing = self.size - chosen.len();
            if missing == 1 {
                self.objective.last(&self.states[chosen.len()], next..self.of, rank, best);
                rank += (self.of - next) as u64;
            } else if next + missing <= self.of {
                self.join(chosen.len(), next);
                chosen.push(next);
                next += 1;
                continue;
            }
            if chosen.len() == fixed {
                return true;
            }
            next = chosen.pop().map_or(self.of, |last| last + 1);
        }
    }

    fn join(&mut self, at: usize, member: usize) {
        if let [.., chosen, into] = &mut self.states[..=at + 1] {
            self.objective.join(chosen, member, into);
        }
    }
}

/// The score of one subset.
pub(super) fn score<O: Objective>(objective: &O, members: &[usize]) -> Option<O::Score> {
    let (&last, begin) = members.split_last()?;
    let mut chosen = objective.nobody();
    let mut next = chosen.clone();
    for &member in begin {
        objective.join(&chosen, member, &mut next);
        std::mem::swap(&mut chosen, &mut next);
    }
    let mut best = Best::new(0);
    objective.last(&chosen, last..last + 1, 0, &mut best);
    best.floor()
}
