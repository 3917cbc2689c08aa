//! Mathematics: an answer → tokens → an expression tree → its value → a key.
//!
//! Two answers have one key where they are equal as far as that can be decided in bounded time.
//! `token` and `parse` read LaTeX and plain text into a `tree`; `value` computes it, exactly
//! where it is rational, else in balls of several hundred bits at fixed points; `key` spells
//! out the result. What cannot be read keeps its cleaned string, marked as such.

mod fold;
mod json;
mod key;
pub(crate) mod limits;
mod names;
mod parse;
mod plain;
mod relations;
mod token;
pub(crate) mod tree;
pub(crate) mod value;
mod wrapping;

pub use json::tree_json;
pub use key::{KEY_VERSION, key};
pub(crate) use key::{Keyed, keyed, tree_key};
pub(crate) use parse::{open_interval, parse};
pub(crate) use plain::plain_key;
pub(crate) use relations::{is_closed, name_of};

/// More tokens than this are no answer.
const MOST_TOKENS: usize = 768;
