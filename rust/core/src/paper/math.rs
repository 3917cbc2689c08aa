//! MATH: the first box, and the ten published rewritings of what it holds.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};

use super::rewriting::{Replacement, Rewriting, Word};
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
    // Never more than there are bytes: a wrapped sum is not possible, its checks cost a third.
    let mut depth = 1_usize;
    inside.iter().position(|&byte| {
        depth = depth.wrapping_add(usize::from(byte == b'{'));
        depth = depth.wrapping_sub(usize::from(byte == b'}'));
        depth == 0
    })
}

/// Rule 2: newlines, spacing, kinds of fraction, sizes, degrees and dollars.
const LAYOUT: [Replacement; 10] = [
    Replacement::new("\n", ""),
    Replacement::new(r"\!", ""),
    Replacement::new(r"\\", r"\"),
    Replacement::new("tfrac", "frac"),
    Replacement::new("dfrac", "frac"),
    Replacement::new(r"\left", ""),
    Replacement::new(r"\right", ""),
    Replacement::new(r"^{\circ}", ""),
    Replacement::new(r"^\circ", ""),
    Replacement::new(r"\$", ""),
];

/// Rule 3: what a unit or a remark begins with.
const TEXT: Word = Word::new(r"\text{");

/// Rule 4: percent signs go, bare decimal points get their zero.
const DECIMALS: [Replacement; 4] = [
    Replacement::new(r"\%", ""),
    Replacement::new("%", ""),
    Replacement::new(" .", " 0."),
    Replacement::new("{.", "{0."),
];

/// Rule 7.
const SPACES: [Replacement; 1] = [Replacement::new(" ", "")];

/// The vote of a stripped span; nothing where a root has no argument.
pub(super) fn key(span: &str) -> Option<Cow<'_, str>> {
    let s = Rewriting::of(lone_text(span)).replace(&LAYOUT).before(&TEXT);
    let s = drop_short_name(lead_with_zero(s.replace(&DECIMALS)));
    let s = brace_roots(s)?.replace(&SPACES);
    Some(one_fraction_form(brace_fractions(s).text))
}

/// Rule 1: the inside of `^\\text\{(.+?)\}$`, stripped, or the whole.
fn lone_text(span: &str) -> &str {
    let inside = span.strip_prefix(r"\text{").and_then(|rest| rest.strip_suffix('}'));
    match inside {
        Some(inside) if !inside.is_empty() && !inside.contains('\n') => text::strip(inside),
        _ => span,
    }
}

/// Rule 4, at the start.
fn lead_with_zero(mut s: Rewriting<'_>) -> Rewriting<'_> {
    if s.text.starts_with('.') {
        s.text.to_mut().insert(0, '0');
    }
    s
}

/// Rule 5: the right side of the only `=`, where the left has at most two characters.
fn drop_short_name(s: Rewriting<'_>) -> Rewriting<'_> {
    match s.text.split_once('=') {
        Some((name, value)) if name.chars().nth(2).is_none() && !value.contains('=') => {
            let value = s.text.len() - value.len()..s.text.len();
            s.keep(value)
        }
        _ => s,
    }
}

const SQRT: Word = Word::new(r"\sqrt");

/// Rule 6: `\sqrt3` gets its braces; a root with nothing before the next is no answer.
fn brace_roots(s: Rewriting<'_>) -> Option<Rewriting<'_>> {
    s.rewrite_after(&SQRT, |piece, out| {
        let first = piece.chars().next()?;
        Some(push_argument(first, piece, out))
    })
}

const FRAC: Word = Word::new(r"\frac");

/// Rule 8: `\frac12` and `\frac1{2}` get their braces; with less to go on it stays.
fn brace_fractions(s: Rewriting<'_>) -> Rewriting<'_> {
    let braced = s.rewrite_after(&FRAC, |piece, out| {
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
