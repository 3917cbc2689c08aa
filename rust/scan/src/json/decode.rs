//! Strings whose escapes are noted while their end is looked for, and what they say.

use memchr::memrchr_iter;
use slm_mux_core::extract::ending::{may_ask, may_mark, may_open};
use wide::u8x16;

use super::string::{End, LANES, Text, code_point, escape, mask, simple, special};
use super::{Fault, Result};

/// The escapes of a string, found while its end was looked for, and what it says with them.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// Where they stand in the string.
    escapes: Vec<usize>,
    /// Whether something stands in it for which all of it must be read.
    marked: bool,
    buffer: Vec<u8>,
}

impl Decoded {
    pub(crate) fn clear(&mut self) {
        self.escapes.clear();
        self.marked = true;
    }

    /// What `raw` says, the string that was read last; `None` where it says what it is.
    pub(crate) fn text(&mut self, raw: &str) -> Option<&str> {
        if self.escapes.is_empty() { None } else { self.said(raw, 0) }
    }

    /// The end of what `raw` says, from shortly before its last box on; nothing where marks
    /// stand in it or there is no box.
    pub(crate) fn ending(&mut self, raw: &str) -> Option<&str> {
        let bytes = raw.as_bytes();
        if self.marked {
            return None;
        }
        let x = memrchr_iter(b'x', bytes).take(TRIES).find(|&x| bytes[..x].ends_with(b"o"))?;
        let mut from = x.checked_sub(BEFORE)?;
        while !raw.is_char_boundary(from) {
            from += 1;
        }
        // Not between a backslash and what it escapes.
        let first = self.escapes.partition_point(|&at| at + 1 < from);
        from += usize::from(self.escapes.get(first).is_some_and(|&at| at + 1 == from));
        self.said(raw, from)
    }

    /// What `raw` says from `from` on, where no escape stands across that place.
    fn said(&mut self, raw: &str, from: usize) -> Option<&str> {
        let bytes = raw.as_bytes();
        // Nothing that is said is longer than it is written; a whole piece is copied at the end.
        if self.buffer.len() < bytes.len() + PIECE {
            self.buffer.resize(bytes.len() + PIECE, 0);
        }
        let buffer = self.buffer.as_mut_slice();
        let first = self.escapes.partition_point(|&at| at < from);
        let (mut from, mut len) = (from, 0);
        for &at in &self.escapes[first..] {
            len = copy(bytes, from, at, buffer, len);
            match bytes.get(at + 1).copied().and_then(simple) {
                Some(byte) => {
                    buffer[len] = byte;
                    (from, len) = (at + 2, len + 1);
                }
                // The second of a pair was read with the first.
                None if at < from => {}
                None => {
                    let (read, past) = code_point(raw, at);
                    from = past;
                    len += read.encode_utf8(&mut buffer[len..]).len();
                }
            }
        }
        len = copy(bytes, from, bytes.len(), buffer, len);
        simdutf8::basic::from_utf8(&buffer[..len]).ok()
    }
}

const PIECE: usize = 32;
/// How much is decoded before a box, and how many letters are asked whether they are in one.
const BEFORE: usize = 160;
const TRIES: usize = 8;

/// Copies `from..to` to `buffer[len..]`, and gives where the copy ends. What lies behind it is
/// written over later.
#[inline]
fn copy(bytes: &[u8], from: usize, to: usize, buffer: &mut [u8], len: usize) -> usize {
    let Some(size) = to.checked_sub(from) else { return len };
    if size <= PIECE
        && let Some(piece) = bytes[from..].first_chunk::<PIECE>()
        && let Some(place) = buffer[len..].first_chunk_mut::<PIECE>()
    {
        *place = *piece;
    } else {
        buffer[len..len + size].copy_from_slice(&bytes[from..to]);
    }
    len + size
}

/// The same as [`string`](super::string::string), noting its escapes and marks on the way.
#[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
#[inline(always)]
pub(crate) fn string_into<'a>(
    line: &'a str,
    from: usize,
    decoded: &mut Decoded,
) -> Result<(Text<'a>, usize)> {
    let (end, escaped) = end_of(line, from, decoded)?.parts();
    Ok((Text { raw: &line[from..end], escaped }, end + 1))
}

fn end_of(line: &str, from: usize, decoded: &mut Decoded) -> Result<End> {
    let bytes = line.as_bytes().get(from..).ok_or(Fault::Torn)?;
    let Decoded { escapes, marked, .. } = decoded;
    escapes.clear();
    *marked = false;
    let mut taken = 0_u64;
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        let start = number * BLOCK;
        let (mut specials, marks) = masks(block);
        specials &= !taken;
        taken = 0;
        while specials != 0 {
            let place = specials.trailing_zeros() as usize % BLOCK;
            specials &= specials - 1;
            let at = start + place;
            match block[place] {
                b'"' => {
                    // Marks behind the string are none of it.
                    *marked |= any_mark(bytes, start, marks & ((1 << place) - 1));
                    return Ok(End::new(from + at, !escapes.is_empty()));
                }
                b'\\' => {
                    escapes.push(at);
                    *marked |= escape_marks(line, from + at)?;
                    // The next byte is taken, be it a backslash or a quote.
                    match place {
                        63 => taken = 1,
                        _ => specials &= !(2 << place),
                    }
                }
                _ => return Err(Fault::Control),
            }
        }
        *marked |= any_mark(bytes, start, marks);
    }
    // The end of all that is at hand, which few strings reach.
    *marked = true;
    let mut at = blocks.len() * BLOCK + usize::from(taken != 0);
    loop {
        at = special(bytes, at)?;
        match bytes[at] {
            b'"' => return Ok(End::new(from + at, !escapes.is_empty())),
            b'\\' => {
                escapes.push(at);
                at = escape(bytes, at)?;
            }
            _ => return Err(Fault::Control),
        }
    }
}

