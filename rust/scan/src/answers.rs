//! Tallies → the answer table that selections and studies run on.

use arrow_array::RecordBatch;
use slm_mux_core::table::{Builder, Correct, Row, Table};

use crate::error::{Error, Result};
use crate::tallied::{Tallied, TalliedRows};

/// The samples of one task of a tallies file, each under its index.
///
/// `problems` come first in the table, in that order; `members` are those that take part, in that
/// order, all where none are named.
pub fn answers<'a>(
    tallies: impl IntoIterator<Item = Result<RecordBatch>>,
    task: &str,
    problems: impl IntoIterator<Item = &'a str>,
    members: impl IntoIterator<Item = &'a str>,
) -> Result<Table> {
    let members: Vec<&str> = members.into_iter().collect();
    let mut builder = Builder::new(problems, members.iter().copied(), []);
    for batch in tallies {
        let rows = TalliedRows::of(&batch?)?;
        for at in 0..rows.len() {
            let row = rows.row(at)?;
            if row.task == task && (members.is_empty() || members.contains(&row.model)) {
                push(&mut builder, &row)?;
            }
        }
    }
    Ok(builder.finish())
}

fn push(builder: &mut Builder, tallied: &Tallied<'_>) -> Result<()> {
    let correct = match tallied.verdict {
        Some("correct") => Some(true),
        Some("incorrect") => Some(false),
        _ => None,
    };
    for index in &tallied.indexes {
        let row = Row {
            problem: tallied.problem,
            member: tallied.model,
            sample_index: i64::from(index),
            key: tallied.key,
            state: Some(tallied.state),
            correct: Correct::Graded(correct),
        };
        builder.push(&row).map_err(|error| Error::Input(format!("tallies: {error}")))?;
    }
    Ok(())
}
