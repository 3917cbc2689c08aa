//! Exact rationals: small ones in machine words, larger ones as big integers, within a limit.

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedMul, One, Signed, ToPrimitive, Zero};

use crate::math::limits::{Budget, Limit};

/// The most bits that a numerator or denominator may have.
const MOST_BITS: u64 = 1 << 15;
/// The most bits that are brought to lowest terms: the greatest common divisor is quadratic.
const MOST_REDUCED: u64 = 1 << 12;
/// Roots of higher degrees are taken as balls.
const HIGHEST_ROOT: u32 = 64;
/// The largest number whose factorial is exact.
const LARGEST_FACTORIAL: u32 = 2_100;

/// A rational number in lowest terms; `Small` wherever it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exact {
    Small(Ratio<i64>),
    Big(Box<BigRational>),
}

type Result<T> = std::result::Result<T, Limit>;

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(value) => value.fmt(f),
            Self::Big(value) => value.fmt(f),
        }
    }
}

impl From<i64> for Exact {
    fn from(value: i64) -> Self {
        // -2^63 has no opposite in its own width.
        if value == i64::MIN { Self::from(BigInt::from(value)) } else { Self::Small(value.into()) }
    }
}

impl From<BigInt> for Exact {
    fn from(value: BigInt) -> Self {
        Self::from(BigRational::from_integer(value))
    }
}

impl From<BigRational> for Exact {
    fn from(value: BigRational) -> Self {
        let small = |part: &BigInt| part.to_i64().filter(|&part| part != i64::MIN);
        match (small(value.numer()), small(value.denom())) {
            (Some(above), Some(below)) => Self::Small(Ratio::new_raw(above, below)),
            _ => Self::Big(Box::new(value)),
        }
    }
}

fn bits(value: &BigRational) -> u64 {
    value.numer().bits().max(value.denom().bits())
}

/// Refuses what would have more bits than are kept; quotients have a lower limit.
fn within(bits: u64, quotient: bool, budget: &mut Budget) -> Result<()> {
    if bits > if quotient { MOST_REDUCED } else { MOST_BITS } {
        return Err(Limit::Digits);
    }
    let words = u32::try_from(bits / 64 + 1).unwrap_or(u32::MAX);
    // Common divisors take a step for every two bits.
    let steps = if quotient { 6 * words + 16 * words * words / 40 } else { words * words / 40 };
    budget.spend(1 + steps)
}

/// The product of the numbers up to `n`, as many at once as a machine word holds.
fn factorial(n: u64) -> BigInt {
    let (mut product, mut word) = (BigInt::one(), 1_u64);
    for factor in 2..=n {
        word = word.checked_mul(factor).unwrap_or_else(|| {
            product *= word;
            factor
        });
    }
    product * word
}

/// A small value times a big one: the small parts make the common divisors small as well.
fn scaled(small: &Ratio<i64>, big: &BigRational) -> Exact {
    let common = |part: i64, with: &BigInt| match part {
        0 => BigInt::one(),
        _ => BigInt::from(part).gcd(&(with % part)),
    };
    let (above, below) = (*small.numer(), *small.denom());
    if above == 0 {
        return Exact::from(0);
    }
    let (first, second) = (common(above, big.denom()), common(below, big.numer()));
    let numer = (BigInt::from(above) / &first) * (big.numer() / &second);
    let denom = (BigInt::from(below) / second) * (big.denom() / first);
    Exact::from(BigRational::new_raw(numer, denom))
}

impl Exact {
    /// The number that decimal digits write, scaled by a power of ten.
    pub(crate) fn decimal(digits: &str, decimals: usize) -> Option<Self> {
        let scale = i64::try_from(10_u64.checked_pow(u32::try_from(decimals).ok()?)?);
        if let (Ok(whole), Ok(scale)) = (digits.parse::<i64>(), scale) {
            return Some(Self::Small(Ratio::new(whole, scale)));
        }
        None
    }

    /// The same for any number of digits.
    pub(crate) fn long_decimal(digits: &str, decimals: usize) -> Option<Self> {
        let whole = BigInt::parse_bytes(digits.as_bytes(), 10)?;
        let scale = num_traits::pow(BigInt::from(10), decimals);
        Some(Self::from(BigRational::new(whole, scale)))
    }

