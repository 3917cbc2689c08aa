//! What: the accuracy of any rule at k samples, by trying it on many random draws.
//! Why: rules that pool votes have no closed form that is cheaper.
//! Error: draws of different cells are independent, so the standard error of the mean over
//! problems is the root of the sum of their variances, divided by their number.

use super::{ExpectError, MOST_SAMPLES, each};
use crate::random::Random;
use crate::select::{Options, SelectError, pool, select};
use crate::table::Table;
use crate::tally::Outcome;

/// How often each problem came out how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resampled {
    /// By problem: how often the answer was right.
    pub correct: Vec<u32>,
    /// How often nobody could grade it.
    pub undecided: Vec<u32>,
    /// How often there was none.
    pub unanswered: Vec<u32>,
    /// How many draws there were.
    pub draws: u32,
}

impl Resampled {
    fn new(problems: usize) -> Self {
        let none = vec![0; problems];
        Self { correct: none.clone(), undecided: none.clone(), unanswered: none, draws: 0 }
    }

    fn count(&mut self, at: usize, outcome: Outcome) {
        match outcome {
            Outcome::Correct => self.correct[at] += 1,
            Outcome::Incorrect => {}
            Outcome::Undecided => self.undecided[at] += 1,
            Outcome::NoAnswer | Outcome::Truncated | Outcome::Failed => self.unanswered[at] += 1,
        }
    }

    fn join(mut self, other: &Self) -> Self {
        for (sums, counts) in [
            (&mut self.correct, &other.correct),
            (&mut self.undecided, &other.undecided),
            (&mut self.unanswered, &other.unanswered),
        ] {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.draws += other.draws;
        self
    }

    /// Counts as shares of the draws.
    pub fn shares(&self, counts: &[u32]) -> Vec<f64> {
        counts.iter().map(|&count| f64::from(count) / f64::from(self.draws)).collect()
    }

    /// The standard error of the accuracy, from the variance between draws; nothing of one draw.
    pub fn standard_error(&self) -> Option<f64> {
        let problems = f64::from(u32::try_from(self.correct.len()).ok().filter(|&n| n > 0)?);
        let draws = f64::from(self.draws);
        let shares = self.shares(&self.correct);
        let spread: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
        (self.draws > 1).then(|| (spread / (draws - 1.0)).sqrt() / problems)
    }
}

/// The outcomes of `draws` draws of `k` samples a member, all of them told by `seed`.
///
/// The draws of one seed are the same for every rule, pool and k (see [`Table::draw`]), so
/// differences between rules are steadier than the rules.
pub fn resample(
    table: &Table,
    options: &Options<'_>,
    k: u32,
    draws: u32,
    seed: u64,
) -> Result<Resampled, ExpectError> {
    if !(1..=MOST_SAMPLES).contains(&k) {
        return Err(ExpectError::Samples(k));
    }
    if draws == 0 {
        return Err(ExpectError::Draws);
    }
    let members = pool(table, options.order.as_deref())?;
    let problems = table.problems().len();
    let units = (draws as usize).saturating_mul(problems * members.len());
    let parts = each(draws as usize, units, |numbers| {
        let mut part = Resampled::new(problems);
        let made: Result<(), SelectError> = numbers.iter().try_for_each(|&number| {
            let stream = Random::of(seed, &[number.into()]).bits();
            part.draws += 1;
            let decisions = select(&table.draw(&members, k, stream), options)?;
            (0..).zip(decisions).for_each(|(at, decision)| part.count(at, decision.outcome));
            Ok(())
        });
        vec![made.map(|()| part)]
    });
    parts.into_iter().try_fold(Resampled::new(problems), |sum, part| Ok(sum.join(&part?)))
}
