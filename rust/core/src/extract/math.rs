//! Kind `math`: the span of a response that states a mathematical answer.

use std::borrow::Cow;

use memchr::memmem;

use super::boxes::{MOST_PARTS, adjacent, cut_off, last_group};
use super::cues::{Statement, Statements, Words};
use super::equations::stated_side;
use super::number::{last_number, starts_heading};
use super::numbers::digit;
use super::spans::{Span, Spans};
use super::text::{clause, first_line, is_one_of, is_space, is_tail, trim};
use crate::Extraction;

const FUNCTIONS: [&str; 2] = ["sqrt", "pi"];
const TEXT_COMMANDS: [&str; 3] = ["\\text", "\\mathrm", "\\mbox"];
// Words that may stand inside a bare expression, not at its start.
const INNER_WORDS: [&str; 5] = ["and", "or", "percent", "degrees", "infinity"];
// First words of what is no answer: "Answer: Let us think", "the answer is the same".
const NO_ANSWER: [&str; 44] = [
    "the",
    "a",
    "an",
    "as",
    "in",
    "let",
    "lets",
    "obvious",
    "correct",
    "incorrect",
    "wrong",
    "right",
    "clear",
    "below",
    "above",
    "given",
    "found",
    "that",
    "this",
    "to",
    "we",
    "because",
    "based",
    "known",
    "unknown",
    "what",
    "which",
    "always",
    "it",
    "its",
    "of",
    "on",
    "your",
    "my",
    "our",
    "if",
    "so",
    "here",
    "there",
    "simple",
    "easy",
    "provided",
    "written",
    "expressed",
];
const MOST_WORDS: usize = 4;

/// The box, then the last statement, then the last `####`.
pub(super) fn explicit(text: &str) -> Option<Extraction<'_>> {
    boxed(text).or_else(|| statement(text)).or_else(|| hash(text))
}

fn boxed(text: &str) -> Option<Extraction<'_>> {
    let parts = last_group(text);
    let span = match parts[..] {
        [] => return None,
        [only] => Cow::Borrowed(stated_side(only, false)),
        _ => Cow::Owned(parts.join(", ")),
    };
    Some(Extraction { span, rule: "boxed" })
}

fn statement(text: &str) -> Option<Extraction<'_>> {
    Statements::of(text, Words::Answer).map(read).find(|found| !found.span.is_empty())
}

fn read(statement: Statement<'_>) -> Extraction<'_> {
    if statement.tag {
        return Extraction { span: Cow::Borrowed(tagged(statement.value)), rule: "answer_tag" };
    }
    Extraction { span: stated(statement.value), rule: "final_answer" }
}

fn hash(text: &str) -> Option<Extraction<'_>> {
    memmem::find(text.as_bytes(), b"####")?;
    let span = text
        .rsplit('\n')
        .filter_map(|line| Some(hash_value(&line[line.rfind("####")? + 4..])))
        .find(|span| !span.is_empty())?;
    Some(Extraction { span, rule: "hash" })
}

/// The last maths span, or a number after it; nothing where a box was cut off.
pub(super) fn fallback(text: &str) -> Option<Extraction<'_>> {
    if cut_off(text) {
        return None;
    }
    let last = Spans::of(text)
        .map(|span| (span.end, inside(span, true)))
        .filter(|(_, span)| !span.is_empty())
        .last();
    let end = last.map_or(0, |(end, _)| end);
    let (span, rule) = match (last_number(&text[end..]), last) {
        (Some(number), _) => (number, "last_number"),
        (None, Some((_, span))) => (span, "last_math"),
        (None, None) => return None,
    };
    Some(Extraction { span: Cow::Borrowed(span), rule })
}

/// The inside of `<answer>…</answer>`, without maths delimiters around it.
fn tagged(value: &str) -> &str {
    match Spans::of(value).next() {
        Some(span) if span.start == 0 && span.end == value.len() => inside(span, false),
        _ => trim(value),
    }
}

/// The answer at the start of what follows a cue; empty where there is none.
fn stated(value: &str) -> Cow<'_, str> {
    let span = match leading_span(value) {
        Some(first) => joined(value, first),
        None => Cow::Borrowed(bare(first_line(value))),
    };
    if span.contains("\\boxed") || span.contains("\\fbox") { Cow::Borrowed("") } else { span }
}

/// The span at the start of a value, unless the answer goes on after it: `$x$ = 5`, `$\$$5`.
fn leading_span(value: &str) -> Option<Span<'_>> {
    if !value.starts_with(['$', '\\']) {
        return None;
    }
    let span = Spans::of(value).next().filter(|span| span.start == 0)?;
    let goes_on = value[span.end..].trim_start_matches(is_space).starts_with('=');
    (!goes_on && trim(span.inside) != "\\$").then_some(span)
}

