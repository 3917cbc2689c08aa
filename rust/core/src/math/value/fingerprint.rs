//! What a key is made of: the rounded values of an expression at the fixed points.

use sha2::{Digest, Sha256};

use super::complex::Complex;
use super::evaluate::{Evaluation, Value};
use super::exact::Exact;
use super::machine::{Machine, Precision};
use super::points::{POINTS, TRIED};
use super::real::{CERTAIN, Real};
use super::recognize::recognize;
use crate::math::limits::{Budget, Limit};
use crate::math::tree::Node;

type Result<T> = std::result::Result<T, Limit>;

/// The bits that a value is rounded to, and where a small addend must show.
const ROUNDED: i64 = 256;
const FINELY_ROUNDED: i64 = 832;
const SHORTEST_TAIL: i64 = 62;

/// What two equal expressions share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    /// The value is rational.
    Exact(Exact),
    /// The digest of the rounded values.
    Digest([u8; 16]),
}

/// A fingerprint, and whether an operation was compared only by its argument.
pub(crate) type Printed = (Fingerprint, bool);

/// The fingerprint of an expression.
pub(crate) fn fingerprint(node: &Node, budget: &mut Budget) -> Result<Printed> {
    twice(budget, |budget, precision| {
        if !node.any(&|part| matches!(part, Node::Symbol(_))) {
            let mut at = Evaluation::new(budget, precision, 0);
            let value = at.value(node)?;
            return Ok((constant(value, &mut at.machine)?, at.opaque));
        }
        let (values, opaque, fine) = values(node, budget, precision)?;
        let mut machine = Machine::new(budget, precision);
        machine.fine = fine;
        Ok((of_values(values, &mut machine)?, opaque))
    })
}

/// Whether a real expression without variables is not negative.
pub(crate) fn is_not_negative(node: &Node, budget: &mut Budget) -> Result<bool> {
    twice(budget, |budget, precision| {
        let mut at = Evaluation::new(budget, precision, 0);
        match at.value(node)? {
            Value::Exact(value) => Ok(!value.is_negative()),
            Value::Ball(ball) => {
                ball.real().map(|real| !real.is_negative()).ok_or(Limit::Undefined)
            }
        }
    })
}

/// Computes, and computes again with more bits where too few were certain.
fn twice<T>(
    budget: &mut Budget,
    mut work: impl FnMut(&mut Budget, Precision) -> Result<T>,
) -> Result<T> {
    match work(budget, Precision::Single) {
        Err(Limit::Precision) => work(budget, Precision::Double),
        done => done,
    }
}

/// The values at the first points that have one, by point.
#[expect(clippy::type_complexity, reason = "three results of one pass")]
fn values(
    node: &Node,
    budget: &mut Budget,
    precision: Precision,
) -> Result<(Vec<(usize, Value)>, bool, bool)> {
    let mut found = Vec::with_capacity(POINTS);
    let (mut opaque, mut fine) = (false, false);
    let mut failure = Limit::Undefined;
    for point in 0..TRIED {
        let mut at = Evaluation::new(budget, precision, point);
        match at.value(node) {
            Ok(value) => found.push((point, value)),
            // A pole or an overflow: the next point.
            Err(limit @ (Limit::Undefined | Limit::Magnitude)) => failure = limit,
            Err(limit) => return Err(limit),
        }
        opaque |= at.opaque;
        fine |= at.machine.fine;
        if found.len() == POINTS {
            return Ok((found, opaque, fine));
        }
    }
    Err(failure)
}

