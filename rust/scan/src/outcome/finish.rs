//! The end of a scan: merge, decide, write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::decide::{Choosing, decide};
use super::figures::{Figures, responses};
use super::tables::{Decisions, Tallies};
use crate::error::{Error, Result};
use crate::merge::{Filter, Merge, Pieces, Problem, Rules};
use crate::scanned::Scanned;
use crate::settings::Settings;

/// How a scan is to be finished.
#[derive(Clone, Debug)]
pub struct Finishing {
    /// What the scan was told.
    pub settings: Arc<Settings>,
    /// Which ways of asking count.
    pub filter: Filter,
    /// How answers are selected.
    pub choosing: Choosing,
    /// Samples asked for of each member on each problem: the first ones count; by default the most
    /// recorded.
    pub asked: Option<u32>,
    /// Problems that count though nobody answered them: task and id.
    pub problems: Vec<(String, String)>,
}

/// What all is written from.
pub struct Finished {
    /// One row per task and problem.
    pub decisions: RecordBatch,
    /// The figures.
    pub figures: Figures,
    /// The pool order of each task.
    pub orders: BTreeMap<String, Vec<String>>,
}

/// Records worked on at a time, at most but for the last problem.
const CHUNK: usize = 1 << 14;
/// Problems and records that are enough for all threads: the less at a time, the sooner there is
/// something to write.
const ENOUGH: (usize, usize) = (16, 1 << 11);
/// Rows of tallies handed on at a time.
const ROWS: usize = 1 << 14;

/// Merges what was scanned, decides each problem, and hands the tallies on as they come, in
/// the order of task and problem.
pub fn finish(
    scanned: Scanned,
    how: &Finishing,
    mut tallies: impl FnMut(RecordBatch) -> Result<()>,
    mut watch: impl FnMut() -> bool,
) -> Result<Finished> {
    let orders = orders(&scanned, how)?;
    let rules =
        Rules { settings: Arc::clone(&how.settings), filter: how.filter.clone(), most: how.asked };
    let mut merge = Merge::new(scanned.runs)?;
    let mut extra = Unanswered::new(how);
    let mut table = Tallies::default();
    let mut end = End::new(how, &orders);
    let mut tallied = next(&mut merge, &rules)?;
    loop {
        if !watch() {
            return Err(Error::Interrupted);
        }
        let last = tallied.is_empty();
        let problems = extra.weave(tallied, last);
        // Decided and written here while the others tally what comes next.
        let mut ahead = Ok(Vec::new());
        rayon::in_place_scope(|scope| {
            if !last {
                scope.spawn(|_| ahead = next(&mut merge, &rules));
            }
            end.all(&problems)?;
            written(&problems, &mut table, &mut tallies)
        })?;
        if last {
            break;
        }
        tallied = ahead?;
    }
    if table.rows > 0 {
        tallies(table.finish()?)?;
    }
    let End { decisions, figures, fewest, .. } = end;
    end_of(decisions, figures, &fewest, how, orders)
}

/// Tallies the next problems; none where there are no more.
fn next(merge: &mut Merge, rules: &Rules) -> Result<Vec<Problem>> {
    let tallied: Vec<_> = chunk(merge)?.par_iter().map(|pieces| rules.tally(pieces)).collect();
    // Of several errors the first.
    tallied.into_iter().collect()
}

/// Adds problems to the table, which is handed on where there is enough of it.
fn written(
    problems: &[Problem],
    table: &mut Tallies,
    tallies: &mut impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    for problem in problems {
        table.push(problem);
        if table.rows >= ROWS {
            tallies(table.finish()?)?;
        }
    }
    Ok(())
}

/// The records of the next problems.
fn chunk(merge: &mut Merge) -> Result<Vec<Pieces>> {
    let (mut all, mut records) = (Vec::new(), 0);
    while (all.len() < ENOUGH.0 || records < ENOUGH.1)
        && records < CHUNK
        && let Some(pieces) = merge.next()?
    {
        records += pieces.len();
        all.push(pieces);
    }
    Ok(all)
}

/// The decisions and figures so far.
struct End<'a> {
    how: &'a Finishing,
    orders: &'a BTreeMap<String, Vec<String>>,
    decisions: Decisions,
    figures: Figures,
    /// Of each problem: its task, and the fewest responses of any member of the pool.
    fewest: Vec<(String, u32)>,
}

impl<'a> End<'a> {
    fn new(how: &'a Finishing, orders: &'a BTreeMap<String, Vec<String>>) -> Self {
        Self {
            how,
            orders,
            decisions: Decisions::default(),
            figures: Figures::default(),
            fewest: Vec::new(),
        }
    }

