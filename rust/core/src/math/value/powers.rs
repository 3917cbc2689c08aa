//! Powers and roots: exact where they can be, real for odd roots of negative numbers.

use super::complex::Complex;
use super::evaluate::{Evaluation, MODERATE, Result, Value};
use super::exact::Exact;
use super::real::Real;
use crate::math::limits::Limit;
use crate::math::tree::{Constant, Node};

impl Evaluation<'_> {
    pub(super) fn power(&mut self, base: &Node, exponent: &Node) -> Result<Value> {
        // e^x is the exponential, not a power of a rounded number.
        if *base == Node::Constant(Constant::E) {
            let exponent = self.ball(exponent)?;
            return Ok(Value::Ball(exponent.exp(&mut self.machine)?));
        }
        let exponent = self.value(exponent)?;
        let base = self.value(base)?;
        match &exponent {
            Value::Exact(power) => self.rational_power(&base, power),
            Value::Ball(power) => {
                let base = self.as_ball(&base)?;
                Ok(Value::Ball(base.power(power, &mut self.machine)?))
            }
        }
    }

    pub(super) fn rational_power(&mut self, base: &Value, power: &Exact) -> Result<Value> {
        let Some(whole) = power.small_integer() else { return self.fractional_power(base, power) };
        if let Value::Exact(base) = base {
            if whole <= 0 && base.is_zero() {
                return Err(Limit::Undefined);
            }
            let size = base.size_bits().saturating_mul(whole.unsigned_abs());
            match base.power(whole, self.machine.budget) {
                Err(Limit::Digits) if size < MODERATE => {}
                result => return result.map(Value::Exact),
            }
        }
        let times = u32::try_from(whole.unsigned_abs()).map_err(|_| Limit::Magnitude)?;
        let base = self.as_ball(base)?;
        let result = Value::Ball(base.whole_power(times, &mut self.machine)?);
        if whole < 0 { self.quotient(&Value::Exact(Exact::from(1)), &result) } else { Ok(result) }
    }

    /// `base^(p/q)`: a root, real for an odd q; exact where it can be.
    pub(super) fn fractional_power(&mut self, base: &Value, power: &Exact) -> Result<Value> {
        let parts = power.small_parts().filter(|&(_, degree)| degree <= 1_000);
        if let Some((times, degree)) = parts {
            let root = self.root_of(base, degree)?;
            return self.rational_power(&root, &Exact::from(times));
        }
        let power = self.as_ball(&Value::Exact(power.clone()))?;
        let base = self.as_ball(base)?;
        Ok(Value::Ball(base.power(&power, &mut self.machine)?))
    }

    pub(super) fn root(&mut self, degree: &Node, radicand: &Node) -> Result<Value> {
        let (degree, radicand) = (self.value(degree)?, self.value(radicand)?);
        if let Value::Exact(degree) = &degree {
            if let Some(degree) = degree.small_integer().and_then(|n| u32::try_from(n).ok())
                && (1..=1_000).contains(&degree)
            {
                return self.root_of(&radicand, degree);
            }
            return self.rational_power(&radicand, &degree.inverse()?);
        }
        let one = Value::Exact(Exact::from(1));
        let power = self.quotient(&one, &degree)?;
        let (base, power) = (self.as_ball(&radicand)?, self.as_ball(&power)?);
        Ok(Value::Ball(base.power(&power, &mut self.machine)?))
    }

    pub(super) fn root_of(&mut self, radicand: &Value, degree: u32) -> Result<Value> {
        if let Value::Exact(value) = radicand
            && let Some(root) = value.root(degree, self.machine.budget)
        {
            return Ok(Value::Exact(root));
        }
        let value = self.as_ball(radicand)?;
        let m = &mut self.machine;
        if degree == 2 {
            return Ok(Value::Ball(value.sqrt(m)?));
        }
        if value.is_zero() {
            return Ok(Value::Ball(value));
        }
        let degree_ball = Complex::from(Real::whole(i64::from(degree), m));
        let odd = degree % 2 == 1;
        let turned = odd && value.real().is_some_and(Real::is_negative);
        let size = if turned { value.negated() } else { value };
        let root = size.ln(m)?.over(&degree_ball, m)?.exp(m)?;
        Ok(Value::Ball(if turned { root.negated() } else { root }))
    }
}
