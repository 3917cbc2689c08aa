//! Text → tokens: numbers with their separators, words, commands, texts, signs.

use super::limits::Limit;
use crate::extract::boxes::closing_brace;

use super::names::{SPACES, TEXTS, is_known};

/// No name that is known is longer.
const LONGEST_NAME: usize = 16;
/// Letters that are units after a number, if they are written as text.
const UNIT_LETTERS: &str = "mgshLlNJWVAKCF";
/// How far the end of a text is looked for.
const LONGEST_TEXT: usize = 256;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Digits, a point, separators of thousands, an exponent.
    Number,
    /// Digits in groups behind points: `1.234.567`.
    Pointed,
    /// A run of letters.
    Word,
    /// A command, without its backslash.
    Command,
    /// The inside of `\text{…}`.
    Text,
    /// Any other character.
    Sign(u8),
    /// `<=`.
    LessEqual,
    /// `>=`.
    GreaterEqual,
    /// `!=`.
    NotEqual,
    /// `\\` between rows.
    Row,
    /// `\{` and `\}`.
    OpenSet,
    CloseSet,
    /// A character that is not ASCII.
    Other,
}

/// A token, its text, and whether a space stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) gap: bool,
    /// Where its text starts.
    pub(crate) at: usize,
}

impl Token<'_> {
    pub(crate) fn is(&self, sign: u8) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(crate) fn is_command(&self, name: &str) -> bool {
        self.kind == Kind::Command && self.text == name
    }
}

/// What a comma before three digits does inside brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commas {
    /// It separates: `(1,234)` is a point.
    Separate,
    /// It groups digits, as it does outside brackets.
    Group,
}

