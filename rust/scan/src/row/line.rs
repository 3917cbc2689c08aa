//! A line of JSON → a row and its responses.

use super::{Fault, MOST_ENTRIES, Response, Row, is_cut_off};
use crate::fields::{Fields, Meaning, ROLES, Role};
use crate::json::{Keys, Kind, Object, Text, Value, elements};

/// Reads lines, and learns their layout.
pub(crate) struct Lines<'f> {
    fields: &'f Fields,
    keys: Keys<Meaning>,
    usage: Keys<Meaning>,
}

type Values<'a> = [Value<'a>; ROLES];

impl<'f> Lines<'f> {
    pub(crate) fn new(fields: &'f Fields) -> Self {
        Self { fields, keys: Keys::default(), usage: Keys::default() }
    }

    /// Calls `take` with what the line says, for each of its responses: with the row, the
    /// place of the response in it, and the response; none for a call that failed.
    #[inline]
    pub(crate) fn read<'a>(
        &mut self,
        line: &'a str,
        mut take: impl FnMut(&Row<'a>, Option<usize>, Option<Response<'a>>),
    ) -> Result<(), Fault> {
        let (values, seen) = self.values(line)?;
        let row = self.row(&values)?;
        let has = |role: Role| seen & (1 << role as u32) != 0;
        let response = values[Role::Response as usize];
        let finish = values[Role::Finish as usize];
        match response.kind {
            _ if row.failed => take(&row, None, None),
            Kind::String(_) => take(&row, None, Some(answered(response.text(), finish)?)),
            Kind::Null if has(Role::Response) => take(&row, None, Some(answered(None, finish)?)),
            Kind::Null => return Err(Fault::Missing(Role::Response)),
            Kind::Array => each(response.raw, finish, |place, answer| {
                take(&row, Some(place), Some(answer));
            })?,
            _ => return Err(Fault::Type(Role::Response)),
        }
        Ok(())
    }

    /// The value of each role, and a bit for each that was there. Of two fields of one role
    /// the better known counts, of two of one name the last, as everywhere with JSON.
    #[inline]
    fn values<'a>(&mut self, line: &'a str) -> Result<(Values<'a>, u32), Fault> {
        let mut values = Values::default();
        let mut ranks = [u8::MAX; ROLES];
        let mut seen = 0_u32;
        let fields = self.fields;
        Object::new(line).members(
            &mut self.keys,
            |name| fields.meaning(name),
            |meaning, value| {
                if let Some((role, rank)) = meaning
                    && rank <= ranks[role as usize]
                {
                    values[role as usize] = value;
                    ranks[role as usize] = rank;
                    seen |= 1 << role as u32;
                }
            },
        )?;
        Ok((values, seen))
    }

    #[inline]
    fn row<'a>(&mut self, values: &Values<'a>) -> Result<Row<'a>, Fault> {
        let text = |role| text(values, role);
        let whole = |role| whole(values, role);
        Ok(Row {
            task: text(Role::Task)?,
            kind: text(Role::Kind)?,
            problem: id(values, Role::Problem)?,
            question: question(values),
            model: text(Role::Model)?,
            api_model: text(Role::ApiModel)?,
            params: raw(values, Role::Params, Kind::Object)?,
            prompt: text(Role::Prompt)?,
            pool_index: whole(Role::PoolIndex)?,
            stop: text(Role::Stop)?,
            index: whole(Role::Index)?,
            reference: reference(values)?,
            choices: raw(values, Role::Choices, Kind::Array)?,
            tokens: self.tokens(values)?,
            failed: values[Role::Error as usize].kind != Kind::Null,
        })
    }

    /// Tokens of prompt and response, where the row counts them.
    fn tokens(&mut self, values: &Values<'_>) -> Result<Option<[u64; 2]>, Fault> {
        let mut counted = [Role::PromptTokens, Role::CompletionTokens]
            .map(|role| values[role as usize])
            .map(count);
        let Some(usage) = raw(values, Role::Usage, Kind::Object)? else {
            return Ok(both(counted));
        };
        let fields = self.fields;
        Object::new(usage).members(
            &mut self.usage,
            |name| fields.meaning(name),
            |meaning, value| match meaning {
                Some((Role::PromptTokens, _)) => counted[0] = count(value),
                Some((Role::CompletionTokens, _)) => counted[1] = count(value),
                _ => {}
            },
        )?;
        Ok(both(counted))
    }
}

