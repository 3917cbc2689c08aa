//! Which members to pool: every subset of a size, scored on recorded samples.
//!
//! One file per step: [`bits`] turns the table into bit sets over problems, [`paper`] scores
//! subsets with them by what [`counts`] counts, [`offers`] passes on what may change the best,
//! [`expected`] scores by the expected accuracy instead, [`walk`] visits every subset, sharing what
//! subsets begin with, by the instructions that [`fastest`] finds, [`best`] keeps the best,
//! [`combinations`] numbers subsets in lexicographic order of the pool, [`resample`] asks how much
//! hangs on the problems that were drawn.

mod best;
mod bits;
mod combinations;
mod counts;
mod expected;
mod fastest;
mod offers;
mod paper;
mod request;
mod resample;
mod walk;

use std::sync::atomic::AtomicBool;

pub use best::Best;
pub use combinations::Subsets;
pub use expected::{Accuracy, ExpectedScore};
pub use paper::{Lambda, Paper, PaperScore};
pub use request::{Over, Request, SearchError};
pub use resample::{Resampled, Rival};

use crate::expect::Members;
use crate::table::Table;
use crate::tally::Abstain;
use bits::Bits;
pub use walk::Objective;

/// The most subsets that one search visits.
pub const MOST_SUBSETS: u64 = 10_000_000_000;

/// Ties for the best that are listed; all are counted.
pub const LISTED_TIES: usize = 100;

/// Subsets that were better on resampled problems that are listed; all are counted.
pub const LISTED_RIVALS: usize = 10;

/// The most work that resampling is worth: about ten seconds of two cores.
const MOST_RESAMPLED: u64 = 5_000_000_000;

/// Fewer resamples tell too little.
const FEWEST_RESAMPLES: u32 = 100;

/// A subset by its number among those of its size, and its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored<S> {
    /// Its place in the lexicographic order of the subsets of its size, from 0.
    pub rank: u64,
    /// Its score.
    pub score: S,
}

/// The best subsets of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<S> {
    /// The subsets of this size.
    pub subsets: Subsets,
    /// How many are equally good as the best one.
    pub tied: u64,
    /// They, in lexicographic order, up to [`LISTED_TIES`].
    pub ties: Vec<Scored<S>>,
    /// The best as many as were asked for, the best first, equal ones in lexicographic order.
    pub ranking: Vec<Scored<S>>,
}

/// A search that can be run: the pool is known, the sizes are possible, the number of subsets
/// is bounded.
#[derive(Debug)]
pub struct Search<O> {
    objective: O,
    sizes: Vec<Subsets>,
    ranking: usize,
}

/// The search by the expected accuracy of `mux`.
pub type ExpectedSearch = Search<Accuracy>;

impl ExpectedSearch {
    /// Checks `request`, whose members are in tie order, and works out each member's chances at
    /// `request.k` samples; `robust_level` does not matter.
    pub fn new(
        table: &Table,
        request: &Request<'_>,
        abstain: Abstain,
    ) -> Result<Self, SearchError> {
        let (pool, sizes) = request.check(table)?;
        let k = request.k.ok_or(SearchError::SamplesToExpect)?;
        let members = Members::new(table, &pool, k, abstain, Some(true))?;
        Ok(Self { objective: Accuracy::new(members), sizes, ranking: request.ranking })
    }
}

/// The search by the objective of the paper.
pub type PaperSearch = Search<Paper>;

impl PaperSearch {
    /// Checks `request` and turns the samples of its pool into bit sets.
    pub fn new(
        table: &Table,
        request: &Request<'_>,
        lambda: Lambda,
        over: Over,
    ) -> Result<Self, SearchError> {
        let (pool, sizes) = request.check(table)?;
        let bits = Bits::new(table, &pool, request);
        Ok(Self { objective: Paper::new(bits, lambda, over), sizes, ranking: request.ranking })
    }

    /// An exact score as numerator and denominator.
    pub fn fraction(&self, score: &PaperScore) -> (i128, i128) {
        self.objective.fraction(score)
    }
}

impl<O: Objective> Search<O> {
    /// How much there is to do: subsets times what one costs, some nanoseconds a unit.
    pub fn work(&self) -> u64 {
        let subsets = self.sizes.iter().map(Subsets::count).fold(0, u64::saturating_add);
        subsets.saturating_mul(self.objective.cost())
    }

    /// The best of each size, in the order of sizes; nothing once `going` is false.
    ///
    /// With `parallel` on the threads of the current pool, with the same outcome.
    pub fn run(&self, parallel: bool, going: &AtomicBool) -> Option<Vec<Found<O::Score>>> {
        let found = |subsets: &Subsets| {
            let best = walk::best(&self.objective, subsets, self.ranking, parallel, going)?;
            Some(best.found(subsets.clone()))
        };
        self.sizes.iter().map(found).collect()
    }

    /// How many resamples of as many as `times` can be afforded: all of them, or fewer, but
    /// none where fewer than a hundred would be left.
    pub fn affordable(&self, times: u32) -> u32 {
        let each = self.work().max(1);
        match u32::try_from(MOST_RESAMPLED / each).unwrap_or(u32::MAX) {
            fewer @ FEWEST_RESAMPLES.. => times.min(fewer),
            _ => 0,
        }
    }

    /// How the best subset of each size stands when as many problems are drawn with
    /// replacement, `times` over; nothing once `going` is false.
    pub fn resample(
        &self,
        found: &[Found<O::Score>],
        times: u32,
        seed: u64,
        parallel: bool,
        going: &AtomicBool,
    ) -> Option<Vec<Resampled>> {
        resample::resample(&self.objective, found, times, seed, parallel, going)
    }
}
