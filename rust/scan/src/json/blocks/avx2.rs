//! Lanes of 32 bytes.

use pulp::x86::V3;
use std::arch::x86_64::__m256i;

use super::classes::{HIGH, LOW, OPENS, TELLING};
use super::pack::{FEEDS, PLACES};
use super::{BLOCK, Lanes, Letters, Masks, ROOM, block};

/// Half a block. No closures here: they are inlined as the compiler likes.
#[derive(Clone, Copy)]
struct Half {
    simd: V3,
    lanes: __m256i,
}

impl Half {
    /// Both halves of a block.
    #[inline(always)]
    fn both(simd: V3, block: &[u8; BLOCK]) -> [Self; 2] {
        let [low, high]: [__m256i; 2] = pulp::cast(*block);
        [Self { simd, lanes: low }, Self { simd, lanes: high }]
    }

    /// The lanes that are this byte.
    #[inline(always)]
    fn is(self, byte: u8) -> Self {
        let byte = self.simd.avx._mm256_set1_epi8(byte.cast_signed());
        Self { lanes: self.simd.avx2._mm256_cmpeq_epi8(self.lanes, byte), ..self }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self { lanes: self.simd.avx2._mm256_or_si256(self.lanes, other.lanes), ..self }
    }

    #[inline(always)]
    fn and(self, lanes: __m256i) -> Self {
        Self { lanes: self.simd.avx2._mm256_and_si256(self.lanes, lanes), ..self }
    }

    /// What each lane is in a table, by its lower half; zero where its highest bit is set.
    #[inline(always)]
    fn look_up(self, table: [u8; 16]) -> __m256i {
        let table = self.simd.avx2._mm256_broadcastsi128_si256(pulp::cast(table));
        self.simd.avx2._mm256_shuffle_epi8(table, self.lanes)
    }

    /// What the classes of bytes are, see [`classes`](super::classes).
    #[inline(always)]
    fn classes(self) -> Self {
        let high = Self { lanes: self.simd.avx2._mm256_srli_epi16::<4>(self.lanes), ..self };
        let high = high.and(self.simd.avx._mm256_set1_epi8(0xf)).look_up(HIGH);
        Self { lanes: self.look_up(LOW), ..self }.and(high)
    }

    /// The lanes that are of none of these classes.
    #[inline(always)]
    fn none(self, these: u8) -> Self {
        self.and(self.simd.avx._mm256_set1_epi8(these.cast_signed())).is(0)
    }

    /// The highest bits of the lanes.
    #[inline(always)]
    fn bits(self) -> u64 {
        u64::from(self.simd.avx2._mm256_movemask_epi8(self.lanes).cast_unsigned())
    }
}

#[inline(always)]
fn bits(low: Half, high: Half) -> u64 {
    low.bits() | high.bits() << 32
}

impl Lanes for V3 {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let [low, high] = Half::both(self, block);
        let (low_classes, high_classes) = (low.classes(), high.classes());
        Masks {
            quotes: bits(low.is(b'"'), high.is(b'"')),
            backslashes: bits(low.is(b'\\'), high.is(b'\\')),
            telling: !bits(low_classes.none(TELLING), high_classes.none(TELLING)),
            opens: !bits(low_classes.none(OPENS), high_classes.none(OPENS)),
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; BLOCK]) -> Letters {
        let r = self.equal(block, b'r');
        let [low, high] = Half::both(self, block);
        let low = low.is(b'b').or(low.is(b'f')).or(low.is(b't'));
        let high = high.is(b'b').or(high.is(b'f')).or(high.is(b't'));
        Letters { simple: r | bits(low, high), r: r | self.equal(block, b'R') }
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        let [low, high] = Half::both(self, block);
        bits(low.is(byte), high.is(byte))
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
