//! Files of columns, for Python.

use std::path::PathBuf;

use arrow_array::{RecordBatch, RecordBatchIterator};
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;
use slm_mux_scan::parquet::{Reader, Writer};
use slm_mux_scan::{Format, Input};

use super::raised;
use crate::table::invalid;

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> PyErr {
    invalid(format!("{}: cannot be read: {error}", path.display()))
}

/// The rows of a Parquet file as a stream of Arrow batches, read as they are asked for.
#[pyfunction]
#[pyo3(signature = (path, columns = None))]
pub(crate) fn read_parquet(
    py: Python<'_>,
    path: PathBuf,
    columns: Option<Vec<String>>,
) -> PyResult<Bound<'_, PyAny>> {
    let reader = Reader::open(&path).map_err(|error| unreadable(&path, &error))?;
    let wanted = |name: &str| columns.as_ref().is_none_or(|all| all.iter().any(|one| one == name));
    let batches = reader.read(None, wanted).map_err(|error| unreadable(&path, &error))?;
    let schema = arrow_array::RecordBatchReader::schema(&batches);
    let stream = RecordBatchIterator::new(batches, schema);
    Ok(PyRecordBatchReader::new(Box::new(stream)).into_arro3(py)?)
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
    let name = path.to_string_lossy();
    let input = Input::open(&name, 0).map_err(|error| unreadable(&path, &error))?;
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
