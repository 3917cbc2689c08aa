//! All lanes see and write the same.

use slm_mux_core::extract::ending::may_open;

use super::*;

/// What lanes see of a block.
struct Look<'a>(&'a [u8; BLOCK]);

impl WithLanes for Look<'_> {
    type Output = (Masks, Letters, u64);

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Self::Output {
        (lanes.masks(self.0), lanes.letters(self.0), lanes.equal(self.0, b'n'))
    }
}

/// What lanes write of a block.
struct Written<'a> {
    bytes: &'a [u8],
    keep: u64,
    feeds: u64,
}

impl WithLanes for Written<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Vec<u8> {
        let mut room = [b'?'; ROOM];
        let len = lanes.keep(self.bytes, self.keep, self.feeds, &mut room);
        room[..len].to_vec()
    }
}

fn numbers() -> impl Iterator<Item = u64> {
    let mut state = 7_u64;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Some(state >> 32)
    })
}

/// Blocks in which every byte stands somewhere.
fn blocks() -> impl Iterator<Item = [u8; BLOCK]> {
    let mut numbers = numbers();
    (0..2_000).map(move |round| {
        std::array::from_fn(|_| {
            let drawn = numbers.next().unwrap().to_le_bytes()[1];
            if round % 2 == 0 { drawn } else { b"\\\\\\a\"<K'\x1f\x20"[usize::from(drawn) % 10] }
        })
    })
}

fn bits(block: &[u8; BLOCK], is: fn(u8) -> bool) -> u64 {
    (0..).zip(block).fold(0, |all, (at, &byte)| all | u64::from(is(byte)) << at)
}

#[test]
fn each_byte_has_its_bit_on_every_cpu() {
    for block in blocks() {
        let bits = |is| bits(&block, is);
        for cpu in Cpu::all() {
            let (masks, letters, n) = cpu.run(Look(&block));
            let wanted = Masks {
                quotes: bits(|b| b == b'"'),
                backslashes: bits(|b| b == b'\\'),
                telling: bits(|b| matches!(b, ..b' ' | b'<' | b'K' | b'\'')),
                opens: masks.opens,
            };
            assert_eq!(masks, wanted);
            let opens = bits(|b| b >= 0x20 && may_open(b));
            assert_eq!(masks.opens & opens, opens);
            let wanted = Letters {
                simple: bits(|b| matches!(b, b'b' | b'f' | b'r' | b't')),
                r: bits(|b| matches!(b, b'r' | b'R')),
            };
            assert_eq!((letters, n), (wanted, bits(|b| b == b'n')));
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn few_bytes_that_open_nothing_are_said_to() {
    let block = *b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$\\";
    let Cpu { wide, v3 } = Cpu::default();
    let more = bits(&block, |b| may_open(b) || b"03pq".contains(&b));
    if wide.is_some() || v3.is_some() {
        assert_eq!(Cpu::default().run(Look(&block)).0.opens, more);
    }
}

#[test]
fn what_is_kept_is_written_on_every_cpu() {
    let mut numbers = numbers();
    let mut draw = || numbers.next().unwrap();
    let text: Vec<u8> = (0..=255).cycle().take(1_000).collect();
    for round in 0..4_000 {
        let bytes = &text[usize::try_from(draw() % 1_000).unwrap()..];
        let (dense, sparse) = (draw() << 32 | draw(), draw() << 32 & draw() << 29 & draw() << 31);
        let all = if bytes.len() < BLOCK { below(bytes.len()) } else { u64::MAX };
        let keep = all & [dense, !sparse, u64::MAX, sparse][round % 4];
        let feeds = bits(&block(bytes), |b| b == b'n') & [draw() << 20, 0][round / 4 % 2];
        let wanted: Vec<u8> =
            places(keep).map(|at| if feeds >> at & 1 == 1 { b'\n' } else { bytes[at] }).collect();
        for cpu in Cpu::all() {
            assert_eq!(cpu.run(Written { bytes, keep, feeds }), wanted);
        }
    }
}

#[test]
fn a_backslash_takes_the_next_byte_across_blocks() {
    let (mut carry, mut taken) = (0, false);
    for block in blocks() {
        let mut wanted = 0_u64;
        for (at, byte) in block.into_iter().enumerate() {
            wanted |= u64::from(taken) << at;
            taken = !taken && byte == b'\\';
        }
        assert_eq!(escaped(bits(&block, |b| b == b'\\'), &mut carry), wanted);
        assert_eq!(carry, u64::from(taken));
    }
}
