//! A tree to a value, at one point: exact as long as it is rational, then balls.

use super::complex::Complex;
use super::exact::Exact;
use super::fingerprint::rounded_bytes;
use super::machine::{Machine, Precision};
use super::points;
use super::real::Real;
use crate::math::limits::{Budget, Limit};
use crate::math::tree::{Constant, Function, Node};

pub(super) type Result<T> = std::result::Result<T, Limit>;

/// A rational with too many digits is taken as a ball where it is no larger than `2^this`.
pub(super) const MODERATE: u64 = 1 << 14;

/// A value: a rational, or a ball.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Exact(Exact),
    Ball(Complex),
}

/// An evaluation at one point.
pub(crate) struct Evaluation<'b> {
    pub(crate) machine: Machine<'b>,
    pub(crate) point: usize,
    /// Whether something was compared only by its argument.
    pub(crate) opaque: bool,
    /// Whether plain degrees are angles here.
    in_angle: bool,
    /// Names that run over whole numbers, and where they are.
    pub(super) bound: Vec<(Box<str>, i64)>,
}

impl<'b> Evaluation<'b> {
    pub(crate) fn new(budget: &'b mut Budget, precision: Precision, point: usize) -> Self {
        Self {
            machine: Machine::new(budget, precision),
            point,
            opaque: false,
            in_angle: false,
            bound: Vec::new(),
        }
    }

    /// The value of `node`.
    pub(crate) fn value(&mut self, node: &Node) -> Result<Value> {
        self.machine.spend(1)?;
        match node {
            Node::Number(value) => Ok(Value::Exact(value.clone())),
            Node::Symbol(name) => match self.bound(name) {
                Some(value) => Ok(value),
                None => {
                    Ok(Value::Ball(points::variable(name, self.point, &mut self.machine)?.into()))
                }
            },
            Node::Constant(constant) => match self.bound_constant(*constant) {
                Some(value) => Ok(value),
                None => self.constant(*constant),
            },
            Node::Series(series) => self.series(series),
            Node::Quantity(value, _) => self.value(value),
            Node::Call(name, arguments) => self.opaque(name, arguments),
            Node::Apply(function, arguments) => self.apply(*function, arguments),
            _ => Err(Limit::Unparsed),
        }
    }

    /// The value of `node` as a ball.
    pub(crate) fn ball(&mut self, node: &Node) -> Result<Complex> {
        let value = self.value(node)?;
        self.as_ball(&value)
    }

    pub(crate) fn as_ball(&mut self, value: &Value) -> Result<Complex> {
        match value {
            Value::Exact(value) => Ok(Real::from_exact(value, &mut self.machine)?.into()),
            Value::Ball(value) => Ok(value.clone()),
        }
    }

    pub(super) fn constant(&mut self, constant: Constant) -> Result<Value> {
        let m = &mut self.machine;
        Ok(Value::Ball(match constant {
            Constant::Pi => Real::pi(m)?.into(),
            Constant::E => Real::e(m)?.into(),
            Constant::I => Complex::imaginary(Real::whole(1, m), m),
            Constant::Infinity => return Err(Limit::Undefined),
        }))
    }

    pub(super) fn bound(&self, name: &str) -> Option<Value> {
        let found = self.bound.iter().rev().find(|(bound, _)| **bound == *name);
        found.map(|(_, at)| Value::Exact(Exact::from(*at)))
    }

    /// `i` and `e` may count the terms of a series.
    fn bound_constant(&self, constant: Constant) -> Option<Value> {
        match constant {
            Constant::I => self.bound("i"),
            Constant::E => self.bound("e"),
            _ => None,
        }
    }

    /// An unknown function: a value that depends on its name and arguments alone.
    pub(super) fn opaque(&mut self, name: &str, arguments: &[Node]) -> Result<Value> {
        self.opaque = true;
        let mut bytes = Vec::new();
        for argument in arguments {
            let value = self.ball(argument)?;
            bytes.extend(rounded_bytes(&value, &self.machine)?);
        }
        Ok(Value::Ball(points::function(name, &bytes, &mut self.machine)?.into()))
    }

