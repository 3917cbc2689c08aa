//! Record batches, counted.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::sync::atomic::Ordering;

use arrow_array::RecordBatch;
use slm_mux_core::is_cut_off;

use super::Worker;
use crate::arrow::Batches;
use crate::damaged::caught;
use crate::error::Error;
use crate::fields::Role;
use crate::json::{Kind, Text};
use crate::partial::{Origin, PlaceError, Sample};
use crate::row::{Columns, Fault, MOST_ENTRIES, Row, wanted};
use crate::source::{Input, Opened};

/// The bits of a position that number the entries of a list.
const ENTRY: u32 = MOST_ENTRIES.trailing_zeros();

impl Worker<'_> {
    /// Reads a row group or a record batch of a file.
    pub(super) fn part(&mut self, input: &Input, part: usize) -> Result<(), Error> {
        let shared = self.shared;
        match shared.opened.get(&input.number).unwrap_or(&Opened::Lines) {
            Opened::Parquet(reader) => {
                let fields = &self.fields;
                let (rows, size) = reader.part(part);
                match reader.read(Some(part), |name| wanted(fields, name)) {
                    Ok(batches) => {
                        let batches = batches.map(|batch| batch.map_err(io::Error::other));
                        self.batches(input, rows, batches)?;
                    }
                    Err(error) => self.unread(input, rows, &error),
                }
                shared.done.fetch_add(size, Ordering::Relaxed);
            }
            opened @ Opened::Arrow(file) => {
                let rows = file.starts()[part]..file.starts()[part + 1];
                match caught(|| file.batch(part)) {
                    Ok(batch) => self.batches(input, rows, [Ok(batch)])?,
                    Err(error) => self.unread(input, rows, &error),
                }
                let share = input.size / opened.parts().max(1) as u64;
                shared.done.fetch_add(share, Ordering::Relaxed);
            }
            Opened::Lines => {}
            Opened::Broken(error) => self.unread(input, 0..1, &io::Error::other(error.as_str())),
        }
        Ok(())
    }

    /// Notes rows that cannot be read; where their end is not known it is one.
    fn unread(&mut self, input: &Input, rows: Range<u64>, error: &io::Error) {
        let (first, lost) = (rows.start, rows.end.saturating_sub(rows.start).max(1));
        self.broken(input, (first << ENTRY, first + 1), lost, error);
    }

    /// Reads an Arrow stream to its end, or to where it breaks off.
    pub(super) fn arrow_stream(&mut self, input: &Input, reader: impl Read) -> Result<(), Error> {
        self.batches(input, 0..0, Batches::of(BufReader::new(reader)))
    }

    /// Counts the rows of batches, which have these numbers as far as is known.
    fn batches(
        &mut self,
        input: &Input,
        rows: Range<u64>,
        batches: impl IntoIterator<Item = io::Result<RecordBatch>>,
    ) -> Result<(), Error> {
        let (mut row, mut batches) = (rows.start, batches.into_iter());
        loop {
            if self.stopped() {
                return Ok(());
            }
            match caught(|| batches.next().transpose()) {
                Ok(Some(batch)) => {
                    self.batch(input, row, &batch)?;
                    row += batch.num_rows() as u64;
                }
                Ok(None) => break,
                Err(error) => {
                    self.unread(input, row..rows.end, &error);
                    break;
                }
            }
            self.settle()?;
        }
        Ok(())
    }

    /// Counts the rows of a batch, of which the first has the number `first`.
    pub(crate) fn batch(
        &mut self,
        input: &Input,
        first: u64,
        batch: &RecordBatch,
    ) -> Result<(), Error> {
        let columns = Columns::of(batch, self.fields);
        let counted = self.notes.rows;
        let mut row = Row::default();
        for (number, at) in (first..).zip(0..columns.rows()) {
            let position = number << ENTRY;
            let origin = Origin::new(input.number, position);
            let outcome = columns.fill(at, &mut row).map_err(PlaceError::from);
            match outcome.and_then(|()| self.column_row(&columns, at, &row, origin)) {
                Ok(()) => {}
                Err(PlaceError::OtherTask) => self.notes.other_tasks += 1,
                Err(PlaceError::Row(fault)) => {
                    self.notes.note(input.number, position, number + 1, &fault);
                }
                Err(error) => return Err(Error::Input(format!("{}: {error}", input.name))),
            }
        }
        self.shared.rows.fetch_add(self.notes.rows - counted, Ordering::Relaxed);
        Ok(())
    }

    fn column_row(
        &mut self,
        columns: &Columns,
        at: usize,
        row: &Row<'_>,
        origin: Origin,
    ) -> Result<(), PlaceError> {
        let failed = row.failed();
        if !failed && !row.has(Role::Response) {
            return Err(Fault::Missing(Role::Response).into());
        }
        let (index, tokens) = (row.index()?, columns.tokens(at));
        let place = self.partial.place(row, origin)?;
        self.notes.rows += 1;
        let mut sample =
            Sample { place, index, text: None, cut_off: false, failed, tokens, origin };
        let nothing = || row.lists_nothing().then(Vec::new);
        let listed = columns.list(Role::Response, at).or_else(nothing).filter(|_| !failed);
        self.notes.unnumbered += u64::from(index.is_none() || listed.is_some());
        let Some(texts) = listed else {
            sample.text = row.value(Role::Response).text().map(|text| text.raw);
            sample.cut_off = !failed && row.ended(None, None)?.cut_off;
            self.plain(&sample);
            return Ok(());
        };
        if texts.len() > MOST_ENTRIES {
            return Err(Fault::Entries(Role::Response).into());
        }
        let one = row.value(Role::Finish);
        let one = one.text().filter(|_| one.kind != Kind::Array).map(Text::decoded);
        // One of another length does not say which response it is about.
        let finishes = columns.list(Role::Finish, at).filter(|all| all.len() == texts.len());
        for (entry, text) in texts.into_iter().enumerate() {
            let own = finishes.as_ref().map(|all| all.get(entry).copied().flatten());
            let finish = own.unwrap_or(one.as_deref());
            let sample = Sample {
                index: None,
                text,
                cut_off: finish.is_some_and(is_cut_off),
                tokens: tokens.filter(|_| entry == 0),
                origin: origin.after(entry),
                ..sample
            };
            self.plain(&sample);
        }
        Ok(())
    }

    /// Counts a sample whose text is as it stands.
    fn plain(&mut self, sample: &Sample<'_>) {
        let kept = self.kept.as_mut();
        let text = sample.text.filter(|_| !sample.failed && self.partial.marks_tell(sample.place));
        match text.and_then(|text| self.lines.unmarked_plain(text)) {
            Some(found) => self.partial.take_found(sample, found.as_ref(), kept),
            None => self.partial.take(sample, kept),
        }
    }
}
