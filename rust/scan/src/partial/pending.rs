//! Samples on their way to their groups, a few at a time.

use super::Class;

/// What is counted of a sample, beside its span.
pub(super) struct Counted {
    /// The hash of its group.
    pub(super) key: u64,
    pub(super) number: u64,
    pub(super) tokens: Option<[u64; 2]>,
    pub(super) cell: u32,
    pub(super) class: Class,
}

/// Samples that wait to be counted.
#[derive(Default)]
pub(super) struct Pending {
    /// Each with the end of its span.
    samples: Vec<(Counted, usize)>,
    spans: Vec<u8>,
}

/// How many may wait.
pub(super) const MOST: usize = 32;

impl Pending {
    #[inline]
    pub(super) fn push(&mut self, sample: Counted, span: &str) {
        self.spans.extend_from_slice(span.as_bytes());
        self.samples.push((sample, self.spans.len()));
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.samples.len() == MOST
    }

    /// The samples in the order they came, with their spans.
    pub(super) fn samples(&self) -> impl Iterator<Item = (&Counted, &[u8])> {
        let mut start = 0;
        self.samples.iter().map(move |(sample, end)| {
            let span = &self.spans[start..*end];
            start = *end;
            (sample, span)
        })
    }

    pub(super) fn clear(&mut self) {
        self.samples.clear();
        self.spans.clear();
        // One long span is not worth keeping room for.
        self.spans.shrink_to(1 << 12);
    }
}
