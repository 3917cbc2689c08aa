//! Atoms: what stands between two operators.

use super::words::fold_words;
use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::{Kind, Token};
use crate::math::tree::{Constant, Function, Node};

pub(super) fn is_currency(text: &str) -> bool {
    matches!(text, "€" | "£" | "¥" | "₹" | "¢")
}

/// Letters that name functions where a bracket follows at once.
const FUNCTION_LETTERS: [&str; 5] = ["f", "g", "h", "F", "G"];

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parsed {
        let token = self.peek().ok_or(Limit::Unparsed)?;
        match token.kind {
            Kind::Number | Kind::Pointed => self.number(),
            Kind::Word => self.word(token),
            Kind::Command => self.command(token),
            Kind::Text => {
                self.at += 1;
                Ok(Node::Text(fold_words(token.text)))
            }
            Kind::OpenSet => self.set(),
            Kind::Sign(b'(' | b'[' | b']') => self.bracket(),
            Kind::Sign(b'{') => self.group(),
            Kind::Sign(b'|') => self.bars(),
            // A currency sign says nothing about the value.
            Kind::Sign(b'$' | b'"' | b'`') => {
                self.at += 1;
                let sign = token.is(b'$');
                let value = self.factor()?;
                Ok(if sign { Node::Quantity(Box::new(value), "$".into()) } else { value })
            }
            Kind::Other if is_currency(token.text) => {
                self.at += 1;
                let value = self.factor()?;
                Ok(Node::Quantity(Box::new(value), token.text.into()))
            }
            Kind::Sign(b'-' | b'+') => self.factor(),
            _ => Err(Limit::Unparsed),
        }
    }

    /// A group in braces; `a \over b` inside it is a fraction.
    pub(super) fn group(&mut self) -> Parsed {
        self.expect_sign(b'{')?;
        if self.take_sign(b'}') {
            // `\sqrt{}5`, `{}_2`: an empty group means what follows.
            return self.deeper(Self::atom);
        }
        let inside = self.items()?;
        self.expect_sign(b'}')?;
        super::lists::one_or(inside, Node::List)
    }

    /// The argument of a command: a group, or one digit, letter or command.
    pub(super) fn argument(&mut self) -> Parsed {
        let token = self.peek().ok_or(Limit::Unparsed)?;
        match token.kind {
            Kind::Number if token.text.as_bytes()[0].is_ascii_digit() => {
                let digit = i64::from(token.text.as_bytes()[0] - b'0');
                self.shorten(1);
                Ok(Node::whole(digit))
            }
            Kind::Sign(b'{') => self.deeper(Self::group),
            Kind::Sign(b'-' | b'+') => {
                self.at += 1;
                let inside = self.deeper(Self::argument)?;
                Ok(if token.is(b'-') { inside.negated() } else { inside })
            }
            _ => self.deeper(Self::atom),
        }
    }

    /// A run of letters: a function, a constant, or variables side by side.
    fn word(&mut self, token: Token<'_>) -> Parsed {
        let text = token.text;
        if let Some(function) = names::function(text) {
            self.at += 1;
            return self.function(function);
        }
        if let Some(constant) = names::constant(text) {
            self.at += 1;
            return Ok(Node::Constant(constant));
        }
        match text {
            "sqrt" => return self.square_root(),
            "cbrt" => return self.cube_root(),
            "cis" => return self.cis(),
            _ if text.len() > 2 && names::letter(text) => {
                self.at += 1;
                return self.named(text.into());
            }
            _ if text.len() == 1 => return self.variable(text),
            _ => {}
        }
        if let Some(length) = function_start(text) {
            self.shorten(length);
            let name = &text[..length];
            return match (names::function(name), names::constant(name)) {
                (Some(function), _) => self.function(function),
                (_, Some(constant)) => Ok(Node::Constant(constant)),
                _ => Err(Limit::Unparsed),
            };
        }
        if !is_product(text) {
            return Err(Limit::Unparsed);
        }
        // A sign after the run belongs to its last letter.
        self.shorten(1);
        Ok(letter(&text[..1]))
    }

    /// A single letter with its subscript, primes and arguments.
    fn variable(&mut self, text: &str) -> Parsed {
        self.at += 1;
        let subscripted = self.at_sign(b'_');
        match text {
            "e" if !subscripted => return Ok(Node::Constant(Constant::E)),
            "i" if !subscripted => return Ok(Node::Constant(Constant::I)),
            _ => {}
        }
        let named = self.named(text.into())?;
        let call = FUNCTION_LETTERS.contains(&text)
            && self.peek().is_some_and(|next| next.is(b'(') && !next.gap);
        match named {
            Node::Symbol(name) if call => self.call(&name),
            Node::Symbol(name) if FUNCTION_LETTERS.contains(&text) && self.inverse_call() => {
                self.at += if self.ahead(1).is_some_and(|token| token.is(b'{')) { 5 } else { 3 };
                self.call(&format!("{name}^-1"))
            }
            other => Ok(other),
        }
    }

    /// `f^{-1}(`, `f^-1(`.
    fn inverse_call(&self) -> bool {
        let texts = |count: usize| {
            (0..count).map(|at| self.ahead(at).map_or("", |token| token.text)).collect::<String>()
        };
        texts(6) == "^{-1}(" || texts(4) == "^-1("
    }

    /// A name with its subscript and primes.
    pub(super) fn named(&mut self, name: String) -> Parsed {
        let mut name = name;
        if self.at_sign(b'_') {
            self.at += 1;
            name.push('_');
            name.push_str(&self.subscript()?);
        }
        while self.at_sign(b'\'') {
            self.at += 1;
            name.push('\'');
        }
        Ok(Node::Symbol(name.into()))
    }

    /// The subscript as it is written, without blanks.
    fn subscript(&mut self) -> Result<String, Limit> {
        if !self.take_sign(b'{') {
            let token = self.next().ok_or(Limit::Unparsed)?;
            return match token.kind {
                Kind::Number | Kind::Word | Kind::Command | Kind::Text => Ok(token.text.into()),
                _ => Err(Limit::Unparsed),
            };
        }
        let mut name = String::new();
        while let Some(token) = self.next() {
            if token.is(b'}') {
                return Ok(name);
            }
            if token.is(b'{') {
                break;
            }
            name.push_str(token.text);
        }
        Err(Limit::Unparsed)
    }

    /// The arguments of an unknown function.
    fn call(&mut self, name: &str) -> Parsed {
        self.expect_sign(b'(')?;
        let arguments = self.items()?;
        self.expect_sign(b')')?;
        Ok(Node::Call(name.into(), arguments))
    }

    fn command(&mut self, token: Token<'_>) -> Parsed {
        let name = token.text;
        self.at += 1;
        if let Some(function) = names::function(name) {
            return self.function(function);
        }
        if let Some(constant) = names::constant(name) {
            return Ok(Node::Constant(constant));
        }
        if name == "Gamma" && self.at_sign(b'(') {
            return self.function(Function::Gamma);
        }
        if names::letter(name) {
            return self.named(name.into());
        }
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (above, below) = (self.argument()?, self.argument()?);
                match differential(&above, &below) {
                    Some(name) => Ok(Node::Call(name, vec![self.term()?])),
                    None => Ok(Node::apply(Function::Divide, [above, below])),
                }
            }
            "sqrt" | "cbrt" => {
                self.at -= 1;
                if name == "sqrt" { self.square_root() } else { self.cube_root() }
            }
            "binom" | "dbinom" | "tbinom" => {
                let (above, below) = (self.argument()?, self.argument()?);
                Ok(Node::apply(Function::Binomial, [above, below]))
            }
            "boxed" | "fbox" => self.argument(),
            "lfloor" => self.between("rfloor", Function::Floor),
            "lceil" => self.between("rceil", Function::Ceil),
            "lvert" => self.between("rvert", Function::Abs),
            "sum" | "prod" => self.series(name == "prod"),
            "ldots" | "dots" | "cdots" if self.after_separator() => Ok(Node::Symbol("...".into())),
            "vert" => {
                let inside = self.sum()?;
                self.expect_command("vert")?;
                Ok(Node::apply(Function::Abs, [inside]))
            }
            "langle" => self.angle_bracket(),
            "begin" => self.environment(),
            "emptyset" | "varnothing" => Ok(Node::Set(Vec::new())),
            "|" => self.norm(),
            _ => self.decorated(name),
        }
    }

    /// Whether the command just read follows a comma: the dots of a list.
    fn after_separator(&self) -> bool {
        self.at.checked_sub(2).is_some_and(|at| self.tokens[at].is(b','))
    }

    pub(super) fn expect_command(&mut self, name: &str) -> Result<(), Limit> {
        let found = self.at_command(name);
        self.at += usize::from(found);
        if found { Ok(()) } else { Err(Limit::Unparsed) }
    }

    fn between(&mut self, closer: &str, function: Function) -> Parsed {
        let inside = self.sum()?;
        self.expect_command(closer)?;
        Ok(Node::apply(function, [inside]))
    }

    fn norm(&mut self) -> Parsed {
        let inside = self.sum()?;
        self.expect_command("|")?;
        Ok(Node::Call("norm".into(), vec![inside]))
    }

    /// `\vec{v}`, `\overline{AB}`, `\mathbb{R}`, `\angle ABC`: a name with a mark on it.
    fn decorated(&mut self, mark: &str) -> Parsed {
        match mark {
            "mathcal" | "boldsymbol" | "bm" => self.argument(),
            "mathbb" | "vec" | "hat" | "tilde" | "overline" | "bar" | "overrightarrow"
            | "widehat" | "underline" | "overleftrightarrow" | "dot" => {
                let start = self.at;
                let inside = self.argument()?;
                if !matches!(inside, Node::Symbol(_)) && !self.is_letters(start) {
                    return Ok(Node::Call(mark.into(), vec![inside]));
                }
                let name: String =
                    self.tokens[start..self.at].iter().map(|token| token.text).collect();
                self.named(format!("{mark} {}", name.trim_matches(['{', '}'])))
            }
            "angle" | "triangle" | "measuredangle" => {
                let token = self.next().filter(|token| token.kind == Kind::Word);
                let letters = token.ok_or(Limit::Unparsed)?.text;
                Ok(Node::Symbol(format!("{mark} {letters}").into()))
            }
            _ => Err(Limit::Unparsed),
        }
    }

    /// Whether the tokens since `start` are letters in braces.
    fn is_letters(&self, start: usize) -> bool {
        self.tokens[start..self.at]
            .iter()
            .all(|token| token.kind == Kind::Word || token.is(b'{') || token.is(b'}'))
    }

    fn square_root(&mut self) -> Parsed {
        self.at += 1;
        let mut degree = Node::whole(2);
        if self.at_sign(b'[') && self.closes_degree() {
            self.at += 1;
            degree = self.sum()?;
            self.expect_sign(b']')?;
        }
        let radicand = self.radicand()?;
        Ok(Node::apply(Function::Root, [degree, radicand]))
    }

    fn cube_root(&mut self) -> Parsed {
        self.at += 1;
        let radicand = self.radicand()?;
        Ok(Node::apply(Function::Root, [Node::whole(3), radicand]))
    }

    fn closes_degree(&self) -> bool {
        self.tokens[self.at..].iter().take(12).any(|token| token.is(b']'))
    }

    /// A whole number, or an argument; `\sqrt12` is the root of twelve.
    fn radicand(&mut self) -> Parsed {
        match self.peek().map(|token| token.kind) {
            Some(Kind::Number) => self.bare_number(),
            _ => self.argument(),
        }
    }
}

