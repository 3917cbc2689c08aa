//! What: the answer of the surest member, the one whose largest key has the largest share
//! of its own samples.
//! Why: small models are right more often where they agree with themselves; shares are
//! compared as fractions, because rounding would decide ties.
//! Example: 2 of 3 against 3 of 5: the first member answers.
//! Source: SLM-MUX, arXiv 2510.05077, the selection step.

use std::cmp::Ordering;

use super::{Choice, Claim, Decision, Question};
use crate::table::Cell;
use crate::tally::Abstain;

/// A member's answer and its share, where it has one.
fn answer(cell: &Cell, abstain: Abstain) -> Option<Choice> {
    let top = cell.tally.top?;
    Some(Choice {
        member: cell.member,
        key: top.key,
        index: top.first,
        votes: u64::from(top.count),
        of: cell.tally.size(abstain),
        correct: top.correct,
    })
}

/// Exact: the factors are at most 2³², so neither product overflows 128 bits.
fn by_share(a: &Choice, b: &Choice) -> Ordering {
    let cross = |x: &Choice, y: &Choice| u128::from(x.votes) * u128::from(y.of);
    cross(a, b).cmp(&cross(b, a))
}

/// Each member's answer, with its place in the pool.
pub(super) fn answers(question: Question<'_>) -> impl Iterator<Item = (u32, Choice)> {
    question.cells().filter_map(move |(place, cell)| {
        answer(cell, question.plan.abstain).map(|choice| (place, choice))
    })
}

/// The answer of the largest share.
pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    let (_, largest) = answers(question).max_by(|(_, a), (_, b)| by_share(a, b))?;
    best.extend(
        answers(question)
            .filter(|(_, choice)| by_share(choice, &largest) == Ordering::Equal)
            .map(|(place, choice)| (Claim::of_member(question, choice.member, place), choice)),
    );
    Decision::among(best, question.plan.alone)
}
