//! What one thread has read so far: samples grouped by cell, state and span.
//!
//! A group keeps its span and the numbers of its samples. Keys and verdicts are worked out
//! once per group when the scan has ended, because a reference may stand in the last row.

mod cells;
mod log;
mod pending;
mod place;
mod records;
mod span;
mod spelling;

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use slm_mux_core as core;
use slm_mux_core::Extraction;

pub(crate) use cells::PlaceError;
pub(crate) use log::{Log, numbers};
pub(crate) use place::Place;
pub use records::schema;
pub(crate) use records::{Batch, Class, Most, Record, Records, batch};

use crate::kept::Kept;
use crate::row::Row;
use crate::seen::Seen;
use crate::settings::Settings;
use cells::Cells;
use pending::{Counted, Pending};
use span::{Span, Waiting};

/// The samples of one cell that gave the same span: one line of the cache, as samples come in
/// any order.
#[repr(align(64))]
struct Group {
    log: Log,
    span: Span,
    cell: u32,
    class: Class,
}

const _: () = assert!(size_of::<Group>() == 64);

/// Tokens of prompts and responses, and of how many rows they are known.
#[derive(Clone, Copy, Default)]
struct Tokens {
    sums: [u64; 2],
    rows: u64,
}

/// Where a group is, and half of its hash: a table that grows asks no group for it.
#[derive(Clone, Copy)]
struct Found {
    at: u32,
    half: u32,
}

/// What memory a group takes beside its span and its log: vectors and tables that double hold
/// twice what is in them, and the end sorts.
const GROUP: usize = 2 * (size_of::<Group>() + size_of::<Found>() + size_of::<u32>()) + 32;

/// The groups of one thread.
pub(crate) struct Partial {
    settings: Arc<Settings>,
    hasher: RandomState,
    cells: Cells,
    groups: Vec<Group>,
    /// Of the groups, as far as there are any.
    tokens: Vec<Tokens>,
    index: HashTable<Found>,
    pending: Pending,
    bytes: usize,
}

/// Where a sample stands: its file and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin(u64);

/// The bits of an origin that say where in the file.
const POSITION: u32 = 44;

impl Origin {
    pub(crate) fn new(file: u32, position: u64) -> Self {
        Self(u64::from(file) << POSITION | position & ((1 << POSITION) - 1))
    }

    /// Of the entry at this place of a list.
    pub(crate) fn after(self, place: usize) -> Self {
        Self(self.0 + place as u64)
    }

    /// The file and the position there.
    pub(crate) fn parts(self) -> (u32, u64) {
        let file = u32::try_from(self.0 >> POSITION).unwrap_or(u32::MAX);
        (file, self.0 & ((1 << POSITION) - 1))
    }

    pub(crate) fn ordinal(self) -> u64 {
        self.0
    }
}

/// One sample of a row.
#[derive(Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub(crate) place: u32,
    /// Its number, where it has one.
    pub(crate) index: Option<u32>,
    /// The response; nothing where the server sent none.
    pub(crate) text: Option<&'a str>,
    pub(crate) cut_off: bool,
    /// Whether there is an error in its place.
    pub(crate) failed: bool,
    pub(crate) tokens: Option<[u64; 2]>,
    pub(crate) origin: Origin,
}

/// What was read of one response.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) class: Class,
    pub(crate) found: Option<&'a Extraction<'a>>,
}

