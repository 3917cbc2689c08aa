//! Long strings: where they end, and whether their end tells what all of them says.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use slm_mux_core::extract::ending::{may_ask, may_mark, may_open};

use super::Result;
use super::blocks::{BLOCK, Cpu, Lanes, Masks, WithLanes, escaped};
use super::string::{Text, escape, string};

/// A string, and whether something stands in it for which all of it must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walked<'a> {
    pub(super) text: Text<'a>,
    /// Where it ends after its closing quote.
    pub(super) end: usize,
    pub(super) marked: bool,
}

/// The same as [`string`], noting marks on the way.
#[inline(always)]
pub(super) fn walk(line: &str, from: usize, cpu: Cpu) -> Result<Walked<'_>> {
    if let Some(Quote { at, escaped, marked }) = cpu.run(Walk { line, from }) {
        let text = Text { raw: &line[from..at], escaped };
        return Ok(Walked { text, end: at + 1, marked });
    }
    // Something is wrong, or the end of all that is at hand is near, which is rare.
    let (text, end) = string(line, from)?;
    Ok(Walked { text, end, marked: true })
}

/// The quote that ends a string.
#[derive(Clone, Copy)]
struct Quote {
    at: usize,
    escaped: bool,
    marked: bool,
}

struct Walk<'a> {
    line: &'a str,
    from: usize,
}

impl WithLanes for Walk<'_> {
    type Output = Option<Quote>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Option<Quote> {
        let Self { line, from } = self;
        let bytes = line.as_bytes().get(from..)?;
        let (mut carry, mut any_escape, mut marked) = (0, 0, false);
        let (blocks, _) = bytes.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            let Masks { quotes, backslashes, controls, marks } = lanes.masks(block);
            let taken = escaped(backslashes, &mut carry);
            let ends = quotes & !taken;
            // The bits before the first end, or all.
            let inside = (ends & ends.wrapping_neg()).wrapping_sub(1);
            any_escape |= backslashes & inside;
            let start = number * BLOCK;
            // Most escapes are of backslashes, and tell nothing.
            let escapes = taken & !backslashes & inside;
            if (escapes | controls & inside | marks & inside) != 0 {
                if controls & inside != 0 {
                    return None;
                }
                marked |= places(escapes).try_fold(false, |marked, place| {
                    Some(marked | escape_marks(line, from, start + place)?)
                })?;
                marked |= places(marks & inside).any(|place| may_mark(bytes, start + place));
            }
            if ends != 0 {
                let at = from + start + ends.trailing_zeros() as usize;
                return Some(Quote { at, escaped: any_escape != 0, marked });
            }
        }
        None
    }
}

/// Whether something stands in a text, which is not written as JSON, for which all of it must be
/// read.
#[inline]
pub(super) fn is_marked(text: &str, cpu: Cpu) -> bool {
    cpu.run(Marked(text))
}

struct Marked<'a>(&'a str);

impl WithLanes for Marked<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> bool {
        let (blocks, rest) = self.0.as_bytes().as_chunks();
        let mut last = [b' '; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        // By a plain loop, all of which is inlined.
        for number in 0..=blocks.len() {
            let block = blocks.get(number).unwrap_or(&last);
            let Masks { quotes, controls, marks, .. } = lanes.masks(block);
            let told = quotes | controls | marks;
            if told != 0 && places(told).any(|place| marks_at(self.0, number * BLOCK + place)) {
                return true;
            }
        }
        false
    }
}

/// Whether the byte at `at` is such that all of the text must be read.
#[inline]
fn marks_at(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'\n' => {
            let opens = bytes.get(at + 1).is_some_and(|&next| may_open(next));
            opens && may_ask(&text[at + 1..])
        }
        ..b' ' => false,
        _ => may_mark(bytes, at),
    }
}

/// The places of the bits that are set.
#[inline]
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (place < BLOCK).then_some(place)
    })
}

/// Whether the escape that ends with the byte at `at` of the string from `from` on is such that
/// all of it must be read; nothing where it is wrong.
#[inline]
fn escape_marks(line: &str, from: usize, at: usize) -> Option<bool> {
    let bytes = line.as_bytes().get(from..)?;
    match bytes[at] {
        b'b' | b'f' | b'r' | b't' => Some(false),
        b'n' => {
            // A backslash may start a tab.
            let may = |&next: &u8| next == b'\\' || may_open(next);
            Some(bytes.get(at + 1).is_some_and(may) && asks(line, from + at + 1))
        }
        // A tag that closes, its slash escaped.
        b'/' => Some(at > 1 && matches!(bytes[at - 2], b'<' | b'[')),
        b'"' => Some(may_mark(&bytes[..=at], at - 1)),
        _ => escape(bytes, at - 1).ok().map(|_| true),
    }
}

/// Whether the line at `at` may start a question; as it is written, tabs are escapes.
fn asks(line: &str, at: usize) -> bool {
    let rest = line[at..].trim_start_matches([' ', '*', '#', '>']);
    rest.starts_with("\\t") || may_ask(rest)
}
