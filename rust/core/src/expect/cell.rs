//! What k samples of one member on one problem say, over all ways to draw them.
//!
//! What: the distribution of (share of the top key, is its exemplar right).
//! Why: the accuracy of k samples from n recorded ones, without the noise of drawing them.
//! How: for each t, ways in which some key has t votes and none has more, by dynamic programming
//! over the keys that can have t. Ties are shared equally and the exemplar is any sample of its
//! key, because in a random order each tied key, and each of its samples, is first as often.
//! Source: SLM-MUX, arXiv 2510.05077, for the rule; the multivariate hypergeometric law.

use crate::table::{Cell, Table};
use crate::tally::{Abstain, Vote};

use super::thinned::Thinned;

/// A key: how many samples gave it, and the share of those that have the verdict asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) count: u32,
    pub(super) right: f64,
}

/// The recorded responses of a cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Responses {
    /// The largest first.
    pub(super) keys: Vec<Key>,
    /// Responses with a key.
    pub(super) votes: u32,
    /// Responses without one.
    pub(super) unkeyed: u32,
}

impl Responses {
    /// Reads a cell of `table`; `verdict` is the one asked for.
    pub(super) fn read(&mut self, table: &Table, cell: &Cell, verdict: Option<bool>) {
        let groups = table.groups(cell);
        self.keys.clear();
        self.keys.extend(groups.iter().map(|group| Key { count: group.count, right: 0.0 }));
        // The right key comes often, and then mostly again.
        let mut last = 0;
        for sample in table.samples(cell) {
            let Vote::Key(key) = sample.vote else { continue };
            if sample.marks.verdict() != verdict {
                continue;
            }
            if groups.get(last).is_none_or(|group| group.key != key) {
                last = groups.partition_point(|group| group.key < key);
            }
            self.keys[last].right += 1.0;
        }
        for key in &mut self.keys {
            key.right /= f64::from(key.count);
        }
        // Not in the order of key ids, which hangs on the order of rows: sums are to be the same.
        self.keys.sort_unstable_by(|a, b| b.count.cmp(&a.count).then(b.right.total_cmp(&a.right)));
        self.votes = cell.tally.votes;
        self.unkeyed = cell.tally.unparsed + cell.tally.truncated;
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
        (self.votes, self.unkeyed) = (0, 0);
    }

    pub(super) fn len(&self) -> u32 {
        self.votes + self.unkeyed
    }
}

/// The chances of one share of the top key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    pub(super) votes: u32,
    pub(super) of: u32,
    /// That the top key has this share and its exemplar the verdict asked for.
    pub(super) right: f64,
    /// That the top key has this share.
    pub(super) all: f64,
}

/// Works out cells; keeps what they share.
#[derive(Default)]
pub(super) struct Drawing {
    laws: Vec<((u32, u32), Thinned)>,
    ways: Ways,
}

/// So many laws are kept: cells of one table mostly have as many samples as each other.
const LAWS: usize = 16;

impl Drawing {
    /// The chance that none of up to `k` drawn responses has a key.
    pub(super) fn none(&mut self, responses: &Responses, k: u32) -> f64 {
        let drawn = k.min(responses.len());
        if drawn == 0 || responses.votes == 0 {
            return 1.0;
        }
        if drawn > responses.unkeyed {
            return 0.0;
        }
        let law = self.law(responses.len(), drawn);
        let ways =
            law.split((responses.unkeyed as usize, drawn as usize), responses.votes as usize);
        ways / law.row(responses.len() as usize)[drawn as usize]
    }

    /// Fills `levels` with what up to `k` of the responses say; without a key there is no level.
    pub(super) fn levels(
        &mut self,
        responses: &Responses,
        k: u32,
        abstain: Abstain,
        levels: &mut Vec<Level>,
    ) {
        levels.clear();
        let drawn = k.min(responses.len());
        if drawn == 0 || responses.votes == 0 {
            return;
        }
        match abstain {
            Abstain::Count => self.of(&responses.keys, responses.unkeyed, drawn, 1.0, levels),
            Abstain::Drop => self.dropping(responses, drawn, levels),
        }
    }

