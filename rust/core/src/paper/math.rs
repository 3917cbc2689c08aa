//! MATH: the first box, and the ten published rewritings of what it holds.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};

use super::text;

const BOX: &[u8] = br"\boxed{";

static BOX_FINDER: LazyLock<Finder<'static>> =
    LazyLock::new(|| FinderBuilder::new().build_forward_with_ranker(Ranks, BOX));

/// How common bytes are where the search looks: of the box, `x` and `b` are rare even in
/// mathematics, and side by side.
struct Ranks;

impl HeuristicFrequencyRank for Ranks {
    fn rank(&self, byte: u8) -> u8 {
        if matches!(byte, b'b' | b'x') { 0 } else { u8::MAX }
    }
}

/// The bytes without which no rule has anything to do; `f` stands for `frac`.
const TOUCHED: [bool; 256] = {
    let mut touched = [false; 256];
    let bytes = b"\\%./= \nf";
    let mut at = 0;
    while at < bytes.len() {
        touched[bytes[at] as usize] = true;
        at += 1;
    }
    touched
};

/// What the first `\boxed{` holds, up to its matching brace.
pub(super) fn boxed(text: &str) -> Option<&str> {
    let start = BOX_FINDER.find(text.as_bytes())? + BOX.len();
    let inside = &text[start..];
    let span = text::strip(&inside[..closing_brace(inside.as_bytes())?]);
    (!span.is_empty()).then_some(span)
}

/// The spans of many texts that lie in `bytes` one after the other, at `rows`.
///
/// The same as to extract from each, but the search runs on over their borders, at the speed
/// of the memory. Bytes that are not UTF-8 come out as they are.
pub fn boxed_spans(
    bytes: &[u8],
    rows: impl IntoIterator<Item = Range<usize>>,
) -> impl Iterator<Item = Option<&[u8]>> {
    let mut boxes = BOX_FINDER.find_iter(bytes).peekable();
    rows.into_iter().map(move |row| {
        while boxes.next_if(|&at| at < row.start).is_some() {}
        let start = boxes.next_if(|at| at + BOX.len() <= row.end)? + BOX.len();
        let inside = bytes.get(start..row.end)?;
        let span = text::strip_bytes(&inside[..closing_brace(inside)?]);
        (!span.is_empty()).then_some(span)
    })
}

/// Where the brace that is open at the start of `inside` is closed.
fn closing_brace(inside: &[u8]) -> Option<usize> {
    let mut depth = 1_usize;
    inside.iter().position(|&byte| {
        depth += usize::from(byte == b'{');
        depth -= usize::from(byte == b'}');
        depth == 0
    })
}

/// The vote of a stripped span; nothing where a root has no argument.
pub(super) fn key(span: &str) -> Option<Cow<'_, str>> {
    if !span.bytes().any(|byte| TOUCHED[usize::from(byte)]) {
        return Some(Cow::Borrowed(span));
    }
    let s = drop_layout(Cow::Borrowed(lone_text(span)));
    let s = before_text(s);
    let s = fix_decimals(s);
    let s = drop_short_name(s);
    let s = brace_roots(s)?;
    let s = replace(s, " ", "");
    let s = brace_fractions(s);
    Some(one_fraction_form(s))
}

/// Rule 1: the inside of `^\\text\{(.+?)\}$`, stripped, or the whole.
fn lone_text(span: &str) -> &str {
    let inside = span.strip_prefix(r"\text{").and_then(|rest| rest.strip_suffix('}'));
    match inside {
        Some(inside) if !inside.is_empty() && !inside.contains('\n') => text::strip(inside),
        _ => span,
    }
}

