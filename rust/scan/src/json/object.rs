//! The members of the object that a line holds, their names learnt from the lines before.

use std::borrow::Cow;

use super::string::string;
use super::value::{Value, colon, value};
use super::{Fault, Result, skip_space};

/// The names of one line in their order, with what they mean: most lines repeat them.
#[derive(Clone, Debug)]
pub(crate) struct Keys<T> {
    learnt: Vec<(Box<str>, T)>,
}

impl<T> Default for Keys<T> {
    fn default() -> Self {
        Self { learnt: Vec::new() }
    }
}

/// The most names that are learnt.
const LEARNT: usize = 64;

impl<T: Copy> Keys<T> {
    /// The meaning of the name at `at` (after its quote), the `place`-th of its line, and where
    /// it ends after its closing quote.
    #[inline]
    fn read(
        &mut self,
        line: &str,
        at: usize,
        place: usize,
        meaning: &impl Fn(&str) -> T,
    ) -> Result<(T, usize)> {
        if let Some((name, meaning)) = self.learnt.get(place) {
            let end = at + name.len();
            let bytes = line.as_bytes();
            if bytes.get(end) == Some(&b'"') && bytes[at..end] == *name.as_bytes() {
                return Ok((*meaning, end + 1));
            }
        }
        let (name, end) = string(line, at)?;
        let meaning = meaning(&name.decoded());
        // An escaped name is read anew each time: its bytes do not end at the first quote.
        if let (false, Cow::Borrowed(raw)) = (name.escaped, name.decoded())
            && raw.len() <= LEARNT
        {
            if place < self.learnt.len() {
                self.learnt[place] = (raw.into(), meaning);
            } else if place == self.learnt.len() && place < LEARNT {
                self.learnt.push((raw.into(), meaning));
            }
        }
        Ok((meaning, end))
    }
}

/// An object of one line.
pub(crate) struct Object<'a> {
    line: &'a str,
}

impl<'a> Object<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        Self { line }
    }

    /// Calls `take` with the meaning and value of every member; all of the line must be one
    /// well-formed object.
    #[inline]
    pub(crate) fn members<T: Copy>(
        &self,
        keys: &mut Keys<T>,
        meaning: impl Fn(&str) -> T,
        mut take: impl FnMut(T, Value<'a>),
    ) -> Result<()> {
        let bytes = self.line.as_bytes();
        let mut at = skip_space(bytes, 0);
        if bytes.get(at) != Some(&b'{') {
            return Err(if starts_value(bytes, at) { Fault::NotAnObject } else { no_json(bytes, at) });
        }
        at = skip_space(bytes, at + 1);
        if bytes.get(at) == Some(&b'}') {
            return end(bytes, at + 1);
        }
        for place in 0.. {
            match bytes.get(at) {
                Some(b'"') => {}
                Some(_) => return Err(Fault::Syntax("a name is missing")),
                None => return Err(Fault::Torn),
            }
            let (name, after) = keys.read(self.line, at + 1, place, &meaning)?;
            let start = colon(bytes, after)?;
            let (value, after) = value(self.line, start)?;
            take(name, value);
            at = skip_space(bytes, after);
            match bytes.get(at) {
                Some(b',') => at = skip_space(bytes, at + 1),
                Some(b'}') => break,
                Some(_) => return Err(Fault::Syntax("a comma or bracket is missing")),
                None => return Err(Fault::Torn),
            }
        }
        end(bytes, at + 1)
    }
}

fn starts_value(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), Some(b'[' | b'"' | b'n' | b't' | b'f' | b'-' | b'0'..=b'9'))
}

fn no_json(bytes: &[u8], at: usize) -> Fault {
    if at >= bytes.len() { Fault::Torn } else { Fault::Syntax("an unknown word or number") }
}

fn end(bytes: &[u8], at: usize) -> Result<()> {
    if skip_space(bytes, at) == bytes.len() {
        Ok(())
    } else {
        Err(Fault::Syntax("more after the object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keys: &mut Keys<usize>, line: &str) -> Result<Vec<(usize, String)>> {
        let mut found = Vec::new();
        Object::new(line).members(keys, str::len, |name, value| {
            found.push((name, value.raw.to_owned()));
        })?;
        Ok(found)
    }

    #[test]
    fn a_learnt_layout_gives_the_same_members() {
        let mut keys = Keys::default();
        let line = r#"{"a": 1, "bb":"x" , "a\u0062c":[1,2], "":{}}"#;
        let members = [(1, "1"), (2, "x"), (3, "[1,2]"), (0, "{}")];
        let members: Vec<_> = members.map(|(n, v)| (n, v.to_owned())).into();
        for _ in 0..3 {
            assert_eq!(read(&mut keys, line).as_ref(), Ok(&members));
        }
        let other = r#"{"bb": 1, "ccc": 2, "ccc": 3}"#;
        let members = [(2, "1"), (3, "2"), (3, "3")].map(|(n, v)| (n, v.to_owned()));
        assert_eq!(read(&mut keys, other), Ok(members.into()));
    }

    #[test]
    fn what_is_no_object_is_told_apart() {
        let mut keys = Keys::default();
        assert_eq!(read(&mut keys, "[1]"), Err(Fault::NotAnObject));
        assert_eq!(read(&mut keys, "{\"a\":1"), Err(Fault::Torn));
        assert_eq!(read(&mut keys, "{\"a\":1}x"), Err(Fault::Syntax("more after the object")));
        assert!(read(&mut keys, "{\"a\":1,}").is_err());
        assert_eq!(read(&mut keys, " {} \r"), Ok(Vec::new()));
    }
}