    /// Given how many of the drawn responses have a key, those are a draw of the ones that do.
    fn dropping(&mut self, responses: &Responses, drawn: u32, levels: &mut Vec<Level>) {
        let Responses { keys, votes, unkeyed } = responses;
        for keyed in drawn.saturating_sub(*unkeyed).max(1)..=drawn.min(*votes) {
            let law = self.law(votes + unkeyed, drawn);
            let ways = law.split((*votes as usize, keyed as usize), *unkeyed as usize);
            let chance = ways / law.row((votes + unkeyed) as usize)[drawn as usize];
            self.of(keys, 0, keyed, chance, levels);
        }
    }

    fn law(&mut self, samples: u32, drawn: u32) -> &Thinned {
        let at = match self.laws.iter().position(|(of, _)| *of == (samples, drawn)) {
            Some(at) => at,
            None => {
                if self.laws.len() == LAWS {
                    self.laws.clear();
                }
                self.laws.push(((samples, drawn), Thinned::new(samples, drawn)));
                self.laws.len() - 1
            }
        };
        &self.laws[at].1
    }

    /// Adds the levels of a draw of exactly `drawn`, which comes with `chance`.
    fn of(&mut self, keys: &[Key], unkeyed: u32, drawn: u32, chance: f64, out: &mut Vec<Level>) {
        let votes: u32 = keys.iter().map(|key| key.count).sum();
        let samples = votes + unkeyed;
        let mut ways = std::mem::take(&mut self.ways);
        let law = self.law(samples, drawn);
        let scale = chance / law.row(samples as usize)[drawn as usize];
        for top in (1..=drawn.min(keys[0].count)).rev() {
            let able = &keys[..keys.partition_point(|key| key.count >= top)];
            let (right, all) = if able.len() == 1 || 2 * top > drawn {
                alone(law, able, samples, top)
            } else {
                ways.tied(law, able, samples, top, drawn)
            };
            if all > 0.0 {
                out.push(Level { votes: top, of: drawn, right: right * scale, all: all * scale });
            }
        }
        self.ways = ways;
    }
}

/// The ways in which one key has `top` votes where no other can have as many.
fn alone(law: &Thinned, able: &[Key], samples: u32, top: u32) -> (f64, f64) {
    let (mut right, mut all) = (0.0, 0.0);
    for key in able {
        let ways = law.split((key.count as usize, top as usize), (samples - key.count) as usize);
        right += key.right * ways;
        all += ways;
    }
    (right, all)
}

/// The ways to draw from some of the keys, by how many of them have `top` votes and how many
/// samples were drawn.
#[derive(Default)]
struct Ways {
    /// All of them.
    all: Vec<f64>,
    /// Each times the sum, over its keys with `top` votes, of their right shares.
    right: Vec<f64>,
    width: usize,
}

impl Ways {
    fn tied(
        &mut self,
        law: &Thinned,
        able: &[Key],
        samples: u32,
        top: u32,
        drawn: u32,
    ) -> (f64, f64) {
        let (top, drawn) = (top as usize, drawn as usize);
        let most = (drawn / top).min(able.len());
        self.width = drawn + 1;
        for ways in [&mut self.all, &mut self.right] {
            ways.clear();
            ways.resize((most + 1) * self.width, 0.0);
        }
        self.all[0] = 1.0;
        let mut rest = samples as usize;
        for (seen, key) in (1..).zip(able) {
            self.add(law.row(key.count as usize), key.right, top, seen);
            rest -= key.count as usize;
        }
        self.read(law.row(rest))
    }

