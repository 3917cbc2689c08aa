//! What: one plurality over the samples of all members; the answer is shown in the words
//! of its best supporter.
//! Why: the baseline that knows nothing of members; it trusts each sample equally.
//! Example: `7 7 8`, `8 9 9`, `8 8 8`: 8 has five of nine votes.
//! Source: self-consistency, arXiv 2203.11171, over the samples of several models.

use super::{Choice, Claim, Decision, Question, Reason, pooled};

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    pooled::decide(question, best, Reason::Majority, |_| pooled::each(1))
}
