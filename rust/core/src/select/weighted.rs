//! What: a pooled vote in which a vote weighs `max(0, ln(a(C−1) / (1−a)))`: a is the smoothed
//! validation accuracy of its member, C the number of answers to choose from: the options where
//! they are known, else the distinct keys that the pool gave.
//! Why: the best weights where members err independently and spread their errors evenly over
//! the other C−1 answers; a member no better than chance has no say.
//! Example: accuracies 0.9 and 0.6, two answers: a vote of the first weighs 3.1 bits, of the
//! second 0.57; it takes six of these to outvote one of those.
//! Source: Nitzan and Paroush 1982, for two answers; the pattern-recognition form with C
//! classes is in Kuncheva, Combining Pattern Classifiers, 2nd edition, 4.3.
//!
//! Weights are integers, in units of 2⁻¹⁶ bits.

use super::accuracy::SMOOTHED_ONE;
use super::{Choice, Claim, Decision, Question, Reason, fixed, pooled};

/// The weight of a vote of a member with this smoothed accuracy, in parts of `SMOOTHED_ONE`.
pub(super) fn weight(accuracy: u64, answers: u64) -> u64 {
    let right = accuracy * answers.saturating_sub(1);
    let wrong = SMOOTHED_ONE - accuracy;
    if right <= wrong {
        return 0;
    }
    fixed::log2(right, wrong).unsigned_abs()
}

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    let choices = question.plan.choices.map(u64::from);
    let answers = choices.unwrap_or_else(|| pooled::candidates(question));
    pooled::decide(question, best, Reason::Weighted, |cell| {
        pooled::each(weight(question.plan.accuracies.smoothed(cell.member), answers))
    })
}
