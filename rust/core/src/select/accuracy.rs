//! What is known of members beforehand: validation accuracies, ranked and smoothed.

use std::cmp::Reverse;

use super::options::SelectError;
use super::plan::known;
use crate::table::Names;

/// The accuracies of the members of a table.
pub(super) struct Accuracies {
    values: Vec<Option<f64>>,
    /// Each member's rank, equal ones sharing one; unknown ones come last.
    classes: Vec<u32>,
}

/// What a smoothed accuracy is a part of.
pub(super) const SMOOTHED_ONE: u64 = (VALIDATED + 2) * MILLION;
const MILLION: u64 = 1_000_000;
/// An accuracy is smoothed as if it were that of a hundred answers: with one right and one wrong
/// answer more, so that none is certain.
const VALIDATED: u64 = 100;

impl Accuracies {
    pub(super) fn new(members: &Names, accuracy: &[(&str, f64)]) -> Result<Self, SelectError> {
        let mut values: Vec<Option<f64>> = vec![None; members.len()];
        for &(name, value) in accuracy {
            let member = known(members, "validation_accuracy: member", name)?;
            if !(0.0..=1.0).contains(&value) {
                return Err(SelectError::NotAShare { member: name.into(), value });
            }
            // Minus zero is zero.
            values[member as usize] = Some(value + 0.0);
        }
        let classes = classes(&values);
        Ok(Self { values, classes })
    }

    pub(super) fn class(&self, member: u32) -> u32 {
        self.classes[member as usize]
    }

    pub(super) fn is_known(&self, member: u32) -> bool {
        self.values[member as usize].is_some()
    }

    /// Laplace's smoothing, in parts of `SMOOTHED_ONE`; an unknown accuracy is as good as none.
    pub(super) fn smoothed(&self, member: u32) -> u64 {
        let value = self.values[member as usize].unwrap_or(0.0);
        // A million is exact in floating point, so the one rounding is that of the product.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10⁶")]
        let parts = (value * 1e6 + 0.5).floor() as u64;
        VALIDATED * parts + MILLION
    }
}

fn classes(values: &[Option<f64>]) -> Vec<u32> {
    let mut distinct: Vec<f64> = values.iter().flatten().copied().collect();
    distinct.sort_unstable_by_key(|value| Reverse(value.to_bits()));
    distinct.dedup();
    let class = |value: &Option<f64>| match value {
        Some(value) => distinct.partition_point(|better| better > value),
        None => distinct.len(),
    };
    values.iter().map(|value| u32::try_from(class(value)).unwrap_or(u32::MAX)).collect()
}
