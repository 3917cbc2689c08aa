//! The end of a long string, from its last box on.

use memchr::memrchr_iter;
use slm_mux_core::extract::ending::{is_apart, may_box};

/// What must stand before a box, and how many letters are asked whether they are in one.
pub(super) const BEFORE: usize = 160;
pub(super) const TRIES: usize = 8;
/// What is passed, at most, between a box and the letter before it.
const GAP: usize = 16;
/// What an escape is shorter than.
const ESCAPE: usize = 6;

/// The end of the inside of a string from its last `\boxed{` on, where what stands before
/// tells, as it is written, that no other box is joined to this one: mostly there is no other.
pub(crate) fn lone_box(raw: &str) -> Option<&str> {
    let bytes = raw.as_bytes();
    let boxes = |&x: &usize| bytes[..x].ends_with(b"\\\\bo") && bytes[x + 1..].starts_with(b"ed{");
    let x = memrchr_iter(b'x', bytes).take(TRIES).find(boxes)?;
    let start = x - "\\\\bo".len();
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

    #[test]
    fn what_stands_before_a_box_tells_it_apart() {
        let before = format!("\\\\boxed{{3}} {}", "words ".repeat(40));
        let lone = |end: &str| {
            let raw = format!("{before}{end}\\\\boxed{{4}}.");
            lone_box(&raw).map(str::to_owned)
        };
        for apart in ["is ", "is $", "is\\n\\n$$\\n", "is **", "is\\n\\\\[ ", "is 5 \\\\(", "is "] {
            assert_eq!(lone(apart).as_deref(), Some("\\\\boxed{4}."), "{apart}");
        }
        for joined in
            ["or ", "is: ", "and $", "x = ", "\\\\equiv ", "is \\\\", "\\u003d", "\\t", "é"]
        {
            assert_eq!(lone(joined).is_some(), joined == "is \\\\", "{joined}");
        }
        assert_eq!(lone("is \\"), None);
        for alone in ["", "or ", "a box of, "] {
            let raw = format!("{alone}\\\\boxed{{4}}");
            assert_eq!(lone_box(&raw), raw.strip_prefix(alone), "{alone}");
        }
    }
}
