//! What: the answer of the first member, in tie order, whose top key is correct; where there is
//! none, the decision of `mux`.
//! Why: no rule that returns some member's top key can do better, so its accuracy is an upper
//! bound, to be shown as one. It reads the verdicts: it is no way to answer a question.
//! Example: `7 7 7`, `8 8 9` and the reference 8: the second member's.

use super::{Choice, Claim, Decision, Question, Reason, mux};
use crate::tally::Outcome;

pub(super) fn decide(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) -> Option<Decision> {
    best.extend(
        mux::answers(question)
            .filter(|(_, choice)| choice.correct == Some(true))
            .map(|(place, choice)| (Claim::of_member(question, choice.member, place), choice)),
    );
    let Some((_, choice)) = best.iter().min_by_key(|(claim, _)| *claim) else {
        return mux::decide(question, best);
    };
    let tied = u32::try_from(best.len()).unwrap_or(u32::MAX);
    let (choice, reason) = (Some(*choice), Reason::Oracle);
    Some(Decision { choice, reason, tied, outcome: Outcome::Correct })
}
