//! The tree as JSON arrays, for those who build expressions of their own from it.

use std::fmt::Write;

use super::key::{both_signs, spread};
use super::parse::parse;
use super::tree::{Constant, Function, Node, Relation};

/// The tree of an answer as JSON; nothing where it is not read as mathematics.
///
/// Every node is an array whose first item names it: `["number", "7/3"]`, `["symbol", "x"]`,
/// `["add", a, b]`, `["apply", "sin", a]`, `["tuple", a, b]`, `["relation", "<", a, b]`.
/// Values with either sign come as a list.
pub fn tree_json(answer: &str) -> Option<String> {
    let tree = parse(answer).ok()?;
    let mut out = String::with_capacity(4 * answer.len() + 32);
    write(&both_signs(&tree), &mut out);
    Some(out)
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Number(value) => leaf("number", &value.to_string(), out),
        Node::Symbol(name) => leaf("symbol", name, out),
        Node::Constant(constant) => leaf("constant", constant_name(*constant), out),
        Node::Text(words) => leaf("text", words, out),
        Node::Quantity(value, unit) => {
            out.push_str("[\"quantity\",");
            write(value, out);
            out.push(',');
            string(unit, out);
            out.push(']');
        }
        Node::Interval(interval) => {
            out.push_str("[\"interval\",");
            write(&interval.low, out);
            out.push(',');
            write(&interval.high, out);
            let _ = write!(out, ",{},{}]", interval.low_closed, interval.high_closed);
        }
        Node::Series(series) => {
            let kind = if series.product { "product" } else { "sum" };
            named_with(&[kind, &series.name], &[&series.low, &series.high, &series.body], out);
        }
        Node::Matrix(rows) => {
            out.push_str("[\"matrix\"");
            for row in rows {
                out.push_str(",[");
                for (at, cell) in row.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    write(cell, out);
                }
                out.push(']');
            }
            out.push(']');
        }
        Node::Chain(relations, terms) => chain(relations, terms, out),
        Node::Apply(function, parts) => apply(*function, parts, out),
        Node::Call(name, parts) => match name.strip_prefix("derivative ") {
            Some(name) => named(&["derivative", name], parts, out),
            None => named(&["call", name], parts, out),
        },
        Node::List(parts) => named(&["list"], &spread(parts), out),
        Node::Set(parts) => named(&["set"], &spread(parts), out),
        Node::Tuple(parts) => named(&["tuple"], parts, out),
        Node::Union(parts) => named(&["union"], parts, out),
        Node::Intersection(parts) => named(&["intersection"], parts, out),
        Node::Difference(sides) => named(&["difference"], &sides[..], out),
        Node::Ratio(parts) => named(&["ratio"], parts, out),
    }
}

fn leaf(kind: &str, value: &str, out: &mut String) {
    named(&[kind, value], &[], out);
}

fn named(names: &[&str], parts: &[Node], out: &mut String) {
    named_with(names, &parts.iter().collect::<Vec<_>>(), out);
}

fn named_with(names: &[&str], parts: &[&Node], out: &mut String) {
    out.push('[');
    for (at, name) in names.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        string(name, out);
    }
    for part in parts {
        out.push(',');
        write(part, out);
    }
    out.push(']');
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn chain(relations: &[Relation], terms: &[Node], out: &mut String) {
    if let [relation] = relations {
        return named(&["relation", relation_sign(*relation)], terms, out);
    }
    out.push_str("[\"chain\",[");
    for (at, relation) in relations.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        string(relation_sign(*relation), out);
    }
    out.push_str("],[");
    for (at, term) in terms.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write(term, out);
    }
    out.push_str("]]");
}

const fn relation_sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::LessEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterEqual => ">=",
        Relation::In => "in",
        Relation::Approximately => "approx",
    }
}

const fn constant_name(constant: Constant) -> &'static str {
    match constant {
        Constant::Pi => "pi",
        Constant::E => "e",
        Constant::I => "i",
        Constant::Infinity => "infinity",
    }
}

/// Operators are nodes of their own, functions are applied by name.
fn apply(function: Function, parts: &[Node], out: &mut String) {
    let name = match function {
        Function::Add => "add",
        Function::Multiply => "multiply",
        Function::Divide => "divide",
        Function::Negate => "negate",
        Function::Power => "power",
        Function::Root => "root",
        Function::Degrees => "degrees",
        // Spread before; inside a tuple both signs stay.
        Function::PlusMinus | Function::MinusPlus => "plus_minus",
        _ => {
            let name = format!("{function:?}").to_ascii_lowercase();
            return named(&["apply", &name], parts, out);
        }
    };
    named(&[name], parts, out);
}
