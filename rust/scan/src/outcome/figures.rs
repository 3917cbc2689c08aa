//! What is counted over all problems of a task.

use std::collections::BTreeMap;

use slm_mux_core::tally::{Outcome, Outcomes, Tally};

use super::decide::{Decided, counted};
use crate::merge::{Entry, Graded, Member, Problem, State, sum_of_tokens};
use crate::seen::{first_place, named};

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
    pub(super) fn add(&mut self, problem: &Problem<'_>, decided: &Decided) {
        for member in &problem.members {
            let noted = &member.noted;
            self.duplicates += noted.duplicates;
            self.retried += noted.retried;
            self.filtered += noted.filtered;
            self.conflicts += noted.conflicts.len() as u64;
            let room = crate::report::LISTED.saturating_sub(self.listed.len());
            self.listed.extend(noted.conflicts.iter().take(room).map(|&index| {
                (problem.task.to_owned(), problem.id.to_owned(), member.name.to_owned(), index)
            }));
        }
        named(&mut self.tasks, problem.task).add(problem, decided);
    }

    /// Counts the problems that come after those that were counted here.
    pub(super) fn append(&mut self, next: Self) {
        self.duplicates += next.duplicates;
        self.retried += next.retried;
        self.filtered += next.filtered;
        self.conflicts += next.conflicts;
        let room = crate::report::LISTED.saturating_sub(self.listed.len());
        self.listed.extend(next.listed.into_iter().take(room));
        for (name, task) in next.tasks {
            self.tasks.entry(name).or_default().append(task);
        }
    }
}

impl TaskFigures {
    fn add(&mut self, problem: &Problem<'_>, decided: &Decided) {
        self.kind = self.kind.or(problem.kind.map(|kind| slm_mux_core::Kind::NAMES[kind as usize]));
        if let Some(stop) = problem.stop.filter(|&stop| self.stops.iter().all(|it| it != stop)) {
            self.stops.push(stop.to_owned());
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
            let figures = named(&mut self.members, member.name);
            figures.add(member, at, decided.decision.outcome);
            self.asked = self.asked.max(drawn(member));
        }
    }

    fn append(&mut self, next: Self) {
        self.kind = self.kind.or(next.kind);
        self.outcomes.append(&next.outcomes);
        self.oracle += next.oracle;
        self.any_correct += next.any_correct;
        for (reason, count) in next.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        self.stops.extend(next.stops);
        self.stops.sort_unstable();
        self.stops.dedup();
        self.asked = self.asked.max(next.asked);
        let at = usize::try_from(self.problems).unwrap_or(usize::MAX);
        self.problems += next.problems;
        self.labelled += next.labelled;
        for (name, member) in next.members {
            self.members.entry(name).or_default().append(member, at);
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
fn graded(problem: &Problem<'_>) -> bool {
    problem.members.iter().flat_map(|member| &member.entries).any(|entry| entry.verdict.is_some())
}

/// The samples that were drawn of a member: one more than its largest index.
fn drawn(member: &Member<'_>) -> u32 {
    member
        .entries
        .iter()
        .filter_map(|entry| entry.indexes.last())
        .max()
        .map_or(0, |last| last.saturating_add(1))
}

/// The responses of a member.
pub(super) fn responses(member: &Member<'_>) -> u32 {
    let responses = member.entries.iter().filter(|entry| entry.state != State::Failed);
    responses.map(Entry::count).sum()
}

impl MemberFigures {
    fn add(&mut self, member: &Member<'_>, at: usize, decision: Outcome) {
        self.pool_index = first_place(self.pool_index, member.pool_index);
        self.api_model = self.api_model.take().or_else(|| member.api_model.map(Into::into));
        self.params = self.params.take().or_else(|| member.params.map(Into::into));
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
        self.tokens = self.with(member);
    }

    /// `at` is how many problems were counted here.
    fn append(&mut self, next: Self, at: usize) {
        self.pool_index = first_place(self.pool_index, next.pool_index);
        self.api_model = self.api_model.take().or(next.api_model);
        self.params = self.params.take().or(next.params);
        self.tokens = match self.problems.0.iter().sum() {
            0_u64 => next.tokens,
            _ => self.tokens.zip(next.tokens).map(|(a, b)| sum_of_tokens(a, b)),
        };
        self.samples.append(&next.samples);
        self.problems.append(&next.problems);
        self.both += next.both;
        for (counts, next) in [
            (&mut self.correct, next.correct),
            (&mut self.drawn, next.drawn),
            (&mut self.responses, next.responses),
        ] {
            counts.resize(at, 0);
            counts.extend(next);
        }
    }

    /// Tokens so far and of this problem; failed calls have none.
    fn with(&self, member: &Member<'_>) -> Option<[u64; 2]> {
        let first = self.problems.0.iter().sum::<u64>() == 1;
        let mut all = if first { [0; 2] } else { self.tokens? };
        for entry in member.entries.iter().filter(|entry| entry.state != State::Failed) {
            all = sum_of_tokens(all, entry.tokens?);
        }
        Some(all)
    }
}

/// How the member stands on the problem when its top key is its answer.
fn top(member: &Member<'_>) -> Outcome {
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
