//! What: the key of the largest fitted log-odds of being correct. A member that gave c of its n
//! answers to a key adds `w (c/n + [c = n]) / 2`: half of its weight w by the share, half for
//! agreeing with itself entirely.
//! Why: recorded pools say that the evidence of c votes is close to linear in the share, with a
//! jump where all agree; so one number a member is enough, which few problems can tell. The
//! jump makes it like `mux` where one member is sure, the sum like a pooled vote where none is.
//! Example: weights 3: `7 7 7` adds 3 to 7; `8 8 9` adds 1 to 8 and ½ to 9. Two members that
//! gave 8 twice of three are at 2: the sure one wins, three of them would only tie it.
//! Source: weights are those of a conditional logit (`McFadden` 1974) fitted on validation
//! problems, shrunk towards the log-odds of pooled accuracies; see `slm-mux calibrate`.
//!
//! Weights are integers, in millionths; a member's part is rounded down.

use super::{Choice, Claim, Decision, Question, Reason, pooled};
use crate::tally::Group;

/// What a member's votes for one key add.
fn evidence(weight: u64, of: u64, group: &Group) -> u128 {
    let of = u128::from(of);
    let count = u128::from(group.count);
    let sure = if count == of { of } else { 0 };
    u128::from(weight) * (count + sure) / (2 * of)
}

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    pooled::decide(question, best, Reason::Calibrated, |cell| {
        let weight = question.plan.weight(cell.member);
        let of = cell.tally.size(question.plan.abstain);
        move |group: &Group| evidence(weight, of, group)
    })
}
