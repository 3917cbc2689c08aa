//! What the end of a response concludes, where nothing is said to be the answer.
//!
//! The last value of a response stands in its concluding sentence, but need not be what that
//! sentence states: "So there are 3 ways to get 20" states 3.

use std::sync::LazyLock;

use memchr::{memchr, memchr3_iter, memmem, memrchr};

use super::cues::{is_lead, over_fillers};
use super::numbers::{digit, is_currency};
use super::spans::Span;
use super::text::{WordList, is_markup, is_one_of, is_space, is_tail, last_word, letter_before};

static VERBS: WordList<29> = WordList::new([
    "is",
    "are",
    "was",
    "were",
    "be",
    "equals",
    "equal to",
    "gives us",
    "gives",
    "yields",
    "becomes",
    "simplifies to",
    "evaluates to",
    "reduces to",
    "comes to",
    "factors as",
    "expands to",
    "simplified to",
    "factored as",
    "written as",
    "expressed as",
    "rationalized to",
    "represented as",
    "rewritten as",
    "notation as",
    "if and only if",
    "satisfied when",
    "true when",
    "holds when",
]);
const UNDEFINED: [&str; 3] = ["is undefined", "is not defined", "does not exist"];
// Each of these holds one of them.
static UNDEFINED_SIGNS: LazyLock<[memmem::Finder<'static>; 2]> =
    LazyLock::new(|| ["defined", "exist"].map(memmem::Finder::new));
// A thing without a value after one of these is not what the sentence states.
const CONDITIONS: [&str; 6] = ["which", "where", "when", "if", "because", "since"];
// A sentence that starts so only remarks on the answer before it.
const ASIDES: [&str; 5] = ["note that", "note:", "we can check", "we can verify", "to check"];
const MOST_DESCRIBING_WORDS: usize = 3;
// Words that open a remark: what follows them is not what the sentence states.
static REMARKS: WordList<13> = WordList::new([
    "where", "when", "because", "since", "which", "if", "as", "while", "rounded", "for", "per",
    "that", "to",
]);
// After a verb some do not: "is 5 to 7"; but another value is a remark: "is 1/3 or about .33".
static REMARKS_AFTER_VERB: WordList<10> = WordList::new([
    "where", "when", "because", "since", "which", "if", "as", "while", "rounded", "or",
]);
// These go on with the sentence: "is equal to the polynomial".
static NO_REMARKS: WordList<3> = WordList::new(["to the", "to a", "to an"]);

/// The concluding sentence: where it starts, its text, its maths spans by their places in it.
pub(super) struct Sentence<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
    pub(super) spans: Vec<Span<'a>>,
}

