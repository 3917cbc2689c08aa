//! Grading: a response against the reference answer, up a ladder of stages.
//!
//! The same text, then the same key, then the lenient readings that are allowed on one side.
//! What is left undecided names the limit that was hit.

mod lenient;
mod literals;
mod memo;
mod options;
mod ranges;
mod units;

use std::borrow::Cow;

use crate::extract::text::trim;
use crate::math::Keyed;
use crate::math::limits::Limit;
use crate::{Choices, Extraction, Kind, Profile, extract, key};

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
    /// One of the lenient readings.
    Lenient,
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

impl Verdict {
    /// The name in every result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Incorrect => "incorrect",
            Self::Undecided => "undecided",
            Self::NoAnswer => "no_answer",
        }
    }
}

impl Stage {
    /// The name in every result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Key => "key",
            Self::Lenient => "lenient",
        }
    }
}

/// What was decided, by which stage, and which limit was hit.
#[derive(Clone, Copy, Debug)]
struct Decision {
    verdict: Verdict,
    stage: Option<Stage>,
    limit: Option<&'static str>,
}

impl Decision {
    const fn by(stage: Stage, verdict: Verdict) -> Self {
        Self { verdict, stage: Some(stage), limit: None }
    }

    const fn undecided(stage: Option<Stage>, limit: &'static str) -> Self {
        Self { verdict: Verdict::Undecided, stage, limit: Some(limit) }
    }
}

/// Grades `response` against `reference`, which may be bare, delimited or hold a box.
pub fn grade(
    response: &str,
    reference: &str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Grade {
    let Some(Extraction { span, rule }) = extract(response, kind, profile, choices) else {
        return Grade {
            verdict: Verdict::NoAnswer,
            stage: None,
            rule: None,
            span: None,
            key: None,
            limit: None,
        };
    };
    let grade = grade_answer(&span, &stated(reference, kind, profile, choices), kind, profile);
    Grade { rule: Some(rule), ..grade }
}

/// Grades an answer that was extracted already against what a reference states.
pub fn grade_answer(answer: &str, stated: &str, kind: Kind, profile: Profile) -> Grade {
    let (key, decision) = match profile {
        Profile::Canonical => compare(answer, stated, kind),
        Profile::Paper => compare_strings(answer, stated, kind),
    };
    let Decision { verdict, stage, limit } = decision;
    Grade { verdict, stage, rule: None, span: Some(answer.to_owned()), key, limit }
}

const NO_REFERENCE: &str = "no_reference_key";

fn no_answer() -> Decision {
    Decision { verdict: Verdict::NoAnswer, stage: None, limit: None }
}

/// The published rules know equal strings only.
fn compare_strings(span: &str, stated: &str, kind: Kind) -> (Option<String>, Decision) {
    let vote = key(span, kind, Profile::Paper);
    let decision = match (&vote, key(stated, kind, Profile::Paper)) {
        (None, _) => no_answer(),
        (_, None) => Decision::undecided(None, NO_REFERENCE),
        _ if trim(span) == trim(stated) => Decision::by(Stage::String, Verdict::Correct),
        (Some(vote), Some(wanted)) if *vote == wanted => Decision::by(Stage::Key, Verdict::Correct),
        _ => Decision::by(Stage::Key, Verdict::Incorrect),
    };
    (vote.map(Cow::into_owned), decision)
}

/// An answer against the reference answer, both without what stands around them.
fn compare(span: &str, stated: &str, kind: Kind) -> (Option<String>, Decision) {
    let Some(vote) = memo::remembered(span, kind) else { return (None, no_answer()) };
    let decision = match memo::remembered(stated, kind) {
        None => Decision::undecided(None, NO_REFERENCE),
        _ if trim(span) == trim(stated) => Decision::by(Stage::String, Verdict::Correct),
        Some(wanted) if vote.key == wanted.key => units_decide(&vote, &wanted),
        Some(wanted) if kind == Kind::Choice => unequal(&vote, &wanted),
        Some(wanted) => {
            let answer = lenient::Side::new(span, &vote);
            let reference = lenient::Side::new(stated, &wanted);
            if lenient::reads_as(&answer, &reference) {
                Decision::by(Stage::Lenient, Verdict::Correct)
            } else {
                unequal(&vote, &wanted)
            }
        }
    };
    (Some(vote.key.clone().into_owned()), decision)
}

/// Votes drop units; where both sides name one, it must be the same.
fn units_decide(vote: &Keyed<'_>, wanted: &Keyed<'_>) -> Decision {
    let trees = vote.tree.as_ref().zip(wanted.tree.as_ref());
    let differ = trees.is_some_and(|(answer, reference)| units::differ(answer, reference));
    Decision::by(Stage::Key, if differ { Verdict::Incorrect } else { Verdict::Correct })
}

/// Unequal keys are another answer, unless a limit kept one of them from being a value.
fn unequal(vote: &Keyed<'_>, wanted: &Keyed<'_>) -> Decision {
    match vote.limit.or(wanted.limit) {
        Some(Limit::Opaque) if lenient::differ_as_expressions(vote, wanted) => {
            Decision::by(Stage::Key, Verdict::Incorrect)
        }
        Some(limit) => Decision::undecided(Some(Stage::Key), limit.name()),
        None => Decision::by(Stage::Key, Verdict::Incorrect),
    }
}

const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")];

/// What a reference states: itself, unless it is delimited or a whole solution.
pub fn stated<'a>(
    reference: &'a str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Cow<'a, str> {
    let text = trim(reference);
    let delimited = DELIMITERS.iter().any(|&(opener, closer)| {
        let inside = text.strip_prefix(opener).and_then(|rest| rest.strip_suffix(closer));
        // `$2$ or $3$` is two formulas, and the last one alone another answer; `\$` closes none.
        inside.is_some_and(|formula| !formula.contains(closer) && !formula.ends_with('\\'))
    });
    let solution = ["\\boxed", "\\fbox", "####"].iter().any(|mark| text.contains(mark));
    let canonical = profile == Profile::Canonical;
    let found = if canonical && (delimited || solution) {
        extract(reference, kind, profile, choices)
    } else {
        None
    };
    found.map_or(Cow::Borrowed(reference), |found| found.span)
}
