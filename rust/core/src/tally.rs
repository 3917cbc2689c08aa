//! The votes of one member on one problem.
//!
//! A tally is a set of samples, each under its index, so merging is set union: overlapping
//! logs count once, whatever the order in which they are read.

use std::cmp::Ordering;

use crate::table::Names;

/// What one sample says. Keys are ids of the table's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// A vote for a key.
    Key(u32),
    /// A response without a readable answer: counted, never wins.
    Unparsed,
    /// A response that was cut off: counted, never wins.
    Truncated,
    /// No response: not counted.
    Failed,
}

impl Vote {
    /// Which of two reports on the same index stands: a key, the smallest first, before
    /// a response without one, before a failure.
    fn precedence(self, other: Self, keys: &Names) -> Ordering {
        match (self, other) {
            (Self::Key(a), Self::Key(b)) => keys.text(a).cmp(keys.text(b)),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Key(_) => 0,
            Self::Unparsed => 1,
            Self::Truncated => 2,
            Self::Failed => 3,
        }
    }
}

/// The verdicts given on a sample, as a set: merging is its union, and a sample that was
/// called both right and wrong is undecided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    const CORRECT: u8 = 1;
    const INCORRECT: u8 = 2;

    /// One verdict, or none yet.
    pub fn of(correct: Option<bool>) -> Self {
        Self(match correct {
            Some(true) => Self::CORRECT,
            Some(false) => Self::INCORRECT,
            None => 0,
        })
    }

    /// What the verdicts agree on.
    pub fn verdict(self) -> Option<bool> {
        match self.0 {
            Self::CORRECT => Some(true),
            Self::INCORRECT => Some(false),
            _ => None,
        }
    }

    fn contradict(self) -> bool {
        self.0 == Self::CORRECT | Self::INCORRECT
    }
}

/// One sample of a member on a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its number, from 0.
    pub index: u32,
    /// What it says.
    pub vote: Vote,
    /// Whether its answer is right; empty where there is no key.
    pub marks: Marks,
}

impl Sample {
    /// The sample that two reports on one index stand for, and whether they contradict
    /// each other. Commutative, associative and idempotent.
    pub(crate) fn join(self, other: Self, keys: &Names) -> (Self, bool) {
        let both_responses = self.vote != Vote::Failed && other.vote != Vote::Failed;
        match self.vote.precedence(other.vote, keys) {
            Ordering::Less => (self, both_responses),
            Ordering::Greater => (other, both_responses),
            Ordering::Equal => {
                let marks = Marks(self.marks.0 | other.marks.0);
                (Self { marks, ..self }, marks.contradict())
            }
        }
    }
}

/// The samples that gave one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The key's id.
    pub key: u32,
    /// How many samples gave it.
    pub count: u32,
    /// The smallest index among them: the exemplar.
    pub first: u32,
    /// The verdict on the exemplar.
    pub correct: Option<bool>,
}

impl Group {
    /// The most votes first, then the key seen first.
    fn standing(&self) -> (std::cmp::Reverse<u32>, u32) {
        (std::cmp::Reverse(self.count), self.first)
    }
}

/// The keys of `samples`, which are sorted by index, with their votes, by key id. `scratch`
/// saves the allocation.
pub(crate) fn groups(
    samples: &[Sample],
    scratch: &mut Vec<(u32, u32)>,
) -> impl Iterator<Item = Group> {
    scratch.clear();
    scratch.extend(samples.iter().filter_map(|sample| match sample.vote {
        Vote::Key(key) => Some((key, sample.index)),
        _ => None,
    }));
    scratch.sort_unstable();
    scratch.chunk_by(|a, b| a.0 == b.0).map(|run| Group {
        key: run[0].0,
        count: u32::try_from(run.len()).unwrap_or(u32::MAX),
        first: run[0].1,
        correct: verdict_at(samples, run[0].1),
    })
}

