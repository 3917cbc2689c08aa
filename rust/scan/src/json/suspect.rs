//! Blocks of a long string in which something may be a mark.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use slm_mux_core::extract::ending::{may_ask, may_mark, may_open};

use super::blocks::{BLOCK, Lanes, places};
use super::string::escape;

/// Such a block, a bit for each byte.
pub(super) struct Suspect<'a> {
    /// The string and what follows it, and where in it the block starts.
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) quotes: u64,
    /// Control characters, and what may be a mark.
    pub(super) telling: u64,
    /// Where the letter of a tab would stand that a line starts with.
    pub(super) tabs: u64,
    /// Where a line starts that may open a question.
    pub(super) lines: u64,
    /// The letters of escapes other than of backslashes and line feeds.
    pub(super) others: u64,
}

impl Suspect<'_> {
    /// Whether something in it is such that all of the string must be read; nothing where the
    /// string is wrong.
    #[inline(always)]
    pub(super) fn marks<L: Lanes>(self, lanes: L, block: &[u8; BLOCK]) -> Option<bool> {
        let Self { telling, lines, others, .. } = self;
        let mut marked = places(lines).any(|place| self.asks(place));
        for place in places(telling) {
            marked |= self.tells(place)?;
        }
        if others != 0 {
            let letters = lanes.letters(block);
            // The last letter of a name may stand in the block before.
            let named = letters.r << 2 | 0b11;
            let told = letters.simple | self.quotes & !named;
            marked |= places(self.tabs & others).any(|place| block[place] == b't');
            for place in places(others & !told) {
                marked |= self.escape_marks(place)?;
            }
        }
        Some(marked)
    }

    /// Whether the byte there may be a mark; nothing where it is a control character.
    fn tells(&self, place: usize) -> Option<bool> {
        let (bytes, at) = (self.text.as_bytes(), self.start + place);
        (bytes[at] >= b' ').then(|| may_mark(bytes, at))
    }

    /// Whether the line that starts there may start a question; as it is written, tabs are
    /// escapes.
    fn asks(&self, place: usize) -> bool {
        let line = &self.text[self.start + place..];
        let rest = line.trim_start_matches([' ', '*', '#', '>']);
        line.bytes().next().is_some_and(may_open) && (rest.starts_with("\\t") || may_ask(rest))
    }

    /// Whether the escape that ends there is such that all must be read; nothing where it is
    /// wrong.
    fn escape_marks(&self, place: usize) -> Option<bool> {
        let (bytes, at) = (self.text.as_bytes(), self.start + place);
        match bytes[at] {
            // A tag that closes, its slash escaped.
            b'/' => Some(at > 1 && matches!(bytes[at - 2], b'<' | b'[')),
            b'"' => Some(may_mark(&bytes[..=at], at - 1)),
            _ => escape(bytes, at - 1).ok().map(|_| true),
        }
    }
}
