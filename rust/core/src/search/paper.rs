//! What: a subset's worth is what it can solve, less what it cannot select.
//! Why: a member that is sure and wrong wins against one that is right, so the union alone
//! overrates a pool.
//! Example: 342 of 500 problems solvable, 8 of them with a member that is sure and wrong:
//! 342/500 − 8/342 = 0.6606.
//! Source: SLM-MUX, arXiv 2510.05077, the search for models to combine.

#![expect(clippy::inline_always, reason = "what is inlined gets the features it is dispatched for")]

use std::cmp::Ordering;

use pulp::{Arch, Simd, WithSimd};

use super::Scored;
use super::best::Best;
use super::bits::{Bits, Block};
use super::request::{Over, SearchError};
use super::walk::Objective;

/// The weight of contradictions, an exact fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lambda {
    numerator: u32,
    denominator: u32,
}

impl Lambda {
    /// With both parts up to this, scores of 2³² problems are compared in 128 bits.
    const MOST: u64 = 100_000_000;

    /// A reduced fraction.
    pub fn new(numerator: u64, denominator: u64) -> Result<Self, SearchError> {
        let part = |part: u64| {
            let bounded = Some(part).filter(|&part| part <= Self::MOST);
            bounded.and_then(|part| u32::try_from(part).ok()).ok_or(SearchError::Lambda)
        };
        let (numerator, denominator) = (part(numerator)?, part(denominator)?);
        if denominator == 0 {
            Err(SearchError::Lambda)
        } else {
            Ok(Self { numerator, denominator })
        }
    }
}

/// The score of a subset by this objective, exact; compared as fractions.
#[derive(Clone, Copy, Debug)]
pub struct PaperScore {
    /// The problems that some member is right on.
    pub union: u32,
    /// Those of them that some member is surely wrong on.
    pub contradictions: u32,
    /// The score, times problems and denominator of λ.
    numerator: i128,
    denominator: u32,
}

impl Ord for PaperScore {
    fn cmp(&self, other: &Self) -> Ordering {
        // At most 2¹²³: numerators are below 2⁹¹, denominators below 2³².
        let cross = |a: &Self, b: &Self| a.numerator * i128::from(b.denominator);
        cross(self, other).cmp(&cross(other, self))
    }
}

impl PartialOrd for PaperScore {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PaperScore {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PaperScore {}

/// The objective on the bit sets of a pool.
#[derive(Clone, Debug)]
pub struct Paper {
    bits: Bits,
    weighing: Weighing,
    arch: Arch,
}

/// How counts become scores.
#[derive(Clone, Copy, Debug)]
struct Weighing {
    problems: u32,
    lambda: Lambda,
    over: Over,
}

impl Weighing {
    fn score(self, union: u32, contradictions: u32) -> PaperScore {
        let (u, c) = (i128::from(union), i128::from(contradictions));
        let (l, d) = (i128::from(self.lambda.numerator), i128::from(self.lambda.denominator));
        let (numerator, denominator) = match self.over {
            // U/P − (l/d)·C/U, times P·d; nothing solvable, nothing contradicted.
            Over::Union => (u * u * d - l * c * i128::from(self.problems), union.max(1)),
            // U/P − (l/d)·C/P, times P·d.
            Over::All => (u * d - l * c, 1),
        };
        PaperScore { union, contradictions, numerator, denominator }
    }

    /// The smallest union whose score can reach `floor`: contradictions only lower it.
    fn smallest_union(self, floor: PaperScore) -> u32 {
        let by = i128::from(floor.denominator) * i128::from(self.lambda.denominator);
        u32::try_from((floor.numerator.max(0) + by - 1) / by).unwrap_or(u32::MAX)
    }
}

impl Paper {
    pub(super) fn new(bits: Bits, lambda: Lambda, over: Over) -> Self {
        let weighing = Weighing { problems: bits.problems(), lambda, over };
        Self { bits, weighing, arch: Arch::new() }
    }

    /// The exact score as a fraction.
    pub(super) fn fraction(&self, score: &PaperScore) -> (i128, i128) {
        let scale = i128::from(self.weighing.problems.max(1));
        let scale = scale * i128::from(self.weighing.lambda.denominator);
        (score.numerator, scale * i128::from(score.denominator))
    }
}

/// What the members chosen so far are right on, and surely wrong on, block by block.
pub(super) type Chosen = Vec<(Block, Block)>;

impl Objective for Paper {
    type Score = PaperScore;
    type State = Chosen;

    fn nobody(&self) -> Chosen {
        vec![Default::default(); self.bits.blocks()]
    }

    fn join(&self, chosen: &Chosen, member: usize, into: &mut Chosen) {
        let rows = self.bits.right(member).iter().zip(self.bits.wrong(member));
        for ((into, chosen), (right, wrong)) in into.iter_mut().zip(chosen).zip(rows) {
            *into = (or(&chosen.0, right), or(&chosen.1, wrong));
        }
    }

    fn last(
        &self,
        chosen: &Chosen,
        members: std::ops::Range<usize>,
        rank: u64,
        best: &mut Best<PaperScore>,
    ) {
        self.arch.dispatch(Last { paper: self, chosen, members, rank, best });
    }

    fn problems(&self) -> u32 {
        self.bits.problems()
    }

    fn drawn(&self, draws: &[u32]) -> Self {
        Self { bits: self.bits.drawn(draws), ..self.clone() }
    }

    fn cost(&self) -> u64 {
        (self.bits.blocks() as u64).max(1)
    }
}

/// The last member of a subset, each in turn: where nearly all of the time is spent.
struct Last<'a> {
    paper: &'a Paper,
    chosen: &'a [(Block, Block)],
    members: std::ops::Range<usize>,
    rank: u64,
    best: &'a mut Best<PaperScore>,
}

impl WithSimd for Last<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { paper: Paper { bits, weighing, .. }, chosen, members, rank, best } = self;
        let smallest =
            |best: &Best<_>| best.floor().map_or(0, |floor| weighing.smallest_union(floor));
        let mut least = smallest(best);
        for (rank, member) in (rank..).zip(members) {
            let right = bits.right(member);
            let union = solved(chosen, right);
            if union < least {
                continue;
            }
            let contradictions = contradicted(chosen, right, bits.wrong(member));
            if best.offer(Scored { rank, score: weighing.score(union, contradictions) }) {
                least = smallest(best);
            }
        }
    }
}

#[inline(always)]
fn or(a: &Block, b: &Block) -> Block {
    std::array::from_fn(|at| a[at] | b[at])
}

/// Problems that someone is right on.
#[inline(always)]
fn solved(chosen: &[(Block, Block)], right: &[Block]) -> u32 {
    chosen.iter().zip(right).map(|(chosen, right)| ones(&or(&chosen.0, right))).sum()
}

/// Those of them that someone is surely wrong on.
#[inline(always)]
fn contradicted(chosen: &[(Block, Block)], right: &[Block], wrong: &[Block]) -> u32 {
    let both = |((chosen, right), wrong): ((&(Block, Block), &Block), &Block)| {
        let (solved, wrong) = (or(&chosen.0, right), or(&chosen.1, wrong));
        ones(&std::array::from_fn(|at| solved[at] & wrong[at]))
    };
    chosen.iter().zip(right).zip(wrong).map(both).sum()
}

#[inline(always)]
fn ones(block: &Block) -> u32 {
    block.iter().map(|word| word.count_ones()).sum()
}
