//! What is searched, checked against the table.

use std::str::FromStr;

use thiserror::Error;

use super::MOST_SUBSETS;
use super::combinations::{Subsets, shown};
use crate::expect::ExpectError;
use crate::select::{SelectError, pool};
use crate::table::Table;

/// What contradictions are a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    /// The problems that the subset can solve: what the published figures compute.
    #[default]
    Union,
    /// All problems: the formula as printed.
    All,
}

impl Over {
    /// The names, in the order of the variants.
    pub const NAMES: [&'static str; 2] = ["union", "all"];
}

impl FromStr for Over {
    type Err = SearchError;

    fn from_str(name: &str) -> Result<Self, SearchError> {
        match name {
            "union" => Ok(Self::Union),
            "all" => Ok(Self::All),
            _ => Err(SearchError::Over(name.into())),
        }
    }
}

/// A search that is not possible.
#[derive(Debug, Error, PartialEq)]
pub enum SearchError {
    /// The pool names a member twice, or one that is not there.
    #[error(transparent)]
    Pool(#[from] SelectError),
    /// No size.
    #[error("sizes is empty: name at least one size of subset")]
    NoSize,
    /// No subset has this size.
    #[error("sizes: {size} is not from 1 to {of}, the number of members")]
    Size {
        /// The size.
        size: usize,
        /// The members.
        of: usize,
    },
    /// The same size twice.
    #[error("sizes: {0} is named twice")]
    Twice(usize),
    /// Too many to visit.
    #[error(
        "there are {0} subsets, more than the 10,000,000,000 that are searched: name fewer members or smaller sizes"
    )]
    Many(String),
    /// Every member would be right everywhere.
    #[error("robust_level must be at least 1")]
    RobustLevel,
    /// Nothing would be looked at.
    #[error("k must be at least 1")]
    NoSamples,
    /// The expectation is over draws of a number of samples.
    #[error("k, the samples that are drawn of each member, must be given")]
    SamplesToExpect,
    /// The expectation cannot be had.
    #[error(transparent)]
    Expect(#[from] ExpectError),
    /// A word that is not among the choices.
    #[error("contradiction_over {0:?} is not one of union, all")]
    Over(String),
    /// A weight that cannot be compared exactly, or rewards contradictions.
    #[error("lambda_ must be a fraction p/q, 0 <= p and q <= 100,000,000: 0.75, say")]
    Lambda,
}

/// The pool, the sizes, and which samples count.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The members, in pool order; by default all of the table.
    pub members: Option<Vec<&'a str>>,
    /// Sizes of subsets.
    pub sizes: Vec<usize>,
    /// As many right samples make a member right on a problem.
    pub robust_level: u32,
    /// Only samples whose index is below; by default all.
    pub k: Option<u32>,
    /// As many of the best are ranked.
    pub ranking: usize,
}

impl Request<'_> {
    /// The pool in the table's numbers, and the subsets of each size.
    pub(super) fn check(&self, table: &Table) -> Result<(Vec<u32>, Vec<Subsets>), SearchError> {
        let pool = pool(table, self.members.as_deref())?;
        if self.robust_level == 0 {
            return Err(SearchError::RobustLevel);
        }
        if self.k == Some(0) {
            return Err(SearchError::NoSamples);
        }
        let sizes = self.sizes(pool.len())?;
        Ok((pool, sizes))
    }

    fn sizes(&self, of: usize) -> Result<Vec<Subsets>, SearchError> {
        if self.sizes.is_empty() {
            return Err(SearchError::NoSize);
        }
        for (at, &size) in self.sizes.iter().enumerate() {
            if !(1..=of).contains(&size) {
                return Err(SearchError::Size { size, of });
            }
            if self.sizes[..at].contains(&size) {
                return Err(SearchError::Twice(size));
            }
        }
        let many = || SearchError::Many(shown(of, &self.sizes));
        let subsets: Option<Vec<_>> =
            self.sizes.iter().map(|&size| Subsets::new(of, size)).collect();
        let subsets = subsets.ok_or_else(many)?;
        let count = subsets.iter().map(Subsets::count).fold(0, u64::saturating_add);
        if count > MOST_SUBSETS { Err(many()) } else { Ok(subsets) }
    }
}
