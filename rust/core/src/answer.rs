//! The two questions asked of a text: which span states the answer, and which vote it is.

use std::borrow::Cow;

use crate::{Kind, Profile, extract as canonical, math, paper};

/// The options of a multiple-choice problem, as texts in letter order (A first).
pub type Choices<'a> = &'a [Cow<'a, str>];

/// A span that states the final answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction<'a> {
    /// The answer as written; for [`Kind::Choice`] the letter.
    pub span: Cow<'a, str>,
    /// The name of the rule that found it.
    pub rule: &'static str,
}

/// Finds the span of `text` that states its final answer, or nothing.
pub fn extract<'a>(
    text: &'a str,
    kind: Kind,
    profile: Profile,
    choices: Option<Choices<'_>>,
) -> Option<Extraction<'a>> {
    match profile {
        Profile::Paper => paper::extract(text, kind),
        Profile::Canonical => canonical::extract(text, kind, choices),
    }
}

/// The vote that `answer` stands for: equal keys are the same vote.
pub fn key(answer: &str, kind: Kind, profile: Profile) -> Option<Cow<'_, str>> {
    match profile {
        Profile::Paper => paper::key(answer, kind),
        Profile::Canonical => math::key(answer, kind),
    }
}
