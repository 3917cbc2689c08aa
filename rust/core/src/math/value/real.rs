//! Real numbers as balls: a wide floating-point middle and a bound on its error.
//!
//! The arithmetic is of a crate, in software, the same on every machine. An error is kept as
//! its binary exponent: the true value lies within `2^error` of the middle.

use astro_float::{BigFloat, RoundingMode, Sign, Word};
use num_bigint::BigInt;

use super::elementary;
use super::exact::Exact;
use super::square_root;
use crate::math::limits::{Budget, Limit};

type Result<T> = std::result::Result<T, Limit>;

const RM: RoundingMode = RoundingMode::None;
/// Bits of each result that are not trusted.
const GUARD: i64 = 16;
/// The same for functions, against one rather than against their result.
const ABSOLUTE: i64 = 20;
/// Exponents beyond this are no answer that anybody writes.
const LARGEST_EXPONENT: i64 = 1 << 20;
/// The distance of exponents beyond which a rounded value shows no trace of an addend.
const COARSE: i64 = 150;
/// The same for a value that is rounded finely.
const FINE: i64 = 640;
/// No error at all.
const EXACT: i64 = i64::MIN / 4;

/// The bits of every middle: the first try, and a second one for what cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    Single,
    Double,
}

impl Precision {
    pub(crate) const fn bits(self) -> usize {
        match self {
            Self::Single => 448,
            Self::Double => 1_088,
        }
    }

    /// The factor in price against the first try.
    const fn price(self) -> u32 {
        match self {
            Self::Single => 1,
            Self::Double => 3,
        }
    }
}

/// A middle and the exponent of its error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Real {
    mid: BigFloat,
    error: i64,
}

/// The functions of one argument that all others are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elementary {
    Exp,
    Ln,
    Sin,
    Cos,
    Atan,
}

/// How to compute: how wide, and what may still be spent.
#[derive(Debug)]
pub(crate) struct Machine<'b> {
    pub(crate) precision: Precision,
    pub(crate) budget: &'b mut Budget,
    /// Whether an addend was so small that only a fine rounding shows it.
    pub(crate) fine: bool,
    /// Functions that were computed: an answer often holds one more than once.
    pub(crate) seen: Vec<(Elementary, Real, Real)>,
}

impl<'b> Machine<'b> {
    pub(crate) const fn new(budget: &'b mut Budget, precision: Precision) -> Self {
        Self { precision, budget, fine: false, seen: Vec::new() }
    }
}

impl Machine<'_> {
    pub(crate) fn spend(&mut self, units: u32) -> Result<()> {
        self.budget.spend(units * self.precision.price())
    }

    fn bits(&self) -> usize {
        self.precision.bits()
    }
}

impl Real {
    pub(crate) fn zero(m: &Machine<'_>) -> Self {
        Self { mid: BigFloat::new(m.bits()), error: EXACT }
    }

    pub(crate) fn whole(value: i64, m: &Machine<'_>) -> Self {
        Self { mid: BigFloat::from_i64(value, m.bits()), error: EXACT }
    }

    /// The ball around a rational number.
    pub(crate) fn from_exact(value: &Exact, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(whole) = value.small_integer() {
            return Ok(Self::whole(whole, m));
        }
        let value = value.big();
        let above = Self::from_integer(value.numer(), m);
        above.over(&Self::from_integer(value.denom(), m), m)
    }

    fn from_integer(value: &BigInt, m: &Machine<'_>) -> Self {
        let (sign, words) = value.to_u64_digits();
        if words.is_empty() {
            return Self::zero(m);
        }
        let sign = if sign == num_bigint::Sign::Minus { Sign::Neg } else { Sign::Pos };
        let bits = i32::try_from(words.len() * 64).unwrap_or(i32::MAX);
        let words: Vec<Word> = words;
        let mut mid = BigFloat::from_words(&words, sign, bits);
        let longer = mid.mantissa_max_bit_len().unwrap_or(0) > m.bits();
        let error = if longer { exponent(&mid) - bits_as_exponent(m) } else { EXACT };
        // Refused only for a lack of memory; then the number stays as long as it is.
        let _ = mid.set_precision(m.bits(), RM);
        Self { mid, error }
    }

    pub(crate) fn pi(m: &mut Machine<'_>) -> Result<Self> {
        m.spend(1)?;
        Self::rounded(elementary::pi(m.precision).ok_or(Limit::Operations)?, EXACT, m)
    }

    pub(crate) fn e(m: &mut Machine<'_>) -> Result<Self> {
        Self::whole(1, m).apply(Elementary::Exp, m)
    }

