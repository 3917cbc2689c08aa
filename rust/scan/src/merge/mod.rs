//! Runs of records → tallies, problem by problem.

mod asked;
mod indexes;
mod member;
mod problem;
mod runs;

pub use asked::Filter;
pub(crate) use member::{Entry, Graded, Member, State, sum_of_tokens};
pub(crate) use problem::{Problem, Rules};
pub(crate) use runs::{Merge, Pieces, merged};
