//! Where a text may hold something, told by a few bytes side by side.
//!
//! Most texts hold no box, no mark of a turn and no cue. To look for the rarest letter of each
//! means to stop at every such letter; these questions are asked of whole blocks without a branch
//! for each byte, so that the compiler turns them into vector instructions.

#![expect(
    clippy::needless_bitwise_bool,
    reason = "a lazy operator is a branch, which no vector has"
)]
#![expect(clippy::inline_always, reason = "compiled for the vectors of the caller")]

use memchr::memchr;

const BLOCK: usize = 64;
/// The most bytes side by side.
const MOST: usize = 3;
/// What is read byte by byte.
const SHORT: usize = 12;

/// Where the first such pair starts, from `from` on.
pub(super) fn find_pair(
    bytes: &[u8],
    from: usize,
    is_pair: impl Fn(u8, u8) -> bool,
) -> Option<usize> {
    let bytes = bytes.get(from..)?;
    let start = match bytes.len().checked_sub(BLOCK + 1) {
        None => 0,
        Some(last) => widest(
            #[inline(always)]
            || {
                first_block(
                    last,
                    #[inline(always)]
                    |at| block_has_pair(bytes, at, &is_pair),
                )
            },
        )?,
    };
    let found = bytes[start..].windows(2).position(|run| is_pair(run[0], run[1]));
    found.map(|found| from + start + found)
}

/// Whether there is such a pair.
///
/// The end is looked at first: who looks for the last cue again and again, each before the one
/// found before, reads no part of a text twice for asking this.
pub(super) fn any_pair(bytes: &[u8], is_pair: impl Fn(u8, u8) -> bool) -> bool {
    any_run::<2>(
        bytes,
        |run| is_pair(run[0], run[1]),
        #[inline(always)]
        |bytes, at| block_has_pair(bytes, at, &is_pair),
    )
}

/// Whether there are three such bytes side by side; the end is looked at first.
pub(super) fn any_triple(bytes: &[u8], is_triple: impl Fn(u8, u8, u8) -> bool) -> bool {
    any_run::<3>(
        bytes,
        |run| is_triple(run[0], run[1], run[2]),
        #[inline(always)]
        |bytes, at| block_has_triple(bytes, at, &is_triple),
    )
}

#[inline(always)]
fn any_run<const N: usize>(
    bytes: &[u8],
    is_run: impl Fn(&[u8]) -> bool,
    block_has: impl Fn(&[u8], usize) -> bool,
) -> bool {
    match bytes.len().checked_sub(BLOCK + N - 1) {
        None if bytes.len() < SHORT => bytes.windows(N).any(is_run),
        None => block_has(&padded(bytes), 0),
        Some(last) => widest(
            #[inline(always)]
            || {
                any_block(
                    last,
                    #[inline(always)]
                    |at| block_has(bytes, at),
                )
            },
        ),
    }
}

/// Where such three bytes start, in order.
pub(super) fn triples(
    bytes: &[u8],
    is_triple: impl Fn(u8, u8, u8) -> bool,
) -> impl Iterator<Item = usize> {
    (0..bytes.len()).step_by(BLOCK).flat_map(move |start| {
        let end = bytes.len().min(start + BLOCK + 2);
        let block = padded(&bytes[start..end]);
        let mut found = [0_u8; BLOCK];
        if block_has_triple(&block, 0, &is_triple) {
            for (found, run) in found.iter_mut().zip(block.windows(3)) {
                *found = u8::from(is_triple(run[0], run[1], run[2]));
            }
        }
        let mut at = 0;
        std::iter::from_fn(move || {
            let next = at + memchr(1, found.get(at..)?)?;
            at = next + 1;
            Some(start + next)
        })
    })
}

/// Less than a block, with bytes behind it that are in nothing that is looked for.
fn padded(bytes: &[u8]) -> [u8; BLOCK + MOST - 1] {
    let mut block = [0; BLOCK + MOST - 1];
    block[..bytes.len()].copy_from_slice(bytes);
    block
}

/// Runs what looks at blocks with the widest vectors of the processor.
#[inline(always)]
fn widest<R>(look: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(wide) = pulp::x86::V3::try_new() {
        return wide.vectorize(look);
    }
    look()
}

/// The first of the blocks that has something, the last of which starts at `last` and overlaps
/// the one before it.
#[inline(always)]
fn first_block(last: usize, has: impl Fn(usize) -> bool) -> Option<usize> {
    let mut at = 0;
    while at < last {
        if has(at) {
            return Some(at);
        }
        at += BLOCK;
    }
    has(last).then_some(last)
}

/// Whether one of the blocks has something, from the one that starts at `last` down; the first
/// overlaps the second.
#[inline(always)]
fn any_block(last: usize, has: impl Fn(usize) -> bool) -> bool {
    let mut at = last;
    while !has(at) {
        if at == 0 {
            return false;
        }
        at = at.saturating_sub(BLOCK);
    }
    true
}

#[inline(always)]
fn block_has_pair(bytes: &[u8], at: usize, is_pair: impl Fn(u8, u8) -> bool) -> bool {
    let (a, b) = (column(bytes, at), column(bytes, at + 1));
    let mut any = false;
    for place in 0..BLOCK {
        any |= is_pair(a[place], b[place]);
    }
    any
}

