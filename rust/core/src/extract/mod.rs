//! Canonical extraction: response → the span that states the final answer, one file per kind.
//!
//! The reasoning is dropped, a response that runs on into the next question is cut there, and
//! the rest is read by the rules of its kind, explicit statements before fallbacks. Every rule
//! reads a response a bounded number of times and keeps no stack.

mod bare;
pub(crate) mod boxes;
pub(crate) mod choice;
mod conclusion;
mod cues;
pub mod ending;
pub(crate) mod equations;
mod json;
mod math;
mod number;
pub(crate) mod numbers;
mod options;
mod refusals;
mod runs;
mod spans;
pub(crate) mod text;
mod turns;
mod words;

use turns::{Answering, Parts};

use crate::{Choices, Extraction, Kind};

/// Rules that guess: on a response that was cut off, their span is not its answer.
pub const FALLBACK_RULES: [&str; 4] = ["last_math", "last_number", "last_words", "last_letter"];

/// The canonical rules, in their order of trust.
///
/// A rule that finds a refusal gives a span of nothing: no other rule is asked.
pub fn extract<'a>(
    text: &'a str,
    kind: Kind,
    choices: Option<Choices<'_>>,
) -> Option<Extraction<'a>> {
    let answering = turns::final_part(text)?;
    let found = match kind {
        Kind::Math => first(answering, math::explicit, math::fallback),
        Kind::Number => first(answering, number::explicit, number::fallback),
        Kind::Choice => {
            let rules = choice::Rules::of(choices);
            first(answering, |part| rules.explicit(part), |part| rules.fallback(part))
        }
    };
    found.filter(|found| !found.span.is_empty())
}

/// What the first part states that states anything, else what the first part suggests.
fn first<'a, T>(
    answering: Answering<'a>,
    explicit: impl Fn(&'a str) -> Option<T>,
    fallback: impl Fn(&'a str) -> Option<T>,
) -> Option<T> {
    let mut parts = Parts::of(answering);
    let first = parts.next()?;
    if let Some(found) = explicit(first).or_else(|| parts.by_ref().find_map(explicit)) {
        return Some(found);
    }
    fallback(first).or_else(|| Parts::of(answering).skip(1).find_map(fallback))
}
