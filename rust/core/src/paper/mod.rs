//! The published string rules, quirks included: nothing here is to be improved.
//!
//! One file per kind; [`text`] is what Python's `str`, `re` and `int` mean by whitespace,
//! digits and whole numbers. Every rule reads a text a bounded number of times.

mod choice;
mod math;
mod number;
mod text;

use std::borrow::Cow;

pub use math::boxed_spans;

use crate::{Extraction, Kind};

/// The published span.
pub fn extract(text: &str, kind: Kind) -> Option<Extraction<'_>> {
    let (span, rule) = match kind {
        Kind::Math => (math::boxed(text)?, "boxed"),
        Kind::Number => number::last(text)?,
        Kind::Choice => choice::letter(text)?,
    };
    Some(Extraction { span: Cow::Borrowed(span), rule })
}

/// The published vote.
pub fn key(answer: &str, kind: Kind) -> Option<Cow<'_, str>> {
    let answer = text::strip(answer);
    let key = match kind {
        Kind::Math => math::key(answer)?,
        Kind::Number => number::key(answer),
        Kind::Choice => Cow::Borrowed(answer),
    };
    Some(key).filter(|key| !key.is_empty())
}
