//! Grades of what stands before the separator against what follows it, and of one side against
//! itself: the same answer is never another one, and equal keys are equal both ways.

#![no_main]

use libfuzzer_sys::fuzz_target;
use slm_mux_core::{Extraction, Grade, Kind, Profile, Stage, Verdict, extract, grade};
use slm_mux_fuzz::{KINDS, bounded, sides, text};

fuzz_target!(|data: &[u8]| {
    let text = text(data);
    let (response, reference) = sides(&text);
    for kind in KINDS {
        bounded(|| grade(response, reference, kind, Profile::Paper, None));
        check(response, reference, kind);
    }
});

fn check(response: &str, reference: &str, kind: Kind) {
    let one = bounded(|| graded(response, reference, kind));
    let other = graded(reference, response, kind);
    let own = |text| extract(text, kind, Profile::Canonical, None);
    let (Some(left), Some(right)) = (own(response), own(reference)) else { return };
    same_answer(response, &left, kind);
    // Where both are bare and both are keyed, text and key know no sides.
    let bare = left.span == response && right.span == reference;
    let by_key = |grade: &Grade| matches!(grade.stage, Some(Stage::String | Stage::Key));
    if bare && by_key(&one) && by_key(&other) {
        assert_eq!(one.verdict, other.verdict, "{response:?} and {reference:?}");
    }
}

/// As a reference, a span that marks an answer of its own stands for that one.
const MARKS: [&str; 3] = ["\\boxed", "\\fbox", "####"];

fn same_answer(response: &str, own: &Extraction<'_>, kind: Kind) {
    if MARKS.iter().any(|mark| own.span.contains(mark)) {
        return;
    }
    let grade = graded(response, &own.span, kind);
    assert_ne!(grade.verdict, Verdict::Incorrect, "{own:?} is not its own answer");
}

fn graded(response: &str, reference: &str, kind: Kind) -> Grade {
    grade(response, reference, kind, Profile::Canonical, None)
}
