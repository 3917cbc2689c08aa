//! What was noticed while reading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::row::Fault;

/// How many bad rows are listed; all of them are counted.
pub(crate) const LISTED: usize = 100;

/// How the reason begins where a file ends before its rows do.
pub(crate) const BROKEN: &str = "the file breaks off: ";

/// A row that is not counted, by where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Bad {
    pub(crate) file: u32,
    pub(crate) position: u64,
    /// The number of its line or row, once it is known.
    pub(crate) line: u64,
    pub(crate) reason: String,
    /// How many rows there are that it holds for, from there on.
    pub(crate) rows: u64,
}

/// What one thread has noticed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// Rows that were counted.
    pub(crate) rows: u64,
    /// Samples that had no number.
    pub(crate) unnumbered: u64,
    /// Rows of other tasks.
    pub(crate) other_tasks: u64,
    pub(crate) bad: BTreeMap<String, u64>,
    pub(crate) listed: Vec<Bad>,
    /// The lines of each stretch that was read: file, where it starts, how many.
    pub(crate) lines: Vec<(u32, u64, u64)>,
}

impl Notes {
    /// Counts a row that is not to be used.
    pub(crate) fn note(&mut self, file: u32, position: u64, line: u64, fault: &Fault) {
        self.note_rows(Bad { file, position, line, reason: fault.to_string(), rows: 1 });
    }

    /// Counts rows that are not to be used, listed as one.
    pub(crate) fn note_rows(&mut self, bad: Bad) {
        add(&mut self.bad, bad.reason.clone(), bad.rows);
        self.listed.push(bad);
        if self.listed.len() >= 2 * LISTED {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.listed.sort_unstable();
        self.listed.truncate(LISTED);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.unnumbered += other.unnumbered;
        self.other_tasks += other.other_tasks;
        for (reason, count) in other.bad {
            add(&mut self.bad, reason, count);
        }
        self.listed.extend(other.listed);
        self.lines.extend(other.lines);
        self.cut();
    }

    /// Counts the lines of the stretches before, for those bad rows whose line is known only
    /// within theirs, and makes one stretch of those of each file.
    pub(crate) fn number_lines(&mut self) {
        self.lines.sort_unstable();
        for bad in &mut self.listed {
            let of_file = self.lines.iter().filter(|(file, ..)| *file == bad.file);
            let until = of_file.take_while(|(_, start, _)| *start <= bad.position);
            let counts: Vec<u64> = until.map(|&(.., lines)| lines).collect();
            // The last of these is the stretch that it stands in.
            let before: u64 = counts.iter().rev().skip(1).sum();
            bad.line += before;
        }
        self.lines = self
            .lines
            .chunk_by(|a, b| a.0 == b.0)
            .map(|of_file| (of_file[0].0, of_file[0].1, of_file.iter().map(|one| one.2).sum()))
            .collect();
    }
}

/// Files may claim any number of rows.
fn add(counts: &mut BTreeMap<String, u64>, reason: String, rows: u64) {
    let count = counts.entry(reason).or_default();
    *count = count.saturating_add(rows);
}
