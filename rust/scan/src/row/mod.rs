//! One row of a sample file, as it is written: from a line of JSON or from Arrow columns.

mod column;
mod columns;
mod endings;
mod line;
mod nested;

pub(crate) use columns::{Columns, wanted};
pub(crate) use line::Lines;

use slm_mux_core::is_cut_off;
use thiserror::Error;

use crate::fields::{self, ROLES, Role};
use crate::json::{self, Kind, Text, Value, elements};

/// Why a row is not counted.
#[derive(Clone, Debug, Error, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A line that is no JSON object.
    #[error("{0}")]
    Json(String),
    /// Bytes of another encoding.
    #[error("not UTF-8")]
    Encoding,
    /// A line beyond the limit.
    #[error("longer than {} MiB", MOST_BYTES >> 20)]
    Long,
    /// What every sample must have.
    #[error("field {} is missing", .0.name())]
    Missing(Role),
    /// A value of the wrong type.
    #[error("field {} is not {}", .0.name(), what(*.0))]
    Type(Role),
    /// A list beyond the limit.
    #[error("field {} has more than {} entries", .0.name(), MOST_ENTRIES)]
    Entries(Role),
}

/// The longest line that is read.
pub const MOST_BYTES: usize = 64 << 20;
/// The first bytes of a value, which are mostly all of it.
pub(crate) const LANE: usize = 16;
/// The most responses of one row.
pub(crate) const MOST_ENTRIES: usize = 1 << 16;

fn what(role: Role) -> &'static str {
    match role {
        Role::Kind => "math, number or choice",
        Role::Stop => "none, unanimous or lossless",
        Role::Index => "a whole number from 0 to 4294967295",
        Role::PoolIndex | Role::PromptTokens | Role::CompletionTokens => "a whole number",
        Role::Params | Role::Usage => "an object",
        Role::Choices => "a list of texts",
        Role::Response | Role::Finish => "a text or a list of texts",
        _ => "a text",
    }
}

impl From<json::Fault> for Fault {
    fn from(fault: json::Fault) -> Self {
        Self::Json(fault.to_string())
    }
}

/// What a row says, by role, as it is written.
///
/// One is filled again and again, so that what most rows lack costs nothing.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    values: [Value<'a>; ROLES],
    ranks: [u8; ROLES],
    seen: u32,
    /// What its values are mostly parts of.
    text: &'a str,
    /// The line it was read of, where each of its members has a role of its own.
    line: Option<&'a str>,
    /// Where its samples belong, once that is known and while nothing differs that may tell.
    pub(crate) place: Option<u32>,
}

/// One response of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Response<'a> {
    /// Nothing where the server sent none.
    pub(crate) text: Option<Text<'a>>,
    /// Whether it was cut off.
    pub(crate) cut_off: bool,
}

impl Default for Row<'_> {
    fn default() -> Self {
        Self {
            values: [Value::default(); ROLES],
            ranks: [u8::MAX; ROLES],
            seen: 0,
            text: "",
            line: None,
            place: None,
        }
    }
}

impl<'a> Row<'a> {
    /// An empty row, whose values are to be parts of `text`.
    pub(crate) fn within(text: &'a str) -> Self {
        Self { text, ..Self::default() }
    }

    /// Forgets what it says.
    #[inline]
    pub(crate) fn clear(&mut self) {
        let mut seen = self.seen;
        while seen != 0 {
            let at = seen.trailing_zeros() as usize;
            seen &= seen - 1;
            self.values[at] = Value::default();
            self.ranks[at] = u8::MAX;
        }
        (self.seen, self.line, self.place) = (0, None, None);
    }

    /// Notes the value of a role that it has another value of.
    #[inline]
    pub(crate) fn renew(&mut self, role: Role, value: Value<'a>) {
        self.values[role as usize] = value;
        let elsewhere = !matches!(
            role,
            Role::Index
                | Role::Response
                | Role::Finish
                | Role::Error
                | Role::Usage
                | Role::PromptTokens
                | Role::CompletionTokens
        );
        if elsewhere {
            self.place = None;
        }
    }

    /// Notes a value. Of two fields of one role the better known counts that is not null, of
    /// two of one name the last, as everywhere with JSON.
    #[inline]
    pub(crate) fn set(&mut self, (role, rank): (Role, u8), value: Value<'a>) {
        let at = role as usize;
        let [null, held_null] = [value.kind, self.values[at].kind].map(|kind| kind == Kind::Null);
        let better = if null == held_null { rank < self.ranks[at] } else { held_null };
        if better || rank == self.ranks[at] {
            self.values[at] = value;
            self.ranks[at] = rank;
            self.seen |= 1 << at;
        }
    }

    /// A bit for each role that there is a field of, null or not.
    #[inline]
    pub(crate) fn seen(&self) -> u32 {
        self.seen
    }

