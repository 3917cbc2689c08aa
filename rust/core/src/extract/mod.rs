//! Canonical extraction: response → the span that states the final answer, one file per kind.
//!
//! The reasoning is dropped, a response that runs on into the next question is cut there, and
//! the rest is read by the rules of its kind, explicit statements before fallbacks. Every rule
//! reads a response a bounded number of times and keeps no stack.

mod boxes;
pub(crate) mod choice;
mod cues;
pub(crate) mod equations;
mod math;
mod number;
pub(crate) mod numbers;
mod spans;
pub(crate) mod text;

use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};

use crate::{Choices, Extraction, Kind};

/// Rules that guess: on a response that was cut off, their span is not its answer.
pub const FALLBACK_RULES: [&str; 3] = ["last_math", "last_number", "last_letter"];

const THINKING: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")];
const RUN_ON: [&str; 5] = ["Question:", "Problem:", "Q:", "Human:", "User:"];

/// The canonical rules, in their order of trust.
pub fn extract<'a>(
    text: &'a str,
    kind: Kind,
    choices: Option<Choices<'_>>,
) -> Option<Extraction<'a>> {
    let text = final_part(text)?;
    match kind {
        Kind::Math => first_part(text, math::explicit).or_else(|| math::fallback(text)),
        Kind::Number => first_part(text, number::explicit).or_else(|| number::fallback(text)),
        Kind::Choice => choose(text, &choice::Rules::of(choices)),
    }
}

fn choose(text: &str, rules: &choice::Rules) -> Option<Extraction<'static>> {
    match first_part(text, |part| rules.explicit(part)) {
        Some(choice::Stated::Letter(found)) => Some(found),
        Some(choice::Stated::Several) => None,
        None => rules.fallback(text),
    }
}

/// What follows the reasoning; nothing where the reasoning has not ended.
fn final_part(text: &str) -> Option<&str> {
    // What every tag ends with; most responses hold none.
    static ENDS: LazyLock<[memmem::Finder<'static>; 3]> =
        LazyLock::new(|| ["think>", "thinking>", "THINK]"].map(memmem::Finder::new));
    if ENDS.iter().all(|end| end.find(text.as_bytes()).is_none()) {
        return Some(text);
    }
    let after = |closer: &str| text.rfind(closer).map_or(0, |at| at + closer.len());
    let start = THINKING.iter().map(|(_, closer)| after(closer)).max().unwrap_or(0);
    let rest = &text[start..];
    (!THINKING.iter().any(|(opener, _)| rest.contains(opener))).then_some(rest)
}

/// The first part in which `rule` finds something, the response being cut before each line
/// that starts another question: what follows a stated answer was run on.
fn first_part<'a, T>(text: &'a str, rule: impl Fn(&'a str) -> Option<T>) -> Option<T> {
    let mut start = 0;
    for newline in memchr_iter(b'\n', text.as_bytes()) {
        if starts_question(&text[newline + 1..]) {
            if let Some(found) = rule(&text[start..=newline]) {
                return Some(found);
            }
            start = newline + 1;
        }
    }
    rule(&text[start..])
}

fn starts_question(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '*', '#', '>']);
    line.starts_with(['Q', 'P', 'H', 'U']) && RUN_ON.iter().any(|word| line.starts_with(word))
}
