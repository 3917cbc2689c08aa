//! Arbitrary and hostile texts of up to 4 KB, by kind, from a seed.

use std::iter::repeat_with;

use fastrand::Rng;

/// The longest text, in bytes.
pub const LONGEST: usize = 4096;

/// One way to make a text of some bytes, by name.
pub type Kind = (&'static str, fn(&mut Rng, usize) -> String);

/// Every kind of text.
pub const KINDS: [Kind; 11] = [
    ("bytes as text", bytes_as_text),
    ("unicode", unicode),
    ("characters", characters),
    ("LaTeX tokens", tokens),
    ("few tokens", few_tokens),
    ("nesting", nesting),
    ("towers", towers),
    ("explosive", explosive),
    ("repetition", repetition),
    ("digits", digits),
    ("long sums", sums),
];

#[rustfmt::skip]
const TOKENS: [&str; 104] = [
    "\\frac", "\\frac{1}{2}", "\\dfrac", "\\frac{", "\\sqrt", "\\sqrt[3]", "^", "^{", "_", "{", "}", "(", ")",
    "[", "]", "|", "+", "-", "*", "/", "=", "<", "\\le", ",", ";", ".", ":", "!", "'", "x", "y", "n", "e", "i",
    "0", "1", "2", "7", "12", "3.5", "0.", "1,234", "1e3", "99999999999999999999", "\\pi", "\\theta", "\\sin",
    "\\cos", "\\tan", "\\arcsin", "\\arctan{x}", "\\ln", "\\log_2", "\\exp", "\\left(", "\\right)", "\\left|",
    "\\right|", "\\cdot", "\\times", "\\pm", "\\text{ and }", "\\text{a}", "\\begin{pmatrix}",
    "\\end{pmatrix}", "&", "\\\\", "\\binom{5}{2}", "\\binom", "\\infty", "\\cup", "\\overline{3}", "\\{", "\\}",
    "$", " ", "\\,", "%", "\\%", "^\\circ", "\\sum_{k=1}^{9}", "½", "²", "√", "π", "−", "×", "9^", "^{9^",
    "99!", "2004!", "10^", "^{1/3}", "e^{", "(x+1)", "f(", "abc", "words", "and", "\\boxed{", "\\text{cm}",
    "}{", "\\mod", "sqrt(",
];
const OPENERS: [(&str, &str); 20] = [
    ("(", ")"),
    ("{", "}"),
    ("[", "]"),
    ("\\left(", "\\right)"),
    ("\\{", "\\}"),
    ("|", "|"),
    ("-", ""),
    ("\\frac{", "}{2}"),
    ("\\sqrt{", "}"),
    ("\\text{", "}"),
    ("^{", "}"),
    ("_{", "}"),
    ("\\sin(", ")"),
    ("\\exp(", ")"),
    ("\\ln(", ")"),
    ("\\arctan(", ")"),
    ("\\tan(", ")"),
    ("\\arcsin(", ")"),
    ("f(", ")"),
    ("\\begin{pmatrix}", "\\end{pmatrix}"),
];
const CORES: [&str; 9] = ["", "1", "x", "x+y", "i", "x^{100}", "\\pi", "\\sqrt{2}", "2+3i"];
const LINKS: [&str; 9] = [
    "9^{",
    "2^{x^{",
    "\\sqrt{2+",
    "\\frac{1}{1+",
    "\\sin(1+",
    "\\ln(2+",
    "e^{-",
    "(x+1)^{",
    "\\sqrt[3]{x+",
];
const EXPLOSIVE: [&str; 24] = [
    "9^{9^{9^{9^{9}}}}",
    "9**9**9**9",
    "2004!",
    "9!!!!!!!",
    "99999999!",
    "10^{10^{100}}",
    "\\binom{10^9}{5\\cdot10^8}",
    "\\binom{999}{499}",
    "\\sum_{k=1}^{10^{12}} k^2",
    "\\prod_{k=1}^{10^9}k",
    "2^{-10^{15}}",
    "1e999999999",
    "(1+x)^{100000}",
    "e^{e^{e^{e^{10}}}}",
    "\\log_{1}2",
    "0^0",
    "\\Gamma(10^9)",
    "(x+y+z)^{99}",
    "\\frac{1}{0}",
    "\\sqrt[10^9]{2}",
    "\\tan\\frac{\\pi}{2}",
    "7^{77^{7}}",
    "\\sin(10^{300})",
    "x^{x^{x^{x}}}",
];
const TERMS: [&str; 14] = [
    "\\sqrt{7}",
    "x^2",
    "\\sin x",
    "3",
    "\\frac{1}{x}",
    "\\ln 3",
    "y^{-3}",
    "e^{x}",
    "|x|",
    "\\arctan x",
    "x^{1/7}",
    "\\binom{n}{k}",
    "\\gcd(12,18)",
    "\\tanh y",
];

/// A text of a kind: short ones as likely as long ones.
pub fn text((_, make): Kind, rng: &mut Rng) -> String {
    let doublings = rng.f64() * 12.01;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let size = (doublings.exp2() as usize).min(LONGEST);
    cut(make(rng, size), LONGEST)
}

fn cut(mut text: String, size: usize) -> String {
    let end = (0..=size.min(text.len())).rfind(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
    text
}

fn one<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn some<T: Copy>(rng: &mut Rng, from: &[T], count: usize) -> Vec<T> {
    repeat_with(|| one(rng, from)).take(count).collect()
}

/// Pieces at random until the size is reached.
fn joined(rng: &mut Rng, size: usize, from: &[&str]) -> String {
    let mut text = String::with_capacity(size + 32);
    while text.len() < size {
        text.push_str(one(rng, from));
    }
    text
}

/// Random bytes, read as UTF-8 with replacements or as Latin-1.
fn bytes_as_text(rng: &mut Rng, size: usize) -> String {
    let bytes: Vec<u8> = repeat_with(|| rng.u8(..)).take(size).collect();
    if rng.bool() {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        bytes.into_iter().map(char::from).collect()
    }
}

/// Any characters at all.
fn unicode(rng: &mut Rng, size: usize) -> String {
    repeat_with(|| rng.char(..)).take(size / 3 + 1).collect()
}

/// A few characters of mathematics, over and over at random.
fn characters(rng: &mut Rng, size: usize) -> String {
    let all = b"0123456789xyzabe+-*/^_{}()[]|\\,.!=<>& $%~'";
    let count = rng.usize(1..13);
    let few = some(rng, all, count);
    some(rng, &few, size).into_iter().map(char::from).collect()
}

fn tokens(rng: &mut Rng, size: usize) -> String {
    joined(rng, size, &TOKENS)
}

fn few_tokens(rng: &mut Rng, size: usize) -> String {
    let count = rng.usize(2..9);
    let few = some(rng, &TOKENS, count);
    joined(rng, size, &few)
}

/// Brackets and functions within one another, closed or not, once or several times.
fn nesting(rng: &mut Rng, size: usize) -> String {
    let few = some(rng, &OPENERS, 3);
    let depth = (size / 8 + 1).min(rng.usize(1..600));
    let levels = some(rng, &few, depth);
    let closed = if rng.u8(..4) == 0 { rng.usize(..depth) } else { depth };
    let mut text: String = levels.iter().map(|(opener, _)| *opener).collect();
    text.push_str(one(rng, &CORES));
    text.extend(levels.iter().rev().take(closed).map(|(_, closer)| *closer));
    let times = if rng.bool() { 1 } else { rng.usize(1..8) };
    vec![text; times].join(one(rng, &["+", ",", "/", ""]))
}

/// Powers, roots, fractions and functions within one another.
fn towers(rng: &mut Rng, size: usize) -> String {
    let link = [one(rng, &LINKS), if rng.bool() { one(rng, &LINKS) } else { "" }].concat();
    let depth = size / (link.len() + 1) + 1;
    let closers = if rng.bool() { closing(&link).repeat(depth) } else { mixed(rng, depth) };
    format!("{}3{closers}", link.repeat(depth))
}

/// What closes the brackets of a link.
fn closing(link: &str) -> String {
    let closer = |opener| match opener {
        '{' => Some('}'),
        '(' => Some(')'),
        _ => None,
    };
    link.chars().rev().filter_map(closer).collect()
}

/// Closing brackets of either form.
fn mixed(rng: &mut Rng, count: usize) -> String {
    some(rng, &['}', ')', ')'], count).into_iter().collect()
}

/// Small texts of huge values, alone or many together.
fn explosive(rng: &mut Rng, size: usize) -> String {
    let count = one(rng, &[1, 1, 2, 3, size / 20 + 1]);
    some(rng, &EXPLOSIVE, count).join(one(rng, &["+", "*", "", ",", "^", "="]))
}

/// A few pieces again and again, alone or on both sides of a letter: quadratic scans show here.
fn repetition(rng: &mut Rng, size: usize) -> String {
    let part = |rng: &mut Rng| {
        let count = rng.usize(1..4);
        some(rng, &TOKENS, count).concat()
    };
    let (before, after) = (part(rng), part(rng));
    if rng.bool() {
        return before.repeat(size / before.len() + 1);
    }
    let times = size / (before.len() + after.len()) + 1;
    format!("{}x{}", before.repeat(times), after.repeat(times))
}

/// Long numbers, with points, commas, slashes and exponents.
fn digits(rng: &mut Rng, size: usize) -> String {
    let all = b"0123456789012345678901234567890123456789.,/e^-";
    some(rng, all, size).into_iter().map(char::from).collect()
}

/// Long sums, products, quotients or towers of many small expressions.
fn sums(rng: &mut Rng, size: usize) -> String {
    let sign = one(rng, &["+", "-", "\\cdot ", "/", "^", ","]);
    some(rng, &TERMS, size / 6 + 1).join(sign)
}

#[cfg(test)]
mod tests {
    use super::{KINDS, LONGEST, Rng, text};

    #[test]
    fn texts_are_bounded_and_the_same_from_a_seed() {
        let all = |seed| {
            let mut rng = Rng::with_seed(seed);
            let kinds = KINDS.iter().cycle().take(2_000);
            kinds.map(|kind| text(*kind, &mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert!(all(2).iter().all(|text| text.len() <= LONGEST));
    }
}