    pub(crate) fn ratio(above: i64, below: i64) -> Option<Self> {
        (below != 0 && below != i64::MIN && above != i64::MIN)
            .then(|| Self::Small(Ratio::new(above, below)))
    }

    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Self::Small(value) if value.is_zero())
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Small(value) => value.is_negative(),
            Self::Big(value) => value.is_negative(),
        }
    }

    pub(crate) fn is_integer(&self) -> bool {
        match self {
            Self::Small(value) => value.is_integer(),
            Self::Big(value) => value.is_integer(),
        }
    }

    /// The value where it is a whole number of machine size.
    pub(crate) fn small_integer(&self) -> Option<i64> {
        match self {
            Self::Small(value) => value.is_integer().then(|| *value.numer()),
            Self::Big(_) => None,
        }
    }

    pub(crate) fn big(&self) -> BigRational {
        match self {
            Self::Small(value) => {
                BigRational::new_raw((*value.numer()).into(), (*value.denom()).into())
            }
            Self::Big(value) => (**value).clone(),
        }
    }

    /// The bits of the longer part.
    pub(crate) fn bits(&self) -> u64 {
        match self {
            Self::Small(value) => {
                let longer = value.numer().unsigned_abs() | value.denom().unsigned_abs();
                u64::from(64 - longer.leading_zeros())
            }
            Self::Big(value) => bits(value),
        }
    }

    /// The bits of the size of the value, or of its inverse.
    pub(crate) fn size_bits(&self) -> u64 {
        let value = self.big();
        value.numer().bits().abs_diff(value.denom().bits()) + 1
    }

    /// Numerator and denominator of a small value.
    pub(crate) fn small_parts(&self) -> Option<(i64, u32)> {
        match self {
            Self::Small(value) => Some((*value.numer(), u32::try_from(*value.denom()).ok()?)),
            Self::Big(_) => None,
        }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Small(value) => Self::Small(-value),
            Self::Big(value) => Self::from(-*value),
        }
    }

    pub(crate) fn plus(&self, other: &Self, budget: &mut Budget) -> Result<Self> {
        if let (Self::Small(a), Self::Small(b)) = (self, other)
            && let Some(sum) = a.checked_add(b)
            && *sum.numer() != i64::MIN
        {
            budget.spend(1)?;
            return Ok(Self::Small(sum));
        }
        let whole = self.is_integer() && other.is_integer();
        let bits = self.bits() + if whole { 1 } else { other.bits() + 1 };
        within(bits.max(other.bits()), !whole, budget)?;
        if whole {
            // Not by way of quotients, which look for a divisor in common with 1.
            return Ok(Self::from(self.big().numer() + other.big().numer()));
        }
        Ok(Self::from(self.big() + other.big()))
    }

    pub(crate) fn times(&self, other: &Self, budget: &mut Budget) -> Result<Self> {
        if let (Self::Small(a), Self::Small(b)) = (self, other)
            && let Some(product) = a.checked_mul(b)
            && *product.numer() != i64::MIN
        {
            budget.spend(1)?;
            return Ok(Self::Small(product));
        }
        match (self, other) {
            (Self::Small(small), Self::Big(big)) | (Self::Big(big), Self::Small(small)) => {
                within(self.bits() + other.bits(), false, budget)?;
                return Ok(scaled(small, big));
            }
            _ => {}
        }
        let whole = self.is_integer() && other.is_integer();
        within(self.bits() + other.bits(), !whole, budget)?;
        if whole {
            return Ok(Self::from(self.big().numer() * other.big().numer()));
        }
        Ok(Self::from(self.big() * other.big()))
    }

    /// One over the value.
    pub(crate) fn inverse(&self) -> Result<Self> {
        if self.is_zero() {
            return Err(Limit::Undefined);
        }
        Ok(match self {
            Self::Small(value) => Self::Small(value.recip()),
            // The parts stay coprime: nothing to reduce.
            Self::Big(value) => Self::from(value.recip()),
        })
    }

    /// A whole power.
    pub(crate) fn power(&self, exponent: i64, budget: &mut Budget) -> Result<Self> {
        if exponent < 0 {
            return self.power(exponent.checked_neg().ok_or(Limit::Digits)?, budget)?.inverse();
        }
        let unit = matches!(self, Self::Small(v) if v.is_integer() && v.numer().abs() <= 1);
        let exponent = u64::try_from(exponent).map_err(|_| Limit::Digits)?;
        if unit {
            let odd = exponent % 2 == 1;
            let value = self.small_integer().unwrap_or(1);
            return Ok(Self::from(if odd {
                value
            } else {
                (value * value).max(i64::from(exponent == 0))
            }));
        }
        within(self.bits().saturating_mul(exponent), false, budget)?;
        let exponent = usize::try_from(exponent).map_err(|_| Limit::Digits)?;
        let value = self.big();
        let power = |part: &BigInt| num_traits::pow(part.clone(), exponent);
        // Powers of coprime parts are coprime.
        Ok(Self::from(BigRational::new_raw(power(value.numer()), power(value.denom()))))
    }

    /// The real root where it is rational; of a negative number for odd degrees.
    pub(crate) fn root(&self, degree: u32, budget: &mut Budget) -> Option<Self> {
        let even = degree.is_multiple_of(2);
        // A root of a high degree is short, so its ball shows it, and Newton's steps are many.
        if degree == 0 || degree > HIGHEST_ROOT || self.is_negative() && even || self.bits() > 4_096
        {
            return None;
        }
        budget.spend(10 + u32::try_from(self.bits()).ok()? / 8).ok()?;
        let value = self.big();
        let root = |part: &BigInt| {
            let root = part.nth_root(degree);
            (num_traits::pow(root.clone(), degree as usize) == *part).then_some(root)
        };
        Some(Self::from(BigRational::new_raw(root(value.numer())?, root(value.denom())?)))
    }

    /// The factorial of a whole number.
    pub(crate) fn factorial(&self, budget: &mut Budget) -> Result<Self> {
        let n = self.small_integer().and_then(|n| u32::try_from(n).ok()).ok_or(Limit::Undefined)?;
        if n > LARGEST_FACTORIAL {
            return Err(Limit::Digits);
        }
        budget.spend(1 + n * n / 5_000)?;
        Ok(Self::from(factorial(n.into())))
    }

    /// The largest whole number not above the value.
    pub(crate) fn floor(&self) -> Self {
        match self {
            Self::Small(value) => Self::Small(value.floor()),
            Self::Big(value) => Self::from(value.floor()),
        }
    }

    /// The greatest common divisor of two whole numbers.
    pub(crate) fn gcd(&self, other: &Self) -> Option<Self> {
        let (a, b) = (self.small_integer()?, other.small_integer()?);
        Some(Self::from(a.gcd(&b)))
    }
}
