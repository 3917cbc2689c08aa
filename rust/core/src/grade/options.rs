//! Options: the letter of one before its text.

use super::lenient::Side;
use crate::Kind;
use crate::math::key;
use crate::math::tree::Node;

/// `(C) the third` against `(C)`, `\\textbf{(C) }42` against 42.
pub(super) fn reads_as(answer: &str, reference: &Side<'_>) -> bool {
    match &reference.keyed.tree {
        Some(Node::Symbol(letter)) if is_letter(letter) => after_letter(answer, letter)
            .is_some_and(|rest| rest.starts_with([')', '.', ':']) && !names_another(rest)),
        _ => text_of_option(answer)
            .and_then(|text| key(text, Kind::Math))
            .is_some_and(|key| key == reference.keyed.key),
    }
}

fn is_letter(name: &str) -> bool {
    name.len() == 1 && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// What stands behind the letter that an answer starts with.
fn after_letter<'a>(answer: &'a str, letter: &str) -> Option<&'a str> {
    let text = answer.trim_start_matches(|c: char| c.is_whitespace() || c == '$');
    let text = ["\\text{", "\\textbf{", "\\mathbf{", "\\mathrm{"]
        .iter()
        .find_map(|opener| text.strip_prefix(opener))
        .unwrap_or(text);
    text.strip_prefix('(').unwrap_or(text).strip_prefix(letter)
}

/// Whether a second option is named: `(A) and (B)`, `(A), (B)`.
fn names_another(rest: &str) -> bool {
    let bracketed =
        |window: &[u8]| matches!(window, [b'(', letter, b')'] if letter.is_ascii_uppercase());
    rest.as_bytes().windows(3).any(bracketed)
}

/// The text behind `(C)`.
fn text_of_option(answer: &str) -> Option<&str> {
    let start = answer.find('(')?;
    let letter = answer.get(start + 1..start + 2).filter(|letter| is_letter(letter))?;
    let rest = after_letter(answer, letter)?.strip_prefix(')')?;
    let blank = |c: char| c.is_whitespace() || matches!(c, '}' | '~' | ':');
    let rest = rest.trim_start_matches(blank);
    let rest = ["\\ ", "\\,", "\\;", "\\:", "\\quad", "\\qquad"]
        .iter()
        .find_map(|space| rest.strip_prefix(space))
        .unwrap_or(rest);
    Some(rest.trim_start_matches(blank)).filter(|rest| !rest.is_empty())
}
