//! How the fields of a row are written that tell places apart.

use std::hash::Hasher;

use crate::fields::Role;
use crate::json::{Kind, Value};
use crate::row::{LANE, Row};

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

/// The fields of one row in one text, which is soon hashed and compared.
///
/// A bit for each field there is, then each with its kind and its length, then zeros up to a
/// whole number of lanes: of two such texts none begins with the other.
#[derive(Default)]
pub(super) struct Spelled {
    /// As many bytes as were ever needed.
    room: Vec<u8>,
    len: usize,
}

/// The same, kept: its beginning where it stands.
pub(super) struct Spelling {
    start: [[u8; LANE]; NEAR],
    rest: Box<[[u8; LANE]]>,
    pub(super) hash: u64,
}

/// The lanes that are not allocated.
const NEAR: usize = 5;

/// For each length the bytes of a lane that are of the value.
const OF_LENGTH: [u128; LANE + 1] = {
    let (mut masks, mut length) = ([0; LANE + 1], 1);
    while length <= LANE {
        masks[length] = u128::MAX >> (8 * (LANE - length));
        length += 1;
    }
    masks
};

/// What stands for the length of those that are longer than a lane.
const LONG: u8 = 31;

impl Spelled {
    /// Forgets what it was, and spells a row. Gives its hash, for which nothing is read back:
    /// the place can be fetched while the text is being written.
    #[inline]
    pub(super) fn spell(&mut self, row: &Row<'_>, mut hasher: impl Hasher) -> u64 {
        let mut rest = seen(row);
        self.len = 0;
        self.reserve(0);
        self.short(&rest.to_le_bytes());
        while rest != 0 {
            let role = Role::ALL[rest.trailing_zeros() as usize];
            rest &= rest - 1;
            self.push(row, row.value(role), &mut hasher);
        }
        self.short(&[0; LANE]);
        self.len -= self.len % LANE;
        hasher.finish()
    }

    #[inline]
    fn push(&mut self, row: &Row<'_>, value: Value<'_>, hasher: &mut impl Hasher) {
        let raw = value.raw.as_bytes();
        self.reserve(raw.len());
        match u8::try_from(raw.len()) {
            Ok(length) if raw.len() <= LANE => {
                self.short(&[head(value.kind) | length]);
                let lane = row.lane(value);
                hasher.write_u128(u128::from_le_bytes(lane) & OF_LENGTH[raw.len()]);
                // What follows it is overwritten.
                self.short(&lane);
                self.len -= LANE - raw.len();
            }
            _ => {
                self.short(&[head(value.kind) | LONG]);
                self.short(&raw.len().to_le_bytes());
                self.room[self.len..self.len + raw.len()].copy_from_slice(raw);
                self.len += raw.len();
                hasher.write(raw);
            }
        }
    }

    /// Makes room for a value of this length and for what stands around it.
    #[inline]
    fn reserve(&mut self, length: usize) {
        let wanted = self.len + length + 4 * LANE;
        if self.room.len() < wanted {
            self.room.resize(wanted, 0);
        }
    }

    #[inline]
    fn short<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.room[self.len..self.len + N].copy_from_slice(bytes);
        self.len += N;
    }

    #[inline]
    fn lanes(&self) -> &[[u8; LANE]] {
        self.room[..self.len].as_chunks().0
    }

    /// What is kept of it, with its hash.
    pub(super) fn kept(&self, hash: u64) -> Spelling {
        let lanes = self.lanes();
        let (near, far) = lanes.split_at(lanes.len().min(NEAR));
        let mut start = [[0; LANE]; NEAR];
        start[..near.len()].copy_from_slice(near);
        Spelling { start, rest: far.into(), hash }
    }
}

impl Spelling {
    #[inline]
    pub(super) fn is(&self, spelled: &Spelled) -> bool {
        let lanes = spelled.lanes();
        // One by one: they are few, and a call would take longer.
        let near = self.start.iter().zip(lanes).all(|(a, b)| a == b);
        near && (lanes.len() <= NEAR || *self.rest == lanes[NEAR..])
    }

    /// The memory it takes elsewhere.
    pub(super) fn allocated(&self) -> usize {
        self.rest.len() * LANE + 16
    }
}

/// The kind of a value, beside which its length has room.
#[inline]
fn head(kind: Kind) -> u8 {
    let kind = match kind {
        Kind::Null => 0,
        Kind::True => 1,
        Kind::False => 2,
        Kind::Number => 3,
        Kind::String(false) => 4,
        Kind::String(true) => 5,
        Kind::Array => 6,
        Kind::Object => 7,
    };
    kind << 5
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
    let named = row.value(Role::Problem).kind != Kind::Null;
    row.seen() & ALL & !(u32::from(named) << Role::Question as u32)
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use foldhash::fast::FixedState;

    use super::*;
    use crate::fields::Fields;
    use crate::row::Lines;

    /// How a line is spelled that stands before others, or alone, and its hash.
    fn spelled(line: &str, after: &str) -> (Vec<u8>, u64) {
        let (fields, text) = (Fields::default(), format!("{line}\n{after}"));
        let mut row = Row::within(&text);
        Lines::new(&fields).read(&text, &mut row).unwrap();
        let mut spelled = Spelled::default();
        let hash = spelled.spell(&row, FixedState::with_seed(1).build_hasher());
        (spelled.lanes().as_flattened().to_vec(), hash)
    }

    #[test]
    fn only_rows_of_one_place_are_spelled_alike() {
        let long = "p".repeat(90);
        let ids = ["", "1", "12", "a,b", "0123456789abcdef", "0123456789abcdefg", &long];
        let mut lines = Vec::new();
        for id in ids {
            for other in ids {
                lines.push(format!(r#"{{"id": "{id}", "response": "r", "model": "{other}"}}"#));
                lines.push(format!(r#"{{"id": "{id}", "response": "r", "task": "{other}"}}"#));
            }
        }
        lines.push(r#"{"id": 1, "response": "r", "model": "1"}"#.to_owned());
        lines.push(r#"{"id": "1", "response": "r", "model": null}"#.to_owned());
        lines.push(r#"{"id": "\n", "response": "r", "model": "1"}"#.to_owned());
        for (at, line) in lines.iter().enumerate() {
            let one = spelled(line, "");
            // What follows a value does not matter, nor what else the line says.
            assert_eq!(spelled(&line.replace("\"r\"", "\"s t\""), line), one, "{line}");
            let (one, hash) = one;
            let mut kept = Spelled { len: one.len(), room: one };
            let spelling = kept.kept(hash);
            assert!(spelling.is(&kept));
            for other in &lines[..at] {
                let (other, _) = spelled(other, line);
                kept = Spelled { len: other.len(), room: other };
                assert!(!spelling.is(&kept), "{line}");
            }
        }
    }
}
