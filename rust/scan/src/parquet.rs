//! Parquet files: written whole or not at all, read a part at a time.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, FieldRef, Fields, Schema, SchemaRef};
pub use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, RowGroupMetaData};
use parquet::file::properties::WriterProperties;

use crate::error::{Error, Result};

/// The key of our metadata in every file we write.
pub const METADATA: &str = "slm_mux";

/// Rows read at a time, and how many bytes they may take as they are stored before packing:
/// list columns may hold thousands of responses a row.
const ROWS: usize = 1 << 13;
const BYTES: usize = 16 << 20;
/// Bytes of a row group that is written: it is held in memory until it is whole.
const GROUP: usize = 8 << 20;

/// Writes a file beside its place, and moves it there when it is whole.
pub struct Writer<W: Write + Send> {
    inner: ArrowWriter<W>,
    part: Part,
    path: PathBuf,
}

/// A file that goes away unless it is taken to its place.
struct Part(Option<PathBuf>);

impl Part {
    fn keep(mut self, path: &Path) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |part| std::fs::rename(part, path))?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Nothing is to be done about one that cannot be removed.
        _ = self.0.as_ref().map(std::fs::remove_file);
    }
}

fn write_fault(path: &Path, error: impl Into<io::Error>) -> Error {
    Error::Write { file: path.display().to_string(), source: error.into() }
}

fn other(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error.to_string()),
    }
}

impl Writer<File> {
    /// A new file, in a folder that is made where it is missing.
    pub fn create(path: &Path, schema: SchemaRef, metadata: &str) -> Result<Self> {
        let fault = |error: io::Error| write_fault(path, error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let file = File::create(&part).map_err(fault)?;
        let own = KeyValue::new(METADATA.to_owned(), metadata.to_owned());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_key_value_metadata(Some(vec![own]))
            .build();
        let inner = ArrowWriter::try_new(file, schema, Some(properties))
            .map_err(|error| write_fault(path, other(error)))?;
        Ok(Self { inner, part: Part(Some(part)), path: path.to_owned() })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.inner.write(batch).map_err(|error| write_fault(&self.path, other(error)))?;
        if self.inner.in_progress_size() < GROUP {
            return Ok(());
        }
        self.inner.flush().map_err(|error| write_fault(&self.path, other(error)))
    }

    /// Ends the file and moves it to its place.
    pub fn close(self) -> Result<()> {
        let Self { inner, part, path } = self;
        inner.close().map_err(|error| write_fault(&path, other(error)))?;
        part.keep(&path).map_err(|error| write_fault(&path, error))
    }
}

/// A file, looked into once.
#[derive(Clone)]
pub struct Reader {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl Reader {
    /// Reads the end of a file, which tells all about it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(other)?;
        Ok(Self { path: path.to_owned(), metadata })
    }

    /// The same, but texts are left where they were unpacked instead of being copied together.
    pub(crate) fn with_views(self) -> io::Result<Self> {
        let view = |field: &FieldRef| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => {
                Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View))
            }
            _ => Arc::clone(field),
        };
        let schema = self.schema();
        let fields: Fields = schema.fields().iter().map(view).collect();
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = Arc::clone(self.metadata.metadata());
        let metadata = ArrowReaderMetadata::try_new(metadata, options).map_err(other)?;
        Ok(Self { metadata, ..self })
    }

    /// The columns.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// What we wrote into it beside its columns.
    pub fn own_metadata(&self) -> Option<&str> {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == METADATA)?.value.as_deref()
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// The numbers of the rows of a part, and its size on disk.
    pub(crate) fn part(&self, part: usize) -> (Range<u64>, u64) {
        let groups = self.metadata.metadata().row_groups();
        let rows = groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0));
        let upto = |part| rows.clone().take(part).fold(0, u64::saturating_add);
        let size = groups.get(part).map_or(0, RowGroupMetaData::compressed_size);
        (upto(part)..upto(part + 1), u64::try_from(size).unwrap_or(0))
    }

    /// The rows of a part, or of all, in those columns that `wanted` names.
    pub fn read(
        &self,
        part: Option<usize>,
        wanted: impl Fn(&str) -> bool,
    ) -> io::Result<ParquetRecordBatchReader> {
        let file = File::open(&self.path)?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let fields = builder.schema().fields().iter().enumerate();
        let roots: Vec<usize> =
            fields.filter(|(_, field)| wanted(field.name())).map(|(at, _)| at).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let rows = self.at_a_time(part, &mask);
        let builder = builder.with_projection(mask).with_batch_size(rows);
        let builder = match part {
            Some(part) => builder.with_row_groups(vec![part]),
            None => builder,
        };
        builder.build().map_err(other)
    }

    /// How many rows of a part, or of all, may be held in memory.
    fn at_a_time(&self, part: Option<usize>, mask: &ProjectionMask) -> usize {
        let groups = self.metadata.metadata().row_groups();
        let groups =
            groups.iter().enumerate().filter(|(at, _)| part.is_none_or(|part| part == *at));
        let fit = |(_, group): (usize, &RowGroupMetaData)| {
            let columns = group.columns().iter().enumerate();
            let size: i64 = columns
                .filter(|(at, _)| mask.leaf_included(*at))
                .map(|(_, column)| column.uncompressed_size())
                .sum();
            let row = usize::try_from(size / group.num_rows().max(1)).unwrap_or(BYTES);
            BYTES / row.max(1)
        };
        groups.map(fit).min().unwrap_or(ROWS).clamp(1, ROWS)
    }
}
