//! Characters and words, each table written out: nothing depends on Unicode versions.

use memchr::{memchr, memrchr};

/// What separates words, in any script.
pub(crate) const fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'..='\r'
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200b}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
            | '\u{feff}'
    )
}

/// Characters that only dress a word.
pub(crate) const fn is_markup(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '"' | '\'')
}

/// What may end an answer without being part of it.
pub(crate) const fn is_tail(c: char) -> bool {
    is_space(c) || is_markup(c) || matches!(c, '.' | ',' | ';' | ':' | '?')
}

/// Without the space around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Whether a letter stands at the byte `at`.
pub(crate) fn letter_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic)
}

/// Whether a letter stands before the byte `at`.
pub(crate) fn letter_before(text: &str, at: usize) -> bool {
    at > 0 && letter_at(text, at - 1)
}

/// Whether `text` starts with `word`, in any case, and the word ends there.
pub(crate) fn starts_with_word(text: &str, word: &str) -> bool {
    let (text_bytes, word_bytes) = (text.as_bytes(), word.as_bytes());
    // The first letter tells most words apart.
    matches!((text_bytes, word_bytes), ([a, ..], [b, ..]) if a.eq_ignore_ascii_case(b))
        && text_bytes.len() >= word_bytes.len()
        && text_bytes[..word_bytes.len()].eq_ignore_ascii_case(word_bytes)
        && !letter_at(text, word.len())
}

/// Words that a text may start with.
///
/// Most texts start with none of many, which their first two letters tell; the others are
/// compared with the words of their first letter alone.
pub(crate) struct WordList<const N: usize> {
    // In the order of their first letters; those of one letter in the order they were given.
    words: [&'static str; N],
    // Where the words of each first letter start.
    starts: [usize; OTHER + 2],
    // By the number of the first letter, a bit for each second one.
    pairs: [u32; OTHER + 1],
}

const OTHER: usize = OTHER_BYTE as usize;
const OTHER_BYTE: u8 = 26;

/// The number of the letter at a place, in either case; `OTHER` where there is none.
const fn letter_number(text: &[u8], at: usize) -> usize {
    if at < text.len() { LETTERS[text[at] as usize] as usize } else { OTHER }
}

/// The number of each byte among the letters.
static LETTERS: [u8; 256] = {
    let mut numbers = [OTHER_BYTE; 256];
    let mut letter = 0;
    while letter < OTHER_BYTE {
        numbers[(b'a' + letter) as usize] = letter;
        numbers[(b'A' + letter) as usize] = letter;
        letter += 1;
    }
    numbers
};

impl<const N: usize> WordList<N> {
    pub(crate) const fn new(given: [&'static str; N]) -> Self {
        let mut words = [""; N];
        let mut starts = [N; OTHER + 2];
        let mut pairs = [0; OTHER + 1];
        let (mut letter, mut next) = (0, 0);
        while letter <= OTHER {
            starts[letter] = next;
            let mut at = 0;
            while at < N {
                let word = given[at].as_bytes();
                if letter_number(word, 0) == letter {
                    pairs[letter] |= 1 << letter_number(word, 1);
                    words[next] = given[at];
                    next += 1;
                }
                at += 1;
            }
            letter += 1;
        }
        Self { words, starts, pairs }
    }

    /// The words that start like `text`; none where its first two letters are those of no word.
    #[inline]
    pub(crate) fn like(&self, text: &str) -> &[&'static str] {
        let text = text.as_bytes();
        let first = letter_number(text, 0);
        if self.pairs[first] >> letter_number(text, 1) & 1 == 0 {
            return &[];
        }
        &self.words[self.starts[first]..self.starts[first + 1]]
    }

    /// Whether the first two letters of `text` are those of a word.
    pub(crate) fn may_start(&self, text: &str) -> bool {
        !self.like(text).is_empty()
    }

    /// The first of the words that `text` starts with, in any case, and that ends there.
    #[inline]
    pub(crate) fn first(&self, text: &str) -> Option<&'static str> {
        let like = self.like(text);
        if like.is_empty() { None } else { first_word(text, like) }
    }

    /// Whether `word` is one of the words, in any case.
    pub(crate) fn holds(&self, word: &str) -> bool {
        is_one_of(word, self.like(word))
    }

    pub(crate) const fn words(&self) -> &[&'static str; N] {
        &self.words
    }
}

/// The word that `text` starts with, out of `words`.
pub(crate) fn first_word<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    words.iter().find(|word| starts_with_word(text, word)).copied()
}

/// The run of letters at the end of `text`.
pub(crate) fn last_word(text: &str) -> &str {
    &text[text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()..]
}

/// Whether `word` is one of `words`, in any case.
pub(crate) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// What stands before the first of `stops` that a space follows.
pub(crate) fn clause<'a>(text: &'a str, stops: &[char]) -> &'a str {
    let end = text
        .match_indices(|c: char| stops.contains(&c))
        .find(|(at, _)| text[at + 1..].starts_with(is_space))
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// What stands before a comma, a bracket, "because" or "since".
pub(crate) fn before_remark(text: &str) -> &str {
    let remark = |(at, c): &(usize, char)| {
        let after = &text[at + c.len_utf8()..];
        match c {
            ',' | ';' => after.starts_with(is_space),
            _ => is_space(*c) && ["(", "because ", "since "].iter().any(|w| after.starts_with(w)),
        }
    };
    &text[..text.char_indices().find(remark).map_or(text.len(), |(at, _)| at)]
}

/// The last `count` characters.
pub(crate) fn last_chars(text: &str, count: usize) -> &str {
    let start = text.len().saturating_sub(count);
    if start == 0 || text.as_bytes()[start..].is_ascii() {
        return &text[start..];
    }
    let first = text.char_indices().rev().take(count).last();
    &text[first.map_or(text.len(), |(at, _)| at)..]
}

/// The first line.
pub(crate) fn first_line(text: &str) -> &str {
    &text[..memchr(b'\n', text.as_bytes()).unwrap_or(text.len())]
}

/// The lines, the last one first.
pub(crate) fn lines_from_end(text: &str) -> impl Iterator<Item = &str> {
    let mut left = Some(text);
    std::iter::from_fn(move || {
        let text = left?;
        let end = memrchr(b'\n', text.as_bytes());
        left = end.map(|end| &text[..end]);
        Some(&text[end.map_or(0, |end| end + 1)..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_ends_where_no_letter_follows() {
        assert!(starts_with_word("Is 5", "is"));
        assert!(!starts_with_word("isn", "is"));
        assert!(!starts_with_word("ı", "is"));
    }
}
