//! Groups that have grown beyond their share of memory, on disk.
//!
//! Each spill is a run of records in the order of task and problem, so that the merge at the
//! end holds one problem at a time, whatever the number of runs.

use std::path::Path;

use crate::error::{Error, Result};
use crate::merge::merged;
use crate::partial::{Most, Partial};
use crate::run::Run;
use crate::seen::Seen;

/// Runs on disk for each thread, at most: each is an open file, and the merge reads all at once.
const MOST_RUNS: usize = 64;

/// Where one thread may write, and from which size on.
pub(crate) struct Spill<'a> {
    share: usize,
    folder: &'a Path,
    runs: Vec<Run>,
    seen: Seen,
}

impl<'a> Spill<'a> {
    pub(crate) fn new(share: usize, folder: &'a Path) -> Self {
        Self { share, folder, runs: Vec::new(), seen: Seen::default() }
    }

    pub(crate) fn share(&self) -> usize {
        self.share
    }

    /// Writes a run; where there are many, they become one.
    pub(crate) fn write(&mut self, mut partial: Partial) -> Result<()> {
        partial.tell(&mut self.seen);
        if self.runs.len() >= MOST_RUNS {
            let one = merged(std::mem::take(&mut self.runs), self.folder)?;
            self.runs.push(one);
        }
        self.runs.push(Run::spilled(self.folder, |give| partial.drain(Most::SPILLED, give))?);
        Ok(())
    }

    /// The runs and the members met. What is left is the last run: in memory if it is the only
    /// one, else it would be held beside what the merge needs.
    pub(crate) fn finish(mut self, mut partial: Partial) -> Result<(Vec<Run>, Seen)> {
        if !self.runs.is_empty() {
            self.write(partial)?;
            return Ok((self.runs, self.seen));
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
