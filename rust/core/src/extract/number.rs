//! Kind `number`: the span of a response that states a number.

use std::borrow::Cow;

use memchr::memmem;

use super::boxes::{Boxes, cut_off};
use super::cues::{Statements, Words};
use super::numbers::{Numbers, digit, is_currency};
use super::text::{clause, first_line, is_markup, is_space};
use crate::Extraction;

fn found<'a>(span: &'a str, rule: &'static str) -> Extraction<'a> {
    Extraction { span: Cow::Borrowed(span), rule }
}

/// The last `####`, the last box, the last statement, the last line `A: …`.
pub(super) fn explicit(text: &str) -> Option<Extraction<'_>> {
    hash(text)
        .map(|span| found(span, "hash"))
        .or_else(|| {
            Boxes::of(text).find_map(|b| stated(b.content)).map(|span| found(span, "boxed"))
        })
        .or_else(|| statement(text))
        .or_else(|| a_line(text).map(|span| found(span, "a_line")))
}

/// The last number; nothing where a box was cut off.
pub(super) fn fallback(text: &str) -> Option<Extraction<'_>> {
    if cut_off(text) {
        return None;
    }
    last_number(text).map(|span| found(span, "last_number"))
}

/// The last number of the last line that has one.
pub(super) fn last_number(text: &str) -> Option<&str> {
    text.rsplit('\n').find_map(|line| Numbers::of(line).last()).map(|(_, number)| number)
}

fn hash(text: &str) -> Option<&str> {
    memmem::find(text.as_bytes(), b"####")?;
    text.rsplit('\n').find_map(|line| hash_number(&line[line.rfind("####")? + 4..]))
}

fn statement(text: &str) -> Option<Extraction<'_>> {
    Statements::of(text, Words::Answer).find_map(|statement| {
        let rule = if statement.tag { "answer_tag" } else { "final_answer" };
        stated(first_line(statement.value)).map(|span| found(span, rule))
    })
}

fn a_line(text: &str) -> Option<&str> {
    text.rsplit('\n').find_map(|line| {
        let line = line.trim_start_matches([' ', '\t', '*']);
        let rest = line.strip_prefix("A:")?;
        stated(rest.trim_start_matches(|c| is_space(c) || is_markup(c)))
    })
}

/// The number that a phrase states: after its last `=`, or else the first one.
fn stated(value: &str) -> Option<&str> {
    let clause = after_marks(clause(value, &['.', ';']));
    let after = clause.rfind('=').and_then(|at| Numbers::of(&clause[at + 1..]).next());
    after.or_else(|| Numbers::of(clause).next()).map(|(_, number)| number)
}

/// What follows the last calculator mark `<<3*4=12>>`, where a number does.
fn after_marks(clause: &str) -> &str {
    let number_follows = |(at, _): (usize, &str)| {
        let mut chars = clause[at + 2..].chars();
        let first = chars.next().and_then(digit);
        first.or_else(|| chars.next().and_then(digit)).is_some()
    };
    match clause.rfind(">>") {
        Some(last) if clause.match_indices(">>").any(number_follows) => &clause[last + 2..],
        _ => clause,
    }
}

/// The number right after `####`, unless it numbers a heading (`#### 2. Add`).
fn hash_number(rest: &str) -> Option<&str> {
    let value = rest.trim_start_matches(|c| {
        is_space(c) || is_markup(c) || is_currency(c) || matches!(c, '\\' | '(' | '[' | '=' | ':')
    });
    let (_, number) = Numbers::of(value).next().filter(|&(start, _)| start == 0)?;
    (!starts_heading(&value[number.len()..])).then_some(number)
}

/// Whether `. Add` follows the number of a heading.
pub(super) fn starts_heading(after: &str) -> bool {
    let Some(text) = after.strip_prefix(['.', ')', ':']) else { return false };
    let title = text.trim_start_matches(is_space);
    title.len() < text.len() && !title.is_empty()
}
