//! Hostile inputs: every verb ends, within its bounds, and names the limit that was hit.

use serde_json::Value;
use slm_mux_core::math::tree_json;
use slm_mux_core::{Kind, Profile, Verdict, extract, grade, key};

const LONGEST_KEY: usize = 256;
/// A debug build is slow: the megabytes are pytest's.
const MOST_TIMES: usize = 10_000;

fn rows() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../tests/cases/hostile.json")).expect("a table")
}

/// A text, or pieces of one with how often each comes.
fn input(row: &Value) -> String {
    let piece = |piece: &Value| {
        let times = piece[1].as_u64().and_then(|times| usize::try_from(times).ok());
        let times = times.expect("how often").min(MOST_TIMES);
        piece[0].as_str().expect("a piece").repeat(times)
    };
    match &row["input"] {
        Value::Array(pieces) => pieces.iter().map(piece).collect(),
        text => text.as_str().expect("an input").to_owned(),
    }
}

#[test]
fn every_verb_ends_within_its_bounds() {
    for row in rows() {
        let text = input(&row);
        let kind = row["kind"].as_str().and_then(|kind| kind.parse().ok()).expect("a kind");
        for profile in [Profile::Paper, Profile::Canonical] {
            extract(&text, kind, profile, None);
            grade(&text, &text, kind, profile, None);
        }
        let vote = key(&text, kind, Profile::Canonical);
        assert!(vote.is_none_or(|vote| vote.len() <= LONGEST_KEY), "{}", row["id"]);
        let tree = tree_json(&text);
        let read = tree.as_deref().map(serde_json::from_str::<Value>);
        assert!(read.is_none_or(|tree| tree.is_ok()), "{}", row["id"]);
    }
}

#[test]
fn a_limit_that_was_hit_is_named() {
    for row in rows().iter().filter(|row| row.get("limit").is_some()) {
        let response = format!("\\boxed{{{}}}", input(row));
        let grade = grade(&response, "1", Kind::Math, Profile::Canonical, None);
        let found = (grade.verdict, grade.limit);
        assert_eq!(found, (Verdict::Undecided, row["limit"].as_str()), "{}", row["id"]);
    }
}
