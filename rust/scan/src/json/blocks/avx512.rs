//! Lanes of 64 bytes: a block at once.

use std::arch::x86_64::__m512i;

use super::classes::{HIGH, LOW, OPENS, TELLING};
use super::{BLOCK, Lanes, Letters, Masks, ROOM, block};

pulp::simd_type! {
    /// What CPUs have since 2017 (Intel) and 2022 (AMD).
    pub(super) struct Wide {
        popcnt: "popcnt",
        bmi1: "bmi1",
        bmi2: "bmi2",
        lzcnt: "lzcnt",
        avx2: "avx2",
        avx512f: "avx512f",
        avx512bw: "avx512bw",
        avx512vl: "avx512vl",
    }
}

/// All lanes this byte.
#[inline(always)]
fn all(simd: Wide, byte: u8) -> __m512i {
    simd.avx512f._mm512_set1_epi8(byte.cast_signed())
}

/// What each lane is in a table, by its lower half; zero where its highest bit is set.
#[inline(always)]
fn look_up(simd: Wide, table: [u8; 16], lanes: __m512i) -> __m512i {
    let table = simd.avx512f._mm512_broadcast_i32x4(pulp::cast(table));
    simd.avx512bw._mm512_shuffle_epi8(table, lanes)
}

/// What the classes of bytes are, see [`classes`](super::classes).
#[inline(always)]
fn classes(simd: Wide, lanes: __m512i) -> __m512i {
    let low = look_up(simd, LOW, lanes);
    let nibbles = simd.avx512bw._mm512_srli_epi16::<4>(lanes);
    let nibbles = simd.avx512f._mm512_and_si512(nibbles, all(simd, 0xf));
    simd.avx512f._mm512_and_si512(low, look_up(simd, HIGH, nibbles))
}

/// The lanes that are this byte.
#[inline(always)]
fn is(simd: Wide, lanes: __m512i, byte: u8) -> u64 {
    simd.avx512bw._mm512_cmpeq_epi8_mask(lanes, all(simd, byte))
}

/// The lanes that are of one of these classes.
#[inline(always)]
fn any(simd: Wide, classes: __m512i, these: u8) -> u64 {
    simd.avx512bw._mm512_test_epi8_mask(classes, all(simd, these))
}

impl Lanes for Wide {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let lanes = pulp::cast(*block);
        let classes = classes(self, lanes);
        Masks {
            quotes: is(self, lanes, b'"'),
            backslashes: is(self, lanes, b'\\'),
            telling: any(self, classes, TELLING),
            opens: any(self, classes, OPENS),
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; BLOCK]) -> Letters {
        let r = self.equal(block, b'r');
        let others = self.equal(block, b'b') | self.equal(block, b'f') | self.equal(block, b't');
        Letters { simple: r | others, r: r | self.equal(block, b'R') }
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        is(self, pulp::cast(*block), byte)
    }

    /// By sixteen bytes, each widened to a word: what leaves out bytes is a later extension, and
    /// no safe function yet.
    #[inline(always)]
    fn keep(self, bytes: &[u8], keep: u64, feeds: u64, room: &mut [u8; ROOM]) -> usize {
        let block = pulp::cast(block(bytes));
        let said = self.avx512bw._mm512_mask_mov_epi8(block, feeds, all(self, b'\n'));
        let said: [u8; BLOCK] = pulp::cast(said);
        let (parts, _) = said.as_chunks::<16>();
        let mut len = 0;
        for (at, part) in parts.iter().enumerate() {
            let [low, high, ..] = (keep >> (16 * at)).to_le_bytes();
            let keep = u16::from_le_bytes([low, high]);
            let words = self.avx512f._mm512_cvtepu8_epi32(pulp::cast(*part));
            let words = self.avx512f._mm512_maskz_compress_epi32(keep, words);
            let place = room[len..].first_chunk_mut();
            if let Some(place) = place {
                *place = pulp::cast::<_, [u8; 16]>(self.avx512f._mm512_cvtepi32_epi8(words));
            }
            len += keep.count_ones() as usize;
        }
        len
    }
}
