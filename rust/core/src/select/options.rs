//! The words a caller may use.

use std::str::FromStr;

use thiserror::Error;

use super::Abstain;

/// The rule that chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// The surest member's answer.
    Mux,
    /// One plurality over all samples.
    Majority,
    /// A pooled vote weighted by validation accuracy.
    Weighted,
    /// The strongest unanimous member, else a pooled vote weighted by consistency.
    Switch,
    /// What the first samples of all members agree on, else as `Mux`.
    Unanimous,
    /// The largest fitted log-odds.
    Calibrated,
    /// A correct answer of some member: an upper bound.
    Oracle,
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
    /// A rule that needs fitted weights.
    #[error("selector calibrated needs a calibration that knows every member: {0:?} is not in it")]
    Uncalibrated(String),
    /// A weight that is none.
    #[error("the calibrated weight of {0:?} must be from 1 to {MOST_WEIGHT} millionths")]
    NotAWeight(String),
    /// A rule that weighs members by accuracies that are not known.
    #[error(
        "selector {selector} needs the validation accuracy of every member: {member:?} has none"
    )]
    Unvalidated {
        /// The rule.
        selector: &'static str,
        /// A member without one.
        member: String,
    },
}

/// The most that a fitted weight may be, in millionths.
pub(super) const MOST_WEIGHT: u64 = 1_000_000_000;

pub(super) fn unknown(what: &'static str, given: &str, choices: impl Into<String>) -> SelectError {
    SelectError::Unknown { what, given: given.into(), choices: choices.into() }
}

impl<'a> Selector<'a> {
    /// The spellings.
    pub const NAMES: [&'static str; 8] = [
        "mux",
        "majority",
        "weighted",
        "calibrated",
        "switch",
        "unanimous",
        "oracle",
        "single:NAME",
    ];

    /// Reads a spelling.
    pub fn parse(name: &'a str) -> Result<Self, SelectError> {
        match (name, name.strip_prefix("single:")) {
            ("mux", _) => Ok(Self::Mux),
            ("majority", _) => Ok(Self::Majority),
            ("weighted", _) => Ok(Self::Weighted),
            ("calibrated", _) => Ok(Self::Calibrated),
            ("switch", _) => Ok(Self::Switch),
            ("unanimous", _) => Ok(Self::Unanimous),
            ("oracle", _) => Ok(Self::Oracle),
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
    /// How many answers there are to choose from, where each problem has that many options;
    /// by default the distinct keys that the pool gave.
    pub choices: Option<u32>,
    /// The fitted weights of members, in millionths, for `Selector::Calibrated`.
    pub weights: Vec<(&'a str, u64)>,
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
            choices: None,
            weights: Vec::new(),
        }
    }
}
