//! What ends of responses state, by how they are written: samples of one problem repeat them.
//!
//! One place for each hash, overwritten by the next ending that falls there: bounded, and
//! without effect on any result.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use slm_mux_core::Extraction;
use slm_mux_core::extract::ending::lone_ending;

use crate::json::Decoded;

/// What is read of an ending, see [`lone_ending`].
pub(crate) type Stated<'a> = Option<Option<Extraction<'a>>>;

/// The endings that are remembered; a power of two.
const PLACES: usize = 1 << 12;
/// Longer ones are not remembered.
const LONGEST: usize = 96;

/// A memo.
#[derive(Default)]
pub(super) struct Endings {
    hasher: RandomState,
    places: Vec<(Box<str>, Stated<'static>)>,
}

impl Endings {
    /// What an ending states, as it is written: as the last time, else it is decoded and read.
    #[inline]
    pub(super) fn stated<'s>(&'s mut self, ending: &str, decoded: &'s mut Decoded) -> Stated<'s> {
        if ending.len() > LONGEST {
            return decoded.text(ending).and_then(lone_ending);
        }
        let hash = self.hasher.hash_one(ending.as_bytes());
        let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
        if self.places.get(place).is_none_or(|(known, _)| **known != *ending) {
            let stated = decoded.text(ending).and_then(lone_ending);
            let stated = stated.map(|found| found.map(own));
            self.places.resize_with(PLACES, Default::default);
            self.places[place] = (ending.into(), stated);
        }
        let found = self.places[place].1.as_ref()?.as_ref();
        Some(found.map(|found| Extraction { span: Cow::Borrowed(&found.span), ..*found }))
    }
}

fn own(found: Extraction<'_>) -> Extraction<'static> {
    Extraction { span: Cow::Owned(found.span.into_owned()), rule: found.rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_states_the_same_again() {
        let (mut endings, mut decoded) = (Endings::default(), Decoded::default());
        for _ in 0..2 {
            let mut span = |ending: &str| {
                let stated = endings.stated(ending, &mut decoded);
                stated.map(|found| found.map(|found| found.span.into_owned()))
            };
            assert_eq!(span("\\\\boxed{x=\\\\pi}$."), Some(Some("x=\\pi".to_owned())));
            assert_eq!(span("\\\\boxed{no answer}"), Some(None));
            assert_eq!(span("\\\\boxed{4"), None);
            let long = format!("\\\\boxed{{4}}{}", " ".repeat(LONGEST));
            assert_eq!(span(&long), Some(Some("4".to_owned())));
        }
    }
}
