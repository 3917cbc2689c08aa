//! The value of an expression: exact where it is rational, else wide balls at fixed points.

mod complex;
mod elementary;
mod evaluate;
mod exact;
mod fingerprint;
mod functions;
mod integers;
mod points;
mod powers;
mod real;
mod recognize;
mod square_root;

pub(crate) use exact::Exact;
pub(crate) use fingerprint::{Fingerprint, Solved, fingerprint, is_not_negative, root_or_ratio};