    fn apply(&mut self, function: Function, arguments: &[Node]) -> Result<Value> {
        let angle = self.in_angle;
        self.in_angle |= function.takes_angle();
        let result = self.apply_here(function, arguments);
        self.in_angle = angle;
        result
    }

    fn apply_here(&mut self, function: Function, arguments: &[Node]) -> Result<Value> {
        match (function, arguments) {
            (Function::Add, _) => self.sum(arguments),
            (Function::Multiply, _) => self.product(arguments),
            (Function::Divide, [above, below]) => {
                let (above, below) = (self.value(above)?, self.value(below)?);
                self.quotient(&above, &below)
            }
            (Function::Negate, [inside]) => Ok(match self.value(inside)? {
                Value::Exact(value) => Value::Exact(value.negated()),
                Value::Ball(value) => Value::Ball(value.negated()),
            }),
            (Function::Power, [base, exponent]) => self.power(base, exponent),
            (Function::Root, [degree, radicand]) => self.root(degree, radicand),
            (Function::Binomial, [n, k]) => self.binomial(n, k),
            (Function::Degrees, [inside]) => self.degrees(inside),
            (Function::Log, [base, inside]) => {
                let (base, inside) = (self.ball(base)?, self.ball(inside)?);
                let m = &mut self.machine;
                Ok(Value::Ball(inside.ln(m)?.over(&base.ln(m)?, m)?))
            }
            (Function::Gcd | Function::Lcm | Function::Mod, [a, b]) => {
                self.of_integers(function, a, b)
            }
            (Function::Min | Function::Max, [first, rest @ ..]) => {
                self.extreme(function == Function::Max, first, rest)
            }
            (_, [inside]) => self.function(function, inside),
            _ => Err(Limit::Unparsed),
        }
    }

    fn sum(&mut self, terms: &[Node]) -> Result<Value> {
        let mut total = Value::Exact(Exact::from(0));
        for term in terms {
            let term = self.value(term)?;
            total = self.plus(&total, &term)?;
        }
        Ok(total)
    }

    pub(super) fn plus(&mut self, a: &Value, b: &Value) -> Result<Value> {
        if let (Value::Exact(a), Value::Exact(b)) = (a, b) {
            match a.plus(b, self.machine.budget) {
                Err(Limit::Digits) if a.bits().max(b.bits()) < MODERATE => {}
                sum => return sum.map(Value::Exact),
            }
        }
        let (a, b) = (self.as_ball(a)?, self.as_ball(b)?);
        Ok(Value::Ball(a.plus(&b, &mut self.machine)?))
    }

    fn product(&mut self, factors: &[Node]) -> Result<Value> {
        let mut total = Value::Exact(Exact::from(1));
        for factor in factors {
            let factor = self.value(factor)?;
            total = self.times(&total, &factor)?;
        }
        Ok(total)
    }

    pub(super) fn times(&mut self, a: &Value, b: &Value) -> Result<Value> {
        match (a, b) {
            (Value::Exact(zero), _) | (_, Value::Exact(zero)) if zero.is_zero() => {
                return Ok(Value::Exact(Exact::from(0)));
            }
            (Value::Exact(a), Value::Exact(b)) => match a.times(b, self.machine.budget) {
                Err(Limit::Digits) if a.bits() + b.bits() < MODERATE => {}
                product => return product.map(Value::Exact),
            },
            _ => {}
        }
        let (a, b) = (self.as_ball(a)?, self.as_ball(b)?);
        Ok(Value::Ball(a.times(&b, &mut self.machine)?))
    }

    pub(super) fn quotient(&mut self, above: &Value, below: &Value) -> Result<Value> {
        if let Value::Exact(below) = below {
            return self.times(above, &Value::Exact(below.inverse()?));
        }
        let (above, below) = (self.as_ball(above)?, self.as_ball(below)?);
        Ok(Value::Ball(above.over(&below, &mut self.machine)?))
    }

    fn degrees(&mut self, inside: &Node) -> Result<Value> {
        let value = self.value(inside)?;
        if !self.in_angle {
            return Ok(value);
        }
        let pi = self.constant(Constant::Pi)?;
        let turned = self.times(&value, &pi)?;
        self.quotient(&turned, &Value::Exact(Exact::from(180)))
    }
}
