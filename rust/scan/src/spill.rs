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
use crate::partial::{Partial, schema};
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
        self.runs.push(Run::spilled(self.folder, |give| partial.drain(give))?);
        Ok(())
    }

    /// The runs, with what is left in memory as the last, and the members met.
    pub(crate) fn finish(mut self, mut partial: Partial) -> Result<(Vec<Run>, Seen)> {
        partial.tell(&mut self.seen);
        if !partial.is_empty() {
            let mut batches = Vec::new();
            partial.drain(|batch| {
                batches.push(batch);
                Ok::<_, Error>(())
            })?;
            self.runs.push(Run::Held(batches));
        }
        Ok((self.runs, self.seen))
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
