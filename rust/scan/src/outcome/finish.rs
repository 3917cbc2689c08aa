//! The end of a scan: merge, decide, write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::coalesce::BatchCoalescer;

use super::decide::Choosing;
use super::figures::Figures;
use super::items::{Item, Items};
use super::part::{Making, Part};
use super::tables::{decisions, indexes_lengths, tallies_schema, together};
use crate::error::{Error, Result};
use crate::in_order::in_order;
use crate::merge::{Filter, Merge, Rules};
use crate::scanned::Scanned;
use crate::settings::Settings;

/// How a scan is to be finished.
#[derive(Clone, Debug)]
pub struct Finishing {
    /// What the scan was told.
    pub settings: Arc<Settings>,
    /// Which ways of asking count.
    pub filter: Filter,
    /// How answers are selected.
    pub choosing: Choosing,
    /// Samples asked for of each member on each problem: the first ones count; by default the most
    /// recorded.
    pub asked: Option<u32>,
    /// Problems that count though nobody answered them: task and id.
    pub problems: Vec<(String, String)>,
    /// Threads to start, which change nothing of the outcome.
    pub threads: usize,
}

/// What all is written from.
pub struct Finished {
    /// One row per task and problem.
    pub decisions: RecordBatch,
    /// The figures.
    pub figures: Figures,
    /// The pool order of each task.
    pub orders: BTreeMap<String, Vec<String>>,
}

/// Records that one thread takes at a time.
const RECORDS: usize = 1 << 9;
/// Rows for which more than one is started.
const WORTH_THREADS: u64 = 100_000;
/// Rows of tallies handed on at a time, and about how many bytes of sample indexes.
const ROWS: usize = 1 << 14;
const BYTES: usize = 1 << 20;
/// Parts whose decisions are kept apart: of a row or two, most of them would be their columns.
const APART: usize = 1 << 8;

/// Merges what was scanned, decides each problem, and hands the tallies on as they come, in
/// the order of task and problem.
pub fn finish(
    scanned: Scanned,
    how: &Finishing,
    tallies: impl FnMut(RecordBatch) -> Result<()>,
    watch: impl FnMut() -> bool,
) -> Result<Finished> {
    finish_by(RECORDS, scanned, how, tallies, watch)
}

/// The same by stretches of so many records, which is not to be seen in the outcome.
pub(super) fn finish_by(
    records: usize,
    scanned: Scanned,
    how: &Finishing,
    tallies: impl FnMut(RecordBatch) -> Result<()>,
    mut watch: impl FnMut() -> bool,
) -> Result<Finished> {
    let (orders, (rows, ..)) = (orders(&scanned, how)?, scanned.rows());
    let rules =
        Rules { settings: Arc::clone(&how.settings), filter: how.filter.clone(), most: how.asked };
    let making = Making { rules, how, orders };
    let mut items = Items::new(Merge::new(scanned.runs)?, &how.problems);
    let mut end = End::new(tallies);
    let threads = if rows < WORTH_THREADS { 1 } else { how.threads };
    let next = || {
        let stretch = items.stretch(records)?;
        let taken: usize = stretch.iter().map(Item::records).sum();
        Ok((!stretch.is_empty()).then_some((taken / records, stretch)))
    };
    let part = |stretch: Vec<Item>| making.part(&stretch);
    in_order(
        threads,
        next,
        part,
        |part| {
            if watch() { end.add(part) } else { Err(Error::Interrupted) }
        },
    )?;
    end.finish(how, making.orders)
}

/// All parts so far, put together.
struct End<F> {
    /// The same rows at a time, whatever the parts were: so are the bytes that are written.
    table: BatchCoalescer,
    /// Of sample indexes since the last rows that were handed on for them.
    bytes: usize,
    tallies: F,
    decisions: Vec<RecordBatch>,
    apart: Vec<RecordBatch>,
    figures: Figures,
    fewest: Vec<(String, u32)>,
}

impl<F: FnMut(RecordBatch) -> Result<()>> End<F> {
    fn new(tallies: F) -> Self {
        Self {
            table: BatchCoalescer::new(tallies_schema(), ROWS),
            bytes: 0,
            tallies,
            decisions: Vec::new(),
            apart: Vec::new(),
            figures: Figures::default(),
            fewest: Vec::new(),
        }
    }

    fn add(&mut self, part: Part) -> Result<()> {
        self.apart.push(part.decisions);
        if self.apart.len() == APART {
            self.decisions.push(together(&self.apart)?);
            self.apart.clear();
        }
        self.figures.append(part.figures);
        self.fewest.extend(part.fewest);
        self.add_tallies(&part.tallies)
    }

    fn add_tallies(&mut self, part: &RecordBatch) -> Result<()> {
        let mut from = 0;
        for (at, length) in indexes_lengths(part).enumerate() {
            self.bytes += length;
            if self.bytes >= BYTES {
                let to = at + 1;
                self.table.push_batch(part.slice(from, to - from))?;
                self.table.finish_buffered_batch()?;
                self.hand_on()?;
                (from, self.bytes) = (to, 0);
            }
        }
        self.table.push_batch(part.slice(from, part.num_rows() - from))?;
        self.hand_on()
    }

    fn hand_on(&mut self) -> Result<()> {
        while let Some(batch) = self.table.next_completed_batch() {
            (self.tallies)(batch)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        how: &Finishing,
        orders: BTreeMap<String, Vec<String>>,
    ) -> Result<Finished> {
        self.table.finish_buffered_batch()?;
        self.hand_on()?;
        self.decisions.append(&mut self.apart);
        let mut figures = self.figures;
        for task in figures.tasks.values_mut() {
            task.asked = how.asked.unwrap_or(task.asked);
            task.close();
        }
        let short = |(task, fewest): &(String, u32)| {
            let figures = &figures.tasks[task];
            figures.stops.is_empty() && *fewest < figures.asked
        };
        let short = self.fewest.iter().map(short).collect();
        Ok(Finished { decisions: decisions(&self.decisions, short)?, figures, orders })
    }
}

/// The pool order of each task: as told, else by the members' recorded places, then by name.
fn orders(scanned: &Scanned, how: &Finishing) -> Result<BTreeMap<String, Vec<String>>> {
    let place = |name: &String| how.choosing.first.iter().position(|first| first == name);
    let mut orders = BTreeMap::new();
    for (task, members) in scanned.seen.tasks() {
        let counting = members.iter().filter(|(_, seen)| seen.counts(&how.filter));
        let mut recorded: Vec<_> = counting
            .map(|(name, seen)| {
                let named = place(name).unwrap_or(usize::MAX);
                (named, seen.pool_index.map_or(u64::MAX, u64::from), name)
            })
            .collect();
        recorded.sort_unstable();
        let names: Vec<String> = recorded.into_iter().map(|(.., name)| name.clone()).collect();
        orders.insert(task.clone(), names);
    }
    let Some(told) = &how.choosing.order else { return Ok(orders) };
    let all: BTreeSet<&String> = orders.values().flatten().collect();
    if let Some(unknown) = told.iter().find(|name| !all.contains(name)) {
        let names: Vec<&str> = all.into_iter().map(String::as_str).collect();
        let names = names.join(", ");
        return Err(Error::Input(format!("no row of model {unknown:?}; there are: {names}")));
    }
    for names in orders.values_mut() {
        let mut once = BTreeSet::new();
        let pool = told.iter().filter(|name| names.contains(name) && once.insert(*name));
        *names = pool.cloned().collect();
    }
    Ok(orders)
}
