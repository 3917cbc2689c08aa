//! The options of a selection in the numbers of a table.

use super::accuracy::Accuracies;
use super::options::{MOST_WEIGHT, Options, SelectError, Selector, Tie, unknown};
use super::{Abstain, Reason};
use crate::table::{Names, Table};

/// The rule, without what is only asked once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Mux,
    Majority,
    Weighted,
    Calibrated,
    Switch,
    Unanimous,
    Oracle,
}

/// The options in the table's numbers.
pub(super) struct Plan {
    pub(super) rule: Rule,
    pub(super) abstain: Abstain,
    pub(super) tie: Tie,
    pub(super) seed: i64,
    pub(super) choices: Option<u32>,
    /// The reason of a decision for the surest member without a tie.
    pub(super) alone: Reason,
    pub(super) accuracies: Accuracies,
    /// Each member's place in the pool, where it takes part.
    places: Vec<Option<u32>>,
    size: usize,
    weights: Vec<u64>,
}

impl Plan {
    pub(super) fn new(table: &Table, options: &Options<'_>) -> Result<Self, SelectError> {
        let mut pool = pool(table, options.order.as_deref())?;
        let accuracies = Accuracies::new(table.members(), &options.accuracy)?;
        let mut alone = Reason::Confidence;
        let rule = match options.selector {
            Selector::Mux => Rule::Mux,
            Selector::Majority => Rule::Majority,
            Selector::Weighted => Rule::Weighted,
            Selector::Calibrated => Rule::Calibrated,
            Selector::Switch => Rule::Switch,
            Selector::Unanimous => Rule::Unanimous,
            Selector::Oracle => Rule::Oracle,
            // Self-consistency of one member is the mux of a pool of one.
            Selector::Single(name) => {
                pool = vec![single(table.members(), &pool, name)?];
                alone = Reason::Single;
                Rule::Mux
            }
        };
        refuse_unvalidated(table.members(), rule, &pool, &accuracies)?;
        let weights = weights(table.members(), rule, &pool, &options.weights)?;
        let mut places = vec![None; table.members().len()];
        for (place, &member) in (0..).zip(&pool) {
            places[member as usize] = Some(place);
        }
        let Options { abstain, tie, seed, choices, .. } = *options;
        let size = pool.len();
        Ok(Self { rule, abstain, tie, seed, choices, alone, accuracies, places, size, weights })
    }

    pub(super) fn place(&self, member: u32) -> Option<u32> {
        self.places[member as usize]
    }

    /// The fitted weight of a member.
    pub(super) fn weight(&self, member: u32) -> u64 {
        self.weights[member as usize]
    }

    /// How many members take part.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

/// The fitted weights, where the rule needs them; those of members that are not there do not
/// matter, as a calibration may know more members than a pool.
fn weights(
    members: &Names,
    rule: Rule,
    pool: &[u32],
    named: &[(&str, u64)],
) -> Result<Vec<u64>, SelectError> {
    let mut weights = vec![0; members.len()];
    if rule != Rule::Calibrated {
        return Ok(weights);
    }
    for &(name, weight) in named {
        if !(1..=MOST_WEIGHT).contains(&weight) {
            return Err(SelectError::NotAWeight(name.into()));
        }
        if let Some(member) = members.get(name) {
            weights[member as usize] = weight;
        }
    }
    match pool.iter().find(|&&member| weights[member as usize] == 0) {
        Some(&member) => Err(SelectError::Uncalibrated(members.text(member).into())),
        None => Ok(weights),
    }
}

/// Weights need the accuracies of all members; the priors of a switch, of all or of none.
fn refuse_unvalidated(
    members: &Names,
    rule: Rule,
    pool: &[u32],
    accuracies: &Accuracies,
) -> Result<(), SelectError> {
    let selector = match rule {
        Rule::Weighted => "weighted",
        Rule::Switch if pool.iter().any(|&member| accuracies.is_known(member)) => "switch",
        _ => return Ok(()),
    };
    let unknown = pool.iter().find(|&&member| !accuracies.is_known(member));
    let named = |&member| members.text(member).to_owned();
    unknown.map(named).map_or(Ok(()), |member| Err(SelectError::Unvalidated { selector, member }))
}

/// The number of a member of the table.
pub(super) fn known(members: &Names, what: &'static str, name: &str) -> Result<u32, SelectError> {
    members.get(name).ok_or_else(|| unknown(what, name, listed(members.iter())))
}

/// The first names of a list, for a message.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 20;
    let more = names.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = names.take(SHOWN).map(|name| format!("{name:?}")).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    if shown.is_empty() { "the members, of which there are none".into() } else { shown.join(", ") }
}

/// The numbers of the members that `order` names, in its order; by default all.
pub fn pool(table: &Table, order: Option<&[&str]>) -> Result<Vec<u32>, SelectError> {
    let members = table.members();
    let Some(order) = order else {
        return Ok((0..).zip(members.iter()).map(|(member, _)| member).collect());
    };
    let mut seen = vec![false; members.len()];
    let mut pool = Vec::with_capacity(order.len());
    for name in order {
        let member = known(members, "member", name)?;
        if std::mem::replace(&mut seen[member as usize], true) {
            return Err(SelectError::Twice((*name).into()));
        }
        pool.push(member);
    }
    Ok(pool)
}

fn single(members: &Names, pool: &[u32], name: &str) -> Result<u32, SelectError> {
    let member = members.get(name).filter(|member| pool.contains(member));
    member.ok_or_else(|| {
        unknown("selector single: member", name, listed(pool.iter().map(|&id| members.text(id))))
    })
}
