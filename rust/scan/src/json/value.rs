//! Values: what they are and where they end, without recursion.

use super::decode::Decoded;
use super::number::number;
use super::string::{Text, string};
use super::{Fault, Result, skip_space};

/// The deepest nesting that is read.
pub(super) const DEPTH: usize = 512;

/// What sort of value it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Null,
    True,
    False,
    Number,
    /// With whether it holds a backslash.
    String(bool),
    Array,
    Object,
}

/// A value as it is written; for a string what is between its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) kind: Kind,
    pub(crate) raw: &'a str,
}

impl<'a> Value<'a> {
    pub(crate) fn text(self) -> Option<Text<'a>> {
        match self.kind {
            Kind::String(escaped) => Some(Text { raw: self.raw, escaped }),
            _ => None,
        }
    }
}

/// The value that starts at `at`, and where it ends.
#[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
#[inline(always)]
pub(crate) fn value(line: &str, at: usize) -> Result<(Value<'_>, usize)> {
    let bytes = line.as_bytes();
    let kind = match bytes.get(at) {
        Some(b'"') => return string(line, at + 1).map(of_string),
        Some(b'1'..=b'9') => {
            // Whole numbers, which most are, need no further look.
            let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if !matches!(bytes.get(at + digits), Some(b'.' | b'e' | b'E')) {
                let raw = &line[at..at + digits];
                return Ok((Value { kind: Kind::Number, raw }, at + digits));
            }
            Kind::Number
        }
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        // NaN and the infinities, as Python writes what JSON has no word for.
        Some(b'n' | b'N' | b'I') => Kind::Null,
        Some(b'-') if bytes.get(at + 1) == Some(&b'I') => Kind::Null,
        Some(b't') => Kind::True,
        Some(b'f') => Kind::False,
        Some(_) => Kind::Number,
        None => return Err(Fault::Torn),
    };
    let end = skip(line, at)?;
    Ok((Value { kind, raw: &line[at..end] }, end))
}

/// The same, a string decoded on the way.
#[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
#[inline(always)]
pub(super) fn value_into<'a>(
    line: &'a str,
    at: usize,
    decoded: &mut Decoded,
) -> Result<(Value<'a>, usize)> {
    match line.as_bytes().get(at) {
        Some(b'"') => decoded.read(line, at + 1).map(of_string),
        _ => value(line, at),
    }
}

#[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
#[inline(always)]
fn of_string((text, end): (Text<'_>, usize)) -> (Value<'_>, usize) {
    (Value { kind: Kind::String(text.escaped), raw: text.raw }, end)
}

/// Where the value that starts at `at` ends.
pub(crate) fn skip(line: &str, at: usize) -> Result<usize> {
    let bytes = line.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    let mut at = at;
    loop {
        at = match bytes.get(at) {
            Some(&opener @ (b'{' | b'[')) => {
                if open.len() == DEPTH {
                    return Err(Fault::Deep);
                }
                let inside = skip_space(bytes, at + 1);
                if bytes.get(inside) == Some(&(opener + 2)) {
                    inside + 1
                } else {
                    open.push(opener);
                    at = if opener == b'{' { member(line, inside)? } else { inside };
                    continue;
                }
            }
            Some(b'"') => string(line, at + 1)?.1,
            Some(_) => scalar(bytes, at)?,
            None => return Err(Fault::Torn),
        };
        // A value has ended: so may what it is in.
        loop {
            let Some(&opener) = open.last() else { return Ok(at) };
            let next = skip_space(bytes, at);
            match bytes.get(next) {
                Some(b',') => {
                    let after = skip_space(bytes, next + 1);
                    at = if opener == b'{' { member(line, after)? } else { after };
                    break;
                }
                Some(&closer) if closer == opener + 2 => {
                    open.pop();
                    at = next + 1;
                }
                Some(_) => return Err(Fault::Comma),
                None => return Err(Fault::Torn),
            }
        }
    }
}

/// Where the value of the member that starts at `at` starts.
fn member(line: &str, at: usize) -> Result<usize> {
    let bytes = line.as_bytes();
    match bytes.get(at) {
        Some(b'"') => colon(bytes, string(line, at + 1)?.1),
        Some(_) => Err(Fault::Name),
        None => Err(Fault::Torn),
    }
}

/// Where the value after the colon starts that must follow.
#[inline]
pub(super) fn colon(bytes: &[u8], at: usize) -> Result<usize> {
    let at = skip_space(bytes, at);
    match bytes.get(at) {
        Some(b':') => Ok(skip_space(bytes, at + 1)),
        Some(_) => Err(Fault::Colon),
        None => Err(Fault::Torn),
    }
}

fn scalar(bytes: &[u8], at: usize) -> Result<usize> {
    for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"] {
        if bytes[at..].starts_with(word.as_bytes()) {
            return Ok(at + word.len());
        }
        if word.as_bytes().starts_with(&bytes[at..]) {
            return Err(Fault::Torn);
        }
    }
    number(bytes, at)
}

/// The elements of an array that was found well formed.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    let bytes = array.as_bytes();
    let mut at = skip_space(bytes, 1);
    std::iter::from_fn(move || {
        if matches!(bytes.get(at), None | Some(b']')) {
            return None;
        }
        let (found, end) = value(array, at).ok()?;
        at = skip_space(bytes, end);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        Some(found)
    })
}

/// The members of an object that was found well formed.
pub(crate) fn members(object: &str) -> impl Iterator<Item = (Text<'_>, Value<'_>)> {
    let bytes = object.as_bytes();
    let mut at = skip_space(bytes, 1);
    std::iter::from_fn(move || {
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let (name, after) = string(object, at + 1).ok()?;
        let (found, end) = value(object, colon(bytes, after).ok()?).ok()?;
        at = skip_space(bytes, end);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        Some((name, found))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_end() {
        for good in [
            "null",
            "true",
            "-0.5e+3",
            "0",
            "\"a\\\"b\"",
            "[]",
            "{ }",
            "[1, [2, {\"a\": []}]]",
            "{\"a\":{\"b\":[null,false]},\"c\":1}",
        ] {
            assert_eq!(skip(&format!("{good} ,"), 0), Ok(good.len()), "{good}");
        }
        for bad in ["nul,", "01", "-", "1.", "1e", "[1 2]", "[1,]", "{\"a\" 1}", "{a:1}", "+1", "]"]
        {
            assert!(skip(bad, 0).is_err(), "{bad}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(skip(&"[".repeat(1_000_000), 0), Err(Fault::Deep));
    }

    #[test]
    fn elements_of_an_array() {
        let raw: Vec<_> = elements("[ 1, \"a\" ,[2]]").map(|value| value.raw).collect();
        assert_eq!(raw, ["1", "a", "[2]"]);
    }

    #[test]
    fn members_of_an_object() {
        let found = |object| members(object).map(|(n, v)| (n.raw, v.raw)).collect::<Vec<_>>();
        let all = [("a", "1"), ("b", "x"), ("", "{\"a\":2}")];
        assert_eq!(found("{ \"a\": 1 ,\"b\":\"x\", \"\" : {\"a\":2} }"), all);
        assert_eq!(found("{ }"), []);
    }
}
