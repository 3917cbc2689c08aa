//! What long strings say, as little of it decoded as tells their answer.

use super::Result;
use super::blocks::{Cpu, ROOM};
use super::ending::{BEFORE, last_ox};
use super::say::Say;
use super::string::Text;
use super::walk::{is_marked, walk};

/// What is known of the long string that was read last, and room for what it says.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    cpu: Cpu,
    /// Whether something stands in it for which all of it must be read.
    marked: bool,
    buffer: Vec<u8>,
}

impl Decoded {
    /// Forgets what is known.
    pub(crate) fn clear(&mut self) {
        self.marked = true;
    }

    /// The same as [`string`](super::string::string), noting marks on the way.
    #[expect(clippy::inline_always, reason = "what it gives must stay in registers")]
    #[inline(always)]
    pub(super) fn read<'a>(&mut self, line: &'a str, from: usize) -> Result<(Text<'a>, usize)> {
        let walked = walk(line, from, self.cpu)?;
        self.marked = walked.marked;
        Ok((walked.text, walked.end))
    }

    /// Notes the marks in the string whose inside starts at `from` of a well-formed line.
    pub(crate) fn note(&mut self, line: &str, from: usize) {
        self.marked = !walk(line, from, self.cpu).is_ok_and(|walked| !walked.marked);
    }

    /// Whether all of the string that was read last must be read.
    pub(crate) fn is_marked(&self) -> bool {
        self.marked
    }

    /// What the inside of a well-formed string says.
    pub(crate) fn text(&mut self, raw: &str) -> Option<&str> {
        self.said(raw, 0)
    }

    /// Where the `x` of what may be the last box stands.
    pub(crate) fn last_ox(&self, text: &str) -> Option<usize> {
        last_ox(text, self.cpu)
    }

    /// The end of what `raw` says, from shortly before the box on that may stand at `x`.
    pub(crate) fn ending(&mut self, raw: &str, x: usize) -> Option<&str> {
        let from = before_box(raw, x)?;
        let bytes = raw.as_bytes();
        // Not between a backslash and what it escapes.
        let backslashes = bytes[..from].iter().rev().take_while(|&&byte| byte == b'\\').count();
        self.said(raw, from + backslashes % 2)
    }

    /// Whether all of a text that is not written as JSON must be read.
    pub(crate) fn marks(&self, text: &str) -> bool {
        is_marked(text, self.cpu)
    }

    /// What `raw` says from `from` on, where no escape stands across that place.
    fn said(&mut self, raw: &str, from: usize) -> Option<&str> {
        // Nothing that is said is longer than it is written.
        let most = raw.len() - from + ROOM;
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        let len = self.cpu.run(Say { raw, from, buffer: &mut self.buffer });
        simdutf8::basic::from_utf8(&self.buffer[..len]).ok()
    }
}

/// The same end of a text that is not written as JSON and holds no marks.
pub(crate) fn plain_ending(text: &str, x: usize) -> Option<&str> {
    before_box(text, x).map(|from| &text[from..])
}

/// A place shortly before a box.
fn before_box(text: &str, x: usize) -> Option<usize> {
    let from = x.checked_sub(BEFORE)?;
    (from..=x).find(|&from| text.is_char_boundary(from))
}

#[cfg(test)]
mod tests {
    use slm_mux_core::extract::ending::{boxed_ending, lone_ending, unmarked};

    use super::super::Fault;
    use super::super::ending::lone_box;
    use super::super::string::string;
    use super::*;

    #[test]
    fn decoding_on_the_way_says_the_same() {
        let mut decoded = Decoded::default();
        for inside in [
            "plain",
            "",
            "\\n",
            "é\\u00e9\\ud83d\\ude00\\ud83d",
            "a\\\\boxed{\\\"}\\/",
            &format!("{}\\t{}\\u005c{}", "é".repeat(9000), "x".repeat(31), "y".repeat(15)),
        ] {
            let line = format!("\"{inside}\"...........................");
            let (text, end) = decoded.read(&line, 1).unwrap();
            assert_eq!((text, end), string(&line, 1).unwrap());
            assert_eq!(decoded.text(text.raw), Some(&*text.decoded()));
            let line = format!("\"{inside}");
            assert_eq!(decoded.read(&line, 1), Err(Fault::Torn));
        }
    }

    const PIECES: [&str; 54] = [
        "The answer is ",
        "not ",
        "Respuesta: ",
        "#### ",
        "12",
        "1.5. ",
        "approximately ",
        "Note that ",
        "Therefore, x = ",
        "does not exist.",
        "\\boxed{3}",
        "\\boxed{x=4}",
        "\\boxed 5",
        "boxed{6}",
        "\\fbox{7}",
        "\u{8}oxed{8}",
        "\u{c}box{9}",
        "\\boxed{\\text{no answer}}",
        "\\boxed{answer}",
        "\\boxed{",
        "}",
        "\n",
        "\n\n",
        "Question: ",
        "Problem 2:",
        "**Problem:**",
        "user",
        "assistant\n",
        "Hence",
        "<think>",
        "</think>",
        "<|im_end|>",
        "<",
        "[THINK]",
        "[/THINK]",
        "K",
        "'answer': '7'",
        "\"answer\": 8",
        "answer'",
        "it's",
        " or ",
        ", ",
        " and ",
        "=",
        "$",
        "\\(",
        "\t",
        "#",
        "\\equiv ",
        "é",
        "\\frac{1}{2} ",
        "\\",
        "max",
        "some words that go on for a while and say nothing ",
    ];

    #[test]
    fn what_the_end_tells_is_what_all_of_the_text_tells() {
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let (mut decoded, mut told, mut lone, mut plain) = (Decoded::default(), 0, 0, 0);
        for _ in 0..60_000 {
            let filler = PIECES[PIECES.len() - 1].repeat(draw(8));
            let mut text: String = (0..draw(6)).map(|_| PIECES[draw(PIECES.len())]).collect();
            text += &filler;
            text.extend((0..draw(9)).map(|_| PIECES[draw(PIECES.len())]));
            let mut line = serde_json::to_string(&text).unwrap();
            if draw(4) == 0 {
                line = line.replace('/', "\\/");
            }
            line += &" ".repeat(128);
            let (raw, _) = decoded.read(&line, 1).unwrap();
            let kind = slm_mux_core::Kind::Math;
            let all = slm_mux_core::extract(&text, kind, slm_mux_core::Profile::Canonical, None);
            let marked = decoded.is_marked();
            let x = if marked { None } else { decoded.last_ox(raw.raw) };
            let end = x.and_then(|x| decoded.ending(raw.raw, x));
            if let Some(found) = end.and_then(boxed_ending) {
                told += 1;
                assert_eq!(found, all, "{text:?}");
            }
            if !decoded.marks(&text) {
                let x = decoded.last_ox(&text);
                assert_eq!(unmarked(&text, x.is_some()), all, "{text:?}");
                let end = x.and_then(|x| plain_ending(&text, x));
                if let Some(found) = end.and_then(boxed_ending) {
                    plain += 1;
                    assert_eq!(found, all, "{text:?}");
                }
            }
            if !marked {
                assert_eq!(unmarked(&text, x.is_some()), all, "{text:?}");
            }
            let end = x.and_then(|x| lone_box(raw.raw, x));
            if let Some(found) = end.and_then(|end| decoded.text(end)).and_then(lone_ending) {
                lone += 1;
                assert_eq!(found, all, "{text:?}");
            }
        }
        assert!(told > 2_000 && lone > 500 && plain > 2_000, "{told} {lone} {plain}");
    }
}
