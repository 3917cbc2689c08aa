//! Every subset of a size, depth first, so that what subsets begin with is put together once.

#![expect(clippy::inline_always, reason = "what is inlined gets the instructions of its caller")]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use pulp::NullaryFnOnce;
use rayon::prelude::*;

use super::best::Best;
use super::combinations::{Subsets, binomial};
use super::fastest;

/// What subsets are scored by.
pub trait Objective: Sized + Sync {
    /// Higher is better; equal means tied.
    type Score: Ord + Copy + Send + Sync;
    /// What is known of the members chosen so far.
    type State: Clone + Send;
    /// What is known of the scores that change the best so far; by default, that all do.
    type Bar: Default + Send;

    /// No member chosen.
    fn nobody(&self) -> Self::State;

    /// One member more, which comes later in the pool than all of `chosen`.
    fn join(&self, chosen: &Self::State, member: usize, into: &mut Self::State);

    /// Offers `best` the subsets of `chosen` and one of `members` each, numbered from `rank`.
    /// What is below the floor of `best` may be left out; `bar` keeps what follows from it.
    fn last(
        &self,
        chosen: &Self::State,
        members: Range<usize>,
        rank: u64,
        best: &mut Best<Self::Score>,
        bar: &mut Self::Bar,
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
    let walk = || Walk::new(objective, subsets, wanted, going);
    if !parallel {
        let whole = Part { begin: Vec::new(), rank: 0 };
        return fastest::call(Walked { walk: walk(), part: &whole }).map(|walk| walk.best);
    }
    let parts = parts(subsets);
    parts
        .par_iter()
        .fold(|| Some(walk()), |walk, part| fastest::call(Walked { walk: walk?, part }))
        .map(|walk| walk.map(|walk| walk.best))
        .reduce(|| Some(Best::new(wanted)), |a, b| Some(a?.merge(b?)))
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
    best: Best<O::Score>,
    bar: O::Bar,
}

impl<'a, O: Objective> Walk<'a, O> {
    fn new(objective: &'a O, subsets: &Subsets, wanted: usize, going: &'a AtomicBool) -> Self {
        let states = vec![objective.nobody(); subsets.size()];
        let (best, bar) = (Best::new(wanted), O::Bar::default());
        Self { objective, of: subsets.of(), size: subsets.size(), going, states, best, bar }
    }

    /// Takes every subset of a part in, unless the search is given up.
    #[inline(always)]
    fn part(mut self, part: &Part) -> Option<Self> {
        for (at, &member) in part.begin.iter().enumerate() {
            self.join(at, member);
        }
        let (fixed, mut rank) = (part.begin.len(), part.rank);
        let mut chosen = part.begin.clone();
        let mut next = chosen.last().map_or(0, |last| last + 1);
        // Without recursion: a subset may have as many members as a hostile table names.
        loop {
            if !self.going.load(Ordering::Relaxed) {
                return None;
            }
            let missing = self.size - chosen.len();
            if missing == 1 {
                self.last(chosen.len(), next..self.of, rank);
                rank += (self.of - next) as u64;
            } else if next + missing <= self.of {
                self.join(chosen.len(), next);
                chosen.push(next);
                next += 1;
                continue;
            }
            if chosen.len() == fixed {
                return Some(self);
            }
            next = chosen.pop().map_or(self.of, |last| last + 1);
        }
    }

    #[inline(always)]
    fn last(&mut self, at: usize, members: Range<usize>, rank: u64) {
        let (chosen, best, bar) = (&self.states[at], &mut self.best, &mut self.bar);
        self.objective.last(chosen, members, rank, best, bar);
    }

    #[inline(always)]
    fn join(&mut self, at: usize, member: usize) {
        if let [.., chosen, into] = &mut self.states[..=at + 1] {
            self.objective.join(chosen, member, into);
        }
    }
}

/// A walk over one part.
struct Walked<'a, 'b, O: Objective> {
    walk: Walk<'a, O>,
    part: &'b Part,
}

impl<'a, O: Objective> NullaryFnOnce for Walked<'a, '_, O> {
    type Output = Option<Walk<'a, O>>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        self.walk.part(self.part)
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
    objective.last(&chosen, last..last + 1, 0, &mut best, &mut O::Bar::default());
    best.floor()
}
