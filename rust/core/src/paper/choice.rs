//! GPQA: a letter A to D, by the first rule that gives one.

use memchr::{memchr_iter, memchr2_iter, memrchr_iter};

use super::text::{is_line_break, is_space, skip_space};

/// One of the published rules.
type Rule = fn(&str) -> Option<char>;

/// The rules in their order.
///
/// The published sixth, the first `Final Answer: \(([A-Z])\)`, is not among them: it never gets
/// its turn, because `after_space` finds the `A` of `Answer` before it.
const RULES: [(Rule, &str); 5] = [
    (after_answer, "answer"),
    (between_hashes, "hashes"),
    (alone_on_line, "line"),
    (parenthesised, "parenthesised"),
    (after_space, "spaced"),
];

/// The letter and the rule that found it.
pub(super) fn letter(text: &str) -> Option<(&'static str, &'static str)> {
    RULES.iter().find_map(|(rule, name)| Some((spelt(rule(text)?)?, *name)))
}

/// The letter as a text, where it is valid.
fn spelt(letter: char) -> Option<&'static str> {
    ["A", "B", "C", "D"].into_iter().find(|valid| valid.starts_with(letter))
}

/// The letter where it is valid in either case.
fn any_case(letter: char) -> Option<char> {
    Some(letter.to_ascii_uppercase()).filter(|&letter| is_valid(letter))
}

fn is_valid(letter: char) -> bool {
    matches!(letter, 'A'..='D')
}

/// The first match of `answer[^A-Za-z0-9]*([A-D])`, ignoring case.
fn after_answer(text: &str) -> Option<char> {
    memchr2_iter(b'w', b'W', text.as_bytes())
        .filter(|&w| ends_with_ans(&text.as_bytes()[..w]))
        .filter(|&w| text.as_bytes()[w + 1..].get(..2).is_some_and(is_er))
        .find_map(|w| text[w + 3..].chars().find(|&c| is_alphanumeric(c)).and_then(any_case))
}

/// Whether `head` ends in `ans`, where a long s is an s to Python.
fn ends_with_ans(head: &[u8]) -> bool {
    let ends_with = |end: &[u8]| {
        head.len() >= end.len() && head[head.len() - end.len()..].eq_ignore_ascii_case(end)
    };
    ends_with(b"ans") || ends_with("anſ".as_bytes())
}

fn is_er(tail: &[u8]) -> bool {
    tail.eq_ignore_ascii_case(b"er")
}

/// Whether Python finds `c` in `[A-Za-z0-9]` when it ignores case.
fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, 'İ' | 'ı' | 'ſ' | '\u{212A}')
}

/// The first match of `##\s*([A-D])\s*##`.
fn between_hashes(text: &str) -> Option<char> {
    memchr_iter(b'#', text.as_bytes()).find_map(|at| {
        let inside = skip_space(text[at..].strip_prefix("##")?);
        let letter = inside.chars().next().filter(|&letter| is_valid(letter))?;
        skip_space(&inside[1..]).starts_with("##").then_some(letter)
    })
}

/// The first line that is one letter, in either case, and whitespace.
fn alone_on_line(text: &str) -> Option<char> {
    text.split(is_line_break).find_map(|line| {
        let mut words = line.trim_matches(is_space).chars();
        words.next().filter(|_| words.next().is_none()).and_then(any_case)
    })
}

/// The last match of `\(([A-D])\)`.
fn parenthesised(text: &str) -> Option<char> {
    memrchr_iter(b')', text.as_bytes()).find_map(|at| {
        let mut inside = text[..at].chars().rev();
        let letter = inside.next().filter(|&letter| is_valid(letter))?;
        (inside.next() == Some('(')).then_some(letter)
    })
}

/// The last match of `\s([A-D])`, be it the head of a word.
fn after_space(text: &str) -> Option<char> {
    let letters = text.bytes().enumerate().rev().filter(|(_, byte)| is_valid(char::from(*byte)));
    letters
        .map(|(at, byte)| (&text[..at], char::from(byte)))
        .find(|(head, _)| head.ends_with(is_space))
        .map(|(_, letter)| letter)
}
