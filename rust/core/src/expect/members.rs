//! What: the expected accuracy of the surest member's answer, for any set of members.
//! Why: thousands of sets share the distributions of their members.
//! How: members are independent, so the chance is a sum over shares f and members i: that i has
//! share f and is right, that all before i in tie order have less, all after it at most f.
//! Error: sums and products of positive numbers, so relative; below 1e-12 at any k allowed.

use std::cmp::Ordering;

use super::cell::{Drawing, Level, Responses};
use super::{ExpectError, MOST_CHANCES, MOST_SAMPLES, each};
use crate::table::Table;
use crate::tally::Abstain;

/// Members of a table at k samples each; a set of them is a list of places among them.
#[derive(Clone, Debug)]
pub struct Members {
    /// Where the shares of each problem begin, and one past the last.
    starts: Vec<usize>,
    parts: Vec<Member>,
}

/// By problem and share: only shares at which somebody may be right.
#[derive(Clone, Debug, Default)]
struct Member {
    /// The chance of this share with the right answer.
    right: Vec<f64>,
    /// The chance of a smaller share, or of no answer.
    below: Vec<f64>,
    /// The chance of this share, a smaller one or none.
    up_to: Vec<f64>,
    /// By problem: the chance of no answer.
    none: Vec<f64>,
}

/// Some members, in tie order, put together; for searches that add one at a time.
#[derive(Clone, Debug)]
pub struct Partial {
    right: Vec<f64>,
    below: Vec<f64>,
}

/// What one problem adds to the members.
struct Block {
    shares: usize,
    members: Vec<Member>,
}

impl Members {
    /// The distributions of `pool`, each member drawing `k` responses a problem.
    ///
    /// An answer is right where its exemplar has `verdict`: `Some(true)` for accuracies, `None`
    /// for the share that nobody could grade.
    pub fn new(
        table: &Table,
        pool: &[u32],
        k: u32,
        abstain: Abstain,
        verdict: Option<bool>,
    ) -> Result<Self, ExpectError> {
        check(table, pool, k)?;
        let count = table.problems().len();
        let units = table.sample_count().max(count * pool.len());
        let blocks = each(count, units, |problems| {
            let mut work = Work::new(pool.len());
            let block = |&problem| work.block(table, pool, k, abstain, (problem, verdict));
            problems.iter().map(block).collect()
        });
        Ok(Self::of(blocks, pool.len()))
    }

