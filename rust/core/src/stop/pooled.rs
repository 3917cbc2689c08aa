//! What: when the decision of `majority` or `weighted` can no longer change.
//!
//! Theorem. Let key K stand first, in the words of member M. No outcome of the samples to come
//! changes (K, M) if and only if
//!
//! 1. no other key y, known or new, can pass K: for each number C' of distinct keys that may come
//!    to be, y's largest weight is below K's weight so far, or equal to it, and the best claim
//!    that y may then have goes after K's. To come to C', m = C' − C votes must go to new keys (one
//!    of them to y if it is new); the lightest do, all others go to y;
//! 2. no other supporter of K can pass M: the claim of each with all its samples to come on K
//!    goes after M's claim so far.
//!
//! Proof. K's weight so far is its smallest at C', y's is the largest at C', and both come in one
//! outcome. Of equal weights, a claim of y is better with more votes of one member, so it is
//! enough to try each member as the supporter, with as many votes as leave y's weight the
//! largest. If 1 holds K wins whatever comes, and claims do not depend on weights, so M's
//! worst and a rival's best come together. Where weights do not depend on C (`majority`, or a
//! fixed number of choices) m = 0 covers all. Unparsed, truncated and failed samples only
//! weaken y.

use std::cmp::Reverse;

use super::case::Case;
use crate::select::Votes;

/// Among equals the smallest goes first: rank, votes, place, index.
type Claim = (u32, Reverse<u64>, usize, u32);

impl Case {
    /// What a vote of each member weighs where there are `answers` distinct keys.
    fn weights(&self, answers: u64) -> Vec<u64> {
        let weight = |answers: u64| self.seats.iter().map(|one| one.seat.weight(answers)).collect();
        match self.votes {
            Votes::Weighed(choices) => weight(choices.map_or(answers, u64::from)),
            _ => vec![1; self.seats.len()],
        }
    }

    fn keys(&self) -> Vec<u32> {
        let votes = self.seats.iter().flat_map(|standing| &standing.votes);
        let mut keys: Vec<u32> = votes.map(|one| one.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn weight(&self, key: u32, weights: &[u64]) -> u128 {
        let counts = self.seats.iter().map(|one| one.support(Some(key), 0).map_or(0, |v| v.0));
        counts.zip(weights).map(|(count, &weight)| u128::from(count) * u128::from(weight)).sum()
    }

    /// The claim of the member at `place` for a key, should `more` of its samples give it too.
    fn claim(&self, place: usize, key: Option<u32>, more: u64) -> Option<Claim> {
        let (count, first) = self.seats[place].support(key, more)?;
        Some((self.seats[place].seat.class, Reverse(count), place, first))
    }

    fn best_claim(&self, key: u32) -> Option<Claim> {
        (0..self.seats.len()).filter_map(|place| self.claim(place, Some(key), 0)).min()
    }
}

pub(super) fn decision(case: &Case) -> Option<(u32, usize)> {
    let keys = case.keys();
    let weights = case.weights(keys.len() as u64);
    let standing = |&key: &u32| (Reverse(case.weight(key, &weights)), case.best_claim(key));
    let key = keys.into_iter().min_by_key(standing)?;
    Some((key, case.best_claim(key)?.2))
}

pub(super) fn is_settled(case: &Case, key: u32, place: usize) -> bool {
    let Some(claim) = case.claim(place, Some(key), 0) else { return false };
    !passed(case, key, claim) && supporter_stays(case, key, claim)
}

/// Whether no other member can become the best supporter of `key`.
fn supporter_stays(case: &Case, key: u32, claim: Claim) -> bool {
    (0..case.seats.len())
        .filter(|&place| place != claim.2)
        .all(|place| !may_support(case, key, claim, place))
}

fn may_support(case: &Case, key: u32, claim: Claim, place: usize) -> bool {
    case.claim(place, Some(key), case.seats[place].to_come()).is_some_and(|rival| rival < claim)
}

/// Whether another key can come to stand before `key`, whose best claim is `claim`.
fn passed(case: &Case, key: u32, claim: Claim) -> bool {
    let keys = case.keys();
    let to_come = case.to_come();
    let most_new = if case.votes == Votes::Weighed(None) { to_come } else { 0 };
    (0..=most_new).any(|new| {
        let weights = case.weights(keys.len() as u64 + new);
        let strength = (case.weight(key, &weights), claim);
        let known = keys.iter().filter(|&&other| other != key);
        let spent = Spent::new(case, &weights, new);
        let unknown = if most_new > 0 { new.checked_sub(1) } else { Some(0) };
        known.into_iter().any(|&other| spent.passes(case, Some(other), strength))
            || unknown
                .is_some_and(|spare| Spent::new(case, &weights, spare).passes(case, None, strength))
    })
}

/// The samples to come, `spare` of the lightest being given away.
struct Spent<'w> {
    weights: &'w [u64],
    /// The weight of what is left.
    left: u128,
    /// How many samples of each member can be among what is left.
    most: Vec<u64>,
}

impl<'w> Spent<'w> {
    fn new(case: &Case, weights: &'w [u64], spare: u64) -> Self {
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&place| weights[place]);
        let mut most: Vec<u64> = case.seats.iter().map(super::case::Standing::to_come).collect();
        let mut left: u128 =
            most.iter().zip(weights).map(|(&n, &w)| u128::from(n) * u128::from(w)).sum();
        let mut spare = spare;
        for equals in order.chunk_by(|&a, &b| weights[a] == weights[b]) {
            let together: u64 = equals.iter().map(|&place| most[place]).sum();
            let gone = spare.min(together);
            spare -= gone;
            left -= u128::from(gone) * u128::from(weights[equals[0]]);
            for &place in equals {
                most[place] = most[place].min(together - gone);
            }
        }
        Self { weights, left, most }
    }

    /// Whether `key`, or a new one, can stand before a key of this weight and claim.
    fn passes(&self, case: &Case, key: Option<u32>, (weight, claim): (u128, Claim)) -> bool {
        let own = key.map_or(0, |key| case.weight(key, self.weights));
        let claims = || {
            let claim = |(place, &more): (usize, &u64)| case.claim(place, key, more);
            self.most.iter().enumerate().filter_map(claim).min()
        };
        match (own + self.left).cmp(&weight) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => claims().is_some_and(|rival| rival < claim),
            std::cmp::Ordering::Greater => true,
        }
    }
}

/// The member to ask next. While the key is open, the heaviest votes, then those that go first
/// among equals; once only the supporter is open, one who could be it.
pub(super) fn next(case: &Case) -> Option<usize> {
    let open = (0..case.seats.len()).filter(|&place| case.seats[place].to_come() > 0);
    let weights = case.weights(case.keys().len().max(2) as u64);
    let rank = |&place: &usize| (Reverse(weights[place]), case.seats[place].seat.class, place);
    let leader =
        decision(case).and_then(|(key, place)| Some((key, case.claim(place, Some(key), 0)?)));
    match leader {
        Some((key, claim)) if !passed(case, key, claim) => {
            open.filter(|&place| may_support(case, key, claim, place)).min_by_key(rank)
        }
        _ => open.min_by_key(rank),
    }
}
