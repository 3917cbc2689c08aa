//! The case tables of the canonical profile, the same that the reference keeps.

use std::borrow::Cow;

use serde_json::Value;
use slm_mux_core::extract::FALLBACK_RULES;
use slm_mux_core::{Grade, Kind, Profile, Stage, Verdict, extract, grade, key};

const TABLES: [&str; 4] = [
    include_str!("../../../tests/cases/extraction.json"),
    include_str!("../../../tests/cases/multiple_choice.json"),
    include_str!("../../../tests/cases/numbers.json"),
    include_str!("../../../tests/cases/keys.json"),
];
const GRADES: &str = include_str!("../../../tests/cases/grades.json");
const REAL: &str = include_str!("../../../tests/cases/real_answers.json");

fn rows(table: &str) -> Vec<Value> {
    serde_json::from_str(table).expect("a table of cases")
}

fn kind(row: &Value) -> Kind {
    text(row, "kind").and_then(|name| name.parse().ok()).expect("a kind")
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row[field].as_str()
}

fn input(row: &Value) -> &str {
    text(row, "input").expect("an input")
}

fn choices(row: &Value) -> Option<Vec<Cow<'_, str>>> {
    let options = row["choices"].as_array()?;
    Some(options.iter().filter_map(Value::as_str).map(Cow::Borrowed).collect())
}

#[test]
fn spans() {
    for row in TABLES.iter().flat_map(|table| rows(table)).filter(|row| row.get("span").is_some()) {
        let options = choices(&row);
        let found = extract(input(&row), kind(&row), Profile::Canonical, options.as_deref());
        let span = found.as_ref().map(|found| &*found.span);
        let rule = found.as_ref().map(|found| found.rule);
        assert_eq!((span, rule), (text(&row, "span"), text(&row, "rule")), "{}", row["id"]);
    }
}

#[test]
fn keys() {
    for row in TABLES.iter().flat_map(|table| rows(table)).filter(|row| row.get("key").is_some()) {
        let answer = if row.get("span").is_some() { text(&row, "span") } else { Some(input(&row)) };
        let vote = answer.and_then(|answer| key(answer, kind(&row), Profile::Canonical));
        assert_eq!(vote.as_deref(), text(&row, "key"), "{}", row["id"]);
    }
}

#[test]
fn grades() {
    for row in rows(GRADES) {
        let reference = text(&row, "reference").expect("a reference");
        let Grade { verdict, stage, limit, .. } =
            grade(input(&row), reference, kind(&row), Profile::Canonical, None);
        let stage = stage.map(|stage| match stage {
            Stage::String => "string",
            Stage::Key => "key",
            Stage::Lenient => "lenient",
        });
        assert_eq!(Some(name(verdict)), text(&row, "verdict"), "{}", row["id"]);
        assert_eq!((stage, limit), (text(&row, "stage"), text(&row, "limit")), "{}", row["id"]);
    }
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Correct => "correct",
        Verdict::Incorrect => "incorrect",
        Verdict::Undecided => "undecided",
        Verdict::NoAnswer => "no_answer",
    }
}

/// `ours` is what we say where it is not the truth.
#[test]
fn real_answers() {
    for row in rows(REAL) {
        let (answer, reference) = (text(&row, "answer"), text(&row, "reference"));
        let (answer, reference) = answer.zip(reference).expect("an answer and its reference");
        let verdict = grade(answer, reference, kind(&row), Profile::Canonical, None).verdict;
        let expected = text(&row, "ours").or_else(|| text(&row, "verdict"));
        assert_eq!(Some(name(verdict)), expected, "{}", row["id"]);
    }
}

#[test]
fn fallbacks_are_the_rules_that_start_with_last() {
    assert!(FALLBACK_RULES.iter().all(|rule| rule.starts_with("last_")));
    let found = extract("perhaps 7", Kind::Number, Profile::Canonical, None);
    assert!(found.is_some_and(|found| FALLBACK_RULES.contains(&found.rule)));
}
