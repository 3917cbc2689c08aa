//! Lines of JSON → rows.

use slm_mux_core::extract::ending::{boxed_ending, unmarked};

use super::endings::{Endings, Stated};
use super::nested;
use super::{Fault, Row};
use crate::fields::{Fields, Meaning, Role};
use crate::json::{self, Decoded, Keys, Kind, Members, Value, lone_box, plain_ending};

/// Reads lines, and learns their layout.
pub(crate) struct Lines<'f> {
    fields: &'f Fields,
    keys: Keys<Meaning>,
    usage: Keys<Meaning>,
    decoded: Decoded,
    idle: Decoded,
    endings: Endings,
}

impl<'f> Lines<'f> {
    pub(crate) fn new(fields: &'f Fields) -> Self {
        Self {
            fields,
            keys: Keys::default(),
            usage: Keys::default(),
            decoded: Decoded::default(),
            idle: Decoded::default(),
            endings: Endings::default(),
        }
    }

    /// Fills `row` with what the line says that `text` begins with, and gives its length. The
    /// row is empty, or holds what was read last.
    #[inline]
    pub(crate) fn read<'a>(&mut self, text: &'a str, row: &mut Row<'a>) -> json::Result<usize> {
        if let Some(length) = row.line.and_then(|before| self.reread(text, before, row)) {
            row.line = Some(text);
            return Ok(length);
        }
        row.clear();
        self.decoded.clear();
        let (mut named, mut last) = (0, "".as_ptr());
        let length = self.members().read(text, |meaning, value| {
            if let Some(meaning) = meaning {
                named += 1;
                if meaning.0 == Role::Response {
                    last = value.raw.as_ptr();
                }
                row.set(meaning, value);
            }
        });
        // Of two such fields the one that does not count may have been decoded.
        if row.value(Role::Response).raw.as_ptr() != last {
            self.decoded.clear();
        }
        row.line = (length.is_ok() && row.seen().count_ones() == named).then_some(text);
        if let (Ok(length), [_, ..]) = (length, self.fields.nested()) {
            self.read_nested(text, length, row);
        }
        length
    }

    /// Adds what stands inside of the fields of a line of this length.
    fn read_nested<'a>(&mut self, text: &'a str, length: usize, row: &mut Row<'a>) {
        // Of the next line more may differ than what is read again.
        row.line = None;
        let own = row.has(Role::Response);
        nested::fill(self.fields.nested(), &text[..length], row);
        if !own && let Some(response) = row.value(Role::Response).text() {
            let from = response.raw.as_ptr().addr() - text.as_ptr().addr();
            self.decoded.note(text, from);
        }
    }

    /// Changes in `row`, which says what the line `before` does, what `text` says else.
    #[inline]
    fn reread<'a>(&mut self, text: &'a str, before: &str, row: &mut Row<'a>) -> Option<usize> {
        self.members().reread(text, before, |meaning, value| {
            if let Some((role, _)) = meaning {
                row.renew(role, value);
            }
        })
    }

    fn members(
        &mut self,
    ) -> Members<'_, Meaning, impl Fn(&str) -> Meaning, impl Fn(Meaning) -> bool> {
        let fields = self.fields;
        Members {
            keys: &mut self.keys,
            meaning: |name: &str| fields.meaning(name),
            wanted: |meaning| matches!(meaning, Some((Role::Response, _))),
            decoded: &mut self.decoded,
        }
    }

    /// What the response of the last line says, if it was decoded on the way.
    pub(crate) fn decoded(&mut self, raw: &str) -> Option<&str> {
        self.decoded.text(raw)
    }

    /// Where what may be the last box of the last line's response stands.
    #[inline]
    pub(crate) fn last_box(&self, raw: &str) -> Option<usize> {
        self.decoded.last_ox(raw)
    }

    /// What that box states, where the end tells: see [`boxed_ending`].
    #[inline]
    pub(crate) fn boxed(&mut self, raw: &str, at: usize) -> Stated<'_> {
        let Self { decoded, endings, .. } = self;
        match lone_box(raw, at) {
            Some(end) => endings.stated(end, decoded),
            None => decoded.ending(raw, at).and_then(boxed_ending),
        }
    }

    /// Whether something stands in the last line's response for which no rule may be passed over.
    pub(crate) fn is_marked(&self) -> bool {
        self.decoded.is_marked()
    }

    /// What a response states that is not written as JSON, if no mark stands in it.
    #[inline]
    pub(crate) fn unmarked_plain<'a>(&self, text: &'a str) -> Stated<'a> {
        if self.decoded.marks(text) {
            return None;
        }
        let last = self.decoded.last_ox(text);
        let boxed = last.and_then(|x| plain_ending(text, x)).and_then(boxed_ending);
        boxed.or_else(|| Some(unmarked(text, last.is_some())))
    }

    /// Tokens of prompt and response, where the row counts them.
    #[inline]
    pub(crate) fn tokens(&mut self, row: &Row<'_>) -> Result<Option<[u64; 2]>, Fault> {
        let has = |role| row.value(role).kind != Kind::Null;
        if !(has(Role::Usage) || has(Role::PromptTokens) || has(Role::CompletionTokens)) {
            return Ok(None);
        }
        let mut counted =
            [Role::PromptTokens, Role::CompletionTokens].map(|role| count(row.value(role)));
        if let Some(usage) = row.raw(Role::Usage, Kind::Object)? {
            let fields = self.fields;
            let mut members = Members {
                keys: &mut self.usage,
                meaning: |name: &str| fields.meaning(name),
                wanted: |_| false,
                decoded: &mut self.idle,
            };
            let mut ranks = [u8::MAX; 2];
            members.read(usage, |meaning, value| {
                let (at, rank) = match meaning {
                    Some((Role::PromptTokens, rank)) => (0, rank),
                    Some((Role::CompletionTokens, rank)) => (1, rank),
                    _ => return,
                };
                if let Some(count) = count(value).filter(|_| rank <= ranks[at]) {
                    (counted[at], ranks[at]) = (Some(count), rank);
                }
            })?;
        }
        // One count that is missing is none.
        let any = counted.iter().any(Option::is_some);
        Ok(any.then(|| counted.map(Option::unwrap_or_default)))
    }
}