impl<'a> Sentence<'a> {
    /// The sentence of `text` that holds the place `at`.
    pub(super) fn around(text: &'a str, spans: &[Span<'a>], at: usize) -> Self {
        let (start, end) = bounds(text, spans, at);
        let first = spans.partition_point(|span| span.start < start);
        let spans = spans[first..].iter().take_while(|span| span.end <= end);
        let moved =
            |span: &Span<'a>| Span { start: span.start - start, end: span.end - start, ..*span };
        Self { start, text: &text[start..end], spans: spans.map(moved).collect() }
    }

    /// The text with spaces where maths spans stand.
    pub(super) fn prose(&self) -> String {
        let mut prose = String::with_capacity(self.text.len());
        for span in &self.spans {
            prose.push_str(&self.text[prose.len()..span.start]);
            prose.extend(std::iter::repeat_n(' ', span.end - span.start));
        }
        prose.push_str(&self.text[prose.len()..]);
        prose
    }

    /// Which of the values that start at these places, in order, a sentence without a verb
    /// states: the bold one; else the last one before a remark.
    pub(super) fn suggested(&self, values: &[usize]) -> Option<usize> {
        let bold =
            |at: &&usize| ["**", "**$", "**\\$"].iter().any(|m| self.text[..**at].ends_with(m));
        let found = values.iter().rev().find(bold).copied();
        found.or_else(|| self.before_remark(values))
    }

    /// The places outside spans where a word or `=` starts.
    fn words(&self) -> Words<'_> {
        Words { text: self.text, spans: self.spans.iter(), at: 0, end: 0, next: 0 }
    }

    /// Where the value after the last verb or `=` starts, up to the first remark after one.
    pub(super) fn said(&self) -> Option<usize> {
        let mut found = None;
        let mut reached = 0;
        for at in self.words() {
            let rest = &self.text[at..];
            if at < reached {
                continue;
            }
            if found.is_some() && REMARKS_AFTER_VERB.first(rest).is_some() {
                break;
            }
            let verb = VERBS.first(rest);
            let after = match verb {
                Some(verb) => &rest[verb.len()..],
                None if rest.starts_with('=') => &rest[1..],
                None => continue,
            };
            let value = over_fillers(after.trim_start_matches(is_lead));
            let describing =
                verb.is_some_and(|verb| verb.ends_with(" as") || verb.ends_with(" to"));
            let value = if describing { over_description(value) } else { value };
            reached = self.text.len() - value.len();
            if self.span_at(reached).is_some() || starts_number(value) {
                found = Some(reached);
            }
        }
        found
    }

    /// The words that end the sentence, but for a reason, and say that a thing has no value.
    pub(super) fn undefined(&self) -> Option<&'a str> {
        if !UNDEFINED_SIGNS.iter().any(|sign| sign.find(self.text.as_bytes()).is_some()) {
            return None;
        }
        let end = self.without_reason().trim_end_matches(is_tail);
        let without = |words: &&str| {
            let before = end.strip_suffix(*words)?.trim_end_matches(is_space);
            let before = before.strip_suffix("which").unwrap_or(before);
            let length = before.trim_end_matches(is_tail).len();
            self.spans.iter().find(|span| span.end == length)
        };
        let (words, thing) = UNDEFINED.iter().find_map(|w| without(w).map(|thing| (w, thing)))?;
        let before = last_word(self.text[..thing.start].trim_end_matches(is_space));
        let said = words.strip_prefix("is ").unwrap_or(words).len();
        (!is_one_of(before, &CONDITIONS)).then(|| &end[end.len() - said..])
    }

    /// The text up to the reason that a thing has no value.
    fn without_reason(&self) -> &'a str {
        let reason = |&at: &usize| {
            let rest = &self.text[at..];
            let rest = rest.strip_prefix(',').unwrap_or(rest);
            rest.starts_with(" since ") || rest.starts_with(" because ")
        };
        let ends = |words: &&str| {
            self.text.match_indices(*words).map(|(at, _)| at + words.len()).find(reason)
        };
        let end = UNDEFINED.iter().filter_map(ends).min();
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// Whether the sentence only remarks on the answer before it.
    pub(super) fn is_aside(&self) -> bool {
        let start = self.text.trim_start_matches(|c| is_space(c) || is_markup(c) || c == '(');
        ASIDES.iter().any(|aside| {
            start
                .as_bytes()
                .get(..aside.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(aside.as_bytes()))
        })
    }

    /// Which of the spans starts at a place.
    pub(super) fn span_at(&self, at: usize) -> Option<usize> {
        self.spans.binary_search_by_key(&at, |span| span.start).ok()
    }

    /// The last value before the first remark after one.
    fn before_remark(&self, values: &[usize]) -> Option<usize> {
        let first = *values.first()?;
        let remark = |&at: &usize| {
            let rest = &self.text[at..];
            at > first && REMARKS.first(rest).is_some() && NO_REMARKS.first(rest).is_none()
        };
        let end = self.words().find(remark).unwrap_or(self.text.len());
        values.iter().rev().find(|&&at| at < end).copied()
    }
}

/// The words of a sentence, between its spans.
struct Words<'a> {
    text: &'a str,
    spans: std::slice::Iter<'a, Span<'a>>,
    // What is left of the text up to the next span, which goes on at `next`.
    at: usize,
    end: usize,
    next: usize,
}

