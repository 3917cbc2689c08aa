//! The key: what equal answers share, as a short string.
//!
//! A rational value is its own key, in lowest terms (`7/3`, `-5`), and a letter of a choice is
//! itself. Every other key carries the version of the rules: `v1:f:…` the digest of the values
//! of an expression, `v1:(…)`, `v1:{…}`, `v1:M(…)` and the like a structure of keys,
//! `v1:t:…` a text, `v1:raw:…` what could not be read, `v1:sha256:…` what would be too long.

use std::borrow::Cow;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::fold::fold;
use super::limits::{Budget, Limit};
use super::parse::{fold_words, parse};
use super::plain::plain_key;
use super::relations;
use super::token::{Commas, Kind as TokenKind, tokens};
use super::tree::{Function, Interval, Node};
use super::value::{Exact, Fingerprint, fingerprint};
use super::wrapping::unwrapped;
use crate::Kind;
use crate::extract::choice::{is_closer, skip_openers};
use crate::extract::numbers::Numbers;
use crate::extract::text::is_space;

/// The version of the rules; keys of one version compare.
pub const KEY_VERSION: &str = "v1";

/// The longest key, in bytes.
const LONGEST: usize = 256;
/// A rational with more bits is keyed by its digest.
const MOST_PRINTED_BITS: u64 = 640;

/// A key with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keyed<'a> {
    pub(crate) key: Cow<'a, str>,
    /// Why the key is no value: then unequal keys show nothing.
    pub(crate) limit: Option<Limit>,
    /// What was read; nothing for a plain number or a letter.
    pub(crate) tree: Option<Node>,
}

impl<'a> Keyed<'a> {
    /// The same for as long as wanted.
    pub(crate) fn into_owned(self) -> Keyed<'static> {
        Keyed { key: Cow::Owned(self.key.into_owned()), limit: self.limit, tree: self.tree }
    }

    fn certain(key: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), limit: None, tree: None }
    }
}

/// The key of `answer` for its kind; nothing where nothing is left of it.
pub fn key(answer: &str, kind: Kind) -> Option<Cow<'_, str>> {
    keyed(answer, kind).map(|keyed| keyed.key)
}

/// The same with the limit that was hit.
pub(crate) fn keyed(answer: &str, kind: Kind) -> Option<Keyed<'_>> {
    match kind {
        Kind::Choice => choice_key(answer).map(Keyed::certain),
        Kind::Math => math_key(answer),
        Kind::Number => number_key(answer),
    }
}

fn math_key(answer: &str) -> Option<Keyed<'_>> {
    match plain_key(answer) {
        Some(key) => Some(Keyed::certain(key)),
        None => of_parsed(answer, parse(answer)),
    }
}

/// The key of the only number among words, where the whole is no value.
fn number_key(answer: &str) -> Option<Keyed<'_>> {
    if let Some(key) = plain_key(answer) {
        return Some(Keyed::certain(key));
    }
    let tree = parse(answer);
    if matches!(tree, Err(Limit::Unparsed) | Ok(Node::Text(_))) {
        let mut numbers = Numbers::of(answer);
        if let (Some((_, only)), None) = (numbers.next(), numbers.next()) {
            return math_key(only);
        }
    }
    of_parsed(answer, tree)
}

fn of_parsed(answer: &str, tree: Result<Node, Limit>) -> Option<Keyed<'_>> {
    let (tree, read) = match tree {
        Ok(tree) => {
            let read = tree_key(&tree);
            (Some(tree), read)
        }
        Err(limit) => (None, Err(limit)),
    };
    match read {
        Ok((key, opaque)) => {
            Some(Keyed { key: key.into(), limit: opaque.then_some(Limit::Opaque), tree })
        }
        Err(limit) => raw(answer).map(|key| Keyed { key: key.into(), limit: Some(limit), tree }),
    }
}

/// The key of a tree, and whether something in it was compared only by its argument.
pub(crate) fn tree_key(tree: &Node) -> Result<(String, bool), Limit> {
    let mut speller = Speller { budget: Budget::new(), opaque: false };
    let tree = both_signs(tree);
    let body = speller.body(&tree)?;
    let plain = body.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'/');
    let key = if plain { body } else { format!("{KEY_VERSION}:{body}") };
    Ok((bounded(key), speller.opaque))
}

/// Spells the keys of parts within one budget.
pub(super) struct Speller {
    pub(super) budget: Budget,
    pub(super) opaque: bool,
}

