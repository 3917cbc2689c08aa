//! Strings: where they end, whether they are well formed, and what they say.

use std::borrow::Cow;

use wide::{CmpEq, u8x16};

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
    let (quote, backslash, control) =
        (u8x16::splat(b'"'), u8x16::splat(b'\\'), u8x16::splat(0x1f));
    while let Some(lanes) = bytes[at..].first_chunk::<LANES>() {
        let lanes = u8x16::new(*lanes);
        let found = lanes.cmp_eq(quote) | lanes.cmp_eq(backslash) | lanes.min(control).cmp_eq(lanes);
        let mask = found.move_mask();
        if mask != 0 {
            return Ok(at + mask.trailing_zeros() as usize);
        }
        at += LANES;
    }
    let rest = bytes[at..].iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20);
    rest.map(|further| at + further).ok_or(Fault::Torn)
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

/// Appends what a well-formed string says to `said`.
pub(crate) fn unescape(raw: &str, said: &mut String) {
    let bytes = raw.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\\', &bytes[from..]).map(|further| from + further) {
        said.push_str(&raw[from..at]);
        from = at + 2;
        said.push(match bytes.get(at + 1) {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let (read, end) = code_point(raw, at);
                from = end;
                read
            }
            Some(&b) => char::from(b),
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
    fn a_long_string_ends_at_its_own_quote() {
        let line = format!("\"{}\\\"{}\" ", "a".repeat(40), "é".repeat(20));
        let (text, end) = string(&line, 1).unwrap();
        assert_eq!((end, text.escaped), (line.len() - 1, true));
        assert_eq!(string("\"abc", 1), Err(Fault::Torn));
        assert!(matches!(string("\"a\u{1}\"", 1), Err(Fault::Syntax(_))));
        assert!(matches!(string("\"\\x\"", 1), Err(Fault::Syntax(_))));
    }
}
