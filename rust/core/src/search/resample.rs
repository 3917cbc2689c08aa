//! How much hangs on the problems that were drawn: the search again on resampled problems.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::walk::{self, Objective};
use super::{Found, LISTED_RIVALS};
use crate::random::Random;

/// A subset that was the best on resampled problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Its number.
    pub rank: u64,
    /// On how many resamples.
    pub times: u32,
}

/// How the best subset of one size stands when problems are drawn anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resampled {
    /// How often problems were drawn.
    pub times: u32,
    /// How often no other subset was better.
    pub kept: u32,
    /// The subsets that were the best where it was not, the first of equals; the most frequent
    /// first, up to [`LISTED_RIVALS`].
    pub rivals: Vec<Rival>,
}

/// One entry a size: the first of the best subsets against all others, on `times` draws.
pub(super) fn resample<O: Objective>(
    objective: &O,
    found: &[Found<O::Score>],
    times: u32,
    seed: u64,
    parallel: bool,
    going: &AtomicBool,
) -> Option<Vec<Resampled>> {
    let draw = |replicate: u32| -> Option<Vec<Winner>> {
        let (mut random, problems) = (Random::of(seed, &[replicate.into()]), objective.problems());
        let draws: Vec<u32> = (0..problems).map(|_| random.below(problems)).collect();
        let resampled = objective.drawn(&draws);
        found.iter().map(|found| winner(&resampled, found, going)).collect()
    };
    let winners: Option<Vec<_>> = if parallel {
        (0..times).into_par_iter().map(draw).collect()
    } else {
        (0..times).map(draw).collect()
    };
    let winners = winners?;
    Some((0..found.len()).map(|at| count(winners.iter().map(|one| one[at]), times)).collect())
}

/// Who wins on resampled problems.
#[derive(Clone, Copy)]
enum Winner {
    Same,
    Other(u64),
}

/// Whether a subset is better than the first of the best.
fn winner<O: Objective>(
    objective: &O,
    found: &Found<O::Score>,
    going: &AtomicBool,
) -> Option<Winner> {
    let subsets = &found.subsets;
    let best = walk::best(objective, subsets, 0, false, going)?.found(subsets.clone());
    let chosen = found.ties.first()?;
    let score = walk::score(objective, &subsets.members(chosen.rank));
    let better = best.ties.first().filter(|one| Some(one.score) > score);
    Some(better.map_or(Winner::Same, |one| Winner::Other(one.rank)))
}

fn count(winners: impl Iterator<Item = Winner>, times: u32) -> Resampled {
    let (mut kept, mut rivals) = (0, BTreeMap::<u64, u32>::new());
    for winner in winners {
        match winner {
            Winner::Same => kept += 1,
            Winner::Other(rank) => *rivals.entry(rank).or_default() += 1,
        }
    }
    let mut rivals: Vec<Rival> =
        rivals.into_iter().map(|(rank, times)| Rival { rank, times }).collect();
    rivals.sort_by_key(|rival| std::cmp::Reverse(rival.times));
    rivals.truncate(LISTED_RIVALS);
    Resampled { times, kept, rivals }
}
