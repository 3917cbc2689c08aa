//! The exact value of a plain number, in any of its spellings, within limits.

use std::borrow::Cow;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero, pow};

/// More digits than this are kept as a string.
const MOST_DIGITS: usize = 400;
const LARGEST_EXPONENT: usize = 400;
const ORDINALS: [&str; 9] = ["st", "nd", "rd", "th", "^th", "^{th}", "^{st}", "^{nd}", "^{rd}"];

/// The value of a number with its sign, spaces and separators.
pub(super) fn value(text: &str) -> Option<BigRational> {
    let text = text.trim_matches(' ');
    if text.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS {
        return None;
    }
    let unsigned = text.strip_prefix(['-', '+']).map_or(text, |rest| rest.trim_matches(' '));
    let size = if has_gap(unsigned) { gapped(unsigned) } else { size(&compact(unsigned)) }?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// Whether a space stands between two digits.
fn has_gap(text: &str) -> bool {
    text.match_indices(' ').any(|(at, _)| {
        let digit = |b: &u8| b.is_ascii_digit();
        text.as_bytes()[..at].last().is_some_and(digit)
            && text[at..].trim_start_matches(' ').as_bytes().first().is_some_and(digit)
    })
}

/// `2 1/3` is a mixed number, `10 000` one in groups; nothing else has a gap.
fn gapped(text: &str) -> Option<BigRational> {
    if let Some((whole, part)) = text.split_once(' ')
        && is_digits(whole)
        && let Some((above, below)) = part.trim_start_matches(' ').split_once('/')
    {
        return (is_digits(above) && is_digits(below))
            .then(|| divided(&decimal(above)?, &decimal(below)?).map(|part| integer(whole) + part))
            .flatten();
    }
    groups(text, " ").then(|| size(&text.replace(' ', ""))).flatten()
}

/// Without spaces and separators of thousands.
fn compact(text: &str) -> Cow<'_, str> {
    let spaced = text.contains(' ') && !text.contains(',');
    let text = if spaced { Cow::Owned(text.replace(' ', "")) } else { Cow::Borrowed(text) };
    if groups(&text, ",") {
        return Cow::Owned(text.replace(',', ""));
    }
    if text.bytes().filter(|&b| b == b'.').count() > 1 && groups(&text, ".") {
        return Cow::Owned(text.replace('.', ""));
    }
    text
}

/// Whether a text is digits in groups of three, with decimals where the separator is no point.
fn groups(text: &str, separator: &str) -> bool {
    let whole = match text.split_once('.') {
        Some((whole, decimals)) if separator != "." => {
            if !decimals.bytes().all(|b| b.is_ascii_digit()) {
                return false;
            }
            whole
        }
        _ => text,
    };
    let mut parts = whole.split(separator);
    let first = parts.next().unwrap_or("");
    let mut count = 0;
    let mut threes = true;
    for part in parts {
        count += 1;
        threes = threes && part.len() == 3 && is_digits(part);
    }
    count > 0 && threes && first.len() <= 3 && !first.starts_with('0') && is_digits(first)
}

/// The value of a number without sign, spaces or separators.
fn size(text: &str) -> Option<BigRational> {
    let text = ordinal(text);
    if let Some(at) = text.find("\\frac") {
        return fraction(&text[..at], &text[at + 5..]);
    }
    if let Some((whole, repeated)) = text.split_once("\\overline{") {
        return repeating(whole, repeated.strip_suffix('}')?);
    }
    if let Some((above, below)) = text.split_once('/') {
        return divided(&decimal(above)?, &decimal(below)?);
    }
    scientific(text)
}

fn ordinal(text: &str) -> &str {
    let after_digit = |bare: &&str| bare.ends_with(|c: char| c.is_ascii_digit());
    ORDINALS.iter().filter_map(|suffix| text.strip_suffix(suffix)).find(after_digit).unwrap_or(text)
}

/// `1.5e6`, `1.5*10^6`, `10^{-3}`, or a plain decimal.
fn scientific(text: &str) -> Option<BigRational> {
    if let Some(power) = text.strip_prefix("10^") {
        return scaled(BigRational::one(), braced_power(power)?);
    }
    if let Some((digits, power)) = text.split_once("*10^") {
        return scaled(decimal(digits)?, braced_power(power)?);
    }
    match text.split_once(['e', 'E']) {
        Some((digits, power)) => scaled(decimal(digits)?, power),
        None => decimal(text),
    }
}

/// The exponent in braces, where it may have any sign, or without, where only a minus.
fn braced_power(text: &str) -> Option<&str> {
    match text.strip_prefix('{') {
        Some(inner) => inner.strip_suffix('}'),
        None => Some(text).filter(|power| !power.starts_with('+')),
    }
}

fn scaled(number: BigRational, power: &str) -> Option<BigRational> {
    let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
    if digits.len() > 4 || !is_digits(digits) {
        return None;
    }
    let exponent = digits.parse().ok().filter(|&exponent| exponent <= LARGEST_EXPONENT)?;
    let factor = BigRational::from_integer(ten_to(exponent));
    Some(if power.starts_with('-') { number / factor } else { number * factor })
}

/// `\frac{1}{2}`, `\frac12`, and the mixed number `2\frac{1}{3}`.
fn fraction(whole: &str, rest: &str) -> Option<BigRational> {
    let (above, rest) = argument(rest)?;
    let (below, rest) = argument(rest)?;
    let part = divided(&signed(above)?, &signed(below)?)?;
    if !rest.is_empty() || !(whole.is_empty() || is_digits(whole)) {
        return None;
    }
    // A sign inside the fraction of a mixed number has no reading.
    let mixed = !whole.is_empty();
    (!mixed || !part.is_negative()).then(|| if mixed { integer(whole) + part } else { part })
}

fn argument(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        return inner.split_once('}');
    }
    text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.split_at(1))
}

/// `0.1\overline{6}` from its two parts.
fn repeating(whole: &str, repeated: &str) -> Option<BigRational> {
    let (before, after) = whole.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(before) || !digits(after) || !is_digits(repeated) {
        return None;
    }
    let nines = ten_to(repeated.len()) - 1;
    let above = integer(&["0", before, after].concat()) * &nines + integer(repeated);
    Some(above / (nines * ten_to(after.len())))
}

fn divided(above: &BigRational, below: &BigRational) -> Option<BigRational> {
    (!below.is_zero()).then(|| above / below)
}

fn signed(text: &str) -> Option<BigRational> {
    let size = decimal(text.strip_prefix(['-', '+']).unwrap_or(text))?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// A decimal; the point may stand first or last.
fn decimal(text: &str) -> Option<BigRational> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = [whole, decimals].concat();
    is_digits(&digits).then(|| integer(&digits) / ten_to(decimals.len()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The integer that a text of digits writes.
fn integer(digits: &str) -> BigRational {
    let number = BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
    BigRational::from_integer(number)
}

fn ten_to(exponent: usize) -> BigInt {
    pow(BigInt::from(10), exponent)
}
