//! The pool on one problem in small integers, for studies that go on without a table.

use super::options::{Options, SelectError};
use super::plan::{Plan, Rule};
use super::{Claim, Question, weighted};
use crate::table::Table;
use crate::tally::Abstain;

/// One member of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// The member's number.
    pub(crate) member: u32,
    /// Its rank by the tie policy on this problem; the smaller goes first, equals share one.
    pub(crate) class: u32,
    smoothed: u64,
}

impl Seat {
    /// What a vote weighs in `weighted` where there are `answers` to choose from.
    pub(crate) fn weight(&self, answers: u64) -> u64 {
        weighted::weight(self.smoothed, answers)
    }
}

/// The rule, as far as it is known when samples may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Votes {
    /// Each member's by itself: `mux`, `single:NAME`.
    Apart,
    /// All together, each counting one.
    Pooled,
    /// All together, weighed; the number of answers to choose from where it is fixed.
    Weighed(Option<u32>),
}

/// A pool and its rule, checked against a table.
pub(crate) struct Seating<'a> {
    table: &'a Table,
    plan: Plan,
    pool: Vec<u32>,
    /// How votes are counted; nothing for a rule of another family.
    pub(crate) votes: Option<Votes>,
    /// Which samples are in the denominator.
    pub(crate) abstain: Abstain,
}

impl<'a> Seating<'a> {
    pub(crate) fn new(table: &'a Table, options: &Options<'_>) -> Result<Self, SelectError> {
        let plan = Plan::new(table, options)?;
        let votes = match plan.rule {
            Rule::Mux => Some(Votes::Apart),
            Rule::Majority => Some(Votes::Pooled),
            Rule::Weighted => Some(Votes::Weighed(plan.choices)),
            Rule::Calibrated | Rule::Switch | Rule::Unanimous | Rule::Oracle => None,
        };
        let members = 0..u32::try_from(table.members().len()).unwrap_or(u32::MAX);
        let mut pool: Vec<u32> = members.filter(|&member| plan.place(member).is_some()).collect();
        pool.sort_unstable_by_key(|&member| plan.place(member));
        let abstain = plan.abstain;
        Ok(Self { table, plan, pool, votes, abstain })
    }

    /// The seats on one problem, in pool order.
    pub(crate) fn on(&self, problem: u32) -> Vec<Seat> {
        let question = Question { table: self.table, plan: &self.plan, problem };
        // At one place, claims differ by their ranks alone.
        let claims: Vec<Claim> =
            self.pool.iter().map(|&member| Claim::of_member(question, member, 0)).collect();
        let mut distinct = claims.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let class = |claim: &Claim| distinct.partition_point(|better| better < claim);
        let seat = |(&member, claim): (&u32, &Claim)| Seat {
            member,
            class: u32::try_from(class(claim)).unwrap_or(u32::MAX),
            smoothed: self.plan.accuracies.smoothed(member),
        };
        self.pool.iter().zip(&claims).map(seat).collect()
    }
}
