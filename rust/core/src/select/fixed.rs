//! Logarithms as integers, the same on every machine and in every language.

/// The fractional bits of a logarithm.
pub(super) const BITS: u32 = 16;
/// The fractional bits of a mantissa.
const MANTISSA: u32 = 63;

/// `2^BITS · log2(num / den)`, rounded down but for the last place; both from 1 to 2⁶².
///
/// The steps are the definition: the reference in Python takes the same ones. The quotient is
/// brought to a mantissa from 1 to below 2, whose square says the next bit; mantissas are cut
/// off after 63 bits.
pub(super) fn log2(num: u64, den: u64) -> i64 {
    let (num, den) = (u128::from(num), u128::from(den));
    let mut exponent = i64::from(num.ilog2()) - i64::from(den.ilog2());
    let shift = exponent.unsigned_abs();
    let below = if exponent < 0 { num << shift < den } else { num < den << shift };
    exponent -= i64::from(below);
    let mut mantissa = (num << (i64::from(MANTISSA) - exponent)) / den;
    let mut log = exponent;
    for _ in 0..BITS {
        mantissa = (mantissa * mantissa) >> MANTISSA;
        let bit = mantissa >> (MANTISSA + 1);
        mantissa >>= bit;
        log = 2 * log + i64::from(bit == 1);
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_exact() {
        for exponent in 0..62 {
            assert_eq!(log2(1 << exponent, 1), i64::from(exponent) << BITS);
            assert_eq!(log2(1, 1 << exponent), -(i64::from(exponent) << BITS));
        }
    }

    #[test]
    fn other_quotients_are_those_of_the_reference() {
        // floor(2^16 · log2(x)) by wide arithmetic.
        for (num, den, expected) in
            [(3, 1, 103_872), (1, 3, -103_873), (10, 7, 33_723), ((1 << 62) - 1, 1 << 61, 65_535)]
        {
            assert_eq!(log2(num, den), expected, "{num}/{den}");
        }
    }
}
