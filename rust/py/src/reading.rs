//! Readings and grades as Python objects and as struct columns.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{ArrayRef, OffsetSizeTrait};
use arrow_buffer::NullBufferBuilder;
use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::{Extraction, Judgement, Stage};

use crate::error::Result;
use crate::reply::{Answer, structs};
use crate::strings::{Strings, strings};

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
        structs(columns, Some(rows.iter().map(Option::is_some).collect()))
    }
}

/// A span with the rule that found it, where one was given, and how it stands.
pub(crate) struct Graded<'a> {
    pub(crate) span: Option<Cow<'a, str>>,
    pub(crate) rule: Option<&'static str>,
    pub(crate) judgement: Judgement,
}

/// The columns of grades that are built; the answer is the span once more.
const GRADE_COLUMNS: usize = 6;

impl<'a> From<(Option<Extraction<'a>>, Judgement)> for Graded<'a> {
    fn from((found, judgement): (Option<Extraction<'a>>, Judgement)) -> Self {
        let (span, rule) = found.map(|found| (found.span, found.rule)).unzip();
        Self { span, rule, judgement }
    }
}

impl<'a> Graded<'a> {
    /// The grade of a text, a part of which is its span: borrowed where the text is.
    pub(crate) fn of(text: Cow<'a, str>, grade: impl Fn(&str) -> Graded<'_>) -> Graded<'a> {
        match text {
            Cow::Borrowed(text) => grade(text),
            Cow::Owned(text) => {
                let Graded { span, rule, judgement } = grade(&text);
                Graded { span: span.map(|span| Cow::Owned(span.into_owned())), rule, judgement }
            }
        }
    }

    /// Verdict, stage, rule, span, key and limit.
    fn fields(&self) -> [Option<&str>; GRADE_COLUMNS] {
        let Judgement { verdict, stage, key, limit } = &self.judgement;
        let stage = stage.map(Stage::name);
        [Some(verdict.name()), stage, self.rule, self.span.as_deref(), key.as_deref(), *limit]
    }
}

impl Answer for Graded<'_> {
    fn object(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        // The few names are one string each, and the answer is its span.
        let name = |name| PyString::intern(py, name);
        let Judgement { verdict, stage, key, limit } = self.judgement;
        let (verdict, stage) = (name(verdict.name()), stage.map(Stage::name).map(name));
        let span = self.span.map(|span| PyString::new(py, &span));
        let (rule, limit) = (self.rule.map(name), limit.map(name));
        let fields = (verdict, stage, rule, span.clone(), span, key.as_deref(), limit);
        Ok(fields.into_pyobject(py)?.into_any())
    }

    fn column<O: OffsetSizeTrait>(
        rows: impl ExactSizeIterator<Item = Option<Self>>,
    ) -> Result<ArrayRef> {
        let count = rows.len();
        let mut columns = [(); GRADE_COLUMNS].map(|()| Strings::<O>::with_capacity(count));
        let mut valid = NullBufferBuilder::new(count);
        for row in rows {
            valid.append(row.is_some());
            let fields = row.as_ref().map_or([None; GRADE_COLUMNS], Graded::fields);
            for (column, field) in columns.iter_mut().zip(fields) {
                column.push(field.map(str::as_bytes))?;
            }
        }
        let [verdict, stage, rule, span, key, limit] = columns.map(Strings::finish);
        let span: ArrayRef = Arc::new(span?);
        let columns = vec![
            ("verdict", Arc::new(verdict?) as ArrayRef),
            ("stage", Arc::new(stage?)),
            ("rule", Arc::new(rule?)),
            ("span", Arc::clone(&span)),
            ("answer", span),
            ("key", Arc::new(key?)),
            ("limit", Arc::new(limit?)),
        ];
        structs(columns, valid.finish())
    }
}

fn texts<'a, O: OffsetSizeTrait, T>(
    rows: &'a [Option<T>],
    field: impl Fn(&'a T) -> Option<&'a str>,
) -> Result<ArrayRef> {
    Ok(Arc::new(strings::<O, _>(rows.iter().map(|row| row.as_ref().and_then(&field)))?))
}
