//! The words that open a statement, in several languages, found from the end.
//!
//! Each kind of word is looked for by a letter of it that is rare elsewhere, so that most of a
//! text is never touched; only a text that may hold Chinese, Korean or Cyrillic cues is read
//! byte by byte.

use std::ops::Range;

use memchr::{memchr3, memrchr2, memrchr3};

use super::runs::{any_pair, any_triple, may_answer, may_choose, may_respond, may_respond_or_opt};
use super::text::{letter_before, starts_with_word};

// The letters after which a text is asked whether it holds a cue at all.
const MOST_PASSED: usize = 2;
/// A cue that no verb follows.
pub(super) const COMPLETE: &str = "故选";
const ROMANCE: [&str; 5] = ["réponse", "rÉponse", "respuesta", "risposta", "resposta"];

/// Which words open a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// "answer", "Antwort", "答案".
    Answer,
    /// The same in other languages.
    Foreign,
    /// All of these, "option" and "choice"; a round bracket connects too: `Answer ("C")`.
    AnswerOrOption,
}

type Cue = (usize, usize);

/// The last cue of one kind that was found; between `from` and where it was looked for is no
/// other.
#[derive(Clone, Copy)]
struct Kept {
    cue: Option<Cue>,
    from: usize,
}

/// The cues of a text, the last one first: where each starts and ends.
pub(super) struct Cues<'a> {
    pub(super) text: &'a str,
    pub(super) words: Words,
    // Cues are looked for before `search`.
    search: usize,
    bytewise: bool,
    kept: [Kept; 3],
}

impl<'a> Cues<'a> {
    pub(super) fn of(text: &'a str, words: Words) -> Self {
        let scripts =
            words != Words::Answer && memchr3(0xd0, 0xe6, 0xeb, text.as_bytes()).is_some();
        let kept = [Kept { cue: None, from: text.len() }; 3];
        Self { text, words, search: text.len(), bytewise: scripts, kept }
    }

    /// The last cue of any kind.
    fn last(&mut self) -> Option<Cue> {
        (0..self.kept.len()).fold(None, |last, kind| last.max(self.last_of(kind, last)))
    }

    /// The last cue of one kind, where one stands after another cue.
    fn last_of(&mut self, kind: usize, other: Option<Cue>) -> Option<Cue> {
        let Kept { cue, from } = self.kept[kind];
        let floor = other.map_or(0, |(start, _)| start);
        let places = floor..self.search.min(from);
        if cue.is_some_and(|cue| cue.0 < self.search) || places.is_empty() {
            return cue.filter(|cue| cue.0 < self.search);
        }
        let cue = match kind {
            0 => answer_in(self.text, places),
            1 => with_p_in(self.text, places, true),
            _ => choice_in(self.text, places),
        };
        self.kept[kind] = Kept { cue, from: cue.map_or(floor, |(start, _)| start) };
        cue
    }
}

impl Iterator for Cues<'_> {
    type Item = Cue;

    fn next(&mut self) -> Option<Cue> {
        let found = match self.words {
            Words::Answer => answer_in(self.text, 0..self.search),
            words if self.bytewise => cue_before(self.text, self.search, words),
            Words::Foreign => with_p_in(self.text, 0..self.search, false),
            Words::AnswerOrOption => self.last(),
        };
        self.search = found?.0;
        found
    }
}

/// The last "answer", "Antwort", "答案" or "答え" that starts at one of the places.
fn answer_in(text: &str, places: Range<usize>) -> Option<Cue> {
    let bytes = text.as_bytes();
    // "ans-w-er", "ant-w-ort": the letter that is rare elsewhere, three bytes into the word.
    let mut reach = (places.end + 3).min(bytes.len());
    for passed in 0.. {
        let before = &bytes[places.start..reach];
        if passed == MOST_PASSED && !any_triple(before, may_answer) {
            return None;
        }
        let at = places.start + memrchr3(b'w', b'W', 0xe7, before)?;
        let found = match bytes[at] {
            0xe7 => chinese(text, at),
            _ => at.checked_sub(3).and_then(|at| answer(text, at)),
        };
        if let Some(found) = found.filter(|(start, _)| places.contains(start)) {
            return Some(found);
        }
        reach = at;
    }
    None
}

