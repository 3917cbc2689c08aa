//! The end of a scan, for Python.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::RecordBatch;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use slm_mux_core::select::Tie;
use slm_mux_core::tally::Abstain;
use slm_mux_scan::parquet::Writer;
use slm_mux_scan::{Choosing, Filter, Finishing, decisions_schema, finish, tallies_schema};

use super::{ScanSettings, Scanning, Watch};
use crate::interruptible::watched;
use crate::table::invalid;

/// Runs a job that is told when it is not to go on.
fn watched_by<T: Send>(watch: &mut Watch, job: impl FnOnce(&AtomicBool) -> T + Send) -> T {
    let going = AtomicBool::new(true);
    watched(
        || job(&going),
        || {
            let goes_on = watch.look(0, 0);
            going.store(goes_on, Ordering::Relaxed);
            goes_on
        },
    )
}

/// Tallies, decisions and figures; frozen.
#[pyclass(frozen, module = "slm_mux._core")]
pub(crate) struct Finished {
    tallies: Option<Vec<RecordBatch>>,
    inner: slm_mux_scan::Finished,
}

#[pymethods]
impl Finished {
    /// Merges, decides and counts; uses the scan up. Tallies are written to `path` as they
    /// come, or kept where there is none.
    #[new]
    #[pyo3(signature = (scanning, settings, *, selector, order, first, validation_accuracy, abstain, tie, seed, weights, asked, problems, params, api_model, prompts, threads, path = None, metadata = ""))]
    #[expect(clippy::too_many_arguments, reason = "they are the policies of a result")]
    fn new(
        py: Python<'_>,
        scanning: &Scanning,
        settings: &ScanSettings,
        selector: String,
        order: Option<Vec<String>>,
        first: Vec<String>,
        validation_accuracy: Vec<(String, f64)>,
        abstain: &str,
        tie: &str,
        seed: i64,
        weights: Vec<(String, u64)>,
        asked: Option<u32>,
        problems: Vec<(String, String)>,
        params: &str,
        api_model: Option<String>,
        prompts: Vec<String>,
        threads: usize,
        path: Option<PathBuf>,
        metadata: &str,
    ) -> PyResult<Self> {
        let how = Finishing {
            settings: Arc::clone(&settings.0),
            filter: Filter::new(params, api_model, prompts).map_err(invalid)?,
            choosing: Choosing {
                selector,
                order,
                first,
                accuracy: validation_accuracy,
                abstain: Abstain::from_str(abstain).map_err(invalid)?,
                tie: Tie::from_str(tie).map_err(invalid)?,
                seed,
                weights,
            },
            asked,
            problems,
            threads,
        };
        let scanned = scanning.take();
        let mut watch = Watch::new(None);
        let job = |going: &AtomicBool| {
            let mut kept = Vec::new();
            let writer = path.as_ref().map(|path| Writer::create(path, tallies_schema(), metadata));
            let mut writer = writer.transpose()?;
            let give = |batch| {
                if let Some(writer) = &mut writer {
                    return writer.write(&batch);
                }
                kept.push(batch);
                Ok(())
            };
            let inner = finish(scanned, &how, give, || going.load(Ordering::Relaxed))?;
            let written = writer.map(Writer::close).transpose()?;
            Ok(Self { tallies: written.is_none().then_some(kept), inner })
        };
        let outcome = py.detach(|| watched_by(&mut watch, job));
        watch.result(py, outcome)
    }

    /// The tallies, where they were not written: an Arrow table.
    fn tallies<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let table = |batches: &Vec<RecordBatch>| {
            PyTable::try_new(batches.clone(), tallies_schema())?.into_arro3(py)
        };
        self.tallies.as_ref().map(table).transpose()
    }

    /// The decisions: an Arrow table.
    fn decisions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let batches = vec![self.inner.decisions.clone()];
        PyTable::try_new(batches, decisions_schema())?.into_arro3(py)
    }

    /// The figures as JSON.
    fn figures(&self) -> String {
        self.inner.figures.to_json()
    }

    /// The pool order of each task.
    fn orders(&self) -> Vec<(&str, Vec<&str>)> {
        let orders = self.inner.orders.iter();
        orders
            .map(|(task, names)| (task.as_str(), names.iter().map(String::as_str).collect()))
            .collect()
    }
}
