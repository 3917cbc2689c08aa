//! What a calibration is fitted on: the candidates of each problem and who voted for them.

use super::SelectError;
use super::pool;
use crate::table::Table;
use crate::tally::Abstain;

/// A distinct key of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// For each member of the pool the votes for the key, and the member's samples in all.
    pub votes: Vec<(u32, u64)>,
    /// Whether some exemplar of the key is correct; nothing where none was judged.
    pub correct: Option<bool>,
}

/// The candidates of every problem, in the order of their numbers.
pub fn candidates(
    table: &Table,
    order: Option<&[&str]>,
    abstain: Abstain,
) -> Result<Vec<Vec<Candidate>>, SelectError> {
    let pool = pool(table, order)?;
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    Ok(problems.map(|problem| of_problem(table, problem, &pool, abstain)).collect())
}

fn of_problem(table: &Table, problem: u32, pool: &[u32], abstain: Abstain) -> Vec<Candidate> {
    let cells: Vec<_> = pool.iter().map(|&member| table.cell(problem, member)).collect();
    let sizes: Vec<u64> =
        cells.iter().map(|cell| cell.map_or(0, |cell| cell.tally.size(abstain))).collect();
    let groups = (0..).zip(&cells).filter_map(|(place, cell)| Some((place, (*cell)?)));
    let mut votes: Vec<(u32, usize, u32, Option<bool>)> = groups
        .flat_map(|(place, cell)| {
            table
                .groups(cell)
                .iter()
                .map(move |group| (group.key, place, group.count, group.correct))
        })
        .collect();
    votes.sort_unstable_by_key(|&(key, place, ..)| (key, place));
    let candidate = |votes: &[(u32, usize, u32, Option<bool>)]| {
        let mut all: Vec<(u32, u64)> = sizes.iter().map(|&of| (0, of)).collect();
        for &(_, place, count, _) in votes {
            all[place].0 = count;
        }
        Candidate { votes: all, correct: votes.iter().filter_map(|vote| vote.3).max() }
    };
    votes.chunk_by(|a, b| a.0 == b.0).map(candidate).collect()
}
