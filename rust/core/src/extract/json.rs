//! Answers in JSON: the value of the last field whose name ends in "answer".

use std::borrow::Cow;

use memchr::memrchr2;

use super::runs::{any_pair, may_end_name};
use super::text::{is_space, letter_at, trim};

const NAME: &str = "answer";
const LONGEST_NAME: usize = 24;
const MOST_ITEMS: usize = 16;
// The quotes after which a text is asked whether it holds a name at all.
const MOST_PASSED: usize = 2;

/// The values of the answer fields, the last one first; none for null.
pub(crate) struct Values<'a> {
    text: &'a str,
    // Fields are looked for before `search`; values end before `limit`.
    search: usize,
    limit: usize,
}

impl<'a> Values<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, search: text.len(), limit: text.len() }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Option<Cow<'a, str>>;

    fn next(&mut self) -> Option<Self::Item> {
        for passed in 0.. {
            let before = &self.text.as_bytes()[..self.search];
            if passed == MOST_PASSED && !any_pair(before, may_end_name) {
                return None;
            }
            let quote = memrchr2(b'"', b'\'', before)?;
            self.search = quote;
            let rest = &self.text[quote + 1..self.limit];
            if !is_named(self.text.as_bytes(), quote) {
                continue;
            }
            let Some(value) = rest.trim_start_matches(is_space).strip_prefix(':') else { continue };
            self.limit = quote;
            if let Some(value) = field(value.trim_start_matches(is_space)) {
                return Some((!value.eq_ignore_ascii_case("null")).then_some(value));
            }
        }
        None
    }
}

/// Whether a name that the quote at `quote` ends, and that ends in "answer", starts with a quote.
fn is_named(bytes: &[u8], quote: usize) -> bool {
    let Some(name) = quote.checked_sub(NAME.len()) else { return false };
    if !bytes[name..quote].eq_ignore_ascii_case(NAME.as_bytes()) {
        return false;
    }
    let part = |b: &&u8| b.is_ascii_alphabetic() || b"_ -".contains(b);
    let before = bytes[..name].iter().rev().take(LONGEST_NAME).take_while(part).count();
    let opened = (name - before).checked_sub(1);
    opened.is_some_and(|opened| bytes[opened] == bytes[quote])
}

/// The value that a text starts with; nothing where it never ends or is an object.
fn field(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes().first()? {
        b'"' | b'\'' => closing_quote(value).map(|end| unescaped(&value[1..end])),
        b'[' => listed(&value[1..]).map(Cow::Owned),
        b'{' => None,
        _ => {
            let end = value.find([',', '}', ']', '\n']).unwrap_or(value.len());
            Some(Cow::Borrowed(trim(&value[..end]))).filter(|value| !value.is_empty())
        }
    }
}

/// Where the string ends that `value` starts with: at a quote before a comma or bracket.
fn closing_quote(value: &str) -> Option<usize> {
    let bytes = value.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 1;
        } else if bytes[at] == bytes[0] {
            let after = value[at + 1..].trim_start_matches([' ', '\t', '\r']);
            if after.is_empty() || after.starts_with([',', '}', ']', '\n']) {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

/// The items of a list as one answer, joined by commas; nothing where it never ends.
fn listed(inside: &str) -> Option<String> {
    let mut items = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    let (mut blank, mut escaped) = (true, false);
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (None, ']' | ',') if depth == 0 => {
                items.push(item(trim(&inside[start..at])));
                (start, blank) = (at + 1, true);
                if c == ']' {
                    items.retain(|item| !item.is_empty());
                    items.truncate(MOST_ITEMS);
                    return Some(items.join(", "));
                }
                continue;
            }
            (Some(open), _) if open == c && !escaped => quote = None,
            (None, '"' | '\'') if blank => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        blank = blank && is_space(c);
        escaped = c == '\\' && !escaped;
    }
    None
}

/// An item of a list, without the quotes around it.
fn item(item: &str) -> Cow<'_, str> {
    let bytes = item.as_bytes();
    let quoted =
        bytes.len() > 1 && matches!(bytes[0], b'"' | b'\'') && bytes[bytes.len() - 1] == bytes[0];
    if quoted { unescaped(&item[1..item.len() - 1]) } else { Cow::Borrowed(item) }
}

/// Undoes the escapes of JSON.
///
/// LaTeX whose backslashes were not escaped (`"\frac{1}{2}"`) is told by what is no escape, or
/// is one before a letter; there only quotes are undone.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(all_unescaped(text).unwrap_or_else(|| text.replace("\\\"", "\"")))
}

/// The text with every escape undone, or nothing where one is none.
fn all_unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, length) = escape(&rest[at..])?;
        out.push(c);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Some(out)
}

/// What the escape at the start of `text` stands for, and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    let code = text.as_bytes().get(1).copied()?;
    match code {
        b'\\' | b'"' | b'\'' | b'/' => Some((char::from(code), 2)),
        b'n' if !letter_at(text, 2) => Some(('\n', 2)),
        b't' if !letter_at(text, 2) => Some(('\t', 2)),
        b'r' if !letter_at(text, 2) => Some(('\r', 2)),
        b'u' => unicode_escape(text),
        _ => None,
    }
}

/// A character by its number; two halves of a pair are one, a lone half is none.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let high = code_unit(text)?;
    let low = text.get(6..).and_then(code_unit);
    let pair = low.map(|low| char::decode_utf16([high, low]));
    match pair.and_then(|mut units| units.next()?.ok()) {
        Some(c) if c.len_utf16() == 2 => Some((c, 12)),
        _ => Some((char::from_u32(u32::from(high)).unwrap_or(char::REPLACEMENT_CHARACTER), 6)),
    }
}

fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| all)
}
