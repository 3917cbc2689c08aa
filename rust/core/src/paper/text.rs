//! Text as Python's `str`, `re` and `int` see it.

/// The zeros of all runs of ten decimal digits (general category Nd of Unicode 17).
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11DE0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The digits that Python turns into an integer, unless told otherwise.
const MAX_DIGITS: usize = 4300;

/// The value of a decimal digit: `\d` of `re`, the digits of `int`.
pub(super) fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let c = u32::from(c);
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= c).checked_sub(1)?];
    Some(c - zero).filter(|&value| value < 10)
}

/// Whether `c` is whitespace: `\s` of `re`, `str.isspace`.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\x1c'..='\x1f') || c.is_whitespace()
}

/// Whether `c` ends a line for `str.splitlines`.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_space),
    }
}

/// `strip` of UTF-8; other bytes stay as they are.
pub(super) fn strip_bytes(bytes: &[u8]) -> &[u8] {
    match bytes {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => bytes,
        _ => str::from_utf8(bytes).map_or(bytes, |text| strip(text).as_bytes()),
    }
}

/// What follows the whitespace that `text` starts with.
pub(super) fn skip_space(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// `str(int(text))`, where `int` takes it.
pub(super) fn int(text: &str) -> Option<String> {
    // Unlike `strip`, `int` does not take the ASCII separators for whitespace.
    let text = text.trim_matches(char::is_whitespace);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = plain_digits(digits)?;
    let digits = match digits.trim_start_matches('0') {
        "" => return Some("0".into()),
        digits => digits,
    };
    Some(if negative { format!("-{digits}") } else { digits.into() })
}

/// The digits in ASCII, without the single underscores that may stand between them.
fn plain_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    let mut after_digit = false;
    for c in text.chars() {
        match digit(c) {
            Some(value) => digits.push(char::from_digit(value, 10)?),
            None if c == '_' && after_digit => {}
            None => return None,
        }
        after_digit = c != '_';
    }
    Some(digits).filter(|digits| after_digit && digits.len() <= MAX_DIGITS)
}
