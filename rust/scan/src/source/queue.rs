//! The units of work of all files, in their order, handed to whichever thread asks.

use std::sync::{Mutex, PoisonError};

use super::{Format, Input};

/// The bytes of a block: a part of the second cache, where groups and places are to stay too.
pub(crate) const BLOCK: u64 = 384 << 10;

/// The most blocks that one thread takes in a row: neighbours are of one problem, whose groups are
/// merged at the end where several threads have some of them.
const BLOCKS: u64 = 8;
/// Into how many units, at least, what is left of a file is cut, but for blocks: all threads are
/// to end at about the same time.
const SHARES: u64 = 64;

/// Something for one thread to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit<'a> {
    /// The lines that start in this range, block by block.
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
    /// In bytes, or in parts.
    offset: u64,
}

/// All units.
pub(crate) struct Queue<'a> {
    inputs: &'a [Input],
    /// How many parts each file of columns has.
    parts: Vec<usize>,
    cursor: Mutex<Cursor>,
}

impl<'a> Queue<'a> {
    /// `parts` are counted by the caller, who has looked into the files of columns.
    pub(crate) fn new(inputs: &'a [Input], parts: Vec<usize>) -> Self {
        Self { inputs, parts, cursor: Mutex::default() }
    }

    pub(crate) fn next(&self) -> Option<Unit<'a>> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let input = self.inputs.get(cursor.input)?;
            let extent = match input.format {
                Format::Lines if input.path.is_some() => Some(input.size),
                Format::Parquet | Format::ArrowFile => Some(self.parts[cursor.input] as u64),
                _ => None,
            };
            let Some(extent) = extent else {
                *cursor = Cursor { input: cursor.input + 1, offset: 0 };
                return Some(Unit::Whole(input));
            };
            let (start, end) = input.range.unwrap_or((0, extent));
            let from = cursor.offset.max(start);
            let end = end.min(extent);
            let step = match input.format {
                Format::Lines => {
                    BLOCK * (end.saturating_sub(from) / SHARES / BLOCK).clamp(1, BLOCKS)
                }
                _ => 1,
            };
            let to = (from + step).min(end);
            if from >= to {
                *cursor = Cursor { input: cursor.input + 1, offset: 0 };
                continue;
            }
            cursor.offset = to;
            return Some(match input.format {
                Format::Lines => Unit::Lines(input, from, to),
                _ => Unit::Part(input, usize::try_from(from).ok()?),
            });
        }
    }
}
