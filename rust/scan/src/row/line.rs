//! Lines of JSON → rows.

use slm_mux_core::extract::ending::boxed_ending;

use super::endings::{Endings, Stated};
use super::{Fault, Row};
use crate::fields::{Fields, Meaning, Role};
use crate::json::{self, Decoded, Keys, Kind, Members, Value, lone_box};

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

    /// Fills `row` with what the line says that `text` begins with, and gives its length.
    #[inline]
    pub(crate) fn read<'a>(&mut self, text: &'a str, row: &mut Row<'a>) -> json::Result<usize> {
        row.clear();
        self.decoded.clear();
        let fields = self.fields;
        let mut members = Members {
            keys: &mut self.keys,
            meaning: |name: &str| fields.meaning(name),
            wanted: |meaning| matches!(meaning, Some((Role::Response, _))),
            decoded: &mut self.decoded,
        };
        let mut last = "".as_ptr();
        let length = members.read(text, |meaning, value| {
            if let Some(meaning) = meaning {
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
        length
    }

    /// What the response of the last line says, if it was decoded on the way.
    pub(crate) fn decoded(&mut self, raw: &str) -> Option<&str> {
        self.decoded.text(raw)
    }

    /// What the last box of the last line's response states, where its end tells: see
    /// [`boxed_ending`].
    #[inline]
    pub(crate) fn boxed(&mut self, raw: &str) -> Stated<'_> {
        let Self { decoded, endings, .. } = self;
        if decoded.is_marked() {
            return None;
        }
        let stated = lone_box(raw).and_then(|end| endings.stated(end, decoded));
        stated.or_else(|| decoded.ending(raw).and_then(boxed_ending))
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
            members.read(usage, |meaning, value| match meaning {
                Some((Role::PromptTokens, _)) => counted[0] = count(value),
                Some((Role::CompletionTokens, _)) => counted[1] = count(value),
                _ => {}
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
