//! The case tables of the canonical profile, the same that the reference keeps.

use std::borrow::Cow;

use serde_json::Value;
use slm_mux_core::extract::FALLBACK_RULES;
use slm_mux_core::{Grade, Kind, Profile, Stage, extract, grade, key};

const TABLES: [&str; 4] = [
    include_str!("../../../tests/cases/extraction.json"),
    include_str!("../../../tests/cases/multiple_choice.json"),
    include_str!("../../../tests/cases/numbers.json"),
    include_str!("../../../tests/cases/keys.json"),
];
const GRADES: &str = include_str!("../../../tests/cases/grades.json");
const PAIRS: &str = include_str!("../../../tests/cases/grader_pairs.json");
const IDENTITIES: &str = include_str!("../../../tests/cases/math_identities.json");
const DISTINCT: &str = include_str!("../../../tests/cases/math_distinct.json");
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
        let options = choices(&row);
        let Grade { verdict, stage, limit, .. } =
            grade(input(&row), reference, kind(&row), Profile::Canonical, options.as_deref());
        assert_eq!(Some(verdict.name()), text(&row, "verdict"), "{}", row["id"]);
        let stage = stage.map(Stage::name);
        assert_eq!((stage, limit), (text(&row, "stage"), text(&row, "limit")), "{}", row["id"]);
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
        assert_eq!(Some(verdict.name()), expected, "{}", row["id"]);
    }
}

#[test]
fn pairs_of_graders() {
    for row in rows(PAIRS) {
        let (answer, reference) = (text(&row, "answer"), text(&row, "reference"));
        let (answer, reference) = (answer.expect("an answer"), reference.expect("a reference"));
        let response = format!("\\boxed{{{answer}}}");
        let found = grade(&response, reference, kind(&row), Profile::Canonical, None);
        assert_eq!(Some(found.verdict.name()), text(&row, "verdict"), "{}", row["id"]);
    }
}

/// The keys of the two forms of a case.
fn both_keys(row: &Value) -> [Option<Cow<'_, str>>; 2] {
    ["a", "b"].map(|side| key(text(row, side).expect("a form"), Kind::Math, Profile::Canonical))
}

#[test]
fn forms_of_one_answer_share_a_key() {
    for row in rows(IDENTITIES) {
        let [a, b] = both_keys(&row);
        assert_eq!(a, b, "{}", row["id"]);
        assert!(a.is_some_and(|key| !key.starts_with("v1:raw")), "{}", row["id"]);
    }
}

#[test]
fn different_answers_share_no_key() {
    for row in rows(DISTINCT) {
        let [a, b] = both_keys(&row);
        assert_ne!(a, b, "{}", row["id"]);
    }
}

#[test]
fn fallbacks_are_the_rules_that_start_with_last() {
    assert!(FALLBACK_RULES.iter().all(|rule| rule.starts_with("last_")));
    let found = extract("perhaps 7", Kind::Number, Profile::Canonical, None);
    assert!(found.is_some_and(|found| FALLBACK_RULES.contains(&found.rule)));
}
