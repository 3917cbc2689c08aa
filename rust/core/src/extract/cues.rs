//! Statements: "the answer is …", "Answer: …", `<answer>…</answer>`, "答案：…", "Réponse : …".
//!
//! Read from the end. The value of a statement ends where the next one starts, so that all of
//! them together are read once.

use memchr::memmem;

use super::refusals::refuses;
use super::text::{
    WordList, first_word, is_markup, is_space, last_chars, last_word, letter_at, trim,
};
pub(crate) use super::words::Words;
use super::words::{COMPLETE, Cues};

const LONGEST_GAP: usize = 60;
const HEDGE_WINDOW: usize = 120;
const LONGEST_TITLE: usize = 40;
const GAPS: [&str; 4] = ["to ", "in ", "for ", "of "];
// What may stand between a cue in another language and its verb.
static ADJECTIVES: WordList<7> =
    WordList::new(["finale", "final", "correcta", "correcte", "correta", "corretta", "exacte"]);
const PARTICLES: [&str; 5] = ["은", "는", "应该", "应", "就"];
const SIGNS: [&str; 10] = ["->", "=>", "→", ":", "：", "=", "是", "为", "选择", "选"];
const DASHES: [&str; 3] = ["- ", "– ", "— "];
static VERBS: WordList<17> = WordList::new([
    "is",
    "are",
    "was",
    "would be",
    "will be",
    "should be",
    "must be",
    "equals",
    "becomes",
    "comes to",
    "remains",
    "est",
    "es",
    "ist",
    "lautet",
    "é",
    "è",
]);
static FILLERS: WordList<29> = WordList::new([
    "therefore",
    "thus",
    "then",
    "simply",
    "just",
    "equal to",
    "approximately",
    "about",
    "also",
    "still",
    "indeed",
    "actually",
    "clearly",
    "hence",
    "exactly",
    "given by",
    "be",
    "now",
    "roughly",
    "around",
    "only",
    "a total of",
    "equivalent to",
    "probably",
    "likely",
    "most likely",
    "definitely",
    "precisely",
    "either",
]);
static QUALIFIERS: WordList<15> = WordList::new([
    "the", "my", "our", "your", "final", "correct", "right", "this", "that", "a", "an", "best",
    "possible", "overall", "only",
]);
static HEDGES: WordList<14> = WordList::new([
    "if",
    "whether",
    "suppose",
    "assume",
    "assuming",
    "unless",
    "not",
    "t",
    "cannot",
    "wrong",
    "incorrect",
    "previous",
    "original",
    "format",
]);
static DENIALS: WordList<3> = WordList::new(["not", "never", "nor"]);

/// What follows a cue, up to the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) start: usize,
    pub(crate) value: &'a str,
    pub(crate) tag: bool,
    pub(crate) closed: bool,
}

/// The statements of a text, the last one first.
pub(crate) struct Statements<'a> {
    cues: Cues<'a>,
    limit: usize,
}

impl<'a> Statements<'a> {
    pub(crate) fn of(text: &'a str, words: Words) -> Self {
        Self { cues: Cues::of(text, words), limit: text.len() }
    }

    /// The statement of a cue, unless it is denied or only supposed.
    fn statement(&mut self, start: usize, end: usize) -> Option<Statement<'a>> {
        let (text, words) = (self.cues.text, self.cues.words);
        let rest = &text[end..self.limit];
        let before = &text[..start];
        let tag = rest.starts_with('>')
            && ["<", "<final_", "<final-"].iter().any(|opener| before.ends_with(opener));
        let options = words == Words::AnswerOrOption;
        let value =
            if tag { tagged(rest) } else { connected(rest, before, &text[start..end], options)? };
        self.limit = start;
        let stated = tag || !(hedged(window(before)) || denied(value));
        let closed = tag && memmem::find(rest.as_bytes(), b"</").is_some();
        stated.then_some(Statement { start, value, tag, closed })
    }
}

impl<'a> Iterator for Statements<'a> {
    type Item = Statement<'a>;

    fn next(&mut self) -> Option<Statement<'a>> {
        while let Some((start, end)) = self.cues.next() {
            let found = self.statement(start, end);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// What stands between the tags; all that follows one that is not closed.
fn tagged(rest: &str) -> &str {
    let end = memmem::find(rest.as_bytes(), b"</").unwrap_or(rest.len());
    trim(&rest[1..end])
}

const fn is_after_word(c: char) -> bool {
    is_markup(c) || matches!(c, ' ' | '\t' | ')' | ']')
}

/// What follows the connector, or nothing where none follows the cue.
fn connected<'a>(rest: &'a str, before: &str, cue: &str, options: bool) -> Option<&'a str> {
    if is_field(rest, cue) {
        return None;
    }
    let called = rest.starts_with('(');
    let rest = rest.trim_start_matches(is_after_word);
    let rest = match ADJECTIVES.first(rest) {
        Some(adjective) => &rest[adjective.len()..],
        None => without_any(rest, &PARTICLES).unwrap_or(rest),
    };
    let rest = rest.trim_start_matches(is_after_word);
    let after = if cue == COMPLETE {
        rest.strip_prefix('择').unwrap_or(rest)
    } else if GAPS.iter().any(|gap| rest.starts_with(gap)) {
        over_gap(rest)?
    } else if rest.starts_with('\n') {
        is_title(window(before)).then_some(rest)?
    } else {
        over_connector(rest, options, called)?
    };
    Some(value(after))
}

