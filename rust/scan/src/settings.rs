//! What a scan is told.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use slm_mux_core::{Kind, Profile};

use crate::fields::Fields;

/// What is known of a problem beside its rows.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The reference answer, which goes before those of the rows.
    pub reference: Option<String>,
    /// The option texts.
    pub choices: Option<Vec<Cow<'static, str>>>,
    /// The answer kind.
    pub kind: Option<Kind>,
}

/// What a scan is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The names of fields.
    pub fields: Fields,
    /// The only task to count, and that of rows that name none.
    pub task: Option<String>,
    /// The member of rows that name none, or of all with `override_model`.
    pub model: Option<String>,
    /// The answer kind of all rows.
    pub kind: Option<Kind>,
    /// The rules.
    pub profile: Profile,
    /// Problems by task and id; those of no task are looked up after.
    pub known: HashMap<(Option<String>, String), Known, RandomState>,
}

impl Settings {
    /// No more than the rules.
    pub fn new(profile: Profile) -> Self {
        Self {
            fields: Fields::default(),
            task: None,
            model: None,
            kind: None,
            profile,
            known: HashMap::default(),
        }
    }

    pub(crate) fn known(&self, task: &str, problem: &str) -> Option<&Known> {
        if self.known.is_empty() {
            return None;
        }
        let of = |task: Option<&str>| self.known.get(&(task.map(Into::into), problem.to_owned()));
        of(Some(task)).or_else(|| of(None))
    }
}
