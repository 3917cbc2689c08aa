//! What: one plurality over the samples of all members; the answer is shown in the words
//! of its best supporter.
//! Why: the baseline that knows nothing of members; it trusts each sample equally.
//! Example: `7 7 8`, `8 9 9`, `8 8 8`: 8 has five of nine votes.
//! Ties, between keys and between the supporters of one key: the tie policy, then more
//! votes of that member for the key, pool order, smallest index.

use super::{Choice, Claim, Question};
use crate::tally::Group;

/// The votes of one member for one key.
struct Ballot {
    place: u32,
    member: u32,
    group: Group,
}

/// Every member's votes, by key.
fn ballots(question: Question<'_>) -> Vec<Ballot> {
    let mut ballots = Vec::new();
    for (place, cell) in question.cells() {
        let member = cell.member;
        let groups = question.table.groups(cell).iter();
        ballots.extend(groups.map(|&group| Ballot { place, member, group }));
    }
    ballots.sort_unstable_by_key(|ballot| ballot.group.key);
    ballots
}

fn votes(ballots: &[Ballot]) -> u64 {
    ballots.iter().map(|ballot| u64::from(ballot.group.count)).sum()
}

/// A key in the words of its best supporter; `ballots` is never empty.
fn candidate(question: Question<'_>, ballots: &[Ballot], of: u64) -> Option<(Claim, Choice)> {
    let claims = ballots.iter().map(|ballot| {
        let claim = Claim::of_member(question, ballot.member, ballot.place);
        (claim.with_votes(&ballot.group), ballot)
    });
    let (claim, best) = claims.min_by_key(|(claim, _)| *claim)?;
    let Group { key, first: index, correct, .. } = best.group;
    let choice = Choice { member: best.member, key, index, votes: votes(ballots), of, correct };
    Some((claim, choice))
}

/// Fills `best` with the keys of most votes.
pub(super) fn best(question: Question<'_>, best: &mut Vec<(Claim, Choice)>) {
    let ballots = ballots(question);
    let keys = || ballots.chunk_by(|a, b| a.group.key == b.group.key);
    let most = keys().map(votes).max();
    let of = question.cells().map(|(_, cell)| cell.tally.size(question.plan.abstain)).sum();
    best.extend(
        keys()
            .filter(|ballots| Some(votes(ballots)) == most)
            .filter_map(|ballots| candidate(question, ballots, of)),
    );
}
