//! What rows have in common that differ in index and response only, told by how it is written.

use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::Arc;

use slm_mux_core::{Choices, Kind};

use crate::fields::Role;
use crate::json::{Kind as JsonKind, Value};
use crate::row::Row;

pub(super) type Options = Arc<[Cow<'static, str>]>;

/// What all rows with the same fields but index and response have in common.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(super) choices: Option<Options>,
    pub(super) names: [Arc<str>; 3],
    pub(crate) reference: Option<Box<str>>,
}

/// What is asked of a place with every row.
pub(super) struct Known {
    pub(super) spelling: Spelling,
    /// The first of its rows.
    pub(super) first: u64,
    /// The cell of its samples that have a number, and of those that have none.
    pub(super) numbered: u32,
    pub(super) unnumbered: u32,
    pub(super) kind: Kind,
}

impl Place {
    /// Task, problem and member.
    pub(crate) fn names(&self) -> (&str, &str, &str) {
        let [task, problem, model] = &self.names;
        (task, problem, model)
    }

    pub(crate) fn choices(&self) -> Option<Choices<'_>> {
        self.choices.as_deref()
    }
}

/// The roles that tell places apart.
const IDENTITY: [Role; 12] = [
    Role::Problem,
    Role::Model,
    Role::Reference,
    Role::Task,
    Role::Kind,
    Role::Question,
    Role::ApiModel,
    Role::Params,
    Role::Prompt,
    Role::PoolIndex,
    Role::Stop,
    Role::Choices,
];

/// The fields that make a place, as they are written: all in one text, which is soon compared.
pub(super) struct Spelling {
    /// Each value after its kind and its length.
    fields: Box<[u8]>,
    /// A bit for each of them.
    seen: u32,
}

/// The bytes of a kind and a length.
const HEAD: usize = 5;

impl Spelling {
    pub(super) fn of(row: &Row<'_>) -> Self {
        let mut fields = Vec::new();
        for (_, value) in spelled(row) {
            fields.extend(head(value));
            fields.extend(value.raw.as_bytes());
        }
        Self { fields: fields.into(), seen: seen(row) }
    }

    #[inline]
    pub(super) fn is_of(&self, row: &Row<'_>) -> bool {
        let mut fields = &*self.fields;
        self.seen == seen(row)
            && spelled(row).all(|(_, value)| {
                let Some((known, rest)) = fields.split_first_chunk::<HEAD>() else { return false };
                let Some((raw, rest)) = rest.split_at_checked(value.raw.len()) else {
                    return false;
                };
                fields = rest;
                *known == head(value) && same(value.raw.as_bytes(), raw)
            })
    }

    /// Hashes it as [`Spelling::write_row`] hashes a row of it.
    pub(super) fn write(&self, hasher: &mut impl Hasher) {
        let mut fields = &*self.fields;
        while let Some(([_, length @ ..], rest)) = fields.split_first_chunk::<HEAD>() {
            let length = u32::from_le_bytes(*length) as usize;
            let (raw, rest) = rest.split_at(length.min(rest.len()));
            hasher.write(raw);
            fields = rest;
        }
    }

    pub(super) fn write_row(row: &Row<'_>, hasher: &mut impl Hasher) {
        spelled(row).for_each(|(_, value)| hasher.write(value.raw.as_bytes()));
    }

    /// The memory of its fields.
    pub(super) fn bytes(&self) -> usize {
        self.fields.len() + 16
    }
}

/// The kind of a value and its length.
#[inline]
fn head(value: Value<'_>) -> [u8; HEAD] {
    let kind = match value.kind {
        JsonKind::Null => 0,
        JsonKind::True => 1,
        JsonKind::False => 2,
        JsonKind::Number => 3,
        JsonKind::String(false) => 4,
        JsonKind::String(true) => 5,
        JsonKind::Array => 6,
        JsonKind::Object => 7,
    };
    let [a, b, c, d] = u32::try_from(value.raw.len()).unwrap_or(u32::MAX).to_le_bytes();
    [kind, a, b, c, d]
}

/// Equality of texts that are mostly short: without a call.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if let (Some(a_first), Some(b_first)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        // From 8 to 16 bytes the first and the last eight are all of them.
        return a_first == b_first
            && a.last_chunk::<8>() == b.last_chunk::<8>()
            && (a.len() <= 16 || a == b);
    }
    match (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        (Some(a_first), Some(b_first)) => {
            a_first == b_first && a.last_chunk::<4>() == b.last_chunk::<4>()
        }
        _ => a.iter().eq(b),
    }
}

/// The fields that make the place of a row: the text of a problem does only where it has no id.
#[inline]
fn seen(row: &Row<'_>) -> u32 {
    const ALL: u32 = {
        let (mut all, mut at) = (0, 0);
        while at < IDENTITY.len() {
            all |= 1 << IDENTITY[at] as u32;
            at += 1;
        }
        all
    };
    let named = row.value(Role::Problem).kind != JsonKind::Null;
    row.seen() & ALL & !(u32::from(named) << Role::Question as u32)
}

/// Those fields with their values.
fn spelled<'a>(row: &Row<'a>) -> impl Iterator<Item = (Role, Value<'a>)> {
    let seen = seen(row);
    let roles = IDENTITY.into_iter().filter(move |&role| seen & 1 << role as u32 != 0);
    roles.map(|role| (role, row.value(role)))
}