impl Speller {
    /// The key of a part, without the version.
    pub(super) fn body(&mut self, node: &Node) -> Result<String, Limit> {
        match node {
            Node::Text(words) => Ok(format!("t:{words}")),
            Node::List(parts) => self.list(parts),
            Node::Set(parts) => {
                let mut bodies = self.bodies(&spread(parts))?;
                bodies.sort_unstable();
                bodies.dedup();
                Ok(format!("{{{}}}", bodies.join(",")))
            }
            Node::Tuple(parts) => Ok(format!("({})", self.bodies(parts)?.join(","))),
            // Both ends infinite: the real numbers, however they are written.
            Node::Interval(interval)
                if interval.low.is_infinite()
                    && interval.high.is_infinite()
                    && interval.low != interval.high =>
            {
                self.body(&Node::Symbol("mathbb R".into()))
            }
            Node::Interval(interval) => self.interval(interval),
            Node::Union(parts) => self.unordered("U", parts),
            Node::Intersection(parts) => self.unordered("N", parts),
            Node::Difference(sides) => {
                Ok(format!("D({},{})", self.body(&sides[0])?, self.body(&sides[1])?))
            }
            Node::Matrix(rows) => {
                let rows: Result<Vec<_>, _> =
                    rows.iter().map(|row| Ok(self.bodies(row)?.join(","))).collect();
                Ok(format!("M({})", rows?.join(";")))
            }
            Node::Ratio(parts) => Ok(self.bodies(parts)?.join(":")),
            Node::Chain(relations, terms) => relations::body(self, relations, terms),
            Node::Apply(Function::Multiply, factors) if factors.iter().any(is_matrix) => {
                self.body(&scaled_matrix(factors)?)
            }
            Node::Apply(Function::Negate, inside) if inside.iter().any(is_matrix) => {
                let factors = [Node::whole(-1), inside[0].clone()];
                self.body(&scaled_matrix(&factors)?)
            }
            Node::Quantity(value, _) => self.body(value),
            _ if node.is_infinite() => {
                let negative = matches!(node, Node::Apply(..));
                Ok(if negative { "-inf" } else { "inf" }.into())
            }
            _ => {
                let (print, opaque) = fingerprint(node, &mut self.budget)?;
                self.opaque |= opaque;
                Ok(printed(&print))
            }
        }
    }

    fn bodies(&mut self, parts: &[Node]) -> Result<Vec<String>, Limit> {
        parts.iter().map(|part| self.body(part)).collect()
    }

    fn unordered(&mut self, mark: &str, parts: &[Node]) -> Result<String, Limit> {
        let mut bodies = self.bodies(parts)?;
        bodies.sort_unstable();
        bodies.dedup();
        Ok(format!("{mark}({})", bodies.join(",")))
    }

    /// Values in any order; those of several names keep their names.
    fn list(&mut self, parts: &[Node]) -> Result<String, Limit> {
        let parts = spread(parts);
        let names: Vec<_> = parts.iter().map(relations::named_value).collect();
        let mut distinct: Vec<_> = names.iter().flatten().map(|(name, _)| name).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let keep = distinct.len() > 1;
        let mut bodies = Vec::with_capacity(parts.len());
        for (part, name) in parts.iter().zip(&names) {
            bodies.push(match name {
                Some((name, value)) if keep => format!("{name}={}", self.body(value)?),
                _ => self.body(part)?,
            });
        }
        bodies.sort_unstable();
        // `1/5 or 0.2` writes one value twice; `4, 4` are two.
        let one = bodies.first() == bodies.last() && parts.first() != parts.last();
        if one {
            bodies.pop().ok_or(Limit::Unparsed)
        } else {
            Ok(format!("{{{}}}", bodies.join(",")))
        }
    }

    /// Square brackets turned outwards at open ends, so that no interval is a tuple.
    fn interval(&mut self, interval: &Interval) -> Result<String, Limit> {
        // Infinity belongs to no interval, however its bracket is turned.
        let included = |closed: bool, end: &Node| closed && !end.is_infinite();
        let opener = if included(interval.low_closed, &interval.low) { '[' } else { ']' };
        let ending = if included(interval.high_closed, &interval.high) { ']' } else { '[' };
        let (low, high) = (self.body(&interval.low)?, self.body(&interval.high)?);
        Ok(format!("{opener}{low},{high}{ending}"))
    }
}

