//! Which members a scan has met, and how they were asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::merge::Filter;

/// The members of each task, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(BTreeMap<String, BTreeMap<String, Member>>);

/// One member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    /// Its place in the pool, as recorded.
    pub(crate) pool_index: Option<u32>,
    /// API models and parameters.
    asked: BTreeSet<(Option<String>, Option<String>)>,
}

impl Member {
    /// Whether any of its samples counts.
    pub(crate) fn counts(&self, filter: &Filter) -> bool {
        self.asked.iter().any(|(api, params)| filter.takes_way(api.as_deref(), params.as_deref()))
    }
}

impl Seen {
    pub(crate) fn tasks(&self) -> impl Iterator<Item = (&String, &BTreeMap<String, Member>)> {
        self.0.iter()
    }

    pub(crate) fn note(
        &mut self,
        (task, model): (&str, &str),
        pool_index: Option<u32>,
        (api_model, params): (Option<&str>, Option<&str>),
    ) {
        let member = named(named(&mut self.0, task), model);
        member.pool_index = first_place(member.pool_index, pool_index);
        let known = |(api, own): &(Option<String>, Option<String>)| {
            api.as_deref() == api_model && own.as_deref() == params
        };
        if !member.asked.iter().any(known) {
            member.asked.insert((api_model.map(Into::into), params.map(Into::into)));
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (task, members) in &other.0 {
            for (name, member) in members {
                for (api, params) in &member.asked {
                    let asked = (api.as_deref(), params.as_deref());
                    self.note((task, name), member.pool_index, asked);
                }
            }
        }
    }
}

/// What is kept under a name: for one that is known no text is made.
pub(crate) fn named<'a, T: Default>(kept: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    if !kept.contains_key(name) {
        kept.insert(name.to_owned(), T::default());
    }
    kept.get_mut(name).unwrap_or_else(|| unreachable!("it is there by now"))
}

/// The place in the pool of a member that is told two: the first of them.
pub(crate) fn first_place(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    a.into_iter().chain(b).min()
}
