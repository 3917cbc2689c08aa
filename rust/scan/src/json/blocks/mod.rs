//! Sixty-four bytes at a time: where in them the bytes stand that tell something.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod classes;
mod narrow;
#[cfg(target_arch = "x86_64")]
mod pack;

use narrow::Narrow;

/// The bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// A bit for each byte of a block that is one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    /// Control characters, and what may be a mark, see
    /// [`MARKS`](slm_mux_core::extract::ending::MARKS); quotes are apart.
    pub(super) telling: u64,
    /// What a line may start with that opens a question, and perhaps more; no control characters.
    pub(super) opens: u64,
}

/// The same of letters that are asked for where they stand in escapes, or before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Letters {
    /// What escapes are written with that tell nothing, line feeds apart: `b`, `f`, `r` and `t`.
    pub(super) simple: u64,
    /// `r` and `R`, at the end of names.
    pub(super) r: u64,
}

/// A way to look at blocks.
pub(super) trait Lanes: Copy {
    fn masks(self, block: &[u8; BLOCK]) -> Masks;

    fn letters(self, block: &[u8; BLOCK]) -> Letters;

    /// The bytes that are this one.
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64;

    /// Writes those bytes of the block at the start of `bytes` that are to be kept, one behind
    /// the other, a line feed for each that is one of `feeds`; gives how many they are. What is
    /// written behind them is of no account.
    #[inline(always)]
    fn keep(self, bytes: &[u8], keep: u64, feeds: u64, room: &mut [u8; ROOM]) -> usize {
        narrow::keep(bytes, keep, feeds, room)
    }
}

/// What room is written to for a block.
pub(super) const ROOM: usize = 2 * BLOCK;

/// The block at the start of `bytes`, with zeros behind where there are fewer.
#[inline(always)]
pub(super) fn block(bytes: &[u8]) -> [u8; BLOCK] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [0; BLOCK];
        block[..bytes.len()].copy_from_slice(bytes);
        block
    })
}

/// The widest lanes that this CPU has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cpu {
    #[cfg(target_arch = "x86_64")]
    wide: Option<avx512::Wide>,
    #[cfg(target_arch = "x86_64")]
    v3: Option<pulp::x86::V3>,
}

impl Default for Cpu {
    fn default() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            wide: avx512::Wide::try_new(),
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
    /// This CPU, and others that have less.
    #[cfg(test)]
    pub(super) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        return vec![
            Self::default(),
            Self { wide: None, ..Self::default() },
            Self { wide: None, v3: None },
        ];
        #[cfg(not(target_arch = "x86_64"))]
        vec![Self::default()]
    }

    #[inline(always)]
    pub(super) fn run<W: WithLanes>(self, task: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = self.wide {
            return wide.vectorize(
                #[inline(always)]
                || task.run(wide),
            );
        }
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

/// The bits before a place.
#[inline(always)]
pub(super) fn below(place: usize) -> u64 {
    (1 << place) - 1
}

/// The places of the bits that are set.
#[inline(always)]
pub(super) fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(
        #[inline(always)]
        move || {
            let place = bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
            (place < BLOCK).then_some(place)
        },
    )
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
mod tests;
