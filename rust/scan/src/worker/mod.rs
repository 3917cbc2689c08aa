//! One thread of a scan: units of work in, groups out.

mod columns;
mod lines;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::Error;
use crate::fields::Fields;
use crate::kept::Kept;
use crate::partial::Partial;
use crate::report::{BROKEN, Bad, Notes};
use crate::row::{Fault, Lines};
use crate::settings::Settings;
use crate::source::{
    BLOCK, Chunks, Counted, Format, Input, Opened, Unit, decompressed, read_block,
};
use crate::spill::Spill;

/// What all threads share.
pub(crate) struct Shared<'a> {
    pub(crate) done: Arc<AtomicU64>,
    /// What is known of each file, by its number.
    pub(crate) opened: BTreeMap<u32, Opened>,
    pub(crate) rows: AtomicU64,
    pub(crate) stop: &'a AtomicBool,
}

/// One thread's state.
pub(crate) struct Worker<'a> {
    settings: Arc<Settings>,
    fields: &'a Fields,
    lines: Lines<'a>,
    pub(crate) partial: Partial,
    pub(crate) notes: Notes,
    pub(crate) spill: Spill<'a>,
    pub(crate) kept: Option<Kept<'a>>,
    buffer: Vec<u8>,
    file: Option<(u32, File)>,
    shared: &'a Shared<'a>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(
        settings: &'a Arc<Settings>,
        spill: Spill<'a>,
        kept: Option<Kept<'a>>,
        shared: &'a Shared<'a>,
    ) -> Self {
        Self {
            settings: Arc::clone(settings),
            fields: &settings.fields,
            lines: Lines::new(&settings.fields),
            partial: Partial::new(Arc::clone(settings)),
            notes: Notes::default(),
            spill,
            kept,
            buffer: Vec::new(),
            file: None,
            shared,
        }
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    /// Does one unit of work.
    pub(crate) fn work(&mut self, unit: Unit<'_>) -> Result<(), Error> {
        match unit {
            Unit::Lines(input, from, to) => self.blocks(input, from, to),
            Unit::Whole(input) => self.stream(input),
            Unit::Part(input, part) => self.part(input, part),
        }?;
        self.settle()
    }

    /// Writes groups to disk where they take more than their share, and kept samples out.
    fn settle(&mut self) -> Result<(), Error> {
        if self.partial.bytes() > self.spill.share() {
            let full =
                std::mem::replace(&mut self.partial, Partial::new(Arc::clone(&self.settings)));
            self.spill.write(full)?;
        }
        self.kept.as_mut().map_or(Ok(()), Kept::flush)
    }

    fn blocks(&mut self, input: &Input, from: u64, to: u64) -> Result<(), Error> {
        let mut at = from;
        while at < to && !self.stopped() {
            let end = (at + BLOCK).min(to);
            self.block(input, at, end)?;
            self.settle()?;
            at = end;
        }
        Ok(())
    }

    fn block(&mut self, input: &Input, from: u64, to: u64) -> Result<(), Error> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let file = self.opened(input)?;
        let block = read_block(file, from, to, &mut buffer).map_err(|e| Error::read(input, e))?;
        let (offset, beyond) = (block.offset, block.beyond);
        if !block.bytes.is_empty() {
            let lines = self.text(input, block.bytes, offset, 0)?;
            self.notes.lines.push((input.number, offset, lines));
        }
        if beyond {
            // Its first part was read as a line, and found too long there.
            buffer = Vec::new();
        }
        self.buffer = buffer;
        self.shared.done.fetch_add(to - from, Ordering::Relaxed);
        Ok(())
    }

    fn opened(&mut self, input: &Input) -> Result<&mut File, Error> {
        let known = self.file.take().filter(|(number, _)| *number == input.number);
        let file = match (known, &input.path) {
            (Some((_, file)), _) => file,
            (None, Some(path)) => File::open(path).map_err(|e| Error::read(input, e))?,
            (None, None) => return Err(Error::read(input, io::ErrorKind::Unsupported.into())),
        };
        Ok(&mut self.file.insert((input.number, file)).1)
    }

    /// Reads a stream to its end, or to where it breaks off.
    fn stream(&mut self, input: &Input) -> Result<(), Error> {
        let reader = input.reader(self.shared.stop).map_err(|e| Error::read(input, e))?;
        let reader = Counted::new(reader, Arc::clone(&self.shared.done));
        let mut lines = 0;
        let mut chunks = match decompressed(reader) {
            // What is not named as a file shows its format only now.
            Ok((Format::ArrowStream, reader)) => return self.arrow_stream(input, reader),
            Ok((format @ (Format::Parquet | Format::ArrowFile), _)) => {
                let what = if format == Format::Parquet { "a Parquet" } else { "an Arrow" };
                return Err(Error::Input(format!(
                    "{}: is {what} file, which is read from its end: save it to disk and name that",
                    input.name
                )));
            }
            Ok((_, reader)) => Chunks::of(reader),
            Err(error) => {
                self.broken(input, (0, 1), 1, &error);
                return Ok(());
            }
        };
        while !self.stopped() {
            match chunks.next() {
                Ok(None) => break,
                Ok(Some(chunk)) if chunk.beyond => {
                    lines += 1;
                    self.notes.note(input.number, chunk.offset, lines, &Fault::Long);
                }
                Ok(Some(chunk)) => lines += self.text(input, chunk.bytes, chunk.offset, lines)?,
                Err(error) => {
                    self.broken(input, (chunks.offset(), lines + 1), 1, &error);
                    break;
                }
            }
            self.settle()?;
        }
        Ok(())
    }

    /// Notes where a file breaks off, and how many rows are lost by that as far as is known.
    fn broken(
        &mut self,
        input: &Input,
        (position, line): (u64, u64),
        rows: u64,
        error: &io::Error,
    ) {
        let reason = format!("{BROKEN}{error}");
        self.notes.note_rows(Bad { file: input.number, position, line, reason, rows });
    }
}
