//! Recorded samples asked again, as if they had yet to come: what stopping early would have saved.

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
    /// Calls if all were asked, by place in the pool.
    pub all: Vec<u64>,
    /// Calls that were asked.
    pub asked: Vec<u64>,
    /// Requests where one brings several samples of a member; each bills the prompt.
    pub requests: Vec<u64>,
    /// Calls asked, by problem of the table.
    pub by_problem: Vec<u64>,
}

/// Draws samples and stops as early as can be.
pub fn replay(table: &Table, options: &Options<'_>, how: Replaying) -> Result<Replayed, StopError> {
    if how.samples == 0 || how.most == 0 {
        return Err(StopError::Samples);
    }
    let cases = Cases::new(table, options)?;
    let problems = u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    let size = cases.0.on(0).len();
    let none = || vec![0; size];
    let mut sum = Replayed { all: none(), asked: none(), requests: none(), ..Replayed::default() };
    for problem in 0..problems {
        let (fresh, mut asked) = (cases.on(problem), 0);
        for trial in 0..how.trials {
            let drawn = drawn(table, problem, &fresh, how, trial);
            asked += one(fresh.clone(), &drawn, how.most, &mut sum);
        }
        sum.by_problem.push(asked);
    }
    Ok(sum)
}

/// One trial on one problem; the calls asked.
fn one(mut case: Case, drawn: &[Vec<Vote>], most: usize, sum: &mut Replayed) -> u64 {
    for (place, votes) in drawn.iter().enumerate() {
        case.expect(place, (0..).zip(votes).map(|(index, _)| index));
        sum.all[place] += votes.len() as u64;
    }
    let mut full = case.clone();
    for (place, votes) in drawn.iter().enumerate() {
        (0..).zip(votes).for_each(|(index, &vote)| come(&mut full, place, index, vote));
    }
    let mut asked = 0;
    loop {
        let round = case.next(most);
        if round.is_empty() {
            break;
        }
        sum.rounds += 1;
        for run in round.chunk_by(|a, b| a.0 == b.0) {
            sum.requests[run[0].0] += 1;
        }
        for (place, index) in round {
            asked += 1;
            sum.asked[place] += 1;
            come(&mut case, place, index, drawn[place][index as usize]);
        }
    }
    sum.decisions += 1;
    sum.equal += u64::from(case.decision() == full.decision());
    asked
}

fn come(case: &mut Case, place: usize, index: u32, vote: Vote) {
    match vote {
        Vote::Key(key) => case.respond(place, index, Some(key)),
        Vote::Unparsed | Vote::Truncated => case.respond(place, index, None),
        Vote::Failed => case.fail(place, index),
    }
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
