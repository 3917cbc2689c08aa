//! Numbers: separators, mixed, repeating, in another base, in words.

use num_bigint::BigInt;
use num_traits::Num;

use super::{Parsed, Parser};
use crate::math::limits::Limit;
use crate::math::names;
use crate::math::token::{Kind, Token};
use crate::math::tree::{Function, Node};
use crate::math::value::Exact;

/// More digits than this are no number.
const MOST_DIGITS: usize = 1_000;
/// More places or exponents than this likewise.
const LARGEST_EXPONENT: i64 = 1_000;
/// The places that all the exponents of an answer may add: `7e-999` is short to write.
pub(super) const MOST_PLACES: u64 = 4_000;

impl Parser<'_> {
    /// The number at hand with all that belongs to it.
    pub(super) fn number(&mut self) -> Parsed {
        if let Some(value) = self.based() {
            return Ok(Node::Number(value));
        }
        let token = self.next().ok_or(Limit::Unparsed)?;
        if let Some(value) = self.repeating(token)? {
            return Ok(Node::Number(value));
        }
        let value = value(token, &mut self.places)?;
        if self.ordinal() {
            return Ok(Node::Number(value));
        }
        if token.text.bytes().all(|b| b.is_ascii_digit())
            && let Some(part) = self.mixed_part()
        {
            return Ok(Node::apply(Function::Add, [Node::Number(value), part]));
        }
        if let Some(factor) = self.multiplier() {
            return Ok(Node::apply(Function::Multiply, [Node::Number(value), Node::whole(factor)]));
        }
        Ok(Node::Number(value))
    }

    /// The number at hand alone, as an exponent or a base has it.
    pub(super) fn bare_number(&mut self) -> Parsed {
        let token = self.next().ok_or(Limit::Unparsed)?;
        value(token, &mut self.places).map(Node::Number)
    }

    /// `5th`.
    fn ordinal(&mut self) -> bool {
        let found = self.peek().is_some_and(|next| {
            !next.gap && next.kind == Kind::Word && matches!(next.text, "st" | "nd" | "rd" | "th")
        });
        self.at += usize::from(found);
        found
    }

    /// `2.5 million`.
    fn multiplier(&mut self) -> Option<i64> {
        let token = self.peek().filter(|next| matches!(next.kind, Kind::Word | Kind::Text))?;
        let factor = names::multiplier(token.text)?;
        self.at += 1;
        Some(factor)
    }

    /// The proper fraction that makes a whole number a mixed one: `2\frac13`, `2 1/3`.
    fn mixed_part(&mut self) -> Option<Node> {
        let start =
            (self.at, self.tokens.get(self.at).copied(), self.tokens.get(self.at + 1).copied());
        let part = match self.peek() {
            Some(next) if next.kind == Kind::Command && next.text.ends_with("frac") => {
                self.at += 1;
                self.plain_argument().zip(self.plain_argument())
            }
            Some(next) if next.kind == Kind::Number && next.gap => self.slash_fraction(),
            _ => None,
        };
        match part {
            Some((above, below)) if 0 < above && above < below => {
                Exact::ratio(above, below).map(Node::Number)
            }
            _ => {
                self.rewind(start);
                None
            }
        }
    }

    /// Puts back what reading single digits took off.
    fn rewind(&mut self, (at, first, second): (usize, Option<Token<'_>>, Option<Token<'_>>)) {
        self.at = at;
        for (offset, token) in [first, second].into_iter().enumerate() {
            if let (Some(old), Some(place)) = (token, self.tokens.get_mut(at + offset)) {
                let text = &self.text[old.at..old.at + old.text.len()];
                *place = Token { kind: old.kind, text, gap: old.gap, at: old.at };
            }
        }
    }

    /// An argument of `\frac` that is nothing but digits.
    fn plain_argument(&mut self) -> Option<i64> {
        let token = self.peek()?;
        if token.kind == Kind::Number {
            let digit = token.text.chars().next()?.to_digit(10)?;
            self.shorten(1);
            return Some(i64::from(digit));
        }
        let inside = self.ahead(1).filter(|inside| inside.kind == Kind::Number)?;
        let closed = token.is(b'{') && self.ahead(2).is_some_and(|next| next.is(b'}'));
        let value = inside.text.parse().ok().filter(|_| closed)?;
        self.at += 3;
        Some(value)
    }

    fn slash_fraction(&mut self) -> Option<(i64, i64)> {
        let (above, slash, below) = (self.peek()?, self.ahead(1)?, self.ahead(2)?);
        let plain = slash.is(b'/') && below.kind == Kind::Number;
        let parts =
            plain.then(|| above.text.parse().ok().zip(below.text.parse().ok())).flatten()?;
        self.at += 3;
        Some(parts)
    }

    /// `0.1\overline{6}`, `0.\dot{3}`, `0.(3)`.
    fn repeating(&mut self, token: Token<'_>) -> Result<Option<Exact>, Limit> {
        let Some((_, decimals)) = token.text.split_once('.') else { return Ok(None) };
        let Some(next) = self.peek() else { return Ok(None) };
        let marked = next.kind == Kind::Command && matches!(next.text, "overline" | "bar" | "dot");
        let bracketed = next.is(b'(') && !next.gap;
        if !(marked || bracketed) {
            return Ok(None);
        }
        let braced = marked && self.ahead(1).is_some_and(|open| open.is(b'{'));
        let skipped = usize::from(marked) + usize::from(braced || bracketed);
        let digits = self.ahead(skipped).filter(|digits| digits.kind == Kind::Number);
        let closer = self.ahead(skipped + 1);
        let complete = if braced {
            closer.is_some_and(|token| token.is(b'}'))
        } else {
            !bracketed || closer.is_some_and(|token| token.is(b')'))
        };
        let Some(digits) = digits.filter(|_| complete && decimals.len() < 200) else {
            return Ok(None);
        };
        let repeated = if marked && !braced { &digits.text[..1] } else { digits.text };
        if repeated.len() > 200 || !repeated.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(None);
        }
        self.at += skipped;
        self.shorten(repeated.len());
        self.at += usize::from(braced || bracketed);
        let whole: String = token.text.chars().filter(char::is_ascii_digit).collect();
        repeated_value(&whole, decimals.len(), repeated).map(Some)
    }

    /// `1011_2`, `152A_{11}`: the value of digits in another base.
    fn based(&mut self) -> Option<Exact> {
        let mut count = 0;
        while let Some(token) = self.ahead(count) {
            let digits = matches!(token.kind, Kind::Number | Kind::Word);
            if !digits || count > 0 && token.gap || count == 24 {
                break;
            }
            count += 1;
        }
        if !self.ahead(count).is_some_and(|mark| mark.is(b'_')) {
            return None;
        }
        let braced = self.ahead(count + 1).is_some_and(|open| open.is(b'{'));
        let base =
            self.ahead(count + 1 + usize::from(braced)).filter(|b| b.kind != Kind::Sign(b'{'));
        let closed = !braced || self.ahead(count + 3).is_some_and(|close| close.is(b'}'));
        let base = base.filter(|_| closed).and_then(|base| base_of(base.text));
        // `3x_2` is a product.
        let base = base?;
        let (first, last) = (self.tokens[self.at], self.tokens[self.at + count - 1]);
        let digits = &self.text[first.at..last.at + last.text.len()];
        let value = based_value(digits, base)?;
        self.at += count + if braced { 4 } else { 2 };
        Some(value)
    }
}

