//! What a scan is told.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use pyo3::prelude::*;
use slm_mux_core::{Kind, Profile};
use slm_mux_scan::{Fields, Known, Role, Settings};

use crate::options::Word;
use crate::table::invalid;

/// Task, problem, reference answer, option texts, answer kind.
type KnownProblem = (Option<String>, String, Option<String>, Option<Vec<String>>, Option<String>);

/// What a scan is told; frozen.
#[pyclass(frozen, module = "slm_mux._core")]
pub(crate) struct ScanSettings(pub(super) Arc<Settings>);

#[pymethods]
impl ScanSettings {
    #[new]
    #[pyo3(signature = (*, profile, kind = None, task = None, model = None, fields = Vec::new(), known = Vec::new()))]
    fn new(
        profile: Word<Profile>,
        kind: Option<Word<Kind>>,
        task: Option<String>,
        model: Option<String>,
        fields: Vec<(String, String)>,
        known: Vec<KnownProblem>,
    ) -> PyResult<Self> {
        let mut map = BTreeMap::new();
        for (role, name) in fields {
            let role = Role::named(&role).ok_or_else(|| {
                invalid(format!("{role:?} is no field of a sample: {}", Role::NAMES.join(", ")))
            })?;
            map.insert(role, name);
        }
        let known: HashMap<_, _, _> = known.into_iter().map(problem).collect::<PyResult<_>>()?;
        Ok(Self(Arc::new(Settings {
            fields: Fields::new(&map),
            task,
            model,
            kind: kind.map(|kind| kind.0),
            profile: profile.0,
            known,
        })))
    }
}

fn problem(
    (task, id, reference, choices, kind): KnownProblem,
) -> PyResult<((Option<String>, String), Known)> {
    let kind = kind.map(|kind| Kind::from_str(&kind)).transpose();
    let choices = choices.map(|texts| texts.into_iter().map(Cow::Owned).collect());
    let kind = kind.map_err(invalid)?;
    Ok(((task, id), Known { reference, choices, kind }))
}
