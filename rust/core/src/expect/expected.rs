//! The expected accuracy of a rule, problem by problem: in closed form, or by drawing.

use super::{ExpectError, Members, resample};
use crate::select::{Options, Selector, TieOrder};
use crate::table::Table;
use crate::tally::Vote;

/// What is expected of each problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// By problem: the chance of a right answer.
    pub correct: Vec<f64>,
    /// The chance of an answer that nobody could grade.
    pub undecided: Vec<f64>,
    /// The chance of no answer.
    pub unanswered: Vec<f64>,
    /// Of the accuracy, which was estimated by drawing; nothing where it is exact.
    pub standard_error: Option<f64>,
}

/// How draws are made, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How many.
    pub draws: u32,
    /// What tells them.
    pub seed: u64,
    /// Whether rules that have a closed form are not drawn.
    pub closed_form: bool,
}

/// What `options` select at `k` samples a member: exact for the rules that [`Members`] knows.
pub fn expected(
    table: &Table,
    options: &Options<'_>,
    k: u32,
    how: &Drawing,
) -> Result<Expected, ExpectError> {
    match options.selector {
        Selector::Mux | Selector::Single(_) if how.closed_form => exact(table, options, k),
        _ => drawn(table, options, k, how),
    }
}

fn exact(table: &Table, options: &Options<'_>, k: u32) -> Result<Expected, ExpectError> {
    let order = TieOrder::new(table, options)?;
    let members = |verdict| Members::new(table, order.pool(), k, options.abstain, verdict);
    let correct = members(Some(true))?;
    let undecided = if any_undecided(table) {
        by_problem(&members(None)?, &order)
    } else {
        vec![0.0; correct.problems()]
    };
    Ok(Expected {
        undecided,
        unanswered: correct.unanswered(&order.on(0)),
        correct: by_problem(&correct, &order),
        standard_error: None,
    })
}

fn by_problem(members: &Members, order: &TieOrder<'_>) -> Vec<f64> {
    if order.varies() {
        members.by_problem_ordered(|problem| order.on(problem))
    } else {
        members.by_problem(&order.on(0))
    }
}

fn any_undecided(table: &Table) -> bool {
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    problems.flat_map(|problem| table.cells(problem)).any(|cell| {
        table
            .samples(cell)
            .iter()
            .any(|sample| matches!(sample.vote, Vote::Key(_)) && sample.marks.verdict().is_none())
    })
}

fn drawn(
    table: &Table,
    options: &Options<'_>,
    k: u32,
    how: &Drawing,
) -> Result<Expected, ExpectError> {
    let resampled = resample(table, options, k, how.draws, how.seed)?;
    Ok(Expected {
        correct: resampled.shares(&resampled.correct),
        undecided: resampled.shares(&resampled.undecided),
        unanswered: resampled.shares(&resampled.unanswered),
        // Of one draw nothing is known of the spread.
        standard_error: Some(resampled.standard_error().unwrap_or(f64::INFINITY)),
    })
}

/// The expected accuracy of `mux` with each of some pools; a pool is a list of places in that of
/// `options`. Each member is worked out once.
pub fn expected_subsets(
    table: &Table,
    options: &Options<'_>,
    k: u32,
    subsets: &[Vec<usize>],
) -> Result<Vec<f64>, ExpectError> {
    let order = TieOrder::new(table, options)?;
    let members = Members::new(table, order.pool(), k, options.abstain, Some(true))?;
    let of = |subset: &Vec<usize>| {
        let within = |problem| -> Vec<usize> {
            order.on(problem).into_iter().filter(|place| subset.contains(place)).collect()
        };
        if order.varies() {
            let rates = members.by_problem_ordered(within);
            rates.iter().sum::<f64>() / rates.iter().map(|_| 1.0).sum::<f64>().max(1.0)
        } else {
            members.accuracy(&within(0))
        }
    };
    Ok(subsets.iter().map(of).collect())
}

/// The problem on which a member has the fewest calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtHand {
    /// The member's number.
    pub member: u32,
    /// The problem's number; nothing where the table has no problems.
    pub problem: Option<u32>,
    /// How many calls there are, failed ones included.
    pub calls: u64,
    /// The fewest responses of the member on a problem, which may be another one.
    pub responses: u64,
}

/// By member of `pool`: how many samples can be drawn on every problem.
pub fn at_hand(table: &Table, pool: &[u32]) -> Vec<AtHand> {
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    let counts = |member, problem| {
        let tally = table.cell(problem, member).map(|cell| cell.tally).unwrap_or_default();
        (tally.responses() + u64::from(tally.failed), problem, tally.responses())
    };
    let of = |&member: &u32| {
        let fewest = problems.clone().map(|problem| counts(member, problem)).min();
        let responses = problems.clone().map(|problem| counts(member, problem).2).min();
        AtHand {
            member,
            problem: fewest.map(|(_, problem, _)| problem),
            calls: fewest.map_or(0, |(calls, ..)| calls),
            responses: responses.unwrap_or(0),
        }
    };
    pool.iter().map(of).collect()
}
