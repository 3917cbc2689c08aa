//! Samples on their way to their groups, a few at a time.

use super::Class;
use super::span::{Short, Waiting};

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
    samples: Vec<(Counted, Place)>,
    /// Those that are long.
    spans: Vec<u8>,
}

/// A span, or where it ends among those that are long.
enum Place {
    Here(Short),
    Long(usize),
}

/// How many may wait.
pub(super) const MOST: usize = 32;

impl Pending {
    #[inline]
    pub(super) fn push(&mut self, sample: Counted, span: &str) {
        let place = if let Some(short) = Short::new(span.as_bytes()) {
            Place::Here(short)
        } else {
            self.spans.extend_from_slice(span.as_bytes());
            Place::Long(self.spans.len())
        };
        self.samples.push((sample, place));
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.samples.len() == MOST
    }

    /// The samples in the order they came, with their spans.
    pub(super) fn samples(&self) -> impl Iterator<Item = (&Counted, Waiting<'_>)> {
        let mut start = 0;
        self.samples.iter().map(move |(sample, place)| match place {
            Place::Here(short) => (sample, Waiting::Short(short)),
            Place::Long(end) => {
                let span = &self.spans[start..*end];
                start = *end;
                (sample, Waiting::Long(span))
            }
        })
    }

    pub(super) fn clear(&mut self) {
        self.samples.clear();
        self.spans.clear();
        // One long span is not worth keeping room for.
        self.spans.shrink_to(1 << 12);
    }
}
