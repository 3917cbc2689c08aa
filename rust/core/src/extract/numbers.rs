//! Numbers in running text, with separators, exponents, fractions and digits of any script.

use super::text::letter_at;

const SEPARATORS: [&str; 7] = [",", "{,}", "\\,", ",\\!", "\u{2009}", "\u{202f}", "\u{a0}"];

/// The value of a decimal digit: Western, Arabic, Persian or full width.
pub(crate) fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '０'..='９' => '０',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

/// A currency sign before a number.
pub(crate) const fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹')
}

/// The numbers of a line, in order, with their places.
///
/// A digit that follows a letter, `_` or `^` starts none (`x2`, `a_1`, `m^2`).
pub(crate) struct Numbers<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(line: &'a str) -> Self {
        Self { line, at: 0 }
    }

    /// The numbers from shortly before the byte `at` on: from a space after a word, over which
    /// no number reaches.
    pub(crate) fn near(line: &'a str, at: usize) -> Self {
        // Of the commands in numbers, `\times` and `\cdot` may have a space behind them.
        let parts = |run: &[u8]| {
            let word = run[0].is_ascii_alphabetic() && run[1].is_ascii_alphabetic();
            word && run[2] == b' ' && !matches!(run, b"es " | b"ot ")
        };
        let place = line.as_bytes()[..at].windows(3).rposition(parts);
        Self { line, at: place.map_or(0, |place| place + 3) }
    }
}

impl<'a> Iterator for Numbers<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        // Only a digit, a point, a command or another script may start a number.
        let starts = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'\\' | 0x80..);
        while let Some(skipped) = self.line.as_bytes()[self.at..].iter().position(starts) {
            self.at += skipped;
            let at = self.at;
            let Some(first) = self.line[at..].chars().next() else { break };
            let Some(end) = body(self.line, at, first) else {
                self.at += first.len_utf8();
                continue;
            };
            if continues(&self.line[..at], first) {
                self.at = if digit(first).is_some() { end } else { at + 1 };
                continue;
            }
            self.at = end;
            let start = signed(self.line, at);
            return Some((start, &self.line[start..end]));
        }
        None
    }
}

/// Whether what stands before makes a digit part of a name.
fn continues(before: &str, first: char) -> bool {
    before.chars().next_back().is_some_and(|c| {
        c.is_ascii_alphabetic()
            || matches!(c, '_' | '^')
            || digit(c).is_some()
            || (first == '.' && c == '.')
    })
}

/// Where the number whose digits start at `at` starts with its sign: `-$5`, `-5`.
fn signed(line: &str, at: usize) -> usize {
    let before = &line[..at];
    let before =
        before.strip_suffix("\\$").or_else(|| before.strip_suffix(is_currency)).unwrap_or(before);
    let Some(rest) = before.strip_suffix(['-', '−', '+']) else { return at };
    let glued = |c: char| c.is_ascii_alphabetic() || digit(c).is_some() || ")}]".contains(c);
    if rest.ends_with(glued) { at } else { rest.len() }
}

/// Where the number ends that starts at `at` with `first`, if one does.
fn body(line: &str, at: usize, first: char) -> Option<usize> {
    match first {
        '\\' => fraction(line, at),
        '.' => some_digits(line, at + 1).map(|end| percent(line, tail(line, end))),
        _ if digit(first).is_some() => {
            let whole = grouped(line, at, first).unwrap_or_else(|| digits(line, at));
            let end = line[whole..].strip_prefix('.').and_then(|_| some_digits(line, whole + 1));
            Some(percent(line, tail(line, end.unwrap_or(whole))))
        }
        _ => None,
    }
}

/// Where the run of digits at `at` ends.
fn digits(line: &str, at: usize) -> usize {
    let rest = &line[at..];
    line.len() - rest.trim_start_matches(|c| digit(c).is_some()).len()
}

fn some_digits(line: &str, at: usize) -> Option<usize> {
    Some(digits(line, at)).filter(|&end| end > at)
}

/// How many digits stand at `at`, counted up to five, and where they end.
fn few_digits(line: &str, at: usize) -> (usize, usize) {
    let run = line[at..].chars().take(5).take_while(|&c| digit(c).is_some());
    run.fold((0, at), |(count, end), c| (count + 1, end + c.len_utf8()))
}

/// Digits in groups of three behind one kind of separator; no group starts with a zero.
fn grouped(line: &str, at: usize, first: char) -> Option<usize> {
    let (count, end) = few_digits(line, at);
    // What separators start with; most numbers have none.
    let separated = matches!(line.as_bytes().get(end), Some(b',' | b'{' | b'\\' | 0x80..));
    if !separated || count > 3 || digit(first) == Some(0) {
        return None;
    }
    let with = |separator: &&str| {
        let mut end = end;
        let mut groups = 0;
        while let Some(next) = group(line, end, separator) {
            end = next;
            groups += 1;
        }
        (groups > 0).then_some(end)
    };
    SEPARATORS.iter().find_map(with)
}

fn group(line: &str, at: usize, separator: &str) -> Option<usize> {
    line[at..].strip_prefix(separator)?;
    let (count, end) = few_digits(line, at + separator.len());
    (count == 3).then_some(end)
}

/// `\frac{3}{4}` of plain digits.
fn fraction(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let name = ["\\frac{", "\\dfrac{", "\\tfrac{"].into_iter().find(|n| rest.starts_with(n))?;
    let above = some_digits(line, at + name.len())?;
    line[above..].strip_prefix("}{")?;
    let below = some_digits(line, above + 2)?;
    line[below..].starts_with('}').then_some(below + 1)
}

/// What may follow the digits: a fraction, a time, an exponent.
fn tail(line: &str, at: usize) -> usize {
    let rest = &line[at..];
    match rest.as_bytes().first() {
        Some(b'/') => some_digits(line, at + 1),
        Some(b':') => time(line, at),
        Some(b'e' | b'E') => exponent(line, at + 1),
        Some(b'\\') => fraction(line, at).or_else(|| power_of_ten(line, at)),
        _ => power_of_ten(line, at),
    }
    .unwrap_or(at)
}

fn time(line: &str, at: usize) -> Option<usize> {
    let mut end = at;
    while line[end..].starts_with(':') {
        match few_digits(line, end + 1) {
            (2, next) => end = next,
            _ => break,
        }
    }
    (end > at).then_some(end)
}

fn exponent(line: &str, at: usize) -> Option<usize> {
    let start = at + usize::from(line[at..].starts_with(['-', '+']));
    let (count, end) = few_digits(line, start);
    ((1..=4).contains(&count) && !letter_at(line, end)).then_some(end)
}

/// `\times 10^6`, `x10^{-3}`.
fn power_of_ten(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let rest = ["\\times", "\\cdot", "×", "x", "*"].iter().find_map(|op| rest.strip_prefix(op))?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix("10^")?;
    let (rest, braces) = match rest.strip_prefix('{') {
        Some(inner) => (inner, true),
        None => (rest, false),
    };
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let count = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = &rest[count..];
    let rest = if braces { rest.strip_prefix('}')? } else { rest };
    (count > 0).then_some(line.len() - rest.len())
}

fn percent(line: &str, at: usize) -> usize {
    let rest = &line[at..];
    let after = rest.strip_prefix("\\%").or_else(|| rest.strip_prefix('%')).unwrap_or(rest);
    line.len() - after.len()
}
