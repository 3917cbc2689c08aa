//! One spelling: no delimiters, sizes, currency, percent, degrees or units.

use std::borrow::Cow;

use crate::extract::numbers::digit;
use crate::extract::text::{is_one_of, is_space};

// Read from top to bottom, each throughout the string before the next.
const REPLACEMENTS: [(&str, &str); 40] = [
    ("\\dfrac", "\\frac"),
    ("\\tfrac", "\\frac"),
    ("\\cfrac", "\\frac"),
    ("\\!", ""),
    ("{,}", ","),
    ("\\;", " "),
    ("\\:", " "),
    ("\\ ", " "),
    ("~", " "),
    ("\\qquad", " "),
    ("\\quad", " "),
    ("\\displaystyle", ""),
    ("\\textstyle", ""),
    ("\\$", ""),
    ("$", ""),
    ("€", ""),
    ("£", ""),
    ("¥", ""),
    ("₹", ""),
    ("\\%", ""),
    ("%", ""),
    ("^{\\circ}", ""),
    ("^\\circ", ""),
    ("\\degree", ""),
    ("\\leqslant", "\\le"),
    ("\\geqslant", "\\ge"),
    ("\\leq", "\\le"),
    ("\\geq", "\\ge"),
    ("\\neq", "\\ne"),
    ("\\lbrace", "\\{"),
    ("\\rbrace", "\\}"),
    ("\\cdots", "\\ldots"),
    ("\\cdot", "*"),
    ("\\times", "*"),
    ("\\mathrm{", "\\text{"),
    ("\\mathbf{", "\\text{"),
    ("\\textbf{", "\\text{"),
    ("\\textit{", "\\text{"),
    ("\\textrm{", "\\text{"),
    ("\\mbox{", "\\text{"),
];
const MORE_TEXT: [&str; 2] = ["\\operatorname{", "\\mathit{"];
const SIZES: [&str; 6] = ["left", "right", "bigg", "Bigg", "big", "Big"];
const WRAPPERS: [(&str, &str); 5] =
    [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**")];
const POWERS: [&str; 4] = ["^{2}", "^{3}", "^2", "^3"];
const UNITS: [&str; 65] = [
    "cm",
    "mm",
    "km",
    "kg",
    "ft",
    "mph",
    "inch",
    "inches",
    "foot",
    "feet",
    "yard",
    "yards",
    "mile",
    "miles",
    "meter",
    "meters",
    "metre",
    "metres",
    "centimeter",
    "centimeters",
    "kilometer",
    "kilometers",
    "gram",
    "grams",
    "kilogram",
    "kilograms",
    "pound",
    "pounds",
    "ounce",
    "ounces",
    "liter",
    "liters",
    "gallon",
    "gallons",
    "dollar",
    "dollars",
    "cent",
    "cents",
    "degree",
    "degrees",
    "percent",
    "pct",
    "unit",
    "units",
    "square",
    "cubic",
    "sq",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "per",
    "people",
    "ways",
    "times",
];

const fn is_edge(c: char) -> bool {
    is_space(c) || matches!(c, '.' | ',' | ';' | ':' | '*' | '`' | '"' | '\'')
}

/// The answer in one spelling.
pub(super) fn clean(answer: &str) -> String {
    let mut text = fold(answer);
    if !text.contains("\\begin") {
        text = single_backslashes(text);
    }
    let mut text = without_sizes(unwrap(&text));
    if text.contains("\\,") {
        text = thin_spaces(&text);
    }
    if text.bytes().any(|b| b"\\{~$%^".contains(&b) || !b.is_ascii()) {
        respell(&mut text);
    }
    if text.contains("\\text{") {
        text = texts(&text);
    }
    let mut text = drop_units(text.trim_matches(is_edge)).to_owned();
    replace(&mut text, " and ", ", ");
    replace(&mut text, " or ", ", ");
    text.trim_matches(is_edge).to_owned()
}

fn respell(text: &mut String) {
    for (old, new) in REPLACEMENTS {
        replace(text, old, new);
    }
    for old in MORE_TEXT {
        replace(text, old, "\\text{");
    }
}

fn replace(text: &mut String, old: &str, new: &str) {
    if text.contains(old) {
        *text = text.replace(old, new);
    }
}

/// Each character in its ASCII or LaTeX spelling.
fn fold(answer: &str) -> String {
    let mut out = String::with_capacity(answer.len());
    for c in answer.chars() {
        match spelling(c) {
            Some(known) => out.push_str(known),
            None => out.push(folded(c)),
        }
    }
    out
}

fn spelling(c: char) -> Option<&'static str> {
    Some(match c {
        '×' => "\\times ",
        '·' | '⋅' => "\\cdot ",
        '÷' => "/",
        'π' => "\\pi ",
        '∞' => "\\infty ",
        '√' => "\\sqrt ",
        '°' => "^\\circ ",
        '≤' => "\\le ",
        '≥' => "\\ge ",
        '≠' => "\\ne ",
        '±' => "\\pm ",
        '∪' => "\\cup ",
        '∩' => "\\cap ",
        '∈' => "\\in ",
        '½' => "\\frac{1}{2}",
        '¼' => "\\frac{1}{4}",
        '¾' => "\\frac{3}{4}",
        '⅓' => "\\frac{1}{3}",
        '⅔' => "\\frac{2}{3}",
        '²' => "^2",
        '³' => "^3",
        _ => return None,
    })
}

