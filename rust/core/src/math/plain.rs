//! The short way of plain numbers: digits, a point, a slash, a sign.

use std::borrow::Cow;

/// Digits that fit a machine word whatever they are.
const MOST_DIGITS: usize = 18;

/// The key of a plain number; nothing for whatever else.
pub(crate) fn plain_key(answer: &str) -> Option<Cow<'_, str>> {
    let (negative, size) = match answer.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, answer),
    };
    let bytes = size.as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if whole == 0 || whole > MOST_DIGITS {
        return latex_fraction(size).and_then(|(above, below)| ratio(negative, above, below));
    }
    match bytes.get(whole) {
        None if bytes[0] != b'0' => Some(Cow::Borrowed(answer)),
        None => Some(Cow::Owned(signed(negative, number(bytes)?))),
        Some(b'.') => decimal(negative, bytes, whole),
        Some(b'/') => ratio(negative, number(&bytes[..whole])?, number(&bytes[whole + 1..])?),
        Some(_) => None,
    }
}

/// The number that a few digits write.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > MOST_DIGITS {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0'))
    })
}

fn decimal(negative: bool, bytes: &[u8], whole: usize) -> Option<Cow<'static, str>> {
    let places = &bytes[whole + 1..];
    if places.is_empty() || whole + places.len() > MOST_DIGITS {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(places.len()).ok()?);
    ratio(negative, number(&bytes[..whole])? * scale + number(places)?, scale)
}

/// `\frac{3}{4}`, `\dfrac{3}{4}`, `\tfrac{3}{4}`.
fn latex_fraction(text: &str) -> Option<(u64, u64)> {
    let rest =
        ["\\frac{", "\\dfrac{", "\\tfrac{"].iter().find_map(|name| text.strip_prefix(name))?;
    let (above, below) = rest.strip_suffix('}')?.split_once("}{")?;
    Some((number(above.as_bytes())?, number(below.as_bytes())?))
}

fn ratio(negative: bool, above: u64, below: u64) -> Option<Cow<'static, str>> {
    if below == 0 {
        return None;
    }
    let divisor = gcd(above, below);
    let (above, below) = (above / divisor, below / divisor);
    Some(Cow::Owned(if below == 1 {
        signed(negative, above)
    } else {
        let sign = if negative { "-" } else { "" };
        format!("{sign}{above}/{below}")
    }))
}

fn signed(negative: bool, size: u64) -> String {
    if negative && size > 0 { format!("-{size}") } else { size.to_string() }
}

const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
