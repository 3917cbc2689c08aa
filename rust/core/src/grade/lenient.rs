//! The lenient readings, each allowed only where it makes an answer match its reference.
//!
//! A decimal that agrees with an exact reference in all of its at least four significant
//! digits, or that rounds to a decimal reference; a percentage as a share; a decimal comma; an
//! interval as an inequality; a name before an expression; an angle without the unit that the
//! question gave; a vector in a column, in brackets or bare; a set of one for its element; a
//! ratio as a quotient; a unit in plain letters; the letter of an option before its text.

use std::borrow::Cow;

use super::literals::{Decimal, decimal, with_decimal_point};
use super::{options, ranges, units};
use crate::Kind;
use crate::math::limits::Budget;
use crate::math::tree::{Function, Node, Relation};
use crate::math::value::{Exact, is_not_negative};
use crate::math::{Keyed, is_closed, key, name_of, parse, tree_key};

/// The digits that a decimal must have to stand for an exact value.
const FEWEST_DIGITS: u32 = 4;
/// The digits of a decimal reference that others may round to: 0.46 is not 0.5.
const FEWEST_REFERENCE_DIGITS: u32 = 3;

/// An answer, its key and its tree.
pub(super) struct Side<'a> {
    text: &'a str,
    pub(super) keyed: &'a Keyed<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn new(text: &'a str, keyed: &'a Keyed<'a>) -> Self {
        Self { text, keyed }
    }

    /// Whether a lenient reading could start from this side at all.
    fn may_be_read(&self) -> bool {
        self.keyed.limit.is_some()
            || self
                .keyed
                .tree
                .as_ref()
                .is_some_and(|tree| tree.is_structure() || tree.any(&is_marked))
            || self.text.contains(['.', ',', '%'])
    }

    fn tree(&self) -> Option<Cow<'_, Node>> {
        match &self.keyed.tree {
            Some(tree) => Some(Cow::Borrowed(tree)),
            None => parse(self.text).ok().map(Cow::Owned),
        }
    }
}

/// Whether nothing but an integer is written: it has one reading.
pub(super) fn is_integer(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// Whether a part has a unit or a mark that a lenient reading drops.
fn is_marked(node: &Node) -> bool {
    matches!(node, Node::Quantity(..) | Node::Apply(Function::Degrees, _) | Node::Symbol(_))
}

/// Whether two answers that hold unknown functions differ without them: `f(x) = x`, `2x`.
pub(super) fn differ_as_expressions(answer: &Keyed<'_>, reference: &Keyed<'_>) -> bool {
    let bare = |keyed: &Keyed<'_>| {
        let tree = keyed.tree.as_ref()?;
        tree_key(expression(tree).unwrap_or(tree)).ok().filter(|(_, opaque)| !opaque)
    };
    match (bare(answer), bare(reference)) {
        (Some((answer, _)), Some((reference, _))) => answer != reference,
        _ => false,
    }
}

/// Whether the answer can be read as the reference.
pub(super) fn reads_as(answer: &Side<'_>, reference: &Side<'_>) -> bool {
    if is_integer(answer.text) && is_integer(reference.text)
        || !answer.may_be_read() && !reference.may_be_read()
    {
        return false;
    }
    if comma(answer, reference) || options::reads_as(answer.text, reference) {
        return true;
    }
    let (Some(given), Some(wanted)) = (answer.tree(), reference.tree()) else { return false };
    if units::differ(&given, &wanted) {
        return false;
    }
    percent(&given, &wanted)
        || name(&given, &wanted)
        || stated_value(&given, &wanted)
        || ratio(&given, &wanted)
        || ratio(&wanted, &given)
        || plain_unit(&given, &wanted)
        || range(&given, &wanted)
        || vector(&given, &wanted)
        || single(&given, &wanted)
        || degrees(&given, &wanted)
        || rounds(answer, reference, &given, &wanted)
}

/// `3,14` against 3.14.
fn comma(answer: &Side<'_>, reference: &Side<'_>) -> bool {
    let same = |text: &str, other: &Side<'_>| {
        with_decimal_point(text)
            .and_then(|text| key(&text, Kind::Math).map(|key| key == other.keyed.key))
            .unwrap_or(false)
    };
    same(answer.text, reference) || same(reference.text, answer)
}

fn same_key(a: &Node, b: &Node) -> bool {
    match (tree_key(a), tree_key(b)) {
        (Ok((a, _)), Ok((b, _))) => a == b,
        _ => false,
    }
}

/// The value and whether it is a percentage.
fn percentage(node: &Node) -> Option<&Node> {
    match node {
        Node::Quantity(value, unit) if matches!(&**unit, "%" | "percent" | "pct") => Some(value),
        _ => None,
    }
}

