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

pub(super) const LANES: usize = 16;

/// The string whose opening quote stands before `from`, and where it ends after its closing one.
#[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
#[inline(always)]
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
    let (end, escaped) = long_string(bytes, from)?.parts();
    Ok((Text { raw: &line[from..end], escaped }, end + 1))
}

/// Where the quote stands that ends a string, and whether an escape stands before it: one word.
#[derive(Clone, Copy)]
pub(super) struct End(usize);

impl End {
    pub(super) fn new(at: usize, escaped: bool) -> Self {
        Self(at << 1 | usize::from(escaped))
    }

    pub(super) fn parts(self) -> (usize, bool) {
        (self.0 >> 1, self.0 & 1 == 1)
    }
}

fn long_string(bytes: &[u8], from: usize) -> Result<End> {
    let mut at = from;
    let mut escaped = false;
    loop {
        at = special(bytes, at)?;
        match bytes[at] {
            b'"' => return Ok(End::new(at, escaped)),
            b'\\' => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            _ => return Err(Fault::Control),
        }
    }
}

/// The next quote, backslash or control character.
#[inline]
pub(super) fn special(bytes: &[u8], mut at: usize) -> Result<usize> {
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
pub(super) fn mask(lanes: [u8; LANES]) -> i32 {
    let lanes = u8x16::new(lanes);
    let control = lanes.min(u8x16::splat(0x1f)).cmp_eq(lanes);
    let found = lanes.cmp_eq(u8x16::splat(b'"')) | lanes.cmp_eq(u8x16::splat(b'\\')) | control;
    found.move_mask()
}

/// Where the escape at `at` ends.
#[inline]
pub(super) fn escape(bytes: &[u8], at: usize) -> Result<usize> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match bytes.get(at + 2..at + 6) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
            Some(_) => Err(Fault::Unicode),
            None => Err(Fault::Torn),
        },
        Some(_) => Err(Fault::Escape),
        None => Err(Fault::Torn),
    }
}

/// What a backslash before this letter says; nothing for a code point, or for what is no escape.
#[inline]
pub(super) fn simple(letter: u8) -> Option<u8> {
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
pub(super) fn code_point(raw: &str, at: usize) -> (char, usize) {
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
    fn a_long_string_ends_at_its_own_quote() {
        let line = format!("\"{}\\\"{}\" ", "a".repeat(40), "é".repeat(20));
        let (text, end) = string(&line, 1).unwrap();
        assert_eq!((end, text.escaped), (line.len() - 1, true));
        assert_eq!(string("\"abc", 1), Err(Fault::Torn));
        assert!(matches!(string("\"a\u{1}\"", 1), Err(Fault::Control | Fault::Escape)));
        assert!(matches!(string("\"\\x\"", 1), Err(Fault::Control | Fault::Escape)));
    }
}
