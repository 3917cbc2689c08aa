//! Kind `choice`: the letter that a response states; never a letter out of a word.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr_iter, memmem, memrchr};

use super::boxes::{Boxes, adjacent, cut_off};
use super::cues::{Statements, Words, goes_on};
use super::json::Values;
use super::options::Options;
use super::refusals::{gives_up, opening, refuses};
use super::text::{
    WordList, first_line, is_markup, is_one_of, is_space, last_chars, last_word, letter_at,
    lines_from_end, trim,
};
use crate::{Choices, Extraction};

const DEFAULT_LETTERS: usize = 10;
const LETTERS: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
    "T", "U", "V", "W", "X", "Y", "Z",
];
const COMMANDS: [&str; 8] =
    ["\\boxed{", "\\fbox{", "\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\(", "\\["];
static LEAD_WORDS: WordList<4> = WordList::new(["option", "choice", "letter", "answer"]);
// Words after a lone capital A or I that leave it a letter: "Answer: A because".
static AFTER_LETTER: WordList<10> =
    WordList::new(["because", "since", "as", "is", "and", "or", "with", "for", "due", "which"]);
const JOINERS: [&str; 6] = [",", ";", "/", "&", "and", "or"];
static VERDICTS: WordList<10> = WordList::new([
    "is correct",
    "is the correct",
    "is the right",
    "is the best",
    "is the answer",
    "is right",
    "is best",
    "is the most likely",
    "is the most appropriate",
    "is the most accurate",
]);
// What may stand before "C is correct".
const BEFORE_VERDICT: [&str; 16] = [
    "option",
    "choice",
    "answer",
    "letter",
    "so",
    "thus",
    "therefore",
    "hence",
    "that",
    "is",
    "only",
    "think",
    "believe",
    "conclude",
    "and",
    "then",
];
const VERDICT_WINDOW: usize = 60;
// What may stand between a choosing word and a letter that ends its clause: "so it's (C)."
const PICKS: [&str; 8] = ["so", "thus", "therefore", "hence", "choose", "chose", "select", "pick"];
// These choose after one of their words alone: "it is C", "go with C".
const PICKING_PAIRS: [(&str, &str); 6] =
    [("is", "it"), ("s", "it"), ("be", "must"), ("with", "go"), ("with", "going"), ("for", "opt")];
// These choose before "option" or "choice": "which is option C".
const PICKS_OF_OPTION: [&str; 4] = ["is", "be", "to", "matches"];
const DENIALS: [&str; 3] = ["not", "never", "t"];
static NONE: WordList<2> = WordList::new(["none", "neither"]);
// Letters of other scripts that stand for A, B, C, D.
const OTHER_LETTERS: [&str; 3] = ["أبجد", "অবডঢ", "ＡＢＣＤＥＦＧＨＩＪ"];

const fn is_opener(c: char) -> bool {
    is_space(c) || is_markup(c) || matches!(c, '“' | '‘' | '(' | '[' | '{' | '<' | '$' | '#')
}

/// What may close around a letter.
pub(crate) const fn is_closer(c: char) -> bool {
    is_markup(c) || matches!(c, ')' | ']' | '}' | '>' | '”' | '’' | '$')
}

/// What a statement says about the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    One(u8),
    /// Several, or that there is none.
    Several,
}

