//! The span of a group, mostly short.

/// A text that is allocated where it is long.
pub(super) enum Span {
    Short(Short),
    Long(Box<[u8]>),
}

/// A short text, and zeros up to the end.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Short(u8, [u8; SHORT]);

/// The same while it waits to be kept.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    Short(&'a Short),
    Long(&'a [u8]),
}

/// What fits where the other would stand.
const SHORT: usize = 22;

impl Short {
    /// Nothing of a text that is too long.
    #[inline]
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; SHORT];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self(u8::try_from(text.len()).ok()?, bytes))
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.1[..usize::from(self.0)]
    }
}

impl Span {
    pub(super) fn new(text: Waiting<'_>) -> Self {
        match text {
            Waiting::Short(short) => Self::Short(*short),
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
            (Self::Short(a), Waiting::Short(b)) => a == b,
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

    fn waiting<'a>(text: &'a str, short: Option<&'a Short>) -> Waiting<'a> {
        short.map_or(Waiting::Long(text.as_bytes()), Waiting::Short)
    }

    #[test]
    fn texts_of_any_length_are_kept() {
        assert_eq!(size_of::<Span>(), 24);
        for length in 0..40 {
            let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
            let short = Short::new(text.as_bytes());
            let span = Span::new(waiting(&text, short.as_ref()));
            assert!(span.is(waiting(&text, short.as_ref())));
            for other in ["other".to_owned(), format!("{text}\0"), "b".repeat(length + 1)] {
                assert!(!span.is(waiting(&other, Short::new(other.as_bytes()).as_ref())));
            }
            assert_eq!(span.text(), text);
            assert_eq!(span.allocated() > 0, length > SHORT);
        }
    }

    #[test]
    fn beginnings_are_in_order() {
        let texts = ["", "1", "10", "2", "abcdefgh", "abcdefghi", "b", "é"];
        let starts = texts.map(|text| Span::new(Waiting::Long(text.as_bytes())).start());
        assert!(starts.is_sorted());
    }
}
