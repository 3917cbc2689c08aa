//! What: one sample of each member, that of the smallest index; if all of them give one key it
//! is the answer, else the rule is `mux` on all samples.
//! Why: the published early exit, as a rule on recorded samples: it says what answers `--stop
//! unanimous` would have given. A member whose first call failed, or that has no sample, keeps
//! the others from agreeing.
//! Example: `7 8 8`, `7 9 9`: both begin with 7, which is the answer, though no member's top.
//! Source: the released scripts of SLM-MUX, arXiv 2510.05077 (their early exit).

use super::{Choice, Claim, Decision, Question, Reason, mux};
use crate::tally::Outcome;

/// The first sample of each member, where they agree: the member's claim and its vote.
fn agreement(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> bool {
    for (place, cell) in question.cells() {
        let groups = question.table.groups(cell).iter();
        let Some(first) = groups.copied().find(|group| Some(group.first) == cell.tally.first)
        else {
            return false;
        };
        if best.first().is_some_and(|(_, choice)| choice.key != first.key) {
            return false;
        }
        let choice = Choice {
            member: cell.member,
            key: first.key,
            index: first.first,
            votes: 1,
            of: 1,
            correct: first.correct,
        };
        best.push((Claim::of_member(question, cell.member, place), choice));
    }
    best.len() == question.plan.size() && !best.is_empty()
}

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    if !agreement(question, best) {
        best.clear();
        return mux::decide(question, best);
    }
    let agreed = best.len() as u64;
    let (_, first) = best.iter().min_by_key(|(claim, _)| *claim)?;
    let choice = Choice { votes: agreed, of: agreed, ..*first };
    let (reason, outcome) = (Reason::Unanimous, Outcome::of(choice.correct));
    Some(Decision { choice: Some(choice), reason, tied: 1, outcome })
}
