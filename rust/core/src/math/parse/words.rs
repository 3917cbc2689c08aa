//! Words: answers that are text, joiners, units.

use super::atoms::is_alphabetical;
use super::{Parsed, Parser};
use crate::extract::text::is_space;
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::{Kind, Token};
use crate::math::tree::Node;

const ARTICLES: [&str; 3] = ["the ", "an ", "a "];
/// Short words that are no variables side by side.
const SHORT: [&str; 6] = ["no", "ok", "is", "of", "to", "if"];

/// "and", "or".
pub(super) fn is_joiner(word: &str) -> bool {
    matches!(word, "and" | "or" | "AND" | "OR" | "And" | "Or")
}

/// The same inside `\text{…}`, where a comma may stand before it.
pub(super) fn is_text_joiner(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c == ',' || c.is_ascii_whitespace());
    bare.is_empty() || is_joiner(bare)
}

/// The text that the whole answer is, if it is words rather than mathematics.
pub(super) fn whole_text(text: &str, tokens: &[Token<'_>]) -> Option<Node> {
    if is_time(tokens) {
        return Some(Node::Text(fold_words(text)));
    }
    let mut words = false;
    let mut first = true;
    for token in tokens {
        match token.kind {
            Kind::Word | Kind::Text => {
                let is_word = is_wordy(token);
                if first && !is_word {
                    return None;
                }
                words |= is_word;
                first = false;
            }
            Kind::Sign(b'"' | b'\'') => {}
            _ if !first && may_follow_words(token) => {}
            Kind::Other => first = false,
            _ => return None,
        }
    }
    let other =
        tokens.iter().all(|token| matches!(token.kind, Kind::Other | Kind::Word | Kind::Text));
    let joined = tokens.iter().any(|token| token.kind == Kind::Word && is_joiner(token.text));
    let letters = tokens.iter().filter(|token| token.kind == Kind::Text).count();
    if !(words || other && tokens.iter().any(|token| token.kind == Kind::Other)) {
        return None;
    }
    // `\text{A} and \text{B}` and words with commas are lists of texts.
    if letters > 1 && (joined || tokens.iter().any(|token| token.is(b','))) {
        return None;
    }
    Some(Node::Text(fold_words(text)))
}

/// Numbers and punctuation among words.
fn may_follow_words(token: &Token<'_>) -> bool {
    let punctuation = b"-,.&:?!;/";
    matches!(token.kind, Kind::Number) || punctuation.iter().any(|&sign| token.is(sign))
}

/// Whether a token is a word, not variables or a function.
fn is_wordy(token: &Token<'_>) -> bool {
    let text = token.text;
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    match token.kind {
        Kind::Text => letters > 1 || !text.is_ascii(),
        _ if names::is_known(text) || text == "infinity" || text == "inf" => false,
        _ => {
            SHORT.contains(&text.to_ascii_lowercase().as_str())
                || letters > 2 && !is_alphabetical(text) && !starts_with_function(text)
        }
    }
}

fn starts_with_function(text: &str) -> bool {
    text.is_ascii()
        && ["sin", "cos", "tan", "log", "ln", "pi", "sqrt"]
            .iter()
            .any(|name| text.strip_prefix(name).is_some_and(|rest| rest.len() <= 1))
}

/// `12:30`, `1:03 PM`: a time, not a ratio.
fn is_time(tokens: &[Token<'_>]) -> bool {
    let [hours, colon, minutes, rest @ ..] = tokens else { return false };
    let whole = |token: &Token<'_>| {
        token.kind == Kind::Number && token.text.bytes().all(|b| b.is_ascii_digit())
    };
    let clock = whole(hours) && colon.is(b':') && whole(minutes);
    let words = rest.iter().all(|t| matches!(t.kind, Kind::Word | Kind::Text) || t.is(b'.'));
    let minutes = minutes.text.len() == 2 && minutes.text < "60";
    clock && hours.text.len() < 3 && minutes && words
}

/// Words without case, blanks, punctuation and a leading article.
pub(crate) fn fold_words(text: &str) -> Box<str> {
    // Only ASCII has a case here: nothing depends on a version of Unicode.
    let lower = text.trim_matches(is_space).to_ascii_lowercase();
    let lower = ARTICLES.iter().find_map(|article| lower.strip_prefix(article)).unwrap_or(&lower);
    let mut out = String::with_capacity(lower.len());
    let mut command = false;
    for c in lower.chars() {
        // The names of commands such as `\text` are not read out.
        command = c == '\\' || command && c.is_ascii_alphabetic();
        let kept = c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-');
        if !command && (kept || !c.is_ascii() && !is_space(c)) {
            out.push(c);
        }
    }
    out.trim_matches(['-', ':', '/']).into()
}

impl Parser<'_> {
    /// Whether the word at hand is a unit of the number before it.
    pub(super) fn is_unit(&self, token: &Token<'_>, base: &Node) -> bool {
        if base.is_structure() || is_joiner(token.text) {
            return false;
        }
        let last = self.tokens[self.at..].iter().all(|token| {
            matches!(token.kind, Kind::Word | Kind::Text | Kind::Number)
                || token.is(b'^')
                || token.is(b'/')
                || token.is(b'{')
                || token.is(b'}')
                || token.is(b'.')
        });
        let plain = matches!(base, Node::Number(_) | Node::Apply(..) | Node::Quantity(..));
        // `min` and `sec` are functions, unless nothing follows.
        let function = names::function(token.text).is_some() && self.ahead(1).is_some();
        let unit = names::unit(token.text) && !function;
        plain && (unit || last && self.depth == 0 && is_wordy(token))
    }

    /// The unit after a value: `\text{ cm}^2`, `miles per hour`, `\text{m}/\text{s}`.
    pub(super) fn unit(&mut self, value: Node) -> Parsed {
        let mut unit = String::new();
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Text if !is_text_joiner(token.text) => {}
                Kind::Word
                    if !is_joiner(token.text)
                        && (is_wordy(&token) || names::unit(token.text) || unit.ends_with('/')) => {
                }
                Kind::Sign(b'/')
                    if self.ahead(1).is_some_and(|t| matches!(t.kind, Kind::Text | Kind::Word)) => {
                }
                Kind::Sign(b'^') => {
                    self.at += 1;
                    let power = self.deeper(Self::superscript)?;
                    let Node::Number(power) = power else { return Err(Limit::Unparsed) };
                    unit.push('^');
                    unit.push_str(&power.to_string());
                    continue;
                }
                _ => break,
            }
            self.at += 1;
            unit.push_str(&token.text.to_lowercase());
            unit.push(' ');
            if token.is(b'/') {
                unit.pop();
            }
        }
        // What goes on after a unit is no value any more.
        if unit.is_empty()
            || self.peek().is_some_and(|t| matches!(t.kind, Kind::Number | Kind::Word))
        {
            let joined = self.peek().is_some_and(|t| is_joiner(t.text));
            if !joined {
                return Err(Limit::Unparsed);
            }
        }
        Ok(Node::Quantity(Box::new(value), unit.trim().into()))
    }
}

impl Node {
    /// Whether this is a set or a name for one.
    pub(super) fn is_set(&self) -> bool {
        match self {
            Self::Set(_) | Self::Interval(_) | Self::Union(_) => true,
            Self::Symbol(name) => name.starts_with("mathbb"),
            _ => false,
        }
    }
}
