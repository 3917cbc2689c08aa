//! Sums, products, powers: the levels between a relation and an atom.

use super::atoms::is_currency;
use super::words::{is_joiner, is_text_joiner};
use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::{Kind, Token};
use crate::math::tree::{Function, Node};

/// A sign before a term.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
}

impl Sign {
    fn of(token: &Token<'_>) -> Option<Self> {
        Some(match (token.kind, token.text) {
            (Kind::Sign(b'+'), _) => Self::Plus,
            (Kind::Sign(b'-'), _) => Self::Minus,
            (Kind::Command, "pm") => Self::PlusMinus,
            (Kind::Command, "mp") => Self::MinusPlus,
            _ => return None,
        })
    }

    fn before(self, term: Node) -> Node {
        match self {
            Self::Plus => term,
            Self::Minus => term.negated(),
            Self::PlusMinus => Node::apply(Function::PlusMinus, [term]),
            Self::MinusPlus => Node::apply(Function::MinusPlus, [term]),
        }
    }
}

impl Parser<'_> {
    fn sign(&mut self) -> Option<Sign> {
        let sign = Sign::of(&self.peek()?)?;
        self.at += 1;
        // `+-` is written for either sign.
        if sign == Sign::Plus && self.at_sign(b'-') && self.peek().is_some_and(|token| !token.gap) {
            self.at += 1;
            return Some(Sign::PlusMinus);
        }
        Some(sign)
    }

    /// Terms with their signs.
    pub(super) fn sum(&mut self) -> Parsed {
        let mut terms = vec![self.signed_term()?];
        while self.peek().is_some_and(|token| Sign::of(&token).is_some()) {
            terms.push(self.signed_term()?);
        }
        match (terms.len(), terms.pop()) {
            (1, Some(only)) => Ok(only),
            (2, Some(Node::Apply(Function::Negate, mut inside)))
                if terms[0].is_set() || inside[0].is_set() =>
            {
                // The reals without some: `R - {0}`.
                let right = inside.pop().ok_or(Limit::Unparsed)?;
                let left = terms.pop().ok_or(Limit::Unparsed)?;
                Ok(Node::Difference(Box::new([left, right])))
            }
            (_, Some(last)) => {
                terms.push(last);
                Ok(Node::apply(Function::Add, terms))
            }
            (_, None) => Err(Limit::Unparsed),
        }
    }

    fn signed_term(&mut self) -> Parsed {
        let mut negative = false;
        loop {
            match self.sign() {
                None | Some(Sign::Plus) if self.peek().is_none_or(|t| Sign::of(&t).is_none()) => {
                    break;
                }
                None | Some(Sign::Plus) => {}
                Some(Sign::Minus) => negative = !negative,
                Some(sign) => {
                    let term = sign.before(self.term()?);
                    return Ok(if negative { term.negated() } else { term });
                }
            }
        }
        let term = self.term()?;
        Ok(if negative { term.negated() } else { term })
    }

    /// Factors, written with a sign or side by side; division from left to right.
    pub(super) fn term(&mut self) -> Parsed {
        let mut factors = vec![self.factor()?];
        loop {
            if self.multiplication() {
                factors.push(self.factor()?);
            } else if self.division() {
                let below = self.factor()?;
                let above = product(factors);
                factors = vec![Node::apply(Function::Divide, [above, below])];
            } else if self.at_modulo() {
                self.at += 1;
                let below = self.factor()?;
                factors = vec![Node::apply(Function::Mod, [product(factors), below])];
            } else if self.starts_factor(factors.last()) {
                factors.push(self.factor()?);
            } else {
                return Ok(product(factors));
            }
        }
    }

    fn multiplication(&mut self) -> bool {
        let Some(token) = self.peek() else { return false };
        let power_of_ten = || {
            matches!(token.text, "x" | "X")
                && self.at.checked_sub(1).is_some_and(|at| self.tokens[at].kind == Kind::Number)
                && self.ahead(1).is_some_and(|next| next.text == "10")
                && self.ahead(2).is_some_and(|next| next.is(b'^'))
        };
        let found = match token.kind {
            Kind::Sign(b'*') => true,
            Kind::Command => matches!(token.text, "cdot" | "times" | "ast" | "cdotp"),
            Kind::Word => power_of_ten(),
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn at_modulo(&self) -> bool {
        self.peek().is_some_and(|token| {
            matches!((token.kind, token.text), (Kind::Command, "bmod") | (_, "mod"))
        })
    }

    fn division(&mut self) -> bool {
        let found = self.at_sign(b'/') || self.at_command("div");
        self.at += usize::from(found);
        found
    }

    /// Whether what follows is a factor without a sign of multiplication.
    pub(super) fn starts_factor(&self, last: Option<&Node>) -> bool {
        let Some(token) = self.peek() else { return false };
        match token.kind {
            // Two numbers side by side are no product.
            Kind::Number | Kind::Pointed => !matches!(last, Some(Node::Number(_))),
            Kind::Word => {
                let union = token.text == "U" && last.is_some_and(Node::is_structure);
                !(union || token.text == "union" || is_joiner(token.text))
            }
            Kind::Sign(b'(' | b'{') => true,
            Kind::Sign(b'[') => !(last.is_some_and(Node::is_structure) || self.turned_outwards()),
            Kind::Sign(b'|') => self.bars == 0,
            Kind::Command => starts_atom(token.text),
            _ => false,
        }
    }

    /// Whether the `[` at hand ends `]1, 3[`: nothing after it that it could open.
    fn turned_outwards(&self) -> bool {
        self.ahead(1).is_none_or(|next| {
            matches!(next.text, "cup" | "cap" | "setminus" | "," | ")" | "}" | "U")
                || is_joiner(next.text)
                || next.kind == Kind::CloseSet
                || next.kind == Kind::Text && is_text_joiner(next.text)
        })
    }

    /// An atom with its powers, and a sign where an operator allows one.
    pub(super) fn factor(&mut self) -> Parsed {
        let mut negative = false;
        while self.at_sign(b'-') || self.at_sign(b'+') {
            negative ^= self.at_sign(b'-');
            self.at += 1;
        }
        let atom = self.deeper(Self::atom)?;
        let factor = self.postfix(atom)?;
        Ok(if negative { factor.negated() } else { factor })
    }

    /// Powers, factorials, degrees, percent signs and units after an atom.
    pub(super) fn postfix(&mut self, base: Node) -> Parsed {
        let mut base = base;
        while let Some(token) = self.peek() {
            base = match token.kind {
                Kind::Sign(b'^') => {
                    self.at += 1;
                    self.raised(base)?
                }
                // `30{}^\circ`.
                Kind::Sign(b'{') if self.empty_before_power() => {
                    self.at += 3;
                    self.raised(base)?
                }
                Kind::Sign(b'!') => {
                    self.at += 1;
                    if self.take_sign(b'!') {
                        Node::Call("double factorial".into(), vec![base])
                    } else {
                        Node::apply(Function::Factorial, [base])
                    }
                }
                Kind::Sign(b'%') => {
                    self.at += 1;
                    Node::Quantity(Box::new(base), "%".into())
                }
                Kind::Sign(b'$') if matches!(base, Node::Number(_)) => {
                    self.at += 1;
                    Node::Quantity(Box::new(base), "$".into())
                }
                Kind::Other if is_currency(token.text) => {
                    self.at += 1;
                    Node::Quantity(Box::new(base), token.text.into())
                }
                Kind::Command if matches!(token.text, "degree" | "circ") => {
                    self.at += 1;
                    Node::apply(Function::Degrees, [base])
                }
                Kind::Text if !is_text_joiner(token.text) && !base.is_structure() => {
                    self.unit(base)?
                }
                Kind::Command if token.text.ends_with("frac") && self.is_unit_fraction() => {
                    self.unit_fraction(base)
                }
                Kind::Word if self.is_unit(&token, &base) => self.unit(base)?,
                _ => return Ok(base),
            };
        }
        Ok(base)
    }

    fn empty_before_power(&self) -> bool {
        let is = |at, sign| self.ahead(at).is_some_and(|token| token.is(sign));
        is(1, b'}') && is(2, b'^')
    }

    /// What stands above the line after `^`.
    fn raised(&mut self, base: Node) -> Parsed {
        if self.degree_mark(matches!(base, Node::Number(_))) {
            return Ok(Node::apply(Function::Degrees, [base]));
        }
        if self.ordinal_mark() {
            return Ok(base);
        }
        if self.at_command("prime") {
            self.at += 1;
            return Ok(primed(base));
        }
        let exponent = self.deeper(Self::superscript)?;
        Ok(Node::apply(Function::Power, [base, exponent]))
    }

    /// `\circ`, alone or in braces; after a number also the letter `o`.
    fn degree_mark(&mut self, number: bool) -> bool {
        let is_circle = |token: Option<Token<'_>>| {
            token.is_some_and(|t| {
                let letter = number && t.text == "o";
                letter || t.is_command("circ") || t.is_command("degree")
            })
        };
        if is_circle(self.peek()) {
            self.at += 1;
            return true;
        }
        let braced = self.at_sign(b'{')
            && is_circle(self.ahead(1))
            && self.ahead(2).is_some_and(|token| token.is(b'}'));
        // `^{^\circ}` is written for it as well.
        let twice = self.at_sign(b'{')
            && self.ahead(1).is_some_and(|token| token.is(b'^'))
            && is_circle(self.ahead(2))
            && self.ahead(3).is_some_and(|token| token.is(b'}'));
        self.at += if braced {
            3
        } else if twice {
            4
        } else {
            0
        };
        braced || twice
    }

    /// `5^{th}`.
    fn ordinal_mark(&mut self) -> bool {
        let is_ending = |token: Option<Token<'_>>| {
            token.is_some_and(|t| {
                matches!(t.kind, Kind::Word | Kind::Text)
                    && matches!(t.text, "st" | "nd" | "rd" | "th")
            })
        };
        if is_ending(self.peek()) {
            self.at += 1;
            return true;
        }
        let braced = self.at_sign(b'{')
            && is_ending(self.ahead(1))
            && self.ahead(2).is_some_and(|token| token.is(b'}'));
        self.at += if braced { 3 } else { 0 };
        braced
    }

    /// An exponent: a group, a number, a letter, with its sign and its own exponent.
    pub(super) fn superscript(&mut self) -> Parsed {
        let mut negative = false;
        while self.at_sign(b'-') || self.at_sign(b'+') {
            negative ^= self.at_sign(b'-');
            self.at += 1;
        }
        let token = self.peek().ok_or(Limit::Unparsed)?;
        let mut exponent = match token.kind {
            Kind::Number => self.bare_number()?,
            _ => self.deeper(Self::atom)?,
        };
        if self.at_sign(b'^') {
            self.at += 1;
            let power = self.deeper(Self::superscript)?;
            exponent = Node::apply(Function::Power, [exponent, power]);
        }
        if self.at_sign(b'!') {
            self.at += 1;
            exponent = Node::apply(Function::Factorial, [exponent]);
        }
        Ok(if negative { exponent.negated() } else { exponent })
    }
}

