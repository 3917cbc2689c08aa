//! Random numbers that are the same on every machine, in any order and on any number of threads.
//!
//! `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014):
//! a counter whose values are mixed, so a stream can be begun at any place without drawing.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Random {
    /// The stream of a seed and of what it is drawn for; streams do not depend on each other.
    pub(crate) fn of(seed: u64, place: &[u64]) -> Self {
        let step = |state: u64, at: &u64| mix(state ^ at.wrapping_add(1).wrapping_mul(STEP));
        Self(place.iter().fold(mix(seed.wrapping_add(STEP)), step))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 to `bound` - 1, each as likely; `bound` is not 0.
    ///
    /// Lemire, "Fast random integer generation in an interval", 2019: what would make some
    /// numbers likelier is drawn anew.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let bound = u64::from(bound);
        loop {
            let wide = (self.bits() >> 32) * bound;
            if wide & HALF >= (HALF + 1 - bound) % bound {
                return u32::try_from(wide >> 32).unwrap_or(0);
            }
        }
    }
}

/// The lower half of 64 bits.
const HALF: u64 = 0xffff_ffff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_published_generator() {
        // The first values of the reference implementation for the state 1234567.
        let mut random = Random(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_below_a_bound_are_equally_likely() {
        let mut random = Random::of(7, &[1, 2]);
        let mut counts = [0_u32; 3];
        for _ in 0..30_000 {
            counts[random.below(3) as usize] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 400), "{counts:?}");
    }

    #[test]
    fn each_place_has_a_stream_of_its_own() {
        let first = |place: &[u64]| Random::of(0, place).bits();
        let firsts = [first(&[0, 0]), first(&[0, 1]), first(&[1, 0]), first(&[0]), first(&[])];
        for (at, one) in firsts.iter().enumerate() {
            assert!(!firsts[..at].contains(one));
        }
    }
}
