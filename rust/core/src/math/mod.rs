//! Canonical keys: answer → the string that two equal answers share.

use std::borrow::Cow;

use crate::Kind;

/// The canonical key of `answer`.
pub fn key(_answer: &str, _kind: Kind) -> Option<Cow<'_, str>> {
    None
}
