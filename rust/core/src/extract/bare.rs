//! Answers without delimiters: mathematics among the words of a sentence, or a few plain words.

use std::borrow::Cow;

use memchr::memchr;

use super::equations::stated_side;
use super::numbers::digit;
use super::text::{WordList, clause, is_one_of, is_space, is_tail, trim};

const FUNCTIONS: [&str; 24] = [
    "sqrt", "pi", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "ln", "log", "exp", "theta", "infty", "inf", "gcd", "lcm", "max", "min",
];
const TEXT_COMMANDS: [&str; 3] = ["\\text", "\\mathrm", "\\mbox"];
// Words that may stand inside a bare expression, not at its start.
const INNER_WORDS: [&str; 7] = ["and", "or", "percent", "degrees", "infinity", "am", "pm"];
// First words of what is no answer: "Answer: Let us think", "the answer is the same".
static NO_ANSWER: WordList<78> = WordList::new([
    "the",
    "a",
    "an",
    "as",
    "in",
    "let",
    "lets",
    "obvious",
    "correct",
    "incorrect",
    "wrong",
    "right",
    "clear",
    "below",
    "above",
    "given",
    "found",
    "that",
    "this",
    "to",
    "we",
    "because",
    "based",
    "known",
    "unknown",
    "what",
    "which",
    "always",
    "it",
    "its",
    "of",
    "on",
    "your",
    "my",
    "our",
    "if",
    "so",
    "here",
    "there",
    "simple",
    "easy",
    "provided",
    "written",
    "expressed",
    "i",
    "not",
    "step",
    "case",
    "part",
    "sure",
    "sorry",
    "okay",
    "solution",
    "answer",
    "final",
    "therefore",
    "thus",
    "hence",
    "since",
    "by",
    "for",
    "with",
    "where",
    "when",
    "how",
    "please",
    "note",
    "tag",
    "tags",
    "at",
    "equal",
    "unfortunately",
    "however",
    "first",
    "firstly",
    "finally",
    "overall",
    "next",
]);
const MOST_WORDS: usize = 4;
const REASONS: [&str; 9] =
    ["(", "because ", "since ", "as ", "who ", "which ", "so ", "and ", "with "];

/// An answer without delimiters: a run of mathematical words, or a few plain ones.
pub(super) fn bare(line: &str) -> Cow<'_, str> {
    let span = expression(undelimited(line));
    if span.is_empty() {
        return Cow::Borrowed(plain_words(line));
    }
    without_delimiters(stated_side(span, false))
}

/// A span without the dollars of delimiters inside it: `78$\%$`.
fn without_delimiters(span: &str) -> Cow<'_, str> {
    if memchr(b'$', span.as_bytes()).is_none() {
        return Cow::Borrowed(span);
    }
    let mut dollars = 0;
    let mut escaped = false;
    let mut text = String::with_capacity(span.len());
    for c in span.chars() {
        if c == '$' && !escaped {
            dollars += 1;
        } else {
            text.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    if dollars == 0 || dollars % 2 == 1 {
        return Cow::Borrowed(span);
    }
    text.truncate(text.trim_end_matches(is_tail).len());
    Cow::Owned(text)
}

/// Without a delimiter that never closes: `$x+1`, but not the dollar of `$5`.
pub(super) fn undelimited(line: &str) -> &str {
    let opened = line.strip_prefix("\\(").or_else(|| line.strip_prefix("\\["));
    let dollar = || {
        let rest = line.strip_prefix('$')?;
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || "\\([{".contains(c)).then_some(rest)
    };
    opened.or_else(dollar).unwrap_or(line)
}

/// The words of a line with the places where they end.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let place = move |piece: &'_ str| {
        let word_end = start + piece.trim_end_matches(is_space).len();
        let place = (word_end, start);
        start += piece.len();
        place
    };
    line.split_inclusive(is_space)
        .map(place)
        .filter(|(end, start)| end > start)
        .map(|(end, start)| (end, &line[start..end]))
}

