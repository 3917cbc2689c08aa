//! Complex numbers of two balls, with the principal branches.

use super::machine::{Elementary, Machine};
use super::real::Real;
use crate::math::limits::Limit;

type Result<T> = std::result::Result<T, Limit>;

/// A number; without imaginary part it is real.
#[derive(Clone, Debug)]
pub(crate) struct Complex {
    pub(crate) re: Real,
    pub(crate) im: Option<Real>,
}

impl From<Real> for Complex {
    fn from(re: Real) -> Self {
        Self { re, im: None }
    }
}

impl Complex {
    pub(crate) fn new(re: Real, im: Real) -> Self {
        let im = Some(im).filter(|im| !im.is_zero());
        Self { re, im }
    }

    /// The imaginary unit times `size`.
    pub(crate) fn imaginary(size: Real, m: &Machine<'_>) -> Self {
        Self::new(Real::zero(m), size)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.im.is_none() && self.re.is_zero()
    }

    /// The real number that this is.
    pub(crate) fn real(&self) -> Option<&Real> {
        self.im.is_none().then_some(&self.re)
    }

    pub(crate) fn im(&self, m: &Machine<'_>) -> Real {
        self.im.clone().unwrap_or_else(|| Real::zero(m))
    }

    pub(crate) fn negated(&self) -> Self {
        Self { re: self.re.negated(), im: self.im.as_ref().map(Real::negated) }
    }

    pub(crate) fn conjugate(&self) -> Self {
        Self { re: self.re.clone(), im: self.im.as_ref().map(Real::negated) }
    }

    pub(crate) fn plus(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        let re = self.re.plus(&other.re, m)?;
        match (&self.im, &other.im) {
            (None, None) => Ok(re.into()),
            (Some(im), None) | (None, Some(im)) => Ok(Self::new(re, im.clone())),
            (Some(a), Some(b)) => Ok(Self::new(re, a.plus(b, m)?)),
        }
    }

    pub(crate) fn minus(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        self.plus(&other.negated(), m)
    }

    pub(crate) fn times(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        match (&self.im, &other.im) {
            (None, None) => Ok(self.re.times(&other.re, m)?.into()),
            (Some(im), None) => {
                Ok(Self::new(self.re.times(&other.re, m)?, im.times(&other.re, m)?))
            }
            (None, Some(im)) => Ok(Self::new(self.re.times(&other.re, m)?, im.times(&self.re, m)?)),
            (Some(a), Some(b)) => {
                let re = self.re.times(&other.re, m)?.minus(&a.times(b, m)?, m)?;
                let im = self.re.times(b, m)?.plus(&a.times(&other.re, m)?, m)?;
                Ok(Self::new(re, im))
            }
        }
    }

    pub(crate) fn over(&self, other: &Self, m: &mut Machine<'_>) -> Result<Self> {
        let Some(im) = &other.im else {
            let re = self.re.over(&other.re, m)?;
            let im = self.im.as_ref().map(|im| im.over(&other.re, m)).transpose()?;
            return Ok(Self { re, im });
        };
        let squared = other.re.times(&other.re, m)?.plus(&im.times(im, m)?, m)?;
        let above = self.times(&other.conjugate(), m)?;
        above.over(&squared.into(), m)
    }

    pub(crate) fn abs(&self, m: &mut Machine<'_>) -> Result<Real> {
        match &self.im {
            None => Ok(self.re.abs()),
            Some(im) => self.re.times(&self.re, m)?.plus(&im.times(im, m)?, m)?.sqrt(m),
        }
    }

    /// The angle, in (-pi, pi].
    pub(crate) fn arg(&self, m: &mut Machine<'_>) -> Result<Real> {
        let Some(im) = &self.im else {
            return if self.re.is_negative() { Real::pi(m) } else { Ok(Real::zero(m)) };
        };
        let two = Real::whole(2, m);
        if self.re.is_zero() {
            let quarter = Real::pi(m)?.over(&two, m)?;
            return Ok(if im.is_negative() { quarter.negated() } else { quarter });
        }
        let angle = im.over(&self.re, m)?.apply(Elementary::Atan, m)?;
        match (self.re.is_negative(), im.is_negative()) {
            (false, _) => Ok(angle),
            (true, false) => angle.plus(&Real::pi(m)?, m),
            (true, true) => angle.minus(&Real::pi(m)?, m),
        }
    }

    pub(crate) fn exp(&self, m: &mut Machine<'_>) -> Result<Self> {
        let size = self.re.apply(Elementary::Exp, m)?;
        let Some(im) = &self.im else { return Ok(size.into()) };
        let (cos, sin) = (im.apply(Elementary::Cos, m)?, im.apply(Elementary::Sin, m)?);
        Ok(Self::new(cos.times(&size, m)?, sin.times(&size, m)?))
    }

    pub(crate) fn ln(&self, m: &mut Machine<'_>) -> Result<Self> {
        if self.is_zero() {
            return Err(Limit::Undefined);
        }
        let re = self.abs(m)?.apply(Elementary::Ln, m)?;
        Ok(Self::new(re, self.arg(m)?))
    }

