//! The subsets of one size, numbered in lexicographic order of the pool.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

/// All subsets of `size` out of `of` members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subsets {
    of: usize,
    size: usize,
    count: u64,
}

impl Subsets {
    /// Nothing where there are more than 2⁶⁴ of them.
    pub(super) fn new(of: usize, size: usize) -> Option<Self> {
        Some(Self { of, size, count: binomial(of, size)? })
    }

    /// How many members each has.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many members there are.
    pub fn of(&self) -> usize {
        self.of
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The members of the subset with this number, ascending.
    pub fn members(&self, rank: u64) -> Vec<usize> {
        let (mut members, mut rest, mut member) = (Vec::with_capacity(self.size), rank, 0);
        while members.len() < self.size && member < self.of {
            let left = self.size - members.len() - 1;
            let with = binomial(self.of - member - 1, left).unwrap_or(u64::MAX);
            if rest < with {
                members.push(member);
            } else {
                rest -= with;
            }
            member += 1;
        }
        members
    }
}

/// How many subsets of `size` there are; nothing beyond 64 bits.
pub(super) fn binomial(of: usize, size: usize) -> Option<u64> {
    if size > of {
        return Some(0);
    }
    let mut count: u128 = 1;
    for i in 0..size.min(of - size) {
        // Exact: a product of i + 1 consecutive numbers is divisible by (i + 1)!.
        count = count * u128::try_from(of - i).ok()? / (u128::try_from(i).ok()? + 1);
        // The running binomials only grow.
        u64::try_from(count).ok()?;
    }
    u64::try_from(count).ok()
}

/// The number of subsets of all `sizes`, as a message shows it.
pub(super) fn shown(of: usize, sizes: &[usize]) -> String {
    /// Factors that are multiplied out; longer numbers would only be cut.
    const FACTORS: usize = 2000;
    if sizes.iter().any(|&size| size.min(of.saturating_sub(size)) > FACTORS) {
        return format!("more than 10^{FACTORS}");
    }
    let one = |&size: &usize| {
        (0..size.min(of - size)).fold(BigUint::from(1_u8), |count, i| count * (of - i) / (i + 1))
    };
    let count: BigUint = sizes.iter().map(one).sum();
    if let Some(count) = count.to_u64() {
        return grouped(count);
    }
    let digits = count.to_string();
    format!("{}.{}e{}", &digits[..1], &digits[1..3], digits.len() - 1)
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_subset_in_lexicographic_order() {
        let subsets = Subsets::new(6, 3).unwrap();
        let all: Vec<_> = (0..subsets.count()).map(|rank| subsets.members(rank)).collect();
        assert_eq!(all.len(), 20);
        assert!(all.is_sorted_by(|a, b| a < b));
        assert!(all.iter().all(|one| one.len() == 3 && one.is_sorted_by(|a, b| a < b)));
        assert_eq!(all[0], [0, 1, 2]);
        assert_eq!(all[19], [3, 4, 5]);
    }

    #[test]
    fn binomials_end_at_64_bits() {
        assert_eq!(binomial(50, 5), Some(2_118_760));
        assert_eq!(binomial(67, 33), Some(14_226_520_737_620_288_370));
        assert_eq!(binomial(68, 34), None);
        assert_eq!(binomial(usize::MAX, 2), None);
        assert_eq!(binomial(3, 4), Some(0));
    }

    #[test]
    fn numbers_of_subsets_are_readable() {
        assert_eq!(shown(50, &[5]), "2,118,760");
        assert_eq!(shown(200, &[100]), "9.05e58");
        assert_eq!(shown(1_000_000, &[500_000]), "more than 10^2000");
    }
}
