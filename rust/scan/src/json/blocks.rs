//! Sixty-four bytes at a time: where in them the bytes stand that tell something.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use wide::u8x16;

/// The bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// A bit for each byte of a block that is one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    pub(super) controls: u64,
    /// What may be a mark, see [`MARKS`](slm_mux_core::extract::ending::MARKS); quotes are apart.
    pub(super) marks: u64,
}

/// A way to look at blocks.
pub(super) trait Lanes: Copy {
    fn masks(self, block: &[u8; BLOCK]) -> Masks;
}

/// The widest lanes that this CPU has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cpu {
    #[cfg(target_arch = "x86_64")]
    v3: Option<pulp::x86::V3>,
}

impl Default for Cpu {
    fn default() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            v3: pulp::x86::V3::try_new(),
        }
    }
}

/// Something to do with lanes.
pub(super) trait WithLanes {
    type Output;

    /// All beneath must be inlined, for what is not has the instructions of every CPU only.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

impl Cpu {
    #[inline(always)]
    pub(super) fn run<W: WithLanes>(self, task: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = self.v3 {
            return v3.vectorize(
                #[inline(always)]
                || task.run(v3),
            );
        }
        task.run(Narrow)
    }
}

/// Lanes of 16 bytes, which every CPU has.
#[derive(Clone, Copy, Debug)]
struct Narrow;

const LANES: usize = 16;

impl Lanes for Narrow {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let (parts, _) = block.as_chunks::<LANES>();
        let mut all = Masks::default();
        for (at, part) in parts.iter().enumerate() {
            let lanes = u8x16::new(*part);
            let is = |byte: u8| lanes.cmp_eq(u8x16::splat(byte));
            let bits = |lanes: u8x16| u64::from(lanes.move_mask().cast_unsigned()) << (LANES * at);
            all.quotes |= bits(is(b'"'));
            all.backslashes |= bits(is(b'\\'));
            all.controls |= bits(lanes.min(u8x16::splat(0x1f)).cmp_eq(lanes));
            all.marks |= bits(is(b'<') | is(b'K') | is(b'\''));
        }
        all
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let (halves, _) = block.as_chunks::<32>();
        let mut all = Masks::default();
        for (at, half) in halves.iter().enumerate() {
            let lanes = pulp::cast(*half);
            let is = |byte: u8| {
                self.avx2._mm256_cmpeq_epi8(lanes, self.avx._mm256_set1_epi8(byte.cast_signed()))
            };
            let either = |a, b| self.avx2._mm256_or_si256(a, b);
            let bits = |lanes| {
                u64::from(self.avx2._mm256_movemask_epi8(lanes).cast_unsigned()) << (32 * at)
            };
            let low = self.avx2._mm256_min_epu8(lanes, self.avx._mm256_set1_epi8(0x1f));
            all.quotes |= bits(is(b'"'));
            all.backslashes |= bits(is(b'\\'));
            all.controls |= bits(self.avx2._mm256_cmpeq_epi8(low, lanes));
            all.marks |= bits(either(either(is(b'<'), is(b'K')), is(b'\'')));
        }
        all
    }
}

/// A bit for each byte that a backslash before it takes with it; `carry` is 1 where the last
/// byte of the block before does so with the first, and is set for the next.
///
/// A run of backslashes escapes what follows it where its length is odd. Runs that start at odd
/// places are told from those at even ones by an addition that carries through them (Langdale
/// and Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1.1).
#[inline(always)]
pub(super) fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    // One that is itself escaped starts no run.
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    let odd_starts = backslashes & !EVEN & !follows;
    let (ends, over) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(over);
    (EVEN ^ (ends << 1)) & follows
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Look<'a>(&'a [u8; BLOCK]);

    impl WithLanes for Look<'_> {
        type Output = Masks;

        #[inline(always)]
        fn run<L: Lanes>(self, lanes: L) -> Masks {
            lanes.masks(self.0)
        }
    }

    /// Blocks in which every byte stands somewhere.
    fn blocks() -> impl Iterator<Item = [u8; BLOCK]> {
        let mut state = 7_u64;
        (0..2_000).map(move |round| {
            std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let drawn = (state >> 40).to_le_bytes()[0];
                if round % 2 == 0 {
                    drawn
                } else {
                    b"\\\\\\a\"<K'\x1f\x20"[usize::from(drawn) % 10]
                }
            })
        })
    }

    #[test]
    fn each_byte_has_its_bit_on_every_cpu() {
        for block in blocks() {
            let bits = |is: fn(u8) -> bool| {
                (0..).zip(block).fold(0_u64, |all, (at, byte)| all | u64::from(is(byte)) << at)
            };
            let wanted = Masks {
                quotes: bits(|b| b == b'"'),
                backslashes: bits(|b| b == b'\\'),
                controls: bits(|b| b < 0x20),
                marks: bits(|b| matches!(b, b'<' | b'K' | b'\'')),
            };
            assert_eq!(Narrow.masks(&block), wanted);
            assert_eq!(Cpu::default().run(Look(&block)), wanted);
        }
    }

    #[test]
    fn a_backslash_takes_the_next_byte_across_blocks() {
        let (mut carry, mut taken) = (0, false);
        for block in blocks() {
            let bits = (0..).zip(block).fold(0, |all, (at, b)| all | u64::from(b == b'\\') << at);
            let mut wanted = 0_u64;
            for (at, byte) in block.into_iter().enumerate() {
                wanted |= u64::from(taken) << at;
                taken = !taken && byte == b'\\';
            }
            assert_eq!(escaped(bits, &mut carry), wanted);
            assert_eq!(carry, u64::from(taken));
        }
    }
}
