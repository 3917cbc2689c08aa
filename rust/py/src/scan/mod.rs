//! Sample logs in bulk, for Python: files, bytes and batches in, tables out.
#![expect(clippy::needless_pass_by_value, reason = "arguments come from Python by value")]

mod files;
mod finish;
mod settings;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;
use slm_mux_scan::{Error, Input, Scan, Scanned};

use files::unreadable;
pub(crate) use files::{ParquetRows, describe, write_parquet};
pub(crate) use finish::Finished;
pub(crate) use settings::ScanSettings;

use crate::table::InputError;

/// What a job may raise: the interruption of Python first.
fn raised(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::Interrupted => match py.check_signals() {
            Err(signal) => signal,
            Ok(()) => pyo3::exceptions::PyKeyboardInterrupt::new_err(()),
        },
        error => InputError::new_err(error.to_string()),
    }
}

/// Looks after the interpreter while a job runs: signals, and who wants to know how far it is.
struct Watch {
    tell: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Watch {
    fn new(tell: Option<Py<PyAny>>) -> Self {
        Self { tell, raised: None }
    }

    fn look(&mut self, bytes: u64, rows: u64) -> bool {
        let outcome = Python::attach(|py| {
            py.check_signals()?;
            self.tell.as_ref().map_or(Ok(()), |tell| tell.call1(py, (bytes, rows)).map(drop))
        });
        self.raised = self.raised.take().or(outcome.err());
        self.raised.is_none()
    }

    fn result<T>(self, py: Python<'_>, result: slm_mux_scan::Result<T>) -> PyResult<T> {
        match (self.raised, result) {
            (Some(raised), _) => Err(raised),
            (None, result) => result.map_err(|error| raised(py, error)),
        }
    }
}

/// The sample indexes of a set as it stands in a tallies file, in their order.
///
/// Raises `InputError` for bytes that are no set, and for one of more than 2^26 members.
#[pyfunction]
pub(crate) fn sample_indexes(py: Python<'_>, indexes: &[u8]) -> PyResult<Vec<u32>> {
    slm_mux_scan::sample_indexes(indexes).map_err(|error| raised(py, error))
}

/// What a scan has read: groups of samples and what was noticed. Used up by what it becomes.
#[pyclass(module = "slm_mux._core")]
pub(crate) struct Scanning(Mutex<Scanned>);

impl Scanning {
    fn locked(&self) -> std::sync::MutexGuard<'_, Scanned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Scanned {
        std::mem::take(&mut *self.locked())
    }
}

/// A file: its name, its number among all, the part of it to read.
type File = (PathBuf, u32, Option<(u64, u64)>);

#[pymethods]
impl Scanning {
    #[new]
    fn new() -> Self {
        Self(Mutex::default())
    }

    /// Reads files, all of them or none. `samples` is where single samples are written.
    #[pyo3(signature = (files, settings, *, threads, memory, folder, samples = None, metadata = "", tell = None))]
    #[expect(clippy::too_many_arguments, reason = "they are the options of a scan")]
    fn read(
        &self,
        py: Python<'_>,
        files: Vec<File>,
        settings: &ScanSettings,
        threads: usize,
        memory: usize,
        folder: PathBuf,
        samples: Option<PathBuf>,
        metadata: &str,
        tell: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let inputs = files.into_iter().map(input).collect::<PyResult<Vec<_>>>()?;
        let samples = samples.map(|path| slm_mux_scan::Samples::create(&path, metadata));
        let samples = samples.transpose().map_err(|error| raised(py, error))?;
        let how = Scan { threads, memory, folder, samples: samples.map(Into::into) };
        let mut watch = Watch::new(tell);
        let outcome = py.detach(|| {
            let look = |bytes, rows| watch.look(bytes, rows);
            let scanned = slm_mux_scan::scan(&inputs, &settings.0, &how, look)?;
            how.samples.as_ref().map_or(Ok(()), |samples| samples.close())?;
            Ok(scanned)
        });
        let scanned = watch.result(py, outcome)?;
        self.locked().merge(scanned);
        Ok(())
    }

    /// Reads lines that lie in memory; `number` and `offset` say where they stand among all.
    #[pyo3(signature = (name, number, lines, settings, *, offset = 0))]
    fn read_lines(
        &self,
        py: Python<'_>,
        name: &str,
        number: u32,
        lines: &[u8],
        settings: &ScanSettings,
        offset: u64,
    ) -> PyResult<()> {
        let scanned = py
            .detach(|| slm_mux_scan::scan_lines(name, number, lines, offset, &settings.0))
            .map_err(|error| raised(py, error))?;
        self.locked().merge(scanned);
        Ok(())
    }

    /// Reads the rows of Arrow batches; `first` is the number of the first row in its file.
    #[pyo3(signature = (name, number, rows, settings, *, first = 0))]
    fn read_rows(
        &self,
        py: Python<'_>,
        name: &str,
        number: u32,
        rows: AnyRecordBatch,
        settings: &ScanSettings,
        first: u64,
    ) -> PyResult<()> {
        let reader = rows.into_reader()?;
        let scanned = py
            .detach(|| slm_mux_scan::scan_batches(name, number, reader, first, &settings.0))
            .map_err(|error| raised(py, error))?;
        self.locked().merge(scanned);
        Ok(())
    }

    /// Adds records that another scan gave out; what is beyond `memory` bytes goes to `folder`.
    #[pyo3(signature = (records, *, memory, folder))]
    fn add_records(
        &self,
        py: Python<'_>,
        records: AnyRecordBatch,
        memory: usize,
        folder: PathBuf,
    ) -> PyResult<()> {
        let reader = records.into_reader()?;
        py.detach(|| {
            for batch in reader {
                let mut scanned = self.locked();
                scanned.add_records(batch?)?;
                scanned.settle(memory, &folder)?;
            }
            Ok(())
        })
        .map_err(|error| raised(py, error))
    }

    /// Adds what another scan noticed.
    fn add_notes(&self, py: Python<'_>, notes: &str) -> PyResult<()> {
        self.locked().add_notes(notes).map_err(|error| raised(py, error))
    }

    /// Adds the rows of a tallies file.
    fn add_tallies(&self, py: Python<'_>, tallies: AnyRecordBatch) -> PyResult<()> {
        let reader = tallies.into_reader()?;
        py.detach(|| {
            for batch in reader {
                self.locked().add_tallies(&batch?)?;
            }
            Ok(())
        })
        .map_err(|error| raised(py, error))
    }

    /// What was noticed, for `add_notes`.
    fn notes(&self) -> String {
        self.locked().notes()
    }

    /// The records that travel: an Arrow table. Uses the scan up.
    fn records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let scanned = self.take();
        let records = py.detach(|| scanned.into_records()).map_err(|error| raised(py, error))?;
        PyTable::try_new(records, slm_mux_scan::records_schema())?.into_arro3(py)
    }

    /// The rows that were counted, those without a number, and those of other tasks.
    fn rows(&self) -> (u64, u64, u64) {
        self.locked().rows()
    }

    /// The bad rows as JSON.
    fn bad(&self) -> String {
        self.locked().bad()
    }
}

fn input((name, number, range): File) -> PyResult<Input> {
    if name.as_os_str() == "-" {
        return Ok(Input::standard(number));
    }
    let input = Input::open(&name, number).map_err(|error| unreadable(&name, &error))?;
    Ok(Input { range, ..input })
}
