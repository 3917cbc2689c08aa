//! From tallies to decisions: which member's answer stands for the pool.
//!
//! One file per rule. [`mux`], [`oracle`] take a member's answer; [`majority`], [`weighted`],
//! [`calibrated`] pool the votes ([`pooled`]); [`switch`], [`unanimous`] look for agreement first.
//! [`options`] reads the words a caller may use, [`plan`] finds them in a table, [`accuracy`] is
//! what is known of members, [`evidence`] what weights are fitted on; [`tie`] orders equals.

mod accuracy;
mod calibrated;
mod evidence;
mod fixed;
mod majority;
mod mux;
mod options;
mod oracle;
mod order;
mod plan;
mod pooled;
mod seats;
mod switch;
mod tie;
mod unanimous;
mod weighted;

pub use evidence::{Candidate, candidates};
pub use options::{Options, SelectError, Selector, Tie};
pub use order::TieOrder;
pub use plan::pool;
pub(crate) use seats::{Seat, Seating, Votes};
pub use tie::Reason;

use crate::table::{Cell, Table};
use crate::tally::{Abstain, Outcome, Tally};
use plan::{Plan, Rule};
use tie::Claim;

/// The answer that was chosen, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The member's number.
    pub member: u32,
    /// The key's number.
    pub key: u32,
    /// The index of the exemplar: the member's first sample with the key.
    pub index: u32,
    /// The numerator of the confidence.
    pub votes: u64,
    /// Its denominator.
    pub of: u64,
    /// The verdict on the exemplar.
    pub correct: Option<bool>,
}

/// What was decided on one problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer, unless nobody has one.
    pub choice: Option<Choice>,
    /// What made it win.
    pub reason: Reason,
    /// How many stood equal at the top: members, or keys where votes are pooled.
    pub tied: u32,
    /// How it is counted.
    pub outcome: Outcome,
}

impl Decision {
    /// The first of the best, whose claims say why it is the first.
    fn among(best: &mut [(Claim, Choice)], alone: Reason) -> Option<Self> {
        best.sort_unstable_by_key(|(claim, _)| *claim);
        let (first, choice) = best.first()?;
        Some(Self {
            choice: Some(*choice),
            reason: best.get(1).map_or(alone, |(second, _)| first.beats(second)),
            tied: u32::try_from(best.len()).unwrap_or(u32::MAX),
            outcome: Outcome::of(choice.correct),
        })
    }

    fn abstain<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Self {
        let outcome = Outcome::unanswered(tallies);
        Self { choice: None, reason: Reason::Abstained, tied: 0, outcome }
    }
}

/// A problem and the members that may answer it.
#[derive(Clone, Copy)]
struct Question<'a> {
    table: &'a Table,
    plan: &'a Plan,
    problem: u32,
}

impl<'a> Question<'a> {
    /// The cells of the pool, each with its place in the pool order.
    fn cells(self) -> impl Iterator<Item = (u32, &'a Cell)> {
        self.table
            .cells(self.problem)
            .iter()
            .filter_map(move |cell| Some((self.plan.place(cell.member)?, cell)))
    }

    fn decide(self, best: &mut Vec<(Claim, Choice)>) -> Decision {
        best.clear();
        let decision = match self.plan.rule {
            Rule::Mux => mux::decide(self, best),
            Rule::Majority => majority::decide(self, best),
            Rule::Weighted => weighted::decide(self, best),
            Rule::Switch => switch::decide(self, best),
            Rule::Unanimous => unanimous::decide(self, best),
            Rule::Calibrated => calibrated::decide(self, best),
            Rule::Oracle => oracle::decide(self, best),
        };
        decision.unwrap_or_else(|| Decision::abstain(self.cells().map(|(_, cell)| &cell.tally)))
    }
}

/// One decision per problem of the table, in its order.
pub fn select(table: &Table, options: &Options<'_>) -> Result<Vec<Decision>, SelectError> {
    let plan = Plan::new(table, options)?;
    let mut best = Vec::new();
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    Ok(problems.map(|problem| Question { table, plan: &plan, problem }.decide(&mut best)).collect())
}