/// The longest start of `line` that reads as mathematics; nothing where a brace stays open.
pub(super) fn expression(line: &str) -> &str {
    let mut depth = 0_usize;
    let mut end = 0;
    for (word_end, word) in words(line) {
        if depth == 0 && !is_mathematical(word, end == 0) {
            break;
        }
        let count = |brace: u8| word.bytes().filter(|&b| b == brace).count();
        depth = (depth + count(b'{')).saturating_sub(count(b'}'));
        end = word_end;
        if depth == 0 && word.ends_with(['.', '?', ';', ':']) {
            break;
        }
    }
    if depth > 0 {
        return "";
    }
    let span = without_loose_end(trim(&line[..end]).trim_end_matches(is_tail));
    let after = line[end..].trim_start_matches(is_space);
    let prose = matches!(span, "a" | "A" | "I")
        && after.len() < line.len() - end
        && after.starts_with(|c: char| c.is_ascii_alphabetic());
    if prose { "" } else { span }
}

/// Without a trailing "and" or "or", or a bracket that was opened before.
fn without_loose_end(span: &str) -> &str {
    let mut span = span;
    for word in [" and", " or"] {
        span = span.strip_suffix(word).unwrap_or(span).trim_end_matches(is_tail);
    }
    let count = |bracket: u8| span.bytes().filter(|&b| b == bracket).count();
    match span.strip_suffix(')') {
        Some(rest) if count(b'(') < count(b')') && count(b'[') == 0 => {
            rest.trim_end_matches(is_tail)
        }
        _ => span,
    }
}

/// Whether a word of a sentence belongs to mathematics rather than to prose.
fn is_mathematical(word: &str, first: bool) -> bool {
    if word.starts_with('\\') && TEXT_COMMANDS.iter().any(|command| word.starts_with(command)) {
        return true;
    }
    let dress = |c| is_tail(c) || matches!(c, '(' | ')' | '[' | ']' | '$' | '!');
    let core = word.trim_matches(dress);
    if is_one_of(core, &INNER_WORDS) {
        return !first;
    }
    if matches!(core, "a" | "I") && !first {
        return false;
    }
    (word.is_ascii() || word.chars().all(|c| c.is_ascii() || is_symbol(c))) && runs_are_names(word)
}

fn is_symbol(c: char) -> bool {
    "π√∞°−–×÷·≤≥≠±∪∩∈∅≈½²³θ∠€£¥₹，".contains(c) || is_space(c) || digit(c).is_some()
}

/// Whether every run of letters is one letter, a command, an argument or a function; beside
/// digits it may be a product: `2ab`.
fn runs_are_names(word: &str) -> bool {
    let bytes = word.as_bytes();
    let product = bytes.iter().any(|b| b.is_ascii_digit() || *b == b'^');
    let longest = if product { 3 } else { 1 };
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let named = at > 0 && matches!(bytes[at - 1], b'\\' | b'{');
        if run > longest && !named && !FUNCTIONS.contains(&&word[at..at + run]) {
            return false;
        }
        at += run.max(1);
    }
    true
}

/// A text answer: at most four words, the first of letters, the others perhaps numbers.
fn plain_words(line: &str) -> &str {
    let clause = clause(line, &['.']);
    let span = few_words(clause);
    if span.is_empty() { few_words(before_reason(clause)) } else { span }
}

/// What stands before what ends a text answer: "Evelyn, who ran fastest", "Evelyn (see above)".
fn before_reason(clause: &str) -> &str {
    let reason = |(at, c): &(usize, char)| {
        let after = &clause[at + c.len_utf8()..];
        is_space(*c) && REASONS.iter().any(|word| after.starts_with(word))
    };
    let end = clause.char_indices().find(reason).map_or(clause.len(), |(at, _)| at);
    clause[..end].strip_suffix(',').filter(|_| end < clause.len()).unwrap_or(&clause[..end])
}

/// Whether a first word tells that what it starts is no answer.
fn is_no_answer(word: &str) -> bool {
    if word.contains('\'') {
        return NO_ANSWER.holds(&word.replace('\'', ""));
    }
    NO_ANSWER.holds(word)
}

/// At most four plain words, unless the first one tells that they are no answer.
pub(super) fn few_words(clause: &str) -> &str {
    let span = trim(clause).trim_end_matches(|c| is_tail(c) || c == '!');
    let number = |word: &str| word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
    let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphabetic() || b"'-".contains(&b));
    if !span.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let mut count = 0;
    for (_, word) in words(span) {
        count += 1;
        let refused = count == 1 && is_no_answer(word);
        if count > MOST_WORDS || refused || !(plain(word) || number(word)) {
            return "";
        }
    }
    span
}
