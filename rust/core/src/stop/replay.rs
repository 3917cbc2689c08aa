//! Recorded samples asked again, as if they had yet to come: what stopping early would have saved.

use std::ops::AddAssign;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::{Case, Cases, StopError};
use crate::random::Random;
use crate::select::Options;
use crate::table::Table;
use crate::tally::{Sample, Vote};

/// How recorded samples are replayed.
#[derive(Clone, Copy, Debug)]
pub struct Replaying {
    /// Samples per member and problem.
    pub samples: u32,
    /// How many random draws of them, each in a random order.
    pub trials: u32,
    /// At most so many samples in a round; 1: one by one.
    pub most: usize,
    /// What tells the draws.
    pub seed: u64,
}

/// What came of it, summed over trials and problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Decisions made: trials times problems.
    pub decisions: u64,
    /// Those with the key and member of all samples.
    pub equal: u64,
    /// Waits for a reply, one after the other.
    pub rounds: u64,
    /// By place in the pool.
    pub members: Vec<Calls>,
    /// By problem of the table.
    pub problems: Vec<Calls>,
}

/// How much was asked of how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Samples that were asked.
    pub asked: u64,
    /// Samples if all were asked.
    pub all: u64,
    /// Requests where one brings several samples of a member; each bills the prompt.
    pub requests: u64,
    /// Requests if all were asked, one for each member.
    pub all_requests: u64,
}

impl AddAssign for Calls {
    fn add_assign(&mut self, more: Self) {
        self.asked += more.asked;
        self.all += more.all;
        self.requests += more.requests;
        self.all_requests += more.all_requests;
    }
}

/// Draws samples and stops as early as can be; nothing once `going` is false.
pub fn replay(
    table: &Table,
    options: &Options<'_>,
    how: Replaying,
    parallel: bool,
    going: &AtomicBool,
) -> Result<Option<Replayed>, StopError> {
    if how.samples == 0 || how.most == 0 {
        return Err(StopError::Samples);
    }
    let cases = Cases::new(table, options)?;
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    let one = |problem| going.load(Ordering::Relaxed).then(|| on(table, &cases, how, problem));
    let found: Option<Vec<Replayed>> = if parallel {
        problems.into_par_iter().map(one).collect()
    } else {
        problems.map(one).collect()
    };
    Ok(found.map(|found| found.iter().fold(Replayed::default(), with)))
}

/// The sum of all problems so far and one more.
fn with(mut sum: Replayed, problem: &Replayed) -> Replayed {
    sum.decisions += problem.decisions;
    sum.equal += problem.equal;
    sum.rounds += problem.rounds;
    sum.members.resize(problem.members.len(), Calls::default());
    let mut all = Calls::default();
    for (member, &calls) in sum.members.iter_mut().zip(&problem.members) {
        *member += calls;
        all += calls;
    }
    sum.problems.push(all);
    sum
}

/// All trials on one problem.
fn on(table: &Table, cases: &Cases<'_>, how: Replaying, problem: u32) -> Replayed {
    let fresh = cases.on(problem);
    let members = vec![Calls::default(); fresh.size()];
    let mut sum = Replayed { members, ..Replayed::default() };
    for trial in 0..how.trials {
        let drawn = drawn(table, problem, &fresh, how, trial);
        one(fresh.clone(), &drawn, how.most, &mut sum);
    }
    sum
}

fn one(mut case: Case, drawn: &[Vec<Vote>], most: usize, sum: &mut Replayed) {
    for (place, votes) in drawn.iter().enumerate() {
        case.expect(place, (0..).zip(votes).map(|(index, _)| index));
        sum.members[place].all += votes.len() as u64;
        sum.members[place].all_requests += u64::from(!votes.is_empty());
    }
    let mut full = case.clone();
    for (place, votes) in drawn.iter().enumerate() {
        (0..).zip(votes).for_each(|(index, &vote)| full.take(place, index, vote));
    }
    loop {
        let mut round = case.next(most);
        if round.is_empty() {
            break;
        }
        sum.rounds += 1;
        round.sort_unstable();
        for run in round.chunk_by(|a, b| a.0 == b.0) {
            sum.members[run[0].0].requests += 1;
        }
        for (place, index) in round {
            sum.members[place].asked += 1;
            case.take(place, index, drawn[place][index as usize]);
        }
    }
    sum.decisions += 1;
    sum.equal += u64::from(case.decision() == full.decision());
}

/// Up to k of each member's samples at random without replacement (Fisher and Yates).
fn drawn(table: &Table, problem: u32, case: &Case, how: Replaying, trial: u32) -> Vec<Vec<Vote>> {
    let draw = |place| {
        let member = case.member(place);
        let samples = table.cell(problem, member).map_or(&[][..], |cell| table.samples(cell));
        let mut samples: Vec<&Sample> = samples.iter().collect();
        let place = [trial.into(), problem.into(), member.into()];
        let mut random = Random::of(how.seed, &place);
        let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        let taken = how.samples.min(count);
        for at in 0..taken {
            samples.swap(at as usize, (at + random.below(count - at)) as usize);
        }
        samples[..taken as usize].iter().map(|sample| sample.vote).collect()
    };
    (0..case.size()).map(draw).collect()
}