fn base_of(text: &str) -> Option<u32> {
    match text {
        "two" => Some(2),
        "eight" => Some(8),
        "ten" => Some(10),
        "sixteen" => Some(16),
        _ => text.parse().ok().filter(|base| (2..=36).contains(base)),
    }
}

fn based_value(digits: &str, base: u32) -> Option<Exact> {
    let plain: String =
        digits.chars().filter(|c| !matches!(c, ',' | ' ' | '{' | '}' | '\\' | '!')).collect();
    let (whole, places) = plain.split_once('.').unwrap_or((&plain, ""));
    if plain.len() > 200 {
        return None;
    }
    let above = BigInt::from_str_radix(&[whole, places].concat(), base).ok()?;
    let below = num_traits::pow(BigInt::from(base), places.len());
    Some(Exact::from(num_rational::BigRational::new(above, below)))
}

fn repeated_value(whole: &str, places: usize, repeated: &str) -> Result<Exact, Limit> {
    let integer = |digits: &str| BigInt::parse_bytes(digits.as_bytes(), 10).ok_or(Limit::Digits);
    let ten = BigInt::from(10);
    let nines = num_traits::pow(ten.clone(), repeated.len()) - 1;
    let whole = if whole.is_empty() { "0" } else { whole };
    let above = integer(whole)? * &nines + integer(repeated)?;
    let below = nines * num_traits::pow(ten, places);
    Ok(Exact::from(num_rational::BigRational::new(above, below)))
}

/// The value of a number token: its digits, its point, its exponent, which takes from `places`.
fn value(token: Token<'_>, places: &mut u64) -> Result<Exact, Limit> {
    let (number, power) = match token.text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse().map_err(|_| Limit::Digits)?),
        None => (token.text, 0_i64),
    };
    let points = token.kind == Kind::Number;
    let (whole, decimals) = match number.rsplit_once('.') {
        Some((whole, decimals)) if points => (whole, decimals),
        _ => (number, ""),
    };
    if number.len() > MOST_DIGITS {
        return Err(Limit::Digits);
    }
    if power.abs() > LARGEST_EXPONENT {
        return Err(Limit::Magnitude);
    }
    *places = places.checked_sub(power.unsigned_abs()).ok_or(Limit::Digits)?;
    let mut digits = [0_u8; 24];
    let mut count = 0;
    for byte in whole.bytes().chain(decimals.bytes()).filter(u8::is_ascii_digit) {
        match digits.get_mut(count) {
            Some(place) => *place = byte,
            None => return long_value(whole, decimals, power),
        }
        count += 1;
    }
    let text = str::from_utf8(&digits[..count]).unwrap_or("");
    if power == 0
        && let Some(value) = Exact::decimal(text, decimals.len())
    {
        return Ok(value);
    }
    long_value(whole, decimals, power)
}

fn long_value(whole: &str, decimals: &str, power: i64) -> Result<Exact, Limit> {
    let mut digits: String =
        whole.chars().chain(decimals.chars()).filter(char::is_ascii_digit).collect();
    let mut places = i64::try_from(decimals.len()).unwrap_or(i64::MAX) - power;
    while places < 0 {
        digits.push('0');
        places += 1;
    }
    let places = usize::try_from(places).map_err(|_| Limit::Digits)?;
    Exact::long_decimal(&digits, places).ok_or(Limit::Unparsed)
}
