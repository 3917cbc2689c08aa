//! The expression tree: what an answer says, before it is worth anything.

use super::value::Exact;

/// A number that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constant {
    Pi,
    E,
    I,
    Infinity,
}

/// An operation or a function that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Add,
    Multiply,
    Divide,
    Negate,
    Power,
    /// Degree, radicand.
    Root,
    /// Base, argument.
    Log,
    PlusMinus,
    MinusPlus,
    /// A plain number, but in trigonometric functions an angle in degrees.
    Degrees,
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Arccot,
    Arcsec,
    Arccsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Sech,
    Csch,
    Arcsinh,
    Arccosh,
    Arctanh,
    Exp,
    Ln,
    Abs,
    Floor,
    Ceil,
    Factorial,
    Binomial,
    Gcd,
    Lcm,
    Min,
    Max,
    Mod,
    Re,
    Im,
    Conj,
    Arg,
    Sign,
    Gamma,
}

/// How two sides stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    Approximately,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Number(Exact),
    Symbol(Box<str>),
    Constant(Constant),
    Apply(Function, Vec<Node>),
    /// A function that is not known: `f(x)`.
    Call(Box<str>, Vec<Node>),
    /// A sum or product over whole numbers.
    Series(Box<Series>),
    /// A value with a unit, a currency sign or a percent sign.
    Quantity(Box<Node>, Box<str>),
    /// Without order: `a, b`.
    List(Vec<Node>),
    Set(Vec<Node>),
    Tuple(Vec<Node>),
    Interval(Box<Interval>),
    Union(Vec<Node>),
    Intersection(Vec<Node>),
    Difference(Box<[Node; 2]>),
    Matrix(Vec<Vec<Node>>),
    /// One relation more than terms less one: `1 < x <= 2`.
    Chain(Vec<Relation>, Vec<Node>),
    Ratio(Vec<Node>),
    /// Words, folded.
    Text(Box<str>),
}

/// A sum or a product: the name that runs from `low` to `high`, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) product: bool,
    pub(crate) name: Box<str>,
    pub(crate) low: Node,
    pub(crate) high: Node,
    pub(crate) body: Node,
}

/// The ends of an interval and whether they belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: Node,
    pub(crate) high: Node,
    pub(crate) low_closed: bool,
    pub(crate) high_closed: bool,
}

impl Function {
    /// Whether it is written with a name, as a sine is and a sum is not.
    pub(crate) const fn is_named(self) -> bool {
        !matches!(
            self,
            Self::Add
                | Self::Multiply
                | Self::Divide
                | Self::Negate
                | Self::Power
                | Self::Root
                | Self::PlusMinus
                | Self::MinusPlus
                | Self::Degrees
        )
    }

    /// Whether its argument is an angle.
    pub(crate) const fn takes_angle(self) -> bool {
        matches!(self, Self::Sin | Self::Cos | Self::Tan | Self::Cot | Self::Sec | Self::Csc)
    }
}

impl Relation {
    /// The relation read from the other side.
    pub(crate) const fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            other => other,
        }
    }

    pub(crate) const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }
}

impl Node {
    pub(crate) fn apply(function: Function, arguments: impl Into<Vec<Self>>) -> Self {
        Self::Apply(function, arguments.into())
    }

    pub(crate) fn whole(value: i64) -> Self {
        Self::Number(Exact::from(value))
    }

    /// `left - right`.
    pub(crate) fn minus(left: &Self, right: &Self) -> Self {
        Self::apply(Function::Add, [left.clone(), right.clone().negated()])
    }

    /// The opposite; of a number its opposite.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Number(value) => Self::Number(value.negated()),
            other => Self::apply(Function::Negate, [other]),
        }
    }

    /// Whether this is no value but made of values.
    pub(crate) const fn is_structure(&self) -> bool {
        !matches!(
            self,
            Self::Number(_)
                | Self::Symbol(_)
                | Self::Constant(_)
                | Self::Apply(..)
                | Self::Call(..)
                | Self::Quantity(..)
                | Self::Series(_)
        )
    }

    /// Whether this is infinity of either sign.
    pub(crate) fn is_infinite(&self) -> bool {
        match self {
            Self::Constant(Constant::Infinity) => true,
            Self::Apply(Function::Negate, inside) => inside.iter().all(Self::is_infinite),
            _ => false,
        }
    }

    /// The parts one level down.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Symbol(_) | Self::Constant(_) | Self::Text(_) => Vec::new(),
            Self::Quantity(value, _) => vec![value],
            Self::Interval(interval) => vec![&interval.low, &interval.high],
            Self::Series(series) => vec![&series.low, &series.high, &series.body],
            Self::Difference(sides) => sides.iter().collect(),
            Self::Matrix(rows) => rows.iter().flatten().collect(),
            Self::Apply(_, parts)
            | Self::Call(_, parts)
            | Self::List(parts)
            | Self::Set(parts)
            | Self::Tuple(parts)
            | Self::Union(parts)
            | Self::Intersection(parts)
            | Self::Chain(_, parts)
            | Self::Ratio(parts) => parts.iter().collect(),
        }
    }

    /// The same with its parts replaced by what `change` makes of them.
    pub(crate) fn map(&self, change: &mut impl FnMut(&Self) -> Self) -> Self {
        let mut all = |parts: &[Self]| parts.iter().map(&mut *change).collect::<Vec<_>>();
        match self {
            Self::Number(_) | Self::Symbol(_) | Self::Constant(_) | Self::Text(_) => self.clone(),
            Self::Quantity(value, unit) => Self::Quantity(Box::new(change(value)), unit.clone()),
            Self::Interval(interval) => Self::Interval(Box::new(Interval {
                low: change(&interval.low),
                high: change(&interval.high),
                ..**interval
            })),
            Self::Series(series) => Self::Series(Box::new(Series {
                product: series.product,
                name: series.name.clone(),
                low: change(&series.low),
                high: change(&series.high),
                body: change(&series.body),
            })),
            Self::Difference(sides) => {
                Self::Difference(Box::new([change(&sides[0]), change(&sides[1])]))
            }
            Self::Matrix(rows) => Self::Matrix(rows.iter().map(|row| all(row)).collect()),
            Self::Apply(function, parts) => Self::Apply(*function, all(parts)),
            Self::Call(name, parts) => Self::Call(name.clone(), all(parts)),
            Self::List(parts) => Self::List(all(parts)),
            Self::Set(parts) => Self::Set(all(parts)),
            Self::Tuple(parts) => Self::Tuple(all(parts)),
            Self::Union(parts) => Self::Union(all(parts)),
            Self::Intersection(parts) => Self::Intersection(all(parts)),
            Self::Chain(relations, parts) => Self::Chain(relations.clone(), all(parts)),
            Self::Ratio(parts) => Self::Ratio(all(parts)),
        }
    }

    /// Whether parts lie more than `levels` inside one another.
    pub(crate) fn is_deeper_than(&self, levels: u32) -> bool {
        let inside = |part: &Self| levels == 0 || part.is_deeper_than(levels - 1);
        self.parts().into_iter().any(inside)
    }

    /// Whether `test` holds for this or for any part of it.
    pub(crate) fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.parts().into_iter().any(|part| part.any(test))
    }
}