    /// A result of the crate: its own rounding on top of `error`, and within the range.
    fn rounded(mid: BigFloat, error: i64, m: &Machine<'_>) -> Result<Self> {
        if mid.is_nan() || mid.is_inf() {
            return Err(Limit::Magnitude);
        }
        if mid.is_zero() {
            return Ok(Self { mid, error });
        }
        let size = exponent(&mid);
        if size.abs() > LARGEST_EXPONENT {
            return Err(Limit::Magnitude);
        }
        let own = size - bits_as_exponent(m) + GUARD;
        Ok(Self { mid, error: error.max(own) + i64::from(error > EXACT) })
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.mid.is_zero()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.mid.is_negative()
    }

    /// The binary exponent of the middle: it lies below `2^exponent`.
    pub(crate) fn exponent(&self) -> i64 {
        if self.is_zero() { EXACT } else { exponent(&self.mid) }
    }

    /// The leading bits that are certain.
    pub(crate) fn accuracy(&self) -> i64 {
        self.exponent() - self.error
    }

    /// Zero, as wide as this.
    pub(crate) fn nothing(&self) -> Self {
        Self { mid: BigFloat::new(self.mid.mantissa_max_bit_len().unwrap_or(64)), error: EXACT }
    }

    pub(crate) fn middle(&self) -> &BigFloat {
        &self.mid
    }

    pub(crate) fn mantissa(&self) -> &[Word] {
        self.mid.mantissa_digits().unwrap_or(&[])
    }

    pub(crate) fn negated(&self) -> Self {
        Self { mid: self.mid.neg(), error: self.error }
    }

    pub(crate) fn abs(&self) -> Self {
        if self.is_negative() { self.negated() } else { self.clone() }
    }

    /// The sum; zero where nothing but the error is left of it.
    pub(crate) fn plus(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        m.spend(1)?;
        if other.is_zero() {
            return Ok(self.clone());
        }
        if self.is_zero() {
            return Ok(other.clone());
        }
        let larger = self.exponent().max(other.exponent());
        // What lies below the last bits that count would be lost unseen.
        let distance = (self.exponent() - other.exponent()).abs();
        if distance > COARSE {
            if m.precision == Precision::Single || distance > FINE {
                return Err(Limit::Precision);
            }
            m.fine = true;
        }
        let sum = self.mid.add(&other.mid, m.bits(), RM);
        let error = self.error.max(other.error) + 1;
        let floor = larger - bits_as_exponent(m) + GUARD;
        let gone = sum.is_zero() || exponent(&sum) < error.max(floor) + 1;
        if gone {
            return Ok(Self::zero(m));
        }
        Self::rounded(sum, error.max(floor), m)
    }

    pub(crate) fn minus(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        self.plus(&other.negated(), m)
    }

    pub(crate) fn times(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        m.spend(1)?;
        if self.is_zero() || other.is_zero() {
            return Ok(Self::zero(m));
        }
        let error = (self.exponent() + other.error).max(other.exponent() + self.error) + 1;
        Self::rounded(self.mid.mul(&other.mid, m.bits(), RM), error.max(EXACT), m)
    }

    pub(crate) fn over(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        m.spend(3)?;
        if other.is_zero() {
            return Err(Limit::Undefined);
        }
        if self.is_zero() {
            return Ok(Self::zero(m));
        }
        let mid = self.mid.div(&other.mid, m.bits(), RM);
        let relative = (-self.accuracy()).max(-other.accuracy());
        let size = self.exponent() - other.exponent() + 1;
        Self::rounded(mid, (relative + size + 2).max(EXACT), m)
    }

    /// The square root of what is not negative.
    pub(crate) fn sqrt(&self, m: &mut Machine<'_>) -> Result<Self> {
        m.spend(20)?;
        if self.is_zero() {
            return Ok(Self::zero(m));
        }
        let mid = square_root::sqrt(&self.mid, m.precision).ok_or(Limit::Operations)?;
        let error = exponent(&mid) - self.accuracy() + 1;
        Self::rounded(mid, error.max(EXACT), m)
    }

    /// A whole power, by squaring.
    pub(crate) fn power(&self, exponent: u32, m: &mut Machine<'_>) -> Result<Self> {
        let mut result = Self::whole(1, m);
        for at in (0..32 - exponent.leading_zeros()).rev() {
            result = result.times(&result, m)?;
            if exponent >> at & 1 == 1 {
                result = result.times(self, m)?;
            }
        }
        Ok(result)
    }

