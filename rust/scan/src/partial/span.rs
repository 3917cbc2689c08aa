//! The span of a group, mostly short.

/// A text that is allocated where it is long.
pub(super) enum Span {
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
}

/// What fits where the other would stand.
const SHORT: usize = 22;

impl Span {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(text);
                Self::Short(len, bytes)
            }
            _ => Self::Long(text.into()),
        }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(len, bytes) => &bytes[..usize::from(*len)],
            Self::Long(bytes) => bytes,
        }
    }

    #[inline]
    pub(super) fn is(&self, text: &[u8]) -> bool {
        self.bytes() == text
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

    #[test]
    fn texts_of_any_length_are_kept() {
        assert_eq!(size_of::<Span>(), 24);
        for length in 0..40 {
            let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
            let span = Span::new(text.as_bytes());
            assert!(span.is(text.as_bytes()) && !span.is(b"other"));
            assert_eq!(span.text(), text);
            assert_eq!(span.allocated() > 0, length > SHORT);
        }
    }

    #[test]
    fn beginnings_are_in_order() {
        let texts = ["", "1", "10", "2", "abcdefgh", "abcdefghi", "b", "é"];
        let starts = texts.map(|text| Span::new(text.as_bytes()).start());
        assert!(starts.is_sorted());
    }
}