    fn all(&mut self, problems: &[Problem]) -> Result<()> {
        problems.chunk_by(|a, b| a.task == b.task).try_for_each(|run| self.add(run))
    }

    fn add(&mut self, problems: &[Problem]) -> Result<()> {
        let Some(task) = problems.first().map(|problem| &problem.task) else { return Ok(()) };
        let empty = Vec::new();
        let order = self.orders.get(task).unwrap_or(&empty);
        let decided = decide(problems, order, &self.how.choosing)
            .map_err(|error| Error::Input(error.to_string()))?;
        for (problem, decided) in problems.iter().zip(&decided) {
            self.decisions.push(&decided.row(problem));
            self.figures.add(problem, decided);
            let of = |name: &String| {
                problem.members.iter().find(|member| member.name == *name).map_or(0, responses)
            };
            let fewest = order.iter().map(of).min().unwrap_or(0);
            self.fewest.push((task.clone(), fewest));
        }
        Ok(())
    }
}

fn end_of(
    decisions: Decisions,
    mut figures: Figures,
    fewest: &[(String, u32)],
    how: &Finishing,
    orders: BTreeMap<String, Vec<String>>,
) -> Result<Finished> {
    for task in figures.tasks.values_mut() {
        task.asked = how.asked.unwrap_or(task.asked);
        task.close();
    }
    let short: Vec<bool> = fewest
        .iter()
        .map(|(task, fewest)| {
            let figures = &figures.tasks[task];
            figures.stops.is_empty() && *fewest < figures.asked
        })
        .collect();
    Ok(Finished { decisions: decisions.finish(&short)?, figures, orders })
}

/// The pool order of each task: as told, else by the members' recorded places, then by name.
fn orders(scanned: &Scanned, how: &Finishing) -> Result<BTreeMap<String, Vec<String>>> {
    let place = |name: &String| how.choosing.first.iter().position(|first| first == name);
    let mut orders = BTreeMap::new();
    for (task, members) in scanned.seen.tasks() {
        let counting = members.iter().filter(|(_, seen)| seen.counts(&how.filter));
        let mut recorded: Vec<_> = counting
            .map(|(name, seen)| {
                let named = place(name).unwrap_or(usize::MAX);
                (named, seen.pool_index.map_or(u64::MAX, u64::from), name)
            })
            .collect();
        recorded.sort_unstable();
        let names: Vec<String> = recorded.into_iter().map(|(.., name)| name.clone()).collect();
        orders.insert(task.clone(), names);
    }
    let Some(told) = &how.choosing.order else { return Ok(orders) };
    let all: BTreeSet<&String> = orders.values().flatten().collect();
    if let Some(unknown) = told.iter().find(|name| !all.contains(name)) {
        let names: Vec<&str> = all.into_iter().map(String::as_str).collect();
        let names = names.join(", ");
        return Err(Error::Input(format!("no row of model {unknown:?}; there are: {names}")));
    }
    for names in orders.values_mut() {
        let mut once = BTreeSet::new();
        let pool = told.iter().filter(|name| names.contains(name) && once.insert(*name));
        *names = pool.cloned().collect();
    }
    Ok(orders)
}

/// Problems without a sample, put in their places.
struct Unanswered<'a> {
    rest: BTreeSet<(String, String)>,
    settings: &'a Settings,
}

impl<'a> Unanswered<'a> {
    fn new(how: &'a Finishing) -> Self {
        Self { rest: how.problems.iter().cloned().collect(), settings: &how.settings }
    }

    /// `problems` and those unanswered ones that come before the last of them; after the last
    /// problem all that are left.
    fn weave(&mut self, problems: Vec<Problem>, last: bool) -> Vec<Problem> {
        if self.rest.is_empty() {
            return problems;
        }
        let mut woven = Vec::with_capacity(problems.len());
        for problem in problems {
            let name = (problem.task.clone(), problem.id.clone());
            self.rest.remove(&name);
            let later = self.rest.split_off(&name);
            let before = std::mem::replace(&mut self.rest, later);
            woven.extend(before.into_iter().map(|name| self.unanswered(name)));
            woven.push(problem);
        }
        if last {
            let left = std::mem::take(&mut self.rest);
            woven.extend(left.into_iter().map(|name| self.unanswered(name)));
        }
        woven
    }

    fn unanswered(&self, (task, id): (String, String)) -> Problem {
        let known = self.settings.known(&task, &id);
        let reference = known.and_then(|known| known.reference.clone());
        let kind = self.settings.kind.or(known.and_then(|known| known.kind));
        Problem { task, id, kind, reference, stop: None, members: Vec::new() }
    }
}
