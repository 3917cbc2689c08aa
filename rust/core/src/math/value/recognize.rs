//! Rational recognition: a ball around a simple fraction is that fraction.
//!
//! A ball of 300 certain bits holds a fraction of at most 120 bits by chance with a probability
//! below 2^-170; continued fractions find the only candidate.

use astro_float::{BigFloat, RoundingMode, Sign};
use num_bigint::{BigInt, BigUint};

use super::exact::Exact;
use super::machine::Machine;
use super::real::{CERTAIN, Real};
use crate::math::limits::Limit;

const LARGEST_DENOMINATOR: u128 = 1 << 48;
/// Fractions below `2^this`, and whole numbers below the other.
const FRACTION_EXPONENT: i64 = 70;
const WHOLE_EXPONENT: i64 = 200;
const SMALLEST_EXPONENT: i64 = -60;
/// What a remainder of 128 bits is that stands for none.
const NOTHING: u128 = 1 << 72;

/// The fraction in the ball, where there is one within the limits.
pub(crate) fn recognize(value: &Real, m: &mut Machine<'_>) -> Result<Option<Exact>, Limit> {
    m.spend(10)?;
    if value.is_zero() {
        return Ok(Some(Exact::from(0)));
    }
    if value.accuracy() < CERTAIN {
        return Err(Limit::Precision);
    }
    let exponent = value.exponent();
    if !(SMALLEST_EXPONENT..=WHOLE_EXPONENT).contains(&exponent) {
        return Ok(None);
    }
    let scaled = scaled(value.mantissa(), exponent);
    let fraction = low(&scaled);
    let denominator = if exponent > FRACTION_EXPONENT {
        is_whole(fraction).then_some(1)
    } else {
        denominator(fraction)
    };
    let Some(below) = denominator else { return Ok(None) };
    let half = BigUint::from(1_u8) << 127;
    let above: BigUint = (scaled * below + half) >> 128;
    let above = BigInt::from(above);
    if !is_near(value, &above, below, m) {
        return Ok(None);
    }
    let below = Exact::from(BigInt::from(below)).inverse()?;
    let above = Exact::from(if value.is_negative() { -above } else { above });
    above.times(&below, m.budget).map(Some)
}

/// The size of the value times `2^128`, without what is left behind the point.
fn scaled(mantissa: &[u64], exponent: i64) -> BigUint {
    let digits = mantissa.iter().flat_map(|word| {
        [u32::try_from(word & 0xffff_ffff).unwrap_or(0), u32::try_from(word >> 32).unwrap_or(0)]
    });
    let whole = BigUint::new(digits.collect());
    let length = i64::try_from(mantissa.len() * 64).unwrap_or(0);
    whole >> u64::try_from(length - exponent - 128).unwrap_or(0)
}

fn low(scaled: &BigUint) -> u128 {
    let mut digits = scaled.iter_u64_digits();
    let first = digits.next().unwrap_or(0);
    u128::from(digits.next().unwrap_or(0)) << 64 | u128::from(first)
}

/// Whether hardly anything is left beside whole numbers.
fn is_whole(fraction: u128) -> bool {
    !(NOTHING..=u128::MAX - NOTHING).contains(&fraction)
}

/// The smallest denominator whose multiple of `fraction / 2^128` is as good as whole.
fn denominator(fraction: u128) -> Option<u128> {
    if is_whole(fraction) {
        return Some(1);
    }
    let quotient = u128::MAX / fraction;
    let mut pair = (fraction, 0_u128.wrapping_sub(quotient.wrapping_mul(fraction)));
    let (mut before, mut found) = (1_u128, quotient);
    while found <= LARGEST_DENOMINATOR {
        if pair.1 < NOTHING || pair.0 - pair.1 < NOTHING {
            let last = if pair.1 < NOTHING { found } else { found + before };
            return Some(last).filter(|&last| last <= LARGEST_DENOMINATOR);
        }
        let quotient = pair.0 / pair.1;
        pair = (pair.1, pair.0 % pair.1);
        (before, found) = (found, quotient.checked_mul(found)?.checked_add(before)?);
    }
    None
}

/// Whether the value is `above / below` in all of its certain bits.
fn is_near(value: &Real, above: &BigInt, below: u128, m: &Machine<'_>) -> bool {
    let bits = m.precision.bits();
    let words: Vec<u64> = above.magnitude().to_u64_digits();
    let exponent = i32::try_from(words.len() * 64).unwrap_or(i32::MAX);
    let wanted = BigFloat::from_words(&words, Sign::Pos, exponent);
    let below = BigFloat::from_u128(below, bits);
    let product = value.abs().middle().mul(&below, bits, RoundingMode::None);
    let off = product.sub(&wanted, bits, RoundingMode::None);
    let size = product.exponent().map_or(0, i64::from);
    off.is_zero() || off.exponent().is_some_and(|off| i64::from(off) <= size - CERTAIN + 4)
}
