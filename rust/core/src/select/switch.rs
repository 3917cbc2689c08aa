//! What: members are gone through in tie order, the strongest first; the first whose samples
//! all agree gives the answer. If there is none, all votes are pooled, and a vote weighs
//! its member's consistency times its prior.
//! Why: a unanimous strong model need not be outvoted, or even followed by others.
//! Example: strongest first `1 1 2`, `3 3 3`: the second gives 3.
//! Source: `ModelSwitch`, arXiv 2504.00762; consistency as in its released code
//! (JianhaoChen-nju/ModelSwitch, `src/Evaluation.py`): `1/n + (1 − 1/n)(1 − H / log2 d)` with H
//! the entropy of the n answers of the member and d the number of distinct ones; 1 where they
//! all agree. The prior, there a number set by hand for each model, is the smoothed validation
//! accuracy, or the same for all where none is known.
//!
//! Weights are integers: consistencies in units of 2⁻³².

use super::{Choice, Claim, Decision, Question, Reason, fixed, mux, pooled};
use crate::tally::{Group, Outcome};

const UNIT: u32 = 32;

/// `x · log2(x)` in fixed point.
fn x_log2_x(x: u64) -> u128 {
    u128::from(x) * u128::from(fixed::log2(x, 1).unsigned_abs())
}

/// The consistency of a member's answers; at most `2^UNIT`.
fn consistency(groups: &[Group]) -> u64 {
    let distinct = groups.len() as u64;
    if distinct < 2 {
        return 1 << UNIT;
    }
    let answers: u64 = groups.iter().map(|group| u64::from(group.count)).sum();
    let n = u128::from(answers);
    // Both n times an entropy. Logarithms are rounded, so that one may seem to pass its bounds.
    let most = n * u128::from(fixed::log2(distinct, 1).unsigned_abs());
    let spread: u128 = groups.iter().map(|group| x_log2_x(group.count.into())).sum();
    let entropy = x_log2_x(answers).saturating_sub(spread).min(most);
    let share = ((most + (n - 1) * (most - entropy)) << UNIT) / (n * most);
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// The answer of the strongest member that agrees with itself.
fn agreed(question: Question<'_>) -> Option<Choice> {
    mux::answers(question)
        .filter(|(_, choice)| choice.votes == choice.of)
        .min_by_key(|(place, choice)| Claim::of_member(question, choice.member, *place))
        .map(|(_, choice)| choice)
}

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    if let Some(choice) = agreed(question) {
        let (reason, outcome) = (Reason::Unanimous, Outcome::of(choice.correct));
        return Some(Decision { choice: Some(choice), reason, tied: 1, outcome });
    }
    pooled::decide(question, best, Reason::Weighted, |cell| {
        let prior = question.plan.accuracies.smoothed(cell.member);
        pooled::each(consistency(question.table.groups(cell)) * prior)
    })
}