/// The groups, most votes first, then the one seen first.
pub fn ranking(groups: &[Group]) -> Vec<Group> {
    let mut ranked = groups.to_vec();
    ranked.sort_unstable_by_key(Group::standing);
    ranked
}

/// The verdict on the sample with this index.
fn verdict_at(samples: &[Sample], index: u32) -> Option<bool> {
    let at = samples.binary_search_by_key(&index, |sample| sample.index).ok()?;
    samples[at].marks.verdict()
}

/// Whether samples without a key are in the denominator of the confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abstain {
    /// They are (the paper's rule).
    #[default]
    Count,
    /// They are not.
    Drop,
}

/// How the samples of a member on a problem fell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Samples with a key.
    pub votes: u32,
    /// Responses without a readable answer.
    pub unparsed: u32,
    /// Responses that were cut off.
    pub truncated: u32,
    /// Calls without a response.
    pub failed: u32,
    /// The key with the most votes, ties to the one seen first.
    pub top: Option<Group>,
    /// The smallest index of all samples, failed ones included.
    pub first: Option<u32>,
}

impl Tally {
    /// Counts `samples`, whose keys fell into `groups`.
    pub(crate) fn of(samples: &[Sample], groups: &[Group]) -> Self {
        let first = samples.first().map(|sample| sample.index);
        let mut tally = Self { top: Self::top(groups), first, ..Self::default() };
        for sample in samples {
            *match sample.vote {
                Vote::Key(_) => &mut tally.votes,
                Vote::Unparsed => &mut tally.unparsed,
                Vote::Truncated => &mut tally.truncated,
                Vote::Failed => &mut tally.failed,
            } += 1;
        }
        tally
    }

    pub(crate) fn top(groups: &[Group]) -> Option<Group> {
        groups.iter().copied().min_by_key(Group::standing)
    }

    /// The responses.
    pub fn responses(&self) -> u64 {
        u64::from(self.votes) + u64::from(self.unparsed) + u64::from(self.truncated)
    }

    /// The denominator of the confidence.
    pub fn size(&self, abstain: Abstain) -> u64 {
        match abstain {
            Abstain::Count => self.responses(),
            Abstain::Drop => u64::from(self.votes),
        }
    }

    /// How the member stands on the problem when its top key is its answer.
    pub fn outcome(&self) -> Outcome {
        self.top.map_or_else(|| Outcome::unanswered([self]), |top| Outcome::of(top.correct))
    }
}

/// Where an answer, or the lack of one, is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is right.
    Correct,
    /// The answer is wrong.
    Incorrect,
    /// Nobody could tell.
    Undecided,
    /// There are responses, or nothing was asked, but no answer.
    NoAnswer,
    /// Every response was cut off.
    Truncated,
    /// Every call failed.
    Failed,
}

impl Outcome {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 6] =
        ["correct", "incorrect", "undecided", "no_answer", "truncated", "failed"];

    /// The name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The outcome of an answer.
    pub fn of(correct: Option<bool>) -> Self {
        match correct {
            Some(true) => Self::Correct,
            Some(false) => Self::Incorrect,
            None => Self::Undecided,
        }
    }

    /// Why these members have no answer between them.
    pub(crate) fn unanswered<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Self {
        let (mut responses, mut truncated, mut failed) = (0, 0, 0);
        for tally in tallies {
            responses += tally.responses();
            truncated += u64::from(tally.truncated);
            failed += u64::from(tally.failed);
        }
        match (responses, failed) {
            (0, 0) => Self::NoAnswer,
            (0, _) => Self::Failed,
            _ if responses == truncated => Self::Truncated,
            _ => Self::NoAnswer,
        }
    }
}

/// How many came out how, in the order of [`Outcome::NAMES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(pub [u64; 6]);

impl Outcomes {
    /// Counts `times` more of one outcome.
    pub fn add(&mut self, outcome: Outcome, times: u64) {
        self.0[outcome as usize] += times;
    }

    /// Counts all that the other counted.
    pub fn append(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }
}
