//! Draws of problems with replacement, the same in every language.

/// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014): a few lines, so that the reference can draw the same.
#[derive(Clone, Debug)]
pub(super) struct SplitMix64(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl SplitMix64 {
    /// The stream of one replicate.
    pub(super) fn of(seed: u64, replicate: u32) -> Self {
        let mut seeds = Self(seed);
        let first = seeds.next();
        Self(first.wrapping_add(u64::from(replicate).wrapping_mul(0xD134_2543_DE82_EF95)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, by the upper half of a product (Lemire 2019, without rejection:
    /// the bias is below 2⁻³² for 32-bit bounds).
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let product = u128::from(self.next()) * u128::from(bound);
        u32::try_from(product >> 64).unwrap_or(0)
    }

    /// As many numbers below `bound`.
    pub(super) fn draws(mut self, bound: u32) -> Vec<u32> {
        (0..bound).map(|_| self.below(bound)).collect()
    }
}