/// `50\%` against 0.5, and the other way.
fn percent(given: &Node, wanted: &Node) -> bool {
    let hundredth = |value: &Node| Node::apply(Function::Divide, [value.clone(), Node::whole(100)]);
    match (percentage(given), percentage(wanted)) {
        (Some(value), None) => same_key(&hundredth(value), wanted),
        (None, Some(value)) => same_key(given, &hundredth(value)),
        _ => false,
    }
}

/// The side of `name = expression` that is not the name.
fn expression(node: &Node) -> Option<&Node> {
    match node {
        Node::Chain(relations, terms) if matches!(relations[..], [Relation::Equal]) => {
            match &terms[..] {
                [name, value] if is_name(name) => Some(value),
                [value, name] if is_name(name) => Some(value),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_name(node: &Node) -> bool {
    name_of(node).is_some() || matches!(node, Node::Call(..))
}

/// `y = 2x + 3` against `2x + 3`; `x = 2, y = 3` against `(2, 3)`.
fn name(given: &Node, wanted: &Node) -> bool {
    match (expression(given), expression(wanted)) {
        (Some(value), None) => same_key(value, wanted),
        (None, Some(value)) => same_key(given, value),
        (Some(value), Some(other)) => {
            !is_closed(value) && same_key(value, other) && same_name(given, wanted)
        }
        (None, None) => coordinates(given, wanted) || coordinates(wanted, given),
    }
}

/// `m + n = 33` against 33: what is said to have the value is no unknown to solve for.
fn stated_value(given: &Node, wanted: &Node) -> bool {
    let Node::Chain(relations, terms) = given else { return false };
    let ([Relation::Equal], [left, value]) = (&relations[..], &terms[..]) else { return false };
    let measured = is_quantity(left) || matches!(left, Node::Apply(f, _) if f.is_named());
    measured
        // An equation that is brought to one side states no value.
        && *value != Node::whole(0)
        && is_closed(value)
        && is_closed(wanted)
        && !wanted.is_structure()
        && same_key(value, wanted)
}

/// What two names at least and no numbers make: `m + n`, `AB`, `xy + x + y`.
fn is_quantity(node: &Node) -> bool {
    let mut names = Vec::new();
    made_of_names(node, &mut names) && names.iter().any(|name| *name != names[0])
}

fn made_of_names<'a>(node: &'a Node, names: &mut Vec<&'a str>) -> bool {
    match node {
        Node::Symbol(name) => {
            names.push(name);
            true
        }
        Node::Apply(Function::Power, parts) => {
            parts.first().is_some_and(|base| made_of_names(base, names))
        }
        Node::Apply(
            Function::Add | Function::Multiply | Function::Divide | Function::Negate,
            parts,
        ) => parts.iter().all(|part| made_of_names(part, names)),
        _ => false,
    }
}

/// `1 : 4` against `\frac14`.
fn ratio(ratio: &Node, value: &Node) -> bool {
    let Node::Ratio(parts) = ratio else { return false };
    parts.len() == 2
        && !value.is_structure()
        && same_key(&Node::apply(Function::Divide, parts.clone()), value)
}

/// `90 m^2` against 90.
fn plain_unit(given: &Node, wanted: &Node) -> bool {
    if wanted.is_structure() || !is_closed(wanted) {
        return false;
    }
    let Some((value, unit)) = units::in_letters(given) else { return false };
    let quantity = Node::Quantity(Box::new(value), unit.into());
    !units::differ(&quantity, wanted) && same_key(&quantity, wanted)
}

/// `f(x) = …` against `y = …` are two names for one expression.
fn same_name(given: &Node, wanted: &Node) -> bool {
    let call = |node: &Node| match node {
        Node::Chain(_, terms) => terms.iter().any(|term| matches!(term, Node::Call(..))),
        _ => false,
    };
    call(given) || call(wanted)
}

/// Whether `x = 1, y = 2` gives values to the names of `(x, y)`, in their order.
fn same_names(equations: &[Node], names: &Node) -> bool {
    let Node::Tuple(names) = names else { return false };
    let left = |node: &Node| match node {
        Node::Chain(_, terms) => terms.first().and_then(name_of),
        _ => None,
    };
    names.len() == equations.len()
        && names.iter().zip(equations).all(|(name, equation)| name_of(name) == left(equation))
}

fn coordinates(list: &Node, point: &Node) -> bool {
    let Node::List(parts) = list else { return false };
    let point = match point {
        Node::Chain(relations, terms) if matches!(relations[..], [Relation::Equal]) => {
            match &terms[..] {
                [names, values] if same_names(parts, names) => values,
                _ => return false,
            }
        }
        other => other,
    };
    let Some(values) =
        parts.iter().map(|part| expression(part).cloned()).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    match point {
        Node::Tuple(_) => same_key(&Node::Tuple(values), point),
        Node::List(_) => same_key(&Node::List(values), point),
        _ => false,
    }
}

/// `1 < x < 2` against `(1, 2)`.
fn range(given: &Node, wanted: &Node) -> bool {
    let intervals =
        |node: &Node| matches!(node, Node::Interval(_) | Node::Union(_) | Node::Difference(_));
    if !(ranges::is_relation(given)
        || ranges::is_relation(wanted)
        || intervals(given)
        || intervals(wanted))
    {
        return false;
    }
    match (ranges::range(given), ranges::range(wanted)) {
        (Some(given), Some(wanted)) => same_key(&given, &wanted),
        _ => false,
    }
}

/// The entries of a vector, in a column, a row or brackets.
fn entries(node: &Node) -> Option<Vec<Node>> {
    match node {
        Node::Tuple(parts) => Some(parts.clone()),
        Node::Matrix(rows) if rows.len() == 1 || rows.iter().all(|row| row.len() == 1) => {
            Some(rows.iter().flatten().cloned().collect())
        }
        _ => None,
    }
}

fn vector(given: &Node, wanted: &Node) -> bool {
    if let (Node::List(parts), Node::Tuple(_)) = (given, wanted) {
        return same_key(&Node::Tuple(parts.clone()), wanted);
    }
    let matrix = |node: &Node| matches!(node, Node::Matrix(_));
    if matrix(given) == matrix(wanted) {
        return false;
    }
    match (entries(given), entries(wanted)) {
        (Some(given), Some(wanted)) => same_key(&Node::Tuple(given), &Node::Tuple(wanted)),
        _ => false,
    }
}

/// `\{5\}` against 5.
fn single(given: &Node, wanted: &Node) -> bool {
    let element = |node: &Node| match node {
        Node::Set(parts) if parts.len() == 1 => parts.first().cloned(),
        _ => None,
    };
    match (element(given), element(wanted)) {
        (Some(element), None) => same_key(&element, wanted),
        (None, Some(element)) => same_key(given, &element),
        _ => false,
    }
}

/// `\cos 13^\circ` against `\cos 13`.
fn degrees(given: &Node, wanted: &Node) -> bool {
    let marked = |node: &Node| node.any(&|part| matches!(part, Node::Apply(Function::Degrees, _)));
    marked(given) && !marked(wanted) && same_key(&without_degrees(given), wanted)
}

fn without_degrees(node: &Node) -> Node {
    match node.map(&mut without_degrees) {
        Node::Apply(Function::Degrees, mut inside) if inside.len() == 1 => inside.remove(0),
        other => other,
    }
}

/// A decimal against an exact value, or a value against the decimal that it rounds to.
fn rounds(answer: &Side<'_>, reference: &Side<'_>, given: &Node, wanted: &Node) -> bool {
    let (given, wanted) = (bare_value(given), bare_value(wanted));
    if given.is_structure() || wanted.is_structure() || !is_closed(given) || !is_closed(wanted) {
        return false;
    }
    match (decimal(answer.text), decimal(reference.text)) {
        (Some(short), None) if short.significant >= FEWEST_DIGITS => {
            within(given, wanted, &short, true)
        }
        (_, Some(short)) if short.significant >= FEWEST_REFERENCE_DIGITS => {
            within(wanted, given, &short, false)
        }
        _ => false,
    }
}

fn bare_value(node: &Node) -> &Node {
    match node {
        Node::Quantity(value, _) => bare_value(value),
        _ => expression(node).map_or(node, bare_value),
    }
}

/// Whether `exact` agrees with a decimal in its last place, rounded or else cut off.
fn within(decimal: &Node, exact: &Node, short: &Decimal, cut: bool) -> bool {
    let unit = Exact::ratio(1, 10_i64.pow(short.places.min(18)));
    let Some(unit) = unit.filter(|_| short.places <= 18) else { return false };
    let unit = Node::Number(unit);
    let size = |node: &Node| Node::apply(Function::Abs, [node.clone()]);
    let half = Node::apply(Function::Divide, [unit.clone(), Node::whole(2)]);
    let distance = Node::minus(exact, decimal);
    let mut budget = Budget::new();
    let mut holds = |node: &Node| is_not_negative(node, &mut budget).unwrap_or(false);
    if holds(&Node::minus(&half, &size(&distance))) {
        return true;
    }
    // Cut off rather than rounded: towards zero, by less than one unit.
    let beyond = Node::minus(&size(exact), &size(decimal));
    cut && holds(&beyond)
        && holds(&Node::minus(&unit, &beyond))
        && holds(&Node::minus(&unit, &size(&distance)))
}
