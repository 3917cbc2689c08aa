//! The records of one problem → its tallies.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use slm_mux_core::grade::stated;
use slm_mux_core::{Choices, Kind, grade_answer, key};

use super::asked::{Asked, Filter};
use super::indexes::sorted_once;
use super::member::{Contribution, Entry, Graded, Label, Member, Noted, State, united};
use super::runs::Pieces;
use crate::error::{Error, Result};
use crate::json::{Text, Value, elements};
use crate::partial::{Class, Record, numbers};
use crate::settings::Settings;

/// By what rules records become tallies.
pub(crate) struct Rules {
    pub(crate) settings: Arc<Settings>,
    pub(crate) filter: Filter,
    /// How many samples of each member count: the first ones.
    pub(crate) most: Option<u32>,
}

/// One problem, tallied.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) task: &'a str,
    pub(crate) id: &'a str,
    pub(crate) kind: Option<Kind>,
    pub(crate) reference: Option<String>,
    pub(crate) stop: Option<&'a str>,
    /// By name.
    pub(crate) members: Vec<Member<'a>>,
}

/// What the rows say of the problem.
#[derive(Default)]
struct Facts<'a> {
    kinds: BTreeSet<&'a str>,
    references: BTreeSet<&'a str>,
    choices: BTreeSet<&'a str>,
    stops: BTreeSet<&'a str>,
    /// Whether some samples were graded before.
    tallied: bool,
}

