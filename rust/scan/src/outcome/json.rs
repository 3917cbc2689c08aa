//! The figures as JSON, for Python.

use serde_json::{Map, Value, json};
use slm_mux_core::tally::{Outcome, Outcomes};

use super::figures::{Figures, MemberFigures, TaskFigures};

fn outcomes(outcomes: &Outcomes) -> Value {
    let named = Outcome::NAMES.iter().zip(outcomes.0);
    Value::Object(named.map(|(&name, count)| (name.to_owned(), count.into())).collect())
}

impl Figures {
    /// All of them.
    pub fn to_json(&self) -> String {
        let tasks: Map<_, _> =
            self.tasks.iter().map(|(name, task)| (name.clone(), task.to_json())).collect();
        json!({
            "tasks": tasks,
            "duplicates": self.duplicates,
            "retried": self.retried,
            "filtered": self.filtered,
            "conflicts": self.conflicts,
            "conflicting": self.listed,
        })
        .to_string()
    }
}

impl TaskFigures {
    fn to_json(&self) -> Value {
        let members: Map<_, _> =
            self.members.iter().map(|(name, member)| (name.clone(), member.to_json())).collect();
        json!({
            "kind": self.kind,
            "problems": self.problems,
            "labelled": self.labelled,
            "outcomes": outcomes(&self.outcomes),
            "oracle": self.oracle,
            "any_correct": self.any_correct,
            "reasons": self.reasons,
            "stops": self.stops,
            "asked": self.asked,
            "members": members,
        })
    }
}

impl MemberFigures {
    fn to_json(&self) -> Value {
        json!({
            "api_model": self.api_model,
            "params": self.params,
            "samples": outcomes(&self.samples),
            "problems": outcomes(&self.problems),
            "both": self.both,
            "correct": self.correct,
            "drawn": self.drawn,
            "tokens": self.tokens,
            "short": self.short,
        })
    }
}