/// Whether a command starts an atom rather than joining two or ending one.
fn starts_atom(name: &str) -> bool {
    names::function(name).is_some()
        || names::letter(name)
        || names::constant(name).is_some()
        || matches!(
            name,
            "frac"
                | "dfrac"
                | "tfrac"
                | "cfrac"
                | "sqrt"
                | "cbrt"
                | "binom"
                | "dbinom"
                | "tbinom"
                | "overline"
                | "bar"
                | "vec"
                | "hat"
                | "tilde"
                | "overrightarrow"
                | "widehat"
                | "boldsymbol"
                | "mathcal"
                | "lfloor"
                | "lceil"
                | "lvert"
                | "langle"
                | "angle"
                | "begin"
                | "boxed"
                | "fbox"
                | "mathbb"
                | "sum"
                | "prod"
                | "int"
        )
}

/// The product of some factors.
pub(super) fn product(mut factors: Vec<Node>) -> Node {
    match factors.len() {
        1 => factors.remove(0),
        _ => Node::apply(Function::Multiply, factors),
    }
}

/// A name with a prime; anything else as it is.
pub(super) fn primed(node: Node) -> Node {
    match node {
        Node::Symbol(name) => Node::Symbol(format!("{name}'").into()),
        other => Node::Call("prime".into(), vec![other]),
    }
}
