//! The members of the object that a line holds, their names learnt from the lines before.

use wide::u8x16;

use super::again::Span;
use super::decode::Decoded;
use super::string::string;
use super::value::{Value, colon, value, value_into};
use super::{Fault, Result, skip_space};

/// The names of one line in their order, with what they mean: most lines repeat them.
///
/// Each is learnt with all that stands around it, from the value before to its own.
#[derive(Clone, Debug)]
pub(crate) struct Keys<T> {
    pub(super) learnt: Vec<Lead<T>>,
    /// The members of the line that was read last.
    pub(super) spans: Vec<Span>,
    /// For how many lines none is expected that is laid out like the one before.
    pub(super) wait: u8,
}

/// What stands before a value, and what the name in it means.
#[derive(Clone, Debug)]
pub(super) struct Lead<T> {
    bytes: Box<[u8]>,
    /// The first bytes of it, for those that are no longer.
    lanes: Option<[u8; LANES]>,
    meaning: T,
}

pub(super) const LANES: usize = 32;

impl<T> Lead<T> {
    fn new(bytes: &[u8], meaning: T) -> Self {
        let mut lanes = [0; LANES];
        let short = lanes.get_mut(..bytes.len()).map(|first| first.copy_from_slice(bytes));
        Self { bytes: bytes.into(), lanes: short.map(|()| lanes), meaning }
    }

    /// Whether `text` begins with it.
    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        match (&self.lanes, text.first_chunk::<LANES>()) {
            (Some(lead), Some(lanes)) => equal_lanes(lead, lanes) >= self.bytes.len(),
            _ => text.starts_with(&self.bytes),
        }
    }
}

/// How many bytes are equal before the first that differs.
#[inline]
pub(super) fn equal_lanes(a: &[u8; LANES], b: &[u8; LANES]) -> usize {
    let halves = |bytes: &[u8; LANES]| {
        let (low, high) = bytes.split_at(LANES / 2);
        let half = |bytes: &[u8]| u8x16::new(bytes.try_into().unwrap_or_default());
        [half(low), half(high)]
    };
    let ([a, b], [c, d]) = (halves(a), halves(b));
    let (low, high) = (a.cmp_eq(c).move_mask(), b.cmp_eq(d).move_mask());
    let equal = low.cast_unsigned() | high.cast_unsigned() << (LANES / 2);
    equal.trailing_ones() as usize
}

impl<T> Default for Keys<T> {
    fn default() -> Self {
        Self { learnt: Vec::new(), spans: Vec::new(), wait: 0 }
    }
}

/// The most names that are learnt, and their longest.
const LEARNT: usize = 64;
const LONGEST: usize = 128;

impl<T: Copy> Keys<T> {
    fn learn(&mut self, place: usize, lead: &[u8], meaning: T) {
        if lead.len() > LONGEST {
        } else if place < self.learnt.len() {
            self.learnt[place] = Lead::new(lead, meaning);
        } else if place == self.learnt.len() && place < LEARNT {
            self.learnt.push(Lead::new(lead, meaning));
        }
    }
}

/// How the members of an object are read.
pub(crate) struct Members<'k, T, M, W> {
    pub(crate) keys: &'k mut Keys<T>,
    /// What a name means.
    pub(crate) meaning: M,
    /// Which string is to be decoded on the way: the last such one stays in `decoded`.
    pub(crate) wanted: W,
    pub(crate) decoded: &'k mut Decoded,
}