fn count(value: Value<'_>) -> Option<u64> {
    if value.kind == Kind::Number { value.raw.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::ROLES;

    const MEMBERS: [&str; 16] = [
        r#""problem_id": "p1""#,
        r#""problem_id": "p11""#,
        r#""problem_id":"p1""#,
        r#""id": "q""#,
        r#""model": "m""#,
        r#""model": null"#,
        r#""sample_index": 1"#,
        r#""sample_index": 12"#,
        r#""sample_index": 01"#,
        r#""response": "so 4\\boxed{4}""#,
        r#""response": "\nso \"5\": \\boxed{5}""#,
        r#""response": ["a", "b"]"#,
        r#""response": null"#,
        r#""usage": {"prompt_tokens": 1}"#,
        r#""error": "late" "#,
        r#""other": [1, {"a": "b"}]"#,
    ];

    /// What a line says, as far as it can be asked.
    type Said = Option<([(Kind, String); ROLES], u32, Option<String>)>;

    fn said_by<'a>(lines: &mut Lines<'_>, text: &'a str, row: &mut Row<'a>) -> (usize, Said) {
        let Ok(length) = lines.read(text, row) else { return (0, None) };
        let values = row.values.map(|value| (value.kind, value.raw.to_owned()));
        let response = row.value(Role::Response).raw;
        let unmarked = if lines.is_marked() { None } else { lines.last_box(response) };
        let stated = unmarked.and_then(|at| lines.boxed(response, at));
        let stated = stated.flatten().map(|found| found.span.into_owned());
        (length, Some((values, row.seen(), stated)))
    }

    #[test]
    fn a_line_says_the_same_after_others() {
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let fields = Fields::default();
        for _ in 0..300 {
            let mut layout: Vec<usize> = (0..2 + draw(6)).map(|_| draw(MEMBERS.len())).collect();
            let mut text = String::new();
            for _ in 0..60 {
                if draw(2) == 0 {
                    let at = draw(layout.len());
                    layout[at] = draw(MEMBERS.len());
                }
                let members: Vec<_> = layout.iter().map(|&at| MEMBERS[at]).collect();
                let members = members.join(", ").replace("so", &"so it is ".repeat(20));
                text += &["{", &members, "}\n"].concat();
            }
            let room = " ".repeat(128);
            text += &room;
            let (mut lines, mut row, mut at) = (Lines::new(&fields), Row::default(), 0);
            for line in text.trim_end().lines() {
                let alone = format!("{line}\n{room}");
                let (_, wanted) = said_by(&mut Lines::new(&fields), &alone, &mut Row::default());
                let (length, found) = said_by(&mut lines, &text[at..], &mut row);
                assert_eq!(found, wanted, "{line}");
                assert!(found.is_none() || length == line.len());
                at += line.len() + 1;
            }
        }
    }

    #[test]
    fn a_field_inside_of_others_says_the_same() {
        let ways = [(Role::Response, "a.1.b.c"), (Role::Finish, "a.1.d"), (Role::Model, "x.y")];
        let ways = Fields::new(&ways.map(|(role, way)| (role, way.to_owned())).into());
        let (plain, room) = (Fields::default(), " ".repeat(128));
        let (mut nested, mut own) = (Lines::new(&ways), Lines::new(&plain));
        let long = "so it is ".repeat(40);
        for said in [
            r#""\\boxed{4}""#.to_owned(),
            format!(r#""{long}\n\\boxed{{4}}.""#),
            format!(r#""Question: {long} <think> \"é\u00e9\" \\boxed{{4}}.""#),
            r#"["a", null]"#.to_owned(),
            "null".to_owned(),
            "7".to_owned(),
        ] {
            let inner = format!(r#"{{"b": {{"c":1, "c": {said} }} , "d" :"length"}}"#);
            let line = format!(r#" {{ "x": {{"\u0079": "m"}}, "a": [0, {inner}, 2], "id": 3}}"#);
            let line = format!("{line}\n{room}");
            let flat = format!(
                r#"{{"model": "m", "response": {said}, "finish_reason": "length", "id": 3}}"#
            );
            let flat = format!("{flat}\n{room}");
            let (mut inside, mut outside) = (Row::within(&line), Row::within(&flat));
            for _ in 0..2 {
                let (length, Some(found)) = said_by(&mut nested, &line, &mut inside) else {
                    panic!("{line}")
                };
                assert_eq!(length, line.trim_end().len());
                let wanted = said_by(&mut own, &flat, &mut outside).1.unwrap();
                assert_eq!((found.0, found.2), (wanted.0, wanted.2), "{line}");
                assert_eq!(nested.is_marked(), own.is_marked() || !said.starts_with('"'), "{line}");
            }
        }
        let own = format!(r#"{{"a": [0, {{"b": {{"c": "x"}}}}], "a.1.b.c": null}}{room}"#);
        let mut row = Row::default();
        assert!(nested.read(&own, &mut row).is_ok());
        assert_eq!((row.has(Role::Response), row.value(Role::Response).kind), (true, Kind::Null));
    }
}