impl Claim {
    /// Several letters are a span of none.
    fn by(self, rule: &'static str) -> Extraction<'static> {
        match self {
            Self::One(letter) => extraction(letter, rule),
            Self::Several => Extraction { span: Cow::Borrowed(""), rule },
        }
    }
}

fn extraction(letter: u8, rule: &'static str) -> Extraction<'static> {
    Extraction { span: Cow::Borrowed(LETTERS[usize::from(letter)]), rule }
}

/// The rules, for the options of one problem.
pub(super) struct Rules {
    options: Options,
    count: u8,
}

impl Rules {
    pub(super) fn of(choices: Option<Choices<'_>>) -> Self {
        let options = Options::of(choices.unwrap_or_default());
        let count = if options.is_empty() { DEFAULT_LETTERS } else { options.len().min(26) };
        Self { options, count: u8::try_from(count).unwrap_or(26) }
    }

    /// The number of the letter, in either case, that names an option.
    fn valid(&self, c: Option<char>) -> Option<u8> {
        let byte = u8::try_from(c?).ok()?.to_ascii_uppercase();
        byte.checked_sub(b'A').filter(|&letter| letter < self.count)
    }

    /// The same for a capital.
    fn valid_capital(&self, c: Option<char>) -> Option<u8> {
        self.valid(c.filter(char::is_ascii_uppercase))
    }

    /// The last JSON answer, else the last of all statements, else a letter alone.
    pub(super) fn explicit(&self, text: &str) -> Option<Extraction<'static>> {
        if let Some(claim) = self.json(text) {
            return Some(claim.by("json"));
        }
        // What was stated before the last "answer is" need not be looked for.
        let stated = self.stated(text);
        let from = stated.map_or(0, |(at, ..)| at);
        let others = [
            (self.boxed(&text[from..]), "boxed"),
            (self.hashed(&text[from..]), "hash"),
            (self.verdict(text, from), "letter_is_correct"),
        ];
        let others = others
            .into_iter()
            .filter_map(|(found, rule)| found.map(|(at, claim)| (at + from, claim, rule)));
        if let Some((_, claim, rule)) = others.chain(stated).max_by_key(|&(at, ..)| at) {
            return Some(claim.by(rule));
        }
        let letter = |found: Option<u8>, rule| found.map(|letter| extraction(letter, rule));
        letter(self.letter_line(text), "letter_line")
            .or_else(|| letter(self.letter_start(text), "letter_start"))
            .or_else(|| letter(self.picked(text), "picked"))
            .or_else(|| letter(self.whole_text(text), "option_text"))
    }

    /// The last letter in round brackets; nothing where a box was cut off or no answer found.
    pub(super) fn fallback(&self, text: &str) -> Option<Extraction<'static>> {
        let bytes = text.as_bytes();
        let mut end = bytes.len();
        while let Some(at) = memrchr(b'(', &bytes[..end]) {
            let letter = self.valid_capital(text[at + 1..].chars().next());
            if letter.is_some() && bytes.get(at + 2) == Some(&b')') {
                let line = memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
                let silent = cut_off(text) || gives_up(&text[line..]);
                return letter.filter(|_| !silent).map(|letter| extraction(letter, "last_letter"));
            }
            end = at;
        }
        None
    }

    /// The last answer of JSON that is a letter or an option.
    fn json(&self, text: &str) -> Option<Claim> {
        Values::of(text).find_map(|value| match value {
            None => Some(Claim::Several),
            Some(value) => self.read(&value),
        })
    }

    /// The last box with a letter or an option; two different ones side by side are several.
    fn boxed(&self, text: &str) -> Option<(usize, Claim)> {
        let mut boxes = Boxes::of(text);
        let (found, claim) = boxes.find_map(|b| self.read(b.content).map(|claim| (b, claim)))?;
        let beside = boxes.next().filter(|b| adjacent(&text[b.end..found.start]));
        let other = beside.and_then(|b| self.read(b.content)).unwrap_or(claim);
        Some((found.start, if other == claim { claim } else { Claim::Several }))
    }

    /// The last `the answer is (C)`, `Answer: C`, `<answer>C</answer>`.
    fn stated(&self, text: &str) -> Option<(usize, Claim, &'static str)> {
        Statements::of(text, Words::AnswerOrOption).find_map(|statement| {
            let rule = if statement.tag { "answer_tag" } else { "final_answer" };
            self.read(statement.value).map(|claim| (statement.start, claim, rule))
        })
    }

    /// The last `## C ##` or `#### C` that fills its line.
    fn hashed(&self, text: &str) -> Option<(usize, Claim)> {
        let bytes = text.as_bytes();
        let mut end = bytes.len();
        while let Some(last) = memrchr(b'#', &bytes[..end]) {
            let start = text[..last].trim_end_matches('#').len();
            let rest = text[last + 1..].trim_start_matches([' ', '\t']);
            let after = rest.get(1..).map(|after| after.trim_start_matches([' ', '\t']));
            let closed = after.is_some_and(|a| a.is_empty() || a.starts_with(['#', '\n']));
            let letter = self.valid_capital(rest.chars().next());
            if let Some(letter) = letter.filter(|_| last > start && closed) {
                return Some((start, Claim::One(letter)));
            }
            end = start;
        }
        None
    }

