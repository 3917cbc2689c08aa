//! What: when the decision of `mux` can no longer change.
//!
//! Theorem. Let member M stand first with top key K, t of d samples in its denominator, r to come.
//! No outcome of the samples to come changes (K, M) if and only if
//!
//! 1. no key y of M, nor a new one, can pass K: with c votes, c + r < t; or c + r = t, and the
//!    smallest index that y could then have is larger than K's, for an undrawn smaller index would
//!    win the tie;
//! 2. no rival can pass M: its largest share, (t' + r') / (d' + r'), is below M's smallest,
//!    t / (d + r), or equal to it, and M goes first among equals.
//!
//! Proof. Members' samples do not depend on each other, so the worst of all of them can come
//! together. A rival is best off when all its samples to come give its top key (a new one if it
//! has none): (t' + x) / (d' + x) grows with x, and a failed call leaves out what it would have
//! added to both. M is worst off when nothing to come gives K but all of it counts: unparsed
//! under `count`, keys of no other votes under `drop`; by 1 K stays its top. Both bounds are
//! reached, so the conditions are necessary too.

use std::cmp::{Ordering, Reverse};

use super::case::{Case, Standing};

/// A share, as a fraction.
type Share = (u64, u64);

fn compare(a: Share, b: Share) -> Ordering {
    let cross = |x: u64, y: u64| u128::from(x) * u128::from(y);
    cross(a.0, b.1).cmp(&cross(b.0, a.1))
}

fn share(standing: &Standing) -> Share {
    (standing.top().map_or(0, |top| top.count), standing.size)
}

/// The largest share that a member may yet have.
fn largest(standing: &Standing) -> Share {
    let (votes, size) = share(standing);
    (votes + standing.to_come(), size + standing.to_come())
}

/// Who goes first among equals.
fn rank(case: &Case, place: usize) -> (u32, usize) {
    (case.seats[place].seat.class, place)
}

pub(super) fn decision(case: &Case) -> Option<(u32, usize)> {
    let places = (0..case.seats.len()).filter(|&place| case.seats[place].top().is_some());
    let first = places.max_by(|&a, &b| {
        compare(share(&case.seats[a]), share(&case.seats[b]))
            .then_with(|| rank(case, b).cmp(&rank(case, a)))
    })?;
    Some((case.seats[first].top()?.key, first))
}

pub(super) fn is_settled(case: &Case, key: u32, place: usize) -> bool {
    let leader = &case.seats[place];
    let Some(top) = leader.support(Some(key), 0) else { return false };
    let smallest = (top.0, leader.size + leader.to_come());
    let passes = |rival: &usize| {
        let most = largest(&case.seats[*rival]);
        let ahead = rank(case, *rival) < rank(case, place);
        let compared = compare(most, smallest);
        most.0 > 0 && (compared.is_gt() || compared.is_eq() && ahead)
    };
    !overtaken(leader, key, top)
        && !(0..case.seats.len()).filter(|&it| it != place).any(|it| passes(&it))
}

/// Whether a key can yet become the member's top instead of `key`.
fn overtaken(leader: &Standing, key: u32, (votes, first): (u64, u32)) -> bool {
    let others = leader.votes.iter().map(|one| Some(one.key)).filter(|&one| one != Some(key));
    let standing = (Reverse(votes), first);
    others.chain([None]).any(|other| {
        let most = leader.support(other, leader.to_come());
        most.is_some_and(|(count, index)| (Reverse(count), index) < standing)
    })
}

/// The member to ask next: the one whose share may become the largest, for either it will be
/// the surest, or it must be seen to fall behind; equals in tie order, so that a unanimous first
/// member settles the problem alone.
pub(super) fn next(case: &Case) -> Option<usize> {
    let open = (0..case.seats.len()).filter(|&place| case.seats[place].to_come() > 0);
    open.max_by(|&a, &b| {
        compare(largest(&case.seats[a]), largest(&case.seats[b]))
            .then_with(|| rank(case, b).cmp(&rank(case, a)))
    })
}