    fn of(blocks: Vec<Block>, members: usize) -> Self {
        let total = blocks.iter().map(|block| block.shares).sum();
        let sized = || Member {
            right: Vec::with_capacity(total),
            below: Vec::with_capacity(total),
            up_to: Vec::with_capacity(total),
            none: Vec::with_capacity(blocks.len()),
        };
        let mut all =
            Self { starts: vec![0], parts: std::iter::repeat_with(sized).take(members).collect() };
        for block in blocks {
            all.starts.push(all.starts[all.starts.len() - 1] + block.shares);
            for (member, part) in all.parts.iter_mut().zip(block.members) {
                member.right.extend(part.right);
                member.below.extend(part.below);
                member.up_to.extend(part.up_to);
                member.none.extend(part.none);
            }
        }
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The problems.
    pub fn problems(&self) -> usize {
        self.starts.len() - 1
    }

    /// The expected share of right answers among all problems; `places` are in tie order.
    pub fn accuracy(&self, places: &[usize]) -> f64 {
        let mut partial = self.nobody();
        for &place in places {
            self.add(&mut partial, place);
        }
        self.accuracy_of(&partial)
    }

    /// By problem: the chance of a right answer; `places` are in tie order.
    pub fn by_problem(&self, places: &[usize]) -> Vec<f64> {
        let mut partial = self.nobody();
        for &place in places {
            self.add(&mut partial, place);
        }
        self.starts.windows(2).map(|at| chance(&partial.right[at[0]..at[1]])).collect()
    }

    /// The same with another tie order for each problem.
    pub fn by_problem_ordered(&self, places: impl Fn(u32) -> Vec<usize>) -> Vec<f64> {
        let of = |(problem, at): (u32, &[usize])| {
            let range = at[0]..at[1];
            let mut sum = vec![0.0; range.len()];
            let mut below = vec![1.0; range.len()];
            for place in places(problem) {
                self.parts[place].part(range.clone()).join(&mut sum, &mut below);
            }
            chance(&sum)
        };
        (0..).zip(self.starts.windows(2)).map(of).collect()
    }

    /// By problem: the chance that none of `places` has an answer.
    pub fn unanswered(&self, places: &[usize]) -> Vec<f64> {
        let of = |problem: usize| places.iter().map(|&at| self.parts[at].none[problem]).product();
        (0..self.problems()).map(of).collect()
    }

    /// No members.
    pub fn nobody(&self) -> Partial {
        let shares = self.starts[self.problems()];
        Partial { right: vec![0.0; shares], below: vec![1.0; shares] }
    }

    /// Puts one more member behind those of `partial`: it loses ties to them.
    pub fn add(&self, partial: &mut Partial, place: usize) {
        let all = 0..partial.right.len();
        self.parts[place].part(all).join(&mut partial.right, &mut partial.below);
    }

    /// The expected accuracy of the members of `partial` and one behind them: the same as of
    /// [`add`](Self::add), without keeping what it adds.
    pub fn accuracy_with(&self, partial: &Partial, place: usize) -> f64 {
        let own = &self.parts[place];
        let before = partial.right.iter().zip(&partial.below);
        let chances = before.zip(own.right.iter().zip(&own.up_to));
        let sum: f64 =
            chances.map(|((sum, less), (right, up_to))| sum * up_to + less * right).sum();
        sum / self.count()
    }

    /// The same members on problems drawn from these, with repetition.
    #[must_use]
    pub fn drawn(&self, draws: &[u32]) -> Self {
        let ranges = || {
            let at = draws.iter().map(|&draw| draw as usize);
            at.map(|at| self.starts[at]..self.starts[at + 1])
        };
        let gathered = |from: &[f64]| ranges().flat_map(|range| &from[range]).copied().collect();
        let member = |part: &Member| Member {
            right: gathered(&part.right),
            below: gathered(&part.below),
            up_to: gathered(&part.up_to),
            none: draws.iter().map(|&draw| part.none[draw as usize]).collect(),
        };
        let mut starts = vec![0];
        starts.extend(ranges().scan(0, |end, range| {
            *end += range.len();
            Some(*end)
        }));
        Self { starts, parts: self.parts.iter().map(member).collect() }
    }

    /// The expected accuracy of the members of `partial`, 0 where there are no problems.
    pub fn accuracy_of(&self, partial: &Partial) -> f64 {
        partial.right.iter().sum::<f64>() / self.count()
    }

    /// What a sum over problems is divided by for their mean.
    fn count(&self) -> f64 {
        u32::try_from(self.problems().max(1)).map_or(f64::INFINITY, f64::from)
    }

    /// The shares of all problems: as much as one more member is to be put together with.
    pub fn shares(&self) -> usize {
        self.starts[self.problems()]
    }
}

/// The sum of chances of which only one can come true: 1 but for rounding is 1.
fn chance(chances: &[f64]) -> f64 {
    chances.iter().sum::<f64>().min(1.0)
}

/// The chances of one member on a range of shares.
struct Part<'a> {
    right: &'a [f64],
    below: &'a [f64],
    up_to: &'a [f64],
}

impl Member {
    fn part(&self, range: std::ops::Range<usize>) -> Part<'_> {
        Part {
            right: &self.right[range.clone()],
            below: &self.below[range.clone()],
            up_to: &self.up_to[range],
        }
    }
}

