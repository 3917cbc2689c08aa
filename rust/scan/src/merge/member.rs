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
pub(super) struct Label<'a> {
    pub(super) state: State,
    pub(super) key: Option<Cow<'a, str>>,
    pub(super) verdict: Option<Graded>,
}

impl Label<'_> {
    fn vote(&self) -> (State, Option<&str>) {
        (self.state, self.key.as_deref())
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
    pub(super) label: Label<'a>,
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
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) state: State,
    pub(crate) key: Option<Cow<'a, str>>,
    pub(crate) verdict: Option<Graded>,
    pub(crate) indexes: Indexes,
    pub(crate) exemplar: Option<&'a str>,
    pub(crate) tokens: Option<[u64; 2]>,
}

impl Entry<'_> {
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.indexes.len()).unwrap_or(u32::MAX)
    }

    /// The index of the exemplar.
    pub(crate) fn first(&self) -> u32 {
        self.indexes.first().unwrap_or(0)
    }
}

/// One member on one problem.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) pool_index: Option<u32>,
    pub(crate) api_model: Option<&'a str>,
    pub(crate) params: Option<&'a str>,
    pub(crate) entries: Vec<Entry<'a>>,
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
    mut contributions: Vec<Contribution<'a>>,
    noted: &mut Noted,
) -> Result<Vec<Entry<'a>>, Ambiguous<'a>> {
    let rows: u64 = contributions.iter().map(|one| one.rows).sum();
    let given: usize = contributions.iter().map(|one| one.indexes.len()).sum();
    let distinct = distinct(&contributions, given);
    noted.duplicates += rows.saturating_sub(distinct as u64);
    if distinct < given {
        let Settled { labels, unheard } = settled(&contributions, noted)?;
        // A failed call that was asked again repeats nothing.
        noted.duplicates -= noted.duplicates.min(noted.retried);
        for one in &mut contributions {
            one.indexes.retain(|index| labels.get(index).is_none_or(|label| *label == one.label));
        }
        contributions.extend(unheard);
    }
    Ok(entries(&mut contributions))
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

/// How samples were settled that stand in several contributions.
#[derive(Default)]
struct Settled<'a> {
    labels: BTreeMap<u32, Label<'a>>,
    /// Samples whose label none of them has.
    unheard: Vec<Contribution<'a>>,
}

/// The label of every sample that has several, by the precedence of the answer table: a key
/// before no key before a failure, of two keys the smaller; contradicting verdicts on one key
/// are undecided.
fn settled<'a>(
    contributions: &[Contribution<'a>],
    noted: &mut Noted,
) -> Result<Settled<'a>, Ambiguous<'a>> {
    let mut by_index: BTreeMap<u32, Vec<&Contribution<'a>>> = BTreeMap::new();
    for one in contributions {
        for &index in &one.indexes {
            by_index.entry(index).or_default().push(one);
        }
    }
    let mut settled = Settled::default();
    for (index, given) in by_index.into_iter().filter(|(_, given)| given.len() > 1) {
        let responses: Vec<_> =
            given.iter().filter(|one| one.label.state != State::Failed).collect();
        if let Some(other) = responses.iter().find(|one| one.asked != responses[0].asked) {
            return Err((index, responses[0].asked, other.asked));
        }
        // Once for each sample: how many records its failures stand in is chance.
        noted.retried += u64::from((1..given.len()).contains(&responses.len()));
        let Some(least) = given.iter().min_by_key(|one| one.label.vote()) else { continue };
        let (state, key) = least.label.vote();
        let alike = given.iter().filter(|one| one.label.vote() == (state, key));
        // A sample that was not graded contradicts nothing.
        let verdicts: BTreeSet<_> = alike.filter_map(|one| one.label.verdict).collect();
        let contradict = verdicts.len() > 1;
        let verdict = if contradict { Some(Graded::Undecided) } else { verdicts.first().copied() };
        if contradict || responses.iter().any(|one| one.label.vote() != (state, key)) {
            noted.conflicts.insert(index);
        }
        let label = Label { state, key: least.label.key.clone(), verdict };
        if given.iter().all(|one| one.label != label) {
            settled.unheard.push(unheard(index, &label, &given));
        }
        settled.labels.insert(index, label);
    }
    Ok(settled)
}

