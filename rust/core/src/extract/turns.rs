//! Which part of a response answers: after the reasoning, before the next turn or question.

use memchr::{Memchr2, memchr, memchr2_iter};

use super::runs::{any_pair, find_pair, may_ask, may_tag};

const THINKING: [(&str, &str); 7] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis", "<|channel|>final<|message|>"),
];
// What a chat template writes between turns; a model that is not stopped there runs on.
const ENDS_OF_TURN: [&str; 16] = [
    "<|im_end|>",
    "<|im_start|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|return|>",
    "<|user|>",
    "<|start_header_id|>",
    "</s>",
    "<eos>",
    "<end_of_turn>",
    "<start_of_turn>",
    "<｜end▁of▁sentence｜>",
    "<｜User｜>",
];
pub(super) const QUESTION: [&str; 7] =
    ["Question", "Problem", "Exercise", "Instruction", "User", "Human", "Q"];
pub(super) const ROLES: [&str; 3] = ["user", "human", "assistant"];

// The marks after which a text is asked whether it holds a tag at all.
const MOST_PASSED: usize = 2;

/// The part of a response that answers, and whether a chat template may have marked turns in it.
#[derive(Clone, Copy)]
pub(super) struct Answering<'a> {
    text: &'a str,
    marked: bool,
}

/// What follows the reasoning; nothing where the reasoning has not ended.
///
/// Reasoning that starts anew after an answer or another turn leaves what stands before it.
pub(super) fn final_part(text: &str) -> Option<Answering<'_>> {
    let mut start = 0;
    let mut opened = None;
    let mut marked = false;
    for at in tags(text.as_bytes()) {
        marked = true;
        let rest = &text.as_bytes()[at..];
        let is = |tag: &str| rest.starts_with(tag.as_bytes());
        if let Some((_, closer)) = THINKING.iter().find(|(_, closer)| is(closer)) {
            (start, opened) = (at + closer.len(), None);
        } else if THINKING.iter().any(|(opener, _)| is(opener)) {
            opened = opened.or(Some(at));
        }
    }
    let Some(opened) = opened else { return Some(Answering { text: &text[start..], marked }) };
    let before = Answering { text: &text[start..opened], marked };
    (start > 0 || Parts::of(before).turn_ends()).then_some(before)
}

/// Where tags may start, in order.
fn tags(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let tag = |at: usize| {
        matches!(bytes.get(at + 1), Some(b't' | b'r' | b'/' | b'|' | b'e' | b's' | 0xef))
    };
    let mut marks = memchr2_iter(b'<', b'K', bytes).enumerate();
    // After a few other marks: there may be no tag at all.
    let tags_left = move |(passed, at): &(usize, usize)| {
        *passed != MOST_PASSED
            || any_pair(&bytes[*at..], may_tag)
            || memchr(b'K', &bytes[*at..]).is_some()
    };
    let marks = std::iter::from_fn(move || marks.next().filter(tags_left));
    marks.filter_map(move |(_, at)| match bytes[at] {
        b'<' => tag(at).then_some(at),
        // "[THINK]" and "[/THINK]", told by a letter that is rare elsewhere.
        _ => bytes[..at].iter().rev().take(6).position(|&b| b == b'[').map(|back| at - back - 1),
    })
}

/// The response cut at the end of each turn and before each line that starts a question.
///
/// The first part that states an answer is the response; what follows was run on.
pub(super) struct Parts<'a> {
    text: &'a str,
    start: usize,
    marks: Marks<'a>,
    ended: bool,
}

/// Where a cut may be: at the ends of lines, and where turns are marked also at tags.
enum Marks<'a> {
    Lines(Lines<'a>),
    LinesAndTags(Memchr2<'a>),
}

impl Iterator for Marks<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::LinesAndTags(marks) => marks.next(),
        }
    }
}

