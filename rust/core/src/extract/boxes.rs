//! Boxes: `\boxed{…}`, `\fbox{…}`, `\boxed 5`, and what is left when a backslash was lost.
//!
//! Read from the end, because the last box states the answer. Of nested boxes the innermost
//! speaks, so no box reaches past the next command and all of them together are read once.

use std::borrow::Cow;

use memchr::memrchr;

use super::equations::stated_side;
use super::refusals::is_placeholder;
use super::runs::{any_pair, may_box};
use super::text::{is_space, last_chars, letter_at, trim};

/// The most parts that are read as one answer.
pub(crate) const MOST_PARTS: usize = 16;
const LONGEST_SEPARATOR: usize = 60;
// The letters "x" after which a text is asked whether it holds a command at all.
const MOST_PASSED: usize = 4;
// Spaces are gone where these are looked for.
const GLUE: [(&str, &str); 6] = [
    ("\\text{and}", "and"),
    ("\\text{or}", "or"),
    ("\\textbf{and}", "and"),
    ("\\textbf{or}", "or"),
    ("\\mbox{and}", "and"),
    ("\\mbox{or}", "or"),
];
const NOTHING: [&str; 11] =
    ["$", "\\(", "\\)", "\\[", "\\]", "\\qquad", "\\quad", "\\,", "\\;", "*", "\\text{,}"];

/// A box that closes: where its command starts, where it ends, what it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boxed<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) content: &'a str,
}

/// The boxes of a text that hold something, the last one first.
pub(crate) struct Boxes<'a> {
    text: &'a str,
    limit: usize,
}

enum Argument {
    Closed(usize, usize, usize),
    Open,
    Missing,
}

impl<'a> Boxes<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, limit: text.len() }
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Boxed<'a>;

    fn next(&mut self) -> Option<Boxed<'a>> {
        while let Some((start, after)) = last_command(self.text, self.limit) {
            let argument = argument(self.text, after, self.limit);
            self.limit = start;
            if let Argument::Closed(from, to, end) = argument {
                let content = trim(&self.text[from..to]);
                if !is_placeholder(content) {
                    return Some(Boxed { start, end, content });
                }
            }
        }
        None
    }
}

/// Whether the last box never closes: the response was cut off inside it.
pub(crate) fn cut_off(text: &str) -> bool {
    last_command(text, text.len())
        .is_some_and(|(_, after)| matches!(argument(text, after, text.len()), Argument::Open))
}

/// The contents of the last box and of the boxes joined to it, without repetitions.
pub(crate) fn last_group(text: &str) -> Option<Cow<'_, str>> {
    let mut boxes = Boxes::of(text);
    let mut later = boxes.next()?;
    let only = later.content;
    if !may_be_joined(&text[..later.start]) {
        return Some(Cow::Borrowed(stated_side(only, false)));
    }
    let mut parts = vec![only];
    let mut separators = Vec::new();
    while may_be_joined(&text[..later.start]) {
        let Some(earlier) = boxes.next() else { break };
        let between = &text[earlier.end..later.start];
        if parts.len() == MOST_PARTS || !adjacent(between) {
            break;
        }
        if !parts.contains(&earlier.content) {
            parts.push(earlier.content);
            separators.push(between);
        }
        later = earlier;
    }
    parts.reverse();
    Some(match parts[..] {
        [only] => Cow::Borrowed(stated_side(only, false)),
        _ => Cow::Owned(joined(&parts, &separators)),
    })
}

/// What the last box states, of whose text only the end is seen, which `before` is up to it;
/// nothing where an earlier box may be joined to it.
pub(super) fn lone_box<'a>(before: &str, last: Boxed<'a>) -> Option<&'a str> {
    let bare =
        before.trim_end_matches(|c| is_space(c) || matches!(c, '$' | '(' | '[' | '\\' | '*'));
    // A calculation may go on from an earlier result as far ahead as a separator reaches.
    let short = |text: &str| text.chars().nth(LONGEST_SEPARATOR).is_none();
    let joined =
        bare.len() < "\\equiv".len() || leads_on(bare) && short(bare) || may_be_joined(before);
    (!joined).then(|| stated_side(last.content, false))
}

