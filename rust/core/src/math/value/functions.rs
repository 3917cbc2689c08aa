//! Functions with names, of exact numbers where they stay exact, else of balls.

use super::complex::Complex;
use super::evaluate::{Evaluation, Result, Value};
use super::exact::Exact;
use super::machine::Machine;
use super::real::Real;
use crate::math::limits::Limit;
use crate::math::tree::{Function, Node};

impl Evaluation<'_> {
    pub(super) fn extreme(&mut self, largest: bool, first: &Node, rest: &[Node]) -> Result<Value> {
        let mut best = self.value(first)?;
        for other in rest {
            let other = self.value(other)?;
            let negative = if let (Value::Exact(a), Value::Exact(b)) = (&other, &best) {
                a.plus(&b.clone().negated(), self.machine.budget)?.is_negative()
            } else {
                let (a, b) = (self.as_ball(&other)?, self.as_ball(&best)?);
                let difference = a.minus(&b, &mut self.machine)?;
                difference.real().ok_or(Limit::Undefined)?.is_negative()
            };
            if negative != largest {
                best = other;
            }
        }
        Ok(best)
    }

    /// A function of one argument.
    pub(super) fn function(&mut self, function: Function, inside: &Node) -> Result<Value> {
        let value = self.value(inside)?;
        if let Value::Exact(exact) = &value
            && let Some(result) = self.of_exact(function, exact)
        {
            return result.map(Value::Exact);
        }
        if function == Function::Factorial {
            return self.factorial(&value);
        }
        if function == Function::Gamma {
            let before = self.plus(&value, &Value::Exact(Exact::from(-1)))?;
            return self.factorial(&before);
        }
        let ball = self.as_ball(&value)?;
        of_ball(function, &ball, &mut self.machine).map(Value::Ball)
    }

    /// What stays rational.
    pub(super) fn of_exact(&mut self, function: Function, value: &Exact) -> Option<Result<Exact>> {
        let budget = &mut *self.machine.budget;
        Some(Ok(match function {
            Function::Abs if value.is_negative() => value.clone().negated(),
            Function::Abs | Function::Re | Function::Conj => value.clone(),
            Function::Im => Exact::from(0),
            Function::Floor => value.floor(),
            Function::Ceil => value.clone().negated().floor().negated(),
            Function::Sign if value.is_zero() => Exact::from(0),
            Function::Sign => Exact::from(if value.is_negative() { -1 } else { 1 }),
            Function::Factorial if value.is_integer() => return Some(value.factorial(budget)),
            Function::Gamma if value.is_integer() => {
                let before = value.plus(&Exact::from(-1), budget);
                return Some(before.and_then(|before| before.factorial(budget)));
            }
            _ => return None,
        }))
    }
}

/// A function of a ball.
fn of_ball(function: Function, z: &Complex, m: &mut Machine<'_>) -> Result<Complex> {
    match function {
        Function::Exp => z.exp(m),
        Function::Ln => z.ln(m),
        Function::Sin => z.sin(m),
        Function::Cos => z.cos(m),
        Function::Tan => z.sin(m)?.over(&z.cos(m)?, m),
        Function::Cot => z.cos(m)?.over(&z.sin(m)?, m),
        Function::Sec => one(m).over(&z.cos(m)?, m),
        Function::Csc => one(m).over(&z.sin(m)?, m),
        Function::Sinh => z.sinh(m),
        Function::Cosh => z.cosh(m),
        Function::Tanh => z.sinh(m)?.over(&z.cosh(m)?, m),
        Function::Coth => z.cosh(m)?.over(&z.sinh(m)?, m),
        Function::Sech => one(m).over(&z.cosh(m)?, m),
        Function::Csch => one(m).over(&z.sinh(m)?, m),
        Function::Arcsinh => z.arcsinh(m),
        Function::Arccosh => z.arccosh(m),
        Function::Arctanh => z.arctanh(m),
        Function::Arcsin => z.arcsin(m),
        Function::Arccos => z.arccos(m),
        Function::Arctan => z.arctan(m),
        Function::Arccot => quarter(m)?.minus(&z.arctan(m)?, m),
        Function::Arcsec => one(m).over(z, m)?.arccos(m),
        Function::Arccsc => one(m).over(z, m)?.arcsin(m),
        _ => of_parts(function, z, m),
    }
}

/// What takes a number apart.
fn of_parts(function: Function, z: &Complex, m: &mut Machine<'_>) -> Result<Complex> {
    let real = || z.real().ok_or(Limit::Undefined);
    Ok(match function {
        Function::Abs => z.abs(m)?.into(),
        Function::Arg => z.arg(m)?.into(),
        Function::Re => z.re.clone().into(),
        Function::Im => z.im(m).into(),
        Function::Conj => z.conjugate(),
        Function::Floor => real()?.floor(m)?.into(),
        Function::Ceil => real()?.negated().floor(m)?.negated().into(),
        Function::Sign => {
            let sign = if z.is_zero() {
                0
            } else if real()?.is_negative() {
                -1
            } else {
                1
            };
            Real::whole(sign, m).into()
        }
        _ => return Err(Limit::Unparsed),
    })
}

fn one(m: &Machine<'_>) -> Complex {
    Real::whole(1, m).into()
}

/// A quarter turn.
fn quarter(m: &mut Machine<'_>) -> Result<Complex> {
    let two = Real::whole(2, m);
    Ok(Real::pi(m)?.over(&two, m)?.into())
}