impl Part<'_> {
    /// Those before keep what they have where this member is at most as sure; it answers where
    /// all of them are less sure.
    fn join(&self, right: &mut [f64], below: &mut [f64]) {
        let chances = self.right.iter().zip(self.below).zip(self.up_to);
        for ((sum, less), ((own, under), up_to)) in right.iter_mut().zip(below).zip(chances) {
            *sum = *sum * up_to + *less * own;
            *less *= under;
        }
    }
}

fn check(table: &Table, pool: &[u32], k: u32) -> Result<(), ExpectError> {
    if !(1..=MOST_SAMPLES).contains(&k) {
        return Err(ExpectError::Samples(k));
    }
    let problems = 0..u32::try_from(table.problems().len()).unwrap_or(u32::MAX);
    for (problem, cell) in
        problems.flat_map(|at| table.cells(at).iter().map(move |cell| (at, cell)))
    {
        let recorded = cell.tally.responses();
        let chances = (recorded + 1) * (u64::from(k).min(recorded) + 1);
        if chances > MOST_CHANCES && pool.contains(&cell.member) {
            return Err(ExpectError::TooMany {
                samples: k,
                recorded: u32::try_from(recorded).unwrap_or(u32::MAX),
                member: table.members().text(cell.member).into(),
                problem: table.problems().text(problem).into(),
                most: (MOST_CHANCES / (recorded + 1)).saturating_sub(1),
            });
        }
    }
    Ok(())
}

/// The scratch of one thread.
struct Work {
    drawing: Drawing,
    responses: Responses,
    levels: Vec<Vec<Level>>,
}

impl Work {
    fn new(members: usize) -> Self {
        Self {
            drawing: Drawing::default(),
            responses: Responses::default(),
            levels: vec![Vec::new(); members],
        }
    }

    fn block(
        &mut self,
        table: &Table,
        pool: &[u32],
        k: u32,
        abstain: Abstain,
        (problem, verdict): (u32, Option<bool>),
    ) -> Block {
        let mut none = Vec::with_capacity(pool.len());
        for (&member, levels) in pool.iter().zip(&mut self.levels) {
            match table.cell(problem, member) {
                Some(cell) => self.responses.read(table, cell, verdict),
                None => self.responses.clear(),
            }
            none.push(self.drawing.none(&self.responses, k));
            self.drawing.levels(&self.responses, k, abstain, levels);
            levels.sort_unstable_by(by_share);
        }
        let shares = self.shares();
        let members = self
            .levels
            .iter()
            .zip(none)
            .map(|(levels, none)| member(levels, none, &shares))
            .collect();
        Block { shares: shares.len(), members }
    }

    /// The shares at which some member may be right, as (votes, of), rising.
    fn shares(&self) -> Vec<Level> {
        let levels = self.levels.iter().flatten();
        let mut shares: Vec<Level> = levels.filter(|level| level.right > 0.0).copied().collect();
        shares.sort_unstable_by(by_share);
        shares.dedup_by(|a, b| by_share(a, b) == Ordering::Equal);
        shares
    }
}

/// Exact: cross products of 32-bit numbers.
fn by_share(a: &Level, b: &Level) -> Ordering {
    let cross = |x: &Level, y: &Level| u64::from(x.votes) * u64::from(y.of);
    cross(a, b).cmp(&cross(b, a))
}

/// The chances of a member, whose levels rise, at each of `shares`.
fn member(levels: &[Level], none: f64, shares: &[Level]) -> Member {
    let mut chances = Member { none: vec![none], ..Member::default() };
    let mut left = levels.iter().peekable();
    let mut below = none;
    for share in shares {
        while let Some(level) = left.next_if(|level| by_share(level, share) == Ordering::Less) {
            below += level.all;
        }
        let (mut right, mut all) = (0.0, 0.0);
        while let Some(level) = left.next_if(|level| by_share(level, share) == Ordering::Equal) {
            right += level.right;
            all += level.all;
        }
        chances.right.push(right);
        chances.below.push(below);
        chances.up_to.push(below + all);
        below += all;
    }
    chances
}