/// Whether a cue is the name of a field of JSON, which is read as such.
fn is_field(rest: &str, cue: &str) -> bool {
    rest.strip_prefix(['"', '\'']).is_some_and(|rest| {
        cue.eq_ignore_ascii_case("answer") && rest.trim_start_matches(is_space).starts_with(':')
    })
}

fn over_connector(rest: &str, options: bool, called: bool) -> Option<&str> {
    let dash = || without_any(rest, &DASHES).filter(|_| options);
    let sign = without_any(rest, &SIGNS).or_else(dash);
    let verb = || VERBS.first(rest).map(|verb| &rest[verb.len()..]);
    let opened = || rest.strip_prefix('(').filter(|_| options || called);
    sign.or_else(verb).or_else(opened)
}

/// What follows one of these, none of which starts with a letter or digit.
fn without_any<'a>(rest: &'a str, signs: &[&str]) -> Option<&'a str> {
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    signs.iter().find_map(|sign| rest.strip_prefix(sign))
}

/// The end of what stands before a cue, as far as it is looked at.
fn window(before: &str) -> &str {
    last_chars(before, HEDGE_WINDOW)
}

/// Whether a cue that ends its line fills it: `### Final Answer`.
fn is_title(before: &str) -> bool {
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let dressed = |c| is_markup(c) || matches!(c, ' ' | '\t' | '#');
    let mut words = line.split(dressed).filter(|word| !word.is_empty());
    line.len() <= LONGEST_TITLE && words.all(|word| QUALIFIERS.holds(word))
}

/// `the answer to the problem is 5`: up to a verb or colon in the same clause.
fn over_gap(rest: &str) -> Option<&str> {
    for (at, c) in rest.char_indices().take(LONGEST_GAP) {
        match c {
            ':' => return Some(&rest[at + 1..]),
            '.' | ',' | '?' | '\n' => return None,
            ' ' => {
                if let Some(verb) = first_word(&rest[at + 1..], &["is", "are"]) {
                    return Some(&rest[at + 1 + verb.len()..]);
                }
            }
            _ => {}
        }
    }
    None
}

pub(super) const fn is_lead(c: char) -> bool {
    is_space(c) || is_markup(c) || matches!(c, ':' | '：' | '~')
}

/// A value without what leads up to it.
fn value(after: &str) -> &str {
    let mut value = after.trim_start_matches(is_lead);
    let skipped = &after[..after.len() - value.len()];
    let quoted = skipped.ends_with('"');
    if skipped.trim_end_matches([' ', '\t']).ends_with('\n') {
        value = value.strip_prefix("> ").map_or(value, |v| v.trim_start_matches(is_lead));
    }
    value = over_fillers(value);
    let end = if quoted { value.find('"') } else { None };
    &value[..end.unwrap_or(value.len())]
}

/// A value without "therefore" or "equal to" before it.
pub(super) fn over_fillers(value: &str) -> &str {
    let mut value = value;
    while let Some(filler) = FILLERS.first(value) {
        value = value[filler.len()..].trim_start_matches(|c| is_lead(c) || c == ',');
    }
    value
}

/// `if the answer is 5`, `the wrong answer is 5`, `isn't the answer: 5`; also `</answer>`.
fn hedged(before: &str) -> bool {
    let mut before = before;
    if before.ends_with('/') {
        return true;
    }
    for _ in 0..6 {
        before = before.trim_end_matches(|c| is_space(c) || is_markup(c) || c == '(');
        let word = last_word(before);
        if !QUALIFIERS.holds(word) {
            return HEDGES.holds(word);
        }
        before = &before[..before.len() - word.len()];
    }
    false
}

/// `the answer is not 5`, `is neither 5 nor 6`; "not enough information" is no denial.
fn denied(value: &str) -> bool {
    if DENIALS.first(value).is_some() {
        return !refuses(value);
    }
    let rest = first_word(value, &["neither"]).map(|word| &value[word.len()..]);
    rest.is_some_and(|rest| {
        let rest = rest.trim_start_matches([' ', '\t']);
        rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "$(\\".contains(c))
    })
}

/// Whether the byte after a letter makes it part of a word or a name.
pub(crate) fn goes_on(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some(c) if c.is_ascii_alphanumeric() => true,
        Some(c @ ('\'' | '’' | '-')) => letter_at(after, c.len_utf8()),
        _ => false,
    }
}
