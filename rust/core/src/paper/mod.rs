//! The published string rules, quirks included: nothing here is to be improved.
//!
//! One file per kind; [`text`] is what Python's `str`, `re` and `int` mean by whitespace,
//! digits and whole numbers. Every rule reads a text a bounded number of times.

mod choice;
mod math;
mod number;
mod rewriting;
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{extract, key};
    use crate::Kind;

    /// The cases that Python reads as well: kind, input, expected and source of each.
    fn check(cases: &str, ask: impl Fn(&str, Kind) -> Option<String>) {
        let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
        for case in &cases {
            let kind = case["kind"].as_str().unwrap().parse().unwrap();
            let answer = ask(case["input"].as_str().unwrap(), kind);
            assert_eq!(answer.as_deref(), case["expected"].as_str(), "{}", case["source"]);
        }
    }

    #[test]
    fn spans_of_the_cases() {
        check(include_str!("../../../../tests/cases/paper_extract.json"), |text, kind| {
            Some(extract(text, kind)?.span.into_owned())
        });
    }

    #[test]
    fn keys_of_the_cases() {
        check(include_str!("../../../../tests/cases/paper_key.json"), |answer, kind| {
            Some(key(answer, kind)?.into_owned())
        });
    }
}
