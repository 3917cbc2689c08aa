//! GSM8K: the last number after `####`, otherwise the last number.

use std::borrow::Cow;

use memchr::memrchr;

use super::text::{digit, skip_space, strip};

const MARK: &str = "####";

/// The span and the rule that found it.
pub(super) fn last(text: &str) -> Option<(&str, &'static str)> {
    let marked = last_marked(text).map(|span| (span, "hashes"));
    marked.or_else(|| last_anywhere(text).map(|span| (span, "last_number")))
}

/// A span without its mark, commas and leading zeros.
pub(super) fn key(answer: &str) -> Cow<'_, str> {
    let answer = answer.strip_prefix(MARK).map_or(answer, strip);
    if answer.contains(',') {
        let plain = answer.replace(',', "");
        return Cow::Owned(drop_zeros(&plain).into());
    }
    Cow::Borrowed(drop_zeros(answer))
}

/// Drops leading zeros, save the last of a number that is nothing else.
fn drop_zeros(number: &str) -> &str {
    match number.trim_start_matches('0') {
        "" => &number[number.len().saturating_sub(1)..],
        rest => rest,
    }
}

/// The last match of `####\s*([-]?\d+(?:\.\d+)?)`.
fn last_marked(text: &str) -> Option<&str> {
    let mut head = text.as_bytes();
    while let Some(at) = memrchr(b'#', head) {
        head = &head[..at];
        if head.ends_with(b"###")
            && let Some(span) = leading(skip_space(&text[at + 1..]))
        {
            return Some(span);
        }
    }
    None
}

/// The number that `text` starts with.
fn leading(text: &str) -> Option<&str> {
    let sign = usize::from(text.starts_with('-'));
    let whole = sign + digits_at_start(&text[sign..]);
    if whole == sign {
        return None;
    }
    let decimals = text[whole..].strip_prefix('.').map_or(0, digits_at_start);
    let end = whole + decimals + usize::from(decimals > 0);
    Some(&text[..end])
}

/// The last match of `[-]?\d+(?:\.\d+)?`.
///
/// Matches are made from the left, so of the groups in `1.2.3.4` the last two are one number,
/// and of those in `1.2.3` only the last is.
fn last_anywhere(text: &str) -> Option<&str> {
    let end = text.len() - text.trim_end_matches(|c| digit(c).is_none()).len();
    let text = &text[..text.len() - end];
    let mut starts = [text.len(), text.len()];
    let mut groups = 0_usize;
    let mut head = text;
    loop {
        let length = digits_at_end(head);
        if length == 0 {
            break;
        }
        let start = head.len() - length;
        groups += 1;
        if groups <= 2 {
            starts[groups - 1] = start;
        }
        match head[..start].strip_suffix('.') {
            Some(before) => head = before,
            None => break,
        }
    }
    let start = *starts.get(1 - groups % 2).filter(|_| groups > 0)?;
    let sign = usize::from(text[..start].ends_with('-'));
    Some(&text[start - sign..])
}

/// The length in bytes of the digits that `text` starts with.
fn digits_at_start(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c| digit(c).is_some()).len()
}

/// The length in bytes of the digits that `text` ends with.
fn digits_at_end(text: &str) -> usize {
    text.len() - text.trim_end_matches(|c| digit(c).is_some()).len()
}
