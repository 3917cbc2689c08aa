//! Which cell a row belongs to: problem, member, and how the member was asked.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::str::FromStr;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use sha2::{Digest, Sha256};
use slm_mux_core::Kind;
use thiserror::Error;

use super::Origin;
use super::place::{Known, Options, Place};
use super::spelling::Spelled;
use crate::fields::Role;
use crate::json::{Kind as JsonKind, Text, elements};
use crate::row::{Fault, Row};
use crate::seen::{Seen, first_place};
use crate::settings::Settings;

/// Why a row has no place.
#[derive(Debug, Error)]
pub(crate) enum PlaceError {
    /// The row cannot be used.
    #[error(transparent)]
    Row(#[from] Fault),
    /// The row is of another task than the one asked for.
    #[error("another task")]
    OtherTask,
    /// Nothing tells how answers are to be read.
    #[error("task {0:?}: no answer kind in its rows: give --kind math, number or choice")]
    NoKind(String),
    /// More than can be numbered.
    #[error("more than 2^31 cells")]
    Full,
}

/// A member on a problem, asked in one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) task: Arc<str>,
    pub(super) problem: Arc<str>,
    pub(super) model: Arc<str>,
    pub(super) api_model: Option<Box<str>>,
    pub(super) params: Option<Box<str>>,
    pub(super) prompt: Option<Box<str>>,
    pub(super) numbered: bool,
}

/// What is noted of a cell as its rows come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    pub(super) first: u64,
    pub(super) pool_index: Option<u32>,
}

/// What rows say of problems, each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) task: Arc<str>,
    pub(super) problem: Arc<str>,
    pub(super) class: super::Class,
    pub(super) text: Box<str>,
}

/// The cells, and the rows' ways to name them.
#[derive(Default)]
pub(super) struct Cells {
    hasher: RandomState,
    places: Vec<Place>,
    /// Of the same places.
    known: Vec<Known>,
    index: HashTable<u32>,
    numbers: BTreeMap<Cell, u32>,
    noted: Vec<Noted>,
    facts: BTreeSet<Fact>,
    names: BTreeSet<Arc<str>>,
    spelled: Spelled,
    last: u32,
    bytes: usize,
}