/// The first span and those that follow it as parts of one answer.
fn joined<'a>(value: &'a str, first: Span<'a>) -> Cow<'a, str> {
    let mut parts = vec![inside(first, false)];
    let mut end = first.end;
    for later in Spans::of(value).skip(1) {
        if parts.len() == MOST_PARTS || !adjacent(&value[end..later.start]) {
            break;
        }
        parts.push(inside(later, false));
        end = later.end;
    }
    parts.retain(|part| !part.is_empty());
    match parts[..] {
        [only] => Cow::Borrowed(only),
        _ => Cow::Owned(parts.join(", ")),
    }
}

/// What a maths span states: its last row, the stated side of it, no full stop.
fn inside(span: Span<'_>, loose: bool) -> &str {
    let mut text = span.inside;
    if memmem::find(text.as_bytes(), b"\\begin").is_none() {
        let stating = |row: &&str| !row.trim_matches(is_tail).is_empty();
        text = text.split("\\\\").filter(stating).last().unwrap_or("");
    }
    trim(stated_side(trim(text).trim_end_matches(is_tail), loose))
}

/// An answer without delimiters: a run of mathematical words, or a few plain ones.
fn bare(line: &str) -> &str {
    let span = expression(line);
    if span.is_empty() { plain_words(line) } else { stated_side(span, false) }
}

/// The words of a line with the places where they end.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let place = move |piece: &'_ str| {
        let word_end = start + piece.trim_end_matches(is_space).len();
        let place = (word_end, start);
        start += piece.len();
        place
    };
    line.split_inclusive(is_space)
        .map(place)
        .filter(|(end, start)| end > start)
        .map(|(end, start)| (end, &line[start..end]))
}

/// The longest start of `line` that reads as mathematics.
fn expression(line: &str) -> &str {
    let mut depth = 0_usize;
    let mut end = 0;
    for (word_end, word) in words(line) {
        if depth == 0 && !is_mathematical(word, end == 0) {
            break;
        }
        let count = |brace: u8| word.bytes().filter(|&b| b == brace).count();
        depth = (depth + count(b'{')).saturating_sub(count(b'}'));
        end = word_end;
        if depth == 0 && word.ends_with(['.', '?', ';']) {
            break;
        }
    }
    without_loose_end(trim(&line[..end]).trim_end_matches(is_tail))
}

/// Without a trailing "and" or "or", or a bracket that was opened before.
fn without_loose_end(span: &str) -> &str {
    let mut span = span;
    for word in [" and", " or"] {
        span = span.strip_suffix(word).unwrap_or(span).trim_end_matches(is_tail);
    }
    let count = |bracket: u8| span.bytes().filter(|&b| b == bracket).count();
    match span.strip_suffix(')') {
        Some(rest) if count(b'(') < count(b')') && count(b'[') == 0 => {
            rest.trim_end_matches(is_tail)
        }
        _ => span,
    }
}

/// Whether a word of a sentence belongs to mathematics rather than to prose.
fn is_mathematical(word: &str, first: bool) -> bool {
    if TEXT_COMMANDS.iter().any(|command| word.starts_with(command)) {
        return true;
    }
    let core = word.trim_matches(|c| is_tail(c) || "()[]$!".contains(c));
    if is_one_of(core, &INNER_WORDS) {
        return !first;
    }
    if matches!(core, "a" | "I") && !first {
        return false;
    }
    word.chars().all(|c| c.is_ascii() || is_symbol(c)) && runs_are_names(word)
}

fn is_symbol(c: char) -> bool {
    "π√∞°−–×÷·≤≥±∪∩∈≈½€£¥₹，".contains(c) || is_space(c) || digit(c).is_some()
}

/// Whether every run of letters is one letter, a command or a function.
fn runs_are_names(word: &str) -> bool {
    let bytes = word.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let command = at > 0 && bytes[at - 1] == b'\\';
        if run > 1 && !command && !FUNCTIONS.contains(&&word[at..at + run]) {
            return false;
        }
        at += run.max(1);
    }
    true
}

/// A text answer: at most four words of letters.
fn plain_words(line: &str) -> &str {
    let span = trim(clause(line, &['.'])).trim_end_matches(|c| is_tail(c) || c == '!');
    let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphabetic() || b"'-".contains(&b));
    let mut count = 0;
    for (_, word) in words(span) {
        count += 1;
        let refused = count == 1 && is_one_of(&word.replace('\'', ""), &NO_ANSWER);
        if count > MOST_WORDS || refused || !plain(word) {
            return "";
        }
    }
    span
}

/// What follows `####`, unless it is a heading (`#### 2. Add`, `#### Step 2`).
fn hash_value(rest: &str) -> Cow<'_, str> {
    let value = rest.trim_start_matches(|c| is_space(c) || matches!(c, '*' | '_'));
    let after = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = after.len() < value.len() && starts_heading(after);
    if numbered || !value.contains(|c: char| c.is_ascii_digit() || c == '\\') {
        return Cow::Borrowed("");
    }
    if value.starts_with(['$', '\\']) && Spans::of(value).next().is_some_and(|s| s.start == 0) {
        return stated(value);
    }
    Cow::Borrowed(stated_side(expression(value), false))
}
