//! What strings say, a block at a time: their backslashes left out, letters read as they mean.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use super::blocks::{BLOCK, Lanes, ROOM, WithLanes, below, block, escaped, places};
use super::string::{code_point, simple};

/// Writes what a well-formed string says from `from` on, where no escape stands across that
/// place, to a buffer that is longer by [`ROOM`] than what is written; gives how long it is.
pub(super) struct Say<'a> {
    pub(super) raw: &'a str,
    pub(super) from: usize,
    pub(super) buffer: &'a mut [u8],
}

impl WithLanes for Say<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> usize {
        let Self { raw, mut from, buffer } = self;
        let bytes = raw.as_bytes();
        let (mut carry, mut len) = (0, 0);
        while from < bytes.len() {
            let Some(room) = buffer[len..].first_chunk_mut() else { break };
            // The last block ends where the string does.
            let start = from.min(bytes.len().saturating_sub(BLOCK));
            let (said, code) = say(lanes, &bytes[start..], from - start, &mut carry, room);
            (from, len) = (start + BLOCK, len + said);
            if let Some(place) = code {
                // The letter of the escape stands there.
                let (read, past) = code_point(raw, start + place - 1);
                (from, carry) = (past, 0);
                len += read.encode_utf8(&mut buffer[len..]).len();
            }
        }
        len
    }
}

/// Writes what the first block of `bytes` says from `from` on, up to the first code point that is
/// written in digits; gives how long that is, and where the letter of that escape stands.
#[inline(always)]
fn say<L: Lanes>(
    lanes: L,
    bytes: &[u8],
    from: usize,
    carry: &mut u64,
    room: &mut [u8; ROOM],
) -> (usize, Option<usize>) {
    let block = block(bytes);
    let backslashes = lanes.equal(&block, b'\\');
    let taken = escaped(backslashes >> from, carry) << from;
    let mut keep = (taken | !backslashes) & first(bytes.len()) & (u64::MAX << from);
    let letters = taken & !backslashes;
    let feeds = letters & lanes.equal(&block, b'n');
    let others = letters & !feeds & keep;
    // Most escapes are of backslashes and line feeds.
    if others == 0 {
        return (lanes.keep(bytes, keep, feeds, room), None);
    }
    let code = places(others).find(|&place| simple(block[place]).is_none());
    keep &= code.map_or(u64::MAX, below);
    let len = lanes.keep(bytes, keep, feeds, room);
    for place in places(others & keep) {
        if let Some(byte) = simple(block[place]) {
            room[(keep & below(place)).count_ones() as usize] = byte;
        }
    }
    (len, code)
}

/// The bits of the first bytes.
#[inline(always)]
fn first(bytes: usize) -> u64 {
    if bytes < BLOCK { below(bytes) } else { u64::MAX }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Cpu;
    use super::super::hostile::strings;
    use super::super::string::{Text, string};
    use super::*;

    #[test]
    fn strings_say_the_same_on_every_cpu() {
        let mut said = 0;
        for inside in strings() {
            let line = format!("\"{inside}\"");
            let Ok((Text { raw, .. }, _)) = string(&line, 1) else { continue };
            let wanted = Text { raw, escaped: true }.decoded();
            for cpu in Cpu::all() {
                let mut buffer = vec![b'?'; raw.len() + ROOM];
                let len = cpu.run(Say { raw, from: 0, buffer: &mut buffer });
                assert_eq!(std::str::from_utf8(&buffer[..len]), Ok(&*wanted), "{raw:?}");
            }
            said += wanted.len();
        }
        assert!(said > 1_000_000, "{said}");
    }
}
