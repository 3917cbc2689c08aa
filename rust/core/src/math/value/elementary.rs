//! exp, ln, sin, cos and arctan in a few microseconds at one of two widths.
//!
//! The crate's own functions are right to the last bit at any width and take five times as
//! long; here they only fill the tables. Each argument is reduced by a table or a multiple of
//! a constant, its Taylor series is added up, and the reduction is undone; 64 bits more than
//! are kept absorb the rounding on the way.

use std::cell::RefCell;

use astro_float::{BigFloat, Consts, Exponent, RoundingMode};

use super::real::Precision;

const RM: RoundingMode = RoundingMode::None;
/// Bits that are computed beyond those that are kept.
pub(super) const SPARE: usize = 64;
/// The nodes of the tables between 0 and 1.
const NODES: i64 = 64;
/// Halvings before the series of the exponential and of the cosine, for both widths.
const HALVINGS: [(Exponent, Exponent); 2] = [(20, 10), (32, 20)];

/// What the functions need of constants, at one width.
struct Tables {
    bits: usize,
    constants: Consts,
    halvings: (Exponent, Exponent),
    pi: BigFloat,
    ln2: BigFloat,
    /// 1/n!.
    inverse_factorials: Vec<BigFloat>,
    /// 1/(2n + 1).
    inverse_odds: Vec<BigFloat>,
    /// ln((64 + n)/128).
    logarithms: Vec<Option<BigFloat>>,
    /// arctan((2n + 1)/128).
    angles: Vec<Option<BigFloat>>,
}

thread_local! {
    static TABLES: [RefCell<Option<Tables>>; 2] = const { [RefCell::new(None), RefCell::new(None)] };
}

/// Runs `work` on the tables of a width; nothing where memory fails.
fn with<T>(precision: Precision, work: impl FnOnce(&mut Tables) -> T) -> Option<T> {
    let place = usize::from(precision == Precision::Double);
    TABLES.with(|tables| {
        let mut tables = tables[place].borrow_mut();
        if tables.is_none() {
            *tables = Tables::new(precision.bits() + SPARE, HALVINGS[place]);
        }
        tables.as_mut().map(work)
    })
}

/// `e^x` for an argument below `2^20`.
pub(super) fn exp(x: &BigFloat, precision: Precision) -> Option<BigFloat> {
    with(precision, |tables| tables.exp(x))
}

/// The natural logarithm of a positive number.
pub(super) fn ln(x: &BigFloat, precision: Precision) -> Option<BigFloat> {
    with(precision, |tables| tables.ln(x)).flatten()
}

/// Sine and cosine of an argument below `2^60`.
pub(super) fn sin_cos(x: &BigFloat, precision: Precision) -> Option<(BigFloat, BigFloat)> {
    with(precision, |tables| tables.sin_cos(x))
}

/// The angle whose tangent is `x`.
pub(super) fn atan(x: &BigFloat, precision: Precision) -> Option<BigFloat> {
    with(precision, |tables| tables.atan(x)).flatten()
}

/// `pi`, with the spare bits.
pub(super) fn pi(precision: Precision) -> Option<BigFloat> {
    with(precision, |tables| tables.pi.clone())
}

impl Tables {
    fn new(bits: usize, halvings: (Exponent, Exponent)) -> Option<Self> {
        let mut constants = Consts::new().ok()?;
        // Multiples of these are taken off arguments of 60 bits.
        let (pi, ln2) = (constants.pi(bits + SPARE, RM), constants.ln_2(bits + SPARE, RM));
        let one = BigFloat::from_word(1, bits);
        let mut inverse_factorials = vec![one.clone()];
        while let Some(last) = inverse_factorials.last()
            && last.exponent().is_some_and(|size| size > -EXPONENT_OF_LAST_FACTORIAL)
        {
            let next = BigFloat::from_u64(inverse_factorials.len() as u64, bits);
            inverse_factorials.push(last.div(&next, bits, RM));
        }
        let odd = |n: usize| one.div(&BigFloat::from_u64(2 * n as u64 + 1, bits), bits, RM);
        let inverse_odds = (0..bits / 14 + 2).map(odd).collect();
        let empty = || vec![None; usize::try_from(NODES).unwrap_or(0)];
        let (logarithms, angles) = (empty(), empty());
        Some(Self {
            bits,
            constants,
            halvings,
            pi,
            ln2,
            inverse_factorials,
            inverse_odds,
            logarithms,
            angles,
        })
    }

    fn mul(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.mul(b, self.bits, RM)
    }

    fn add(&self, a: &BigFloat, b: &BigFloat) -> BigFloat {
        a.add(b, self.bits, RM)
    }

    fn whole(&self, value: i64) -> BigFloat {
        BigFloat::from_i64(value, self.bits)
    }

    /// `Σ coefficients[n] xⁿ` from the highest term down; `skip` leaves out terms in between.
    fn series(
        &self,
        x: &BigFloat,
        first: usize,
        skip: usize,
        terms: usize,
        signs: i64,
    ) -> BigFloat {
        let coefficient = |n: usize| &self.inverse_factorials[first + skip * n];
        let mut total = coefficient(terms).clone();
        for n in (0..terms).rev() {
            let next = self.mul(&total, x);
            let next = if signs < 0 { next.neg() } else { next };
            total = self.add(&next, coefficient(n));
        }
        total
    }

