//! The samples of one member on one problem, as sets by state, key and verdict.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use slm_mux_core::Verdict;

use super::asked::Asked;
use super::indexes::{Indexes, sorted_once};

/// What a sample counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// It votes.
    Ok,
    /// A response without an answer.
    Unparsed,
    /// A response that was cut off before it stated one.
    Truncated,
    /// No response.
    Failed,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        ["ok", "unparsed", "truncated", "failed"][self as usize]
    }
}

/// What samples have in common that are one entry of the tallies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label {
    pub(super) state: State,
    pub(super) key: Option<String>,
    pub(super) verdict: Option<Graded>,
}

impl Label {
    fn vote(&self) -> (State, &Option<String>) {
        (self.state, &self.key)
    }
}

/// A verdict, in the order of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Graded {
    Correct,
    Incorrect,
    Undecided,
}

impl Graded {
    pub(crate) fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Correct => Some(Self::Correct),
            Verdict::Incorrect => Some(Self::Incorrect),
            Verdict::Undecided => Some(Self::Undecided),
            Verdict::NoAnswer => None,
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Correct, Self::Incorrect, Self::Undecided].into_iter().find(|v| v.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        ["correct", "incorrect", "undecided"][self as usize]
    }

    pub(crate) fn correct(self) -> Option<bool> {
        match self {
            Self::Correct => Some(true),
            Self::Incorrect => Some(false),
            Self::Undecided => None,
        }
    }
}

/// What one group of records says: its samples, under one label.
#[derive(Debug)]
pub(super) struct Contribution<'a> {
    pub(super) label: Label,
    pub(super) span: Option<&'a str>,
    pub(super) asked: Asked<'a>,
    /// Each once; sorted.
    pub(super) indexes: Vec<u32>,
    /// The rows that stand for them.
    pub(super) rows: u64,
    /// Tokens of prompts and responses, where every row tells them.
    pub(super) tokens: Option<[u64; 2]>,
    /// Whether it is of a tallies file: of samples that were put together before.
    pub(super) tallied: bool,
}

/// The samples with one label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) state: State,
    pub(crate) key: Option<String>,
    pub(crate) verdict: Option<Graded>,
    pub(crate) indexes: Indexes,
    pub(crate) exemplar: Option<String>,
    pub(crate) tokens: Option<[u64; 2]>,
}

impl Entry {
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.indexes.len()).unwrap_or(u32::MAX)
    }

    /// The index of the exemplar.
    pub(crate) fn first(&self) -> u32 {
        self.indexes.first().unwrap_or(0)
    }
}

/// One member on one problem.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) pool_index: Option<u32>,
    pub(crate) api_model: Option<String>,
    pub(crate) params: Option<String>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) noted: Noted,
}

/// What was noticed while its samples were put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted {
    /// Rows that repeat a sample.
    pub(crate) duplicates: u64,
    /// Failed calls that another row of the same sample replaces.
    pub(crate) retried: u64,
    /// Samples with two keys, states or verdicts.
    pub(crate) conflicts: BTreeSet<u32>,
    /// Rows of ways of asking that do not count.
    pub(crate) filtered: u64,
}

/// Two ways of asking that gave responses to one sample.
pub(super) type Ambiguous<'a> = (u32, Asked<'a>, Asked<'a>);

/// Puts contributions together: each sample once, under one label.
pub(super) fn united<'a>(
    contributions: &[Contribution<'a>],
    noted: &mut Noted,
) -> Result<Vec<Entry>, Ambiguous<'a>> {
    let rows: u64 = contributions.iter().map(|one| one.rows).sum();
    let given: usize = contributions.iter().map(|one| one.indexes.len()).sum();
    let distinct = distinct(contributions, given);
    noted.duplicates += rows.saturating_sub(distinct as u64);
    let labels = if distinct < given {
        let labels = settled(contributions, noted)?;
        // A failed call that was asked again repeats nothing.
        noted.duplicates -= noted.duplicates.min(noted.retried);
        labels
    } else {
        BTreeMap::new()
    };
    Ok(entries(contributions, &labels))
}

/// How many indexes there are, those in several contributions once; `given` counts each.
fn distinct(contributions: &[Contribution<'_>], given: usize) -> usize {
    let last = contributions.iter().filter_map(|one| one.indexes.last()).max();
    let words = last.map_or(0, |&last| last as usize / 64 + 1);
    let all = contributions.iter().flat_map(|one| &one.indexes).copied();
    if words > given {
        return sorted_once(all.collect()).len();
    }
    let mut seen = vec![0_u64; words];
    all.for_each(|index| seen[index as usize / 64] |= 1 << (index % 64));
    seen.iter().map(|word| word.count_ones() as usize).sum()
}

/// The label of every sample that has several, by the precedence of the answer table: a key
/// before no key before a failure, of two keys the smaller; contradicting verdicts on one key
/// are undecided.
fn settled<'a>(
    contributions: &[Contribution<'a>],
    noted: &mut Noted,
) -> Result<BTreeMap<u32, Label>, Ambiguous<'a>> {
    let mut by_index: BTreeMap<u32, Vec<&Contribution<'a>>> = BTreeMap::new();
    for one in contributions {
        for &index in &one.indexes {
            by_index.entry(index).or_default().push(one);
        }
    }
    let mut labels = BTreeMap::new();
    for (index, given) in by_index.into_iter().filter(|(_, given)| given.len() > 1) {
        let responses: Vec<_> =
            given.iter().filter(|one| one.label.state != State::Failed).collect();
        if let Some(other) = responses.iter().find(|one| one.asked != responses[0].asked) {
            return Err((index, responses[0].asked, other.asked));
        }
        // Once for each sample: how many records its failures stand in is chance.
        noted.retried += u64::from((1..given.len()).contains(&responses.len()));
        let Some((state, key)) = given.iter().map(|one| one.label.vote()).min() else { continue };
        let alike = given.iter().filter(|one| one.label.vote() == (state, key));
        // A sample that was not graded contradicts nothing.
        let verdicts: BTreeSet<_> = alike.filter_map(|one| one.label.verdict).collect();
        let contradict = verdicts.len() > 1;
        let verdict = if contradict { Some(Graded::Undecided) } else { verdicts.first().copied() };
        if contradict || responses.iter().any(|one| one.label.vote() != (state, key)) {
            noted.conflicts.insert(index);
        }
        labels.insert(index, Label { state, key: key.clone(), verdict });
    }
    Ok(labels)
}

