//! Small memos of keys and of judgements: samples of one problem repeat their answers, and its
//! reference.
//!
//! One place for each hash, overwritten by the next answer that falls there: bounded, and
//! without effect on any result.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::LocalKey;

use rustc_hash::FxBuildHasher;

use super::Judgement;
use crate::Kind;
use crate::math::{Keyed, keyed};

/// The entries that a thread remembers of a sort; a power of two.
const PLACES: usize = 1 << 12;
/// Longer texts are not remembered.
const LONGEST: usize = 128;

/// The key of an answer with what is known of it.
pub(super) struct Vote {
    pub(super) keyed: Keyed<'static>,
    /// The key once more, to be given away.
    pub(super) key: Arc<str>,
}

type Remembered = Option<Rc<Vote>>;
type Memo<T> = RefCell<Vec<Option<Entry<T>>>>;

struct Entry<T> {
    kind: Kind,
    texts: [Box<str>; 2],
    value: T,
}

thread_local! {
    static KEYS: Memo<Remembered> = const { RefCell::new(Vec::new()) };
    static JUDGEMENTS: Memo<Judgement> = const { RefCell::new(Vec::new()) };
}

/// The key of an answer, worked out now or the last time.
pub(super) fn remembered(text: &str, kind: Kind) -> Remembered {
    let compute = || {
        let keyed = keyed(text, kind)?.into_owned();
        let key = Arc::from(&*keyed.key);
        Some(Rc::new(Vote { keyed, key }))
    };
    recalled(&KEYS, kind, [text, ""], compute)
}

/// The judgement of an answer against what a reference states, by `judge` or from the last time.
pub(super) fn judged(
    answer: &str,
    stated: &str,
    kind: Kind,
    judge: impl FnOnce() -> Judgement,
) -> Judgement {
    recalled(&JUDGEMENTS, kind, [answer, stated], judge)
}

fn recalled<T: Clone>(
    memo: &'static LocalKey<Memo<T>>,
    kind: Kind,
    texts: [&str; 2],
    compute: impl FnOnce() -> T,
) -> T {
    if texts.iter().any(|text| text.len() > LONGEST) {
        return compute();
    }
    // Nobody gains by texts that share a place: they only push each other out.
    let hash = FxBuildHasher.hash_one((texts, kind));
    let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
    let known = memo.with_borrow(|memo| {
        let entry = memo.get(place)?.as_ref()?;
        let same = entry.kind == kind && entry.texts.iter().zip(texts).all(|(a, b)| **a == *b);
        same.then(|| entry.value.clone())
    });
    known.unwrap_or_else(|| {
        let value = compute();
        let entry = Entry { kind, texts: texts.map(Into::into), value: value.clone() };
        memo.with_borrow_mut(|memo| {
            memo.resize_with(PLACES, || None);
            memo[place] = Some(entry);
        });
        value
    })
}
