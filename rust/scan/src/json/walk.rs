//! Long strings: where they end, and whether their end tells what all of them says.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use slm_mux_core::extract::ending::{may_ask, may_mark, may_open};

use super::Result;
use super::blocks::{BLOCK, Cpu, Lanes, Masks, WithLanes, escaped, places};
use super::string::{Text, string};
use super::suspect::Suspect;

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
        let text = line.get(from..)?;
        let (mut carry, mut any_escape, mut marked, mut feeds_before) = (0, 0, false, 0);
        let (blocks, _) = text.as_bytes().as_chunks();
        for (number, block) in blocks.iter().enumerate() {
            let Masks { quotes, backslashes, telling, opens } = lanes.masks(block);
            let taken = escaped(backslashes, &mut carry);
            let ends = quotes & !taken;
            // The bits before the first end, or all.
            let inside = (ends & ends.wrapping_neg()).wrapping_sub(1);
            any_escape |= backslashes & inside;
            let start = number * BLOCK;
            // Most escapes are of backslashes and line feeds, and tell nothing.
            let feeds = taken & lanes.equal(block, b'n');
            let others = taken & !backslashes & !feeds & inside;
            let lines = (feeds << 1 | feeds_before >> 63) & opens & inside;
            let tabs = feeds << 2 | feeds_before >> 62;
            feeds_before = feeds;
            let telling = telling & inside;
            if (telling | lines | others) != 0 {
                let suspect = Suspect { text, start, quotes, telling, tabs, lines, others };
                marked |= suspect.marks(lanes, block)?;
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
        let mut feeds_before = 0;
        // By a plain loop, all of which is inlined.
        for number in 0..=blocks.len() {
            let block = blocks.get(number).unwrap_or(&last);
            let Masks { quotes, telling, opens, .. } = lanes.masks(block);
            let feeds = lanes.equal(block, b'\n');
            let opens = opens | lanes.equal(block, b'\t');
            let lines = (feeds << 1 | feeds_before >> 63) & opens;
            feeds_before = feeds;
            let quotes = quotes | telling & !feeds;
            if (lines | quotes) != 0 {
                let start = number * BLOCK;
                if places(lines).any(|place| opens_question(&self.0[start + place..]))
                    || places(quotes).any(|place| tells(self.0.as_bytes(), start + place))
                {
                    return true;
                }
            }
        }
        false
    }
}

/// Whether a line may be the start of a question.
fn opens_question(line: &str) -> bool {
    line.bytes().next().is_some_and(may_open) && may_ask(line)
}

/// Whether a byte may be a mark, of control characters and those that may.
fn tells(bytes: &[u8], at: usize) -> bool {
    bytes[at] >= b' ' && may_mark(bytes, at)
}

#[cfg(test)]
mod tests {
    use super::super::hostile::strings;
    use super::super::string::escape;
    use super::*;

    /// Whether something stands in a well-formed string for which all of it must be read.
    fn marks(line: &str, raw: &str) -> bool {
        let (bytes, mut at, mut marked) = (raw.as_bytes(), 0, false);
        while at < bytes.len() {
            if bytes[at] != b'\\' {
                marked |= matches!(bytes[at], b'<' | b'K' | b'\'') && may_mark(line.as_bytes(), at);
                at += 1;
                continue;
            }
            let next = escape(bytes, at).unwrap();
            marked |= match bytes[at + 1] {
                b'n' => {
                    let rest = raw[next..].trim_start_matches([' ', '*', '#', '>']);
                    rest.starts_with("\\t") || may_ask(rest)
                }
                b'/' => at > 0 && matches!(bytes[at - 1], b'<' | b'['),
                b'"' => may_mark(&[&bytes[..at], b"\""].concat(), at),
                b'u' => true,
                _ => false,
            };
            at = next;
        }
        marked
    }

    #[test]
    fn plain_texts_are_marked_the_same_on_every_cpu() {
        let mut told = 0;
        for inside in strings() {
            let text = inside.replace("\\n", "\n").replace("\\t", "\t").replace('\\', "");
            let text: String = text.chars().take(130).collect();
            let bytes = text.as_bytes();
            let wanted = bytes.iter().enumerate().any(|(at, byte)| match byte {
                b'<' | b'K' | b'\'' | b'"' => may_mark(bytes, at),
                b'\n' => may_ask(&text[at + 1..]),
                _ => false,
            });
            told += usize::from(wanted);
            for cpu in Cpu::all() {
                assert_eq!(is_marked(&text, cpu), wanted, "{cpu:?} {text:?}");
            }
        }
        assert!((5_000..25_000).contains(&told), "{told}");
    }

    #[test]
    fn strings_end_and_are_marked_the_same_on_every_cpu() {
        let (mut read, mut told) = (0, 0);
        for inside in strings() {
            let line = format!("\"{inside}\"{}", " <K'\\".repeat(26));
            for cpu in Cpu::all() {
                let found = walk(&line, 1, cpu);
                assert_eq!(found.map(|walked| (walked.text, walked.end)), string(&line, 1));
                if let Ok(Walked { text, marked, .. }) = found {
                    assert_eq!(marked, marks(&line[1..], text.raw), "{cpu:?} {inside:?}");
                    (read, told) = (read + 1, told + usize::from(marked));
                }
            }
            let torn = format!("\"{inside}");
            for cpu in Cpu::all() {
                let found = walk(&torn, 1, cpu).map(|walked| (walked.text, walked.end));
                assert_eq!(found, string(&torn, 1));
            }
        }
        assert!(told > 3_000 && read - told > 3_000, "{told} {read}");
    }
}
