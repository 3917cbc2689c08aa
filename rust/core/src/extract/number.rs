//! Kind `number`: the span of a response that states a number.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr, memmem, memrchr};

use super::boxes::{Boxes, cut_off};
use super::conclusion::Sentence;
use super::cues::{Statements, Words};
use super::json::Values;
use super::numbers::{Numbers, digit, is_currency};
use super::refusals::{gives_up, is_placeholder, refuses};
use super::text::{clause, first_line, is_markup, is_space, lines_from_end, trim};
use crate::Extraction;

pub(super) static MARK: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new("####"));

fn found<'a>(span: &'a str, rule: &'static str) -> Extraction<'a> {
    Extraction { span: Cow::Borrowed(span), rule }
}

/// What a value states: a number, or nothing where it refuses one.
fn answer(value: &str) -> Option<&str> {
    stated(value).or_else(|| refuses(value).then_some(""))
}

/// The last JSON answer, `####`, box, statement, line `A: …`; no span where it refuses.
pub(super) fn explicit(text: &str) -> Option<Extraction<'_>> {
    json(text)
        .or_else(|| hash(text).map(|span| found(span, "hash")))
        .or_else(|| {
            Boxes::of(text).find_map(|b| answer(b.content)).map(|span| found(span, "boxed"))
        })
        .or_else(|| statement(text, Words::Answer))
        .or_else(|| a_line(text).map(|span| found(span, "a_line")))
        .or_else(|| statement(text, Words::Foreign))
}

/// The number that the end concludes; nothing where a box was cut off or no answer found.
pub(super) fn fallback(text: &str) -> Option<Extraction<'_>> {
    let (at, last) = last_number(text)?;
    let sentence = Sentence::around(text, &[], at);
    if cut_off(text) || gives_up(&text[sentence.start..]) {
        return None;
    }
    let numbers: Vec<_> = Numbers::of(sentence.text).collect();
    let places: Vec<_> = numbers.iter().map(|&(start, _)| start).collect();
    let place = sentence.said().or_else(|| sentence.suggested(&places));
    let number = place.and_then(|place| numbers.iter().find(|(start, _)| *start >= place));
    Some(found(number.map_or(last, |&(_, number)| number), "last_number"))
}

/// The last number of the last line that has one, with its place.
pub(super) fn last_number(text: &str) -> Option<(usize, &str)> {
    // Every number holds a digit.
    let bytes = text.as_bytes();
    let digit = bytes.iter().rposition(|b| b.is_ascii_digit() || !b.is_ascii())?;
    let mut end = memchr(b'\n', &bytes[digit..]).map_or(text.len(), |length| digit + length);
    let line = memrchr(b'\n', &bytes[..digit]).map_or(0, |newline| newline + 1);
    if let Some((at, number)) = Numbers::near(&text[line..end], digit - line).last() {
        return Some((line + at, number));
    }
    lines_from_end(&text[..end]).find_map(|line| {
        let start = end - line.len();
        end = start.saturating_sub(1);
        Numbers::of(line).last().map(|(at, number)| (start + at, number))
    })
}

fn json(text: &str) -> Option<Extraction<'_>> {
    let value = Values::of(text)
        .find(|value| value.as_deref().is_none_or(|value| !is_placeholder(value)))?;
    let span = match value {
        None => Cow::Borrowed(""),
        Some(Cow::Borrowed(value)) => Cow::Borrowed(enclosed(value)),
        Some(Cow::Owned(value)) => Cow::Owned(enclosed(&value).to_owned()),
    };
    Some(Extraction { span, rule: "json" })
}

fn hash(text: &str) -> Option<&str> {
    MARK.find(text.as_bytes())?;
    lines_from_end(text).find_map(|line| hash_number(&line[line.rfind("####")? + 4..]))
}

/// The last statement that holds a number or refuses one.
fn statement(text: &str, words: Words) -> Option<Extraction<'_>> {
    Statements::of(text, words)
        .find_map(|statement| {
            let line = first_line(statement.value);
            if refuses(line) {
                return Some(("", statement.tag));
            }
            let inner = if statement.closed { enclosed(statement.value) } else { "" };
            let span = if inner.is_empty() { stated(line)? } else { inner };
            Some((span, statement.tag))
        })
        .map(|(span, tag)| found(span, if tag { "answer_tag" } else { "final_answer" }))
}

/// The number of a field or tag: of its box or statement, else of its last line.
fn enclosed(value: &str) -> &str {
    Boxes::of(value)
        .find_map(|b| stated(b.content))
        .or_else(|| {
            Statements::of(value, Words::Answer).find_map(|inner| stated(first_line(inner.value)))
        })
        .or_else(|| if refuses(value) { None } else { stated(lines_from_end(trim(value)).next()?) })
        .unwrap_or("")
}

fn a_line(text: &str) -> Option<&str> {
    lines_from_end(text).find_map(|line| {
        let line = line.trim_start_matches([' ', '\t', '*']);
        let rest = line.strip_prefix("A:")?;
        answer(rest.trim_start_matches(|c| is_space(c) || is_markup(c)))
    })
}

/// The number that a phrase states: after its last `=`, or else the first one.
fn stated(value: &str) -> Option<&str> {
    if let Some(whole) = separated(value) {
        return Some(whole);
    }
    let clause = after_marks(clause(value, &['.', ';']));
    let after = clause.rfind('=').and_then(|at| Numbers::of(&clause[at + 1..]).next());
    after.or_else(|| Numbers::of(clause).next()).map(|(_, number)| number)
}

/// A value that is nothing but a number with a blank between its thousands, or with a decimal
/// comma: `1 200`, `12,5`.
fn separated(value: &str) -> Option<&str> {
    let whole = trim(value);
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((before, after)) = digits.split_once(',') {
        return (plain(before) && plain(after) && after.len() != 3).then_some(whole);
    }
    let (first, rest) = digits.split_once(' ')?;
    let groups = rest.split(' ').all(|group| group.len() == 3 && plain(group));
    (groups && plain(first) && first.len() <= 3).then_some(whole)
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
