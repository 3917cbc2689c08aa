//! Readings and grades as Python objects and as struct columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, OffsetSizeTrait};
use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::{Grade, Stage};

use crate::error::Result;
use crate::reply::{Answer, structs};
use crate::strings::strings;

/// A span, the rule that found it, and its key.
pub(crate) struct Reading {
    pub(crate) span: String,
    pub(crate) rule: &'static str,
    pub(crate) key: Option<String>,
}

impl Answer for Reading {
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok((self.span, self.rule, self.key).into_pyobject(py)?.into_any())
    }

    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef> {
        let rows = &rows.collect::<Vec<_>>();
        let columns = vec![
            ("span", texts::<O, _>(rows, |reading| Some(&reading.span))?),
            ("rule", texts::<O, _>(rows, |reading| Some(reading.rule))?),
            ("key", texts::<O, _>(rows, |reading| reading.key.as_deref())?),
        ];
        structs(columns, rows.iter().map(Option::is_some))
    }
}

impl Answer for Grade {
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        // The few names are one string each, and the answer is its span.
        let name = |name| PyString::intern(py, name);
        let (verdict, stage) = (name(self.verdict.name()), self.stage.map(Stage::name).map(name));
        let span = self.span.map(|span| PyString::new(py, &span));
        let (rule, limit) = (self.rule.map(name), self.limit.map(name));
        let fields = (verdict, stage, rule, span.clone(), span, self.key, limit);
        Ok(fields.into_pyobject(py)?.into_any())
    }

    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef> {
        let rows = &rows.collect::<Vec<_>>();
        let columns = vec![
            ("verdict", texts::<O, _>(rows, |grade| Some(grade.verdict.name()))?),
            ("stage", texts::<O, _>(rows, |grade| grade.stage.map(Stage::name))?),
            ("rule", texts::<O, _>(rows, |grade| grade.rule)?),
            ("span", texts::<O, _>(rows, |grade| grade.span.as_deref())?),
            ("answer", texts::<O, _>(rows, |grade| grade.span.as_deref())?),
            ("key", texts::<O, _>(rows, |grade| grade.key.as_deref())?),
            ("limit", texts::<O, _>(rows, |grade| grade.limit)?),
        ];
        structs(columns, rows.iter().map(Option::is_some))
    }
}

fn texts<'a, O: OffsetSizeTrait, T>(
    rows: &'a [Option<T>],
    field: impl Fn(&'a T) -> Option<&'a str>,
) -> Result<ArrayRef> {
    Ok(Arc::new(strings::<O, _>(rows.iter().map(|row| row.as_ref().and_then(&field)))?))
}