    /// The terms of the exponential series that reach the last bit for `x < 2^-size`.
    fn terms(&self, size: Exponent, skip: usize) -> usize {
        let bits = Exponent::try_from(self.bits).unwrap_or(Exponent::MAX);
        let reached = |n: &usize| {
            let power = size * Exponent::try_from(n.div_ceil(skip)).unwrap_or(0);
            power - self.inverse_factorials[*n].exponent().unwrap_or(0) > bits
        };
        let last = self.inverse_factorials.len() - 1;
        (skip..last).step_by(skip).find(reached).unwrap_or(last - last % skip) / skip
    }

    fn exp(&self, x: &BigFloat) -> BigFloat {
        let times = nearest(&x.div(&self.ln2, self.bits, RM));
        let wide = self.bits + SPARE;
        let mut rest = x.sub(&self.ln2.mul(&BigFloat::from_i64(times, wide), wide, RM), wide, RM);
        let (halvings, _) = self.halvings;
        shift(&mut rest, -halvings);
        let mut result = self.series(&rest, 0, 1, self.terms(halvings + 1, 1), 1);
        for _ in 0..halvings {
            result = self.mul(&result, &result);
        }
        shift(&mut result, Exponent::try_from(times).unwrap_or(0));
        result
    }

    fn sin_cos(&self, x: &BigFloat) -> (BigFloat, BigFloat) {
        let mut quarter = self.pi.clone();
        shift(&mut quarter, -1);
        let turns = nearest(&x.div(&quarter, self.bits, RM));
        let wide = self.bits + SPARE;
        let mut rest = x.sub(&quarter.mul(&BigFloat::from_i64(turns, wide), wide, RM), wide, RM);
        let (_, halvings) = self.halvings;
        shift(&mut rest, -halvings);
        let (sine, cosine) = self.of_small_angle(&rest, halvings);
        match turns.rem_euclid(4) {
            0 => (sine, cosine),
            1 => (cosine, sine.neg()),
            2 => (sine.neg(), cosine.neg()),
            _ => (cosine.neg(), sine),
        }
    }

    /// Sine and cosine of `angle · 2^doublings`.
    fn of_small_angle(&self, angle: &BigFloat, doublings: Exponent) -> (BigFloat, BigFloat) {
        let square = self.mul(angle, angle);
        let terms = self.terms(2 * doublings, 2);
        let mut sine = self.mul(angle, &self.series(&square, 1, 2, terms - 1, -1));
        // The cosine less one: doubling it cancels nothing.
        let mut versed = self.mul(&square, &self.series(&square, 2, 2, terms - 1, -1)).neg();
        let one = self.whole(1);
        for _ in 0..doublings {
            sine = self.mul(&sine, &self.add(&versed, &one));
            shift(&mut sine, 1);
            let sum = self.add(&versed, &self.whole(2));
            versed = self.mul(&versed, &sum);
            shift(&mut versed, 1);
        }
        (sine, self.add(&versed, &one))
    }

    /// `artanh z` or `arctan z` for a small `z`: `Σ (±z²)ⁿ z/(2n + 1)`.
    fn odd_series(&self, z: &BigFloat, signs: i64) -> BigFloat {
        let square = self.mul(z, z);
        let size = square.exponent().map_or(0, |size| -i64::from(size)).max(1);
        let bits = i64::try_from(self.bits).unwrap_or(i64::MAX);
        let last = self.inverse_odds.len() - 1;
        let terms = usize::try_from(bits / size + 1).unwrap_or(last).min(last);
        let mut total = self.inverse_odds[terms].clone();
        for n in (0..terms).rev() {
            let next = self.mul(&total, &square);
            let next = if signs < 0 { next.neg() } else { next };
            total = self.add(&next, &self.inverse_odds[n]);
        }
        self.mul(z, &total)
    }

    fn ln(&mut self, x: &BigFloat) -> Option<BigFloat> {
        let size = x.exponent()?;
        let mut mantissa = x.clone();
        mantissa.set_exponent(0);
        let top = x.mantissa_digits()?.last()?;
        let node = i64::try_from(top >> 57).ok()? - NODES;
        let center = self.fraction(NODES + node);
        let above = mantissa.sub(&center, self.bits, RM);
        let mut result = if above.is_zero() {
            above
        } else {
            self.odd_series(&above.div(&self.add(&mantissa, &center), self.bits, RM), 1)
        };
        if !result.is_zero() {
            shift(&mut result, 1);
        }
        let table = self.logarithm(node)?;
        let powers = self.mul(&self.ln2, &self.whole(i64::from(size)));
        Some(self.add(&self.add(&result, &table), &powers))
    }

