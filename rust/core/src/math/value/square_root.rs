//! The square root, by Newton's steps from the root of a machine word.

use astro_float::{BigFloat, Exponent, RoundingMode};

use super::elementary::{SPARE, shift};
use super::real::Precision;

const RM: RoundingMode = RoundingMode::None;
/// The bits of a first guess that are right.
const RIGHT_AT_FIRST: usize = 50;

/// The square root of a positive number: Newton's steps from that of the leading bits.
pub(super) fn sqrt(x: &BigFloat, precision: Precision) -> Option<BigFloat> {
    let bits = precision.bits() + SPARE;
    let size = x.exponent()?;
    let odd = size.rem_euclid(2);
    let mut mantissa = x.clone();
    mantissa.set_exponent(odd - 2);
    let mut inverse =
        inverse_root_of_leading_bits(x.mantissa_digits()?.last().copied()?, odd, bits);
    let mut right = RIGHT_AT_FIRST;
    while right < bits {
        // y + y (1 - m y²) / 2
        let square = inverse.mul(&inverse, bits, RM);
        let off = BigFloat::from_word(1, bits).sub(&mantissa.mul(&square, bits, RM), bits, RM);
        let mut step = inverse.mul(&off, bits, RM);
        shift(&mut step, -1);
        inverse = inverse.add(&step, bits, RM);
        right = 2 * right - 2;
    }
    let mut root = mantissa.mul(&inverse, bits, RM);
    shift(&mut root, (size - odd) / 2 + 1);
    Some(root)
}

/// `1/sqrt(m)` for the mantissa with these leading bits, in [1/4, 1): the roots of a machine
/// word are rounded alike on every machine.
#[expect(clippy::cast_precision_loss, reason = "the leading 53 bits are what is wanted")]
fn inverse_root_of_leading_bits(top: u64, odd: Exponent, bits: usize) -> BigFloat {
    let fraction = top as f64 / 18_446_744_073_709_551_616.0;
    let mantissa = if odd == 1 { fraction / 2.0 } else { fraction / 4.0 };
    BigFloat::from_f64(1.0 / mantissa.sqrt(), bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_of_a_root_is_its_number() {
        for number in [1_u64, 2, 3, 4, 5, 99, 1 << 40, u64::MAX] {
            for scale in [-7, -2, -1, 0, 1, 2, 64] {
                let mut x = BigFloat::from_u64(number, 448);
                shift(&mut x, scale);
                let root = sqrt(&x, Precision::Single).expect("a positive number");
                let off = root.mul(&root, 512, RM).sub(&x, 512, RM);
                let size = x.exponent().unwrap_or(0);
                assert!(off.is_zero() || off.exponent().is_some_and(|off| off < size - 440));
            }
        }
    }
}