/// The operator that `d/dx` is: `derivative x`.
fn differential(above: &Node, below: &Node) -> Option<Box<str>> {
    let is_d = |node: &Node| matches!(node, Node::Symbol(name) if &**name == "d");
    match below {
        Node::Apply(Function::Multiply, factors) if is_d(above) => match &factors[..] {
            [d, Node::Symbol(name)] if is_d(d) => Some(format!("derivative {name}").into()),
            _ => None,
        },
        _ => None,
    }
}

fn letter(text: &str) -> Node {
    match text {
        "e" => Node::Constant(Constant::E),
        "i" => Node::Constant(Constant::I),
        _ => Node::Symbol(text.into()),
    }
}

/// `sinx`, `pir`: the length of the name that a run of letters starts with.
fn function_start(text: &str) -> Option<usize> {
    let known = |length: &usize| {
        let name = &text[..*length];
        names::function(name).is_some() || names::constant(name).is_some()
    };
    let longest = text.len().min(8);
    (2..longest).rev().filter(|length| text.len() - length <= 2).find(known)
}

/// Whether a run of letters is variables side by side rather than a word.
pub(super) fn is_product(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "no", "of", "is", "to", "if", "so", "the", "for", "not", "all", "any", "are", "odd", "yes",
        "one", "two", "six", "ten", "day", "and", "but", "has",
    ];
    match text.len() {
        ..=3 => !WORDS.contains(&text.to_ascii_lowercase().as_str()),
        4..=6 => is_alphabetical(text),
        _ => false,
    }
}

/// `abcd`, `wxyz`: letters that follow one another.
pub(super) fn is_alphabetical(text: &str) -> bool {
    text.as_bytes().windows(2).all(|pair| pair[0] + 1 == pair[1])
}