fn of_values(values: Vec<(usize, Value)>, m: &mut Machine<'_>) -> Result<Fingerprint> {
    if let [(_, first @ Value::Exact(exact)), rest @ ..] = &values[..] {
        let same = |value: &Value| matches!(value, Value::Exact(other) if other == exact);
        if rest.iter().all(|(_, value)| same(value)) {
            return constant(first.clone(), m);
        }
    }
    let mut hash = Sha256::new();
    let mut first: Option<(Vec<u8>, Complex)> = None;
    let mut varies = false;
    for (point, value) in values {
        let ball = match value {
            Value::Exact(exact) => Complex::from(Real::from_exact(&exact, m)?),
            Value::Ball(ball) => ball,
        };
        let bytes = rounded_bytes(&ball, m)?;
        hash.update([u8::try_from(point).unwrap_or(u8::MAX)]);
        hash.update(&bytes);
        match &first {
            None => first = Some((bytes, ball)),
            Some((other, _)) => varies |= *other != bytes,
        }
    }
    match first {
        Some((_, ball)) if !varies => constant(Value::Ball(ball), m),
        _ => Ok(Fingerprint::Digest(short(&hash.finalize()))),
    }
}

fn short(digest: &[u8]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes
}

/// The fingerprint of a value that no variable changes.
fn constant(value: Value, m: &mut Machine<'_>) -> Result<Fingerprint> {
    let ball = match value {
        Value::Exact(exact) => return Ok(Fingerprint::Exact(exact)),
        Value::Ball(ball) => ball,
    };
    let ball = without_traces(&ball);
    if let Some(real) = ball.real()
        && !m.fine
        && let Some(exact) = recognize(real, m)?
    {
        return Ok(Fingerprint::Exact(exact));
    }
    let bytes = rounded_bytes(&ball, m)?;
    Ok(Fingerprint::Digest(short(&Sha256::digest(bytes))))
}

/// Drops a part so small against the other that it is what rounding left.
fn without_traces(ball: &Complex) -> Complex {
    match &ball.im {
        Some(im) if im.exponent() < ball.re.exponent() - CERTAIN => ball.re.clone().into(),
        Some(im) if ball.re.exponent() < im.exponent() - CERTAIN => {
            Complex { re: ball.re.nothing(), im: Some(im.clone()) }
        }
        _ => ball.clone(),
    }
}

/// Both parts of a value, rounded.
pub(crate) fn rounded_bytes(value: &Complex, m: &Machine<'_>) -> Result<Vec<u8>> {
    let value = without_traces(value);
    let bits = if m.fine { FINELY_ROUNDED } else { ROUNDED };
    let mut bytes = Vec::with_capacity(96);
    round_into(&value.re, bits, &mut bytes)?;
    if let Some(im) = &value.im {
        round_into(im, bits, &mut bytes)?;
    }
    Ok(bytes)
}

/// The nearest number of so many bits; an error where that is not certain.
fn round_into(value: &Real, bits: i64, bytes: &mut Vec<u8>) -> Result<()> {
    if value.is_zero() {
        bytes.push(0);
        return Ok(());
    }
    let certain = value.accuracy() - bits;
    if certain < SHORTEST_TAIL - 24 {
        return Err(Limit::Precision);
    }
    let words = value.mantissa();
    let length = words.len() * 64;
    let drop = length.saturating_sub(usize::try_from(bits).unwrap_or(0));
    let tail = if drop == 0 { 0 } else { bits_below(words, drop) };
    let doubt = if certain >= SHORTEST_TAIL { 4 } else { 1 << (65 - certain) };
    if tail.abs_diff(1 << 63) <= doubt {
        return Err(Limit::Precision);
    }
    let mut carry = tail > 1 << 63;
    let mut rounded = Vec::with_capacity(13);
    for at in 0..(length - drop).div_ceil(64) {
        let (sum, over) = bits_from(words, drop + 64 * at).overflowing_add(u64::from(carry));
        carry = over;
        rounded.push(sum);
    }
    // Rounded up to a power of two: the leading bit of the next exponent.
    if let Some(last) = rounded.last_mut().filter(|_| carry) {
        *last = 1 << 63;
    }
    bytes.push(if value.is_negative() { 2 } else { 1 });
    bytes.extend((value.exponent() + i64::from(carry)).to_be_bytes());
    bytes.extend(rounded.iter().flat_map(|word| word.to_be_bytes()));
    Ok(())
}