/// The ends of lines before what may start a question, from `at` on.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        // Many texts are one line.
        let first = memchr(b'\n', self.bytes.get(self.at..)?);
        let found = first.and_then(|line| find_pair(self.bytes, self.at + line, may_ask));
        self.at = found.map_or(self.bytes.len(), |at| at + 1);
        found
    }
}

impl<'a> Parts<'a> {
    pub(super) fn of(answering: Answering<'a>) -> Self {
        let Answering { text, marked } = answering;
        let marks = if marked {
            Marks::LinesAndTags(memchr2_iter(b'\n', b'<', text.as_bytes()))
        } else {
            Marks::Lines(Lines { bytes: text.as_bytes(), at: 0 })
        };
        Self { text, start: 0, marks, ended: false }
    }

    /// Where a part ends and the next one starts.
    fn cut(&mut self) -> Option<(usize, usize)> {
        let (text, bytes) = (self.text, self.text.as_bytes());
        self.marks.find_map(|at| {
            if bytes[at] == b'\n' {
                return starts_question(&text[at + 1..]).then_some((at + 1, at + 1));
            }
            end_of_turn(&text[at..]).map(|tag| (at, at + tag.len()))
        })
    }

    /// Whether another turn follows.
    fn turn_ends(mut self) -> bool {
        std::iter::from_fn(|| self.cut()).any(|(end, next)| next > end)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.ended {
            let start = self.start;
            let cut = self.cut();
            self.ended = cut.is_none();
            let (end, next) = cut.unwrap_or((self.text.len(), self.text.len()));
            self.start = next;
            if end > start {
                return Some(&self.text[start..end]);
            }
        }
        None
    }
}

fn end_of_turn(text: &str) -> Option<&'static str> {
    let [b'<', b'|' | b'/' | b'e' | b's' | 0xef, ..] = text.as_bytes() else { return None };
    ENDS_OF_TURN.into_iter().find(|tag| text.starts_with(tag))
}

/// Whether a line that starts with this byte may start a question.
#[inline]
pub(super) fn opens_question(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'*' | b'#' | b'>')
        || matches!(byte, b'Q' | b'P' | b'E' | b'I' | b'U' | b'H' | b'u' | b'h' | b'a')
}

/// `Question:`, `**Problem 2:**`, `### Exercise 3`, or a line that names a role.
fn starts_question(line: &str) -> bool {
    if !line.bytes().next().is_some_and(opens_question) {
        return false;
    }
    let bare = line.trim_start_matches([' ', '\t', '*', '#', '>']);
    let titled = line[..line.len() - bare.len()].contains('#');
    match bare.as_bytes().first() {
        Some(b'Q' | b'P' | b'E' | b'I' | b'U' | b'H') => QUESTION
            .iter()
            .any(|word| bare.strip_prefix(word).is_some_and(|after| asks(after, titled))),
        Some(b'u' | b'h' | b'a') => {
            ROLES.iter().any(|role| line.strip_prefix(role).is_some_and(ends_line))
        }
        _ => false,
    }
}

/// Whether a number and a colon follow, or nothing where the line is a title.
fn asks(after: &str, titled: bool) -> bool {
    let numbered = after.strip_prefix(' ').unwrap_or(after);
    let digits = numbered.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = if matches!(digits, 1..=3) { &numbered[digits..] } else { after };
    rest.trim_start_matches('*').starts_with(':')
        || titled && ends_line(rest.trim_start_matches([' ', '\t', '*', '.']))
}

fn ends_line(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_that_starts_a_question_is_passed_over() {
        let lines = ["Question:", "Problem:", "Exercise:", "Instruction:", "User:", "Human:", "Q:"]
            .into_iter()
            .chain([" Q:", "\tQ:", "*Q:", "# Q", "> Q:", "user", "human", "assistant"]);
        for line in lines {
            assert!(starts_question(line) && may_ask(b'\n', line.as_bytes()[0]), "{line:?}");
        }
    }
}
