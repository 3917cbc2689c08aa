//! Units: two that differ make two answers of one value.

use crate::math::is_closed;
use crate::math::tree::{Function, Node};

/// Units of one sort in all their spellings; only these can differ.
const SPELLINGS: [&[&str]; 34] = [
    &["cm", "centimeter", "centimetre"],
    &["mm", "millimeter", "millimetre"],
    &["m", "meter", "metre"],
    &["km", "kilometer", "kilometre"],
    &["in", "inch", "inche"],
    &["ft", "foot", "feet"],
    &["yd", "yard"],
    &["mi", "mile"],
    &["g", "gram"],
    &["kg", "kilogram"],
    &["mg", "milligram"],
    &["lb", "pound"],
    &["oz", "ounce"],
    &["l", "liter", "litre"],
    &["ml", "milliliter", "millilitre"],
    &["gal", "gallon"],
    &["second", "sec"],
    &["minute", "min"],
    &["hour", "hr"],
    &["day"],
    &["week"],
    &["month"],
    &["year"],
    &["$", "dollar", "usd", "buck"],
    &["cent", "¢"],
    &["euro", "eur"],
    &["mph", "mile/hour", "mileperhour"],
    &["km/h", "kmh", "kilometerperhour", "kph"],
    &["m/s", "meterpersecond"],
    &["radian", "rad"],
    &["degree", "deg"],
    &["hz", "hertz"],
    &["pa", "pascal"],
    &["mole", "mol"],
];

/// Whether both name a unit that is known and they are not the same.
pub(super) fn differ(answer: &Node, reference: &Node) -> bool {
    match (unit(answer).as_deref().and_then(known), unit(reference).as_deref().and_then(known)) {
        (Some(answer), Some(reference)) => answer != reference,
        _ => false,
    }
}

fn unit(node: &Node) -> Option<String> {
    match node {
        Node::Quantity(value, unit) => unit_of(unit).or_else(|| self::unit(value)),
        Node::Chain(_, terms) => terms.last().and_then(unit),
        Node::Apply(Function::Degrees, _) => Some("degree".into()),
        Node::Apply(Function::Negate, inside) => inside.first().and_then(unit),
        _ => None,
    }
}

fn unit_of(unit: &str) -> Option<String> {
    (unit != "%").then(|| unit.chars().filter(|c| !c.is_whitespace() && *c != '.').collect())
}

/// The number of the sort and the power of a unit.
fn known(unit: &str) -> Option<(usize, u8)> {
    let (unit, power) = match unit.split_once('^') {
        Some((unit, "2")) => (unit, 2),
        Some((unit, "3")) => (unit, 3),
        Some(_) => return None,
        None => (unit, 1),
    };
    let (unit, power) = match ["square", "sq", "cubic", "cu"].iter().find_map(|word| {
        unit.strip_prefix(word).map(|rest| (rest, if word.starts_with('s') { 2 } else { 3 }))
    }) {
        Some(found) => found,
        None => (unit, power),
    };
    let plural = unit.strip_suffix('s').unwrap_or(unit);
    let sort =
        SPELLINGS.iter().position(|names| names.contains(&unit) || names.contains(&plural))?;
    Some((sort, power))
}

/// Letters that are units where a value stands before them.
const LETTERS: [&str; 9] = ["m", "g", "s", "h", "L", "N", "J", "W", "V"];

/// `90 m^2`, `18 m/s`: the value and the unit that its letters spell.
pub(super) fn in_letters(node: &Node) -> Option<(Node, String)> {
    match node {
        Node::Apply(Function::Multiply, factors) => {
            let [value, letters @ ..] = &factors[..] else { return None };
            let unit = letters.iter().map(letter).collect::<Option<Vec<_>>>()?.join("");
            (is_closed(value) && !unit.is_empty()).then(|| (value.clone(), unit))
        }
        Node::Apply(Function::Divide, sides) => {
            let (value, above) = in_letters(sides.first()?)?;
            Some((value, format!("{above}/{}", letter(sides.get(1)?)?)))
        }
        Node::Apply(Function::Negate, inside) => {
            let (value, unit) = in_letters(inside.first()?)?;
            Some((value.negated(), unit))
        }
        _ => None,
    }
}

fn letter(node: &Node) -> Option<String> {
    match node {
        Node::Symbol(name) => LETTERS.contains(&&**name).then(|| name.to_string()),
        Node::Apply(Function::Power, parts) => match &parts[..] {
            [base, Node::Number(power)] => Some(format!("{}^{power}", letter(base)?)),
            _ => None,
        },
        _ => None,
    }
}