/// The 64 bits from `at` on.
fn bits_from(words: &[u64], at: usize) -> u64 {
    let (word, bit) = (at / 64, at % 64);
    let low = words.get(word).copied().unwrap_or(0) >> bit;
    if bit == 0 { low } else { low | words.get(word + 1).copied().unwrap_or(0) << (64 - bit) }
}

/// The 64 bits right below `at`.
fn bits_below(words: &[u64], at: usize) -> u64 {
    match at.checked_sub(64) {
        Some(from) => bits_from(words, from),
        None => words.first().copied().unwrap_or(0) << (64 - at),
    }
}

/// What an equation or inequality `f ? 0` comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Solved {
    /// Both sides are the same.
    Trivial,
    /// The only root of what is linear in its one variable.
    Root(Fingerprint),
    /// `f` up to a factor.
    Ratio([u8; 16]),
}

/// Solves `f = 0` where it is linear in the one name it holds; else brings it up to a nonzero
/// factor, with `order` only up to a positive one.
pub(crate) fn root_or_ratio(f: &Node, order: bool, budget: &mut Budget) -> Result<(Solved, bool)> {
    let name = only_name(f);
    twice(budget, |budget, precision| {
        let (values, opaque, fine) = values(f, budget, precision)?;
        let mut at = Evaluation::new(budget, precision, 0);
        at.machine.fine = fine;
        let mut balls = Vec::with_capacity(values.len());
        for (point, value) in &values {
            balls.push((*point, at.as_ball(value)?));
        }
        if balls.iter().all(|(_, ball)| ball.is_zero()) {
            return Ok((Solved::Trivial, opaque));
        }
        if !order
            && let Some(name) = name
            && let Some(root) = linear_root(&balls, name, &mut at)?
        {
            return Ok((Solved::Root(constant(Value::Ball(root), &mut at.machine)?), opaque));
        }
        Ok((Solved::Ratio(ratio(&balls, order, &mut at.machine)?), opaque))
    })
}

fn only_name(node: &Node) -> Option<&str> {
    fn names<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
        if let Node::Symbol(name) = node
            && !found.contains(&&**name)
        {
            found.push(name);
        }
        for part in node.parts() {
            names(part, found);
        }
    }
    let mut found = Vec::new();
    names(node, &mut found);
    if let [only] = found[..] { Some(only) } else { None }
}

/// The root of `f` where it grows at one rate between all points.
fn linear_root(
    balls: &[(usize, Complex)],
    name: &str,
    at: &mut Evaluation<'_>,
) -> Result<Option<Complex>> {
    let [(first_point, first), rest @ ..] = balls else { return Ok(None) };
    let variable = Node::Symbol(name.into());
    at.point = *first_point;
    let start = at.ball(&variable)?;
    let mut rate: Option<Complex> = None;
    for (point, ball) in rest {
        at.point = *point;
        let run = at.ball(&variable)?.minus(&start, &mut at.machine)?;
        let m = &mut at.machine;
        let slope = ball.minus(first, m)?.over(&run, m)?;
        match &rate {
            None => rate = Some(slope),
            Some(rate) if slope.minus(rate, m)?.is_zero() => {}
            Some(_) => return Ok(None),
        }
    }
    let m = &mut at.machine;
    match rate {
        Some(rate) if !rate.is_zero() => Ok(Some(start.minus(&first.over(&rate, m)?, m)?)),
        _ => Ok(None),
    }
}

/// The values as multiples of the first that is not zero.
fn ratio(balls: &[(usize, Complex)], order: bool, m: &mut Machine<'_>) -> Result<[u8; 16]> {
    let unit = balls.iter().find(|(_, ball)| !ball.is_zero());
    let Some((_, unit)) = unit else { return Err(Limit::Undefined) };
    let unit = if order { Complex::from(unit.abs(m)?) } else { unit.clone() };
    let mut hash = Sha256::new();
    for (point, ball) in balls {
        hash.update([u8::try_from(*point).unwrap_or(u8::MAX)]);
        hash.update(rounded_bytes(&ball.over(&unit, m)?, m)?);
    }
    Ok(short(&hash.finalize()))
}
