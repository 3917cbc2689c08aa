//! Lanes of 16 bytes, which every CPU has.

use wide::u8x16;

use super::{BLOCK, Lanes, Letters, Masks, ROOM, below, places};

#[derive(Clone, Copy, Debug)]
pub(super) struct Narrow;

const LANES: usize = 16;

/// A bit for each byte for which this holds.
#[inline(always)]
fn bits(block: &[u8; BLOCK], is: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = block.as_chunks::<LANES>();
    parts.iter().rev().fold(0, |all, part| {
        all << LANES | u64::from(is(u8x16::new(*part)).move_mask().cast_unsigned())
    })
}

/// The lanes that are this byte.
#[inline(always)]
fn is(lanes: u8x16, byte: u8) -> u8x16 {
    lanes.cmp_eq(u8x16::splat(byte))
}

impl Lanes for Narrow {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        Masks {
            quotes: self.equal(block, b'"'),
            backslashes: self.equal(block, b'\\'),
            controls: bits(block, |lanes| lanes.min(u8x16::splat(0x1f)).cmp_eq(lanes)),
            marks: bits(block, |lanes| is(lanes, b'<') | is(lanes, b'K') | is(lanes, b'\'')),
            // There are many: each is looked at.
            opens: u64::MAX,
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; BLOCK]) -> Letters {
        let r = self.equal(block, b'r');
        Letters {
            simple: r | bits(block, |lanes| is(lanes, b'b') | is(lanes, b'f') | is(lanes, b't')),
            r: r | self.equal(block, b'R'),
        }
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        bits(block, |lanes| is(lanes, byte))
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