    fn atan(&mut self, x: &BigFloat) -> Option<BigFloat> {
        if x.is_negative() {
            return self.atan(&x.neg()).map(|angle| angle.neg());
        }
        if x.exponent()? > 0 {
            let inverse = self.whole(1).div(x, self.bits, RM);
            let mut quarter = self.pi.clone();
            shift(&mut quarter, -1);
            return Some(quarter.sub(&self.unit_atan(&inverse)?, self.bits, RM));
        }
        self.unit_atan(x)
    }

    /// The angle for a tangent within [0, 1].
    fn unit_atan(&mut self, x: &BigFloat) -> Option<BigFloat> {
        if x.exponent()? < -6 {
            return Some(self.odd_series(x, -1));
        }
        let top = x.mantissa_digits()?.last()? >> 1;
        let node = i64::try_from(top >> (57 - x.exponent()?)).ok()?.min(NODES - 1);
        let center = self.fraction(2 * node + 1);
        let above = x.sub(&center, self.bits, RM);
        let angle = self.angle(node)?;
        if above.is_zero() {
            return Some(angle);
        }
        let below = self.add(&self.whole(1), &self.mul(x, &center));
        Some(self.add(&angle, &self.odd_series(&above.div(&below, self.bits, RM), -1)))
    }

    /// `n / 128`.
    fn fraction(&self, n: i64) -> BigFloat {
        let mut value = self.whole(n);
        shift(&mut value, -7);
        value
    }

    fn logarithm(&mut self, node: i64) -> Option<BigFloat> {
        let center = self.fraction(NODES + node);
        let place = self.logarithms.get_mut(usize::try_from(node).ok()?)?;
        let (bits, constants) = (self.bits, &mut self.constants);
        Some(place.get_or_insert_with(|| center.ln(bits, RM, constants)).clone())
    }

    fn angle(&mut self, node: i64) -> Option<BigFloat> {
        let center = self.fraction(2 * node + 1);
        let place = self.angles.get_mut(usize::try_from(node).ok()?)?;
        let (bits, constants) = (self.bits, &mut self.constants);
        Some(place.get_or_insert_with(|| center.atan(bits, RM, constants)).clone())
    }
}

/// No series needs a smaller 1/n!.
const EXPONENT_OF_LAST_FACTORIAL: Exponent = 420;

/// Times `2^by`.
pub(super) fn shift(value: &mut BigFloat, by: Exponent) {
    if let Some(size) = value.exponent().filter(|_| !value.is_zero()) {
        value.set_exponent(size + by);
    }
}

/// The nearest whole number to a value below `2^62`.
fn nearest(value: &BigFloat) -> i64 {
    let size = value.exponent().unwrap_or(0);
    let top = value.mantissa_digits().and_then(|words| words.last()).copied().unwrap_or(0);
    let size = match u32::try_from(size) {
        Ok(size) if size < 63 && !value.is_zero() => size,
        _ => return 0,
    };
    let doubled = if size == 0 { top >> 63 } else { top >> (63 - size) };
    let rounded = i64::try_from(doubled.div_ceil(2)).unwrap_or(0);
    if value.is_negative() { -rounded } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITS: usize = 448;

    fn value(text: &str) -> BigFloat {
        let mut constants = Consts::new().expect("memory");
        BigFloat::parse(text, astro_float::Radix::Dec, BITS, RM, &mut constants)
    }

    /// Whether two values agree in all but a few of the bits that are kept.
    fn agree(ours: &BigFloat, theirs: &BigFloat) -> bool {
        let off = ours.sub(theirs, BITS, RM);
        let size = theirs.exponent().unwrap_or(0).max(0);
        off.is_zero() || off.exponent().is_some_and(|off| off < size - 440)
    }

    #[test]
    fn the_functions_are_those_of_the_crate() {
        let mut constants = Consts::new().expect("memory");
        for text in [
            "0.1",
            "0.5",
            "0.75",
            "1",
            "1.0000001",
            "0.9999999",
            "1.5",
            "2",
            "3.14159",
            "7.25",
            "10",
            "123.456",
            "0.015625",
            "0.0000123",
            "99999.5",
            "0.0078125",
            "1e-30",
            "1e15",
        ] {
            for negative in [false, true] {
                let x = if negative { value(text).neg() } else { value(text) };
                let (sine, cosine) = sin_cos(&x, Precision::Single).expect("memory");
                assert!(agree(&sine, &x.sin(BITS, RM, &mut constants)), "sin {text}");
                assert!(agree(&cosine, &x.cos(BITS, RM, &mut constants)), "cos {text}");
                let angle = atan(&x, Precision::Single).expect("memory");
                assert!(agree(&angle, &x.atan(BITS, RM, &mut constants)), "atan {text}");
                if x.exponent().is_some_and(|size| size < 20) {
                    let ours = exp(&x, Precision::Single).expect("memory");
                    let theirs = x.exp(BITS, RM, &mut constants);
                    assert!(agree(&ours, &theirs), "exp {text}");
                }
                if !negative {
                    let ours = ln(&x, Precision::Single).expect("memory");
                    assert!(agree(&ours, &x.ln(BITS, RM, &mut constants)), "ln {text}");
                }
            }
        }
    }
}