impl Words<'_> {
    /// Goes on behind the next span; whether there is more text.
    fn pass_span(&mut self) -> bool {
        if self.next > self.text.len() {
            return false;
        }
        self.at = self.next;
        let none = (self.text.len(), self.text.len() + 1);
        (self.end, self.next) = self.spans.next().map_or(none, |span| (span.start, span.end));
        true
    }
}

impl Iterator for Words<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            while self.at < self.end {
                let start = self.at;
                self.at += 1;
                if bytes[start] == b'=' {
                    return Some(start);
                }
                if !bytes[start].is_ascii_alphabetic() {
                    continue;
                }
                while self.at < self.end && bytes[self.at].is_ascii_alphabetic() {
                    self.at += 1;
                }
                if !letter_before(self.text, start) {
                    return Some(start);
                }
            }
            if !self.pass_span() {
                return None;
            }
        }
    }
}

/// A value without what it is called: "the mixed number $1\frac12$".
fn over_description(value: &str) -> &str {
    let after = |text: &'_ str, word: &str| {
        text[word.len()..].starts_with(is_space).then(|| {
            let space = text[word.len()..].chars().next().map_or(0, char::len_utf8);
            word.len() + space
        })
    };
    let Some(mut at) = ["the", "an", "a"]
        .iter()
        .find_map(|article| value.starts_with(article).then(|| after(value, article)).flatten())
    else {
        return value;
    };
    for words in 0..=MOST_DESCRIBING_WORDS {
        let rest = &value[at..];
        let word = &rest[..rest.len() - rest.trim_start_matches(is_word_character).len()];
        match after(rest, word) {
            Some(length) if !word.is_empty() && words < MOST_DESCRIBING_WORDS => at += length,
            _ if words == 0 => return value,
            _ => break,
        }
    }
    &value[at..]
}

fn is_word_character(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '-'
}

/// Where the sentence that holds the place `at` starts and ends.
fn bounds(text: &str, spans: &[Span<'_>], at: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut start = memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let mut index = start;
    let spans = &spans[spans.partition_point(|span| span.start < start)..];
    for span in spans.iter().map(Some).chain([None]) {
        let limit = span.map_or(bytes.len(), |span| span.start);
        let newline = memchr(b'\n', &bytes[index..limit]).map(|length| index + length);
        let end = newline.unwrap_or(limit);
        for stop in memchr3_iter(b'.', b'!', b'?', &bytes[index..end]) {
            let after = index + stop + 1;
            if ends_sentence(text, after) {
                if after > at {
                    return (start, after);
                }
                start = after;
            }
        }
        let Some(span) = span.filter(|_| newline.is_none()) else { return (start, end) };
        index = span.end;
        if span.inside.trim_end_matches(is_space).ends_with(is_stop) {
            if index > at {
                return (start, index);
            }
            start = index;
        }
    }
    (start, index)
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?')
}

/// Whether a stop stands before `at`, with a space after it; `i.e. 5` and `5! x` are none.
fn ends_sentence(text: &str, at: usize) -> bool {
    let mut before = text[..at].chars().rev();
    let stop = before.next();
    if !stop.is_some_and(is_stop) || !text[at..].starts_with(is_space) {
        return false;
    }
    let previous = before.next();
    let factorial = stop == Some('!') && previous.is_some_and(|c| c.is_ascii_digit() || c == ')');
    !factorial && before.next() != Some('.')
}

/// Whether a value starts with a digit, perhaps after a sign, currency or brackets.
fn starts_number(value: &str) -> bool {
    let value = value.strip_prefix(['-', '+', '−', '–', '±']).unwrap_or(value);
    let dress = |c| is_currency(c) || matches!(c, '\\' | '(' | '[');
    let value = value.strip_prefix(dress).unwrap_or(value);
    let value = value.strip_prefix(dress).unwrap_or(value);
    value.starts_with(|c| digit(c).is_some() && char::is_ascii_digit(&c))
}
