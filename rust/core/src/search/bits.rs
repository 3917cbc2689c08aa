//! Bit sets over problems: where each member is right, and where it is surely wrong.

use super::request::Request;
use crate::table::Table;
use crate::tally::{Sample, Vote};

/// As many problems as one block holds.
pub(super) const BLOCK: usize = 512;

/// A cache line of problems.
pub(super) type Block = [u64; BLOCK / 64];

/// The bit sets of every member of the pool.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    problems: u32,
    /// Blocks per member.
    blocks: usize,
    /// By member: enough samples are right.
    right: Vec<Block>,
    /// By member: more than one sample, and all gave the same wrong key.
    wrong: Vec<Block>,
}

impl Bits {
    pub(super) fn new(table: &Table, pool: &[u32], request: &Request<'_>) -> Self {
        let problems = u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
        let mut bits = Self::empty(problems, pool.len());
        let mut places = vec![None; table.members().len()];
        for (place, &member) in pool.iter().enumerate() {
            places[member as usize] = Some(place);
        }
        for problem in 0..problems {
            for cell in table.cells(problem) {
                let Some(place) = places[cell.member as usize] else { continue };
                let samples = first(table.samples(cell), request.k);
                bits.set(place, problem, standing(samples, request.robust_level));
            }
        }
        bits
    }

    fn empty(problems: u32, members: usize) -> Self {
        let blocks = (problems as usize).div_ceil(BLOCK);
        let none = vec![Block::default(); blocks * members];
        Self { problems, blocks, right: none.clone(), wrong: none }
    }

    fn set(&mut self, member: usize, problem: u32, (right, wrong): (bool, bool)) {
        let at = member * self.blocks + problem as usize / BLOCK;
        let (word, bit) = (problem as usize % BLOCK / 64, problem % 64);
        self.right[at][word] |= u64::from(right) << bit;
        self.wrong[at][word] |= u64::from(wrong) << bit;
    }

    /// The same members on problems drawn from these, with repetition.
    pub(super) fn drawn(&self, draws: &[u32]) -> Self {
        let problems = u32::try_from(draws.len()).unwrap_or(u32::MAX);
        let mut bits = Self::empty(problems, self.members());
        for member in 0..self.members() {
            let (right, wrong) = (self.right(member), self.wrong(member));
            for (problem, &draw) in (0..problems).zip(draws) {
                bits.set(member, problem, (holds(right, draw), holds(wrong, draw)));
            }
        }
        bits
    }

    fn members(&self) -> usize {
        self.right.len().checked_div(self.blocks).unwrap_or(0)
    }

    pub(super) fn problems(&self) -> u32 {
        self.problems
    }

    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    pub(super) fn right(&self, member: usize) -> &[Block] {
        &self.right[member * self.blocks..][..self.blocks]
    }

    pub(super) fn wrong(&self, member: usize) -> &[Block] {
        &self.wrong[member * self.blocks..][..self.blocks]
    }
}

fn holds(set: &[Block], problem: u32) -> bool {
    let at = problem as usize;
    set[at / BLOCK][at % BLOCK / 64] >> (problem % 64) & 1 == 1
}

/// The samples with an index below `k`.
fn first(samples: &[Sample], k: Option<u32>) -> &[Sample] {
    match k {
        Some(k) => &samples[..samples.partition_point(|sample| sample.index < k)],
        None => samples,
    }
}

/// Whether a member is right on a problem, and whether it is surely wrong. Failed calls are no
/// samples.
fn standing(samples: &[Sample], robust_level: u32) -> (bool, bool) {
    let verdict = |sample: &&Sample| sample.marks.verdict();
    let right = samples.iter().filter(|one| verdict(one) == Some(true)).count();
    let mut drawn = samples.iter().filter(|sample| sample.vote != Vote::Failed);
    let wrong = drawn.next().is_some_and(|head| {
        let mut others = 0_usize;
        let same = drawn.all(|sample| {
            others += 1;
            sample.vote == head.vote && verdict(&sample) == Some(false)
        });
        same && others > 0 && verdict(&head) == Some(false)
    });
    (right >= robust_level as usize, wrong)
}
