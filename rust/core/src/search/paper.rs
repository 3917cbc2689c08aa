//! What: a subset's worth is what it can solve, less what it cannot select.
//! Why: a member that is sure and wrong wins against one that is right, so the union alone
//! overrates a pool.
//! Example: 342 of 500 problems solvable, 8 of them with a member that is sure and wrong:
//! 342/500 − 8/342 = 0.6606.
//! Source: SLM-MUX, arXiv 2510.05077, the search for models to combine.

#![expect(clippy::inline_always, reason = "what is inlined gets the features it is dispatched for")]

use std::cmp::Ordering;
use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::Scored;
use super::best::Best;
use super::bits::{Bits, Block, Both};
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

    /// What may have a score of at least `floor`.
    #[expect(clippy::cast_precision_loss, reason = "there is a margin for it")]
    fn bar(self, floor: PaperScore) -> Bar {
        /// Far above what rounding takes away, far below one problem.
        const MARGIN: f64 = 1e-9;
        let (l, d) = (f64::from(self.lambda.numerator), f64::from(self.lambda.denominator));
        let problems = f64::from(self.problems);
        let least = floor.numerator as f64 / f64::from(floor.denominator) / d;
        let least = least - MARGIN * (least.abs() + problems);
        let over = if self.over == Over::All { Some(problems) } else { None };
        Bar { least, weight: l / d * problems, over }
    }
}

/// What a subset needs, if it is to change the best: (U − least)·over ≥ weight·C. In floating
/// point it is quick; what it admits is compared exactly.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// The smallest union without contradictions.
    least: f64,
    /// λ times all problems.
    weight: f64,
    /// What contradictions are a share of; by default the union.
    over: Option<f64>,
}

impl Default for Bar {
    /// Admits everything.
    fn default() -> Self {
        Self { least: f64::MIN, weight: 0.0, over: None }
    }
}

impl Bar {
    #[inline(always)]
    fn admits(self, counts: Counts) -> bool {
        let union = f64::from(counts.union());
        let over = self.over.unwrap_or(union);
        (union - self.least) * over >= self.weight * f64::from(counts.contradictions())
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

/// What the members chosen so far are right on, and surely wrong on.
pub(super) type Chosen = Vec<Both>;

impl Objective for Paper {
    type Score = PaperScore;
    type State = Chosen;
    type Bar = Bar;

    fn nobody(&self) -> Chosen {
        vec![Both::default(); self.bits.blocks()]
    }

    fn join(&self, chosen: &Chosen, member: usize, into: &mut Chosen) {
        let row = self.bits.rows(member..member + 1);
        for ((into, chosen), row) in into.iter_mut().zip(chosen).zip(row) {
            into.right = or(&chosen.right, &row.right);
            into.wrong = or(&chosen.wrong, &row.wrong);
        }
    }

    fn last(
        &self,
        chosen: &Chosen,
        members: Range<usize>,
        rank: u64,
        best: &mut Best<PaperScore>,
        bar: &mut Bar,
    ) {
        self.arch.dispatch(Last { paper: self, chosen, members, rank, best, bar });
    }

    fn problems(&self) -> u32 {
        self.bits.problems()
    }

    fn drawn(&self, draws: &[u32]) -> Self {
        Self { bits: self.bits.drawn(draws), ..self.clone() }
    }

    fn cost(&self) -> u64 {
        self.bits.blocks() as u64
    }
}

/// The last member of a subset, each in turn: where nearly all of the time is spent.
struct Last<'a> {
    paper: &'a Paper,
    chosen: &'a [Both],
    members: Range<usize>,
    rank: u64,
    best: &'a mut Best<PaperScore>,
    bar: &'a mut Bar,
}

impl WithSimd for Last<'_> {
    type Output = ();

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "branches that cannot be foretold take longer"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { paper: Paper { bits, weighing, .. }, chosen, members, rank, best, bar } = self;
        let (mut tied, mut times) = (best.counted(rank).map(Counts::of), 0);
        for (rank, row) in (rank..).zip(bits.rows(members).chunks_exact(chosen.len())) {
            let counts = Counts::with(chosen, row);
            // Without branches: pools may be full of ties, in no order.
            let again = Some(counts) == tied;
            times += u64::from(again);
            if bar.admits(counts) & !again {
                best.count(std::mem::take(&mut times));
                let score = weighing.score(counts.union(), counts.contradictions());
                if best.offer(Scored { rank, score }) {
                    *bar = best.floor().map_or_else(Bar::default, |floor| weighing.bar(floor));
                    tied = best.counted(rank).map(Counts::of);
                }
            }
        }
        best.count(times);
    }
}

/// Problems that someone is right on, and, times 2³², those of them that someone is surely wrong
/// on: what is counted together is added up together.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counts(u64);

impl Counts {
    fn of(score: PaperScore) -> Self {
        Self(u64::from(score.union) | u64::from(score.contradictions) << 32)
    }

    /// Of the members chosen so far and one more.
    #[inline(always)]
    fn with(chosen: &[Both], row: &[Both]) -> Self {
        let mut sum = 0_u64;
        for (chosen, row) in chosen.iter().zip(row) {
            let solved = or(&chosen.right, &row.right);
            let wrong = or(&chosen.wrong, &row.wrong);
            for (solved, wrong) in solved.0.iter().zip(wrong.0) {
                let contradicted = (solved & wrong).count_ones();
                let counts = u64::from(solved.count_ones()) | u64::from(contradicted) << 32;
                // Checked sums are not added up several at a time.
                sum = sum.wrapping_add(counts);
            }
        }
        Self(sum)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    #[inline(always)]
    fn union(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    fn contradictions(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

#[inline(always)]
fn or(a: &Block, b: &Block) -> Block {
    Block(std::array::from_fn(|at| a.0[at] | b.0[at]))
}
