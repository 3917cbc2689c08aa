//! How samples were asked, and which of several ways counts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::partial::Record;

/// How a sample was asked, beside of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked<'a> {
    pub(super) params: Option<&'a str>,
    pub(super) api_model: Option<&'a str>,
    pub(super) prompt: Option<&'a str>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(record: &Record<'a>) -> Self {
        Self { params: record.params, api_model: record.api_model, prompt: record.prompt }
    }

    /// In what two ways differ, how each is shown, and the flag that chooses.
    pub(super) fn difference(&self, other: &Self) -> (&'static str, [String; 2], &'static str) {
        let shown = |value: Option<&str>| value.unwrap_or("none").to_owned();
        if self.params != other.params {
            let ways = [shown(self.params), shown(other.params)];
            ("parameter sets", ways, "--params, such as --params temperature=0.3")
        } else if self.api_model != other.api_model {
            ("API models", [shown(self.api_model), shown(other.api_model)], "--api-model")
        } else {
            let short = |prompt: Option<&str>| shown(prompt).chars().take(12).collect();
            let ways = [short(self.prompt), short(other.prompt)];
            ("prompts", ways, "--prompt last (or first, or the beginning of its SHA-256)")
        }
    }
}

/// Which ways of asking count.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Parameters and their values; null where they must be unset.
    pub params: BTreeMap<String, Value>,
    /// The API model.
    pub api_model: Option<String>,
    /// Beginnings of the prompt's SHA-256, or `first` or `last`: chosen per member and problem.
    pub prompts: Vec<String>,
}

impl Filter {
    /// `params` is a JSON object of parameters; the words for prompts are in lower case.
    pub fn new(
        params: &str,
        api_model: Option<String>,
        prompts: Vec<String>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self { params: serde_json::from_str(params)?, api_model, prompts })
    }

    pub(super) fn takes(&self, asked: &Asked<'_>) -> bool {
        self.takes_way(asked.api_model, asked.params)
    }

    pub(crate) fn takes_way(&self, api_model: Option<&str>, params: Option<&str>) -> bool {
        if self.api_model.as_deref().is_some_and(|only| api_model != Some(only)) {
            return false;
        }
        if self.params.is_empty() {
            return true;
        }
        let params = params.and_then(|params| serde_json::from_str(params).ok());
        let params: BTreeMap<String, Value> = params.unwrap_or_default();
        self.params.iter().all(|(name, wanted)| match params.get(name) {
            Some(value) => equal(value, wanted),
            None => wanted.is_null(),
        })
    }

    /// The prompts that count among those of one member on one problem, each with its first
    /// row; all of them where none is wanted.
    pub(super) fn prompts<'a>(
        &self,
        asked: &BTreeMap<Option<&'a str>, u64>,
    ) -> BTreeSet<Option<&'a str>> {
        let mut in_order: Vec<_> = asked.iter().map(|(prompt, first)| (first, prompt)).collect();
        in_order.sort_unstable();
        let mut chosen = BTreeSet::new();
        for wanted in &self.prompts {
            match wanted.as_str() {
                "first" => chosen.extend(in_order.first().map(|(_, prompt)| **prompt)),
                "last" => chosen.extend(in_order.last().map(|(_, prompt)| **prompt)),
                start => chosen.extend(
                    asked
                        .keys()
                        .copied()
                        .filter(|prompt| prompt.is_some_and(|prompt| prompt.starts_with(start))),
                ),
            }
        }
        if chosen.is_empty() { asked.keys().copied().collect() } else { chosen }
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
        _ => a == b,
    }
}