/// Rule 2: newlines, spacing, kinds of fraction, sizes, degrees and dollars.
fn drop_layout(s: Cow<'_, str>) -> Cow<'_, str> {
    let s = replace(s, "\n", "");
    let s = replace(replace(s, r"\!", ""), r"\\", r"\");
    let s = replace(replace(s, "tfrac", "frac"), "dfrac", "frac");
    let s = replace(replace(s, r"\left", ""), r"\right", "");
    let s = replace(replace(s, r"^{\circ}", ""), r"^\circ", "");
    replace(s, r"\$", "")
}

/// Rule 3: what stands before the first `\text{`.
fn before_text(s: Cow<'_, str>) -> Cow<'_, str> {
    match s.find(r"\text{") {
        Some(at) => keep(s, 0..at),
        None => s,
    }
}

/// Rule 4: percent signs go, bare decimal points get their zero.
fn fix_decimals(s: Cow<'_, str>) -> Cow<'_, str> {
    let s = replace(replace(s, r"\%", ""), "%", "");
    let s = replace(replace(s, " .", " 0."), "{.", "{0.");
    if s.starts_with('.') { Cow::Owned(format!("0{s}")) } else { s }
}

/// Rule 5: the right side of the only `=`, where the left has at most two characters.
fn drop_short_name(s: Cow<'_, str>) -> Cow<'_, str> {
    match s.split_once('=') {
        Some((name, value)) if name.chars().nth(2).is_none() && !value.contains('=') => {
            let range = s.len() - value.len()..s.len();
            keep(s, range)
        }
        _ => s,
    }
}

/// Rule 6: `\sqrt3` gets its braces; a root with nothing before the next is no answer.
fn brace_roots(s: Cow<'_, str>) -> Option<Cow<'_, str>> {
    rewrite_after(s, r"\sqrt", |piece, out| {
        let first = piece.chars().next()?;
        Some(push_argument(first, piece, out))
    })
}

/// Rule 8: `\frac12` and `\frac1{2}` get their braces; with less to go on it stays.
fn brace_fractions(s: Cow<'_, str>) -> Cow<'_, str> {
    let braced = rewrite_after(s, r"\frac", |piece, out| {
        let mut characters = piece.chars();
        Some(match (characters.next(), characters.next()) {
            (Some(a), Some(b)) if a != '{' => {
                let rest = push_argument(a, piece, out);
                push_argument(b, rest, out)
            }
            _ => piece,
        })
    });
    braced.unwrap_or_default()
}

/// Writes the first character of `piece` in braces, unless it is one; gives what is left.
fn push_argument<'p>(first: char, piece: &'p str, out: &mut String) -> &'p str {
    if first == '{' {
        return piece;
    }
    out.extend(['{', first, '}']);
    &piece[first.len_utf8()..]
}

/// Rules 9 and 10: one form for a half, and for `p/q` of two whole numbers.
fn one_fraction_form(s: Cow<'_, str>) -> Cow<'_, str> {
    if s == "0.5" {
        return Cow::Borrowed(r"\frac{1}{2}");
    }
    let sides = s.split_once('/').and_then(|(p, q)| Some((text::int(p)?, text::int(q)?)));
    match sides {
        Some((p, q)) => Cow::Owned(format!(r"\frac{{{p}}}{{{q}}}")),
        None => s,
    }
}

/// Rewrites what follows each `command`, up to the next: `rewrite` writes the start of a piece
/// and gives what of it stays as it is, or nothing where there is no answer.
fn rewrite_after<'a>(
    s: Cow<'a, str>,
    command: &str,
    rewrite: impl for<'p> Fn(&'p str, &mut String) -> Option<&'p str>,
) -> Option<Cow<'a, str>> {
    if !s.contains(command) {
        return Some(s);
    }
    let mut pieces = s.split(command);
    let mut out = String::with_capacity(s.len() + 8);
    out.push_str(pieces.next()?);
    for piece in pieces {
        out.push_str(command);
        let rest = rewrite(piece, &mut out)?;
        out.push_str(rest);
    }
    Some(Cow::Owned(out))
}

/// `str.replace`, without a copy where there is nothing to replace.
fn replace<'a>(s: Cow<'a, str>, from: &str, to: &str) -> Cow<'a, str> {
    if s.contains(from) { Cow::Owned(s.replace(from, to)) } else { s }
}

/// The part of `s` in `range`.
fn keep(s: Cow<'_, str>, range: Range<usize>) -> Cow<'_, str> {
    match s {
        Cow::Borrowed(s) => Cow::Borrowed(&s[range]),
        Cow::Owned(s) => Cow::Owned(s[range].into()),
    }
}