/// Whether the escape at `at` is such that all of its string must be read.
#[inline]
fn escape_marks(line: &str, at: usize) -> Result<bool> {
    let bytes = line.as_bytes();
    match bytes.get(at + 1) {
        Some(b'\\' | b'b' | b'f' | b'r' | b't') => Ok(false),
        // A tag that closes, its slash escaped.
        Some(b'/') => Ok(matches!(bytes[..at].last(), Some(b'<' | b'['))),
        Some(b'n') => {
            // A backslash may start a tab.
            let may = |&next: &u8| next == b'\\' || may_open(next);
            Ok(bytes.get(at + 2).is_some_and(may) && asks(line, at + 2))
        }
        Some(b'"') => Ok(may_mark(&bytes[..at + 2], at)),
        _ => escape(bytes, at).map(|_| true),
    }
}

/// Whether the line at `at` may start a question; as it is written, tabs are escapes.
fn asks(line: &str, at: usize) -> bool {
    let rest = line[at..].trim_start_matches([' ', '*', '#', '>']);
    rest.starts_with("\\t") || may_ask(rest)
}

#[inline]
fn any_mark(bytes: &[u8], start: usize, mut marks: u64) -> bool {
    while marks != 0 {
        let at = start + marks.trailing_zeros() as usize;
        marks &= marks - 1;
        if may_mark(bytes, at) {
            return true;
        }
    }
    false
}

const BLOCK: usize = 64;

/// A bit for each special byte of a block, and for each that may be a mark.
#[inline]
fn masks(block: &[u8; BLOCK]) -> (u64, u64) {
    let (parts, _) = block.as_chunks::<LANES>();
    let (mut specials, mut marks) = (0, 0);
    for (at, part) in parts.iter().enumerate() {
        let lanes = u8x16::new(*part);
        let is = |byte: u8| lanes.cmp_eq(u8x16::splat(byte));
        let mark = (is(b'<') | is(b'K') | is(b'\'')).move_mask();
        specials |= u64::from(mask(*part).cast_unsigned()) << (LANES * at);
        marks |= u64::from(mark.cast_unsigned()) << (LANES * at);
    }
    (specials, marks)
}

#[cfg(test)]
mod tests {
    use slm_mux_core::extract::ending::boxed_ending;

    use super::super::string::string;
    use super::*;

    #[test]
    fn decoding_on_the_way_says_the_same() {
        let mut decoded = Decoded::default();
        for inside in [
            "plain",
            "",
            "\\n",
            "é\\u00e9\\ud83d\\ude00\\ud83d",
            "a\\\\boxed{\\\"}\\/",
            &format!("{}\\t{}\\u005c{}", "é".repeat(9000), "x".repeat(31), "y".repeat(15)),
        ] {
            let line = format!("\"{inside}\"...........................");
            let (text, end) = string_into(&line, 1, &mut decoded).unwrap();
            assert_eq!((text, end), string(&line, 1).unwrap());
            assert_eq!(decoded.text(text.raw), text.escaped.then_some(&*text.decoded()));
            let line = format!("\"{inside}");
            assert_eq!(string_into(&line, 1, &mut decoded), Err(Fault::Torn));
        }
    }

    const PIECES: [&str; 44] = [
        "\\boxed{3}",
        "\\boxed{x=4}",
        "\\boxed 5",
        "boxed{6}",
        "\\fbox{7}",
        "\u{8}oxed{8}",
        "\u{c}box{9}",
        "\\boxed{\\text{no answer}}",
        "\\boxed{answer}",
        "\\boxed{",
        "}",
        "\n",
        "\n\n",
        "Question: ",
        "Problem 2:",
        "**Problem:**",
        "user",
        "assistant\n",
        "Hence",
        "<think>",
        "</think>",
        "<|im_end|>",
        "<",
        "[THINK]",
        "[/THINK]",
        "K",
        "'answer': '7'",
        "\"answer\": 8",
        "answer'",
        "it's",
        " or ",
        ", ",
        " and ",
        "=",
        "$",
        "\\(",
        "\t",
        "#",
        "\\equiv ",
        "é",
        "\\frac{1}{2} ",
        "\\",
        "max",
        "some words that go on for a while and say nothing ",
    ];

    #[test]
    fn what_the_end_tells_is_what_all_of_the_text_tells() {
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let (mut decoded, mut told) = (Decoded::default(), 0);
        for _ in 0..60_000 {
            let filler = PIECES[PIECES.len() - 1].repeat(draw(8));
            let mut text: String = (0..draw(6)).map(|_| PIECES[draw(PIECES.len())]).collect();
            text += &filler;
            text.extend((0..draw(9)).map(|_| PIECES[draw(PIECES.len())]));
            let mut line = serde_json::to_string(&text).unwrap();
            if draw(4) == 0 {
                line = line.replace('/', "\\/");
            }
            line += &" ".repeat(2 * BLOCK);
            let (raw, _) = string_into(&line, 1, &mut decoded).unwrap();
            if let Some(found) = decoded.ending(raw.raw).and_then(boxed_ending) {
                told += 1;
                let kind = slm_mux_core::Kind::Math;
                let all =
                    slm_mux_core::extract(&text, kind, slm_mux_core::Profile::Canonical, None);
                assert_eq!(found, all, "{text:?}");
            }
        }
        assert!(told > 2_000, "{told}");
    }
}
