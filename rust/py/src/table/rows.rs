//! Rows as Python mappings.

use std::borrow::Cow;

use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyMapping, PyString};
use slm_mux_core::table::{Builder, Correct, Row};

use super::text::lossy;
use super::{InputError, invalid};

/// Takes in every row of an iterable of mappings.
pub(super) fn read(builder: &mut Builder, rows: &Bound<'_, PyAny>) -> PyResult<()> {
    for row in rows.try_iter()? {
        push(builder, &row?)?;
    }
    Ok(())
}

/// One field of one row, with what an error must name.
struct Field<'py> {
    row: u64,
    name: &'static str,
    value: Option<Bound<'py, PyAny>>,
}

macro_rules! field {
    ($row:expr, $at:expr, $name:literal) => {
        Field { row: $at, name: $name, value: get($row, $at, intern!($row.py(), $name))? }
    };
}

fn push(builder: &mut Builder, row: &Bound<'_, PyAny>) -> PyResult<()> {
    let at = builder.next_row();
    let (problem, model) = (field!(row, at, "problem_id"), field!(row, at, "model"));
    let (index, key) = (field!(row, at, "sample_index"), field!(row, at, "key"));
    let (state, correct) = (field!(row, at, "state"), field!(row, at, "correct"));
    let (problem, member, sample_index) = (problem.text()?, model.text()?, index.index()?);
    key.present()?;
    let (key, state) = (key.optional_text()?, state.optional_text()?);
    let row = Row {
        problem: &problem,
        member: &member,
        sample_index,
        key: key.as_deref(),
        state: state.as_deref(),
        correct: correct.verdict()?,
    };
    builder.push(&row).map_err(invalid)
}

/// The value under a name, where the row has it.
fn get<'py>(
    row: &Bound<'py, PyAny>,
    at: u64,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(row) = row.cast::<PyDict>() {
        return row.get_item(name);
    }
    let Ok(mapping) = row.cast::<PyMapping>() else {
        let given = row.get_type().name()?;
        return Err(InputError::new_err(format!("row {at}: it is {given}, not a mapping")));
    };
    match mapping.get_item(name) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyKeyError>(row.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

impl<'py> Field<'py> {
    fn error(&self, what: &str) -> PyErr {
        InputError::new_err(format!("row {}: {} {what}", self.row, self.name))
    }

    fn wrong_type(&self, value: &Bound<'py, PyAny>, wanted: &str) -> PyErr {
        match value.get_type().name() {
            Ok(given) => self.error(&format!("is {given}, it must be {wanted}")),
            Err(error) => error,
        }
    }

    fn present(&self) -> PyResult<&Bound<'py, PyAny>> {
        self.value.as_ref().ok_or_else(|| self.error("is missing"))
    }

    /// The value, unless it is missing or None.
    fn some(&self) -> Option<&Bound<'py, PyAny>> {
        self.value.as_ref().filter(|value| !value.is_none())
    }

    fn text(&self) -> PyResult<Cow<'_, str>> {
        let value = self.present()?;
        lossy(value.cast::<PyString>().map_err(|_| self.wrong_type(value, "str"))?)
    }

    fn optional_text(&self) -> PyResult<Option<Cow<'_, str>>> {
        let Some(value) = self.some() else { return Ok(None) };
        let text = value.cast::<PyString>().map_err(|_| self.wrong_type(value, "str or None"))?;
        lossy(text).map(Some)
    }

    /// The index; one that no integer of the table can hold as -1, which it refuses too.
    fn index(&self) -> PyResult<i64> {
        let value = self.present()?;
        if !value.is_instance_of::<PyInt>() || value.is_instance_of::<PyBool>() {
            return Err(self.wrong_type(value, "int"));
        }
        Ok(value.extract().unwrap_or(-1))
    }

    /// A present None is a verdict too: undecided.
    fn verdict(&self) -> PyResult<Correct> {
        match (&self.value, self.some()) {
            (None, _) => Ok(Correct::ByReference),
            (_, None) => Ok(Correct::Graded(None)),
            (_, Some(value)) => {
                let verdict = value.cast::<PyBool>();
                let verdict = verdict.map_err(|_| self.wrong_type(value, "bool or None"))?;
                Ok(Correct::Graded(Some(verdict.is_true())))
            }
        }
    }
}
