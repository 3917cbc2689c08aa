//! Groups that have grown beyond their share of memory, on disk.
//!
//! Each spill is a run of records in the order of task and problem, so that the merge at the
//! end holds one problem at a time, and a batch of each run; many runs become one before.

use std::iter::once;
use std::mem::take;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::merge::merged;
use crate::partial::{Most, Partial};
use crate::run::Run;
use crate::seen::Seen;

/// Runs of one size on disk, at most, of all threads: each is an open file.
const MOST_RUNS: usize = 64;

/// Where one thread may write, and from which size on.
pub(crate) struct Spill<'a> {
    share: usize,
    folder: &'a Path,
    /// Runs of one size that are kept apart, at most.
    most: usize,
    /// Runs by how often they were put together: so no record is written again but a few times.
    sizes: Vec<Vec<Run>>,
    seen: Seen,
    stop: &'a AtomicBool,
}

impl<'a> Spill<'a> {
    /// For one of so many threads; what takes long ends soon after `stop` is set.
    pub(crate) fn new(
        share: usize,
        folder: &'a Path,
        threads: usize,
        stop: &'a AtomicBool,
    ) -> Self {
        let most = (MOST_RUNS / threads.max(1)).max(2);
        Self { share, folder, most, sizes: Vec::new(), seen: Seen::default(), stop }
    }

    pub(crate) fn share(&self) -> usize {
        self.share
    }

    /// Writes a run; many of one size become one of the next.
    pub(crate) fn write(&mut self, mut partial: Partial) -> Result<()> {
        partial.tell(&mut self.seen);
        let mut run = Run::spilled(self.folder, |give| partial.drain(Most::SPILLED, give))?;
        for size in 0.. {
            if size == self.sizes.len() {
                self.sizes.push(Vec::new());
            }
            let alike = &mut self.sizes[size];
            if alike.len() + 1 < self.most {
                alike.push(run);
                break;
            }
            let all = take(alike).into_iter().chain(once(run)).collect();
            run = merged(all, self.folder, || self.stop.load(Ordering::Relaxed))?;
        }
        Ok(())
    }

    /// The runs and the members met. What is left is the last run: in memory if it is the only
    /// one, else it would be held beside what the merge needs.
    pub(crate) fn finish(mut self, mut partial: Partial) -> Result<(Vec<Run>, Seen)> {
        if !self.sizes.is_empty() {
            self.write(partial)?;
            return Ok((self.sizes.into_iter().flatten().collect(), self.seen));
        }
        partial.tell(&mut self.seen);
        let mut batches = Vec::new();
        partial.drain(Most::HELD, |batch| {
            batches.push(batch);
            Ok::<_, Error>(())
        })?;
        Ok((vec![Run::Held(batches)], self.seen))
    }
}
