//! Strings: where they end, whether they are well formed, and what they say.

use std::borrow::Cow;

use wide::u8x16;

use super::{Fault, Result};

/// The inside of a string as it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    pub(crate) raw: &'a str,
    /// Whether it holds a backslash.
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// What the string says. Lone surrogates read as U+FFFD.
    pub(crate) fn decoded(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut said = String::with_capacity(self.raw.len());
        unescape(self.raw, &mut said);
        Cow::Owned(said)
    }
}

const LANES: usize = 16;

/// The string whose opening quote stands before `from`, and where it ends after its closing one.
#[inline]
pub(crate) fn string(line: &str, from: usize) -> Result<(Text<'_>, usize)> {
    let bytes = line.as_bytes();
    // Most strings are short and plain: one look is enough.
    if let Some(lanes) = bytes.get(from..).and_then(<[u8]>::first_chunk::<LANES>) {
        let mask = mask(*lanes);
        let end = from + mask.trailing_zeros() as usize;
        if mask != 0 && bytes[end] == b'"' {
            return Ok((Text { raw: &line[from..end], escaped: false }, end + 1));
        }
    }
    long_string(line, from)
}

fn long_string(line: &str, from: usize) -> Result<(Text<'_>, usize)> {
    let bytes = line.as_bytes();
    let mut at = from;
    let mut escaped = false;
    loop {
        at = special(bytes, at)?;
        match bytes[at] {
            b'"' => return Ok((Text { raw: &line[from..at], escaped }, at + 1)),
            b'\\' => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            _ => return Err(Fault::Syntax("a control character in a string")),
        }
    }
}

/// The next quote, backslash or control character.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> Result<usize> {
    while let Some(lanes) = bytes[at..].first_chunk::<LANES>() {
        let mask = mask(*lanes);
        if mask != 0 {
            return Ok(at + mask.trailing_zeros() as usize);
        }
        at += LANES;
    }
    let rest = bytes[at..].iter().position(|&b| is_special(b));
    rest.map(|further| at + further).ok_or(Fault::Torn)
}

fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// A bit for each special byte.
#[inline]
fn mask(lanes: [u8; LANES]) -> i32 {
    let lanes = u8x16::new(lanes);
    let control = lanes.min(u8x16::splat(0x1f)).cmp_eq(lanes);
    let found = lanes.cmp_eq(u8x16::splat(b'"')) | lanes.cmp_eq(u8x16::splat(b'\\')) | control;
    found.move_mask()
}

/// Where the escape at `at` ends.
#[inline]
fn escape(bytes: &[u8], at: usize) -> Result<usize> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match bytes.get(at + 2..at + 6) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
            Some(_) => Err(Fault::Syntax("\\u without four hexadecimal digits")),
            None => Err(Fault::Torn),
        },
        Some(_) => Err(Fault::Syntax("an unknown escape in a string")),
        None => Err(Fault::Torn),
    }
}

/// The escapes of a string, found while its end was looked for, and what it says with them.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// Where they stand in the string.
    escapes: Vec<usize>,
    buffer: Vec<u8>,
}

impl Decoded {
    pub(crate) fn clear(&mut self) {
        self.escapes.clear();
    }

