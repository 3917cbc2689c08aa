//! Lanes of 32 bytes.

use pulp::x86::V3;
use std::arch::x86_64::__m256i;

use super::classes::{HIGH, LOW, OPENS, R, SIMPLE};
use super::pack::{FEEDS, PLACES};
use super::{BLOCK, Lanes, Letters, Masks, ROOM, block};

/// The bits of both halves of a block.
#[inline(always)]
fn bits<const N: usize>(
    simd: V3,
    block: &[u8; BLOCK],
    are: impl Fn(__m256i) -> [__m256i; N],
) -> [u64; N] {
    let (halves, _) = block.as_chunks::<32>();
    let mut all = [0; N];
    for (at, half) in halves.iter().enumerate() {
        for (all, lanes) in all.iter_mut().zip(are(pulp::cast(*half))) {
            *all |= u64::from(simd.avx2._mm256_movemask_epi8(lanes).cast_unsigned()) << (32 * at);
        }
    }
    all
}

/// The lanes that are this byte.
#[inline(always)]
fn is(simd: V3, lanes: __m256i, byte: u8) -> __m256i {
    simd.avx2._mm256_cmpeq_epi8(lanes, simd.avx._mm256_set1_epi8(byte.cast_signed()))
}

/// What the classes of bytes are, see [`classes`](super::classes).
#[inline(always)]
fn classes(simd: V3, lanes: __m256i) -> __m256i {
    let table = |table: [u8; 16]| simd.avx2._mm256_broadcastsi128_si256(pulp::cast(table));
    let low = simd.avx2._mm256_shuffle_epi8(table(LOW), lanes);
    let nibbles = simd
        .avx2
        ._mm256_and_si256(simd.avx2._mm256_srli_epi16::<4>(lanes), simd.avx._mm256_set1_epi8(0xf));
    simd.avx2._mm256_and_si256(low, simd.avx2._mm256_shuffle_epi8(table(HIGH), nibbles))
}

/// The lanes that are of none of these classes.
#[inline(always)]
fn none(simd: V3, classes: __m256i, these: u8) -> __m256i {
    let these = simd.avx._mm256_set1_epi8(these.cast_signed());
    is(simd, simd.avx2._mm256_and_si256(classes, these), 0)
}

impl Lanes for V3 {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let either = |a, b| self.avx2._mm256_or_si256(a, b);
        let [quotes, backslashes, controls, marks, closed] = bits(self, block, |lanes| {
            let is = |byte| is(self, lanes, byte);
            let low = self.avx2._mm256_min_epu8(lanes, self.avx._mm256_set1_epi8(0x1f));
            let control = self.avx2._mm256_cmpeq_epi8(low, lanes);
            let mark = either(either(is(b'<'), is(b'K')), is(b'\''));
            [is(b'"'), is(b'\\'), control, mark, none(self, classes(self, lanes), OPENS)]
        });
        Masks { quotes, backslashes, controls, marks, opens: !closed }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; BLOCK]) -> Letters {
        let [telling, r] = bits(self, block, |lanes| {
            let classes = classes(self, lanes);
            [none(self, classes, SIMPLE), none(self, classes, R)]
        });
        Letters { simple: !telling, r: !r }
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        let [equal] = bits(self, block, |lanes| [is(self, lanes, byte)]);
        equal
    }
    /// By eight bytes, how each eight are packed looked up.
    #[inline(always)]
    fn keep(self, bytes: &[u8], keep: u64, feeds: u64, room: &mut [u8; ROOM]) -> usize {
        let block = block(bytes);
        if !keep | feeds == 0
            && let Some(place) = room.first_chunk_mut()
        {
            *place = block;
            return BLOCK;
        }
        let (words, _) = block.as_chunks();
        let mut len = 0;
        for ((word, keep), feeds) in words.iter().zip(keep.to_le_bytes()).zip(feeds.to_le_bytes()) {
            let word = u64::from_le_bytes(*word) ^ FEEDS[usize::from(feeds)];
            let places = PLACES[usize::from(keep)];
            let packed =
                self.ssse3._mm_shuffle_epi8(pulp::cast([word, 0]), pulp::cast([places, 0]));
            let [packed, _]: [u64; 2] = pulp::cast(packed);
            if let Some(place) = room[len..].first_chunk_mut() {
                *place = packed.to_le_bytes();
            }
            len += keep.count_ones() as usize;
        }
        len
    }
}