impl Cells {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.noted.len()
    }

    pub(super) fn placed(&self, place: u32) -> &Place {
        &self.places[place as usize]
    }

    pub(super) fn known(&self, place: u32) -> &Known {
        &self.known[place as usize]
    }

    /// The place of a row, a new one if its like was not seen before.
    #[inline]
    pub(super) fn place(
        &mut self,
        row: &Row<'_>,
        origin: Origin,
        settings: &Settings,
    ) -> Result<u32, PlaceError> {
        let hash = self.spelled.spell(row, self.hasher.build_hasher());
        let last = self.known.get(self.last as usize);
        if !last.is_some_and(|last| last.spelling.is(&self.spelled)) {
            self.last = self.find(row, origin, hash, settings)?;
        }
        // A row before those seen so far, as where files are read out of order.
        let known = &mut self.known[self.last as usize];
        known.first = known.first.min(origin.ordinal());
        Ok(self.last)
    }

    #[inline]
    fn find(
        &mut self,
        row: &Row<'_>,
        origin: Origin,
        hash: u64,
        settings: &Settings,
    ) -> Result<u32, PlaceError> {
        let (known, spelled) = (&self.known, &self.spelled);
        if let Some(&at) = self.index.find(hash, |&at| known[at as usize].spelling.is(spelled)) {
            return Ok(at);
        }
        let at = self.new_place(row, origin, hash, settings)?;
        let known = &self.known;
        self.index.insert_unique(hash, at, |&at| known[at as usize].spelling.hash);
        Ok(at)
    }

    fn new_place(
        &mut self,
        row: &Row<'_>,
        origin: Origin,
        hash: u64,
        settings: &Settings,
    ) -> Result<u32, PlaceError> {
        let text = |role| Ok::<_, Fault>(row.text(role)?.map(owned));
        // An empty name is none.
        let name = |role| Ok::<_, Fault>(text(role)?.filter(|name| !name.is_empty()));
        let task = name(Role::Task)?.or_else(|| settings.task.clone());
        let task = task.unwrap_or_else(|| UNNAMED.to_owned());
        if settings.task.as_ref().is_some_and(|only| *only != task) {
            return Err(PlaceError::OtherTask);
        }
        let model = settings.model.clone().or(name(Role::Model)?);
        let model = model.ok_or(Fault::Missing(Role::Model))?;
        // No options are none.
        let listed = row.raw(Role::Choices, JsonKind::Array)?;
        let listed = listed.filter(|raw| elements(raw).next().is_some());
        let mut choices = listed.map(options).transpose()?;
        let id = row.text_or_number(Role::Problem)?.map(owned).map(whole_id);
        let of_text = || question(row).map(|text| digest(&text, choices.as_deref()));
        let problem = id.or_else(of_text);
        let problem = problem.ok_or(Fault::Missing(Role::Problem))?;
        let known = settings.known(&task, &problem);
        let kind = match settings.kind {
            Some(kind) => Some(kind),
            None => said_kind(row)?.or_else(|| known.and_then(|known| known.kind)),
        };
        let Some(kind) = kind else { return Err(PlaceError::NoKind(task)) };
        if let Some(file) = known.and_then(|known| known.choices.as_ref()) {
            choices = Some(file.as_slice().into());
        }
        let stop = text(Role::Stop)?.filter(|stop| stop != "none");
        // What follows says which decisions the samples support.
        let policy = stop.as_ref().and_then(|stop| stop.split(' ').next());
        if policy.is_some_and(|policy| policy != "unanimous" && policy != "lossless") {
            return Err(Fault::Type(Role::Stop).into());
        }
        let params = row.raw(Role::Params, JsonKind::Object)?.map(canonical).transpose()?;
        let cell = Cell {
            task: self.name(task),
            problem: self.name(problem),
            model: self.name(model),
            api_model: text(Role::ApiModel)?.map(Into::into),
            params: params.flatten(),
            prompt: text(Role::Prompt)?.map(Into::into),
            numbered: true,
        };
        let of_row = row.text_or_number(Role::Reference)?.map(owned);
        let reference = known.and_then(|known| known.reference.clone()).or(of_row);
        self.note_facts(&cell, kind, reference.as_deref(), stop.as_deref(), listed);
        let pool_index = row.whole(Role::PoolIndex)?;
        let noted = Noted { first: origin.ordinal(), pool_index };
        let spelling = self.spelled.kept(hash);
        self.bytes += size_of::<Place>() + size_of::<Known>() + 64;
        self.bytes += spelling.allocated();
        let names = [&cell.task, &cell.problem, &cell.model].map(Arc::clone);
        let numbered = self.cell(cell.clone(), noted);
        let unnumbered = self.cell(Cell { numbered: false, ..cell }, noted);
        let first = origin.ordinal();
        self.known.push(Known { spelling, first, numbered, unnumbered, kind });
        self.places.push(Place { kind, choices, names, reference: reference.map(Into::into) });
        u32::try_from(self.places.len() - 1).map_err(|_| PlaceError::Full)
    }

    fn name(&mut self, name: String) -> Arc<str> {
        if let Some(known) = self.names.get(name.as_str()) {
            return Arc::clone(known);
        }
        self.bytes += name.len() + 64;
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }

    fn cell(&mut self, cell: Cell, noted: Noted) -> u32 {
        let next = u32::try_from(self.noted.len()).unwrap_or(u32::MAX);
        let at = *self.numbers.entry(cell).or_insert(next);
        if let Some(known) = self.noted.get_mut(at as usize) {
            known.first = known.first.min(noted.first);
            known.pool_index = first_place(known.pool_index, noted.pool_index);
        } else {
            self.bytes += size_of::<Cell>() + size_of::<Noted>() + 128;
            self.noted.push(noted);
        }
        at
    }

    fn note_facts(
        &mut self,
        cell: &Cell,
        kind: Kind,
        reference: Option<&str>,
        stop: Option<&str>,
        choices: Option<&str>,
    ) {
        let kind = Kind::NAMES[kind as usize];
        let facts = [
            (super::Class::Kind, Some(kind)),
            (super::Class::Reference, reference),
            (super::Class::Stop, stop),
            (super::Class::Choices, choices),
        ];
        for (class, text) in facts {
            if let Some(text) = text {
                let (task, problem) = (Arc::clone(&cell.task), Arc::clone(&cell.problem));
                let fact = Fact { task, problem, class, text: text.into() };
                self.bytes += size_of::<Fact>() + text.len() + 32;
                self.facts.insert(fact);
            }
        }
    }

    /// Notes the members of those cells that are `used`.
    pub(super) fn tell(&self, used: &[bool], seen: &mut Seen) {
        for (cell, &number) in self.numbers.iter().filter(|&(_, &number)| used[number as usize]) {
            let pool_index = self.noted[number as usize].pool_index;
            let asked = (cell.api_model.as_deref(), cell.params.as_deref());
            seen.note((&cell.task, &cell.model), pool_index, asked);
        }
    }

    /// What was noted, in order: the cells with their numbers, and the facts.
    pub(super) fn into_parts(mut self) -> (BTreeMap<Cell, u32>, Vec<Noted>, BTreeSet<Fact>) {
        for known in &self.known {
            for cell in [known.numbered, known.unnumbered] {
                let noted = &mut self.noted[cell as usize];
                noted.first = noted.first.min(known.first);
            }
        }
        (self.numbers, self.noted, self.facts)
    }
}

