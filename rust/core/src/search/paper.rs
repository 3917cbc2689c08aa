//! What: a subset's worth is what it can solve, less what it cannot select.
//! Why: a member that is sure and wrong wins against one that is right, so the union alone
//! overrates a pool.
//! Example: 342 of 500 problems solvable, 8 of them with a member that is sure and wrong:
//! 342/500 − 8/342 = 0.6606.
//! Source: SLM-MUX, arXiv 2510.05077, the search for models to combine.

#![expect(clippy::inline_always, reason = "what is inlined gets the instructions of its caller")]

use std::cmp::Ordering;
use std::ops::Range;

use super::best::Best;
use super::bits::{Bits, Both};
use super::counts::{Counts, or};
use super::offers::{Bar, Offers};
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
}

/// How counts become scores.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighing {
    problems: u32,
    lambda: Lambda,
    over: Over,
}

impl Weighing {
    pub(super) fn score(self, union: u32, contradictions: u32) -> PaperScore {
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

    /// What subsets with a score of at least `floor` meet.
    #[expect(clippy::cast_precision_loss, reason = "there is a margin for it")]
    pub(super) fn bar(self, floor: PaperScore) -> Bar {
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

impl Paper {
    pub(super) fn new(bits: Bits, lambda: Lambda, over: Over) -> Self {
        let weighing = Weighing { problems: bits.problems(), lambda, over };
        Self { bits, weighing }
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

    #[inline(always)]
    fn join(&self, chosen: &Chosen, member: usize, into: &mut Chosen) {
        let row = self.bits.rows(member..member + 1);
        for ((into, chosen), row) in into.iter_mut().zip(chosen).zip(row) {
            into.right = or(&chosen.right, &row.right);
            into.wrong = or(&chosen.wrong, &row.wrong);
        }
    }

    #[inline(always)]
    fn last(
        &self,
        chosen: &Chosen,
        members: Range<usize>,
        rank: u64,
        best: &mut Best<PaperScore>,
        bar: &mut Bar,
    ) {
        let rows = self.bits.rows(members);
        let offers = Offers { weighing: self.weighing, rank, best, bar };
        if let [chosen] = &chosen[..] {
            offers.take(rows.iter().map(|row| Counts::of_block(chosen, row)));
        } else {
            let rows = rows.chunks_exact(chosen.len());
            offers.take(rows.map(|row| Counts::of(chosen, row)));
        }
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
