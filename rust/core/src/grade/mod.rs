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
use std::sync::Arc;

use memchr::memchr2;

use crate::extract::text::trim;
use crate::math::limits::Limit;
use crate::math::{Keyed, plain_key};
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

/// How an answer stands against what a reference states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How the answer stands.
    pub verdict: Verdict,
    /// Which stage decided; none where there is no vote or nothing to compare with.
    pub stage: Option<Stage>,
    /// The key of the answer; none where it stands for no vote.
    pub key: Option<Arc<str>>,
    /// The limit that was hit, where one was.
    pub limit: Option<&'static str>,
}

impl Judgement {
    /// Of a response that states no answer.
    pub const NO_ANSWER: Self =
        Self { verdict: Verdict::NoAnswer, stage: None, key: None, limit: None };

    const fn by(stage: Stage, verdict: Verdict) -> Self {
        Self { verdict, stage: Some(stage), key: None, limit: None }
    }

    const fn undecided(stage: Option<Stage>, limit: &'static str) -> Self {
        Self { verdict: Verdict::Undecided, stage, key: None, limit: Some(limit) }
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
    let (found, judgement) = judge_response(response, reference, kind, profile, choices);
    let (span, rule) = found.map(|found| (found.span.into_owned(), found.rule)).unzip();
    Grade::of(span, rule, judgement)
}

/// What [`grade`] does, without a copy of any text: the span with its rule, and how it stands.
pub fn judge_response<'a>(
    response: &'a str,
    reference: &str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> (Option<Extraction<'a>>, Judgement) {
    let Some(found) = extract(response, kind, profile, choices) else {
        return (None, Judgement::NO_ANSWER);
    };
    let judgement = judge(&found.span, &stated(reference, kind, profile, choices), kind, profile);
    (Some(found), judgement)
}

/// Grades an answer that was extracted already against what a reference states.
pub fn grade_answer(answer: &str, stated: &str, kind: Kind, profile: Profile) -> Grade {
    Grade::of(Some(answer.to_owned()), None, judge(answer, stated, kind, profile))
}

impl Grade {
    fn of(span: Option<String>, rule: Option<&'static str>, judgement: Judgement) -> Self {
        let Judgement { verdict, stage, key, limit } = judgement;
        Self { verdict, stage, rule, span, key: key.as_deref().map(str::to_owned), limit }
    }
}

/// Judges an answer that was extracted already against what a reference states: what
/// [`grade_answer`] does, without a copy of any text.
///
/// Answers that come again are judged once, as far as a bounded memo of this thread remembers.
pub fn judge(answer: &str, stated: &str, kind: Kind, profile: Profile) -> Judgement {
    match profile {
        // Two integers are compared sooner than remembered.
        Profile::Canonical => integers(answer, stated, kind).unwrap_or_else(|| {
            memo::judged(answer, stated, kind, || compare(answer, stated, kind))
        }),
        Profile::Paper => compare_strings(answer, stated, kind),
    }
}

const NO_REFERENCE: &str = "no_reference_key";

/// The published rules know equal strings only.
fn compare_strings(span: &str, stated: &str, kind: Kind) -> Judgement {
    let Some(vote) = key(span, kind, Profile::Paper) else { return Judgement::NO_ANSWER };
    let judgement = match key(stated, kind, Profile::Paper) {
        None => Judgement::undecided(None, NO_REFERENCE),
        _ if trim(span) == trim(stated) => Judgement::by(Stage::String, Verdict::Correct),
        Some(wanted) if vote == wanted => Judgement::by(Stage::Key, Verdict::Correct),
        _ => Judgement::by(Stage::Key, Verdict::Incorrect),
    };
    Judgement { key: Some(vote.into()), ..judgement }
}

/// What [`compare`] finds of two short integers.
fn integers(answer: &str, stated: &str, kind: Kind) -> Option<Judgement> {
    if kind == Kind::Choice || !lenient::is_integer(answer) || !lenient::is_integer(stated) {
        return None;
    }
    let (vote, wanted) = (plain_key(answer)?, plain_key(stated)?);
    let judgement = if answer == stated {
        Judgement::by(Stage::String, Verdict::Correct)
    } else if vote == wanted {
        Judgement::by(Stage::Key, Verdict::Correct)
    } else {
        Judgement::by(Stage::Key, Verdict::Incorrect)
    };
    Some(Judgement { key: Some(vote.into()), ..judgement })
}

/// An answer against the reference answer, both without what stands around them.
fn compare(span: &str, stated: &str, kind: Kind) -> Judgement {
    let Some(vote) = memo::remembered(span, kind) else { return Judgement::NO_ANSWER };
    let judgement = match memo::remembered(stated, kind) {
        None => Judgement::undecided(None, NO_REFERENCE),
        _ if trim(span) == trim(stated) => Judgement::by(Stage::String, Verdict::Correct),
        Some(wanted) if vote.key == wanted.key => units_decide(&vote.keyed, &wanted.keyed),
        Some(wanted) if kind == Kind::Choice => unequal(&vote.keyed, &wanted.keyed),
        Some(wanted) => {
            let answer = lenient::Side::new(span, &vote.keyed);
            let reference = lenient::Side::new(stated, &wanted.keyed);
            if lenient::reads_as(&answer, &reference) {
                Judgement::by(Stage::Lenient, Verdict::Correct)
            } else {
                unequal(&vote.keyed, &wanted.keyed)
            }
        }
    };
    Judgement { key: Some(Arc::clone(&vote.key)), ..judgement }
}

/// Votes drop units; where both sides name one, it must be the same.
fn units_decide(vote: &Keyed<'_>, wanted: &Keyed<'_>) -> Judgement {
    let trees = vote.tree.as_ref().zip(wanted.tree.as_ref());
    let differ = trees.is_some_and(|(answer, reference)| units::differ(answer, reference));
    Judgement::by(Stage::Key, if differ { Verdict::Incorrect } else { Verdict::Correct })
}

/// Unequal keys are another answer, unless a limit kept one of them from being a value.
fn unequal(vote: &Keyed<'_>, wanted: &Keyed<'_>) -> Judgement {
    match vote.limit.or(wanted.limit) {
        Some(Limit::Opaque) if lenient::differ_as_expressions(vote, wanted) => {
            Judgement::by(Stage::Key, Verdict::Incorrect)
        }
        Some(limit) => Judgement::undecided(Some(Stage::Key), limit.name()),
        None => Judgement::by(Stage::Key, Verdict::Incorrect),
    }
}

const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")];

/// What a reference states: itself, unless it is delimited or a whole solution; among known
/// options the letter of the one that it names, by letter or text, or nothing.
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
    let solution = memchr2(b'\\', b'#', text.as_bytes()).is_some()
        && ["\\boxed", "\\fbox", "####"].iter().any(|mark| text.contains(mark));
    // The published rules compare bare answers as they stand, and never met a solution.
    let found = if solution || (delimited && profile == Profile::Canonical) {
        extract(reference, kind, profile, choices)
    } else {
        None
    };
    let stated = found.map_or(Cow::Borrowed(reference), |found| found.span);
    match choices {
        Some(choices) if kind == Kind::Choice => option(&stated, profile, choices),
        _ => stated,
    }
}

/// The letter of the option that a reference names, by its letter or its text; nothing where it
/// names none, for which nobody is wrong.
fn option(stated: &str, profile: Profile, choices: Choices<'_>) -> Cow<'static, str> {
    let letters = || LETTERS.iter().copied().take(choices.len());
    let named = key(stated, Kind::Choice, profile);
    if let Some(letter) = letters().find(|&letter| named.as_deref() == Some(letter)) {
        return Cow::Borrowed(letter);
    }
    let mut same = choices.iter().zip(letters()).filter(|(text, _)| trim(text) == trim(stated));
    match (same.next(), same.next()) {
        (Some((_, letter)), None) => Cow::Borrowed(letter),
        _ => Cow::Borrowed(""),
    }
}

const LETTERS: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
    "T", "U", "V", "W", "X", "Y", "Z",
];