/// Parts as one answer: inequalities keep their "or", all others take commas.
pub(crate) fn joined(parts: &[&str], separators: &[&str]) -> String {
    let union = parts.iter().any(|part| is_relation(part))
        && separators.iter().any(|between| separator(between).contains("or"));
    parts.join(if union { " or " } else { ", " })
}

/// Whether a part holds an inequality.
fn is_relation(part: &str) -> bool {
    let command =
        |name: &&str| part.match_indices(name).any(|(at, _)| !letter_at(part, at + name.len()));
    part.contains(['<', '>', '≤', '≥', '≠'])
        || ["\\le", "\\leq", "\\ge", "\\geq", "\\lt", "\\gt", "\\ne", "\\neq"].iter().any(command)
}

/// Whether a separator may stand at the end of `before`: spares most texts the search for an
/// earlier box. Whatever [`adjacent`] accepts ends like this.
fn may_be_joined(before: &str) -> bool {
    let bare = |text: &'_ str| {
        text.trim_end_matches(|c| is_space(c) || matches!(c, '$' | '(' | '[' | '\\' | '*')).len()
    };
    let ends = |text: &str| text.ends_with([',', ';', ':', 'd', 'r', '}', ')', ']']);
    let before = &before[..bare(before)];
    if leads_on(before) && last_chars(before, LONGEST_SEPARATOR).contains("or") {
        return true;
    }
    let Some(label) = before.strip_suffix('=') else { return ends(before) };
    let label = &label[..bare(label)];
    let name = label.strip_suffix(|c: char| c.is_ascii_alphabetic());
    name.is_some_and(|rest| ends(&rest[..bare(rest)])) || ends(label)
}

/// Whether two parts with this text between them are parts of one answer: after a comma or a
/// word and perhaps a name, or after a label.
pub(crate) fn adjacent(between: &str) -> bool {
    if between.len() > LONGEST_SEPARATOR {
        return false;
    }
    let text = separator(between);
    let rest = text.strip_prefix([',', ';']);
    let word = rest.unwrap_or(&text);
    let name = word.strip_prefix("and").or_else(|| word.strip_prefix("or"));
    (rest.is_some() || name.is_some()) && is_name(name.unwrap_or(word))
        || is_label(&text)
        || is_other_case(&text)
}

/// Whether a separator leads by "or" to the result of another calculation.
fn is_other_case(text: &str) -> bool {
    let rest = text.strip_prefix(',').unwrap_or(text);
    let Some(mut rest) = rest.strip_prefix("or").filter(|rest| leads_on(rest)) else {
        return false;
    };
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\\' {
            let command = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            if command.len() == rest.len() {
                return false;
            }
            rest = command;
        } else if c.is_ascii_alphabetic() && letter_at(rest, 0) {
            return false;
        }
    }
    true
}

/// Whether a calculation goes on after the text.
fn leads_on(text: &str) -> bool {
    text.ends_with('=') || text.ends_with("\\equiv")
}

/// What separates two parts, without spaces, delimiters and commands.
fn separator(between: &str) -> String {
    if between.len() > LONGEST_SEPARATOR {
        return "-".to_owned();
    }
    let mut text = between.to_owned();
    if !between.contains('\\') {
        text.retain(|c| !is_space(c) && !matches!(c, '$' | '*'));
        return text;
    }
    text = text.replace("\\ ", "");
    text.retain(|c| !is_space(c));
    for (glue, word) in GLUE {
        text = text.replace(glue, word);
    }
    for nothing in NOTHING {
        text = text.replace(nothing, "");
    }
    text
}

fn is_name(text: &str) -> bool {
    text.is_empty() || matches!(text.as_bytes(), [letter, b'='] if letter.is_ascii_alphabetic())
}

