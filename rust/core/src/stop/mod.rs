//! Stopping early without changing answers.
//!
//! A [`Case`] is one problem while it is being sampled. It is *settled* as soon as no outcome of
//! the samples to come (any key, a new one, unparsed, truncated, a failed call) can change the
//! decided key and member; the confidence and the exemplar may still move. The conditions are
//! necessary and sufficient (theorems in [`apart`] and [`pooled`]), so no rule that never changes
//! an answer can stop earlier. [`order`] says what to ask next, [`settled`] where recorded samples
//! are enough, [`replay`] what stopping saves.

mod apart;
mod case;
mod order;
mod pooled;
mod recorded;
mod replay;

pub use case::Case;
pub use recorded::settled;
pub use replay::{Calls, Replayed, Replaying, replay};
use thiserror::Error;

use crate::select::{Options, Seating, SelectError, Selector};
use crate::table::Table;

/// Why there are no stopping rules.
#[derive(Debug, Error, PartialEq)]
pub enum StopError {
    /// The options fit no selection.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The rule looks at samples in a way of its own.
    #[error(
        "selector {0:?} cannot stop early without changing answers: \
         mux, majority, weighted and single:NAME can"
    )]
    Selector(String),
    /// Nothing to ask.
    #[error("samples must be at least 1")]
    Samples,
}

/// Makes the cases of a pool.
pub struct Cases<'a>(Seating<'a>);

impl<'a> Cases<'a> {
    /// The cases of the pool of `options`, whose names `table` knows.
    pub fn new(table: &'a Table, options: &Options<'_>) -> Result<Self, StopError> {
        let seating = Seating::new(table, options)?;
        match (seating.votes, options.selector) {
            (Some(_), _) => Ok(Self(seating)),
            (None, Selector::Switch) => Err(StopError::Selector("switch".into())),
            (None, Selector::Unanimous) => Err(StopError::Selector("unanimous".into())),
            (None, _) => Err(StopError::Selector("oracle".into())),
        }
    }

    /// A problem of the table, nothing of it sampled.
    pub fn on(&self, problem: u32) -> Case {
        let votes = self.0.votes.unwrap_or(crate::select::Votes::Apart);
        Case::new(votes, self.0.abstain, self.0.on(problem))
    }
}
