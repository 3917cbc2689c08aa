//! What rows have in common that differ in index and response only, told by how it is written.

use std::borrow::Cow;
use std::sync::Arc;

use slm_mux_core::{Choices, Kind};

use super::spelling::Spelling;

pub(super) type Options = Arc<[Cow<'static, str>]>;

/// What all rows with the same fields but index and response have in common.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(super) choices: Option<Options>,
    pub(super) names: [Arc<str>; 3],
    pub(crate) reference: Option<Box<str>>,
}

/// What is asked of a place with every row: side by side, as rows come in any order.
#[repr(C, align(64))]
pub(super) struct Known {
    pub(super) spelling: Spelling,
    /// The first of its rows.
    pub(super) first: u64,
    /// The cell of its samples that have a number, and of those that have none.
    pub(super) numbered: u32,
    pub(super) unnumbered: u32,
    pub(super) kind: Kind,
}

const _: () = assert!(size_of::<Known>() == 128);

impl Place {
    /// Task, problem and member.
    pub(crate) fn names(&self) -> (&str, &str, &str) {
        let [task, problem, model] = &self.names;
        (task, problem, model)
    }

    pub(crate) fn choices(&self) -> Option<Choices<'_>> {
        self.choices.as_deref()
    }
}
