//! The published string rules, quirks included.

use std::borrow::Cow;

use crate::{Extraction, Kind};

/// The published span.
pub fn extract(_text: &str, _kind: Kind) -> Option<Extraction<'_>> {
    None
}

/// The published vote.
pub fn key(_answer: &str, _kind: Kind) -> Option<Cow<'_, str>> {
    None
}
