//! Draws without replacement, as draws one by one that happen to come to the right number.
//!
//! Keep each of `samples` samples by itself with probability p = `drawn` / `samples`: given that
//! `drawn` of them were kept, every set of that size is equally likely. So the multivariate
//! hypergeometric law is a product of binomial ones, divided by the chance of that number,
//! which is never small. Everything stays in [0, 1]: no factorial, nothing that overflows.

/// Binomial probabilities with the p of one draw.
pub(super) struct Thinned {
    width: usize,
    rows: Vec<f64>,
}

impl Thinned {
    /// The law of drawing `drawn` of `samples`; `drawn` is at most `samples`, which is not 0.
    ///
    /// By Pascal's rule: sums of products of positive numbers, so that each entry has a relative
    /// error of at most 2 `samples` roundings.
    pub(super) fn new(samples: u32, drawn: u32) -> Self {
        let keep = f64::from(drawn) / f64::from(samples);
        let leave = f64::from(samples - drawn) / f64::from(samples);
        let width = drawn as usize + 1;
        let mut rows = vec![0.0; (samples as usize + 1) * width];
        rows[0] = 1.0;
        for size in 1..=samples as usize {
            let (before, row) = rows[(size - 1) * width..].split_at_mut(width);
            row[0] = leave * before[0];
            for kept in 1..width.min(size + 1) {
                row[kept] = leave * before[kept] + keep * before[kept - 1];
            }
        }
        Self { width, rows }
    }

    /// By s: the chance that s of `size` samples are kept.
    pub(super) fn row(&self, size: usize) -> &[f64] {
        &self.rows[size * self.width..][..self.width]
    }

    /// The chance that of two disjoint sets of samples, `of` and `rest`, `kept` of the first
    /// and all others of the second are drawn.
    pub(super) fn split(&self, (of, kept): (usize, usize), rest: usize) -> f64 {
        self.row(of)[kept] * self.row(rest)[self.width - 1 - kept]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_binomial() {
        let rows = Thinned::new(8, 4);
        assert_eq!(rows.row(0), [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(rows.row(2), [0.25, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(rows.row(4), [1.0, 4.0, 6.0, 4.0, 1.0].map(|ways| ways / 16.0));
    }

    #[test]
    fn to_draw_all_is_certain() {
        let rows = Thinned::new(3, 3);
        assert_eq!(rows.row(2), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(rows.split((2, 2), 1), 1.0);
    }

    #[test]
    fn a_thousand_samples_neither_overflow_nor_vanish() {
        let rows = Thinned::new(4000, 500);
        let chance = rows.split((2000, 250), 2000) / rows.row(4000)[500];
        assert!((chance - 0.038).abs() < 1e-3, "{chance}");
    }
}
