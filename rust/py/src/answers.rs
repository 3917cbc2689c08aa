//! Extraction, keys and grades of one text, a list, or an Arrow column.
#![expect(clippy::needless_pass_by_value, reason = "arguments come from Python by value")]

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;
use slm_mux_core::{self as core, Kind, Profile};

use crate::boxes::column_of_boxes;
use crate::error::Result;
use crate::options::{Choices, NO_CHOICES, Word};
use crate::reading::{Graded, Reading};
use crate::reply::{reply, to_python};
use crate::text::{Text, Texts};

/// The span that states the final answer of each text.
#[pyfunction]
#[pyo3(signature = (text, *, kind, profile, choices = None))]
pub(crate) fn extract(
    py: Python<'_>,
    text: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
    choices: Option<Choices>,
) -> Result<Bound<'_, PyAny>> {
    let choices = choices.unwrap_or(NO_CHOICES).for_rows(text.len())?;
    if let Some(spans) = py.detach(|| column_of_boxes(&text, kind.0, profile.0)) {
        return to_python(py, spans);
    }
    reply(py, &text, |row| {
        let text = text.at(row)?;
        Some(core::extract(&text, kind.0, profile.0, choices.at(row))?.span.into_owned())
    })
}

/// The vote that each answer stands for.
#[pyfunction]
#[pyo3(signature = (answer, *, kind, profile))]
pub(crate) fn key(
    py: Python<'_>,
    answer: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
) -> Result<Bound<'_, PyAny>> {
    reply(py, &answer, |row| core::key(&answer.at(row)?, kind.0, profile.0).map(Cow::into_owned))
}

/// Whether two answers are the same vote.
#[pyfunction]
#[pyo3(signature = (a, b, *, kind, profile))]
pub(crate) fn same(
    py: Python<'_>,
    a: Texts,
    b: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
) -> Result<Bound<'_, PyAny>> {
    let b = b.for_rows(&a, "b")?;
    let key = |text: &Option<Cow<'_, str>>| {
        core::key(text.as_ref()?, kind.0, profile.0).map(Cow::into_owned)
    };
    reply(py, &a, |row| {
        let (a, b) = (key(&a.at(row)), key(&b.at(row)));
        Some(a.is_some() && a == b)
    })
}

/// Span, rule and key of each text.
#[pyfunction]
#[pyo3(signature = (texts, *, kind, profile, choices = None))]
pub(crate) fn read(
    py: Python<'_>,
    texts: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
    choices: Option<Choices>,
) -> Result<Bound<'_, PyAny>> {
    let choices = choices.unwrap_or(NO_CHOICES).for_rows(texts.len())?;
    reply(py, &texts, |row| {
        let text = texts.at(row)?;
        let found = core::extract(&text, kind.0, profile.0, choices.at(row))?;
        let key = core::key(&found.span, kind.0, profile.0).map(Cow::into_owned);
        Some(Reading { span: found.span.into_owned(), rule: found.rule, key })
    })
}

/// The verdict on each response, against its reference or the only one.
#[pyfunction]
#[pyo3(signature = (response, reference, *, kind, profile, choices = None))]
pub(crate) fn grade(
    py: Python<'_>,
    response: Texts,
    reference: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
    choices: Option<Choices>,
) -> Result<Bound<'_, PyAny>> {
    let reference = reference.for_rows(&response, "reference")?;
    let choices = choices.unwrap_or(NO_CHOICES).for_rows(response.len())?;
    reply(py, &response, |row| {
        let (response, reference) = (response.at(row)?, reference.at(row)?);
        Some(Graded::of(response, |text| {
            let choices = choices.at(row);
            core::judge_response(text, &reference, kind.0, profile.0, choices).into()
        }))
    })
}

/// The verdict on each answer that was extracted already, against what a reference states.
#[pyfunction]
#[pyo3(signature = (answer, stated, *, kind, profile))]
pub(crate) fn grade_answer(
    py: Python<'_>,
    answer: Texts,
    stated: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
) -> Result<Bound<'_, PyAny>> {
    let stated = stated.for_rows(&answer, "stated")?;
    reply(py, &answer, |row| {
        let (answer, stated) = (answer.at(row)?, stated.at(row)?);
        let judgement = core::judge(&answer, &stated, kind.0, profile.0);
        Some(Graded { span: Some(answer), rule: None, judgement })
    })
}

/// What each reference states: itself, unless it is delimited or a whole solution.
#[pyfunction]
#[pyo3(signature = (reference, *, kind, profile))]
pub(crate) fn stated(
    py: Python<'_>,
    reference: Texts,
    kind: Word<Kind>,
    profile: Word<Profile>,
) -> Result<Bound<'_, PyAny>> {
    reply(py, &reference, |row| {
        let reference = reference.at(row)?;
        Some(core::grade::stated(&reference, kind.0, profile.0, None).into_owned())
    })
}

/// What became of a response whose span, found by `rule`, has a key: a name of `State`.
#[pyfunction]
#[pyo3(signature = (rule, *, has_text, finish_reason, profile))]
pub(crate) fn state(
    rule: Option<&str>,
    has_text: bool,
    finish_reason: Option<Bound<'_, PyString>>,
    profile: Word<Profile>,
) -> Result<&'static str> {
    let finish_reason = finish_reason.as_ref().map(Text::try_from).transpose()?;
    Ok(core::state(has_text, rule, finish_reason.as_deref(), profile.0).name())
}

/// The expression tree of each answer as JSON.
#[pyfunction]
#[pyo3(signature = (answer))]
pub(crate) fn tree(py: Python<'_>, answer: Texts) -> Result<Bound<'_, PyAny>> {
    reply(py, &answer, |row| core::math::tree_json(&answer.at(row)?))
}
