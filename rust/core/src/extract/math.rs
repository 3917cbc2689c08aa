//! Kind `math`: the span of a response that states a mathematical answer.

use std::borrow::Cow;

use memchr::{memchr, memchr2_iter};

use super::bare::{bare, expression, few_words, undelimited};
use super::boxes::{MOST_PARTS, adjacent, cut_off, joined, last_group};
use super::conclusion::Sentence;
use super::cues::{Statement, Statements, Words};
use super::equations::stated_side;
use super::json::Values;
use super::number::{MARK, last_number, starts_heading};
use super::numbers::Numbers;
use super::refusals::{gives_up, is_placeholder, refuses};
use super::runs::{any_pair, may_structure};
use super::spans::{Span, Spans};
use super::text::{first_line, is_markup, is_space, is_tail, lines_from_end, trim};
use crate::Extraction;

const LONGEST_PLAIN_NUMBER: usize = 20;
// Few responses hold more: room for them is made once.
const USUAL_SPANS: usize = 32;

/// The last JSON answer, box, statement, `####`, or all of the text; no span if it refuses.
pub(super) fn explicit(text: &str) -> Option<Extraction<'_>> {
    plain_number(text).or_else(|| json(text)).or_else(|| unnamed(text, true))
}

/// The same of a text without answer fields, which holds a box only where `boxes` may stand.
pub(super) fn unnamed(text: &str, boxes: bool) -> Option<Extraction<'_>> {
    let last = if boxes { boxed(text) } else { None };
    last.map(|span| Extraction { span, rule: "boxed" })
        .or_else(|| statement(text, Words::Answer))
        .or_else(|| statement(text, Words::Foreign))
        .or_else(|| hash(text))
        .or_else(|| whole(text))
}

/// A text that is nothing but a short number, which no rule reads otherwise.
pub(super) fn plain_number(text: &str) -> Option<Extraction<'_>> {
    is_plain_number(text).then_some(Extraction { span: Cow::Borrowed(text), rule: "whole_text" })
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let point = digits.iter().position(|b| !b.is_ascii_digit());
    let (whole, places) = digits.split_at(point.unwrap_or(digits.len()));
    let fraction = |places: &[u8]| places.len() > 1 && places[1..].iter().all(u8::is_ascii_digit);
    text.len() <= LONGEST_PLAIN_NUMBER
        && !whole.is_empty()
        && (places.is_empty() || places[0] == b'.' && fraction(places))
}

/// A span, unless it says that there is no answer.
pub(super) fn accepted(span: Cow<'_, str>) -> Cow<'_, str> {
    if refuses(&span) { Cow::Borrowed("") } else { span }
}

fn json(text: &str) -> Option<Extraction<'_>> {
    let value = Values::of(text)
        .find(|value| value.as_deref().is_none_or(|value| !is_placeholder(value)))?;
    let span = match value {
        None => Cow::Borrowed(""),
        Some(Cow::Borrowed(value)) => enclosed(value),
        Some(Cow::Owned(value)) => Cow::Owned(enclosed(&value).into_owned()),
    };
    Some(Extraction { span, rule: "json" })
}

fn boxed(text: &str) -> Option<Cow<'_, str>> {
    last_group(text).map(accepted)
}

/// The last statement that states an answer or refuses one.
fn statement(text: &str, words: Words) -> Option<Extraction<'_>> {
    Statements::of(text, words).find_map(read)
}

fn read(statement: Statement<'_>) -> Option<Extraction<'_>> {
    let rule = if statement.tag { "answer_tag" } else { "final_answer" };
    if refuses(statement.value) {
        return Some(Extraction { span: Cow::Borrowed(""), rule });
    }
    let read = if statement.closed { enclosed } else { stated };
    Some(read(statement.value)).filter(|s| !s.is_empty()).map(|span| Extraction { span, rule })
}

fn hash(text: &str) -> Option<Extraction<'_>> {
    MARK.find(text.as_bytes())?;
    let span = lines_from_end(text)
        .filter_map(|line| Some(hash_value(&line[line.rfind("####")? + 4..])))
        .find(|span| !span.is_empty())?;
    Some(Extraction { span, rule: "hash" })
}

/// What a field or tag states: its box, its statement, or all of it.
fn enclosed(value: &str) -> Cow<'_, str> {
    if let Some(span) = boxed(value) {
        return span;
    }
    if let Some(inner) = statement(value, Words::Answer) {
        return inner.span;
    }
    let value = value.trim_matches(|c| is_space(c) || is_markup(c));
    if refuses(value) || is_placeholder(value) {
        return Cow::Borrowed("");
    }
    let whole = || Cow::Borrowed(stated_side(value.trim_end_matches(is_tail), false));
    maths(value).filter(|span| !span.is_empty()).unwrap_or_else(whole)
}

