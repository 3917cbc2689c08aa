//! The span of a group, mostly short.

/// A text that is allocated where it is long.
pub(super) enum Span {
    Short(Short),
    Long(Box<[u8]>),
}

/// A short text, and zeros up to the end.
#[derive(Clone, Copy)]
pub(super) struct Short(u8, [u8; SHORT]);

/// A span while it waits to be kept.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    Short(Words),
    Long(&'a [u8]),
}

/// A short text and, in the last byte, its length: made and compared in registers.
#[derive(Clone, Copy)]
pub(super) struct Words([u64; 3]);

/// What fits where the other would stand.
const SHORT: usize = 22;
const WORD: usize = size_of::<u64>();

impl Words {
    /// Whether they are the same, word by word: arrays are compared in memory, where what was just
    /// written word by word is slow to be read at once.
    #[inline]
    fn is(self, other: Self) -> bool {
        let differ = |at: usize| self.0[at] ^ other.0[at];
        differ(0) | differ(1) | differ(2) == 0
    }

    /// Nothing of a text that is too long.
    #[inline]
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        if text.len() > SHORT {
            return None;
        }
        let from = |at: usize| word(text.get(at..).unwrap_or_default());
        let length = (text.len() as u64) << (u64::BITS - u8::BITS);
        Some(Self([from(0), from(WORD), from(2 * WORD) | length]))
    }
}

/// The first eight bytes, with zeros behind where there are fewer.
#[inline]
fn word(text: &[u8]) -> u64 {
    let put = |bytes: u64, at: usize| bytes << (u8::BITS as usize * at);
    if let Some(bytes) = text.first_chunk() {
        return u64::from_le_bytes(*bytes);
    }
    // Both halves, which overlap where there are fewer than eight.
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let last = put(u32::from_le_bytes(*last).into(), text.len() - size_of::<u32>());
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    let byte = |at: usize| text.get(at).map_or(0, |&byte| put(byte.into(), at));
    byte(0) | byte(1) | byte(2)
}

impl Short {
    fn new(words: Words) -> Self {
        let [bytes @ .., length] = [words.0[0], words.0[1], words.0[2]].map(u64::to_le_bytes);
        let mut text = [0; SHORT];
        let all = bytes.as_flattened().iter().chain(&length);
        text.iter_mut().zip(all).for_each(|(to, from)| *to = *from);
        Self(length[WORD - 1], text)
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.1[..usize::from(self.0)]
    }

    #[inline]
    fn words(&self) -> Option<Words> {
        let (words, _) = self.1.as_chunks::<WORD>();
        let [first, second] = *words.first_chunk()?;
        // The last eight bytes, of which the first two are of the second word.
        let last = u64::from_le_bytes(*self.1.last_chunk()?) >> (u16::BITS);
        let length = u64::from(self.0) << (u64::BITS - u8::BITS);
        Some(Words([u64::from_le_bytes(first), u64::from_le_bytes(second), last | length]))
    }
}

impl Span {
    pub(super) fn new(text: Waiting<'_>) -> Self {
        match text {
            Waiting::Short(words) => Self::Short(Short::new(words)),
            Waiting::Long(bytes) => Self::Long(bytes.into()),
        }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => short.bytes(),
            Self::Long(bytes) => bytes,
        }
    }

    #[inline]
    pub(super) fn is(&self, text: Waiting<'_>) -> bool {
        match (self, text) {
            (Self::Short(a), Waiting::Short(b)) => a.words().is_some_and(|a| a.is(b)),
            (Self::Long(a), Waiting::Long(b)) => **a == *b,
            _ => false,
        }
    }

    pub(super) fn text(&self) -> &str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Its beginning as a number, in the order of texts.
    pub(super) fn start(&self) -> u64 {
        let mut start = [0; 8];
        start.iter_mut().zip(self.bytes()).for_each(|(to, from)| *to = *from);
        u64::from_be_bytes(start)
    }

    /// The memory it takes elsewhere.
    pub(super) fn allocated(&self) -> usize {
        if let Self::Long(bytes) = self { bytes.len() + 16 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(text: &str) -> Waiting<'_> {
        Words::new(text.as_bytes()).map_or(Waiting::Long(text.as_bytes()), Waiting::Short)
    }

    #[test]
    fn texts_of_any_length_are_kept() {
        assert_eq!(size_of::<Span>(), 24);
        for length in 0..40 {
            let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
            let span = Span::new(waiting(&text));
            assert!(span.is(waiting(&text)));
            for other in ["other".to_owned(), format!("{text}\0"), "b".repeat(length + 1)] {
                assert!(!span.is(waiting(&other)));
            }
            assert_eq!(span.text(), text);
            assert_eq!(span.allocated() > 0, length > SHORT);
        }
    }

    #[test]
    fn each_byte_tells_short_texts_apart() {
        for length in 1..=SHORT {
            let text = "x".repeat(length);
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                assert!(!Span::new(waiting(&text)).is(waiting(&other)), "{at} of {length}");
            }
        }
    }

    #[test]
    fn beginnings_are_in_order() {
        let texts = ["", "1", "10", "2", "abcdefgh", "abcdefghi", "b", "é"];
        let starts = texts.map(|text| Span::new(Waiting::Long(text.as_bytes())).start());
        assert!(starts.is_sorted());
    }
}
