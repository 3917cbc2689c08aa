//! The units of work of all files, in their order, handed to whichever thread asks.

use std::sync::{Mutex, PoisonError};

use super::{Format, Input};

/// The bytes of a block: small enough for the second cache.
pub(crate) const BLOCK: u64 = 512 << 10;

/// Something for one thread to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit<'a> {
    /// The lines that start in this range.
    Lines(&'a Input, u64, u64),
    /// A file from end to end.
    Whole(&'a Input),
    /// One part of a file of columns: a row group, or a record batch.
    Part(&'a Input, usize),
}

/// Where the next unit is cut off.
#[derive(Default)]
struct Cursor {
    input: usize,
    offset: u64,
    part: usize,
}

/// All units.
pub(crate) struct Queue<'a> {
    inputs: &'a [Input],
    /// How many parts each file of columns has.
    parts: Vec<usize>,
    cursor: Mutex<Cursor>,
}

impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Input {}

impl<'a> Queue<'a> {
    /// `parts` are counted by the caller, who has looked into the files of columns.
    pub(crate) fn new(inputs: &'a [Input], parts: Vec<usize>) -> Self {
        Self { inputs, parts, cursor: Mutex::default() }
    }

    pub(crate) fn next(&self) -> Option<Unit<'a>> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let input = self.inputs.get(cursor.input)?;
            match input.format {
                Format::Lines if input.path.is_some() && cursor.offset < input.size => {
                    let from = cursor.offset;
                    cursor.offset = (from + BLOCK).min(input.size);
                    return Some(Unit::Lines(input, from, cursor.offset));
                }
                Format::Parquet | Format::ArrowFile if cursor.part < self.parts[cursor.input] => {
                    cursor.part += 1;
                    return Some(Unit::Part(input, cursor.part - 1));
                }
                Format::Lines if input.path.is_some() => {}
                Format::Parquet | Format::ArrowFile => {}
                _ => {
                    *cursor = Cursor { input: cursor.input + 1, ..Cursor::default() };
                    return Some(Unit::Whole(input));
                }
            }
            *cursor = Cursor { input: cursor.input + 1, ..Cursor::default() };
        }
    }
}