impl Rules {
    /// Tallies a problem.
    pub(crate) fn tally<'a>(&self, pieces: &'a Pieces) -> Result<Problem<'a>> {
        let mut facts = Facts::default();
        let mut by_member: BTreeMap<&'a str, Vec<Record<'a>>> = BTreeMap::new();
        let mut name = ("", "");
        for record in pieces.records() {
            name = (record.task, record.problem);
            let text = record.text.unwrap_or("");
            match record.class {
                Class::Kind => _ = facts.kinds.insert(text),
                Class::Reference => _ = facts.references.insert(text),
                Class::Choices => _ = facts.choices.insert(text),
                Class::Stop => _ = facts.stops.insert(text),
                _ => {
                    facts.tallied |= record.tallied;
                    by_member.entry(record.model).or_default().push(record);
                }
            }
        }
        let (task, id) = name;
        let kind = self.kind(task, &facts)?;
        let reference = self.reference(task, id, &facts)?;
        let choices = self.choices(task, id, kind, &facts)?;
        let grader = Grader::new(kind, reference.as_deref(), choices.as_deref(), &self.settings);
        let members = by_member.into_iter();
        let members = members.map(|(model, records)| self.member(id, model, &records, &grader));
        Ok(Problem {
            task,
            id,
            kind,
            stop: facts.stops.first().copied(),
            members: members.collect::<Result<_>>()?,
            reference,
        })
    }

    /// A problem without records.
    pub(crate) fn unanswered<'a>(&self, task: &'a str, id: &'a str) -> Problem<'a> {
        let known = self.settings.known(task, id);
        let reference = known.and_then(|known| known.reference.clone());
        let kind = self.settings.kind.or(known.and_then(|known| known.kind));
        Problem { task, id, kind, reference, stop: None, members: Vec::new() }
    }

    fn kind(&self, task: &str, facts: &Facts<'_>) -> Result<Option<Kind>> {
        if let Some(kind) = self.settings.kind {
            return Ok(Some(kind));
        }
        let mut kinds = facts.kinds.iter();
        match (kinds.next(), kinds.next()) {
            (Some(a), Some(b)) => Err(Error::Input(format!(
                "task {task:?}: rows of several answer kinds ({a}, {b}): give --kind math, number \
                 or choice"
            ))),
            (Some(kind), None) => Ok(Kind::from_str(kind).ok()),
            _ => Ok(None),
        }
    }

    fn reference(&self, task: &str, id: &str, facts: &Facts<'_>) -> Result<Option<String>> {
        let known = self.settings.known(task, id).and_then(|known| known.reference.as_deref());
        if let Some(known) = known {
            let other = facts.references.iter().find(|&&reference| reference != known);
            if facts.tallied && (other.is_some() || facts.references.is_empty()) {
                let other = other.map_or("none".to_owned(), |other| format!("{other:?}"));
                return Err(Error::Input(format!(
                    "problem {id:?} of task {task:?}: its tallies were graded by another \
                     reference answer ({other}, not {known:?}): score the samples anew"
                )));
            }
            return Ok(Some(known.to_owned()));
        }
        let mut references = facts.references.iter();
        match (references.next(), references.next()) {
            (Some(a), Some(b)) => Err(Error::Input(format!(
                "problem {id:?} of task {task:?} has rows of several reference answers, such as \
                 {a:?} and {b:?}: score their logs apart, or give --references FILE"
            ))),
            (first, _) => Ok(first.map(|&reference| reference.to_owned())),
        }
    }

    /// The options that rows give; of several the first where they tell nothing.
    fn choices<'a>(
        &self,
        task: &str,
        id: &str,
        kind: Option<Kind>,
        facts: &Facts<'a>,
    ) -> Result<Option<Vec<Cow<'a, str>>>> {
        let text = |choice: Value<'a>| choice.text().map_or_else(Default::default, Text::decoded);
        let listed = facts.choices.iter().map(|raw| elements(raw).map(text).collect());
        let all: BTreeSet<Vec<Cow<'a, str>>> = listed.collect();
        let known = || self.settings.known(task, id).is_some_and(|known| known.choices.is_some());
        let mut each = all.into_iter();
        match (each.next(), each.next()) {
            (Some(a), Some(b)) if kind == Some(Kind::Choice) && !known() => {
                Err(Error::Input(format!(
                    "problem {id:?} of task {task:?} has rows of several choices, such as {a:?} \
                     and {b:?}: score their logs apart, or give them by --references FILE"
                )))
            }
            (first, _) => Ok(first),
        }
    }

    fn member<'a>(
        &self,
        problem: &str,
        model: &'a str,
        records: &[Record<'a>],
        grader: &Grader<'_>,
    ) -> Result<Member<'a>> {
        let mut noted = Noted::default();
        let mut prompts = BTreeMap::new();
        for record in records {
            let first = prompts.entry(record.prompt).or_insert(record.first);
            *first = record.first.min(*first);
        }
        let prompts = self.filter.prompts(&prompts);
        let counts = |record: &&Record<'_>| {
            prompts.contains(&record.prompt) && self.filter.takes(&Asked::of(record))
        };
        let (kept, left): (Vec<&Record<'a>>, Vec<&Record<'a>>) = records.iter().partition(counts);
        noted.filtered = left.iter().map(|record: &&Record<'_>| record.rows).sum();
        let mut contributions: Vec<_> =
            kept.iter().map(|record| grader.contribution(record)).collect();
        number_the_rest(&kept, &mut contributions);
        let mut entries = united(contributions, &mut noted).map_err(|(index, a, b)| {
            let (what, [one, other], flag) = a.difference(&b);
            Error::Input(format!(
                "model {model:?} has responses of several {what} for one sample (problem \
                 {problem:?}, index {index}), such as {one} and {other}: choose one with {flag}"
            ))
        })?;
        if let Some(most) = self.most {
            leave_first(&mut entries, most);
        }
        let kept = || kept.iter();
        Ok(Member {
            name: model,
            pool_index: kept().filter_map(|record| record.pool_index).min(),
            api_model: kept().filter_map(|record| record.api_model).min(),
            params: kept().filter_map(|record| record.params).min(),
            entries,
            noted,
        })
    }
}

