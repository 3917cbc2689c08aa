//! Recorded samples that may not be all: on which problems they are enough.

use super::{Case, Cases, StopError};
use crate::select::Options;
use crate::table::Table;
use crate::tally::Vote;

/// By problem: whether the samples still missing of `samples` a member cannot change the
/// decision. A failed call is missing: it may be made again.
pub fn settled(table: &Table, options: &Options<'_>, samples: u32) -> Result<Vec<bool>, StopError> {
    let cases = Cases::new(table, options)?;
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    Ok(problems.map(|problem| recorded(table, problem, cases.on(problem), samples)).collect())
}

fn recorded(table: &Table, problem: u32, mut case: Case, samples: u32) -> bool {
    for place in 0..case.size() {
        case.expect(place, 0..samples);
        let cell = table.cell(problem, case.member(place));
        let samples = cell.map_or(&[][..], |cell| table.samples(cell));
        for sample in samples.iter().filter(|sample| sample.vote != Vote::Failed) {
            case.take(place, sample.index, sample.vote);
        }
    }
    case.is_settled()
}