impl Partial {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            hasher: RandomState::default(),
            cells: Cells::default(),
            groups: Vec::new(),
            tokens: Vec::new(),
            index: HashTable::new(),
            pending: Pending::default(),
            bytes: 0,
        }
    }

    /// The memory that is held, in bytes: an estimate from what was put in.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.cells.bytes()
    }

    /// Notes the members it holds samples of.
    pub(crate) fn tell(&mut self, seen: &mut Seen) {
        self.count_pending();
        let mut used = vec![false; self.cells.len()];
        for group in &self.groups {
            used[group.cell as usize] = true;
        }
        self.cells.tell(&used, seen);
    }

    /// Where the samples of a row belong.
    #[inline]
    pub(crate) fn place(&mut self, row: &Row<'_>, origin: Origin) -> Result<u32, PlaceError> {
        self.cells.place(row, origin, &self.settings)
    }

    /// Counts one sample.
    #[inline]
    pub(crate) fn take(&mut self, sample: &Sample<'_>, kept: Option<&mut Kept<'_>>) {
        if sample.failed {
            self.put(sample, Reading { class: Class::Failed, found: None }, kept);
        } else {
            let place = self.cells.placed(sample.place);
            let text = sample.text;
            let found = text.and_then(|text| {
                core::extract(text, place.kind, self.settings.profile, place.choices())
            });
            let found = found.as_ref();
            let reading = read(text.is_some(), found, sample.cut_off, self.settings.profile);
            self.put(sample, reading, kept);
        }
    }

    /// Whether responses at a place are read by other rules where no mark stands in them.
    pub(crate) fn marks_tell(&self, place: u32) -> bool {
        self.settings.profile == core::Profile::Canonical
            && self.cells.known(place).kind == core::Kind::Math
    }

    /// Counts one sample whose answer was found already.
    #[inline]
    pub(crate) fn take_found(
        &mut self,
        sample: &Sample<'_>,
        found: Option<&Extraction<'_>>,
        kept: Option<&mut Kept<'_>>,
    ) {
        let reading = read(true, found, sample.cut_off, self.settings.profile);
        self.put(sample, reading, kept);
    }

    #[inline]
    fn put(&mut self, sample: &Sample<'_>, reading: Reading<'_>, kept: Option<&mut Kept<'_>>) {
        let Sample { place, index, tokens, origin, .. } = *sample;
        if let Some(kept) = kept {
            let placed = self.cells.placed(place);
            kept.take(placed, placed.names(), &reading, index, origin);
        }
        let known = self.cells.known(place);
        let cell = if index.is_some() { known.numbered } else { known.unnumbered };
        let number = index.map_or(origin.ordinal(), u64::from);
        let span = reading.found.map_or("", |found| &found.span);
        let span = if reading.class.votes() { span } else { "" };
        let class = reading.class;
        let hash = self.hasher.hash_one(told_by(cell, class, span.as_bytes()));
        self.pending.push(Counted { half: half(hash), number, tokens, cell, class }, span);
        if self.pending.is_full() {
            self.count_pending();
        }
    }

    /// Adds the samples that wait to their groups.
    fn count_pending(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        // Groups are far apart in memory: looked up one after the other, they are fetched
        // at once.
        let mut places = [0; pending::MOST];
        for (place, (sample, span)) in places.iter_mut().zip(pending.samples()) {
            *place = self.group(sample, span);
        }
        for (&at, (sample, _)) in places.iter().zip(pending.samples()) {
            // A vector grows by doubling.
            self.bytes += 2 * self.groups[at].log.push(sample.number);
            if let Some(tokens) = sample.tokens {
                self.bytes += self.add_tokens(at, tokens);
            }
        }
        pending.clear();
        self.pending = pending;
    }

    /// The group of a sample, a new one where there is none.
    #[inline]
    fn group(&mut self, sample: &Counted, span: Waiting<'_>) -> usize {
        let &Counted { half, cell, class, .. } = sample;
        let groups = &mut self.groups;
        let known = self.index.find(whole(half), |found| {
            let group = &groups[found.at as usize];
            group.cell == cell && group.class == class && group.span.is(span)
        });
        if let Some(found) = known {
            return found.at as usize;
        }
        let at = groups.len();
        groups.push(Group { log: Log::default(), span: Span::new(span), cell, class });
        let found = Found { at: u32::try_from(at).unwrap_or(u32::MAX), half };
        self.index.insert_unique(whole(half), found, |found| whole(found.half));
        self.bytes += GROUP + groups[at].span.allocated();
        at
    }

    /// Adds tokens of a group, and says how much memory that took.
    fn add_tokens(&mut self, at: usize, tokens: [u64; 2]) -> usize {
        let before = self.tokens.len();
        if at >= before {
            self.tokens.resize(at + 1, Tokens::default());
        }
        let known = &mut self.tokens[at];
        known.rows += 1;
        for (sum, more) in known.sums.iter_mut().zip(tokens) {
            *sum = sum.saturating_add(more);
        }
        2 * size_of::<Tokens>() * (self.tokens.len() - before)
    }
}

/// The half of a hash that is kept.
fn half(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// A hash of that half alone: tables look at both ends of one.
fn whole(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

/// What is hashed of a group.
fn told_by(cell: u32, class: Class, span: &[u8]) -> (u64, &[u8]) {
    (u64::from(cell) << 8 | class as u64, span)
}

/// Tells whether a response votes.
#[inline]
fn read<'a>(
    has_text: bool,
    found: Option<&'a Extraction<'a>>,
    cut_off: bool,
    profile: core::Profile,
) -> Reading<'a> {
    let rule = found.map(|found| found.rule);
    let class = match core::state(has_text, rule, cut_off.then_some("length"), profile) {
        core::State::Ok if cut_off => Class::CutOff,
        core::State::Ok => Class::Voted,
        core::State::Unparsed => Class::Unparsed,
        core::State::Truncated => Class::Truncated,
    };
    Reading { class, found }
}
