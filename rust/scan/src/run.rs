//! Records in the order of task and problem, in memory or on disk.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_schema::ArrowError;

use crate::error::{Error, Result};
use crate::partial::schema;

/// A run of records in order.
pub(crate) enum Run {
    /// In memory.
    Held(Vec<RecordBatch>),
    /// In a file that is gone when it is closed.
    Spilled(File),
}

impl Run {
    /// A run on disk, of the batches that `each` hands on.
    pub(crate) fn spilled(
        folder: &Path,
        each: impl FnOnce(&mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()>,
    ) -> Result<Self> {
        let fault = |source| Error::Spill { folder: folder.display().to_string(), source };
        let refused = |error| match error {
            ArrowError::IoError(_, source) => fault(source),
            error => error.into(),
        };
        let file = tempfile::tempfile_in(folder).map_err(fault)?;
        let options =
            IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let buffered = BufWriter::new(file);
        let mut writer =
            StreamWriter::try_new_with_options(buffered, &schema(), options).map_err(refused)?;
        each(&mut |batch| writer.write(&batch).map_err(refused))?;
        writer.finish().map_err(refused)?;
        let buffered = writer.into_inner().map_err(refused)?;
        let file = buffered.into_inner().map_err(|error| fault(error.into_error()))?;
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
