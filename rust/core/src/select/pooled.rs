//! What the rules that pool votes share: the votes by key, weighed and counted.

use super::{Choice, Claim, Decision, Question, Reason};
use crate::table::Cell;
use crate::tally::Group;

/// The votes of one member for one key, and what they add to its strength.
struct Ballot {
    place: u32,
    member: u32,
    strength: u128,
    group: Group,
}

/// Every member's votes, by key.
fn ballots<S>(question: Question<'_>, strength: impl Fn(&Cell) -> S) -> Vec<Ballot>
where
    S: Fn(&Group) -> u128,
{
    let mut ballots = Vec::new();
    for (place, cell) in question.cells() {
        let (member, of) = (cell.member, strength(cell));
        ballots.extend(question.table.groups(cell).iter().map(|&group| {
            let strength = of(&group);
            Ballot { place, member, strength, group }
        }));
    }
    ballots.sort_unstable_by_key(|ballot| ballot.group.key);
    ballots
}

fn votes(ballots: &[Ballot]) -> u64 {
    ballots.iter().map(|ballot| u64::from(ballot.group.count)).sum()
}

/// The strength of a key: an integer, so that no order of adding can matter. A member's is below
/// 2⁹², so that 2³² members fit.
fn strength(ballots: &[Ballot]) -> u128 {
    ballots.iter().map(|ballot| ballot.strength).sum()
}

/// The strength of votes that weigh the same.
pub(super) fn each(weight: u64) -> impl Fn(&Group) -> u128 {
    move |group| u128::from(weight) * u128::from(group.count)
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

/// The key of the largest strength; its confidence is its share of all samples, unweighted.
///
/// Ties, between keys and between the supporters of one key: the tie policy, then more votes of
/// that member for the key, pool order, smallest index.
pub(super) fn decide<S>(
    question: Question<'_>,
    best: &mut Vec<(Claim, Choice)>,
    alone: Reason,
    strength_in: impl Fn(&Cell) -> S,
) -> Option<Decision>
where
    S: Fn(&Group) -> u128,
{
    let ballots = ballots(question, strength_in);
    let keys = || ballots.chunk_by(|a, b| a.group.key == b.group.key);
    let most = keys().map(strength).max();
    let of = question.cells().map(|(_, cell)| cell.tally.size(question.plan.abstain)).sum();
    best.extend(
        keys()
            .filter(|ballots| Some(strength(ballots)) == most)
            .filter_map(|ballots| candidate(question, ballots, of)),
    );
    Decision::among(best, alone)
}

/// How many distinct keys the pool gave.
pub(super) fn candidates(question: Question<'_>) -> u64 {
    let groups = question.cells().flat_map(|(_, cell)| question.table.groups(cell));
    let mut keys: Vec<u32> = groups.map(|group| group.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len() as u64
}
