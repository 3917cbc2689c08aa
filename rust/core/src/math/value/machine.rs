//! How values are computed: at which width, at what price, what was computed before.

use super::real::Real;
use crate::math::limits::{Budget, Limit};

/// The distance of exponents beyond which a rounded value shows no trace of an addend.
const COARSE: i64 = 150;
/// The same for a value that is rounded finely.
const FINE: i64 = 640;
/// Exponents beyond this are no answer that anybody writes.
pub(super) const LARGEST_EXPONENT: i64 = 1 << 20;

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
    pub(crate) fn spend(&mut self, units: u32) -> Result<(), Limit> {
        self.budget.spend(units * self.precision.price())
    }

    pub(super) fn bits(&self) -> usize {
        self.precision.bits()
    }

    /// Notes a part that lies so many bits below the rest: it must not be lost unseen.
    pub(super) fn absorb(&mut self, distance: i64) -> Result<(), Limit> {
        if distance > COARSE {
            if self.precision == Precision::Single || distance > FINE {
                return Err(Limit::Precision);
            }
            self.fine = true;
        }
        Ok(())
    }
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

impl Elementary {
    pub(super) const fn price(self) -> u32 {
        match self {
            Self::Exp => 60,
            Self::Sin | Self::Cos => 90,
            Self::Ln | Self::Atan => 80,
        }
    }

    /// How far below its leading bits a result first shows what its argument was: `cos x` is
    /// nearly 1 where `x` is small, `arctan x` nearly a right angle where it is large.
    pub(super) const fn distance_from_limit(self, size: i64) -> i64 {
        match self {
            Self::Exp => -size,
            Self::Cos => -2 * size,
            Self::Atan => size,
            Self::Sin | Self::Ln => 0,
        }
    }

    /// Larger arguments would be reduced at length, or overflow.
    pub(super) const fn largest_argument(self) -> i64 {
        match self {
            Self::Exp => 20,
            Self::Sin | Self::Cos => 56,
            Self::Ln | Self::Atan => LARGEST_EXPONENT,
        }
    }
}
