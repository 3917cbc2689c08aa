//! Lists, relations and sets of numbers: everything above a sum.

use super::words::{is_joiner, is_text_joiner};
use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::{Kind, Token};
use crate::math::tree::{Function, Interval, Node, Relation};

impl Parser<'_> {
    /// The whole: one item, or several without order.
    pub(super) fn answer(&mut self) -> Parsed {
        while self.peek().is_some_and(|token| token.is(b'=') || token.is_command("approx")) {
            self.at += 1;
        }
        let items = self.items()?;
        one_or(items, Node::List)
    }

    /// Items up to what is no separator.
    pub(super) fn items(&mut self) -> Result<Vec<Node>, Limit> {
        let mut items = vec![self.item()?];
        while self.separator() {
            if self.at_end() {
                break;
            }
            items.push(self.item()?);
        }
        Ok(items)
    }

    fn at_end(&self) -> bool {
        self.peek().is_none_or(|token| {
            token.is(b')') || token.is(b']') || token.is(b'}') || token.kind == Kind::CloseSet
        })
    }

    /// Skips commas, semicolons and words that join; whether there was one.
    fn separator(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|token| is_separator(&token)) {
            self.at += 1;
        }
        self.at > start
    }

    /// A value, a set, or a relation between some.
    pub(super) fn item(&mut self) -> Parsed {
        let mut terms = vec![self.sets()?];
        let mut relations = Vec::new();
        while let Some(relation) = self.relation() {
            relations.push(relation);
            terms.push(self.sets()?);
        }
        match relations[..] {
            [] => {
                let value = self.over(terms.remove(0))?;
                self.ratio(value)
            }
            [Relation::In] => {
                let set = terms.pop().map(open_interval).ok_or(Limit::Unparsed)?;
                terms.push(set);
                Ok(Node::Chain(relations, terms))
            }
            _ => Ok(Node::Chain(relations, terms)),
        }
    }

    fn relation(&mut self) -> Option<Relation> {
        let relation = relation(&self.peek()?)?;
        self.at += 1;
        Some(relation)
    }

    /// `{a \over b}`, `{n \choose k}`.
    fn over(&mut self, above: Node) -> Parsed {
        let function = match self.peek() {
            Some(token) if token.is_command("over") => Function::Divide,
            Some(token) if token.is_command("choose") => Function::Binomial,
            _ => return Ok(above),
        };
        self.at += 1;
        let below = self.sum()?;
        Ok(Node::apply(function, [above, below]))
    }

    /// `3 : 4`, `1 : 2 : 3`.
    fn ratio(&mut self, first: Node) -> Parsed {
        let mut parts = vec![first];
        while self.take_sign(b':') {
            parts.push(self.sum()?);
        }
        one_or(parts, Node::Ratio)
    }

    /// Unions, intersections and differences, from left to right.
    fn sets(&mut self) -> Parsed {
        let mut left = self.sum()?;
        while let Some(operation) = self.peek().and_then(|token| set_operation(&token)) {
            if operation == SetOperation::Union && !left.is_structure() && !self.next_is_set() {
                break;
            }
            self.at += 1;
            let right = open_interval(self.sum()?);
            let first = open_interval(left);
            left = operation.of(first, right);
        }
        Ok(left)
    }

    fn next_is_set(&self) -> bool {
        self.ahead(1).is_some_and(|token| {
            matches!(token.kind, Kind::OpenSet | Kind::Command) || token.is(b'(') || token.is(b'[')
        })
    }
}

/// The only one of some, or all of them together.
pub(super) fn one_or(mut parts: Vec<Node>, several: impl FnOnce(Vec<Node>) -> Node) -> Parsed {
    if parts.len() > 1 { Ok(several(parts)) } else { parts.pop().ok_or(Limit::Unparsed) }
}

fn is_separator(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Sign(b',' | b';' | b'&') | Kind::Row => true,
        Kind::Word => is_joiner(token.text),
        Kind::Text => is_text_joiner(token.text),
        _ => false,
    }
}

fn relation(token: &Token<'_>) -> Option<Relation> {
    match token.kind {
        Kind::Sign(b'=') => Some(Relation::Equal),
        Kind::Sign(b'<') => Some(Relation::Less),
        Kind::Sign(b'>') => Some(Relation::Greater),
        Kind::LessEqual => Some(Relation::LessEqual),
        Kind::GreaterEqual => Some(Relation::GreaterEqual),
        Kind::NotEqual => Some(Relation::NotEqual),
        Kind::Command => names::relation(token.text),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SetOperation {
    Union,
    Intersection,
    Difference,
}

fn set_operation(token: &Token<'_>) -> Option<SetOperation> {
    match (token.kind, token.text) {
        (Kind::Command, "cup" | "bigcup") | (Kind::Word, "U" | "union") => {
            Some(SetOperation::Union)
        }
        (Kind::Command, "cap" | "bigcap") => Some(SetOperation::Intersection),
        (Kind::Command, "setminus" | "backslash") => Some(SetOperation::Difference),
        _ => None,
    }
}

impl SetOperation {
    fn of(self, left: Node, right: Node) -> Node {
        match self {
            Self::Union => Node::Union(joined(left, right, |node| match node {
                Node::Union(parts) => Ok(parts),
                other => Err(other),
            })),
            Self::Intersection => Node::Intersection(joined(left, right, |node| match node {
                Node::Intersection(parts) => Ok(parts),
                other => Err(other),
            })),
            Self::Difference => Node::Difference(Box::new([left, right])),
        }
    }
}

fn joined(left: Node, right: Node, parts: impl Fn(Node) -> Result<Vec<Node>, Node>) -> Vec<Node> {
    let mut all = parts(left).unwrap_or_else(|other| vec![other]);
    all.extend(parts(right).unwrap_or_else(|other| vec![other]));
    all
}

/// Among sets a pair in round brackets is an open interval, not a point.
pub(crate) fn open_interval(node: Node) -> Node {
    match node {
        Node::Tuple(mut ends) if ends.len() == 2 => {
            let high = ends.pop().unwrap_or(Node::Set(Vec::new()));
            let low = ends.pop().unwrap_or(Node::Set(Vec::new()));
            let (low_closed, high_closed) = (false, false);
            Node::Interval(Box::new(Interval { low, high, low_closed, high_closed }))
        }
        other => other,
    }
}
