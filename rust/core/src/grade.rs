//! Grading: a response against the reference answer.

use crate::extract::text::trim;
use crate::{Choices, Extraction, Kind, Profile, extract, key, math::HASHED};

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
    reference: &str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Grade {
    let found = extract(response, kind, profile, choices);
    let Some(Extraction { span, rule }) = found else {
        return Grade {
            verdict: Verdict::NoAnswer,
            stage: None,
            rule: None,
            span: None,
            key: None,
            limit: None,
        };
    };
    let vote = key(&span, kind, profile);
    let stated = reference_span(reference, kind, profile, choices);
    let stated: &str = stated.as_ref().map_or(reference, |found| &found.span);
    let (verdict, stage, limit) = match (&vote, key(stated, kind, profile)) {
        (None, _) => (Verdict::NoAnswer, None, None),
        (_, None) => (Verdict::Undecided, None, Some("no_reference_key")),
        (Some(_), Some(_)) if trim(&span) == trim(stated) => {
            (Verdict::Correct, Some(Stage::String), None)
        }
        (Some(vote), Some(wanted)) => compare(vote, &wanted),
    };
    let key = vote.as_deref().map(str::to_owned);
    Grade { verdict, stage, rule: Some(rule), span: Some(span.into_owned()), key, limit }
}

type Decision = (Verdict, Option<Stage>, Option<&'static str>);

/// Equal keys are the same answer; of a string too long to keep, unequal ones show nothing.
fn compare(vote: &str, wanted: &str) -> Decision {
    if vote == wanted {
        (Verdict::Correct, Some(Stage::Key), None)
    } else if vote.starts_with(HASHED) || wanted.starts_with(HASHED) {
        (Verdict::Undecided, Some(Stage::Key), Some("key_length"))
    } else {
        (Verdict::Incorrect, Some(Stage::Key), None)
    }
}

/// What a reference states that is delimited or a whole solution; a bare one is its own span.
fn reference_span<'a>(
    reference: &'a str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Option<Extraction<'a>> {
    let text = trim(reference);
    let delimited = ["$", "\\(", "\\["].iter().any(|opener| text.starts_with(opener))
        && ["$", "\\)", "\\]"].iter().any(|closer| text.ends_with(closer));
    let solution = ["\\boxed", "\\fbox", "####"].iter().any(|mark| text.contains(mark));
    let canonical = profile == Profile::Canonical;
    if canonical && (delimited || solution) {
        return extract(reference, kind, profile, choices);
    }
    None
}
