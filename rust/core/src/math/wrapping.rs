//! What stands around an answer and says nothing: delimiters, punctuation, boxes, one text.

const PAIRS: [(&str, &str); 5] =
    [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("`", "`")];
const GROUPS: [&str; 14] = [
    "\\text{",
    "\\boxed{",
    "\\fbox{",
    "\\mbox{",
    "\\textbf{",
    "\\mathbf{",
    "\\textit{",
    "\\mathrm{",
    "\\textrm{",
    "\\boldsymbol{",
    "\\bm{",
    "\\ensuremath{",
    "\\underline{",
    "{",
];
const STYLES: [&str; 3] = ["\\displaystyle", "\\textstyle", "\\limits"];
/// Wrappings inside one another; more are left as they are.
const MOST: usize = 16;

/// The text without what is wrapped around the whole of it.
pub(super) fn unwrapped(text: &str) -> &str {
    let mut text = text;
    for _ in 0..MOST {
        let before = text.len();
        text = without_edges(text);
        text = STYLES.iter().find_map(|style| text.strip_prefix(style)).unwrap_or(text);
        let inside = PAIRS
            .iter()
            .find_map(|(opener, closer)| text.strip_prefix(opener)?.strip_suffix(closer))
            .or_else(|| GROUPS.iter().find_map(|opener| inside(text, opener)));
        text = inside.unwrap_or(text);
        if text.len() == before {
            break;
        }
    }
    text
}

/// Without blanks, markup and the punctuation of a sentence.
fn without_edges(text: &str) -> &str {
    let start = text.trim_start_matches(|c: char| {
        c.is_ascii_whitespace() || matches!(c, '*' | '"' | ',' | ';' | ':' | '~')
    });
    let start = match start.strip_prefix('.') {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => start,
    };
    let end = |c: char| {
        c.is_ascii_whitespace() || matches!(c, '*' | '"' | ',' | ';' | ':' | '.' | '~' | '?')
    };
    let ended = start.trim_end_matches(end);
    // The space of `\ ` at the end belongs to its backslash.
    ended.strip_suffix('\\').filter(|rest| !rest.ends_with('\\')).unwrap_or(ended)
}

/// The inside of a group that is the whole of `text`.
fn inside<'a>(text: &'a str, opener: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(opener)?.strip_suffix('}')?;
    let mut depth = 0_usize;
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0).then_some(inner)
}
