//! A text on its way through a list of replacements, most of which find nothing.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr_iter;

/// A word to look for, and the ASCII bytes that it is made of.
pub(super) struct Word {
    text: &'static str,
    bytes: u128,
}

impl Word {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, bytes: ascii(text) }
    }
}

/// `str.replace` by a word of another.
pub(super) struct Replacement {
    from: Word,
    to: &'static str,
}

impl Replacement {
    pub(super) const fn new(from: &'static str, to: &'static str) -> Self {
        Self { from: Word::new(from), to }
    }
}

/// A text being rewritten, and which ASCII bytes it may hold.
///
/// The bytes are those of the text at the start: replacements that bring in others must come
/// after all that look for them.
#[derive(Default)]
pub(super) struct Rewriting<'a> {
    pub(super) text: Cow<'a, str>,
    bytes: u128,
}

impl<'a> Rewriting<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), bytes: ascii(text) }
    }

    /// Whether the text holds `word`.
    pub(super) fn holds(&self, word: &Word) -> bool {
        word.bytes & !self.bytes == 0 && contains(self.text.as_bytes(), word.text.as_bytes())
    }

    /// All the replacements, one after the other.
    pub(super) fn replace(mut self, replacements: &[Replacement]) -> Self {
        for Replacement { from, to } in replacements {
            if self.holds(from) {
                self.text = Cow::Owned(self.text.replace(from.text, to));
            }
        }
        self
    }

    /// What stands before the first `word`.
    pub(super) fn before(self, word: &Word) -> Self {
        if !self.holds(word) {
            return self;
        }
        match self.text.find(word.text) {
            Some(at) => self.keep(0..at),
            None => self,
        }
    }

    /// The part of the text in `range`.
    pub(super) fn keep(self, range: Range<usize>) -> Self {
        match self.text {
            Cow::Borrowed(text) => Self { text: Cow::Borrowed(&text[range]), ..self },
            Cow::Owned(text) => Self { text: Cow::Owned(text[range].into()), ..self },
        }
    }

    /// Rewrites what follows each `command`, up to the next: `rewrite` writes the start of a
    /// piece and gives what of it stays as it is, or nothing where there is no answer.
    pub(super) fn rewrite_after(
        self,
        command: &Word,
        rewrite: impl for<'p> Fn(&'p str, &mut String) -> Option<&'p str>,
    ) -> Option<Self> {
        if !self.holds(command) {
            return Some(self);
        }
        let mut pieces = self.text.split(command.text);
        let mut out = String::with_capacity(self.text.len() + 8);
        out.push_str(pieces.next()?);
        for piece in pieces {
            out.push_str(command.text);
            let rest = rewrite(piece, &mut out)?;
            out.push_str(rest);
        }
        Some(Self { text: Cow::Owned(out), bytes: self.bytes })
    }
}

/// The set of the ASCII bytes of `text`.
const fn ascii(text: &str) -> u128 {
    let (bytes, mut set, mut at) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        set |= (bytes[at].is_ascii() as u128) << (bytes[at] & 127);
        at += 1;
    }
    set
}

/// Whether `text` contains `word`; on short texts faster than a search that is set up first.
fn contains(text: &[u8], word: &[u8]) -> bool {
    memchr_iter(word[0], text).any(|at| text[at..].starts_with(word))
}
