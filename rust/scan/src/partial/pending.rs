//! Samples on their way to their groups, a few at a time.

use super::Class;
use super::span::{Waiting, Words};

/// What is counted of a sample, beside its span.
pub(super) struct Counted {
    /// Half of the hash of its group.
    pub(super) half: u32,
    pub(super) number: u64,
    pub(super) tokens: Option<[u64; 2]>,
    pub(super) cell: u32,
    pub(super) class: Class,
}

/// Samples that wait to be counted.
#[derive(Default)]
pub(super) struct Pending {
    samples: Vec<Counted>,
    /// Of each sample.
    spans: Vec<Place>,
    /// Those that are long.
    long: Vec<u8>,
}

/// A span, or where it ends among those that are long.
enum Place {
    Here(Words),
    Long(usize),
}

/// How many may wait.
pub(super) const MOST: usize = 32;

impl Pending {
    #[inline]
    pub(super) fn push(&mut self, sample: Counted, span: &str) {
        let place = if let Some(words) = Words::new(span.as_bytes()) {
            Place::Here(words)
        } else {
            self.long.extend_from_slice(span.as_bytes());
            Place::Long(self.long.len())
        };
        self.samples.push(sample);
        self.spans.push(place);
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.samples.len() == MOST
    }

    /// The samples in the order they came, with their spans.
    pub(super) fn samples(&self) -> impl Iterator<Item = (&Counted, Waiting<'_>)> {
        let mut start = 0;
        let spans = self.spans.iter().map(move |place| match *place {
            Place::Here(words) => Waiting::Short(words),
            Place::Long(end) => {
                let span = &self.long[start..end];
                start = end;
                Waiting::Long(span)
            }
        });
        self.samples.iter().zip(spans)
    }

    pub(super) fn clear(&mut self) {
        self.samples.clear();
        self.spans.clear();
        self.long.clear();
        // One long span is not worth keeping room for.
        self.long.shrink_to(1 << 12);
    }
}
