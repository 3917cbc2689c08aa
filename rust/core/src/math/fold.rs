//! Characters of other scripts and signs, in their ASCII or LaTeX spelling.

use std::borrow::Cow;

use crate::extract::numbers::digit;
use crate::extract::text::is_space;

/// The text in ASCII and LaTeX, as far as there is a spelling.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut raised: Option<char> = None;
    for c in text.chars() {
        if let Some((mark, plain)) = script(c) {
            if raised != Some(mark) {
                close(&mut out, raised);
                out.push(mark);
                out.push('{');
                raised = Some(mark);
            }
            out.push(plain);
            continue;
        }
        close(&mut out, raised.take());
        match spelling(c) {
            Some(known) => out.push_str(known),
            None => out.push(folded(c)),
        }
    }
    close(&mut out, raised);
    Cow::Owned(out)
}

fn close(out: &mut String, raised: Option<char>) {
    if raised.is_some() {
        out.push('}');
    }
}

/// A raised or lowered character: its mark and the plain one.
const fn script(c: char) -> Option<(char, char)> {
    Some(match c {
        '⁰' => ('^', '0'),
        '¹' => ('^', '1'),
        '²' => ('^', '2'),
        '³' => ('^', '3'),
        '⁴' => ('^', '4'),
        '⁵' => ('^', '5'),
        '⁶' => ('^', '6'),
        '⁷' => ('^', '7'),
        '⁸' => ('^', '8'),
        '⁹' => ('^', '9'),
        '⁻' => ('^', '-'),
        '⁺' => ('^', '+'),
        '⁽' => ('^', '('),
        '⁾' => ('^', ')'),
        'ⁿ' => ('^', 'n'),
        'ⁱ' => ('^', 'i'),
        'ˣ' => ('^', 'x'),
        '₀' => ('_', '0'),
        '₁' => ('_', '1'),
        '₂' => ('_', '2'),
        '₃' => ('_', '3'),
        '₄' => ('_', '4'),
        '₅' => ('_', '5'),
        '₆' => ('_', '6'),
        '₇' => ('_', '7'),
        '₈' => ('_', '8'),
        '₉' => ('_', '9'),
        'ₙ' => ('_', 'n'),
        _ => return None,
    })
}

fn spelling(c: char) -> Option<&'static str> {
    Some(match c {
        '×' | '✕' => "\\times ",
        '·' | '⋅' | '∙' | '•' | '∗' => "\\cdot ",
        '÷' | '∕' | '⁄' => "/",
        'π' | '𝜋' | '𝝅' => "\\pi ",
        'ℯ' => "e",
        '∞' => "\\infty ",
        '√' => "\\sqrt ",
        '∛' => "\\sqrt[3]",
        '∜' => "\\sqrt[4]",
        '°' | 'º' | '˚' => "^{\\circ}",
        '≤' | '⩽' | '≦' => "\\le ",
        '≥' | '⩾' | '≧' => "\\ge ",
        '≠' => "\\ne ",
        '≈' | '≅' | '≃' => "\\approx ",
        '±' => "\\pm ",
        '∓' => "\\mp ",
        '∪' | '⋃' => "\\cup ",
        '∩' | '⋂' => "\\cap ",
        '∖' => "\\setminus ",
        '∈' => "\\in ",
        '∅' | '⌀' => "\\emptyset ",
        'ℝ' => "\\mathbb{R}",
        'ℤ' => "\\mathbb{Z}",
        'ℕ' => "\\mathbb{N}",
        'ℚ' => "\\mathbb{Q}",
        'ℂ' => "\\mathbb{C}",
        '⌊' => "\\lfloor ",
        '⌋' => "\\rfloor ",
        '⌈' => "\\lceil ",
        '⌉' => "\\rceil ",
        '⟨' | '〈' => "\\langle ",
        '⟩' | '〉' => "\\rangle ",
        '½' => "\\frac{1}{2}",
        '¼' => "\\frac{1}{4}",
        '¾' => "\\frac{3}{4}",
        '⅓' => "\\frac{1}{3}",
        '⅔' => "\\frac{2}{3}",
        '⅕' => "\\frac{1}{5}",
        '⅖' => "\\frac{2}{5}",
        '⅗' => "\\frac{3}{5}",
        '⅘' => "\\frac{4}{5}",
        '⅙' => "\\frac{1}{6}",
        '⅚' => "\\frac{5}{6}",
        '⅛' => "\\frac{1}{8}",
        '⅜' => "\\frac{3}{8}",
        '⅝' => "\\frac{5}{8}",
        '⅞' => "\\frac{7}{8}",
        '′' | '’' | '‘' => "'",
        '∠' => "\\angle ",
        '△' => "\\triangle ",
        '…' => "\\ldots ",
        '∣' | '｜' => "|",
        'α' => "\\alpha ",
        'β' => "\\beta ",
        'γ' => "\\gamma ",
        'δ' => "\\delta ",
        'ε' => "\\epsilon ",
        'θ' => "\\theta ",
        'λ' => "\\lambda ",
        'μ' => "\\mu ",
        'ρ' => "\\rho ",
        'σ' => "\\sigma ",
        'τ' => "\\tau ",
        'φ' => "\\phi ",
        'ω' => "\\omega ",
        'Δ' => "\\Delta ",
        'Ω' => "\\Omega ",
        'Σ' => "\\Sigma ",
        _ => return None,
    })
}

fn folded(c: char) -> char {
    match c {
        _ if is_space(c) => ' ',
        '−' | '–' | '﹣' | '—' => '-',
        '，' | '、' => ',',
        '“' | '”' => '"',
        // Full-width forms stand at a fixed distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => digit(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c),
    }
}