/// The last "ré-p-onse", "res-p-uesta" or "o-p-tion" that starts at one of the places.
fn with_p_in(text: &str, places: Range<usize>, options: bool) -> Option<Cue> {
    let bytes = text.as_bytes();
    let mut reach = (places.end + 3).min(bytes.len());
    for passed in 0.. {
        let before = &bytes[places.start..reach];
        let held = || {
            if options {
                any_pair(before, may_respond_or_opt)
            } else {
                any_pair(before, may_respond)
            }
        };
        if passed == MOST_PASSED && !held() {
            return None;
        }
        let at = places.start + memrchr2(b'p', b'P', before)?;
        let found = match at.checked_sub(1).map(|before| bytes[before]) {
            Some(b's' | b'S' | 0xa9 | 0x89) => at.checked_sub(3).and_then(|at| romance(text, at)),
            Some(b'o' | b'O') if options => word(text, at - 1, "option"),
            _ => None,
        };
        if let Some(found) = found.filter(|(start, _)| places.contains(start)) {
            return Some(found);
        }
        reach = at;
    }
    None
}

/// The last "c-h-oice" that starts at one of the places.
fn choice_in(text: &str, places: Range<usize>) -> Option<Cue> {
    let bytes = text.as_bytes();
    let mut reach = (places.end + 1).min(bytes.len());
    for passed in 0.. {
        let letters = &bytes[places.start..bytes.len().min(reach + 1)];
        if passed == MOST_PASSED && !any_triple(letters, may_choose) {
            return None;
        }
        let at = places.start + memrchr2(b'h', b'H', &bytes[places.start..reach])?;
        let start = at.checked_sub(1).filter(|&start| matches!(bytes[start], b'c' | b'C'));
        let found = start.and_then(|start| word(text, start, "choice"));
        if let Some(found) = found.filter(|(start, _)| places.contains(start)) {
            return Some(found);
        }
        reach = at;
    }
    None
}

/// The last cue in any script that starts before `end`.
fn cue_before(text: &str, end: usize, words: Words) -> Option<Cue> {
    let options = words == Words::AnswerOrOption;
    (0..end).rev().find_map(|at| match text.as_bytes()[at] {
        b'r' | b'R' => romance(text, at),
        0xd0 => prefix(text, at, &["ответ", "Ответ"]),
        0xeb => korean(text, at),
        b'a' | b'A' if options => answer(text, at),
        b'o' | b'O' if options => word(text, at, "option"),
        b'c' | b'C' if options => word(text, at, "choice"),
        0xe7 if options => chinese(text, at),
        0xe6 if options => prefix(text, at, &[COMPLETE]),
        _ => None,
    })
}

fn answer(text: &str, at: usize) -> Option<Cue> {
    if !matches!(text.as_bytes()[at], b'a' | b'A') {
        return None;
    }
    ["answer", "answers", "antwort"].iter().find_map(|cue| word(text, at, cue))
}

fn romance(text: &str, at: usize) -> Option<Cue> {
    ROMANCE.iter().find_map(|cue| word(text, at, cue))
}

fn word(text: &str, at: usize, word: &str) -> Option<Cue> {
    let found = !letter_before(text, at)
        && text.is_char_boundary(at)
        && starts_with_word(&text[at..], word);
    found.then_some((at, at + word.len()))
}

fn prefix(text: &str, at: usize, cues: &[&str]) -> Option<Cue> {
    let rest = &text.as_bytes()[at..];
    let cue = cues.iter().find(|cue| rest.starts_with(cue.as_bytes()))?;
    Some((at, at + cue.len()))
}

fn chinese(text: &str, at: usize) -> Option<Cue> {
    prefix(text, at, &["答案", "答え"])
}

fn korean(text: &str, at: usize) -> Option<Cue> {
    let (start, end) = prefix(text, at, &["답"])?;
    let long = text[..start].strip_suffix('정');
    Some((long.map_or(start, str::len), end))
}