/// `(b)`, `and (b):`.
fn is_label(text: &str) -> bool {
    let rest = text.strip_prefix(['.', ',', ';']).unwrap_or(text);
    let rest = rest.strip_prefix("and").unwrap_or(rest);
    let rest = rest.strip_suffix([':', '=']).unwrap_or(rest);
    matches!(rest.as_bytes(), [b'(', letter, b')'] if letter.is_ascii_alphabetic())
}

/// The last command before `end`: where it starts and where its argument may.
fn last_command(text: &str, end: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut end = end;
    for passed in 0.. {
        // After a few other letters: there may be no command at all.
        if passed == MOST_PASSED && !any_pair(&bytes[..end], may_box) {
            return None;
        }
        let x = memrchr(b'x', &bytes[..end])?;
        if let Some(found) = command_around(bytes, x) {
            return Some(found);
        }
        end = x;
    }
    None
}

/// The command whose only `x` is at `x`.
fn command_around(bytes: &[u8], x: usize) -> Option<(usize, usize)> {
    let name = x.checked_sub(1).filter(|&o| bytes[o] == b'o')?;
    let before = |at: usize, back: usize| at.checked_sub(back).map(|i| bytes[i]);
    let ed = bytes[x + 1..].starts_with(b"ed");
    if ed {
        let (free, start) = match (before(name, 1), before(name, 2)) {
            (Some(b'b'), Some(b'\\')) => (true, name - 2),
            (Some(b'b'), _) => (false, name - 1),
            (Some(0x08), _) => (true, name - 1),
            _ => (false, name),
        };
        if free || lost(bytes, start, x + 3) {
            return Some((start, x + 3));
        }
    }
    if before(name, 1) != Some(b'b') {
        return None;
    }
    match (before(name, 2), before(name, 3)) {
        (Some(b'f'), Some(b'\\')) => Some((name - 3, x + 1)),
        (Some(b'f'), _) if lost(bytes, name - 2, x + 1) => Some((name - 2, x + 1)),
        (Some(0x0c), _) if !ed => Some((name - 2, x + 1)),
        _ => None,
    }
}

/// Whether a command without its backslash stands alone and before a brace.
fn lost(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|i| bytes[i]);
    bytes.get(end) == Some(&b'{') && !before.is_some_and(|b| b.is_ascii_alphabetic() || b == b'\\')
}

fn argument(text: &str, after: usize, limit: usize) -> Argument {
    let rest = text[after..].trim_start_matches(is_space);
    let at = text.len() - rest.len();
    if rest.starts_with('{') {
        return match closing_brace(text.as_bytes(), at + 1, limit) {
            Some(close) => Argument::Closed(at + 1, close, close + 1),
            None => Argument::Open,
        };
    }
    let end = at + bare_length(rest.as_bytes());
    let content = text[at..end].trim_end_matches(['.', ',', '/']);
    if end == at { Argument::Missing } else { Argument::Closed(at, at + content.len(), end) }
}

/// Where the brace opened before `from` closes, a backslash taking the next byte with it.
pub(crate) fn closing_brace(bytes: &[u8], from: usize, limit: usize) -> Option<usize> {
    let mut depth = 1_usize;
    let mut at = from;
    while at < limit {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// `\boxed 42`, `\boxed x`: a number or a letter without braces.
fn bare_length(rest: &[u8]) -> usize {
    let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
    if rest.get(sign).is_some_and(u8::is_ascii_digit) {
        let number = rest[sign..].iter();
        return sign + number.take_while(|b| b.is_ascii_digit() || b".,/".contains(b)).count();
    }
    let letter = rest.first().is_some_and(u8::is_ascii_alphabetic);
    usize::from(letter && !rest.get(1).is_some_and(u8::is_ascii_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_box_speaks() {
        let contents: Vec<_> = Boxes::of("\\boxed{x=\\boxed{5}}").map(|b| b.content).collect();
        assert_eq!(contents, ["5"]);
    }

    #[test]
    fn an_open_box_was_cut_off() {
        assert!(cut_off("\\boxed{1} \\boxed{3"));
        assert!(!cut_off("\\boxed{1} boxed"));
    }
}
