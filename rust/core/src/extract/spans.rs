//! Maths spans: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and displayed environments, in one pass.

use std::sync::LazyLock;

use memchr::{memchr, memchr2, memmem};

use super::runs::{any_pair, ends_paragraph};

use super::text::is_space;

const PAIRS: [(&str, &str); 9] = [
    ("$$", "$$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("\\begin{align*}", "\\end{align*}"),
    ("\\begin{align}", "\\end{align}"),
    ("\\begin{equation*}", "\\end{equation*}"),
    ("\\begin{equation}", "\\end{equation}"),
    ("\\begin{gather*}", "\\end{gather*}"),
    ("\\begin{gather}", "\\end{gather}"),
];
const DOLLAR: usize = PAIRS.len();

/// A delimited piece of mathematics: where it starts and ends, and its inside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) inside: &'a str,
}

/// The spans of a text, in order.
pub(crate) struct Spans<'a> {
    text: &'a str,
    at: usize,
    // Closers that occur no more: each is looked for in vain once.
    missing: [bool; PAIRS.len() + 1],
}

impl<'a> Spans<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0, missing: [false; PAIRS.len() + 1] }
    }

    /// The span at `at`, where a dollar or a backslash stands.
    fn span_at(&mut self, at: usize) -> Option<Span<'a>> {
        let rest = &self.text[at..];
        if rest.starts_with('$') && !rest.starts_with("$$") {
            return self.dollar_span(at);
        }
        if !matches!(rest.as_bytes(), [_, b'$' | b'(' | b'[' | b'b', ..]) {
            return None;
        }
        let pair = PAIRS.iter().position(|(opener, _)| rest.starts_with(opener))?;
        let (opener, closer) = PAIRS[pair];
        if self.missing[pair] {
            return None;
        }
        let from = at + opener.len();
        let found = find_closer(pair, &self.text.as_bytes()[from..]);
        self.missing[pair] = found.is_none();
        found.map(|length| Span {
            start: at,
            end: from + length + closer.len(),
            inside: &self.text[from..from + length],
        })
    }

    /// A single dollar opens mathematics unless it looks like money (`$5 and $10`).
    fn dollar_span(&mut self, at: usize) -> Option<Span<'a>> {
        if self.missing[DOLLAR] {
            return None;
        }
        let Some((end, lines)) = next_dollar(self.text.as_bytes(), at + 1) else {
            self.missing[DOLLAR] = true;
            return None;
        };
        let inside = &self.text[at + 1..end];
        let after = self.text.as_bytes().get(end + 1);
        let money = inside.starts_with(|c: char| c.is_ascii_digit())
            && (inside.ends_with(is_space) || after.is_some_and(u8::is_ascii_digit));
        let span = Span { start: at, end: end + 1, inside };
        let paragraphs = || lines && any_pair(inside.as_bytes(), ends_paragraph);
        let blank = || {
            !inside.starts_with(|c: char| c.is_ascii_graphic())
                && inside.trim_start_matches(is_space).is_empty()
        };
        (!money && !blank() && !paragraphs()).then_some(span)
    }
}

impl<'a> Iterator for Spans<'a> {
    type Item = Span<'a>;

    fn next(&mut self) -> Option<Span<'a>> {
        let bytes = self.text.as_bytes();
        while let Some(skip) = memchr2(b'$', b'\\', bytes.get(self.at..)?) {
            let at = self.at + skip;
            if let Some(span) = self.span_at(at) {
                self.at = span.end;
                return Some(span);
            }
            let pair = bytes[at] == b'\\' || bytes[at..].starts_with(b"$$");
            self.at = at + 1 + usize::from(pair);
        }
        None
    }
}

/// Where the closer of a pair stands.
fn find_closer(pair: usize, bytes: &[u8]) -> Option<usize> {
    static CLOSERS: LazyLock<[memmem::Finder<'static>; PAIRS.len()]> =
        LazyLock::new(|| PAIRS.map(|(_, closer)| memmem::Finder::new(closer)));
    CLOSERS[pair].find(bytes)
}

/// Where the next dollar without a backslash stands, and whether a line ends before it.
fn next_dollar(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let mut from = from;
    let mut lines = false;
    loop {
        let rest = &bytes[from..];
        let length = if lines { memchr(b'$', rest) } else { memchr2(b'$', b'\n', rest) };
        let at = from + length?;
        match bytes[at] {
            b'\n' => lines = true,
            _ if bytes[at - 1] != b'\\' => return Some((at, lines)),
            _ => {}
        }
        from = at + 1;
    }
}
