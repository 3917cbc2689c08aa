//! What was read, on its way to the end: in memory, from other machines, or from tallies.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::{Array, RecordBatch};
use serde_json::json;

use crate::error::{Error, Result};
use crate::merge::merged;
use crate::partial::{Class, Log, Record, Records, batch};
use crate::report::{BROKEN, Notes};
use crate::run::Run;
use crate::seen::Seen;
use crate::tallied::{Tallied, TalliedRows};

/// Runs on disk, at most: each is an open file.
const MOST_FILES: usize = 64;

/// What was read: groups of samples, and what was noticed.
#[derive(Default)]
pub struct Scanned {
    pub(crate) runs: Vec<Run>,
    pub(crate) seen: Seen,
    pub(crate) notes: Notes,
    /// The names of files by their numbers.
    pub(crate) files: BTreeMap<u32, String>,
    /// The bytes of records that came in and are held in memory.
    pub(crate) held: usize,
}

impl Scanned {
    /// Adds what was read elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.runs.extend(other.runs);
        self.seen.merge(&other.seen);
        self.notes.merge(other.notes);
        self.files.extend(other.files);
        self.held += other.held;
    }

    /// The records that travel between machines, in batches of the order of task and problem.
    pub fn into_records(self) -> Result<Vec<RecordBatch>> {
        let mut records = Vec::new();
        for run in self.runs {
            for batch in run.batches()? {
                records.push(batch?);
            }
        }
        Ok(records)
    }

    /// What was noticed, as a text for [`Scanned::add_notes`].
    pub fn notes(&self) -> String {
        serde_json::to_string(&(&self.notes, &self.files)).unwrap_or_default()
    }

    /// Adds what was noticed elsewhere.
    pub fn add_notes(&mut self, notes: &str) -> Result<()> {
        let (notes, files): (Notes, BTreeMap<u32, String>) =
            serde_json::from_str(notes).map_err(|error| {
                Error::Input(format!("notes of a scan that are none of this version: {error}"))
            })?;
        self.notes.merge(notes);
        self.files.extend(files);
        Ok(())
    }

    /// Adds records that were made here or elsewhere.
    pub fn add_records(&mut self, records: RecordBatch) -> Result<()> {
        let read = batch(&records)?;
        for record in (0..read.len()).map(|at| read.record(at)) {
            if !record.class.is_fact() {
                let asked = (record.api_model, record.params);
                self.seen.note((record.task, record.model), record.pool_index, asked);
            }
        }
        for column in records.columns() {
            self.held += column.to_data().get_slice_memory_size()?;
        }
        self.runs.push(Run::Held(vec![records]));
        Ok(())
    }

    /// Writes all that is held to one run on disk, where more than `memory` bytes came in; with
    /// the runs that are there, where those are many.
    pub fn settle(&mut self, memory: usize, folder: &Path) -> Result<()> {
        if self.held <= memory {
            return Ok(());
        }
        let runs = std::mem::take(&mut self.runs);
        let files = runs.iter().filter(|run| matches!(run, Run::Spilled(_))).count();
        let taken = |run: &Run| files >= MOST_FILES || matches!(run, Run::Held(_));
        let (taken, left): (Vec<_>, Vec<_>) = runs.into_iter().partition(taken);
        (self.runs, self.held) = (left, 0);
        self.runs.push(merged(taken, folder, || false)?);
        Ok(())
    }

    /// Adds rows of a tallies file.
    pub fn add_tallies(&mut self, tallies: &RecordBatch) -> Result<()> {
        let mut records = Records::default();
        let mut last = (String::new(), String::new());
        let rows = TalliedRows::of(tallies)?;
        for at in 0..rows.len() {
            let row = rows.row(at)?;
            if (last.0.as_str(), last.1.as_str()) != (row.task, row.problem) {
                last = (row.task.to_owned(), row.problem.to_owned());
                facts(&mut records, &row);
            }
            self.notes.rows += row.indexes.len();
            push(&mut records, &row);
        }
        self.add_records(records.finish()?)
    }

    /// How many rows were counted, how many of their samples had no number, and how many rows
    /// were of other tasks.
    pub fn rows(&self) -> (u64, u64, u64) {
        (self.notes.rows, self.notes.unnumbered, self.notes.other_tasks)
    }

    /// The bad rows as JSON: how many for each reason, and the first of them by file and line;
    /// `rows` where one tells of several.
    pub fn bad(&mut self) -> String {
        self.notes.number_lines();
        let mut listed: Vec<_> = self.notes.listed.iter().collect();
        listed.sort_unstable();
        let listed = listed.iter().map(|bad| {
            let file = self.files.get(&bad.file).map_or("", String::as_str);
            let mut one = json!({"file": file, "line": bad.line, "reason": bad.reason});
            if bad.rows > 1 {
                one["rows"] = bad.rows.into();
            }
            one
        });
        let bad = &self.notes.bad;
        let broken = bad.iter().filter(|(reason, _)| reason.starts_with(BROKEN));
        let broken = broken.fold(0, |all: u64, (_, &count)| all.saturating_add(count));
        let listed: Vec<_> = listed.collect();
        json!({"reasons": bad, "broken": broken, "listed": listed}).to_string()
    }
}

fn facts(records: &mut Records, row: &Tallied<'_>) {
    let facts =
        [(Class::Kind, row.kind), (Class::Reference, row.reference), (Class::Stop, row.stop)];
    for (class, text) in facts.into_iter().filter(|(_, text)| text.is_some()) {
        records.push(&Record { class, text, ..Record::of(row.task, row.problem) });
    }
}

fn push(records: &mut Records, row: &Tallied<'_>) {
    let mut log = Log::default();
    for index in &row.indexes {
        log.push(u64::from(index));
    }
    let count = row.indexes.len();
    records.push(&Record {
        model: row.model,
        api_model: row.api_model,
        params: row.params,
        tallied: true,
        class: row.class,
        text: row.exemplar,
        key: row.key,
        verdict: row.verdict,
        rows: count,
        numbers: log.bytes(),
        pool_index: row.pool_index,
        counted: if row.tokens.is_some() { count } else { 0 },
        tokens: row.tokens.unwrap_or_default(),
        ..Record::of(row.task, row.problem)
    });
}