    /// A function of the value; sine and cosine come together.
    pub(crate) fn apply(&self, function: Elementary, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(known) = self.at_zero(function, m) {
            return known;
        }
        if let Some(known) = self.seen(function, m) {
            return Ok(known);
        }
        m.spend(function.price())?;
        if self.exponent() > function.largest_argument() {
            return Err(Limit::Magnitude);
        }
        let own = |error: i64| (error + 1).max(ABSOLUTE - bits_as_exponent(m));
        let (precision, x) = (m.precision, &self.mid);
        match function {
            Elementary::Exp => {
                let mid = elementary::exp(x, precision).ok_or(Limit::Operations)?;
                let error = own(self.error) + exponent(&mid);
                self.keep(function, mid, error, m)
            }
            Elementary::Ln => {
                let mid = elementary::ln(x, precision).ok_or(Limit::Operations)?;
                self.keep(function, mid, own(-self.accuracy()), m)
            }
            Elementary::Atan => {
                let mid = elementary::atan(x, precision).ok_or(Limit::Operations)?;
                self.keep(function, mid, own(self.error), m)
            }
            Elementary::Sin | Elementary::Cos => {
                let both = elementary::sin_cos(x, precision).ok_or(Limit::Operations)?;
                let error = own(self.error);
                let sine = self.keep(Elementary::Sin, both.0, error, m)?;
                let cosine = self.keep(Elementary::Cos, both.1, error, m)?;
                Ok(if function == Elementary::Sin { sine } else { cosine })
            }
        }
    }

    fn seen(&self, function: Elementary, m: &Machine<'_>) -> Option<Self> {
        let known = |(other, at, _): &&(Elementary, Self, Self)| *other == function && at == self;
        m.seen.iter().find(known).map(|(_, _, result)| result.clone())
    }

    /// Remembers a result; zero where nothing but its error is left.
    fn keep(
        &self,
        function: Elementary,
        mid: BigFloat,
        error: i64,
        m: &mut Machine<'_>,
    ) -> Result<Self> {
        let gone = mid.is_zero() || exponent(&mid) < error + 1;
        let result = if gone { Self::zero(m) } else { Self::rounded(mid, error, m)? };
        m.seen.push((function, self.clone(), result.clone()));
        Ok(result)
    }

    fn at_zero(&self, function: Elementary, m: &Machine<'_>) -> Option<Result<Self>> {
        if !self.is_zero() {
            let negative = function == Elementary::Ln && self.is_negative();
            return negative.then_some(Err(Limit::Undefined));
        }
        Some(match function {
            Elementary::Exp | Elementary::Cos => Ok(Self::whole(1, m)),
            Elementary::Sin | Elementary::Atan => Ok(Self::zero(m)),
            Elementary::Ln => Err(Limit::Undefined),
        })
    }

    /// The value where it is a small whole number without error.
    pub(crate) fn whole_value(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let exponent =
            u32::try_from(self.exponent()).ok().filter(|exponent| (1..=62).contains(exponent))?;
        let top = self.mantissa().last()? >> (64 - exponent);
        let size = i64::try_from(top).ok()?;
        Some(if self.is_negative() { -size } else { size })
    }

    /// The largest whole number not above a value that is no whole number itself.
    pub(crate) fn floor(&self, m: &mut Machine<'_>) -> Result<Self> {
        m.spend(2)?;
        if self.exponent() > 128 {
            return Err(Limit::Precision);
        }
        // A ball around a whole number has no certain floor.
        let nearest = self.mid.round(0, RoundingMode::ToEven);
        let off = self.mid.sub(&nearest, m.bits(), RM);
        if off.is_zero() || exponent(&off) <= self.error + 1 {
            return Ok(Self { mid: nearest, error: EXACT });
        }
        Ok(Self { mid: self.mid.floor(), error: EXACT })
    }
}

impl Elementary {
    const fn price(self) -> u32 {
        match self {
            Self::Exp => 60,
            Self::Sin | Self::Cos => 90,
            Self::Ln | Self::Atan => 80,
        }
    }

    /// Larger arguments would be reduced at length, or overflow.
    const fn largest_argument(self) -> i64 {
        match self {
            Self::Exp => 20,
            Self::Sin | Self::Cos => 56,
            Self::Ln | Self::Atan => LARGEST_EXPONENT,
        }
    }
}

fn exponent(mid: &BigFloat) -> i64 {
    mid.exponent().map_or(0, i64::from)
}

fn bits_as_exponent(m: &Machine<'_>) -> i64 {
    i64::try_from(m.bits()).unwrap_or(0)
}