    /// The last `(C) is correct`, `option C is the right one`.
    fn verdict(&self, text: &str, from: usize) -> Option<(usize, Claim)> {
        static IS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("is "));
        let stated = |at: usize| {
            let before = text[..at].strip_suffix([' ', '\t'])?;
            VERDICTS.first(&text[at..])?;
            let letter = self.before_verdict(before)?;
            Some((before.len() - from, Claim::One(letter)))
        };
        IS.find_iter(&text.as_bytes()[from..]).filter_map(|at| stated(from + at)).last()
    }

    /// The letter at the end of a clause, where what comes before it allows one.
    fn before_verdict(&self, before: &str) -> Option<u8> {
        let bare = last_chars(before, VERDICT_WINDOW)
            .trim_end_matches(|c| is_closer(c) || matches!(c, ' ' | '\t'));
        let letter = self.valid_capital(bare.chars().next_back())?;
        let rest = &bare[..bare.len() - 1];
        if !rest.is_empty() && !rest.ends_with(is_opener) {
            return None;
        }
        let word = last_word(rest.trim_end_matches(is_opener));
        (word.is_empty() || is_one_of(word, &BEFORE_VERDICT)).then_some(letter)
    }

    /// What a value states: one option, several or none, or nothing.
    fn read(&self, value: &str) -> Option<Claim> {
        let line = first_line(value);
        let letter = self.letter(value);
        if letter.is_some() && is_just_a_letter(line) {
            return letter;
        }
        let option = self.options.only(line).filter(|&letter| letter < self.count);
        option.map(Claim::One).or(letter).or_else(|| {
            let refused = NONE.first(opening(line)).is_some() || refuses(line);
            refused.then_some(Claim::Several)
        })
    }

    /// The letter at the start of a value.
    fn letter(&self, value: &str) -> Option<Claim> {
        let rest = skip_openers(value);
        let written = rest.chars().next()?;
        let char = named(written);
        let letter = self.valid(Some(char))?;
        let after = &rest[written.len_utf8()..];
        let symbol = after.trim_start_matches([' ', '\t']).starts_with(['_', '^', '=', '+']);
        if goes_on(after) || symbol {
            return None;
        }
        let before = &value[..value.len() - rest.len()];
        let enclosed = before.ends_with(['(', '[', '{', '<', '"'])
            && after.starts_with([')', ']', '}', '>', '"']);
        let alone =
            first_line(after).trim_matches(|c| is_space(c) || is_closer(c) || c == '.').is_empty();
        if char.is_ascii_lowercase() && !enclosed && !alone {
            return None;
        }
        if matches!(char, 'A' | 'I') && !enclosed && is_word(after) {
            return None;
        }
        Some(if self.another(after, letter) { Claim::Several } else { Claim::One(letter) })
    }

    /// Whether a second letter is claimed: "A or B", "A, C".
    fn another(&self, after: &str, letter: u8) -> bool {
        let rest = after.trim_start_matches(|c| is_closer(c) || matches!(c, ' ' | '\t'));
        let Some(joiner) = JOINERS.into_iter().find(|joiner| rest.starts_with(joiner)) else {
            return false;
        };
        let rest = &rest[joiner.len()..];
        if joiner.len() > 1 && letter_at(rest, 0) {
            return false;
        }
        let rest = skip_openers(rest);
        let Some(other) = self.valid_capital(rest.chars().next()) else { return false };
        let after = &rest[1..];
        other != letter && !goes_on(after) && !(rest.starts_with(['A', 'I']) && is_word(after))
    }

    /// The last line that is nothing but a letter: `C`, `(C)`, `**C.**`.
    fn letter_line(&self, text: &str) -> Option<u8> {
        let short = trim(text).chars().nth(3).is_none();
        lines_from_end(text).find_map(|line| {
            let dress = |c| is_opener(c) || is_closer(c) || matches!(c, '.' | ':');
            let bare = line.trim_matches(dress);
            let mut chars = bare.chars().map(named);
            let letter = chars.next().filter(|_| chars.next().is_none());
            self.valid(letter.filter(|c| short || c.is_ascii_uppercase()))
        })
    }

    /// `B) 5 because …`, where no other line starts with a letter like this.
    fn letter_start(&self, text: &str) -> Option<u8> {
        let first = letter_before_text(text.trim_start_matches(is_space))?;
        let letter = self.valid(Some(first))?;
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut others =
            starts.filter_map(|at| letter_before_text(text[at..].trim_start_matches([' ', '\t'])));
        let mut any = false;
        let same = others.all(|other| {
            any = true;
            other == first
        });
        (any && same).then_some(letter)
    }

    /// The last letter that ends a clause after a choosing word: "so it's C.", "I pick (C)".
    fn picked(&self, text: &str) -> Option<u8> {
        let bytes = text.as_bytes();
        (0..bytes.len()).rev().find_map(|at| {
            if !bytes[at].is_ascii_uppercase() || goes_on(&text[at + 1..]) {
                return None;
            }
            let letter = self.valid(Some(char::from(bytes[at])))?;
            if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
                return None;
            }
            let after = text[at + 1..].trim_start_matches(is_closer);
            let ends = after.is_empty()
                || after.starts_with(['.', ',', ';', ':', '!', '\n'])
                || after.starts_with(" because ")
                || after.starts_with(" since ");
            (ends && picks(&text[..at]) && !self.another(after, letter)).then_some(letter)
        })
    }

    /// The last line that is not blank, where it is the text of one option.
    fn whole_text(&self, text: &str) -> Option<u8> {
        let line = lines_from_end(text).find(|line| !trim(line).is_empty())?;
        self.options.only(line).filter(|&letter| letter < self.count)
    }
}