/// One count that is missing is none.
fn both(counted: [Option<u64>; 2]) -> Option<[u64; 2]> {
    counted.iter().any(Option::is_some).then(|| counted.map(Option::unwrap_or_default))
}

fn count(value: Value<'_>) -> Option<u64> {
    if value.kind == Kind::Number { value.raw.parse().ok() } else { None }
}

#[inline]
fn text<'a>(values: &Values<'a>, role: Role) -> Result<Option<Text<'a>>, Fault> {
    let value = values[role as usize];
    match value.kind {
        Kind::String(_) => Ok(value.text()),
        Kind::Null => Ok(None),
        _ => Err(Fault::Type(role)),
    }
}

/// A text, or a whole number as a text.
#[inline]
fn id<'a>(values: &Values<'a>, role: Role) -> Result<Option<Text<'a>>, Fault> {
    let value = values[role as usize];
    if value.kind == Kind::Number && value.raw.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Ok(Some(Text { raw: value.raw, escaped: false }));
    }
    text(values, role)
}

/// A reference may be any number.
#[inline]
fn reference<'a>(values: &Values<'a>) -> Result<Option<Text<'a>>, Fault> {
    let value = values[Role::Reference as usize];
    if value.kind == Kind::Number {
        return Ok(Some(Text { raw: value.raw, escaped: false }));
    }
    text(values, Role::Reference)
}

/// The text of the problem, by which it is known where it has no id; chats are as they are written.
#[inline]
fn question<'a>(values: &Values<'a>) -> Option<Text<'a>> {
    let value = values[Role::Question as usize];
    match value.kind {
        Kind::Null => None,
        _ => Some(value.text().unwrap_or(Text { raw: value.raw, escaped: false })),
    }
}

#[inline]
fn whole(values: &Values<'_>, role: Role) -> Result<Option<u32>, Fault> {
    let value = values[role as usize];
    match value.kind {
        Kind::Null => Ok(None),
        Kind::Number => value.raw.parse().map(Some).map_err(|_| Fault::Type(role)),
        _ => Err(Fault::Type(role)),
    }
}

#[inline]
fn raw<'a>(values: &Values<'a>, role: Role, kind: Kind) -> Result<Option<&'a str>, Fault> {
    let value = values[role as usize];
    match value.kind {
        Kind::Null => Ok(None),
        found if found == kind => Ok(Some(value.raw)),
        _ => Err(Fault::Type(role)),
    }
}

#[inline]
fn answered<'a>(text: Option<Text<'a>>, finish: Value<'_>) -> Result<Response<'a>, Fault> {
    let cut_off = match finish.kind {
        Kind::Null => false,
        Kind::String(_) => finish.text().is_some_and(|reason| is_cut_off(&reason.decoded())),
        _ => return Err(Fault::Type(Role::Finish)),
    };
    Ok(Response { text, cut_off })
}

/// Every entry of a list of responses; `finish` is a list beside it, or one for all.
fn each<'a>(
    list: &'a str,
    finish: Value<'_>,
    mut take: impl FnMut(usize, Response<'a>),
) -> Result<(), Fault> {
    let finishes: Vec<Value<'_>> =
        if finish.kind == Kind::Array { elements(finish.raw).collect() } else { Vec::new() };
    let one = if finish.kind == Kind::Array { Value::default() } else { finish };
    // Checked first: a row counts whole or not at all.
    let mut answers = Vec::new();
    for (place, entry) in elements(list).enumerate() {
        if place == MOST_ENTRIES {
            return Err(Fault::Entries(Role::Response));
        }
        if !matches!(entry.kind, Kind::String(_) | Kind::Null) {
            return Err(Fault::Type(Role::Response));
        }
        answers.push(answered(entry.text(), finishes.get(place).copied().unwrap_or(one))?);
    }
    for (place, answer) in answers.into_iter().enumerate() {
        take(place, answer);
    }
    Ok(())
}
