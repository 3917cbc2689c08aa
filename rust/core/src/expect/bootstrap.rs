//! What: intervals of means over problems, for many rates of the same problems at once.
//! Why: the problems are a sample too, and the samples of one problem are not independent.
//! Source: percentile bootstrap, Efron, "Bootstrap methods: another look at the jackknife", 1979.

use super::each;
use crate::random::Random;

/// The 2.5 % and 97.5 % points of the mean of each of `rates` over problems drawn with
/// replacement, `resamples` times; all rates have the same number of problems.
///
/// Each resample draws the same problems for every rate, so that rates may be compared.
/// Quantiles are interpolated between order statistics, the smallest being the 0 % point.
pub fn bootstrap(rates: &[&[f64]], resamples: u32, seed: u64) -> Vec<(f64, f64)> {
    let problems = rates.first().map_or(0, |rate| rate.len());
    let Ok(bound) = u32::try_from(problems) else { return vec![(0.0, 1.0); rates.len()] };
    if bound == 0 || resamples == 0 {
        return vec![(0.0, 1.0); rates.len()];
    }
    let units = problems.saturating_mul(rates.len() + 1).saturating_mul(resamples as usize);
    let means: Vec<Vec<f64>> = each(resamples as usize, units, |numbers| {
        let mut drawn = Vec::with_capacity(problems);
        let mut resample = |&number: &u32| {
            let mut random = Random::of(seed, &[number.into()]);
            drawn.clear();
            drawn.extend((0..bound).map(|_| random.below(bound) as usize));
            let mean =
                |rate: &&[f64]| drawn.iter().map(|&at| rate[at]).sum::<f64>() / f64::from(bound);
            rates.iter().map(mean).collect()
        };
        numbers.iter().map(&mut resample).collect()
    });
    let limits = |rate| {
        let mut of: Vec<f64> = means.iter().map(|means| means[rate]).collect();
        of.sort_unstable_by(f64::total_cmp);
        (quantile(&of, 1, 40), quantile(&of, 39, 40))
    };
    (0..rates.len()).map(limits).collect()
}

/// The `part` of `parts` quantile of sorted values, of which there is at least one.
fn quantile(sorted: &[f64], part: usize, parts: usize) -> f64 {
    let place = (sorted.len() - 1) * part;
    let (at, rest) = (place / parts, place % parts);
    let share = |count: usize| u32::try_from(count).map_or(0.0, f64::from);
    let next = sorted[(at + 1).min(sorted.len() - 1)];
    (sorted[at] * share(parts - rest) + next * share(rest)) / share(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        assert!((quantile(&[0.0, 10.0], 1, 40) - 0.25).abs() < 1e-15);
        assert!((quantile(&[0.0, 10.0], 39, 40) - 9.75).abs() < 1e-15);
        assert!((quantile(&[3.0], 39, 40) - 3.0).abs() < 1e-15);
    }

    #[test]
    fn a_share_of_half_of_a_hundred() {
        let rates: Vec<f64> = (0..100).map(|at| f64::from(at % 2)).collect();
        let flipped: Vec<f64> = rates.iter().map(|rate| 1.0 - rate).collect();
        let limits = bootstrap(&[&rates, &flipped], 4000, 1);
        // 1.96 * 0.5 / 10 on either side.
        assert!((limits[0].0 - 0.402).abs() < 0.015, "{limits:?}");
        assert!((limits[0].1 - 0.598).abs() < 0.015, "{limits:?}");
        // The same problems: what is low for one is high for the other.
        assert!((limits[0].0 + limits[1].1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_known_of_no_problems() {
        assert_eq!(bootstrap(&[&[]], 10, 1), [(0.0, 1.0)]);
        assert_eq!(bootstrap(&[], 10, 1), []);
    }
}
