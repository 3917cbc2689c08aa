//! Decisions on a few problems at a time.

use std::collections::BTreeMap;

use slm_mux_core::select::{Decision, Options, SelectError, Selector, Tie, select};
use slm_mux_core::table::{Counted, Table, Votes};
use slm_mux_core::tally::{Abstain, Group, Outcome};

use super::tables::{Answer, Row};
use crate::merge::{Entry, Graded, Member, Problem, State};

/// How answers are selected.
#[derive(Clone, Debug)]
pub struct Choosing {
    /// A spelling of `Selector`.
    pub selector: String,
    /// The pool, in its order; by default all members, those of `first` before the others,
    /// which are as recorded. A task without samples of a member does without it.
    pub order: Option<Vec<String>>,
    /// See `order`.
    pub first: Vec<String>,
    /// Validation accuracies, as shares; those of members that are not there do not matter.
    pub accuracy: Vec<(String, f64)>,
    /// Whether samples without an answer are in the denominator.
    pub abstain: Abstain,
    /// How equals are told apart.
    pub tie: Tie,
    /// The seed of random ties.
    pub seed: i64,
    /// The fitted weights of members, in millionths.
    pub weights: Vec<(String, u64)>,
}

/// What was decided on a problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decided {
    pub(super) decision: Decision,
    /// The member's place among those of the problem.
    member: Option<usize>,
    pub(super) oracle: bool,
    pub(super) any_correct: bool,
}

/// Decides problems of one task. `order` is the pool order of the task.
pub(super) fn decide(
    problems: &[Problem<'_>],
    order: &[String],
    choosing: &Choosing,
) -> Result<Vec<Decided>, SelectError> {
    let rows =
        problems.iter().map(|problem| (problem.id, problem.members.iter().map(counted).collect()));
    let order: Vec<&str> = order.iter().map(String::as_str).collect();
    // Too many names for a table are more than fit into memory before.
    let table = Table::of_counts(order.iter().copied(), rows).unwrap_or_default();
    let accuracy = choosing.accuracy.iter().map(|(name, share)| (name.as_str(), *share));
    let accuracy = accuracy.filter(|(name, _)| order.contains(name));
    let options = Options {
        selector: Selector::parse(&choosing.selector)?,
        accuracy: accuracy.collect(),
        order: Some(order),
        abstain: choosing.abstain,
        tie: choosing.tie,
        seed: choosing.seed,
        choices: None,
        weights: choosing.weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect(),
    };
    let pool = slm_mux_core::select::pool(&table, options.order.as_deref())?;
    let decisions = select(&table, &options)?;
    Ok((0..)
        .zip(decisions)
        .zip(problems)
        .map(|((at, decision), problem)| {
            let places: BTreeMap<&str, usize> =
                (0..).zip(&problem.members).map(|(at, m)| (m.name, at)).collect();
            let name = decision.choice.map(|choice| table.members().text(choice.member));
            Decided {
                decision,
                member: name.and_then(|name| places.get(name).copied()),
                any_correct: table.cells(at).iter().any(|cell| {
                    let right = |group: &Group| group.correct == Some(true);
                    pool.contains(&cell.member) && table.groups(cell).iter().any(right)
                }),
                oracle: table.cells(at).iter().any(|cell| {
                    pool.contains(&cell.member) && cell.tally.outcome() == Outcome::Correct
                }),
            }
        })
        .collect())
}

impl Decided {
    /// The decision as a row of its table.
    pub(super) fn row<'a>(&self, problem: &'a Problem<'a>) -> Row<'a> {
        let answer = self.decision.choice.zip(self.member).and_then(|(choice, at)| {
            let member = problem.members.get(at)?;
            let entry = member
                .entries
                .iter()
                .find(|entry| entry.state == State::Ok && entry.indexes.contains(choice.index))?;
            Some(Answer {
                key: entry.key.as_deref()?,
                span: entry.exemplar,
                model: member.name,
                index: choice.index,
                votes: choice.votes,
                of: choice.of,
            })
        });
        Row {
            problem,
            answer,
            reason: self.decision.reason.name(),
            tied: self.decision.tied,
            outcome: self.decision.outcome.name(),
        }
    }
}

/// The votes of a member; entries of one key stand side by side.
pub(super) fn counted<'a>(member: &'a Member<'_>) -> Counted<'a> {
    let of = |state| member.entries.iter().filter(move |entry| entry.state == state);
    let count = |state| of(state).map(Entry::count).sum();
    let mut votes: Vec<Votes<'_>> = Vec::new();
    for entry in of(State::Ok) {
        let key = entry.key.as_deref().unwrap_or("");
        let correct = entry.verdict.and_then(Graded::correct);
        let (count, first) = (entry.count(), entry.first());
        match votes.last_mut().filter(|last| last.key == key) {
            Some(last) => {
                last.count += count;
                if first < last.first {
                    (last.first, last.correct) = (first, correct);
                }
            }
            None => votes.push(Votes { key, count, first, correct }),
        }
    }
    Counted {
        member: member.name,
        votes,
        unparsed: count(State::Unparsed),
        truncated: count(State::Truncated),
        failed: count(State::Failed),
        first: member.entries.iter().map(Entry::first).min(),
    }
}