    /// What `raw` says, the string that was read last; `None` where it says what it is.
    pub(crate) fn text(&mut self, raw: &str) -> Option<&str> {
        if self.escapes.is_empty() {
            return None;
        }
        let bytes = raw.as_bytes();
        // Nothing that is said is longer than it is written; a whole piece is copied at the end.
        if self.buffer.len() < bytes.len() + PIECE {
            self.buffer.resize(bytes.len() + PIECE, 0);
        }
        let buffer = self.buffer.as_mut_slice();
        let (mut from, mut len) = (0, 0);
        for &at in &self.escapes {
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

/// The same as [`string`], noting its escapes on the way.
pub(crate) fn string_into<'a>(
    line: &'a str,
    from: usize,
    decoded: &mut Decoded,
) -> Result<(Text<'a>, usize)> {
    let bytes = line.as_bytes().get(from..).ok_or(Fault::Torn)?;
    let escapes = &mut decoded.escapes;
    escapes.clear();
    let mut taken = 0_u64;
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        let mut mask = block_mask(block) & !taken;
        taken = 0;
        while mask != 0 {
            let place = mask.trailing_zeros() as usize % BLOCK;
            mask &= mask - 1;
            let at = number * BLOCK + place;
            match block[place] {
                b'"' => return Ok(closed(line, from, at, escapes)),
                b'\\' => {
                    escapes.push(at);
                    if bytes.get(at + 1).copied().and_then(simple).is_none() {
                        escape(bytes, at)?;
                    }
                    // The next byte is taken, be it a backslash or a quote.
                    match place {
                        63 => taken = 1,
                        _ => mask &= !(2 << place),
                    }
                }
                _ => return Err(Fault::Syntax("a control character in a string")),
            }
        }
    }
    let mut at = blocks.len() * BLOCK + usize::from(taken != 0);
    loop {
        at = special(bytes, at)?;
        match bytes[at] {
            b'"' => return Ok(closed(line, from, at, escapes)),
            b'\\' => {
                escapes.push(at);
                at = escape(bytes, at)?;
            }
            _ => return Err(Fault::Syntax("a control character in a string")),
        }
    }
}

#[inline]
fn closed<'a>(line: &'a str, from: usize, at: usize, escapes: &[usize]) -> (Text<'a>, usize) {
    (Text { raw: &line[from..from + at], escaped: !escapes.is_empty() }, from + at + 1)
}

const BLOCK: usize = 64;

/// A bit for each special byte of a block.
#[inline]
fn block_mask(block: &[u8; BLOCK]) -> u64 {
    let (parts, _) = block.as_chunks::<LANES>();
    let masks = parts.iter().enumerate();
    masks.fold(0, |all, (at, part)| all | u64::from(mask(*part).cast_unsigned()) << (LANES * at))
}

/// What a backslash before this letter says; nothing for a code point, or for what is no escape.
#[inline]
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'"' | b'\\' | b'/' => letter,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        _ => return None,
    })
}

/// Appends what a well-formed string says to `said`.
fn unescape(raw: &str, said: &mut String) {
    let bytes = raw.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\\', &bytes[from..]).map(|further| from + further) {
        said.push_str(&raw[from..at]);
        from = at + 2;
        said.push(match bytes.get(at + 1) {
            Some(&letter) => simple(letter).map_or_else(
                || {
                    let (read, end) = code_point(raw, at);
                    from = end;
                    read
                },
                char::from,
            ),
            None => break,
        });
    }
    said.push_str(raw.get(from..).unwrap_or_default());
}

/// The character of the `\u` escape at `at`, or of the pair that starts there.
fn code_point(raw: &str, at: usize) -> (char, usize) {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(at).unwrap_or(0xFFFD);
    if (0xD800..0xDC00).contains(&first)
        && let Some(second @ 0xDC00..0xE000) = unit(at + 6)
    {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), at + 12);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), at + 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_joined() {
        let text = Text { raw: r"\ud83d\ude00 \ud83d x \ude00\u005cboxed", escaped: true };
        assert_eq!(text.decoded(), "😀 \u{fffd} x \u{fffd}\\boxed");
    }

    #[test]
    fn decoding_on_the_way_says_the_same() {
        let mut decoded = Decoded::default();
        for inside in [
            "plain", "", "\\n", "é\\u00e9\\ud83d\\ude00\\ud83d", "a\\\\boxed{\\\"}\\/",
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

    #[test]
    fn a_long_string_ends_at_its_own_quote() {
        let line = format!("\"{}\\\"{}\" ", "a".repeat(40), "é".repeat(20));
        let (text, end) = string(&line, 1).unwrap();
        assert_eq!((end, text.escaped), (line.len() - 1, true));
        assert_eq!(string("\"abc", 1), Err(Fault::Torn));
        assert!(matches!(string("\"a\u{1}\"", 1), Err(Fault::Syntax(_))));
        assert!(matches!(string("\"\\x\"", 1), Err(Fault::Syntax(_))));
    }
}