    pub(crate) fn sqrt(&self, m: &mut Machine<'_>) -> Result<Self> {
        let Some(im) = &self.im else {
            let root = self.re.abs().sqrt(m)?;
            return Ok(if self.re.is_negative() { Self::imaginary(root, m) } else { root.into() });
        };
        // The half angle, without trigonometry; the part that does not cancel first.
        let two = Real::whole(2, m);
        let half = self.abs(m)?.plus(&self.re.abs(), m)?.over(&two, m)?;
        let large = half.sqrt(m)?;
        let small = im.abs().over(&large.times(&two, m)?, m)?;
        let (re, size) = if self.re.is_negative() { (small, large) } else { (large, small) };
        Ok(Self::new(re, if im.is_negative() { size.negated() } else { size }))
    }

    /// The principal power `exp(exponent · ln self)`.
    pub(crate) fn power(&self, exponent: &Self, m: &mut Machine<'_>) -> Result<Self> {
        if self.is_zero() {
            let positive =
                exponent.im.is_none() && !exponent.re.is_zero() && !exponent.re.is_negative();
            return if positive { Ok(self.clone()) } else { Err(Limit::Undefined) };
        }
        self.ln(m)?.times(exponent, m)?.exp(m)
    }

    /// A whole power, by squaring.
    pub(crate) fn whole_power(&self, exponent: u32, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(real) = self.real() {
            return Ok(real.power(exponent, m)?.into());
        }
        let mut result = Self::from(Real::whole(1, m));
        for at in (0..32 - exponent.leading_zeros()).rev() {
            result = result.times(&result, m)?;
            if exponent >> at & 1 == 1 {
                result = result.times(self, m)?;
            }
        }
        Ok(result)
    }

    /// `i · self`.
    fn turned(&self, m: &Machine<'_>) -> Self {
        Self::new(self.im(m).negated(), self.re.clone())
    }

    /// `-i · self`.
    fn turned_back(&self, m: &Machine<'_>) -> Self {
        self.turned(m).negated()
    }

    fn halved(&self, m: &mut Machine<'_>) -> Result<Self> {
        let two = Real::whole(2, m).into();
        self.over(&two, m)
    }

    pub(crate) fn sin(&self, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(real) = self.real() {
            return Ok(real.apply(Elementary::Sin, m)?.into());
        }
        Ok(self.turned(m).sinh(m)?.turned_back(m))
    }

    pub(crate) fn cos(&self, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(real) = self.real() {
            return Ok(real.apply(Elementary::Cos, m)?.into());
        }
        self.turned(m).cosh(m)
    }

    pub(crate) fn sinh(&self, m: &mut Machine<'_>) -> Result<Self> {
        let exp = self.exp(m)?;
        let one = Self::from(Real::whole(1, m));
        exp.minus(&one.over(&exp, m)?, m)?.halved(m)
    }

    pub(crate) fn cosh(&self, m: &mut Machine<'_>) -> Result<Self> {
        let exp = self.exp(m)?;
        let one = Self::from(Real::whole(1, m));
        exp.plus(&one.over(&exp, m)?, m)?.halved(m)
    }

    /// `ln(z + sqrt(z² + 1))`.
    pub(crate) fn arcsinh(&self, m: &mut Machine<'_>) -> Result<Self> {
        let one = Self::from(Real::whole(1, m));
        let root = self.times(self, m)?.plus(&one, m)?.sqrt(m)?;
        self.plus(&root, m)?.ln(m)
    }

    /// `ln(z + sqrt(z + 1) sqrt(z - 1))`.
    pub(crate) fn arccosh(&self, m: &mut Machine<'_>) -> Result<Self> {
        let one = Self::from(Real::whole(1, m));
        let root = self.plus(&one, m)?.sqrt(m)?.times(&self.minus(&one, m)?.sqrt(m)?, m)?;
        self.plus(&root, m)?.ln(m)
    }

    /// `(ln(1 + z) - ln(1 - z)) / 2`.
    pub(crate) fn arctanh(&self, m: &mut Machine<'_>) -> Result<Self> {
        let one = Self::from(Real::whole(1, m));
        one.plus(self, m)?.ln(m)?.minus(&one.minus(self, m)?.ln(m)?, m)?.halved(m)
    }

    /// `-i arcsinh(i z)`; of a real number within [-1, 1] by the angle.
    pub(crate) fn arcsin(&self, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(real) = self.real() {
            let one = Real::whole(1, m);
            let rest = one.minus(&real.times(real, m)?, m)?;
            if !rest.is_negative() {
                let cosine = Complex::new(rest.sqrt(m)?, real.clone());
                return Ok(cosine.arg(m)?.into());
            }
        }
        Ok(self.turned(m).arcsinh(m)?.turned_back(m))
    }

    /// `pi/2 - arcsin z`.
    pub(crate) fn arccos(&self, m: &mut Machine<'_>) -> Result<Self> {
        let quarter = Self::from(Real::pi(m)?).halved(m)?;
        quarter.minus(&self.arcsin(m)?, m)
    }

    /// `-i arctanh(i z)`; of a real number by the angle.
    pub(crate) fn arctan(&self, m: &mut Machine<'_>) -> Result<Self> {
        if let Some(real) = self.real() {
            return Ok(real.apply(Elementary::Atan, m)?.into());
        }
        Ok(self.turned(m).arctanh(m)?.turned_back(m))
    }
}
