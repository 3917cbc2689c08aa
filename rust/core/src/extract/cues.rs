//! Statements: "the answer is …", "Answer: …", `<answer>…</answer>`, "答案：…".
//!
//! Read from the end. The value of a statement ends where the next one starts, so that all of
//! them together are read once.

use memchr::{memmem, memrchr3};

use super::text::{
    first_word, is_markup, is_one_of, is_space, last_word, letter_at, letter_before,
    starts_with_word, trim,
};

const LONGEST_GAP: usize = 60;
const HEDGE_WINDOW: usize = 120;
const GAPS: [&str; 4] = ["to ", "in ", "for ", "of "];
const VERBS: [&str; 7] = ["is", "are", "was", "would be", "will be", "should be", "must be"];
const FILLERS: [&str; 20] = [
    "therefore",
    "thus",
    "then",
    "simply",
    "just",
    "equal to",
    "approximately",
    "about",
    "also",
    "still",
    "indeed",
    "actually",
    "clearly",
    "hence",
    "exactly",
    "given by",
    "be",
    "now",
    "roughly",
    "around",
];
const QUALIFIERS: [&str; 15] = [
    "the", "my", "our", "your", "final", "correct", "right", "this", "that", "a", "an", "best",
    "possible", "overall", "only",
];
const HEDGES: [&str; 14] = [
    "if",
    "whether",
    "suppose",
    "assume",
    "assuming",
    "unless",
    "not",
    "t",
    "cannot",
    "wrong",
    "incorrect",
    "previous",
    "original",
    "format",
];
const DENIALS: [&str; 4] = ["not", "never", "neither", "nor"];
const CHINESE: &str = "答案";

/// Which words open a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// "answer".
    Answer,
    /// "answer", "option", "choice"; a round bracket connects too: `Answer("C")`.
    AnswerOrOption,
}

/// What follows a cue, up to the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) start: usize,
    pub(crate) value: &'a str,
    pub(crate) tag: bool,
}

/// The statements of a text, the last one first.
pub(crate) struct Statements<'a> {
    text: &'a str,
    words: Words,
    // Cues are looked for before `search`; values end before `limit`.
    search: usize,
    limit: usize,
}

impl<'a> Statements<'a> {
    pub(crate) fn of(text: &'a str, words: Words) -> Self {
        Self { text, words, search: text.len(), limit: text.len() }
    }

    /// The last cue before `search`, which moves there.
    fn cue(&mut self) -> Option<(usize, usize)> {
        let found = match self.words {
            Words::Answer => answer_before(self.text, self.search),
            Words::AnswerOrOption => option_before(self.text, self.search),
        };
        self.search = found?.0;
        found
    }
}

impl<'a> Iterator for Statements<'a> {
    type Item = Statement<'a>;

    fn next(&mut self) -> Option<Statement<'a>> {
        while let Some((start, end)) = self.cue() {
            let rest = &self.text[end..self.limit];
            let tag = self.text[..start].ends_with('<') && rest.starts_with('>');
            let brackets = self.words == Words::AnswerOrOption;
            let value = if tag { tagged(rest) } else { connected(rest, brackets) };
            if tag || value.is_some() {
                self.limit = start;
            }
            let Some(value) = value else { continue };
            if tag || !(hedged(&self.text[..start]) || first_word(value, &DENIALS).is_some()) {
                return Some(Statement { start, value, tag });
            }
        }
        None
    }
}

/// The last "answer" or "答案" that starts before `end`.
fn answer_before(text: &str, end: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    // "ans-w-er": the letter that is rare elsewhere, three bytes into the word.
    let mut reach = (end + 3).min(bytes.len());
    while let Some(at) = memrchr3(b'w', b'W', 0xe7, &bytes[..reach]) {
        let found = match bytes[at] {
            0xe7 => chinese(text, at),
            _ => answer(text, at.checked_sub(3)),
        };
        if let Some(found) = found.filter(|&(start, _)| start < end) {
            return Some(found);
        }
        reach = at;
    }
    None
}