/// What a text states that is nothing but maths spans.
fn maths(text: &str) -> Option<Cow<'_, str>> {
    let mut spans = vec![leading_span(text)?];
    for later in Spans::of(text).skip(1) {
        let between = between(text, spans[spans.len() - 1], later);
        if spans.len() == MOST_PARTS || !adjacent(between) {
            return None;
        }
        spans.push(later);
    }
    let rest = &text[spans[spans.len() - 1].end..];
    rest.chars().all(is_tail).then(|| join_spans(text, &spans, false))
}

/// All of a text, where it is nothing but an answer.
fn whole(text: &str) -> Option<Extraction<'_>> {
    let text = text.trim_matches(|c| is_space(c) || is_markup(c));
    let line = || {
        if memchr(b'\n', text.as_bytes()).is_some() {
            return "";
        }
        let span = expression(text);
        let all = !span.is_empty() && span == text.trim_end_matches(is_tail);
        if all { stated_side(span, false) } else { few_words(text) }
    };
    let spans = maths(text).filter(|span| !span.is_empty());
    let span = spans.unwrap_or_else(|| Cow::Borrowed(line()));
    let answer = !span.is_empty() && !holds_box(&span);
    answer.then(|| Extraction { span: accepted(span), rule: "whole_text" })
}

/// Whether a span holds a box, which says nothing where no box was read.
fn holds_box(span: &str) -> bool {
    span.contains("\\boxed") || span.contains("\\fbox")
}

/// The value that the end concludes; nothing where a box was cut off or no answer found.
pub(super) fn fallback(text: &str) -> Option<Extraction<'_>> {
    concluding(text, true, true)
}

/// The same of a text that holds a box only where `boxes` may stand; past a remark on the answer
/// only where `asides` are looked for, which is once.
pub(super) fn concluding(text: &str, boxes: bool, asides: bool) -> Option<Extraction<'_>> {
    if boxes && cut_off(text) {
        return None;
    }
    let mut spans = Vec::with_capacity(USUAL_SPANS);
    spans.extend(Spans::of(text));
    let last = spans
        .iter()
        .rev()
        .map(|&span| (span, inside(span, true)))
        .find(|(_, stated)| !stated.is_empty());
    let end = last.map_or(0, |(span, _)| span.end);
    if is_open(&text[end..]) {
        return None;
    }
    let (at, span, rule) = match (last_number(&text[end..]), last) {
        (Some((at, number)), _) => (end + at, number, "last_number"),
        (None, Some((span, stated))) => (span.start, stated, "last_math"),
        (None, None) => return None,
    };
    let sentence = Sentence::around(text, &spans, at);
    if gives_up(&text[sentence.start..]) {
        return None;
    }
    let aside = asides && sentence.is_aside();
    if let Some(earlier) =
        aside.then(|| concluding(&text[..sentence.start], boxes, false)).flatten()
    {
        return Some(earlier);
    }
    if let Some(words) = sentence.undefined() {
        return Some(Extraction { span: Cow::Borrowed(words), rule: "last_words" });
    }
    let display = ["$$", "\\[", "\\begin"].iter().any(|opener| text[at..].starts_with(opener));
    let alone = display && rule == "last_math";
    let concluded = if alone { None } else { conclusion(&sentence) };
    Some(concluded.unwrap_or(Extraction { span: Cow::Borrowed(span), rule }))
}

/// Whether the last line ends inside a brace: the response was cut off.
fn is_open(text: &str) -> bool {
    let line = lines_from_end(text).next().unwrap_or(text);
    if memchr(b'{', line.as_bytes()).is_none() {
        return false;
    }
    let count = |brace: u8| line.bytes().filter(|&b| b == brace).count();
    count(b'{') > count(b'}')
}

/// What a concluding sentence states, with the rule for a span or a number.
fn conclusion<'a>(sentence: &Sentence<'a>) -> Option<Extraction<'a>> {
    let said = sentence.said();
    let (start, number) = match said {
        Some(start) => (start, None),
        None => suggested(sentence)?,
    };
    if let Some(first) = sentence.span_at(start) {
        let span = concluded_spans(sentence, first, said.is_some());
        return (!span.is_empty()).then_some(Extraction { span, rule: "last_math" });
    }
    let span = number.map_or_else(|| bare(&sentence.text[start..]), Cow::Borrowed);
    has_digit(&span).then_some(Extraction { span, rule: "last_number" })
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

/// What a sentence without a verb states: where it starts, and the number that it is.
fn suggested<'a>(sentence: &Sentence<'a>) -> Option<(usize, Option<&'a str>)> {
    let prose = sentence.prose();
    let numbers: Vec<_> = Numbers::of(&prose).map(|(at, number)| (at, at + number.len())).collect();
    let spans: Vec<_> =
        sentence.spans.iter().map(|&span| (span.start, inside(span, true))).collect();
    let numeric = spans.iter().filter(|(_, span)| has_digit(span));
    let mut places: Vec<_> =
        numbers.iter().map(|&(at, _)| at).chain(numeric.map(|&(at, _)| at)).collect();
    if places.is_empty() {
        places.extend(spans.iter().filter(|(_, span)| !span.is_empty()).map(|&(at, _)| at));
    }
    places.sort_unstable();
    let start = sentence.suggested(&places)?;
    let number = numbers.iter().find(|&&(at, _)| at == start);
    Some((start, number.map(|&(start, end)| &sentence.text[start..end])))
}

