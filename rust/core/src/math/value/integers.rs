//! Functions of whole numbers: binomials, factorials, divisors, sums over a range.

use super::evaluate::{Evaluation, Result, Value};
use super::exact::Exact;
use super::fingerprint::rounded_bytes;
use super::points;
use crate::math::limits::{Budget, Limit};
use crate::math::tree::{Constant, Function, Node, Series};

/// Binomials and factorials of this many factors are multiplied out.
const MOST_FACTORS: i64 = 64;
/// The terms of a series that are added up.
const MOST_TERMS: i64 = 1_000;

impl Evaluation<'_> {
    pub(super) fn series(&mut self, series: &Series) -> Result<Value> {
        let (low, high) = (self.value(&series.low)?, self.value(&series.high)?);
        let (Value::Exact(low), Value::Exact(high)) = (low, high) else {
            return Err(Limit::Opaque);
        };
        let ends = low.small_integer().zip(high.small_integer());
        let (low, high) = ends.ok_or(Limit::Opaque)?;
        if high.saturating_sub(low) > MOST_TERMS {
            return Err(Limit::Operations);
        }
        let mut total = Value::Exact(Exact::from(i64::from(series.product)));
        for at in low..=high {
            self.bound.push((series.name.clone(), at));
            let term = self.value(&series.body);
            self.bound.pop();
            let term = term?;
            total =
                if series.product { self.times(&total, &term)? } else { self.plus(&total, &term)? };
        }
        Ok(total)
    }

    /// The polynomial of n for a small whole k; else by factorials of whole numbers.
    pub(super) fn binomial(&mut self, n: &Node, k: &Node) -> Result<Value> {
        let (n_value, k_value) = (self.value(n)?, self.value(k)?);
        let Value::Exact(k_exact) = &k_value else {
            return self.opaque("binomial", &[n.clone(), k.clone()]);
        };
        let mut factors = k_exact.small_integer().filter(|&k| k >= 0).ok_or(Limit::Undefined)?;
        if let Value::Exact(n) = &n_value
            && let Some(n) = n.small_integer().filter(|&n| n >= factors)
        {
            factors = factors.min(n - factors);
        }
        if factors > MOST_FACTORS {
            return Err(Limit::Digits);
        }
        let mut total = Value::Exact(Exact::from(1));
        for at in 0..factors {
            let term = self.plus(&n_value, &Value::Exact(Exact::from(-at)))?;
            total = self.times(&total, &term)?;
            total = self.quotient(&total, &Value::Exact(Exact::from(at + 1)))?;
        }
        Ok(total)
    }

    pub(super) fn of_integers(&mut self, function: Function, a: &Node, b: &Node) -> Result<Value> {
        let (Value::Exact(x), Value::Exact(y)) = (self.value(a)?, self.value(b)?) else {
            let name = if function == Function::Gcd {
                "gcd"
            } else if function == Function::Lcm {
                "lcm"
            } else {
                "mod"
            };
            return self.opaque(name, &[a.clone(), b.clone()]);
        };
        let budget = &mut *self.machine.budget;
        let product = |x: &Exact, y: &Exact, budget: &mut Budget| x.times(y, budget);
        Ok(Value::Exact(match function {
            Function::Mod => {
                let quotient = product(&x, &y.inverse()?, budget)?.floor();
                x.plus(&product(&quotient, &y, budget)?.negated(), budget)?
            }
            Function::Gcd => x.gcd(&y).ok_or(Limit::Undefined)?,
            _ => {
                let divisor = x.gcd(&y).ok_or(Limit::Undefined)?;
                product(&product(&x, &divisor.inverse()?, budget)?, &y, budget)?
            }
        }))
    }

    /// The factorial between whole numbers by its recursion, down to the unit interval.
    ///
    /// There it is known at one half; elsewhere it is an unknown function.
    pub(super) fn factorial(&mut self, value: &Value) -> Result<Value> {
        let ball = self.as_ball(value)?;
        let floor = ball.real().ok_or(Limit::Opaque)?.floor(&mut self.machine)?;
        let steps = floor.whole_value().filter(|steps| steps.abs() <= MOST_FACTORS);
        let steps = steps.ok_or(Limit::Magnitude)?;
        let mut rest = self.plus(value, &Value::Exact(Exact::from(-steps)))?;
        let mut total = self.unit_factorial(&rest)?;
        for _ in 0..steps {
            rest = self.plus(&rest, &Value::Exact(Exact::from(1)))?;
            total = self.times(&total, &rest)?;
        }
        for _ in steps..0 {
            total = self.quotient(&total, &rest)?;
            rest = self.plus(&rest, &Value::Exact(Exact::from(-1)))?;
        }
        Ok(total)
    }

    pub(super) fn unit_factorial(&mut self, rest: &Value) -> Result<Value> {
        if matches!(rest, Value::Exact(rest) if Exact::ratio(1, 2).as_ref() == Some(rest)) {
            let pi = self.constant(Constant::Pi)?;
            let root = self.root_of(&pi, 2)?;
            return self.quotient(&root, &Value::Exact(Exact::from(2)));
        }
        self.opaque = true;
        let ball = self.as_ball(rest)?;
        let bytes = rounded_bytes(&ball, &self.machine)?;
        Ok(Value::Ball(points::function("factorial", &bytes, &mut self.machine)?.into()))
    }
}
