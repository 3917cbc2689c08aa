//! Functions with names: their powers, bases and arguments.

use super::terms::product;
use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::Kind;
use crate::math::tree::{Constant, Function, Node, Series};

impl Parser<'_> {
    /// A function whose name has just been read.
    pub(super) fn function(&mut self, function: Function) -> Parsed {
        let mut function = function;
        let mut base = None;
        let mut power = None;
        if function == Function::Log && self.at_glued_base() {
            base = Some(self.bare_number()?);
        }
        for _ in 0..2 {
            if self.at_sign(b'_') && base.is_none() {
                self.at += 1;
                base = Some(self.lowered()?);
            } else if self.at_sign(b'^') && power.is_none() {
                self.at += 1;
                let exponent = self.deeper(Self::superscript)?;
                match names::inverse(function) {
                    Some(inverse) if exponent == Node::whole(-1) => function = inverse,
                    _ => power = Some(exponent),
                }
            }
        }
        let applied = self.applied(function, base)?;
        Ok(match power {
            Some(power) => Node::apply(Function::Power, [applied, power]),
            None => applied,
        })
    }

    /// `log10(x)` in plain text.
    fn at_glued_base(&self) -> bool {
        let plain = self.at.checked_sub(1).is_some_and(|at| self.tokens[at].kind == Kind::Word);
        let number = self.peek().is_some_and(|token| token.kind == Kind::Number && !token.gap);
        plain && number && self.ahead(1).is_some_and(|next| next.is(b'(') && !next.gap)
    }

    /// `\operatorname{cis} 45^\circ`: the cosine and i times the sine.
    pub(super) fn cis(&mut self) -> Parsed {
        self.at += 1;
        let [angle] = <[Node; 1]>::try_from(self.arguments()?).map_err(|_| Limit::Unparsed)?;
        let imaginary = Node::apply(
            Function::Multiply,
            [Node::Constant(Constant::I), Node::apply(Function::Sin, [angle.clone()])],
        );
        Ok(Node::apply(Function::Add, [Node::apply(Function::Cos, [angle]), imaginary]))
    }

    /// `\sum_{k=1}^{n} …`, `\prod`: the name, its range, what is added.
    pub(super) fn series(&mut self, product: bool) -> Parsed {
        self.expect_sign(b'_')?;
        self.expect_sign(b'{')?;
        let name = self.next().filter(|token| token.kind == Kind::Word).ok_or(Limit::Unparsed)?;
        self.expect_sign(b'=')?;
        let low = self.sum()?;
        self.expect_sign(b'}')?;
        self.expect_sign(b'^')?;
        let high = self.deeper(Self::superscript)?;
        let body = self.deeper(Self::term)?;
        Ok(Node::Series(Box::new(Series { product, name: name.text.into(), low, high, body })))
    }

    /// A base below the line: a group, a number, or one letter.
    fn lowered(&mut self) -> Parsed {
        match self.peek().map(|token| token.kind) {
            // `\log_28` has the base 2, `\log_{10}` and `log_10` the base ten.
            Some(Kind::Number) => {
                let token = self.peek().ok_or(Limit::Unparsed)?;
                let argument = self.ahead(1).is_some_and(|next| {
                    next.is(b'(')
                        || next.is(b'{')
                        || next.gap
                        || matches!(next.kind, Kind::Command | Kind::Word)
                });
                if argument || token.text.len() == 1 { self.bare_number() } else { self.argument() }
            }
            _ => self.argument(),
        }
    }

    fn applied(&mut self, function: Function, base: Option<Node>) -> Parsed {
        let of_set =
            matches!(function, Function::Gcd | Function::Lcm | Function::Min | Function::Max)
                && self.take_kind(Kind::OpenSet);
        let arguments = if of_set { self.inner_items()? } else { self.arguments()? };
        if of_set && !self.take_kind(Kind::CloseSet) {
            return Err(Limit::Unparsed);
        }
        let known = match (function, &arguments[..]) {
            (Function::Log, [argument]) => {
                let base = base.unwrap_or_else(|| Node::whole(10));
                return Ok(match base {
                    Node::Constant(Constant::E) => Node::apply(Function::Ln, [argument.clone()]),
                    base => Node::apply(Function::Log, [base, argument.clone()]),
                });
            }
            (Function::Gcd | Function::Lcm, [_, _])
            | (Function::Min | Function::Max, _)
            | (_, [_]) => true,
            _ => false,
        };
        if known && base.is_none() {
            Ok(Node::Apply(function, arguments))
        } else {
            Err(Limit::Unparsed)
        }
    }

    /// What a function is applied to: what stands in brackets, or the product that follows.
    fn arguments(&mut self) -> Result<Vec<Node>, Limit> {
        let token = self.peek().ok_or(Limit::Unparsed)?;
        if token.is(b'(') {
            self.at += 1;
            let arguments = self.inner_items()?;
            self.expect_sign(b')')?;
            return Ok(arguments);
        }
        if token.is(b'{') {
            return Ok(vec![self.deeper(Self::group)?]);
        }
        Ok(vec![self.deeper(Self::bare_argument)?])
    }

    fn inner_items(&mut self) -> Result<Vec<Node>, Limit> {
        if self.depth >= super::DEEPEST {
            return Err(Limit::Depth);
        }
        self.depth += 1;
        let items = self.items();
        self.depth -= 1;
        items
    }

    /// `\sin 2x`, `\cos \pi/3`, `\ln|x|`: factors up to a sign, a bracket or another function.
    fn bare_argument(&mut self) -> Parsed {
        let mut factors = vec![self.factor()?];
        while self.starts_factor(factors.last()) && !self.ends_argument() {
            factors.push(self.factor()?);
        }
        let turns = factors.contains(&Node::Constant(Constant::Pi));
        if turns && self.at_sign(b'/') && self.ahead(1).is_some_and(|t| t.kind == Kind::Number) {
            self.at += 1;
            let below = self.factor()?;
            return Ok(Node::apply(Function::Divide, [product(factors), below]));
        }
        Ok(product(factors))
    }

    fn ends_argument(&self) -> bool {
        self.peek().is_none_or(|token| {
            let function = matches!(token.kind, Kind::Command | Kind::Word)
                && names::function(token.text).is_some();
            function || token.is(b'(') || token.is(b'|')
        })
    }
}
