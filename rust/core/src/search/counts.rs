//! How many problems a subset solves and how many it contradicts itself on, in some ten
//! instructions where the processor counts the bits of many words at a time.

#![expect(clippy::inline_always, reason = "what is inlined gets the instructions of its caller")]

use super::bits::{Block, Both};

/// Problems that someone is right on, and, times 2³², those of them that someone is surely wrong
/// on: what is counted together is added up together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts(u64);

impl Counts {
    /// What no subset has: more contradictions than problems solved.
    pub(super) const NEVER: Self = Self(1 << 32);

    pub(super) fn new(union: u32, contradictions: u32) -> Self {
        Self(u64::from(union) | u64::from(contradictions) << 32)
    }

    /// Of the members chosen so far and one more.
    #[inline(always)]
    pub(super) fn of(chosen: &[Both], row: &[Both]) -> Self {
        let blocks = chosen.iter().zip(row).map(|(chosen, row)| Self::of_block(chosen, row));
        // Sums that are checked are not added up several at a time.
        blocks.fold(Self(0), |sum, counts| Self(sum.0.wrapping_add(counts.0)))
    }

    /// The same on one block.
    #[inline(always)]
    pub(super) fn of_block(chosen: &Both, row: &Both) -> Self {
        let (solved, wrong) = (or(&chosen.right, &row.right), or(&chosen.wrong, &row.wrong));
        let words = solved.0.iter().zip(wrong.0).map(|(solved, wrong)| {
            u64::from(solved.count_ones()) | u64::from((solved & wrong).count_ones()) << 32
        });
        Self(words.fold(0, u64::wrapping_add))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    #[inline(always)]
    pub(super) fn union(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    pub(super) fn contradictions(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

#[inline(always)]
pub(super) fn or(a: &Block, b: &Block) -> Block {
    Block(std::array::from_fn(|at| a.0[at] | b.0[at]))
}

#[cfg(test)]
mod tests {
    use pulp::NullaryFnOnce;

    use super::*;
    use crate::search::fastest;

    struct Counted<'a>(&'a [Both], &'a [Both]);

    impl NullaryFnOnce for Counted<'_> {
        type Output = (u32, u32);

        #[inline(always)]
        fn call(self) -> (u32, u32) {
            let counts = Counts::of(self.0, self.1);
            (counts.union(), counts.contradictions())
        }
    }

    fn both(right: u64, wrong: u64) -> Both {
        let words = |mut word: u64| {
            Block(std::array::from_fn(|_| {
                word = word.rotate_left(7);
                word
            }))
        };
        Both { right: words(right), wrong: words(wrong) }
    }

    #[test]
    fn every_processor_counts_the_same() {
        let chosen = [both(0x0F0F, 0xF000), both(!0, 0), both(0, !0)];
        let row = [both(0xF0, 0x000F), both(!0, 1), both(0, !0)];
        let want = (8 * 12 + 8 * 64, 8 * 4 + 8);
        assert_eq!(Counted(&chosen, &row).call(), want);
        assert_eq!(fastest::call(Counted(&chosen, &row)), want);
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = pulp::x86::V3::try_new() {
            assert_eq!(wide.vectorize(Counted(&chosen, &row)), want);
        }
    }
}
