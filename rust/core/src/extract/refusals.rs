//! What states that there is no answer: "unknown", "I cannot determine", `\boxed{answer}`.
//!
//! "None of the above", "no solution" and "undefined" are answers; these are not in the tables.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::runs::{any_triple, may_give_up, triples};
use super::text::{WordList, is_markup, is_space, last_chars};

pub(crate) const TEXT_COMMANDS: [&str; 6] =
    ["\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\mbox{", "\\textit{"];
// A span that starts like this is a refusal.
static REFUSALS: WordList<51> = WordList::new([
    "n/a",
    "tbd",
    "unknown",
    "undetermined",
    "unanswerable",
    "not determinable",
    "not enough information",
    "not enough data",
    "not enough info",
    "insufficient information",
    "insufficient data",
    "no information",
    "no answer",
    "not given",
    "not available",
    "not applicable",
    "not provided",
    "not specified",
    "not possible to determine",
    "impossible to determine",
    "impossible to tell",
    "unable to",
    "sorry",
    "i'm sorry",
    "i am sorry",
    "i don't",
    "i do not",
    "i cannot",
    "i can't",
    "i can not",
    "i am unable",
    "i'm unable",
    "i'm not sure",
    "i am not sure",
    "we cannot",
    "we can't",
    "cannot determine",
    "can't determine",
    "cannot answer",
    "cannot say",
    "cannot tell",
    "cannot solve",
    "cannot be determined",
    "can't be determined",
    "can not be determined",
    "could not be determined",
    "cannot be found",
    "cannot be answered",
    "cannot be solved",
    "cannot be computed",
    "cannot be calculated",
]);
const REFUSING_WORDS: [&str; 2] = ["null", "nan"];
// An ending that holds one of these gives up; no number of it is an answer.
const GIVING_UP: [&str; 41] = [
    "cannot be determined",
    "can't be determined",
    "could not be determined",
    "cannot determine",
    "can't determine",
    "cannot be answered",
    "cannot be solved",
    "cannot solve",
    "can't solve",
    "cannot answer",
    "can't answer",
    "cannot find",
    "can't find",
    "cannot provide",
    "cannot give",
    "cannot say",
    "not enough information",
    "not enough data",
    "insufficient information",
    "insufficient data",
    "without more information",
    "without additional information",
    "without further information",
    "more information is needed",
    "not possible to determine",
    "not possible to find",
    "not possible to give",
    "impossible to determine",
    "i don't know",
    "i do not know",
    "i am unable",
    "i'm unable",
    "i'm sorry",
    "i am sorry",
    "i cannot",
    "i can't",
    "not sure",
    "unable to determine",
    "unable to solve",
    "unable to answer",
    "unable to provide",
];
const LONGEST_ENDING: usize = 400;
const LONGEST_START: usize = 200;
const PLACEHOLDERS: [&str; 22] = [
    "",
    "…",
    "\\ldots",
    "\\dots",
    "\\cdots",
    "\\square",
    "\\blacksquare",
    "answer",
    "youranswer",
    "theanswer",
    "finalanswer",
    "yourfinalanswer",
    "answerhere",
    "youranswerhere",
    "yourfinalanswerhere",
    "finalanswerhere",
    "insertanswer",
    "insertanswerhere",
    "insertyouranswerhere",
    "placeholder",
    "letter",
    "yourletter",
];
const LONGEST_PLACEHOLDER: usize = 60;