/// The letter that a letter of another script stands for.
fn named(c: char) -> char {
    let place = |row: &&str| row.chars().position(|other| other == c);
    let letter = if c.is_ascii() { None } else { OTHER_LETTERS.iter().find_map(place) };
    letter.and_then(|index| LETTERS[index].chars().next()).unwrap_or(c)
}

/// Whether a letter after `before` is chosen.
fn picks(before: &str) -> bool {
    let bare = last_chars(before, VERDICT_WINDOW)
        .trim_end_matches(|c| is_opener(c) || matches!(c, ',' | ':'));
    let mut words = bare.split(|c: char| !c.is_ascii_alphabetic()).rev();
    let mut last = words.next().unwrap_or("");
    let mut earlier = words.filter(|word| !word.is_empty());
    let option = LEAD_WORDS.holds(last);
    if option {
        last = earlier.next().unwrap_or("");
    }
    let previous = earlier.next().unwrap_or("");
    let pair = |&(word, before): &(&str, &str)| {
        last.eq_ignore_ascii_case(word) && previous.eq_ignore_ascii_case(before)
    };
    if is_one_of(last, &PICKS) {
        return !is_one_of(previous, &DENIALS);
    }
    PICKING_PAIRS.iter().any(pair) || option && is_one_of(last, &PICKS_OF_OPTION)
}

/// The capital of `B) …`, `**C.** …`, `(D): …` at the start of a line.
fn letter_before_text(line: &str) -> Option<char> {
    let rest = line.trim_start_matches(['*', '(', '[']);
    let letter = rest.chars().next().filter(char::is_ascii_uppercase)?;
    let after = rest[1..].trim_start_matches([')', ']', '.', ':', '*']);
    let closed = after.len() + 1 < rest.len();
    (closed && (after.is_empty() || after.starts_with(is_space))).then_some(letter)
}

/// Whether a line holds one letter and no other letter or digit.
fn is_just_a_letter(line: &str) -> bool {
    line.bytes().filter(u8::is_ascii_alphanumeric).take(2).count() == 1
}

/// Drops markup, commands and one word like "option" before a letter.
pub(crate) fn skip_openers(value: &str) -> &str {
    let mut word_left = true;
    let mut rest = value.trim_start_matches(is_opener);
    loop {
        let command = COMMANDS.into_iter().find(|command| rest.starts_with(command));
        let word = LEAD_WORDS.first(rest).filter(|_| word_left && command.is_none());
        let Some(skipped) = command.or(word) else { return rest };
        word_left = word_left && word.is_none();
        rest = rest[skipped.len()..].trim_start_matches(is_opener);
    }
}

/// Whether what follows a lone A or I makes it an article or a pronoun.
fn is_word(after: &str) -> bool {
    let rest = after.trim_start_matches([' ', '\t']);
    rest.len() < after.len()
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
        && AFTER_LETTER.first(rest).is_none()
}
