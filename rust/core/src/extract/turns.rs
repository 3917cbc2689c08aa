//! Which part of a response answers: after the reasoning, before the next turn or question.

use std::sync::LazyLock;

use memchr::{memchr, memchr2, memmem};

const THINKING: [(&str, &str); 8] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("◁think▷", "◁/think▷"),
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
const QUESTION: [&str; 7] =
    ["Question", "Problem", "Exercise", "Instruction", "User", "Human", "Q"];
const ROLES: [&str; 3] = ["user", "human", "assistant"];

/// What follows the reasoning; nothing where the reasoning has not ended.
///
/// Reasoning that starts anew after an answer or another turn leaves what stands before it.
pub(super) fn final_part(text: &str) -> Option<&str> {
    // Tags without an angle bracket.
    static OTHERS: LazyLock<[memmem::Finder<'static>; 2]> =
        LazyLock::new(|| ["THINK]", "think▷"].map(memmem::Finder::new));
    let bytes = text.as_bytes();
    if memchr(b'<', bytes).is_none() && OTHERS.iter().all(|tag| tag.find(bytes).is_none()) {
        return Some(text);
    }
    let after =
        |closer: &str| memmem::rfind(bytes, closer.as_bytes()).map_or(0, |at| at + closer.len());
    let start = THINKING.iter().map(|(_, closer)| after(closer)).max().unwrap_or(0);
    let rest = &text[start..];
    let opened = THINKING
        .iter()
        .filter_map(|(opener, _)| memmem::find(rest.as_bytes(), opener.as_bytes()))
        .min();
    match opened.map(|at| &rest[..at]) {
        None => Some(rest),
        Some(before) => (start > 0 || Parts::of(before).turn_ends()).then_some(before),
    }
}

/// The response cut at the end of each turn and before each line that starts a question.
///
/// The first part that states an answer is the response; what follows was run on.
pub(super) struct Parts<'a> {
    text: &'a str,
    start: usize,
    // Cuts are looked for from here on; nothing is left after the last part.
    at: Option<usize>,
}

impl<'a> Parts<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { text, start: 0, at: Some(0) }
    }

    /// Where the part ends and the next one starts.
    fn cut(&mut self) -> (usize, Option<usize>) {
        let bytes = self.text.as_bytes();
        let mut at = self.at.unwrap_or(bytes.len());
        while let Some(found) = memchr2(b'\n', b'<', &bytes[at..]).map(|skip| at + skip) {
            if bytes[found] == b'\n' && starts_question(&self.text[found + 1..]) {
                return (found + 1, Some(found + 1));
            }
            if let Some(tag) = end_of_turn(&self.text[found..]) {
                return (found, Some(found + tag.len()));
            }
            at = found + 1;
        }
        (bytes.len(), None)
    }

    /// Whether another turn follows.
    fn turn_ends(mut self) -> bool {
        while let (end, Some(next)) = self.cut() {
            if next > end {
                return true;
            }
            self.at = Some(next);
        }
        false
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while self.at.is_some() {
            let start = self.start;
            let (end, next) = self.cut();
            self.at = next;
            self.start = next.unwrap_or(end);
            if end > start {
                return Some(&self.text[start..end]);
            }
        }
        None
    }
}

fn end_of_turn(text: &str) -> Option<&'static str> {
    text.starts_with('<').then(|| ENDS_OF_TURN.into_iter().find(|tag| text.starts_with(tag)))?
}

/// `Question:`, `**Problem 2:**`, `### Exercise 3`, or a line that names a role.
fn starts_question(line: &str) -> bool {
    let bare = line.trim_start_matches([' ', '\t', '*', '#', '>']);
    let titled = line[..line.len() - bare.len()].contains('#');
    match bare.as_bytes().first() {
        Some(b'Q' | b'P' | b'E' | b'I' | b'U' | b'H') => QUESTION
            .iter()
            .any(|word| bare.strip_prefix(word).is_some_and(|after| asks(after, titled))),
        Some(b'u' | b'h' | b'a') => {
            ROLES.iter().any(|role| line.strip_prefix(role).is_some_and(|rest| ends_line(rest)))
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