/// A part of an entry: its samples, and their tokens where these are just theirs.
struct Part<'a> {
    /// Each once; sorted.
    indexes: Cow<'a, [u32]>,
    tokens: Option<[u64; 2]>,
    first: Option<(u32, &'a str)>,
}

/// The rows with one label, all of them: how they were cut up on the way here is chance.
#[derive(Default)]
struct Rows<'a> {
    count: u64,
    parts: Vec<Part<'a>>,
}

impl<'a> Rows<'a> {
    /// Nothing where none of its samples counts. Tokens of rows that repeat others, or count
    /// elsewhere, cannot be told from the rest.
    fn finish(self) -> Option<Part<'a>> {
        let tokens = self.parts.iter().map(|part| part.tokens);
        let tokens = tokens.reduce(|a, b| a.zip(b).map(|(a, b)| sum_of_tokens(a, b))).flatten();
        let first = self.parts.iter().filter_map(|part| part.first).min();
        let indexes = all(self.parts);
        let tokens = tokens.filter(|_| self.count == indexes.len() as u64);
        (!indexes.is_empty()).then_some(Part { indexes, tokens, first })
    }
}

/// The samples of all parts.
fn all(mut parts: Vec<Part<'_>>) -> Cow<'_, [u32]> {
    if parts.len() < 2 {
        return parts.pop().map_or(Cow::default(), |part| part.indexes);
    }
    let indexes: Vec<&[u32]> = parts.iter().map(|part| &*part.indexes).collect();
    Cow::Owned(sorted_once(indexes.concat()))
}

/// Tokens of prompts and of responses.
pub(crate) fn sum_of_tokens([a, b]: [u64; 2], [c, d]: [u64; 2]) -> [u64; 2] {
    [a.saturating_add(c), b.saturating_add(d)]
}

fn entries(contributions: &[Contribution<'_>], labels: &BTreeMap<u32, Label>) -> Vec<Entry> {
    let mut parts: BTreeMap<&Label, Vec<Part<'_>>> = BTreeMap::new();
    let mut rows: BTreeMap<&Label, Rows<'_>> = BTreeMap::new();
    for one in contributions {
        let indexes = left(one, labels);
        let first = indexes.first().copied().zip(one.span);
        let part = Part { indexes, tokens: one.tokens, first };
        if one.tallied {
            let alone = Rows { count: one.rows, parts: vec![part] };
            parts.entry(&one.label).or_default().extend(alone.finish());
        } else {
            let rows = rows.entry(&one.label).or_default();
            rows.count += one.rows;
            rows.parts.push(part);
        }
    }
    for (label, rows) in rows {
        parts.entry(label).or_default().extend(rows.finish());
    }
    parts.retain(|_, parts| !parts.is_empty());
    // A verdict that nobody gave: two contradict each other.
    for (index, label) in labels {
        let given = parts
            .get(label)
            .is_some_and(|all| all.iter().any(|part| part.indexes.binary_search(index).is_ok()));
        if !given {
            let spans = contributions.iter().filter(|one| {
                one.label.key == label.key && one.indexes.binary_search(index).is_ok()
            });
            let span = spans.filter_map(|one| one.span).min();
            let first = span.map(|span| (*index, span));
            let indexes = Cow::Owned(vec![*index]);
            parts.entry(label).or_default().push(Part { indexes, tokens: None, first });
        }
    }
    parts.into_iter().map(|(label, parts)| entry(label, parts)).collect()
}

/// The samples of a contribution but for those that have another label.
fn left<'c>(one: &'c Contribution<'_>, labels: &BTreeMap<u32, Label>) -> Cow<'c, [u32]> {
    if labels.is_empty() {
        return Cow::Borrowed(&one.indexes);
    }
    let kept = |index: &u32| labels.get(index).is_none_or(|label| *label == one.label);
    one.indexes.iter().copied().filter(kept).collect()
}

fn entry(label: &Label, parts: Vec<Part<'_>>) -> Entry {
    let exemplar = parts.iter().filter_map(|part| part.first).min();
    let counted = tokens(&parts);
    let indexes = all(parts);
    Entry {
        state: label.state,
        key: label.key.clone(),
        verdict: label.verdict,
        exemplar: exemplar.map(|(_, span)| span.to_owned()),
        // Not known where two parts overlap that are not the same.
        tokens: counted.filter(|(total, _)| *total == indexes.len()).map(|(_, tokens)| tokens),
        indexes: Indexes::new(indexes),
    }
}

/// How many samples there are in all parts that differ, and their tokens.
fn tokens(parts: &[Part<'_>]) -> Option<(usize, [u64; 2])> {
    let mut counted: Vec<(&[u32], [u64; 2])> = Vec::new();
    for part in parts {
        let one = (&*part.indexes, part.tokens?);
        if !counted.contains(&one) {
            counted.push(one);
        }
    }
    let total = counted.iter().map(|(indexes, _)| indexes.len()).sum();
    Some((total, counted.iter().fold([0; 2], |all, &(_, tokens)| sum_of_tokens(all, tokens))))
}
