//! The words a caller may use, checked against the table.

use std::cmp::Reverse;
use std::str::FromStr;

use thiserror::Error;

use super::{Abstain, Reason};
use crate::table::{Names, Table};

/// The rule that chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// The surest member's answer.
    Mux,
    /// One plurality over all samples.
    Majority,
    /// The answer of one member.
    Single(&'a str),
}

/// How equals are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tie {
    /// The higher validation accuracy first, then pool order.
    #[default]
    Accuracy,
    /// Pool order.
    Order,
    /// A permutation per problem, from the seed.
    Random,
}

/// An option that names what is not there.
#[derive(Debug, Error, PartialEq)]
pub enum SelectError {
    /// A word that is not among the choices.
    #[error("{what} {given:?} is not one of {choices}")]
    Unknown {
        /// The option.
        what: &'static str,
        /// The word.
        given: String,
        /// What it may be.
        choices: String,
    },
    /// A pool that names a member twice.
    #[error("member {0:?} is named twice: name each once")]
    Twice(String),
    /// A validation accuracy that is no share.
    #[error("validation_accuracy of {member:?} is {value}, it must be from 0 to 1")]
    NotAShare {
        /// The member.
        member: String,
        /// What was given.
        value: f64,
    },
}

fn unknown(what: &'static str, given: &str, choices: impl Into<String>) -> SelectError {
    SelectError::Unknown { what, given: given.into(), choices: choices.into() }
}

impl<'a> Selector<'a> {
    /// The spellings.
    pub const NAMES: [&'static str; 3] = ["mux", "majority", "single:NAME"];

    /// Reads a spelling.
    pub fn parse(name: &'a str) -> Result<Self, SelectError> {
        match (name, name.strip_prefix("single:")) {
            ("mux", _) => Ok(Self::Mux),
            ("majority", _) => Ok(Self::Majority),
            (_, Some(member)) => Ok(Self::Single(member)),
            _ => Err(unknown("selector", name, Self::NAMES.join(", "))),
        }
    }
}

impl Tie {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["accuracy", "order", "random"];
}

impl FromStr for Tie {
    type Err = SelectError;

    fn from_str(name: &str) -> Result<Self, SelectError> {
        match name {
            "accuracy" => Ok(Self::Accuracy),
            "order" => Ok(Self::Order),
            "random" => Ok(Self::Random),
            _ => Err(unknown("tie", name, Self::NAMES.join(", "))),
        }
    }
}

impl Abstain {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 2] = ["count", "drop"];
}

impl FromStr for Abstain {
    type Err = SelectError;

    fn from_str(name: &str) -> Result<Self, SelectError> {
        match name {
            "count" => Ok(Self::Count),
            "drop" => Ok(Self::Drop),
            _ => Err(unknown("abstain", name, Self::NAMES.join(", "))),
        }
    }
}

/// How to select.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The rule.
    pub selector: Selector<'a>,
    /// The pool: the members that take part, in pool order. By default all of the table.
    pub order: Option<Vec<&'a str>>,
    /// What is known of members from a validation log, as shares.
    pub accuracy: Vec<(&'a str, f64)>,
    /// Whether unparsed and truncated samples are in the denominator.
    pub abstain: Abstain,
    /// How equals are told apart.
    pub tie: Tie,
    /// The seed of `Tie::Random`.
    pub seed: i64,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            selector: Selector::Mux,
            order: None,
            accuracy: Vec::new(),
            abstain: Abstain::default(),
            tie: Tie::default(),
            seed: 0,
        }
    }
}

/// Which of the two families of rules.
pub(super) enum Rule {
    Mux,
    Majority,
}

/// The options in the table's numbers.
pub(super) struct Plan {
    pub(super) rule: Rule,
    pub(super) abstain: Abstain,
    pub(super) tie: Tie,
    pub(super) seed: i64,
    /// The reason of a decision without a tie.
    pub(super) alone: Reason,
    /// Each member's place in the pool, where it takes part.
    places: Vec<Option<u32>>,
    /// Each member's rank by validation accuracy, equal ones sharing one.
    classes: Vec<u32>,
}

impl Plan {
    pub(super) fn new(table: &Table, options: &Options<'_>) -> Result<Self, SelectError> {
        let pool = pool(table, options.order.as_deref())?;
        let classes = classes(table.members(), &options.accuracy)?;
        let (rule, alone, pool) = match options.selector {
            Selector::Mux => (Rule::Mux, Reason::Confidence, pool),
            Selector::Majority => (Rule::Majority, Reason::Majority, pool),
            // Self-consistency of one member is the mux of a pool of one.
            Selector::Single(name) => {
                (Rule::Mux, Reason::Single, vec![single(table.members(), &pool, name)?])
            }
        };
        let mut places = vec![None; table.members().len()];
        for (place, &member) in (0..).zip(&pool) {
            places[member as usize] = Some(place);
        }
        let Options { abstain, tie, seed, .. } = *options;
        Ok(Self { rule, abstain, tie, seed, alone, places, classes })
    }

    pub(super) fn place(&self, member: u32) -> Option<u32> {
        self.places[member as usize]
    }

    pub(super) fn class(&self, member: u32) -> u32 {
        self.classes[member as usize]
    }
}

/// The number of a member of the table.
fn known(members: &Names, what: &'static str, name: &str) -> Result<u32, SelectError> {
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

fn classes(members: &Names, accuracy: &[(&str, f64)]) -> Result<Vec<u32>, SelectError> {
    let mut values: Vec<Option<f64>> = vec![None; members.len()];
    for &(name, value) in accuracy {
        let member = known(members, "validation_accuracy: member", name)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(SelectError::NotAShare { member: name.into(), value });
        }
        // Minus zero is zero.
        values[member as usize] = Some(value + 0.0);
    }
    let mut distinct: Vec<f64> = values.iter().flatten().copied().collect();
    distinct.sort_unstable_by_key(|value| Reverse(value.to_bits()));
    distinct.dedup();
    let class = |value: &Option<f64>| match value {
        Some(value) => distinct.partition_point(|better| better > value),
        None => distinct.len(),
    };
    Ok(values.iter().map(|value| u32::try_from(class(value)).unwrap_or(u32::MAX)).collect())
}
