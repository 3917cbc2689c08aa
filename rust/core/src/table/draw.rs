//! A table of some of the samples, drawn at random: any rule can then be tried on it.

use super::Table;
use crate::random::Random;
use crate::tally::{Sample, Vote};

impl Table {
    /// For each member of `pool` and each problem, up to `k` of its responses at random without
    /// replacement, numbered from 0 as they were drawn; failed calls are no responses.
    ///
    /// The same `seed` always gives the same draw, of which a smaller `k` takes the beginning
    /// and a smaller pool the members it has.
    #[must_use]
    pub fn draw(&self, pool: &[u32], k: u32, seed: u64) -> Self {
        let mut drawn = Self {
            problems: self.problems.clone(),
            members: self.members.clone(),
            keys: self.keys.clone(),
            ..Self::default()
        };
        let mut asked = vec![false; self.members.len()];
        for &member in pool {
            asked[member as usize] = true;
        }
        let (mut responses, mut scratch) = (Vec::new(), Vec::new());
        for (problem, row) in (0..).zip(self.rows.windows(2)) {
            let cells = self.cells[row[0]..row[1]].iter();
            for cell in cells.filter(|cell| asked[cell.member as usize]) {
                responses.clear();
                let samples = self.samples(cell).iter().copied();
                responses.extend(samples.filter(|sample| sample.vote != Vote::Failed));
                let mut random = Random::of(seed, &[u64::from(problem), u64::from(cell.member)]);
                let taken = shuffle(&mut responses, k, &mut random);
                let renumbered =
                    (0..).zip(taken).map(|(index, &sample)| Sample { index, ..sample });
                drawn.push_samples(problem, cell.member, renumbered, &mut scratch);
            }
        }
        drawn.close_rows();
        drawn
    }
}

/// The first `k` of a random order (Fisher and Yates).
fn shuffle<'a>(samples: &'a mut [Sample], k: u32, random: &mut Random) -> &'a [Sample] {
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let k = k.min(count);
    for at in 0..k {
        let other = at + random.below(count - at);
        samples.swap(at as usize, other as usize);
    }
    &samples[..k as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Builder, Correct, Row};

    fn table() -> Table {
        let mut builder = Builder::default();
        for member in ["a", "b"] {
            for (sample_index, key) in (0..).zip(["1", "2", "3", "4", "", "!"]) {
                let row = Row {
                    problem: "p",
                    member,
                    sample_index: 10 * sample_index,
                    key: Some(key).filter(|key| !["", "!"].contains(key)),
                    state: (key == "!").then_some("failed"),
                    correct: Correct::Graded(Some(key == "1")),
                };
                builder.push(&row).expect("a good row");
            }
        }
        builder.finish()
    }

    fn votes(table: &Table, member: u32) -> Vec<Vote> {
        let samples = table.samples(table.cell(0, member).expect("it has samples"));
        assert!((0..).zip(samples).all(|(at, sample)| sample.index == at));
        samples.iter().map(|sample| sample.vote).collect()
    }

    #[test]
    fn responses_are_drawn_once_each_and_failed_calls_never() {
        let mut all = votes(&table().draw(&[0], 9, 3), 0);
        all.sort_by_key(|vote| match vote {
            Vote::Key(key) => *key,
            _ => u32::MAX,
        });
        assert_eq!(all, [Vote::Key(0), Vote::Key(1), Vote::Key(2), Vote::Key(3), Vote::Unparsed]);
    }

    #[test]
    fn a_smaller_draw_is_the_beginning_of_a_larger_one() {
        let table = table();
        let (small, large) = (table.draw(&[1], 2, 3), table.draw(&[0, 1], 4, 3));
        assert_eq!(votes(&small, 1), votes(&large, 1)[..2]);
        assert!(small.cell(0, 0).is_none());
    }

    #[test]
    fn every_sample_is_first_as_often() {
        let table = table();
        let mut counts = [0_u32; 5];
        for seed in 0..10_000 {
            let first = votes(&table.draw(&[0], 1, seed), 0)[0];
            counts[if let Vote::Key(key) = first { key as usize } else { 4 }] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(2000) < 200), "{counts:?}");
    }
}
