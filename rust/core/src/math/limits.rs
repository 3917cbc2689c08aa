//! What an answer may cost: every limit has a name, and hitting one leaves it undecided.

/// A limit that was hit, by the name that a grade carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// More bytes than are read as mathematics.
    Length,
    /// Brackets nested too deep.
    Depth,
    /// More parts than a tree may have.
    Size,
    /// More digits than an exact number may have.
    Digits,
    /// A value too large or too small for the working range.
    Magnitude,
    /// Cancellation left too few certain bits.
    Precision,
    /// More arithmetic than an answer may cost.
    Operations,
    /// No value: a division by zero, a pole.
    Undefined,
    /// Not read as mathematics.
    Unparsed,
    /// Holds an operation that is compared only by its argument.
    Opaque,
}

impl Limit {
    /// The name in a grade.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Depth => "depth",
            Self::Size => "size",
            Self::Digits => "digits",
            Self::Magnitude => "magnitude",
            Self::Precision => "precision",
            Self::Operations => "operations",
            Self::Undefined => "undefined",
            Self::Unparsed => "unparsed",
            Self::Opaque => "opaque",
        }
    }
}

/// What may still be spent on one answer, in units of some 50 ns.
#[derive(Debug)]
pub(crate) struct Budget(u32);

/// Enough for some dozens of transcendental functions; less than half a millisecond.
const UNITS: u32 = 4_500;

impl Budget {
    pub(crate) const fn new() -> Self {
        Self(UNITS)
    }

    /// Takes `units`, or says that they are not left.
    pub(crate) fn spend(&mut self, units: u32) -> Result<(), Limit> {
        self.0 = self.0.checked_sub(units).ok_or(Limit::Operations)?;
        Ok(())
    }
}