    /// Takes one more key in, of which `seen` come to be seen.
    fn add(&mut self, chances: &[f64], share: f64, top: usize, seen: usize) {
        let most = self.all.len() / self.width - 1;
        // Downwards, so that what is read has not been written yet.
        for tied in (0..=most.min(seen)).rev() {
            let highest = (self.width - 1).min(tied * top + (seen - tied) * (top - 1));
            for drawn in (tied * top..=highest).rev() {
                let at = tied * self.width + drawn;
                let fewer = (top - 1).min(drawn - tied * top);
                let (mut all, mut right) = (0.0, 0.0);
                for (kept, chance) in chances[..=fewer].iter().enumerate() {
                    all += self.all[at - kept] * chance;
                    right += self.right[at - kept] * chance;
                }
                if tied > 0 {
                    let before = at - self.width - top;
                    all += self.all[before] * chances[top];
                    right += (self.right[before] + share * self.all[before]) * chances[top];
                }
                self.all[at] = all;
                self.right[at] = right;
            }
        }
    }

    /// The ways with a key at the top, all others of the draw being of `rest`.
    fn read(&self, rest: &[f64]) -> (f64, f64) {
        let (mut right, mut all) = (0.0, 0.0);
        let mut tied = 1.0;
        for from in (self.width..self.all.len()).step_by(self.width) {
            for (drawn, others) in (from..from + self.width).zip(rest.iter().rev()) {
                right += self.right[drawn] / tied * others;
                all += self.all[drawn] * others;
            }
            tied += 1.0;
        }
        (right, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(keys: &[(u32, f64)], unkeyed: u32, k: u32, abstain: Abstain) -> Vec<Level> {
        let keys: Vec<Key> = keys.iter().map(|&(count, right)| Key { count, right }).collect();
        let votes = keys.iter().map(|key| key.count).sum();
        let mut levels = Vec::new();
        Drawing::default().levels(&Responses { keys, votes, unkeyed }, k, abstain, &mut levels);
        levels
    }

    fn close(got: &[Level], wanted: &[(u32, u32, f64, f64)]) {
        assert_eq!(got.len(), wanted.len(), "{got:?}");
        for (level, &(votes, of, right, all)) in got.iter().zip(wanted) {
            assert_eq!((level.votes, level.of), (votes, of));
            assert!((level.right - right).abs() < 1e-15, "{level:?}");
            assert!((level.all - all).abs() < 1e-15, "{level:?}");
        }
    }

    #[test]
    fn two_of_three_by_hand() {
        // a a b: {a, a} in one way of three, {a, b} in two, a tie.
        let wanted = [(2, 2, 1.0 / 3.0, 1.0 / 3.0), (1, 2, 1.0 / 3.0, 2.0 / 3.0)];
        close(&levels(&[(2, 1.0), (1, 0.0)], 0, 2, Abstain::Count), &wanted);
    }

    #[test]
    fn unparsed_samples_stay_in_the_share_or_are_dropped() {
        let wanted = [(2, 2, 1.0 / 6.0, 1.0 / 6.0), (1, 2, 2.0 / 3.0, 2.0 / 3.0)];
        close(&levels(&[(2, 1.0)], 2, 2, Abstain::Count), &wanted);
        let wanted = [(1, 1, 2.0 / 3.0, 2.0 / 3.0), (2, 2, 1.0 / 6.0, 1.0 / 6.0)];
        close(&levels(&[(2, 1.0)], 2, 2, Abstain::Drop), &wanted);
    }

    #[test]
    fn fewer_samples_than_asked_for_are_all_drawn() {
        close(&levels(&[(1, 1.0), (1, 0.0)], 1, 9, Abstain::Count), &[(1, 3, 0.5, 1.0)]);
    }

    #[test]
    fn three_keys_in_a_tie_share_it() {
        close(&levels(&[(2, 1.0), (2, 0.5), (2, 0.0)], 0, 6, Abstain::Count), &[(2, 6, 0.5, 1.0)]);
    }
}