/// The tokens of a folded text.
pub(crate) fn tokens(text: &str, commas: Commas) -> Result<Vec<Token<'_>>, Limit> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        gap: false,
        commas,
        depth: 0,
        rows: 0,
        found: Vec::with_capacity(text.len() / 2 + 1),
    };
    reader.read();
    if reader.found.len() > super::MOST_TOKENS { Err(Limit::Size) } else { Ok(reader.found) }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    gap: bool,
    commas: Commas,
    /// Round and square brackets and sets around, where a comma separates.
    depth: usize,
    /// Environments around, where `\\` ends a row.
    rows: usize,
    found: Vec<Token<'a>>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t'..=b'\r' | b'~' => self.skip(1),
                b'0'..=b'9' => self.number(),
                b'.' if self.byte(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
                b'a'..=b'z' | b'A'..=b'Z' => self.word(),
                b'\\' => self.backslash(),
                b'<' if self.byte(1) == Some(b'=') => self.push(Kind::LessEqual, 2),
                b'>' if self.byte(1) == Some(b'=') => self.push(Kind::GreaterEqual, 2),
                b'=' if self.byte(1) == Some(b'<') => self.push(Kind::LessEqual, 2),
                b'!' if self.byte(1) == Some(b'=') => self.push(Kind::NotEqual, 2),
                b'=' if self.byte(1) == Some(b'=') => self.push(Kind::Sign(b'='), 2),
                b'*' if self.byte(1) == Some(b'*') => self.push(Kind::Sign(b'^'), 2),
                0x80.. => {
                    let length = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    self.push(Kind::Other, length);
                }
                _ => self.sign(byte),
            }
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip(&mut self, length: usize) {
        self.at += length;
        self.gap = true;
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.push_from(kind, self.at, length, length);
    }

    /// A token whose text is `length` bytes from `from`, taking up `taken` bytes.
    fn push_from(&mut self, kind: Kind, from: usize, length: usize, taken: usize) {
        let text = &self.text[from..from + length];
        self.found.push(Token { kind, text, gap: self.gap, at: from });
        self.gap = false;
        self.at += taken;
    }

    fn sign(&mut self, byte: u8) {
        match byte {
            b'(' | b'[' => self.depth += 1,
            b')' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.push(Kind::Sign(byte), 1);
    }

    fn letters_from(&self, at: usize) -> usize {
        self.bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count()
    }

    fn digits_from(&self, at: usize) -> usize {
        self.bytes
            .get(at..)
            .map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count())
    }

    fn word(&mut self) {
        self.push(Kind::Word, self.letters_from(self.at));
    }

    /// Digits with whatever separates their groups, a fraction, an exponent.
    fn number(&mut self) {
        let start = self.at;
        let first = self.digits_from(start);
        let mut end = start + first;
        if let Some(pointed) = self.points(end, first) {
            self.push(Kind::Pointed, pointed - start);
            return;
        }
        if (1..=3).contains(&first) && self.bytes[start] != b'0' {
            while let Some(next) = self.group(end) {
                end = next;
            }
        }
        if self.bytes.get(end) == Some(&b'.') {
            end += 1 + self.digits_from(end + 1);
        }
        end = self.exponent(end);
        self.push(Kind::Number, end - start);
    }

    /// `1.234.567`: at least two groups of three behind points.
    fn points(&self, end: usize, first: usize) -> Option<usize> {
        let mut at = end;
        let mut groups = 0;
        while self.bytes.get(at) == Some(&b'.') && self.digits_from(at + 1) == 3 {
            at += 4;
            groups += 1;
        }
        ((1..=3).contains(&first) && self.bytes[end - first] != b'0' && groups > 1).then_some(at)
    }

    /// Where the group of three digits ends that a separator joins to what ends at `end`.
    fn group(&self, end: usize) -> Option<usize> {
        let rest = &self.bytes[end..];
        let bracketed = self.depth > 0 && self.commas == Commas::Separate;
        let separator = match rest {
            [b'{', b',', b'}', ..] | [b',', b'\\', b'!', ..] => 3,
            [b'\\', b',' | b';' | b':' | b' ', ..] => 2,
            // Inside brackets only what could be no number of its own: `(x + 1,000)`.
            [b',', b'0', ..] => 1,
            [b',' | b' ', ..] if !bracketed => 1,
            _ => return None,
        };
        // `11,\! 111` has a space behind the separator.
        let spaced = separator == 3 && rest.get(3) == Some(&b' ');
        let at = end + separator + usize::from(spaced);
        // `1 101/198` is a mixed number.
        let mixed = rest[0] == b' ' && self.bytes.get(at + 3) == Some(&b'/');
        (self.digits_from(at) == 3 && !mixed).then_some(at + 3)
    }

    fn exponent(&self, end: usize) -> usize {
        if !matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            return end;
        }
        let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'-' | b'+')));
        let digits = self.digits_from(end + 1 + sign);
        let after = end + 1 + sign + digits;
        let goes_on =
            self.bytes.get(after).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.');
        if (1..=4).contains(&digits) && !goes_on { after } else { end }
    }

    fn backslash(&mut self) {
        let length = self.letters_from(self.at + 1);
        if length > 0 {
            self.command(self.at + 1, length);
            return;
        }
        match self.byte(1) {
            Some(b'{') => {
                self.depth += 1;
                self.push(Kind::OpenSet, 2);
            }
            Some(b'}') => {
                self.depth = self.depth.saturating_sub(1);
                self.push(Kind::CloseSet, 2);
            }
            Some(b'%' | b'$' | b'#' | b'&' | b'_') => {
                let sign = self.bytes[self.at + 1];
                self.push_from(Kind::Sign(sign), self.at + 1, 1, 2);
            }
            Some(b'|') => self.push_from(Kind::Command, self.at + 1, 1, 2),
            Some(b'\\') => self.row(),
            // A row that lost one of its backslashes: `2\-11`.
            Some(byte) if self.rows > 0 && is_row_start(byte) => self.push(Kind::Row, 1),
            // `\,`, `\;`, `\(` and the like.
            Some(byte) if byte.is_ascii() && !byte.is_ascii_digit() && byte != b'-' => self.skip(2),
            _ => self.skip(1),
        }
    }

    /// Two backslashes: the end of a row, or a command that was escaped twice.
    fn row(&mut self) {
        if self.rows > 0 {
            self.push(Kind::Row, 2);
            self.row_command();
        } else if self
            .bytes
            .get(self.at + 2)
            .is_some_and(|&b| b.is_ascii_alphabetic() || b"{}%$".contains(&b))
        {
            self.at += 1;
        } else {
            self.push(Kind::Row, 2);
        }
    }

    /// `\\frac` at the start of a row, where `\\\frac` was meant.
    fn row_command(&mut self) {
        let length = self.letters_from(self.at);
        let name = &self.text[self.at..self.at + length];
        if length > 2 && is_known(name) {
            self.command(self.at, length);
        }
    }

    fn command(&mut self, from: usize, length: usize) {
        let name = &self.text[from..from + length];
        let end = from + length;
        let taken = end - self.at;
        match name {
            _ if SPACES.contains(&name) => self.skip(taken),
            "left" | "right" | "bigl" | "bigr" | "Bigl" | "Bigr" | "big" | "Big" | "bigg"
            | "Bigg" | "biggl" | "biggr" | "Biggl" | "Biggr" | "middle" => {
                // `\left.` is no bracket.
                let invisible = self.bytes.get(end) == Some(&b'.');
                self.at = end + usize::from(invisible);
            }
            _ if TEXTS.contains(&name) => self.text_command(from, length),
            "begin" | "end" => {
                self.rows =
                    if name == "begin" { self.rows + 1 } else { self.rows.saturating_sub(1) };
                self.push_from(Kind::Command, from, length, taken);
            }
            "lbrace" => self.push_from(Kind::OpenSet, from, length, taken),
            "rbrace" => self.push_from(Kind::CloseSet, from, length, taken),
            _ => self.known_start(from, length),
        }
    }

    /// `\tanx` is `\tan x`: the longest start of an unknown name that is known.
    fn known_start(&mut self, from: usize, length: usize) {
        let known = (2..=length.min(LONGEST_NAME))
            .rev()
            .find(|&end| is_known(&self.text[from..from + end]));
        let length = known.unwrap_or(length);
        let taken = from + length - self.at;
        self.push_from(Kind::Command, from, length, taken);
    }

    /// The group after `\text`; a letter or a function's name is no text.
    fn text_command(&mut self, from: usize, length: usize) {
        let open =
            from + length + self.bytes[from + length..].iter().take_while(|&&b| b == b' ').count();
        let close = (self.bytes.get(open) == Some(&b'{')).then(|| self.closing(open + 1)).flatten();
        let Some(close) = close else {
            self.at = from + length;
            self.gap = true;
            return;
        };
        let inside = self.text[open + 1..close].trim_matches([' ', '~']);
        let start = open + 1 + self.text[open + 1..close].len()
            - self.text[open + 1..close].trim_start_matches([' ', '~']).len();
        let taken = close + 1 - self.at;
        let letter = inside.len() == 1 && inside.as_bytes()[0].is_ascii_alphabetic();
        let unit = letter
            && self.follows_value()
            && self.text[from..].starts_with(['t', 'm'])
            && !self.text[from..].starts_with("mathbf")
            && UNIT_LETTERS.contains(inside);
        let kind = if letter && !unit || is_known(inside) && !inside.eq_ignore_ascii_case("in") {
            Kind::Word
        } else {
            Kind::Text
        };
        if inside.is_empty() {
            self.skip(taken);
        } else {
            self.gap |= start > open + 1;
            self.push_from(kind, start, inside.len(), taken);
        }
    }
}

impl Reader<'_> {
    /// Where the brace closes that was opened before `from`, if it does so soon.
    fn closing(&self, from: usize) -> Option<usize> {
        closing_brace(self.bytes, from, self.bytes.len().min(from + LONGEST_TEXT))
    }

    fn follows_value(&self) -> bool {
        self.found.last().is_some_and(|last| {
            matches!(last.kind, Kind::Number | Kind::Pointed) || last.is(b'}') || last.is(b')')
        })
    }
}

const fn is_row_start(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+')
}