/// Leaves what the first samples say. Tokens are those of all, so of fewer they are not known.
fn leave_first(entries: &mut Vec<Entry<'_>>, most: u32) {
    entries.retain_mut(|entry| {
        let all = entry.indexes.len();
        entry.indexes.cut(most);
        entry.tokens = entry.tokens.filter(|_| entry.indexes.len() == all);
        entry.indexes.len() > 0
    });
}

/// Numbers the samples that have no index, in the order of file and row, after those that
/// have one.
fn number_the_rest(records: &[&Record<'_>], contributions: &mut [Contribution<'_>]) {
    let given = contributions.iter().filter_map(|one| one.indexes.last()).max();
    let mut next = given.map_or(0, |&last| last.saturating_add(1));
    let mut rest: Vec<(u64, usize)> = Vec::new();
    for (at, record) in records.iter().enumerate().filter(|(_, record)| !record.numbered) {
        rest.extend(numbers(record.numbers).map(|ordinal| (ordinal, at)));
    }
    rest.sort_unstable();
    let mut last = None;
    for (ordinal, at) in rest {
        if last.is_some_and(|last| last != ordinal) {
            next = next.saturating_add(1);
        }
        last = Some(ordinal);
        if contributions[at].indexes.last() != Some(&next) {
            contributions[at].indexes.push(next);
        }
    }
}

/// Grades spans against one reference.
struct Grader<'a> {
    kind: Option<Kind>,
    stated: Option<String>,
    settings: &'a Settings,
}

impl<'a> Grader<'a> {
    fn new(
        kind: Option<Kind>,
        reference: Option<&str>,
        choices: Option<Choices<'_>>,
        settings: &'a Settings,
    ) -> Self {
        let stated = reference.zip(kind).map(|(reference, kind)| {
            stated(reference, kind, settings.profile, choices).into_owned()
        });
        Self { kind, stated, settings }
    }

    fn contribution<'r>(&self, record: &Record<'r>) -> Contribution<'r> {
        let label = self.label(record);
        let mut indexes = Vec::new();
        if record.numbered {
            // A record from elsewhere may say that it stands for more rows than it has numbers.
            let most = usize::try_from(record.rows).unwrap_or(usize::MAX);
            indexes.reserve_exact(most.min(record.numbers.len()));
            indexes.extend(numbers(record.numbers).filter_map(|n| u32::try_from(n).ok()));
            indexes = sorted_once(indexes);
        }
        Contribution {
            span: record.text.filter(|_| label.key.is_some()),
            label,
            asked: Asked::of(record),
            indexes,
            rows: record.rows,
            tokens: (record.counted > 0 && record.counted == record.rows).then_some(record.tokens),
            tallied: record.tallied,
        }
    }

    fn label<'r>(&self, record: &Record<'r>) -> Label<'r> {
        let bare = |state| Label { state, key: None, verdict: None };
        let span = record.text.unwrap_or("");
        match record.class {
            Class::Voted => self.vote(span).unwrap_or_else(|| bare(State::Unparsed)),
            Class::CutOff => self.vote(span).unwrap_or_else(|| bare(State::Truncated)),
            Class::Keyed => Label {
                state: State::Ok,
                key: record.key.map(Into::into),
                verdict: record.verdict.and_then(Graded::named),
            },
            Class::Truncated => bare(State::Truncated),
            Class::Failed => bare(State::Failed),
            _ => bare(State::Unparsed),
        }
    }

    /// What a span votes for, and how that stands against the reference.
    fn vote<'r>(&self, span: &'r str) -> Option<Label<'r>> {
        let (kind, profile) = (self.kind?, self.settings.profile);
        let (key, verdict) = match &self.stated {
            Some(stated) => {
                let grade = grade_answer(span, stated, kind, profile);
                (Cow::Owned(grade.key?), Graded::of(grade.verdict))
            }
            None => (key(span, kind, profile)?, None),
        };
        Some(Label { state: State::Ok, key: Some(key), verdict })
    }
}