/// The task of rows that name none.
const UNNAMED: &str = "unnamed";

fn said_kind(row: &Row<'_>) -> Result<Option<Kind>, Fault> {
    let said = row.text(Role::Kind)?.map(|kind| Kind::from_str(&kind.decoded()));
    said.transpose().map_err(|_| Fault::Type(Role::Kind))
}

fn owned(text: Text<'_>) -> String {
    text.decoded().into_owned()
}

/// An id as it is written, but for `3.0`, as which columns with gaps hold whole numbers.
fn whole_id(id: String) -> String {
    match id.strip_suffix(".0") {
        Some(whole) if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) => {
            whole.to_owned()
        }
        _ => id,
    }
}

/// The text of the problem; a chat is as it is written.
fn question(row: &Row<'_>) -> Option<String> {
    let value = row.value(Role::Question);
    match value.kind {
        JsonKind::Null => None,
        _ => Some(value.text().map_or_else(|| value.raw.to_owned(), owned)),
    }
}

/// A problem without an id is known by its text and its options, as `tasks/fields.py` writes it.
fn digest(text: &str, choices: Option<&[Cow<'_, str>]>) -> String {
    let mut digest = Sha256::new_with_prefix(text);
    for choice in choices.unwrap_or_default() {
        digest.update([0]);
        digest.update(choice.as_bytes());
    }
    let first = digest.finalize().iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte));
    format!("text:{first:016x}")
}

fn options(raw: &str) -> Result<Options, Fault> {
    let text = |value: crate::json::Value<'_>| {
        let text = value.text().ok_or(Fault::Type(Role::Choices))?;
        Ok(Cow::Owned(text.decoded().into_owned()))
    };
    elements(raw).map(text).collect()
}

/// Parameters as a value to compare: sorted, without those that are unset, 1 and 1.0 one.
fn canonical(raw: &str) -> Result<Option<Box<str>>, Fault> {
    let params: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(raw).map_err(|_| Fault::Type(Role::Params))?;
    let set = params.into_iter().filter(|(_, value)| !value.is_null());
    let set: BTreeMap<_, _> = set
        .map(|(name, value)| match value.as_f64() {
            Some(number) if !value.is_i64() && !value.is_u64() && number.fract() == 0.0 => {
                let whole = format!("{number:.0}").parse().map(serde_json::Value::Number);
                (name, whole.unwrap_or(value))
            }
            _ => (name, value),
        })
        .collect();
    if set.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&set).map_err(|_| Fault::Type(Role::Params))?;
    Ok(Some(text.into()))
}
