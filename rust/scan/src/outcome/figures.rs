//! What is counted over all problems of a task.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use slm_mux_core::tally::{Outcome, Outcomes, Tally};

use super::decide::{Decided, counted};
use crate::merge::{Entry, Graded, Member, Problem, State};

/// One task, counted.
#[derive(Clone, Debug, Default)]
pub struct TaskFigures {
    /// The answer kind.
    pub kind: Option<&'static str>,
    /// How many problems, and how many of them have a reference.
    pub problems: u64,
    /// See `problems`.
    pub labelled: u64,
    /// How the decisions came out.
    pub outcomes: Outcomes,
    /// How many problems some member's top key is right on.
    pub oracle: u64,
    /// How many problems some answer of some member is right on.
    pub any_correct: u64,
    /// What made answers win, by name.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The early exits that rows were drawn under.
    pub stops: Vec<String>,
    /// Samples asked for: as told, else the most that any member has on any problem.
    pub asked: u32,
    /// By name.
    pub members: BTreeMap<String, MemberFigures>,
}

/// One member of a task, counted.
#[derive(Clone, Debug, Default)]
pub struct MemberFigures {
    /// Its place in the pool, as recorded.
    pub pool_index: Option<u32>,
    /// How it was asked, as recorded.
    pub api_model: Option<String>,
    /// See `api_model`; canonical JSON.
    pub params: Option<String>,
    /// How its samples fell; `no_answer` are the unparsed ones.
    pub samples: Outcomes,
    /// How its top keys fell, one per problem of the task.
    pub problems: Outcomes,
    /// On how many problems both its top key and the decision are right.
    pub both: u64,
    /// Right samples per problem, in the order of problems; none where it has no sample.
    pub correct: Vec<u32>,
    /// Samples drawn per problem, failed ones included, likewise.
    pub drawn: Vec<u32>,
    /// Responses per problem, likewise.
    responses: Vec<u32>,
    /// Tokens of prompts and responses; not known where rows repeat each other.
    pub tokens: Option<[u64; 2]>,
    /// Problems on which it has fewer responses than asked for.
    pub short: u64,
}

/// What was noticed over all problems.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// By name.
    pub tasks: BTreeMap<String, TaskFigures>,
    /// Rows that repeat a sample.
    pub duplicates: u64,
    /// Failed calls that another row replaces.
    pub retried: u64,
    /// Rows of ways of asking that do not count.
    pub filtered: u64,
    /// Samples with two keys, states or verdicts.
    pub conflicts: u64,
    /// The first of them: task, problem, member, index.
    pub listed: Vec<(String, String, String, u32)>,
}

impl Figures {
    /// Counts a problem and what was decided on it.
    pub(super) fn add(&mut self, problem: &Problem, decided: &Decided) {
        for member in &problem.members {
            let noted = &member.noted;
            self.duplicates += noted.duplicates;
            self.retried += noted.retried;
            self.filtered += noted.filtered;
            self.conflicts += noted.conflicts.len() as u64;
            let room = crate::report::LISTED.saturating_sub(self.listed.len());
            self.listed.extend(noted.conflicts.iter().take(room).map(|&index| {
                (problem.task.clone(), problem.id.clone(), member.name.clone(), index)
            }));
        }
        self.tasks.entry(problem.task.clone()).or_default().add(problem, decided);
    }
}

impl TaskFigures {
    fn add(&mut self, problem: &Problem, decided: &Decided) {
        self.kind = self.kind.or(problem.kind.map(|kind| slm_mux_core::Kind::NAMES[kind as usize]));
        if let Some(stop) = problem.stop.as_ref().filter(|stop| !self.stops.contains(stop)) {
            self.stops.push(stop.clone());
            self.stops.sort_unstable();
        }
        self.outcomes.add(decided.decision.outcome, 1);
        self.oracle += u64::from(decided.oracle);
        self.any_correct += u64::from(decided.any_correct);
        *self.reasons.entry(decided.decision.reason.name()).or_default() += 1;
        let at = usize::try_from(self.problems).unwrap_or(usize::MAX);
        self.problems += 1;
        self.labelled += u64::from(problem.reference.is_some() || graded(problem));
        for member in &problem.members {
            let figures = self.members.entry(member.name.clone()).or_default();
            figures.add(member, at, decided.decision.outcome);
            self.asked = self.asked.max(drawn(member));
        }
    }

