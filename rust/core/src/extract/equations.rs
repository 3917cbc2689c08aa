//! Which side of an equation is the answer.

use memchr::{memchr, memchr_iter, memchr2_iter, memchr3};

use super::text::{letter_at, trim};

/// The bytes of a text that stand outside all brackets, escapes skipped.
pub(crate) struct TopLevel<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> TopLevel<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, depth: 0 }
    }
}

impl Iterator for TopLevel<'_> {
    type Item = (usize, u8);

    fn next(&mut self) -> Option<(usize, u8)> {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ if self.depth == 0 => return Some((self.at - 1, byte)),
                _ => {}
            }
        }
        None
    }
}

const COMMAND: &str = "\\approx";
/// Words between the equations of a list.
const JOINERS: [&str; 6] =
    [" and ", " or ", "\\text{ and }", "\\text{and}", "\\text{ or }", "\\text{or}"];

/// The sides of an equation: the first, the last, and how many there are.
struct Sides<'a> {
    first: &'a str,
    last: &'a str,
    count: usize,
}

/// The sides of an equation; a text that is none, or a list, has one.
fn sides(text: &str) -> Sides<'_> {
    let mut sides = Sides { first: text, last: text, count: 1 };
    if memchr(b'=', text.as_bytes()).is_none()
        || memchr(b',', text.as_bytes()).is_some()
            && TopLevel::of(text).any(|(_, byte)| byte == b',')
        || holds_joiner(text.as_bytes())
    {
        return sides;
    }
    let bytes = text.as_bytes();
    for (at, byte) in TopLevel::of(text) {
        let relation = at > 0 && b"<>!:=".contains(&bytes[at - 1])
            || matches!(bytes.get(at + 1), Some(b'=' | b'>'));
        if byte == b'=' && !relation {
            if sides.count == 1 {
                sides.first = trim(&text[..at]);
            }
            sides.last = &text[at + 1..];
            sides.count += 1;
        }
    }
    if sides.count > 1 {
        sides.last = trim(sides.last);
    }
    sides
}

fn holds_joiner(text: &[u8]) -> bool {
    memchr2_iter(b' ', b'\\', text).any(|at| {
        matches!(text.get(at + 1), Some(b'a' | b'o' | b't'))
            && JOINERS.iter().any(|joiner| text[at..].starts_with(joiner.as_bytes()))
    })
}

/// `10/3 ≈ 3.33` states 10/3; `x ≈ 3.33` states 3.33.
fn exact_part(text: &str) -> &str {
    let Some((from, to)) = approximation(text) else { return text };
    let (left, right) = (trim(&text[..from]), trim(&text[to..]));
    let exact = sides(left).last.bytes().any(|b| b.is_ascii_digit());
    if exact || right.is_empty() { left } else { right }
}

/// Where the first sign of an approximation starts and ends.
fn approximation(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let sign = memchr(0xe2, bytes).and_then(|_| text.find('≈'));
    let command = memchr_iter(b'\\', bytes).find(|&at| {
        bytes[at..].starts_with(COMMAND.as_bytes()) && !letter_at(text, at + COMMAND.len())
    });
    let sign = sign.map(|at| (at, at + '≈'.len_utf8()));
    let command = command.map(|at| (at, at + COMMAND.len()));
    [sign, command].into_iter().flatten().min()
}

/// Whether a letter stands outside commands.
fn has_variable(text: &str) -> bool {
    let mut in_command = false;
    let mut previous = 0;
    for &byte in text.as_bytes() {
        let letter = byte.is_ascii_alphabetic();
        in_command = letter && (in_command || previous == b'\\');
        if letter && !in_command {
            return true;
        }
        previous = byte;
    }
    false
}

fn is_lone_letter(side: &str) -> bool {
    let side = side.strip_prefix('&').unwrap_or(side);
    let side = side.strip_suffix('&').unwrap_or(side);
    side.len() == 1 && letter_at(side, 0)
}

/// What an equation states: the last side of a chain or of plain arithmetic.
///
/// An equation of two sides with a variable on the left stays whole, except that a `loose`
/// reading keeps it only where both sides are needed: `y = 2x + 3`.
pub(crate) fn stated_side(text: &str, loose: bool) -> &str {
    if memchr3(b'=', b'\\', 0xe2, text.as_bytes()).is_none() {
        return text;
    }
    let text = exact_part(text);
    if memchr(b'=', text.as_bytes()).is_none() {
        return text;
    }
    match sides(text) {
        Sides { count: 1, .. } | Sides { last: "", .. } => text,
        Sides { first: left, last: right, count: 2 } if has_variable(left) => {
            let both = is_lone_letter(left) && has_variable(right);
            if both || !loose { text } else { right }
        }
        // `25 = x^2 + y^2` says it from the other side.
        Sides { last: right, count: 2, .. } if has_variable(right) => text,
        Sides { last, .. } => last,
    }
}