#[inline(always)]
fn block_has_triple(bytes: &[u8], at: usize, is_triple: impl Fn(u8, u8, u8) -> bool) -> bool {
    let (a, b, c) = (column(bytes, at), column(bytes, at + 1), column(bytes, at + 2));
    let mut any = false;
    for place in 0..BLOCK {
        any |= is_triple(a[place], b[place], c[place]);
    }
    any
}

/// The bytes of a block; never asked past the end.
#[inline(always)]
fn column(bytes: &[u8], at: usize) -> &[u8; BLOCK] {
    bytes[at..].first_chunk().unwrap_or(&[0; BLOCK])
}

/// The same letter in lower case; other bytes become others.
#[inline(always)]
const fn lower(byte: u8) -> u8 {
    byte | 0x20
}

/// The start of a tag, or of what shares the order of its second byte.
#[inline(always)]
pub(super) const fn may_tag(bracket: u8, next: u8) -> bool {
    (bracket == b'<') & ((next == b'/') | (next >= b'e'))
}

/// A quote after the last letter of "answer".
#[inline(always)]
pub(super) const fn may_end_name(r: u8, quote: u8) -> bool {
    (lower(r) == b'r') & ((quote == b'"') | (quote == b'\''))
}

/// `x` after `o`, as in every command of a box.
#[inline(always)]
pub(super) const fn may_box(o: u8, x: u8) -> bool {
    (o == b'o') & (x == b'x')
}

/// Two ends of lines.
#[inline(always)]
pub(super) const fn ends_paragraph(a: u8, b: u8) -> bool {
    (a == b'\n') & (b == b'\n')
}

/// The end of a row, or the start of an environment.
#[inline(always)]
pub(super) const fn may_structure(a: u8, b: u8) -> bool {
    (a == b'\\') & ((b == b'\\') | (b == b'b'))
}

/// The end of a line before a byte that a line which starts a question starts with, or before
/// one that shares bits with these.
#[inline(always)]
pub(super) const fn may_ask(newline: u8, next: u8) -> bool {
    // Bits 1 and 2 are clear in space, tab, "Q", "P", "I", "H", "h" and "a"; the low half is 5
    // in "E", "U" and "u"; "*" and ">" differ in two bits.
    (newline == b'\n')
        & ((next & 0x06 == 0) | (next & 0x0f == 5) | (next & 0xeb == 0x2a) | (next == b'#'))
}

/// A part of "an-sw-er" or "a-ntw-ort", or the start of a Chinese cue.
#[inline(always)]
pub(super) const fn may_answer(a: u8, b: u8, c: u8) -> bool {
    ((lower(c) == b'w') & ((lower(b) == b's') | ((lower(b) == b't') & (lower(a) == b'n'))))
        | (a == 0xe7)
}

/// A part of "r-ép-onse" or "re-sp-uesta".
#[inline(always)]
pub(super) const fn may_respond(before: u8, p: u8) -> bool {
    (lower(p) == b'p') & ((lower(before) == b's') | (before == 0xa9) | (before == 0x89))
}

/// The same, or a part of "-op-tion".
#[inline(always)]
pub(super) const fn may_respond_or_opt(before: u8, p: u8) -> bool {
    may_respond(before, p) | ((lower(p) == b'p') & (lower(before) == b'o'))
}

/// A part of "-cho-ice".
#[inline(always)]
pub(super) const fn may_choose(c: u8, h: u8, o: u8) -> bool {
    (lower(h) == b'h') & (lower(c) == b'c') & (lower(o) == b'o')
}

/// A part of "not", "n't" with either apostrophe, "una-ble", "sor-ry", "i-nfo-rmation",
/// "i-nsu-fficient" or "i-mpo-ssible".
#[inline(always)]
pub(super) const fn may_give_up(a: u8, b: u8, c: u8) -> bool {
    let (a, b, c) = (lower(a), lower(b), lower(c));
    let after_n = ((b == b'o') & (c == b't'))
        | (b == b'\'')
        | (b == 0xe2)
        | ((b == b'f') & (c == b'o'))
        | ((b == b's') & (c == b'u'));
    ((a == b'n') & after_n)
        | ((a == b'u') & (b == b'n') & (c == b'a'))
        | ((a == b's') & (b == b'o') & (c == b'r'))
        | ((a == b'm') & (b == b'p') & (c == b'o'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_found_wherever_it_stands() {
        for at in 0..3 * BLOCK {
            let mut bytes = vec![b' '; 3 * BLOCK + 1];
            bytes[at..at + 2].copy_from_slice(b"ox");
            assert_eq!(find_pair(&bytes, 0, may_box), Some(at));
            assert_eq!(find_pair(&bytes, at, may_box), Some(at));
            assert_eq!(find_pair(&bytes, at + 1, may_box), None);
        }
        assert!(!any_pair(b"o", may_box) && !any_pair(b"", |_, _| true));
    }

    #[test]
    fn bytes_are_asked_for_wherever_they_stand() {
        for length in [3, BLOCK, BLOCK + 1, BLOCK + 2, BLOCK + 3, 3 * BLOCK] {
            assert!(!any_triple(&vec![b' '; length], may_choose));
            for at in 0..=length - 3 {
                let mut bytes = vec![b' '; length];
                bytes[at..at + 3].copy_from_slice(b"cho");
                assert!(any_triple(&bytes, may_choose), "{at} of {length}");
                bytes[at..at + 3].copy_from_slice(b"ox ");
                assert!(any_pair(&bytes, may_box), "{at} of {length}");
            }
        }
    }
}
