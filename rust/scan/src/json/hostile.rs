//! Strings that try what reads them a block at a time, for tests.

const PIECES: [&str; 40] = [
    "\\",
    "\\\\",
    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
    "\\n",
    "\\n\\n",
    "\\nQuestion",
    "\\n\\tQuestion",
    "\\n \\tUser",
    "\\n**Problem",
    "\\n\\r\\n",
    "\\nhence",
    "\\nquite",
    "\\n\\\\t",
    "\\t",
    "\\r\\b\\f",
    "\\/",
    "<\\/",
    "<t",
    "[THINK",
    "it's",
    "answer'",
    "answer\\\"",
    "R\\\"",
    "\\\"",
    "\\\\\\\"",
    "\"",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00\\u000",
    "\\u005c",
    "\\x",
    "\u{1}",
    "é",
    "😀",
    "n",
    "u00",
    "r",
    "some words that go on for a while and say nothing at all, ",
    "x",
];

/// The insides of strings, well formed and not, with what may follow them.
pub(super) fn strings() -> impl Iterator<Item = String> {
    let mut state = 3_u64;
    let mut draw = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..30_000).map(move |round| {
        let filler = "y".repeat(draw(70));
        // Most have nothing that is wrong in them.
        let piece = |drawn: usize| match PIECES[drawn] {
            "\\" | "\"" | "\\x" | "\u{1}" | "\\ude00\\u000" if round % 8 > 0 => " ",
            "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\" if round % 8 > 0 => "\\\\\\\\\\\\\\\\\\\\",
            // And many nothing that marks them.
            "\\u00e9" | "\\ud83d\\ude00" | "\\ud83d" | "\\u005c" if round % 2 > 0 => "\\n",
            piece => piece,
        };
        let pieces = (0..draw(24)).map(|_| piece(draw(PIECES.len())));
        std::iter::once(filler.as_str()).chain(pieces).collect()
    })
}
