//! Texts as small integers.

use std::sync::Arc;

use indexmap::IndexSet;

/// The distinct texts of one sort, numbered in the order they were first seen.
///
/// The set is hashed with a random key, because texts from models may be made to collide;
/// the numbering does not depend on the hash. Tables drawn from one another share theirs.
#[derive(Clone, Debug, Default)]
pub struct Names(Arc<IndexSet<Box<str>>>);

impl Names {
    /// The number of `name`, a new one if it is new; nothing once 2³² are taken.
    pub(crate) fn intern(&mut self, name: &str) -> Option<u32> {
        match self.0.get_index_of(name) {
            Some(known) => u32::try_from(known).ok(),
            None => u32::try_from(Arc::make_mut(&mut self.0).insert_full(name.into()).0).ok(),
        }
    }

    /// The number of a known name.
    pub fn get(&self, name: &str) -> Option<u32> {
        u32::try_from(self.0.get_index_of(name)?).ok()
    }

    /// The text of a number that this set gave out; empty for any other.
    pub fn text(&self, id: u32) -> &str {
        self.0.get_index(id as usize).map_or("", |name| name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}
