//! Lanes of 16 bytes, which every CPU has.

use wide::u8x16;

use super::{BLOCK, Lanes, Letters, Masks, ROOM, below, places};

#[derive(Clone, Copy, Debug)]
pub(super) struct Narrow;

const LANES: usize = 16;

/// A bit for each byte that is one of these, or that is at most `most`.
#[inline(always)]
fn bits<const N: usize>(block: &[u8; BLOCK], these: [u8; N], most: Option<u8>) -> u64 {
    let mut all = 0;
    for part in block.as_chunks::<LANES>().0.iter().rev() {
        let lanes = u8x16::new(*part);
        let mut found = u8x16::ZERO;
        if let Some(most) = most {
            found = lanes.min(u8x16::splat(most)).cmp_eq(lanes);
        }
        for byte in these {
            found |= lanes.cmp_eq(u8x16::splat(byte));
        }
        all = all << LANES | u64::from(found.move_mask().cast_unsigned());
    }
    all
}

impl Lanes for Narrow {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        Masks {
            quotes: self.equal(block, b'"'),
            backslashes: self.equal(block, b'\\'),
            telling: bits(block, *b"<K'", Some(0x1f)),
            // There are many: each is looked at.
            opens: u64::MAX,
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; BLOCK]) -> Letters {
        Letters { simple: bits(block, *b"bfrt", None), r: bits(block, *b"rR", None) }
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        bits(block, [byte], None)
    }
}

/// [`Lanes::keep`] for lanes that cannot leave out some of theirs: each run is copied.
#[inline(always)]
pub(super) fn keep(bytes: &[u8], keep: u64, feeds: u64, room: &mut [u8; ROOM]) -> usize {
    let (mut runs, mut len) = (keep, 0);
    while runs != 0 {
        let from = runs.trailing_zeros();
        let run = (runs >> from).trailing_ones() as usize;
        copy(&bytes[from as usize..], run, &mut room[len..]);
        len += run;
        // The carry goes through the run.
        runs &= runs.wrapping_add(1 << from);
    }
    for feed in places(feeds & keep) {
        room[(keep & below(feed)).count_ones() as usize] = b'\n';
    }
    len
}

/// Copies the first bytes, more than those where there are more.
#[inline(always)]
fn copy(bytes: &[u8], len: usize, room: &mut [u8]) {
    match (bytes.first_chunk::<BLOCK>(), room.first_chunk_mut()) {
        (Some(bytes), Some(room)) => *room = *bytes,
        _ => room[..len].copy_from_slice(&bytes[..len]),
    }
}