/// A verdict that nobody gave: two contradict each other.
fn unheard<'a>(index: u32, label: &Label<'a>, given: &[&Contribution<'a>]) -> Contribution<'a> {
    let alike = given.iter().filter(|one| one.label.key == label.key);
    Contribution {
        label: label.clone(),
        span: alike.filter_map(|one| one.span).min(),
        asked: given[0].asked,
        indexes: vec![index],
        rows: 1,
        tokens: None,
        tallied: true,
    }
}

/// A part of an entry: its samples, and their tokens where these are just theirs.
struct Part<'a> {
    /// Each once; sorted.
    indexes: Vec<u32>,
    tokens: Option<[u64; 2]>,
    first: Option<(u32, &'a str)>,
}

impl<'a> Part<'a> {
    /// What samples of its own label are in `one`, which is empty then.
    fn of(one: &mut Contribution<'a>) -> Self {
        let indexes = std::mem::take(&mut one.indexes);
        let first = indexes.first().copied().zip(one.span);
        Self { indexes, tokens: one.tokens, first }
    }

    /// Nothing where none of its samples counts. Tokens of rows that repeat others, or count
    /// elsewhere, cannot be told from the rest.
    fn of_rows(mut self, count: u64) -> Option<Self> {
        self.tokens = self.tokens.filter(|_| count == self.indexes.len() as u64);
        (!self.indexes.is_empty()).then_some(self)
    }

    /// The same of all parts, whose tokens add up.
    fn of_all(parts: Vec<Self>) -> Option<Self> {
        let tokens = parts.iter().map(|part| part.tokens);
        let tokens = tokens.reduce(|a, b| a.zip(b).map(|(a, b)| sum_of_tokens(a, b))).flatten();
        let first = parts.iter().filter_map(|part| part.first).min();
        (!parts.is_empty()).then(|| Part { indexes: all(parts), tokens, first })
    }
}

/// The samples of all parts.
fn all(mut parts: Vec<Part<'_>>) -> Vec<u32> {
    if parts.len() < 2 {
        return parts.pop().map_or(Vec::new(), |part| part.indexes);
    }
    let indexes: Vec<&[u32]> = parts.iter().map(|part| &*part.indexes).collect();
    sorted_once(indexes.concat())
}

/// Tokens of prompts and of responses.
pub(crate) fn sum_of_tokens([a, b]: [u64; 2], [c, d]: [u64; 2]) -> [u64; 2] {
    [a.saturating_add(c), b.saturating_add(d)]
}

fn entries<'a>(contributions: &mut [Contribution<'a>]) -> Vec<Entry<'a>> {
    let mut sorted: Vec<&mut Contribution<'a>> = contributions.iter_mut().collect();
    sorted.sort_by(|a, b| a.label.cmp(&b.label));
    let alike = sorted.chunk_by_mut(|a, b| a.label == b.label);
    alike.filter_map(|alike| entry(alike)).collect()
}

/// What contributions with one label say together; nothing where none of their samples counts.
fn entry<'a>(alike: &mut [&mut Contribution<'a>]) -> Option<Entry<'a>> {
    let part = match alike {
        [one] => Part::of(one).of_rows(one.rows),
        _ => together(alike),
    }?;
    let label = &mut alike[0].label;
    Some(Entry {
        state: label.state,
        key: label.key.take(),
        verdict: label.verdict,
        exemplar: part.first.map(|(_, span)| span),
        tokens: part.tokens,
        indexes: Indexes::new(part.indexes),
    })
}

/// The rows are taken as one part, as how they were cut up on the way here is chance; with
/// what was tallied before, samples may be of both.
fn together<'a>(alike: &mut [&mut Contribution<'a>]) -> Option<Part<'a>> {
    let (mut parts, mut of_rows, mut count) = (Vec::new(), Vec::new(), 0);
    for one in alike {
        if one.tallied {
            parts.extend(Part::of(one).of_rows(one.rows));
        } else {
            count += one.rows;
            of_rows.push(Part::of(one));
        }
    }
    parts.extend(Part::of_all(of_rows).and_then(|part| part.of_rows(count)));
    let counted = tokens(&parts);
    let mut part = Part::of_all(parts)?;
    // Not known where two parts overlap that are not the same.
    let counted = counted.filter(|(total, _)| *total == part.indexes.len());
    part.tokens = counted.map(|(_, tokens)| tokens);
    Some(part)
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