fn folded(c: char) -> char {
    match c {
        _ if is_space(c) => ' ',
        '−' | '–' | '﹣' => '-',
        // Full-width forms stand at a fixed distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => digit(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c),
    }
}

/// `\\frac`, escaped twice as in JSON.
fn single_backslashes(text: String) -> String {
    if !text.contains("\\\\") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\\\\") {
        let doubled = rest.as_bytes().get(at + 2).is_some_and(u8::is_ascii_alphabetic);
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1 + usize::from(doubled)..];
    }
    out + rest
}

/// Takes off delimiters around the whole, and punctuation.
fn unwrap(text: &str) -> &str {
    let mut text = text;
    loop {
        text = text.trim_matches(is_edge);
        let inside = WRAPPERS
            .iter()
            .find_map(|(opener, closer)| text.strip_prefix(opener)?.strip_suffix(closer));
        match inside {
            Some(inside) => text = inside,
            None => return text,
        }
    }
}

/// Without `\left`, `\Bigr` and the like.
fn without_sizes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let after = &rest[at + 1..];
        let length = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = &after[..length];
        let bare = name.strip_suffix(['l', 'r']).unwrap_or(name);
        let size = SIZES.contains(&name) || SIZES.contains(&bare);
        out.push_str(&rest[..at + usize::from(!size)]);
        rest = if size { &after[length..] } else { after };
    }
    out + rest
}

/// `10\,000` is a number; any other `\,` is a space.
fn thin_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for (at, thin) in text.match_indices("\\,") {
        out.push_str(&text[last..at]);
        last = at + thin.len();
        let before = text[..at].ends_with(|c: char| c.is_ascii_digit());
        let group = text[last..].bytes().take(4).take_while(u8::is_ascii_digit).count();
        out.push(if before && group == 3 { ',' } else { ' ' });
    }
    out + &text[last..]
}

/// Reads `\text{…}`: "and" joins, what follows a number at the end is a unit, else words.
fn texts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut numeric = false;
    let mut rest = text;
    while let Some(start) = rest.find("\\text{") {
        let Some(length) = rest[start..].find('}') else { break };
        let front = &rest[..start];
        let content = rest[start + 6..start + length].trim_matches(' ');
        rest = &rest[start + length + 1..];
        out.push_str(front);
        numeric = numeric || front.bytes().any(|b| b.is_ascii_digit());
        if is_one_of(content, &["and", "or"]) {
            out.push_str(", ");
        } else if numeric && is_nothing_but_a_power(rest) {
            return out;
        } else {
            out.push_str(content);
        }
    }
    out + rest
}

fn is_nothing_but_a_power(rest: &str) -> bool {
    let rest = rest.trim_start_matches(is_edge);
    let after = POWERS.iter().find_map(|power| rest.strip_prefix(power)).unwrap_or(rest);
    after.trim_start_matches(is_edge).is_empty()
}

/// `5 square inches`, `60 miles per hour`, `5 cm^2` → the number.
fn drop_units(text: &str) -> &str {
    let mut text = text;
    for _ in 0..4 {
        let front = POWERS.iter().find_map(|power| text.strip_suffix(power)).unwrap_or(text);
        let number = front.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &front[number.len()..];
        let numeric = || number.bytes().any(|b| b.is_ascii_digit());
        if number.ends_with('\\') || !is_one_of(unit, &UNITS) || !numeric() {
            return text;
        }
        text = number.trim_matches(is_edge);
    }
    text
}

/// The string in one spelling, for answers that are no number.
pub(super) fn spelled(text: &str) -> String {
    let mut text: Cow<'_, str> =
        if text.contains(' ') { Cow::Owned(text.replace(' ', "")) } else { Cow::Borrowed(text) };
    if text.starts_with('{') && text.ends_with('}') && super::key::encloses(&text) {
        text = Cow::Owned(text[1..text.len() - 1].to_owned());
    }
    let text = braced(&braced(&text, "\\frac", 2), "\\sqrt", 1);
    let mut text = bare_scripts(&text);
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphabetic() || b"'-".contains(&b));
    if word && (text.len() > 2 || text.eq_ignore_ascii_case("no")) {
        text.make_ascii_lowercase();
    }
    text
}

/// `\frac12` → `\frac{1}{2}`, `\sqrt3` → `\sqrt{3}`: single arguments get their braces.
fn braced(text: &str, command: &str, count: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(command) {
        let end = at + command.len();
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let arguments = rest.bytes().take(count).take_while(u8::is_ascii_alphanumeric).count();
        if arguments == count {
            for argument in rest[..count].chars() {
                out.extend(['{', argument, '}']);
            }
            rest = &rest[count..];
        }
    }
    out + rest
}

/// `x^{2}` → `x^2`.
fn bare_scripts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut last = 0;
    for (at, _) in text.match_indices(['^', '_']) {
        if let Some([b'{', inner, b'}']) = bytes.get(at + 1..at + 4)
            && inner.is_ascii_alphanumeric()
        {
            out.push_str(&text[last..=at]);
            out.push(char::from(*inner));
            last = at + 4;
        }
    }
    out + &text[last..]
}
