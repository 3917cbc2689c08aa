//! Groups that have grown beyond their share of memory, on disk.
//!
//! Each spill is a run of records in the order of task and problem, so that the merge at the
//! end holds one problem at a time, whatever the number of runs.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};

use crate::error::{Error, Result};
use crate::partial::{Most, Partial, schema};
use crate::seen::Seen;

/// A run of records in order.
pub(crate) enum Run {
    /// In memory.
    Held(Vec<RecordBatch>),
    /// In a file that is gone when it is closed.
    Spilled(File),
}

/// Where one thread may write, and from which size on.
pub(crate) struct Spill<'a> {
    share: usize,
    folder: &'a Path,
    runs: Vec<Run>,
    seen: Seen,
}

impl<'a> Spill<'a> {
    pub(crate) fn new(share: usize, folder: &'a Path) -> Self {
        Self { share, folder, runs: Vec::new(), seen: Seen::default() }
    }

    pub(crate) fn share(&self) -> usize {
        self.share
    }

    /// Writes a run.
    pub(crate) fn write(&mut self, mut partial: Partial) -> Result<()> {
        partial.tell(&mut self.seen);
        self.runs.push(Run::spilled(self.folder, |give| partial.drain(Most::SPILLED, give))?);
        Ok(())
    }

    /// The runs and the members met. What is left is the last run: in memory if it is the only
    /// one, else it would be held beside what the merge needs.
    pub(crate) fn finish(mut self, mut partial: Partial) -> Result<(Vec<Run>, Seen)> {
        if !self.runs.is_empty() {
            self.write(partial)?;
            return Ok((self.runs, self.seen));
        }
        partial.tell(&mut self.seen);
        let mut batches = Vec::new();
        partial.drain(Most::HELD, |batch| {
            batches.push(batch);
            Ok::<_, Error>(())
        })?;
        Ok((vec![Run::Held(batches)], self.seen))
    }
}

impl Run {
    /// A run on disk, of the batches that `each` hands on.
    pub(crate) fn spilled(
        folder: &Path,
        each: impl FnOnce(&mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()>,
    ) -> Result<Self> {
        let fault = |source| Error::Write { file: folder.display().to_string(), source };
        let file = tempfile::tempfile_in(folder).map_err(fault)?;
        let options =
            IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let buffered = BufWriter::new(file);
        let mut writer = StreamWriter::try_new_with_options(buffered, &schema(), options)?;
        each(&mut |batch| Ok(writer.write(&batch)?))?;
        writer.finish()?;
        let file = writer.into_inner()?.into_inner().map_err(|e| fault(e.into_error()))?;
        Ok(Self::Spilled(file))
    }

    /// The batches of the run.
    pub(crate) fn batches(self) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>> {
        match self {
            Self::Held(batches) => Ok(Box::new(batches.into_iter().map(Ok))),
            Self::Spilled(mut file) => {
                std::io::Seek::rewind(&mut file)
                    .map_err(|source| Error::Read { file: "a spilled run".to_owned(), source })?;
                let reader = StreamReader::try_new(BufReader::new(file), None)?;
                Ok(Box::new(reader.map(|batch| batch.map_err(Error::from))))
            }
        }
    }
}
