//! Inequalities as the intervals that they describe.

use std::slice;

use crate::math::limits::Budget;
use crate::math::tree::{Constant, Function, Interval, Node, Relation};
use crate::math::value::is_not_negative;
use crate::math::{is_closed, open_interval};

fn infinity(negative: bool) -> Node {
    let infinity = Node::Constant(Constant::Infinity);
    if negative { Node::apply(Function::Negate, [infinity]) } else { infinity }
}

/// The set of numbers that a part describes: an interval, a union of some.
pub(super) fn range(node: &Node) -> Option<Node> {
    match node {
        Node::Interval(_) | Node::Union(_) => Some(node.clone()),
        Node::Difference(sides) => match &**sides {
            [Node::Symbol(reals), Node::Set(points)] if &**reals == "mathbb R" => {
                let falling: Vec<_> = points.iter().rev().cloned().collect();
                all_but(points).or_else(|| all_but(&falling))
            }
            _ => None,
        },
        Node::Tuple(ends) if ends.len() == 2 => Some(open_interval(node.clone())),
        Node::Chain(relations, terms) => of_chain(relations, terms),
        Node::List(parts) => {
            let ranges = parts.iter().map(range).collect::<Option<Vec<_>>>()?;
            Some(joined(ranges))
        }
        _ => None,
    }
}

/// Whether a part is written with relations.
pub(super) fn is_relation(node: &Node) -> bool {
    match node {
        Node::Chain(relations, _) => relations.iter().all(|relation| *relation != Relation::Equal),
        Node::List(parts) => parts.iter().any(is_relation),
        _ => false,
    }
}

/// Two half lines that overlap are what both have in common, else any are a union.
fn joined(mut ranges: Vec<Node>) -> Node {
    let mut all = Vec::with_capacity(ranges.len());
    for range in ranges.drain(..) {
        match range {
            Node::Union(parts) => all.extend(parts),
            other => all.push(other),
        }
    }
    Node::Union(all)
}

fn of_chain(relations: &[Relation], terms: &[Node]) -> Option<Node> {
    match (relations, terms) {
        ([Relation::In], [Node::Symbol(_), set]) => range(set),
        ([Relation::NotEqual], [Node::Symbol(_), value]) => all_but(slice::from_ref(value)),
        ([relation], [Node::Apply(Function::Abs, inside), value])
            if matches!(inside[..], [Node::Symbol(_)]) =>
        {
            within(*relation, value)
        }
        ([relation], [Node::Symbol(_), value]) => half_line(*relation, value),
        ([relation], [value, Node::Symbol(_)]) => half_line(relation.turned(), value),
        ([first, second], [low, Node::Symbol(_), high]) => between([*first, *second], low, high),
        _ => None,
    }
}

fn interval(low: Node, high: Node, low_closed: bool, high_closed: bool) -> Node {
    Node::Interval(Box::new(Interval { low, high, low_closed, high_closed }))
}

/// The reals without some numbers that rise.
fn all_but(points: &[Node]) -> Option<Node> {
    let mut ends = vec![infinity(true)];
    for point in points {
        let last = ends.last().filter(|last| !last.is_infinite());
        let gap =
            last.map(|last| Node::apply(Function::Add, [point.clone(), last.clone().negated()]));
        if !gap.is_none_or(|gap| is_not_negative(&gap, &mut Budget::new()).unwrap_or(false)) {
            return None;
        }
        ends.push(point.clone());
    }
    ends.push(infinity(false));
    let between = |ends: &[Node]| interval(ends[0].clone(), ends[1].clone(), false, false);
    Some(Node::Union(ends.windows(2).map(between).collect()))
}

/// `|x| < 2`, `|x| > 2`, with a number that is not negative.
fn within(relation: Relation, size: &Node) -> Option<Node> {
    if !is_closed(size) || !is_not_negative(size, &mut Budget::new()).unwrap_or(false) {
        return None;
    }
    let low = size.clone().negated();
    match relation {
        Relation::Less => Some(interval(low, size.clone(), false, false)),
        Relation::LessEqual => Some(interval(low, size.clone(), true, true)),
        _ => {
            let left = half_line(relation.turned(), &low)?;
            Some(Node::Union(vec![left, half_line(relation, size)?]))
        }
    }
}

fn half_line(relation: Relation, value: &Node) -> Option<Node> {
    let value = value.clone();
    Some(match relation {
        Relation::Less => interval(infinity(true), value, false, false),
        Relation::LessEqual => interval(infinity(true), value, false, true),
        Relation::Greater => interval(value, infinity(false), false, false),
        Relation::GreaterEqual => interval(value, infinity(false), true, false),
        _ => return None,
    })
}

fn between(relations: [Relation; 2], left: &Node, right: &Node) -> Option<Node> {
    let closed = |relation| matches!(relation, Relation::LessEqual | Relation::GreaterEqual);
    let [first, second] = relations;
    let rising = |relation| matches!(relation, Relation::Less | Relation::LessEqual);
    let falling = |relation| matches!(relation, Relation::Greater | Relation::GreaterEqual);
    if rising(first) && rising(second) {
        Some(interval(left.clone(), right.clone(), closed(first), closed(second)))
    } else if falling(first) && falling(second) {
        Some(interval(right.clone(), left.clone(), closed(second), closed(first)))
    } else {
        None
    }
}
