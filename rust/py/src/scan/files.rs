//! Files of columns, for Python.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use pyo3_arrow::{PyRecordBatch, PySchema};
use slm_mux_scan::parquet::ParquetRecordBatchReader;
use slm_mux_scan::parquet::{Reader, Writer};
use slm_mux_scan::{Format, Input};

use super::raised;
use crate::table::invalid;

pub(super) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> PyErr {
    invalid(format!("{}: cannot be read: {error}", path.display()))
}

/// The rows of a Parquet file, batch by batch, read as they are asked for.
#[pyclass(frozen, module = "slm_mux._core")]
pub(crate) struct ParquetRows {
    path: PathBuf,
    schema: SchemaRef,
    batches: Mutex<ParquetRecordBatchReader>,
}

#[pymethods]
impl ParquetRows {
    /// Opens a file; `columns` are those to read, by default all.
    #[new]
    #[pyo3(signature = (path, columns = None))]
    fn new(path: PathBuf, columns: Option<Vec<String>>) -> PyResult<Self> {
        let reader = Reader::open(&path).map_err(|error| unreadable(&path, &error))?;
        let wanted =
            |name: &str| columns.as_ref().is_none_or(|all| all.iter().any(|one| one == name));
        let batches = reader.read(None, wanted).map_err(|error| unreadable(&path, &error))?;
        let schema = arrow_array::RecordBatchReader::schema(&batches);
        Ok(Self { path, schema, batches: Mutex::new(batches) })
    }

    /// The columns that are read: an Arrow schema.
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        PySchema::new(SchemaRef::clone(&self.schema)).into_arro3(py)
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let next = py.detach(|| self.batches.lock().unwrap_or_else(PoisonError::into_inner).next());
        let batch = next
            .transpose()
            .map_err(|error| unreadable(&self.path, &std::io::Error::other(error)))?;
        batch.map(|batch| PyRecordBatch::new(batch).into_arro3(py)).transpose()
    }
}

/// Writes a stream of Arrow batches, whole or not at all, with our metadata beside it.
#[pyfunction]
#[pyo3(signature = (path, rows, *, metadata = ""))]
pub(crate) fn write_parquet(
    py: Python<'_>,
    path: PathBuf,
    rows: AnyRecordBatch,
    metadata: &str,
) -> PyResult<()> {
    let reader = rows.into_reader()?;
    let schema = reader.schema();
    py.detach(|| {
        let mut writer = Writer::create(&path, schema, metadata)?;
        for batch in reader {
            let batch: RecordBatch = batch?;
            writer.write(&batch)?;
        }
        writer.close()
    })
    .map_err(|error| raised(py, error))
}

/// What a file holds: its format, how far it can be cut up, our metadata and its columns.
///
/// A file of columns that cannot be read has neither.
#[pyfunction]
#[pyo3(signature = (path))]
#[expect(clippy::type_complexity, reason = "a record for Python")]
pub(crate) fn describe(
    path: PathBuf,
) -> PyResult<(&'static str, Option<u64>, Option<String>, Option<Vec<String>>, u64)> {
    let input = Input::open(&path, 0).map_err(|error| unreadable(&path, &error))?;
    let format = match input.format {
        Format::Lines => "lines",
        Format::Gzip => "gzip",
        Format::Zstd => "zstd",
        Format::Parquet => "parquet",
        Format::ArrowFile => "arrow",
        Format::ArrowStream => "arrow-stream",
    };
    let reader = if input.format == Format::Parquet { Reader::open(&path).ok() } else { None };
    let own = reader.as_ref().and_then(|reader| reader.own_metadata().map(str::to_owned));
    let columns = reader
        .map(|reader| reader.schema().fields().iter().map(|field| field.name().clone()).collect());
    Ok((format, input.extent(), own, columns, input.size))
}
