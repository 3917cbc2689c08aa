//! A tree to a value, at one point: exact as long as it is rational, then balls.

use super::complex::Complex;
use super::exact::Exact;
use super::fingerprint::rounded_bytes;
use super::points;
use super::real::{Machine, Precision, Real};
use crate::math::limits::{Budget, Limit};
use crate::math::tree::{Constant, Function, Node};

type Result<T> = std::result::Result<T, Limit>;

/// Binomials and powers of this many factors are multiplied out.
const MOST_FACTORS: i64 = 64;
/// A rational with too many digits is taken as a ball where it is no larger than `2^this`.
const MODERATE: u64 = 1 << 14;

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
}

impl<'b> Evaluation<'b> {
    pub(crate) fn new(budget: &'b mut Budget, precision: Precision, point: usize) -> Self {
        Self { machine: Machine::new(budget, precision), point, opaque: false, in_angle: false }
    }

    /// The value of `node`.
    pub(crate) fn value(&mut self, node: &Node) -> Result<Value> {
        self.machine.spend(1)?;
        match node {
            Node::Number(value) => Ok(Value::Exact(value.clone())),
            Node::Symbol(name) => {
                Ok(Value::Ball(points::variable(name, self.point, &mut self.machine)?.into()))
            }
            Node::Constant(constant) => self.constant(*constant),
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

    fn constant(&mut self, constant: Constant) -> Result<Value> {
        let m = &mut self.machine;
        Ok(Value::Ball(match constant {
            Constant::Pi => Real::pi(m)?.into(),
            Constant::E => Real::e(m)?.into(),
            Constant::I => Complex::imaginary(Real::whole(1, m), m),
            Constant::Infinity => return Err(Limit::Undefined),
        }))
    }

    /// An unknown function: a value that depends on its name and arguments alone.
    fn opaque(&mut self, name: &str, arguments: &[Node]) -> Result<Value> {
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

    fn plus(&mut self, a: &Value, b: &Value) -> Result<Value> {
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

    fn times(&mut self, a: &Value, b: &Value) -> Result<Value> {
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

    fn quotient(&mut self, above: &Value, below: &Value) -> Result<Value> {
        if let Value::Exact(below) = below {
            return self.times(above, &Value::Exact(below.inverse()?));
        }
        let (above, below) = (self.as_ball(above)?, self.as_ball(below)?);
        Ok(Value::Ball(above.over(&below, &mut self.machine)?))
    }

    fn power(&mut self, base: &Node, exponent: &Node) -> Result<Value> {
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

    fn rational_power(&mut self, base: &Value, power: &Exact) -> Result<Value> {
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
    fn fractional_power(&mut self, base: &Value, power: &Exact) -> Result<Value> {
        let parts = power.small_parts().filter(|&(_, degree)| degree <= 1_000);
        if let Some((times, degree)) = parts {
            let root = self.root_of(base, degree)?;
            return self.rational_power(&root, &Exact::from(times));
        }
        let power = self.as_ball(&Value::Exact(power.clone()))?;
        let base = self.as_ball(base)?;
        Ok(Value::Ball(base.power(&power, &mut self.machine)?))
    }

    fn root(&mut self, degree: &Node, radicand: &Node) -> Result<Value> {
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

    fn root_of(&mut self, radicand: &Value, degree: u32) -> Result<Value> {
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

    /// The polynomial of n for a small whole k; else by factorials of whole numbers.
    fn binomial(&mut self, n: &Node, k: &Node) -> Result<Value> {
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

    fn degrees(&mut self, inside: &Node) -> Result<Value> {
        let value = self.value(inside)?;
        if !self.in_angle {
            return Ok(value);
        }
        let pi = self.constant(Constant::Pi)?;
        let turned = self.times(&value, &pi)?;
        self.quotient(&turned, &Value::Exact(Exact::from(180)))
    }

    fn of_integers(&mut self, function: Function, a: &Node, b: &Node) -> Result<Value> {
        let (Value::Exact(x), Value::Exact(y)) = (self.value(a)?, self.value(b)?) else {
            let name = if function == Function::Gcd { "gcd" } else if function == Function::Lcm { "lcm" } else { "mod" };
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

    fn extreme(&mut self, largest: bool, first: &Node, rest: &[Node]) -> Result<Value> {
        let mut best = self.value(first)?;
        for other in rest {
            let other = self.value(other)?;
            let negative = match (&other, &best) {
                (Value::Exact(a), Value::Exact(b)) => {
                    a.plus(&b.clone().negated(), self.machine.budget)?.is_negative()
                }
                _ => {
                    let (a, b) = (self.as_ball(&other)?, self.as_ball(&best)?);
                    let difference = a.minus(&b, &mut self.machine)?;
                    difference.real().ok_or(Limit::Undefined)?.is_negative()
                }
            };
            if negative != largest {
                best = other;
            }
        }
        Ok(best)
    }

    /// A function of one argument.
    fn function(&mut self, function: Function, inside: &Node) -> Result<Value> {
        let value = self.value(inside)?;
        if let Value::Exact(exact) = &value
            && let Some(result) = self.of_exact(function, exact)
        {
            return result.map(Value::Exact);
        }
        if matches!(function, Function::Factorial | Function::Gamma) {
            let name = if function == Function::Gamma { "gamma" } else { "factorial" };
            return self.opaque(name, std::slice::from_ref(inside));
        }
        let ball = self.as_ball(&value)?;
        of_ball(function, &ball, &mut self.machine).map(Value::Ball)
    }

    /// What stays rational.
    fn of_exact(&mut self, function: Function, value: &Exact) -> Option<Result<Exact>> {
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
            let sign = if z.is_zero() { 0 } else if real()?.is_negative() { -1 } else { 1 };
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