    /// What is to be known when all problems are counted.
    pub(super) fn close(&mut self) {
        let problems = usize::try_from(self.problems).unwrap_or(usize::MAX);
        for member in self.members.values_mut() {
            member.correct.resize(problems, 0);
            member.responses.resize(problems, 0);
            member.drawn.resize(problems, 0);
            let short = member.responses.iter().filter(|&&responses| responses < self.asked);
            member.short = short.count() as u64;
            let seen: u64 = member.problems.0.iter().sum();
            member.problems.add(Outcome::NoAnswer, self.problems - seen);
        }
        // What a rule that stops early left out may have been asked since: then nothing is biased.
        let most = self.members.values().flat_map(|member| &member.drawn).max().copied();
        let of_all = |member: &MemberFigures| member.responses.iter().all(|&n| Some(n) == most);
        if self.members.values().all(of_all) {
            self.stops.clear();
        }
    }
}

/// Whether any sample has a verdict: tallies may come without references.
fn graded(problem: &Problem) -> bool {
    problem.members.iter().flat_map(|member| &member.entries).any(|entry| entry.verdict.is_some())
}

/// The samples that were drawn of a member: one more than its largest index.
fn drawn(member: &Member) -> u32 {
    member
        .entries
        .iter()
        .filter_map(|entry| entry.indexes.last())
        .max()
        .map_or(0, |last| last.saturating_add(1))
}

/// The responses of a member.
pub(super) fn responses(member: &Member) -> u32 {
    let responses = member.entries.iter().filter(|entry| entry.state != State::Failed);
    responses.map(Entry::count).sum()
}

impl MemberFigures {
    fn add(&mut self, member: &Member, at: usize, decision: Outcome) {
        self.pool_index = match (self.pool_index, member.pool_index) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.api_model = self.api_model.take().or_else(|| member.api_model.clone());
        self.params = self.params.take().or_else(|| member.params.clone());
        self.correct.resize(at + 1, 0);
        self.responses.resize(at + 1, 0);
        self.responses[at] = responses(member);
        self.drawn.resize(at + 1, 0);
        self.drawn[at] = member.entries.iter().map(Entry::count).sum();
        for entry in &member.entries {
            let outcome = match (entry.state, entry.verdict) {
                (State::Ok, verdict) => Outcome::of(verdict.and_then(Graded::correct)),
                (State::Unparsed, _) => Outcome::NoAnswer,
                (State::Truncated, _) => Outcome::Truncated,
                (State::Failed, _) => Outcome::Failed,
            };
            self.samples.add(outcome, u64::from(entry.count()));
            if outcome == Outcome::Correct {
                self.correct[at] += entry.count();
            }
        }
        let top = top(member);
        self.problems.add(top, 1);
        self.both += u64::from(top == Outcome::Correct && decision == Outcome::Correct);
        self.tokens = self.sum(member);
    }

    /// Tokens so far and of this problem; failed calls have none.
    fn sum(&self, member: &Member) -> Option<[u64; 2]> {
        let first = self.problems.0.iter().sum::<u64>() == 1;
        let mut sum = if first { [0; 2] } else { self.tokens? };
        for entry in member.entries.iter().filter(|entry| entry.state != State::Failed) {
            let tokens = entry.tokens?;
            sum = [sum[0].saturating_add(tokens[0]), sum[1].saturating_add(tokens[1])];
        }
        Some(sum)
    }
}

/// How the member stands on the problem when its top key is its answer.
fn top(member: &Member) -> Outcome {
    let counted = counted(member);
    let best =
        counted.votes.iter().min_by_key(|votes| (std::cmp::Reverse(votes.count), votes.first));
    let tally = Tally {
        votes: counted.votes.iter().map(|votes| votes.count).sum(),
        unparsed: counted.unparsed,
        truncated: counted.truncated,
        failed: counted.failed,
        ..Tally::default()
    };
    best.map_or_else(|| tally.outcome(), |votes| Outcome::of(votes.correct))
}

fn outcomes(outcomes: &Outcomes) -> Value {
    let named = Outcome::NAMES.iter().zip(outcomes.0);
    Value::Object(named.map(|(&name, count)| (name.to_owned(), count.into())).collect())
}

impl Figures {
    /// All of it, for Python.
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
