//! Keys of equations and inequalities.
//!
//! `x = 5`, `2x = 10` and `5` are one vote; every other equation counts up to a nonzero factor,
//! an inequality up to a positive one.

use super::key::{Speller, hex, printed};
use super::limits::Limit;
use super::tree::{Node, Relation};
use super::value::{Solved, root_or_ratio};

/// The key of a chain of relations.
pub(super) fn body(
    speller: &mut Speller,
    relations: &[Relation],
    terms: &[Node],
) -> Result<String, Limit> {
    if let ([relation], [left, right]) = (relations, terms) {
        return single(speller, *relation, left, right);
    }
    let equal = relations.iter().all(|relation| *relation == Relation::Equal);
    let chained = relations
        .iter()
        .all(|relation| matches!(relation, Relation::Equal | Relation::Approximately));
    match terms {
        // `m + n = 256 + 37 = 293` states 293.
        [.., last] if equal && is_closed(last) => return speller.body(last),
        [.., exact, _] if chained && is_closed(exact) => return speller.body(exact),
        _ => {}
    }
    let mut bodies = Vec::with_capacity(relations.len());
    for (relation, pair) in relations.iter().zip(terms.windows(2)) {
        bodies.push(single(speller, *relation, &pair[0], &pair[1])?);
    }
    bodies.sort_unstable();
    Ok(format!("{{{}}}", bodies.join(",")))
}

/// A name and the value that it is said to have: `x = 5`.
pub(super) fn named_value(node: &Node) -> Option<(Box<str>, &Node)> {
    match node {
        Node::Chain(relations, terms) => match (&relations[..], &terms[..]) {
            ([Relation::Equal | Relation::In | Relation::Approximately], [name, value])
                if is_closed(value) =>
            {
                Some((name_of(name)?, value))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The name that stands for a value: a variable, `f(x)`, words.
pub(crate) fn name_of(node: &Node) -> Option<Box<str>> {
    match node {
        Node::Symbol(name) => Some(name.clone()),
        Node::Call(name, arguments)
            if arguments.iter().all(|a| matches!(a, Node::Symbol(_) | Node::Number(_))) =>
        {
            Some(format!("{name}{arguments:?}").into())
        }
        Node::Text(words) => Some(words.clone()),
        _ => None,
    }
}

/// Whether a part holds no variable.
pub(crate) fn is_closed(node: &Node) -> bool {
    !node.any(&|part| matches!(part, Node::Symbol(name) if !name.starts_with("mathbb")))
        && !node.any(&|part| matches!(part, Node::Call(..)))
}

fn single(
    speller: &mut Speller,
    relation: Relation,
    left: &Node,
    right: &Node,
) -> Result<String, Limit> {
    match relation {
        Relation::Equal => equation(speller, left, right),
        Relation::Approximately if is_closed(left) => speller.body(left),
        Relation::In | Relation::Approximately if name_of(left).is_some() => speller.body(right),
        Relation::NotEqual => Ok(format!("n:{}", equation(speller, left, right)?)),
        _ if relation.is_order() && !left.is_structure() && !right.is_structure() => {
            order(speller, relation, left, right)
        }
        _ => Ok(format!("r:{relation:?}({},{})", speller.body(left)?, speller.body(right)?)),
    }
}

fn equation(speller: &mut Speller, left: &Node, right: &Node) -> Result<String, Limit> {
    if (name_of(left).is_some() || is_closed(left)) && is_closed(right) {
        return speller.body(right);
    }
    if name_of(right).is_some() && is_closed(left) {
        return speller.body(left);
    }
    if left.is_structure() || right.is_structure() {
        return structures(speller, left, right);
    }
    let difference = Node::minus(left, right);
    let (solved, opaque) = root_or_ratio(&difference, false, &mut speller.budget)?;
    speller.opaque |= opaque;
    Ok(match solved {
        Solved::Trivial => "t:true".into(),
        Solved::Root(print) => printed(&print),
        Solved::Ratio(digest) => format!("e:{}", hex(&digest)),
    })
}

/// `(x, y) = (1, 2)` states the point; other sides that are no values stand as they are.
fn structures(speller: &mut Speller, left: &Node, right: &Node) -> Result<String, Limit> {
    let names =
        matches!(left, Node::Tuple(parts) if parts.iter().all(|part| name_of(part).is_some()));
    if names || name_of(left).is_some() {
        return speller.body(right);
    }
    let mut sides = [speller.body(left)?, speller.body(right)?];
    sides.sort_unstable();
    Ok(format!("r:=({})", sides.join(",")))
}

fn order(
    speller: &mut Speller,
    relation: Relation,
    left: &Node,
    right: &Node,
) -> Result<String, Limit> {
    let (small, large, strict) = match relation {
        Relation::Less => (left, right, true),
        Relation::LessEqual => (left, right, false),
        Relation::Greater => (right, left, true),
        _ => (right, left, false),
    };
    let (solved, opaque) = root_or_ratio(&Node::minus(large, small), true, &mut speller.budget)?;
    speller.opaque |= opaque;
    let sign = if strict { ">" } else { ">=" };
    Ok(match solved {
        Solved::Ratio(digest) => format!("o:{sign}{}", hex(&digest)),
        _ => format!("o:{sign}0"),
    })
}