pub(super) fn printed(print: &Fingerprint) -> String {
    match print {
        Fingerprint::Exact(value) if value.bits() <= MOST_PRINTED_BITS => value.to_string(),
        Fingerprint::Exact(value) => format!("q:{}", hex(&digest_of(value))),
        Fingerprint::Digest(digest) => format!("f:{}", hex(digest)),
    }
}

fn digest_of(value: &Exact) -> [u8; 16] {
    let value = value.big();
    let mut hash = Sha256::new();
    for part in [value.numer(), value.denom()] {
        let bytes = part.to_signed_bytes_be();
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn is_matrix(node: &Node) -> bool {
    matches!(node, Node::Matrix(_))
}

/// A matrix with every entry times the other factors.
fn scaled_matrix(factors: &[Node]) -> Result<Node, Limit> {
    let (matrices, scalars): (Vec<_>, Vec<_>) = factors.iter().partition(|node| is_matrix(node));
    let [Node::Matrix(rows)] = matrices[..] else { return Err(Limit::Unparsed) };
    let scale = |cell: &Node| {
        let mut factors: Vec<_> = scalars.iter().map(|&scalar| scalar.clone()).collect();
        factors.push(cell.clone());
        Node::Apply(Function::Multiply, factors)
    };
    Ok(Node::Matrix(rows.iter().map(|row| row.iter().map(scale).collect()).collect()))
}

fn has_signs(node: &Node) -> bool {
    node.any(&|part| matches!(part, Node::Apply(Function::PlusMinus | Function::MinusPlus, _)))
}

/// `a ± b` as the list of both.
pub(crate) fn both_signs(tree: &Node) -> Cow<'_, Node> {
    if matches!(tree, Node::List(_) | Node::Set(_)) || !has_signs(tree) {
        return Cow::Borrowed(tree);
    }
    Cow::Owned(Node::List(vec![signed(tree, true), signed(tree, false)]))
}

/// The parts of a list, those with either sign as two.
pub(crate) fn spread(parts: &[Node]) -> Vec<Node> {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        if has_signs(part) {
            all.extend([signed(part, true), signed(part, false)]);
        } else {
            all.push(part.clone());
        }
    }
    all
}

fn signed(node: &Node, plus: bool) -> Node {
    let changed = node.map(&mut |part| signed(part, plus));
    match changed {
        Node::Apply(sign @ (Function::PlusMinus | Function::MinusPlus), mut inside)
            if inside.len() == 1 =>
        {
            let inside = inside.remove(0);
            if (sign == Function::PlusMinus) == plus { inside } else { inside.negated() }
        }
        other => other,
    }
}

/// The cleaned string of what is not read as mathematics; nothing where nothing is left.
fn raw(answer: &str) -> Option<String> {
    let folded = fold(answer);
    let text = unwrapped(&folded);
    let cleaned = match tokens(text, Commas::Separate) {
        Ok(tokens) => tokens.iter().fold(String::with_capacity(text.len()), |mut out, token| {
            if token.kind == TokenKind::Command {
                out.push('\\');
            }
            out.push_str(token.text);
            out
        }),
        Err(_) => text.split_whitespace().collect(),
    };
    let cleaned = if cleaned.is_empty() { text.trim() } else { &cleaned };
    (!cleaned.is_empty()).then(|| bounded(format!("{KEY_VERSION}:raw:{cleaned}")))
}

/// The letter, in upper case; an answer that is none keeps its words.
fn choice_key(answer: &str) -> Option<Cow<'_, str>> {
    let rest = skip_openers(answer);
    let bare =
        rest.trim_end_matches(|c| is_closer(c) || is_space(c) || matches!(c, '.' | ':' | ','));
    let first = rest.chars().next();
    if let Some(letter) = first.filter(|c| bare.len() == 1 && c.is_ascii_alphabetic()) {
        return Some(Cow::Owned(letter.to_ascii_uppercase().to_string()));
    }
    if first.is_some_and(|c| c.is_ascii_uppercase()) {
        let after = rest[1..].trim_start_matches([')', '.', ']', ':', '}']);
        if after.len() + 1 < rest.len() && after.starts_with(is_space) {
            return Some(Cow::Borrowed(&rest[..1]));
        }
    }
    let text = fold_words(answer);
    (!text.is_empty()).then(|| Cow::Owned(bounded(format!("{KEY_VERSION}:t:{text}"))))
}

/// A key that would be too long becomes its SHA-256.
fn bounded(key: String) -> String {
    if key.len() <= LONGEST {
        return key;
    }
    format!("{KEY_VERSION}:sha256:{}", hex(&Sha256::digest(key.as_bytes())))
}
