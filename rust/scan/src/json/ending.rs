//! The end of a long string, from its last box on.

#![expect(clippy::inline_always, reason = "compiled for the lanes of the caller, in registers")]

use slm_mux_core::extract::ending::{is_apart, may_box};

use super::blocks::{BLOCK, Cpu, Lanes, WithLanes, block};

/// What must stand before a box.
pub(super) const BEFORE: usize = 160;
/// What is passed, at most, between a box and the letter before it.
const GAP: usize = 16;
/// What an escape is shorter than.
const ESCAPE: usize = 6;

/// Where the `x` of the last "ox" stands, which is in every command of a box.
pub(super) fn last_ox(text: &str, cpu: Cpu) -> Option<usize> {
    cpu.run(LastOx(text.as_bytes()))
}

struct LastOx<'a>(&'a [u8]);

impl WithLanes for LastOx<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Option<usize> {
        // Each block is looked at together with the one a byte further on.
        let mut start = self.0.len();
        while start > 1 {
            let end = start;
            start = end.saturating_sub(BLOCK + 1);
            let (o, x) = (block(&self.0[start..end]), block(&self.0[start + 1..end]));
            let found = lanes.equal(&o, b'o') & lanes.equal(&x, b'x');
            if found != 0 {
                return Some(start + BLOCK - found.leading_zeros() as usize);
            }
            // The first byte may belong to one that is looked for.
            start += usize::from(start > 0);
        }
        None
    }
}

/// The end of the inside of a string from its last `\boxed{` on, where it is the command with
/// the `x` at that place, and what stands before tells, as it is written, that no other box is
/// joined to this one: mostly there is no other.
pub(crate) fn lone_box(raw: &str, x: usize) -> Option<&str> {
    let bytes = raw.as_bytes();
    let start = x.checked_sub("\\\\bo".len())?;
    if !bytes[start..].starts_with(b"\\\\boxed{") {
        return None;
    }
    let before = &bytes[..start];
    let apart = !escapes(before) && (is_after_letter(before) || !may_box(before));
    apart.then(|| &raw[start..])
}

/// Whether the last backslash takes the next byte with it.
fn escapes(bytes: &[u8]) -> bool {
    bytes.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// Whether the last letter of a string, what opens a box passed over, keeps boxes apart.
fn is_after_letter(mut before: &[u8]) -> bool {
    for _ in 0..GAP {
        let Some((last, rest)) = before.split_last() else { return false };
        before = match last {
            b' ' | b'$' | b'(' | b'[' | b'*' => rest,
            // An escape is whole here: of a backslash, or of a line feed.
            b'\\' => &rest[..rest.len() - 1],
            b'n' if escapes(rest) => &rest[..rest.len() - 1],
            &letter => {
                let near = &rest[rest.len().saturating_sub(ESCAPE)..];
                return is_apart(letter) && !near.contains(&b'\\');
            }
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lone(raw: &str) -> Option<&str> {
        lone_box(raw, last_ox(raw, Cpu::default())?)
    }

    #[test]
    fn the_last_ox_is_found_wherever_it_stands() {
        for length in 0..200 {
            for at in 0..=length {
                let mut text = vec![b'o'; length];
                text.extend(b"x");
                text.rotate_left(at);
                let text = String::from_utf8(text).unwrap();
                for cpu in Cpu::all() {
                    assert_eq!(last_ox(&text, cpu), text.rfind("ox").map(|o| o + 1), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_stands_before_a_box_tells_it_apart() {
        let before = format!("\\\\boxed{{3}} {}", "words ".repeat(40));
        let lone_after = |end: &str| {
            let raw = format!("{before}{end}\\\\boxed{{4}}.");
            lone(&raw).map(str::to_owned)
        };
        for apart in ["is ", "is $", "is\\n\\n$$\\n", "is **", "is\\n\\\\[ ", "is 5 \\\\(", "is "] {
            assert_eq!(lone_after(apart).as_deref(), Some("\\\\boxed{4}."), "{apart}");
        }
        for joined in
            ["or ", "is: ", "and $", "x = ", "\\\\equiv ", "is \\\\", "\\u003d", "\\t", "é"]
        {
            assert_eq!(lone_after(joined).is_some(), joined == "is \\\\", "{joined}");
        }
        assert_eq!(lone_after("is \\"), None);
        for alone in ["", "or ", "a box of, "] {
            let raw = format!("{alone}\\\\boxed{{4}}");
            assert_eq!(lone(&raw), raw.strip_prefix(alone), "{alone}");
        }
    }
}