    /// Whether there is such a field, null or not.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.seen & (1 << role as u32) != 0
    }

    /// Whether its responses are a list that is null: one without entries.
    pub(crate) fn lists_nothing(&self) -> bool {
        let at = Role::Response as usize;
        self.values[at].kind == Kind::Null && fields::lists(self.ranks[at])
    }

    /// The value as it is written; null where there is none.
    #[inline]
    pub(crate) fn value(&self, role: Role) -> Value<'a> {
        self.values[role as usize]
    }

    /// The value where it is no longer than that, and whatever follows.
    #[inline]
    pub(crate) fn lane(&self, value: Value<'a>) -> [u8; LANE] {
        // Where more is at hand than the value, its length does not matter.
        let start = value.raw.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        let more = self.text.as_bytes().get(start..).and_then(<[u8]>::first_chunk);
        more.copied().unwrap_or_else(|| {
            let mut lane = [0; LANE];
            lane.iter_mut().zip(value.raw.as_bytes()).for_each(|(to, from)| *to = *from);
            lane
        })
    }

    pub(crate) fn text(&self, role: Role) -> Result<Option<Text<'a>>, Fault> {
        let value = self.value(role);
        match value.kind {
            Kind::String(_) => Ok(value.text()),
            Kind::Null => Ok(None),
            _ => Err(Fault::Type(role)),
        }
    }

    /// A text, or a number as it is written.
    pub(crate) fn text_or_number(&self, role: Role) -> Result<Option<Text<'a>>, Fault> {
        let value = self.value(role);
        match value.kind {
            Kind::Number => Ok(Some(Text { raw: value.raw, escaped: false })),
            _ => self.text(role),
        }
    }

    /// An array or object as it is written.
    pub(crate) fn raw(&self, role: Role, kind: Kind) -> Result<Option<&'a str>, Fault> {
        let value = self.value(role);
        match value.kind {
            Kind::Null => Ok(None),
            found if found == kind => Ok(Some(value.raw)),
            _ => Err(Fault::Type(role)),
        }
    }

    #[inline]
    pub(crate) fn whole(&self, role: Role) -> Result<Option<u32>, Fault> {
        let value = self.value(role);
        match value.kind {
            Kind::Null => Ok(None),
            Kind::Number => {
                whole(value.raw).or_else(|| integral(value.raw)).map(Some).ok_or(Fault::Type(role))
            }
            _ => Err(Fault::Type(role)),
        }
    }

    /// The number of its sample; none where its responses are a list, which number themselves,
    /// and so does a failure in the place of one.
    #[inline]
    pub(crate) fn index(&self) -> Result<Option<u32>, Fault> {
        let listed = self.value(Role::Response).kind == Kind::Array || self.lists_nothing();
        if listed { Ok(None) } else { self.whole(Role::Index) }
    }

    /// Whether there is an error, and not a value that says there is none.
    #[inline]
    pub(crate) fn failed(&self) -> bool {
        let error = self.value(Role::Error);
        error.kind != Kind::Null && !says_no(error)
    }

    /// A response that ended as `finish` says, by default as the row does.
    #[inline]
    pub(crate) fn ended(
        &self,
        text: Option<Text<'a>>,
        finish: Option<Value<'a>>,
    ) -> Result<Response<'a>, Fault> {
        let finish = finish.unwrap_or(self.value(Role::Finish));
        let cut_off = match finish.kind {
            Kind::Null => false,
            Kind::String(_) => finish.text().is_some_and(|reason| is_cut_off(&reason.decoded())),
            _ => return Err(Fault::Type(Role::Finish)),
        };
        Ok(Response { text, cut_off })
    }

    /// The responses of a list, all of them or none.
    pub(crate) fn listed(&self) -> Result<Vec<Response<'a>>, Fault> {
        let entries = first_elements(self.value(Role::Response).raw);
        if entries.len() > MOST_ENTRIES {
            return Err(Fault::Entries(Role::Response));
        }
        let finish = self.value(Role::Finish);
        let reasons = (finish.kind == Kind::Array).then(|| first_elements(finish.raw));
        // One of another length does not say which response it is about.
        let reasons = reasons.map(|all| if all.len() == entries.len() { all } else { Vec::new() });
        let response = |(place, entry): (usize, &Value<'a>)| {
            if !matches!(entry.kind, Kind::String(_) | Kind::Null) {
                return Err(Fault::Type(Role::Response));
            }
            let own = reasons.as_ref().map(|all| all.get(place).copied().unwrap_or_default());
            self.ended(entry.text(), own)
        };
        entries.iter().enumerate().map(response).collect()
    }
}

/// Whether a value in the place of an error is false, zero or empty: whoever writes an object
/// there had one.
#[cold]
fn says_no(value: Value<'_>) -> bool {
    match value.kind {
        Kind::Null | Kind::False => true,
        Kind::True | Kind::Object => false,
        Kind::String(_) => value.raw.is_empty(),
        Kind::Number => value.raw.parse() == Ok(0.0),
        Kind::Array => value.raw[1..value.raw.len() - 1].trim().is_empty(),
    }
}

/// The entries of a list; of one that is too long those that tell so.
fn first_elements(list: &str) -> Vec<Value<'_>> {
    elements(list).take(MOST_ENTRIES + 1).collect()
}

/// A number of up to 32 bits in decimal digits.
#[inline]
fn whole(digits: &str) -> Option<u32> {
    let mut read = 0_u64;
    if digits.len() > 10 {
        return None;
    }
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        read = read * 10 + u64::from(digit);
    }
    u32::try_from(read).ok()
}

/// The same of a number that is written as a fraction or with an exponent, such as `3.0`.
#[cold]
fn integral(written: &str) -> Option<u32> {
    let number: f64 = written.parse().ok()?;
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    if whole { format!("{:.0}", number.abs()).parse().ok() } else { None }
}