impl<T: Copy, M: Fn(&str) -> T, W: Fn(T) -> bool> Members<'_, T, M, W> {
    /// Calls `take` with the meaning and value of every member of the object that `text` begins
    /// with, and gives where its line ends: at a line feed or with the text.
    #[inline]
    pub(crate) fn read<'a>(
        &mut self,
        text: &'a str,
        mut take: impl FnMut(T, Value<'a>),
    ) -> Result<usize> {
        let bytes = text.as_bytes();
        let mut at = 0;
        self.keys.spans.clear();
        for place in 0.. {
            let (meaning, start) = match known(&self.keys.learnt, bytes, at, place) {
                Some(known) => known,
                None => match self.lead(text, at, place)? {
                    Some(found) => found,
                    None => return end(bytes, at, place),
                },
            };
            let (value, after) = if (self.wanted)(meaning) {
                value_into(text, start, self.decoded)?
            } else {
                value(text, start)?
            };
            take(meaning, value);
            self.keys.spans.push(Span::new(after - at));
            at = after;
            // Most lines end here or go on as the lines before did.
            if let Some(b'}') = bytes.get(at) {
                return end(bytes, at, place);
            }
        }
        Err(Fault::Torn)
    }

    /// Reads what leads to the value of the next member: its meaning, and where it starts.
    /// Nothing where the object ends.
    fn lead(&mut self, text: &str, from: usize, place: usize) -> Result<Option<(T, usize)>> {
        let bytes = text.as_bytes();
        let at = skip_space(bytes, from);
        let opener = if place == 0 { b'{' } else { b',' };
        match bytes.get(at) {
            Some(&b) if b == opener => {}
            Some(b'}') if place > 0 => return Ok(None),
            Some(b'[' | b'"' | b'n' | b't' | b'f' | b'-' | b'0'..=b'9') if place == 0 => {
                return Err(Fault::NotAnObject);
            }
            Some(b'\n') | None => return Err(Fault::Torn),
            Some(_) if place == 0 => return Err(Fault::Word),
            Some(_) => return Err(Fault::Comma),
        }
        let at = skip_space(bytes, at + 1);
        match bytes.get(at) {
            Some(b'"') => {}
            Some(b'}') if place == 0 => return Ok(None),
            Some(b'\n') | None => return Err(Fault::Torn),
            Some(_) => return Err(Fault::Name),
        }
        let (name, after) = string(text, at + 1)?;
        let meaning = (self.meaning)(&name.decoded());
        let start = colon(bytes, after)?;
        self.keys.learn(place, &bytes[from..start], meaning);
        Ok(Some((meaning, start)))
    }
}

/// What the next member means and where its value starts, if it is the one that was learnt.
#[inline]
pub(super) fn known<T: Copy>(
    learnt: &[Lead<T>],
    bytes: &[u8],
    at: usize,
    place: usize,
) -> Option<(T, usize)> {
    let lead = learnt.get(place)?;
    // The value may stand further off than it did there.
    let start = || skip_space(bytes, at + lead.bytes.len());
    lead.begins(&bytes[at..]).then(|| (lead.meaning, start()))
}

/// Where the line ends, past the bracket that closes the object.
#[inline]
pub(super) fn end(bytes: &[u8], at: usize, place: usize) -> Result<usize> {
    let mut at = skip_space(bytes, at);
    if place == 0 && bytes.get(at) == Some(&b'{') {
        at = skip_space(bytes, at + 1);
    }
    let end = skip_space(bytes, at + 1);
    match bytes.get(end) {
        Some(b'\n') | None => Ok(end),
        Some(_) => Err(Fault::More),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keys: &mut Keys<usize>, line: &str) -> Result<Vec<(usize, String)>> {
        let mut found = Vec::new();
        let decoded = &mut Decoded::default();
        let mut members = Members { keys, meaning: str::len, wanted: |_| false, decoded };
        let end = members.read(line, |name, value| found.push((name, value.raw.to_owned())))?;
        assert!(matches!(line.as_bytes().get(end), None | Some(b'\n')));
        Ok(found)
    }

    #[test]
    fn a_learnt_layout_gives_the_same_members() {
        let mut keys = Keys::default();
        let line = r#" {"a": 1, "bb":"x" , "a\u0062c":[1,2], "":{}}"#;
        let members = [(1, "1"), (2, "x"), (3, "[1,2]"), (0, "{}")];
        let members: Vec<_> = members.map(|(n, v)| (n, v.to_owned())).into();
        for _ in 0..3 {
            assert_eq!(read(&mut keys, line).as_ref(), Ok(&members));
        }
        assert_eq!(read(&mut keys, " {\"a\":  1, \"bb\": \t\"x\"}").as_deref(), Ok(&members[..2]));
        let other = "{\"bb\": 1, \"ccc\": 2, \"ccc\": 3 } \n{\"next\": 1}";
        let members = [(2, "1"), (3, "2"), (3, "3")].map(|(n, v)| (n, v.to_owned()));
        assert_eq!(read(&mut keys, other), Ok(members.into()));
    }

    #[test]
    fn what_is_no_object_is_told_apart() {
        let mut keys = Keys::default();
        assert_eq!(read(&mut keys, "[1]"), Err(Fault::NotAnObject));
        assert_eq!(read(&mut keys, "{\"a\":1"), Err(Fault::Torn));
        assert_eq!(read(&mut keys, "{\"a\":1\n}"), Err(Fault::Torn));
        assert_eq!(read(&mut keys, "{\"a\":1}x"), Err(Fault::More));
        for bad in ["{\"a\":1,}", "{,}", "{]", "{\"a\"}", "{\"a\":}", "}", "{\"a\":1 2}", "{}}"] {
            assert!(read(&mut keys, bad).is_err(), "{bad}");
        }
        for empty in [" {} \r", "{ }\n{"] {
            assert_eq!(read(&mut keys, empty), Ok(Vec::new()));
        }
    }
}