fn is_dress(c: char) -> bool {
    is_space(c)
        || is_markup(c)
        || matches!(c, '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '$' | '.' | '?' | '~')
}

/// Whether a span says that there is no answer.
pub(crate) fn refuses(span: &str) -> bool {
    let opened = opening(span);
    // The letters that refusals start with.
    if !REFUSALS.may_start(opened) && !opened.trim_start_matches(is_dress).starts_with(['n', 'N']) {
        return false;
    }
    let end = span.char_indices().nth(LONGEST_START).map_or(span.len(), |(at, _)| at);
    let opened = opening(&span[..end]);
    REFUSALS.words().iter().any(|phrase| starts_with(opened, phrase))
        || REFUSING_WORDS
            .iter()
            .any(|word| opened.trim_matches(is_dress).eq_ignore_ascii_case(word))
}

/// Without the markup, brackets and commands before the first word.
pub(crate) fn opening(span: &str) -> &str {
    let mut span = span;
    loop {
        let dress = |c| is_space(c) || is_markup(c) || matches!(c, '(' | '[' | '{' | '<' | '$');
        span = span.trim_start_matches(dress);
        if !span.starts_with('\\') {
            return span;
        }
        let Some(inner) = TEXT_COMMANDS.iter().find_map(|command| span.strip_prefix(command))
        else {
            return span;
        };
        span = inner;
    }
}

/// Whether `text` starts with whole words, in any case, with either apostrophe.
fn starts_with(text: &str, phrase: &str) -> bool {
    let mut chars = text.chars();
    let same = |wanted: u8, c: char| match c {
        '’' => wanted == b'\'',
        _ => c.to_ascii_lowercase() == char::from(wanted),
    };
    phrase.bytes().all(|wanted| chars.next().is_some_and(|c| same(wanted, c)))
        && !chars.next().is_some_and(|c| c.is_ascii_alphabetic())
}

/// Whether the end of a response, from its last value on, says that no answer was found.
pub(crate) fn gives_up(ending: &str) -> bool {
    let ending = last_chars(ending, LONGEST_ENDING);
    if !any_triple(ending.as_bytes(), may_give_up) {
        return false;
    }
    let folded = match memchr(0xe2, ending.as_bytes()) {
        Some(_) => Cow::Owned(ending.replace('’', "'")),
        None => Cow::Borrowed(ending),
    };
    let bytes = folded.as_bytes();
    triples(bytes, may_give_up).any(|at| {
        GIVING_UP.iter().zip(&SIGNS).any(|(phrase, sign)| {
            let found =
                at.checked_sub(*sign).and_then(|start| bytes.get(start..at + phrase.len() - sign));
            found.is_some_and(|found| found.eq_ignore_ascii_case(phrase.as_bytes()))
        })
    })
}

/// Where the three bytes stand in each phrase by which a text is asked whether it may give up.
static SIGNS: [usize; GIVING_UP.len()] = {
    let mut signs = [0; GIVING_UP.len()];
    let mut phrase = 0;
    while phrase < signs.len() {
        let bytes = GIVING_UP[phrase].as_bytes();
        let mut at = 0;
        // A phrase without them does not compile: its end is passed.
        while !may_give_up(bytes[at], bytes[at + 1], bytes[at + 2]) {
            at += 1;
        }
        signs[phrase] = at;
        phrase += 1;
    }
    signs
};

/// Whether a box or a field was left as the instructions showed it.
pub(crate) fn is_placeholder(content: &str) -> bool {
    let written = |b: u8| b.is_ascii_digit() || b == b'=';
    if content.len() > LONGEST_PLACEHOLDER || content.bytes().any(written) {
        return false;
    }
    let mut commands = memchr_iter(b'\\', content.as_bytes()).map(|at| &content[at..]).peekable();
    if commands.peek().is_none() {
        return is_known_placeholder(content);
    }
    let (mut escaped, mut dressed) = (false, false);
    for command in commands {
        escaped |= command.starts_with("\\{");
        dressed |= TEXT_COMMANDS.iter().any(|known| command.starts_with(known));
    }
    if escaped || !dressed {
        return !escaped && is_known_placeholder(content);
    }
    let mut bare = content.to_owned();
    for command in TEXT_COMMANDS {
        bare = bare.replace(command, "");
    }
    is_known_placeholder(&bare)
}

/// Whether a text without commands around it is a placeholder.
fn is_known_placeholder(text: &str) -> bool {
    let bare = text.chars().filter(|&c| !is_dress(c));
    // What placeholders start with.
    if bare.clone().next().is_some_and(|c| !"…\\aytfilpAYTFILP".contains(c)) {
        return false;
    }
    let same = |known: &str| {
        let mut bare = bare.clone();
        known.chars().all(|wanted| bare.next().is_some_and(|c| c.eq_ignore_ascii_case(&wanted)))
            && bare.next().is_none()
    };
    PLACEHOLDERS.iter().any(|known| same(known))
}
