//! A small memo of keys: samples of one problem repeat their answers, and its reference.
//!
//! One place for each hash, overwritten by the next answer that falls there: bounded, and
//! without effect on any result.

use std::cell::RefCell;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::rc::Rc;

use crate::Kind;
use crate::math::{Keyed, keyed};

/// The answers that a thread remembers; a power of two.
const PLACES: usize = 1 << 12;
/// Longer ones are not remembered.
const LONGEST: usize = 128;

type Remembered = Option<Rc<Keyed<'static>>>;

struct Entry {
    kind: Kind,
    text: Box<str>,
    keyed: Remembered,
}

thread_local! {
    static MEMO: RefCell<Vec<Option<Entry>>> = const { RefCell::new(Vec::new()) };
}

/// The key of an answer, worked out now or the last time.
pub(super) fn remembered(text: &str, kind: Kind) -> Remembered {
    let compute = || keyed(text, kind).map(|keyed| Rc::new(keyed.into_owned()));
    if text.len() > LONGEST {
        return compute();
    }
    let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one((text, kind));
    let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
    let known = MEMO.with_borrow(|memo| {
        let entry = memo.get(place)?.as_ref()?;
        (entry.kind == kind && *entry.text == *text).then(|| entry.keyed.clone())
    });
    known.unwrap_or_else(|| {
        let keyed = compute();
        let entry = Entry { kind, text: text.into(), keyed: keyed.clone() };
        MEMO.with_borrow_mut(|memo| {
            memo.resize_with(PLACES, || None);
            memo[place] = Some(entry);
        });
        keyed
    })
}
