//! The words that mathematics is written in: commands, functions, letters, units.

use super::tree::{Constant, Function, Relation};

/// Commands that only make room.
pub(super) const SPACES: [&str; 22] = [
    "quad", "qquad", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "thinspace",
    "medspace", "thickspace", "enspace", "hspace", "phantom", "rm", "bf", "it", "mathstrut",
    "nonumber", "noindent", "hfill", "allowbreak", "space",
];

/// Commands whose group holds text.
pub(super) const TEXTS: [&str; 16] = [
    "text", "mbox", "textbf", "textit", "textrm", "mathrm", "mathbf", "mathit", "mathsf",
    "operatorname", "textsf", "texttt", "hbox", "mathtt", "emph", "textnormal",
];

/// Commands that end a word of several letters are known by these names.
pub(super) fn is_known(name: &str) -> bool {
    function(name).is_some()
        || letter(name)
        || relation(name).is_some()
        || constant(name).is_some()
        || OTHERS.contains(&name)
}

const OTHERS: [&str; 58] = [
    "frac", "dfrac", "tfrac", "cfrac", "sqrt", "cbrt", "binom", "dbinom", "tbinom", "cdot", "times", "div",
    "pm", "mp", "cup", "cap", "setminus", "backslash", "overline", "bar", "vec", "hat", "tilde",
    "overrightarrow", "widehat", "mathbb", "mathcal", "boldsymbol", "boxed", "fbox", "lfloor",
    "rfloor", "lceil", "rceil", "lvert", "rvert", "vert", "mid", "langle", "rangle", "emptyset",
    "varnothing", "ldots", "dots", "cdots", "angle", "triangle", "circ", "degree", "prime", "over",
    "sum", "prod", "int", "dot", "lbrace", "rbrace", "cdotp",
];

/// A function by its name, of a command or in plain text.
pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" | "tg" => Function::Tan,
        "cot" | "ctg" => Function::Cot,
        "sec" => Function::Sec,
        "csc" | "cosec" => Function::Csc,
        "arcsin" | "asin" => Function::Arcsin,
        "arccos" | "acos" => Function::Arccos,
        "arctan" | "atan" | "arctg" => Function::Arctan,
        "arccot" | "acot" => Function::Arccot,
        "arcsec" | "asec" => Function::Arcsec,
        "arccsc" | "acsc" => Function::Arccsc,
        "sinh" => Function::Sinh,
        "cosh" => Function::Cosh,
        "tanh" => Function::Tanh,
        "coth" => Function::Coth,
        "sech" => Function::Sech,
        "csch" => Function::Csch,
        "arcsinh" | "arsinh" | "asinh" => Function::Arcsinh,
        "arccosh" | "arcosh" | "acosh" => Function::Arccosh,
        "arctanh" | "artanh" | "atanh" => Function::Arctanh,
        "exp" => Function::Exp,
        "ln" => Function::Ln,
        "log" | "lg" => Function::Log,
        "abs" => Function::Abs,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "gcd" => Function::Gcd,
        "lcm" => Function::Lcm,
        "min" => Function::Min,
        "max" => Function::Max,
        "Re" => Function::Re,
        "Im" => Function::Im,
        "arg" => Function::Arg,
        "sgn" | "sign" => Function::Sign,
        "conj" => Function::Conj,
        _ => return None,
    })
}

/// The function that a power of -1 makes of another.
pub(super) const fn inverse(function: Function) -> Option<Function> {
    Some(match function {
        Function::Sin => Function::Arcsin,
        Function::Cos => Function::Arccos,
        Function::Tan => Function::Arctan,
        Function::Cot => Function::Arccot,
        Function::Sec => Function::Arcsec,
        Function::Csc => Function::Arccsc,
        Function::Sinh => Function::Arcsinh,
        Function::Cosh => Function::Arccosh,
        Function::Tanh => Function::Arctanh,
        _ => return None,
    })
}

pub(super) fn constant(name: &str) -> Option<Constant> {
    Some(match name {
        "pi" | "Pi" | "PI" => Constant::Pi,
        "infty" | "infinity" | "Infinity" | "inf" | "oo" => Constant::Infinity,
        _ => return None,
    })
}

/// Whether a name is that of a letter of another alphabet.
pub(super) fn letter(name: &str) -> bool {
    const LETTERS: [&str; 36] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta",
        "vartheta", "iota", "kappa", "lambda", "mu", "nu", "xi", "rho", "varrho", "sigma", "tau",
        "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda",
        "Xi", "Sigma", "Phi", "Psi", "Omega", "ell",
    ];
    LETTERS.contains(&name)
}

pub(super) fn relation(name: &str) -> Option<Relation> {
    Some(match name {
        "le" | "leq" | "leqslant" | "leqq" => Relation::LessEqual,
        "ge" | "geq" | "geqslant" | "geqq" => Relation::GreaterEqual,
        "lt" => Relation::Less,
        "gt" => Relation::Greater,
        "ne" | "neq" => Relation::NotEqual,
        "in" => Relation::In,
        "approx" | "simeq" | "cong" => Relation::Approximately,
        _ => return None,
    })
}

/// What a word multiplies the number before it by.
pub(super) fn multiplier(word: &str) -> Option<i64> {
    Some(match word {
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        "dozen" => 12,
        _ => return None,
    })
}

/// Whether a word is a unit that may follow a number.
pub(super) fn unit(word: &str) -> bool {
    const UNITS: [&str; 96] = [
        "cm", "mm", "km", "kg", "ft", "mph", "inch", "inches", "foot", "feet", "yard", "yards",
        "mile", "miles", "meter", "meters", "metre", "metres", "centimeter", "centimeters",
        "centimetres", "kilometer", "kilometers", "gram", "grams", "kilogram", "kilograms",
        "pound", "pounds", "ounce", "ounces", "liter", "liters", "litre", "litres", "gallon",
        "gallons", "dollar", "dollars", "cent", "cents", "degree", "degrees", "percent", "pct",
        "unit", "units", "square", "cubic", "sq", "second", "seconds", "minute", "minutes", "hour",
        "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "per",
        "people", "ways", "times", "mL", "ml", "lb", "lbs", "oz", "sec", "min", "hr", "hrs",
        "USD", "usd", "EUR", "euros", "euro", "bucks", "points", "students", "rad", "radians",
        "Hz", "kHz", "Pa", "kPa", "kJ", "mol", "nm", "eV", "books",
    ];
    UNITS.contains(&word)
}