/// What the spans from the `first` on state together, with those before it where no verb is.
fn concluded_spans<'a>(sentence: &Sentence<'a>, first: usize, said: bool) -> Cow<'a, str> {
    let (text, spans) = (sentence.text, &sentence.spans);
    if is_money(spans[first]) {
        return bare(&text[spans[first].end..]);
    }
    if goes_on(spans[first], text) {
        return bare(&text[spans[first].start..]);
    }
    let joins = |later: usize| adjacent(between(text, spans[later - 1], spans[later]));
    let mut end = first + 1;
    let mut first = first;
    while first > 0 && !said && end - first < MOST_PARTS && joins(first) {
        first -= 1;
    }
    while end < spans.len() && end - first < MOST_PARTS && joins(end) {
        end += 1;
    }
    join_spans(text, &spans[first..end], !names_equation(text))
}

/// Whether a text speaks of an equation.
fn names_equation(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr2_iter(b'q', b'Q', bytes).any(|at| {
        let word = at.checked_sub(1).and_then(|start| bytes.get(start..at + 7));
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"equation"))
    })
}

/// The answer at the start of what follows a cue; empty where there is none.
fn stated(value: &str) -> Cow<'_, str> {
    let span = match leading_span(value) {
        Some(first) if is_money(first) => bare(first_line(&value[first.end..])),
        Some(first) if !goes_on(first, value) => adjoining(value, first),
        _ => bare(first_line(value)),
    };
    if holds_box(&span) { Cow::Borrowed("") } else { span }
}

/// The span at the start of a value.
fn leading_span(value: &str) -> Option<Span<'_>> {
    if !value.starts_with(['$', '\\']) {
        return None;
    }
    Spans::of(value).next().filter(|span| span.start == 0)
}

/// Whether an equation goes on after a span: `$x$ = 5`.
fn goes_on(span: Span<'_>, value: &str) -> bool {
    value[span.end..].trim_start_matches(is_space).starts_with('=')
}

/// Whether a span is but the dollar of a number after it: `$\$$5`.
fn is_money(span: Span<'_>) -> bool {
    trim(span.inside) == "\\$"
}

/// The first span and those that follow it as parts of one answer.
fn adjoining<'a>(value: &'a str, first: Span<'a>) -> Cow<'a, str> {
    let mut later = Spans::of(value).skip(1).peekable();
    if !later.peek().is_some_and(|&later| adjacent(between(value, first, later))) {
        return Cow::Borrowed(inside(first, false));
    }
    let mut spans = vec![first];
    for later in later {
        let between = between(value, spans[spans.len() - 1], later);
        if spans.len() == MOST_PARTS || !adjacent(between) {
            break;
        }
        spans.push(later);
    }
    join_spans(value, &spans, false)
}

/// The text between two spans, from a comma on that ends the first: `$a,$ $b$`.
fn between<'a>(text: &'a str, earlier: Span<'_>, later: Span<'_>) -> &'a str {
    let gap = &text[earlier.end..later.start];
    let listed = earlier.inside.trim_end_matches(is_space).ends_with(',');
    match text[..earlier.end].rfind(',') {
        Some(comma) if listed && gap.chars().all(is_space) => &text[comma..later.start],
        _ => gap,
    }
}

/// What spans side by side state together.
fn join_spans<'a>(text: &'a str, spans: &[Span<'a>], loose: bool) -> Cow<'a, str> {
    if let [only] = spans {
        return Cow::Borrowed(inside(*only, loose));
    }
    let separators: Vec<_> = spans.windows(2).map(|s| between(text, s[0], s[1])).collect();
    let parts: Vec<_> =
        spans.iter().map(|&span| inside(span, loose)).filter(|part| !part.is_empty()).collect();
    Cow::Owned(joined(&parts, &separators))
}

/// What a maths span states: its last row, the stated side of it, no full stop.
fn inside(span: Span<'_>, loose: bool) -> &str {
    let mut text = span.inside;
    if any_pair(text.as_bytes(), may_structure) && !text.contains("\\begin") {
        let stating = |row: &&str| !row.trim_matches(is_tail).is_empty();
        text = text.split("\\\\").filter(stating).last().unwrap_or("");
    }
    trim(stated_side(trim(text).trim_end_matches(is_tail), loose))
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
    Cow::Borrowed(stated_side(expression(undelimited(value)), false))
}
