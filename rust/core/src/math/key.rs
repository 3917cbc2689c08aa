//! The key: the string that two equal answers share.
//!
//! A value has the key of its exact fraction in lowest terms (`7/3`, `-5`), a letter is itself,
//! and anything else is its cleaned string behind a `~`, so that no string equals a value.

use std::borrow::Cow;

use num_rational::BigRational;
use sha2::{Digest, Sha256};

use super::clean::{clean, spelled};
use super::value::value;
use crate::Kind;
use crate::extract::choice::{is_closer, skip_openers};
use crate::extract::equations::pieces;
use crate::extract::numbers::Numbers;
use crate::extract::text::is_space;

const LONGEST_KEY: usize = 256;
/// What the keys start with that stand for a string too long to keep.
pub const HASHED: &str = "#sha256:";

/// The key of `answer` for its kind; nothing where nothing is left of it.
pub fn key(answer: &str, kind: Kind) -> Option<Cow<'_, str>> {
    if kind == Kind::Choice {
        return choice_key(answer);
    }
    if is_plain_integer(answer) {
        return Some(Cow::Borrowed(answer));
    }
    let text = clean(answer);
    if text.is_empty() {
        return None;
    }
    let key = match (value(&text), kind) {
        (Some(value), _) => value.to_string(),
        (None, Kind::Number) => number_key(&text),
        (None, _) => math_key(&text),
    };
    Some(Cow::Owned(bounded(key)))
}

/// The way most answers take: digits that are their own key.
fn is_plain_integer(answer: &str) -> bool {
    let digits = answer.as_bytes();
    let zero = digits.first() == Some(&b'0') && digits.len() > 1;
    !zero && (1..=LONGEST_KEY).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

/// The key of a cleaned answer that is no plain number: a list, a tuple, a string.
fn math_key(text: &str) -> String {
    let (opener, inner, closer) = outer(text);
    let parts = pieces(inner, b',');
    if parts.len() == 1 && matches!(opener, "" | "(") && matches!(closer, "" | ")") {
        return match named_value(inner) {
            Some(value) => value.to_string(),
            None => format!("~{}", spelled(inner)),
        };
    }
    let mut parts: Vec<_> = parts.into_iter().map(scalar).collect();
    // A list or a set has no order; a point or an interval has.
    if matches!(opener, "" | "\\{") {
        parts.sort_unstable();
    }
    format!("~{opener}{}{closer}", parts.join(","))
}

/// The brackets around the whole, and the inside.
fn outer(text: &str) -> (&str, &str, &str) {
    let set = text.strip_prefix("\\{").and_then(|rest| rest.strip_suffix("\\}"));
    if let Some(inner) = set.filter(|inner| !inner.contains("\\}")) {
        return ("\\{", inner, "\\}");
    }
    let brackets = text.len() >= 2 && text.starts_with(['(', '[']) && text.ends_with([')', ']']);
    if brackets && encloses(text) {
        let last = text.len() - 1;
        return (&text[..1], &text[1..last], &text[last..]);
    }
    ("", text, "")
}

/// Whether the bracket that opens `text` closes at its last character, not before.
pub(super) fn encloses(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at == bytes.len() - 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// One component of a list.
fn scalar(text: &str) -> String {
    named_value(text).map_or_else(|| spelled(text), |value| value.to_string())
}

/// `x = 5` states 5, like 5 itself.
fn named_value(text: &str) -> Option<BigRational> {
    match text.split_once('=') {
        Some((name, rest)) if is_name(&name.replace(' ', "")) => value(rest),
        _ => value(text),
    }
}

/// `x`, `AB`, `\theta`, `x_1`, `f'`, `f(x)`.
fn is_name(text: &str) -> bool {
    let letters = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let text = text.strip_prefix('\\').unwrap_or(text);
    let length = letters(text);
    let rest = text[length..].trim_start_matches('\'');
    length > 0 && is_argument(without_subscript(rest))
}

fn without_subscript(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('_') else { return text };
    if let Some((inner, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        return if is_alphanumeric(inner) { after } else { text };
    }
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) { &rest[1..] } else { text }
}

fn is_argument(text: &str) -> bool {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    text.is_empty() || inner.is_some_and(is_alphanumeric)
}

fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The one number among words; a string where there are several.
fn number_key(text: &str) -> String {
    let mut numbers = Numbers::of(text);
    let only = match (numbers.next(), numbers.next()) {
        (Some((_, number)), None) => value(number),
        _ => None,
    };
    only.map_or_else(|| format!("~{}", spelled(text)), |value| value.to_string())
}

/// The letter, in upper case; an answer that is none keeps its words.
fn choice_key(answer: &str) -> Option<Cow<'_, str>> {
    let rest = skip_openers(answer);
    let bare =
        rest.trim_end_matches(|c| is_closer(c) || is_space(c) || matches!(c, '.' | ':' | ','));
    let first = rest.chars().next();
    if let Some(letter) = first.filter(|c| bare.len() == 1 && c.is_ascii_alphabetic()) {
        return Some(Cow::Owned(letter.to_ascii_uppercase().to_string()));
    }
    if first.is_some_and(|c| c.is_ascii_uppercase()) {
        let after = rest[1..].trim_start_matches([')', '.', ']', ':', '}']);
        if after.len() + 1 < rest.len() && after.starts_with(is_space) {
            return Some(Cow::Borrowed(&rest[..1]));
        }
    }
    let text = spelled(&clean(answer)).to_ascii_lowercase();
    (!text.is_empty()).then(|| Cow::Owned(bounded(format!("~{text}"))))
}

/// A key that would be too long becomes its SHA-256.
fn bounded(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let hex = Sha256::digest(key.as_bytes()).iter().fold(String::new(), |hex, byte| {
        use std::fmt::Write;
        let mut hex = hex;
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    HASHED.to_owned() + &hex
}