/// The last word that opens a statement about options and starts before `end`.
fn option_before(text: &str, end: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    (0..end).rev().find_map(|at| match bytes[at] {
        b'a' | b'A' => answer(text, Some(at)),
        b'o' | b'O' => word(text, at, "option"),
        b'c' | b'C' => word(text, at, "choice"),
        0xe7 => chinese(text, at),
        _ => None,
    })
}

fn answer(text: &str, at: Option<usize>) -> Option<(usize, usize)> {
    let at = at.filter(|&at| text.is_char_boundary(at))?;
    word(text, at, "answer").or_else(|| word(text, at, "answers"))
}

fn word(text: &str, at: usize, word: &str) -> Option<(usize, usize)> {
    let found = starts_with_word(&text[at..], word) && !letter_before(text, at);
    found.then_some((at, at + word.len()))
}

fn chinese(text: &str, at: usize) -> Option<(usize, usize)> {
    text.as_bytes()[at..].starts_with(CHINESE.as_bytes()).then_some((at, at + CHINESE.len()))
}

fn tagged(rest: &str) -> Option<&str> {
    memmem::find(rest.as_bytes(), b"</").map(|end| trim(&rest[1..end]))
}

/// What follows the connector, or nothing where none follows the cue.
fn connected(rest: &str, brackets: bool) -> Option<&str> {
    let rest =
        rest.trim_start_matches(|c: char| is_markup(c) || matches!(c, ' ' | '\t' | ')' | ']'));
    let after = if GAPS.iter().any(|gap| rest.starts_with(gap)) {
        over_gap(rest)?
    } else if let Some(after) = rest.strip_prefix([':', '：', '=', '是', '为']) {
        after
    } else if brackets && rest.starts_with('(') {
        &rest[1..]
    } else {
        &rest[first_word(rest, &VERBS)?.len()..]
    };
    Some(value(after))
}

/// `the answer to the problem is 5`: up to a verb or colon in the same clause.
fn over_gap(rest: &str) -> Option<&str> {
    for (at, c) in rest.char_indices().take(LONGEST_GAP) {
        match c {
            ':' => return Some(&rest[at + 1..]),
            '.' | ',' | '?' | '\n' => return None,
            ' ' => {
                if let Some(verb) = first_word(&rest[at + 1..], &["is", "are"]) {
                    return Some(&rest[at + 1 + verb.len()..]);
                }
            }
            _ => {}
        }
    }
    None
}

const fn is_lead(c: char) -> bool {
    is_space(c) || is_markup(c) || matches!(c, ':' | '：' | '~')
}

fn value(after: &str) -> &str {
    let mut value = after.trim_start_matches(is_lead);
    let quoted = after[..after.len() - value.len()].ends_with('"');
    while let Some(filler) = first_word(value, &FILLERS) {
        value = value[filler.len()..].trim_start_matches(|c| is_lead(c) || c == ',');
    }
    let end = if quoted { value.find('"') } else { None };
    &value[..end.unwrap_or(value.len())]
}

/// `if the answer is 5`, `the wrong answer is 5`, `isn't the answer: 5`; also `</answer>`.
fn hedged(before: &str) -> bool {
    let start = before.char_indices().rev().take(HEDGE_WINDOW).last().map_or(0, |(at, _)| at);
    let mut before = &before[start..];
    if before.ends_with('/') {
        return true;
    }
    for _ in 0..6 {
        before = before.trim_end_matches(|c| is_space(c) || is_markup(c) || c == '(');
        let word = last_word(before);
        if !is_one_of(word, &QUALIFIERS) {
            return is_one_of(word, &HEDGES);
        }
        before = &before[..before.len() - word.len()];
    }
    false
}

/// Whether the byte after a letter makes it part of a word or a name.
pub(crate) fn goes_on(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some(c) if c.is_ascii_alphanumeric() => true,
        Some(c @ ('\'' | '’' | '-')) => letter_at(after, c.len_utf8()),
        _ => false,
    }
}
