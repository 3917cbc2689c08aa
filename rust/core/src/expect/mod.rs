//! How accurate k samples a member are, over all ways to draw them from the recorded ones.
//!
//! A draw takes, for each member and problem, k of its recorded responses at random without
//! replacement and in random order; where there are fewer, all of them. Failed calls are no
//! responses. So at k = n the average is over the order of the samples, and is not the accuracy
//! of the one order that was recorded.
//!
//! [`Members`] has the expected accuracy of `mux`, and of one member's self-consistency, in
//! closed form, for every policy. `resample` draws: for every other rule of [`crate::select`].

mod cell;
mod members;
mod thinned;

pub use members::{Members, Partial};

use rayon::prelude::*;
use thiserror::Error;

/// The largest k: the work grows with its square.
pub const MOST_SAMPLES: u32 = 512;

/// The largest product of k and the samples of a cell, which a table of chances is as large as.
const MOST_CHANCES: u64 = 1 << 22;

/// The units of work below which no thread is started.
const WORTH_THREADS: usize = 100_000;

/// A study that cannot be made.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ExpectError {
    /// No samples, or more than can be afforded.
    #[error("samples is {0}, it must be from 1 to {MOST_SAMPLES}")]
    Samples(u32),
    /// A cell with very many samples.
    #[error(
        "{samples} of {recorded} samples of {member:?} on problem {problem:?} are too many for \
         the exact expectation: ask for at most {most}, or use fewer recorded samples"
    )]
    TooMany {
        /// How many were asked for.
        samples: u32,
        /// How many there are.
        recorded: u32,
        /// Whose.
        member: String,
        /// On which problem.
        problem: String,
        /// How many may be asked for.
        most: u64,
    },
}

/// `work` on each of `0..count`, in order; on all threads where it is worth it.
fn each<T: Send>(
    count: usize,
    units: usize,
    work: impl Fn(&[u32]) -> Vec<T> + Send + Sync,
) -> Vec<T> {
    let numbers: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
    if units < WORTH_THREADS {
        return work(&numbers);
    }
    let step = count.div_ceil(8 * rayon::current_num_threads()).max(1);
    let parts: Vec<Vec<T>> = numbers.par_chunks(step).map(work).collect();
    parts.into_iter().flatten().collect()
}
