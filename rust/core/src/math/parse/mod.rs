//! Tokens → tree: the mathematics that models and benchmarks write, with its usual slips.
//!
//! A parser by recursive descent, one level of precedence a function, with limits on depth and
//! size. What it does not understand is an error, never a guess that drops a part.

mod atoms;
mod brackets;
mod environments;
mod functions;
mod lists;
mod numbers;
mod terms;
mod words;

pub(crate) use lists::open_interval;
use numbers::MOST_PLACES;
pub(crate) use words::fold_words;

use super::fold::fold;
use super::limits::Limit;
use super::token::{Commas, Kind, Token, tokens};
use super::tree::Node;
use super::wrapping::unwrapped;

/// Answers with more bytes are not read as mathematics.
const LONGEST: usize = 2_048;
/// Brackets, roots and powers inside one another.
const DEEPEST: u32 = 48;
/// Parts inside one another, those included that need no bracket: `x!!!!`, `1/2/3/4`. JSON
/// readers and whoever walks a tree by recursion keep to some hundred levels.
const MOST_LEVELS: u32 = 96;

pub(super) type Parsed = Result<Node, Limit>;

/// The tree of an answer.
pub(crate) fn parse(answer: &str) -> Parsed {
    if answer.len() > LONGEST {
        return Err(Limit::Length);
    }
    let folded = fold(answer);
    let text = unwrapped(&folded);
    let tree = tree_of(text, Commas::Separate);
    if !text.contains(',') || tree.as_ref().is_ok_and(|tree| !has_misplaced_list(tree)) {
        return tree;
    }
    // `3(x + 1,234)`: the comma in brackets belongs to a number after all.
    match tree_of(text, Commas::Group) {
        Ok(grouped) if !has_misplaced_list(&grouped) => Ok(grouped),
        _ => tree,
    }
}

fn tree_of(text: &str, commas: Commas) -> Parsed {
    let tokens = tokens(text, commas)?;
    if tokens.is_empty() {
        return Err(Limit::Unparsed);
    }
    if let Some(words) = words::whole_text(text, &tokens) {
        return Ok(words);
    }
    let mut parser = Parser { text, tokens, at: 0, depth: 0, bars: 0, places: MOST_PLACES };
    let node = parser.answer()?;
    if parser.at < parser.tokens.len() {
        return Err(Limit::Unparsed);
    }
    // A level takes a byte at the least, so a short text needs no look.
    let deep = text.len() > MOST_LEVELS as usize && node.is_deeper_than(MOST_LEVELS);
    if deep { Err(Limit::Depth) } else { Ok(node) }
}

/// Whether a list or a tuple stands where only a value can.
fn has_misplaced_list(tree: &Node) -> bool {
    tree.any(&|node| match node {
        Node::Apply(_, parts) => {
            parts.iter().any(|part| matches!(part, Node::Tuple(_) | Node::List(_)))
        }
        _ => false,
    })
}

/// Where the parser is.
pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: u32,
    /// Open bars: inside them a bar closes.
    bars: u32,
    /// The places that exponents may still add.
    places: u64,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn ahead(&self, count: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + count).copied()
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    fn at_sign(&self, sign: u8) -> bool {
        self.peek().is_some_and(|token| token.is(sign))
    }

    fn at_command(&self, name: &str) -> bool {
        self.peek().is_some_and(|token| token.is_command(name))
    }

    fn take_sign(&mut self, sign: u8) -> bool {
        let found = self.at_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: u8) -> Result<(), Limit> {
        if self.take_sign(sign) { Ok(()) } else { Err(Limit::Unparsed) }
    }

    fn take_kind(&mut self, kind: Kind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == kind);
        self.at += usize::from(found);
        found
    }

    /// Replaces the token at hand by what is left of it after `taken` bytes.
    fn shorten(&mut self, taken: usize) {
        let Some(first) = self.tokens.get_mut(self.at) else { return };
        if taken >= first.text.len() {
            self.at += 1;
        } else {
            first.text = &first.text[taken..];
            first.at += taken;
            first.gap = false;
        }
    }

    /// One level deeper, as long as that is allowed.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth >= DEEPEST {
            return Err(Limit::Depth);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}
