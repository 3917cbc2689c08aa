//! The kinds of answer and the profiles of rules.

use std::str::FromStr;

use thiserror::Error;

/// What sort of answer a problem asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A mathematical expression (MATH).
    Math,
    /// A number (GSM8K).
    Number,
    /// A letter (GPQA).
    Choice,
}

/// Which rules read and compare answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The best semantics this project knows.
    Canonical,
    /// The published rules to the letter, quirks included.
    Paper,
}

/// A word that names no kind or profile.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{what} {given:?} is not one of {choices}")]
pub struct UnknownName {
    what: &'static str,
    given: String,
    choices: &'static str,
}

impl Kind {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["math", "number", "choice"];
}

impl Profile {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 2] = ["canonical", "paper"];
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "math" => Ok(Self::Math),
            "number" => Ok(Self::Number),
            "choice" => Ok(Self::Choice),
            _ => Err(UnknownName {
                what: "kind",
                given: name.into(),
                choices: "math, number, choice",
            }),
        }
    }
}

impl FromStr for Profile {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "canonical" => Ok(Self::Canonical),
            "paper" => Ok(Self::Paper),
            _ => Err(UnknownName {
                what: "profile",
                given: name.into(),
                choices: "canonical, paper",
            }),
        }
    }
}
