//! A line that is laid out like the one before: only what differs is read.

use std::iter::Zip;
use std::slice::Iter;

use super::object::{Keys, LANES, Members, end, equal_lanes, known};
use super::value::{Value, value, value_into};

/// A member of the line before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// How long it is, from what leads to it to the end of its value.
    length: usize,
    /// For how many lines it is not looked whether it is the same.
    wait: u8,
}

/// The lines after one that was different in which the next is not expected to be the same;
/// tests meet the expectation more often.
const WAIT: u8 = if cfg!(test) { 1 } else { 16 };

impl Span {
    pub(super) fn new(length: usize) -> Self {
        Self { length, wait: 0 }
    }
}

impl<T: Copy, M: Fn(&str) -> T, W: Fn(T) -> bool> Members<'_, T, M, W> {
    /// The same as [`read`](Self::read) for a line after `before`, the line that was read last:
    /// `take` is called for those members only that may differ. Nothing where the line has
    /// other members or is wrong, which it is to be read for anew.
    #[inline]
    pub(crate) fn reread<'a>(
        &mut self,
        text: &'a str,
        before: &str,
        mut take: impl FnMut(T, Value<'a>),
    ) -> Option<usize> {
        if self.keys.wait > 0 {
            self.keys.wait -= 1;
            return None;
        }
        // Until the end is reached.
        self.keys.wait = WAIT;
        let Keys { learnt, spans, .. } = &mut *self.keys;
        let (bytes, mut before) = (text.as_bytes(), before.as_bytes());
        let (mut at, mut place) = (0, 0);
        while place < spans.len() {
            let (count, length) = same(&mut spans[place..], &bytes[at..], before);
            if count > 0 {
                before = &before[length..];
                (at, place) = (at + length, place + count);
                continue;
            }
            let (meaning, start) = known(learnt, bytes, at, place)?;
            let (value, after) = if (self.wanted)(meaning) {
                value_into(text, start, self.decoded).ok()?
            } else {
                value(text, start).ok()?
            };
            take(meaning, value);
            let length = std::mem::replace(&mut spans[place].length, after - at);
            before = &before[length..];
            (at, place) = (after, place + 1);
        }
        let length = end(bytes, at, place).ok().filter(|_| bytes.get(at) == Some(&b'}'))?;
        self.keys.wait = 0;
        Some(length)
    }
}

/// How many members are the same, what follows each included, and how long they are.
#[inline]
fn same(spans: &mut [Span], bytes: &[u8], before: &[u8]) -> (usize, usize) {
    let Some(first) = spans.first_mut() else { return (0, 0) };
    if first.wait > 0 {
        first.wait -= 1;
        return (0, 0);
    }
    // Until one is.
    first.wait = WAIT;
    let (mut common, mut count, mut length) = (Common::new(bytes, before), 0, 0);
    for span in &*spans {
        if !common.reaches(length + span.length) {
            break;
        }
        (count, length) = (count + 1, length + span.length);
    }
    if count > 0 {
        spans[0].wait = 0;
    }
    (count, length)
}

/// What two texts have in common at their start, as far as it was asked for.
struct Common<'a> {
    lanes: Zip<Iter<'a, [u8; LANES]>, Iter<'a, [u8; LANES]>>,
    length: usize,
}

impl<'a> Common<'a> {
    fn new(a: &'a [u8], b: &'a [u8]) -> Self {
        // The last bytes are not looked at: then they are read.
        Self { lanes: a.as_chunks().0.iter().zip(b.as_chunks().0), length: 0 }
    }

    /// Whether the byte at `at` and all before it are the same.
    #[inline]
    fn reaches(&mut self, at: usize) -> bool {
        while self.length <= at {
            let Some((a, b)) = self.lanes.next() else { return false };
            let equal = equal_lanes(a, b);
            self.length += equal;
            if equal < LANES {
                self.lanes = [].iter().zip(&[]);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Decoded, Keys};
    use super::*;

    /// What is read of a line after another, its values by the lengths of their names.
    fn reread(lines: [&str; 2]) -> Option<Vec<(usize, String)>> {
        let (mut keys, decoded) = (Keys::default(), &mut Decoded::default());
        let wanted = |length| length == 3;
        let mut members = Members { keys: &mut keys, meaning: str::len, wanted, decoded };
        let [before, line] = lines;
        let text = format!("{before}\n{line}\n{}", " ".repeat(LANES));
        let next = &text[members.read(&text, |_, _| {}).unwrap() + 1..];
        let mut found = Vec::new();
        let length = members.reread(next, &text, |name, value| {
            found.push((name, value.raw.to_owned()));
        })?;
        assert_eq!(length, line.len());
        Some(found)
    }

    #[test]
    fn what_differs_is_read() {
        let line = r#"{"a": 12, "bb": [1], "ccc": "x\"", "dddd": "y", "eeeee": null}"#;
        let own = |found: &[(usize, &str)]| {
            Some(found.iter().map(|&(name, raw)| (name, raw.to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(reread([line, line]), own(&[]));
        assert_eq!(reread([line, &format!("{line}  ")]), own(&[]));
        for (old, new, found) in [
            ("12", "123", (1, "123")),
            ("12", "1", (1, "1")),
            ("[1]", "[1, {}]", (2, "[1, {}]")),
            ("x\\\"", "x", (3, "x")),
            ("\"y\"", "\"yy\"", (4, "yy")),
            ("null", "[null]", (5, "[null]")),
        ] {
            let found = own(&[found]);
            assert_eq!(reread([line, &line.replace(old, new)]), found, "{new}");
        }
    }

    #[test]
    fn other_layouts_are_not_reread() {
        let line = r#"{"a": 12, "bb": "x", "ccc": "y"}"#;
        for other in [
            r#"{"a": 12, "bb": "x"}"#,
            r#"{"a": 12, "bb": "x" , "ccc": "y"}"#,
            r#"{"a": 12, "bb": "x", "ccc": "y", "d": 1}"#,
            r#"{"a": 12, "b": "x", "ccc": "y"}"#,
            r#"{"a": 12, "bb": "x", "ccc": "y"]"#,
            r#"{"a": 12, "bb": "x", "ccc": "y"}}"#,
            r#"{"a": 12, "bb": "x", "ccc": "y"#,
            r#"{"a": 01, "bb": "x", "ccc": "y"}"#,
            "",
        ] {
            assert_eq!(reread([line, other]), None, "{other}");
        }
    }
}
