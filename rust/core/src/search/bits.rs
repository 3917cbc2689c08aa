//! Bit sets over problems: where each member is right, and where it is surely wrong.

use std::ops::Range;

use super::request::Request;
use crate::table::Table;
use crate::tally::{Sample, Vote};

/// As many problems as one block holds.
pub(super) const BLOCK: usize = 512;

/// A cache line of problems.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Block(pub(super) [u64; BLOCK / 64]);

/// Where someone is right on a block of problems, and where someone is surely wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Both {
    /// Enough samples are right.
    pub(super) right: Block,
    /// More than one sample, and all gave the same wrong key.
    pub(super) wrong: Block,
}

/// The bit sets of every member of the pool.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    problems: u32,
    /// Blocks per member, at least one.
    blocks: usize,
    /// By member.
    rows: Vec<Both>,
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
        let blocks = (problems as usize).div_ceil(BLOCK).max(1);
        Self { problems, blocks, rows: vec![Both::default(); blocks * members] }
    }

    fn set(&mut self, member: usize, problem: u32, (right, wrong): (bool, bool)) {
        let both = &mut self.rows[member * self.blocks + problem as usize / BLOCK];
        let (word, bit) = (problem as usize % BLOCK / 64, problem % 64);
        both.right.0[word] |= u64::from(right) << bit;
        both.wrong.0[word] |= u64::from(wrong) << bit;
    }

    /// The same members on problems drawn from these, with repetition.
    pub(super) fn drawn(&self, draws: &[u32]) -> Self {
        let problems = u32::try_from(draws.len()).unwrap_or(u32::MAX);
        let mut bits = Self::empty(problems, self.members());
        for member in 0..self.members() {
            let row = self.rows(member..member + 1);
            for (problem, &draw) in (0..problems).zip(draws) {
                bits.set(member, problem, standing_on(row, draw));
            }
        }
        bits
    }

    fn members(&self) -> usize {
        self.rows.len() / self.blocks
    }

    pub(super) fn problems(&self) -> u32 {
        self.problems
    }

    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// The blocks of some members, one member after the other.
    pub(super) fn rows(&self, members: Range<usize>) -> &[Both] {
        &self.rows[members.start * self.blocks..members.end * self.blocks]
    }
}

fn standing_on(row: &[Both], problem: u32) -> (bool, bool) {
    let (both, word) = (&row[problem as usize / BLOCK], problem as usize % BLOCK / 64);
    let holds = |set: &Block| set.0[word] >> (problem % 64) & 1 == 1;
    (holds(&both.right), holds(&both.wrong))
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
