//! Canonical keys: answer → the string that two equal answers share.
//!
//! `clean` brings an answer to one spelling, `value` reads the plain numbers exactly, and
//! `key` puts the two together.

mod clean;
mod key;
mod value;

pub use key::{HASHED, key};
