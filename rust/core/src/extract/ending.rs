//! Responses without marks, and of those that end in a box the end alone.
//!
//! For those who read responses where they lie and have seen on the way that no mark stands in
//! them: then much need not be looked for again, and all before the last box is of no account
//! and need not be decoded. What is found is what [`extract`](super::extract) finds in all of the
//! text; the scan's tests hold it to that.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

use super::boxes::{Boxes, lone_box};
use super::equations::stated_side;
use super::math::{accepted, concluding, plain_number, unnamed};
use super::turns::{QUESTION, ROLES, opens_question};
use crate::Extraction;

/// The bytes of which one stands in each tag and field name, or at the end of it.
pub const MARKS: [u8; 4] = *b"<K'\"";

/// What must be seen of a text before a box, so that nothing further ahead is part of it.
const MARGIN: usize = 64;

/// Whether the byte at `at`, one of [`MARKS`], may belong to a tag or end the name of a field.
pub fn may_mark(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|i| bytes[i]);
    match bytes[at] {
        b'<' => matches!(bytes.get(at + 1), Some(b't' | b'r' | b'/' | b'|' | b'e' | b's' | 0xef)),
        b'K' => (1..=6).any(|back| before(back) == Some(b'[')),
        // The names of answer fields end in "answer".
        _ => matches!(before(1), Some(b'r' | b'R')),
    }
}

/// Whether a line that starts with this byte may be the start of another question.
#[inline]
pub fn may_open(byte: u8) -> bool {
    opens_question(byte)
}

/// Whether a line may be the start of another question: no line that is does not say so.
pub fn may_ask(line: &str) -> bool {
    let bare = line.trim_start_matches([' ', '\t', '*', '#', '>']);
    // Most lines start with other letters.
    bare.bytes().next().is_some_and(opens_question)
        && QUESTION.iter().chain(&ROLES).any(|word| bare.starts_with(word))
}

/// What a text without marks states, which holds a box only where `boxes` may stand.
pub fn unmarked(text: &str, boxes: bool) -> Option<Extraction<'_>> {
    plain_number(text)
        .or_else(|| unnamed(text, boxes))
        .or_else(|| concluding(text, boxes, true))
        .filter(|found| !found.span.is_empty())
}

/// Whether a box may stand in a text, be it as it is or as JSON writes it.
pub fn may_box(bytes: &[u8]) -> bool {
    static OX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("ox"));
    OX.find_iter(bytes).any(|at| {
        let framed = bytes[..at].ends_with(b"fb") || bytes[..at].ends_with(b"\x0cb");
        framed || bytes[at + 2..].starts_with(b"ed")
    })
}

/// What the last box of a text without marks states, from the `end` of that text; nothing
/// where more of it must be read, and `Some(None)` where it states that there is no answer.
pub fn boxed_ending(end: &str) -> Option<Option<Extraction<'_>>> {
    let last = Boxes::of(end).next().filter(|last| last.start >= MARGIN)?;
    Some(stated(lone_box(&end[..last.start], last)?))
}

/// The same for a text that ends in `end`, which starts with a box that stands apart from all
/// before it: there is no other, see [`may_box`], or none that leads on to it, see [`is_apart`].
pub fn lone_ending(end: &str) -> Option<Option<Extraction<'_>>> {
    let last = Boxes::of(end).next().filter(|last| last.start == 0)?;
    Some(stated(stated_side(last.content, false)))
}

/// Whether a box is apart from those before where this stands before it: what leads from one
/// part of an answer to the next ends otherwise.
pub fn is_apart(byte: u8) -> bool {
    // "and", "or", "\\equiv".
    byte.is_ascii_alphanumeric() && !matches!(byte, b'd' | b'r' | b'v')
}

fn stated(content: &str) -> Option<Extraction<'_>> {
    let span = accepted(Cow::Borrowed(content));
    (!span.is_empty()).then_some(Extraction { span, rule: "boxed" })
}
