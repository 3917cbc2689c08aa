//! Which subsets are worth an exact comparison: those that floating point does not rule out and
//! that are not merely one more tie.

#![expect(clippy::inline_always, reason = "what is inlined gets the instructions of its caller")]

use super::Scored;
use super::best::Best;
use super::counts::Counts;
use super::paper::{PaperScore, Weighing};

/// What a subset needs, if it is to change the best: (U − least)·over ≥ weight·C. What meets it is
/// compared exactly.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// The smallest union without contradictions, less what rounding may take away.
    pub(super) least: f64,
    /// λ times all problems.
    pub(super) weight: f64,
    /// What contradictions are a share of; by default the union.
    pub(super) over: Option<f64>,
}

impl Default for Bar {
    /// Every subset meets it.
    fn default() -> Self {
        Self { least: f64::MIN, weight: 0.0, over: None }
    }
}

impl Bar {
    /// Negative below.
    #[inline(always)]
    fn height(self, counts: Counts) -> f64 {
        let union = f64::from(counts.union());
        let over = self.over.unwrap_or(union);
        (union - self.least) * over - self.weight * f64::from(counts.contradictions())
    }
}

/// Subsets in the order of their numbers.
pub(super) struct Offers<'a> {
    pub(super) weighing: Weighing,
    /// The number of the next one.
    pub(super) rank: u64,
    pub(super) best: &'a mut Best<PaperScore>,
    pub(super) bar: &'a mut Bar,
}

impl Offers<'_> {
    /// Where nearly all of the time is spent.
    #[inline(always)]
    pub(super) fn take(mut self, subsets: impl Iterator<Item = Counts>) {
        /// What a height is held against; nothing is as high as NaN.
        static GROUND: [f64; 2] = [0.0, f64::NAN];
        let (mut tied, mut times) = (self.tied(), 0_u64);
        for counts in subsets {
            // Read from a table, not by a branch: pools may be full of ties, in no order.
            let again = counts == tied;
            times += u64::from(again);
            if self.bar.height(counts) >= GROUND[usize::from(again)] {
                self.best.count(std::mem::take(&mut times));
                if self.offer(counts) {
                    tied = self.tied();
                }
            }
            self.rank += 1;
        }
        self.best.count(times);
    }

    /// What only needs to be counted from now on.
    fn tied(&self) -> Counts {
        let score = self.best.counted(self.rank);
        score.map_or(Counts::NEVER, |score| Counts::new(score.union, score.contradictions))
    }

    /// Offers the next one; whether the best has changed.
    #[inline(never)]
    fn offer(&mut self, counts: Counts) -> bool {
        let score = self.weighing.score(counts.union(), counts.contradictions());
        let changed = self.best.offer(Scored { rank: self.rank, score });
        if changed {
            let floor = self.best.floor();
            *self.bar = floor.map_or_else(Bar::default, |floor| self.weighing.bar(floor));
        }
        changed
    }
}
