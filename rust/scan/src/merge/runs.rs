//! Many runs in order → the records of one problem after the other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{RecordBatch, UInt32Array};

use crate::error::{Error, Result};
use crate::partial::{Batch, Most, Record, Records, batch};
use crate::run::Run;

/// The records of one problem, in pieces of batches.
pub(crate) struct Pieces(Vec<(Arc<Batch>, Range<usize>)>);

impl Pieces {
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.0.iter().flat_map(|(batch, range)| range.clone().map(|at| batch.record(at)))
    }

    /// The task and the problem.
    pub(crate) fn name(&self) -> (&str, &str) {
        self.0.first().map_or(("", ""), |(batch, range)| batch.problem(range.start))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|(_, range)| range.len()).sum()
    }
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// One run and where it stands.
struct Head {
    rest: Batches,
    batch: Arc<Batch>,
    at: usize,
}

impl Head {
    /// A run's first record; nothing where it has none.
    fn open(mut rest: Batches) -> Result<Option<Self>> {
        while let Some(first) = rest.next().transpose()? {
            if first.num_rows() > 0 {
                return Ok(Some(Self { rest, batch: ordered(&first)?, at: 0 }));
            }
        }
        Ok(None)
    }

    fn name(&self) -> (String, String) {
        let (task, problem) = self.batch.problem(self.at);
        (task.to_owned(), problem.to_owned())
    }
}

/// A batch in the order of task and problem: ours are, those that were elsewhere may not be.
fn ordered(records: &RecordBatch) -> Result<Arc<Batch>> {
    let read = batch(records)?;
    if (1..read.len()).all(|at| read.problem(at - 1) <= read.problem(at)) {
        return Ok(Arc::new(read));
    }
    let mut order: Vec<u32> = (0..).take(read.len()).collect();
    order.sort_by(|&a, &b| read.problem(a as usize).cmp(&read.problem(b as usize)));
    let sorted = arrow_select::take::take_record_batch(records, &UInt32Array::from(order))?;
    Ok(Arc::new(batch(&sorted)?))
}

/// All runs.
pub(crate) struct Merge {
    heads: Vec<Option<Head>>,
    queue: BinaryHeap<Reverse<((String, String), usize)>>,
}

impl Merge {
    pub(crate) fn new(runs: Vec<Run>) -> Result<Self> {
        let (mut heads, mut queue) = (Vec::new(), BinaryHeap::new());
        for run in runs {
            if let Some(head) = Head::open(run.batches()?)? {
                queue.push(Reverse((head.name(), heads.len())));
                heads.push(Some(head));
            }
        }
        Ok(Self { heads, queue })
    }

    /// The records of the next problem.
    pub(crate) fn next(&mut self) -> Result<Option<Pieces>> {
        let Some(Reverse((name, _))) = self.queue.peek() else { return Ok(None) };
        let name = name.clone();
        let mut pieces = Vec::new();
        while let Some(Reverse((next, at))) = self.queue.peek()
            && *next == name
        {
            let at = *at;
            self.queue.pop();
            if let Some(head) = self.heads[at].take()
                && let Some(head) = advance(head, &name, &mut pieces)?
            {
                self.queue.push(Reverse((head.name(), at)));
                self.heads[at] = Some(head);
            }
        }
        Ok(Some(Pieces(pieces)))
    }
}

/// One run on disk of many, unless it is to `stop`.
pub(crate) fn merged(runs: Vec<Run>, folder: &Path, stop: impl Fn() -> bool) -> Result<Run> {
    Run::spilled(folder, |give| {
        let (mut merge, mut records) = (Merge::new(runs)?, Records::default());
        while let Some(pieces) = merge.next()? {
            if stop() {
                return Err(Error::Interrupted);
            }
            for record in pieces.records() {
                records.push(&record);
                if records.is_full(Most::SPILLED) {
                    give(records.finish()?)?;
                }
            }
        }
        if records.is_empty() { Ok(()) } else { give(records.finish()?) }
    })
}

/// Takes all records of a problem off a run; nothing is left where the run ends.
fn advance(
    mut head: Head,
    (task, problem): &(String, String),
    pieces: &mut Vec<(Arc<Batch>, Range<usize>)>,
) -> Result<Option<Head>> {
    loop {
        let from = head.at;
        let same = |&at: &usize| head.batch.problem(at) == (task.as_str(), problem.as_str());
        let end = (from..head.batch.len()).take_while(same).last().map_or(from, |last| last + 1);
        if end > from {
            pieces.push((Arc::clone(&head.batch), from..end));
        }
        if end < head.batch.len() {
            return Ok(Some(Head { at: end, ..head }));
        }
        match Head::open(head.rest)? {
            Some(next) => head = next,
            None => return Ok(None),
        }
    }
}
