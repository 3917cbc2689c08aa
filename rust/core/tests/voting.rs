//! The written cases of votes and selections, as the core itself decides them.

use std::str::FromStr;

use serde_json::{Value, json};
use slm_mux_core::select::{Decision, Options, SelectError, Selector, Tie, select};
use slm_mux_core::table::{Builder, Correct, Row, RowError, Table};
use slm_mux_core::tally::{Abstain, ranking};

fn cases(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).expect("the cases are JSON");
    file["cases"].as_array().expect("there are cases").clone()
}

fn builder<'a>(case: &'a Value) -> Builder {
    let reference = case["reference"].as_str().map(|key: &'a str| ("p", key));
    Builder::new([], [], reference)
}

fn voted(case: &Value) -> Result<Table, RowError> {
    let mut builder = builder(case);
    for row in case["rows"].as_array().expect("there are rows") {
        builder.push(&Row {
            problem: "p",
            member: "m",
            sample_index: row[0].as_i64().expect("an index"),
            key: row[1].as_str(),
            state: row[2].as_str(),
            correct: row.get(3).map_or(Correct::ByReference, |c| Correct::Graded(c.as_bool())),
        })?;
    }
    Ok(builder.finish())
}

fn tally(table: &Table, abstain: Abstain) -> Value {
    let cell = table.cell(0, 0).expect("m has samples");
    let tally = cell.tally;
    let ranked = ranking(table.groups(cell));
    let counts: Vec<Value> =
        ranked.iter().map(|group| json!([table.keys().text(group.key), group.count])).collect();
    let conflicts: Vec<u32> = table.conflicts().iter().map(|at| at.index).collect();
    json!({
        "counts": counts,
        "exemplar_index": tally.top.map(|top| top.first),
        "n": tally.responses(),
        "votes": tally.votes,
        "unparsed": tally.unparsed,
        "truncated": tally.truncated,
        "failed": tally.failed,
        "confidence": tally.top.map(|top| reduced(top.count.into(), tally.size(abstain))),
        "correct_top": tally.top.and_then(|top| top.correct),
        "conflicts": conflicts,
    })
}

fn reduced(votes: u64, of: u64) -> [u64; 2] {
    let (mut a, mut b) = (votes, of);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    [votes / a, of / a]
}

/// The case's own confidence may be unreduced.
fn expected(case: &Value) -> Value {
    let mut expected = case["expected"].clone();
    if let (Some(votes), Some(of)) =
        (expected["confidence"][0].as_u64(), expected["confidence"][1].as_u64())
    {
        expected["confidence"] = json!(reduced(votes, of));
    }
    expected
}

#[test]
fn votes() {
    for case in cases(include_str!("../../../tests/cases/votes.json")) {
        let abstain = Abstain::from_str(case["abstain"].as_str().unwrap_or("count"));
        match (voted(&case), case.get("error")) {
            (Ok(table), None) => {
                assert_eq!(tally(&table, abstain.unwrap()), expected(&case), "{}", case["name"]);
            }
            (Err(error), Some(wanted)) => {
                assert_eq!(error.row, wanted["row"], "{}", case["name"]);
                let field = wanted["field"].as_str().expect("a field");
                assert!(error.fault.to_string().starts_with(field), "{}: {error}", case["name"]);
            }
            (outcome, _) => panic!("{}: {outcome:?}", case["name"]),
        }
    }
}

fn answered(case: &Value) -> Table {
    let mut builder = builder(case);
    for (member, words) in case["votes"].as_object().expect("there are votes") {
        for (index, word) in words.as_str().expect("words").split(' ').enumerate() {
            let state = match word {
                "?" => "unparsed",
                "~" => "truncated",
                "!" => "failed",
                _ => "ok",
            };
            let row = Row {
                problem: "p",
                member,
                sample_index: i64::try_from(index).expect("a small index"),
                key: (state == "ok").then_some(word),
                state: Some(state),
                correct: Correct::ByReference,
            };
            builder.push(&row).expect("a good row");
        }
    }
    builder.finish()
}

fn decide(table: &Table, options: &Value) -> Result<Vec<Decision>, SelectError> {
    let names = |list: &'_ Value| -> Option<Vec<String>> {
        Some(list.as_array()?.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect())
    };
    let order = names(&options["order"]);
    let accuracy = options["validation_accuracy"].as_object();
    let accuracy = accuracy.into_iter().flatten().filter_map(|(k, v)| Some((&**k, v.as_f64()?)));
    let weights = options["weights"].as_object();
    let weights = weights.into_iter().flatten().filter_map(|(k, v)| Some((&**k, v.as_u64()?)));
    let options = Options {
        weights: weights.collect(),
        selector: Selector::parse(options["selector"].as_str().unwrap_or("mux"))?,
        order: order.as_ref().map(|names| names.iter().map(String::as_str).collect()),
        accuracy: accuracy.collect(),
        abstain: Abstain::from_str(options["abstain"].as_str().unwrap_or("count"))?,
        tie: Tie::from_str(options["tie"].as_str().unwrap_or("accuracy"))?,
        seed: options["seed"].as_i64().unwrap_or(0),
        choices: options["choices"].as_u64().and_then(|choices| u32::try_from(choices).ok()),
    };
    select(table, &options)
}

fn fields(table: &Table, decision: &Decision) -> Value {
    let choice = decision.choice;
    json!({
        "key": choice.map(|choice| table.keys().text(choice.key)),
        "model": choice.map(|choice| table.members().text(choice.member)),
        "sample_index": choice.map(|choice| choice.index),
        "confidence": choice.map(|choice| reduced(choice.votes, choice.of)),
        "reason": decision.reason.name(),
        "tied": decision.tied,
        "outcome": decision.outcome.name(),
    })
}

#[test]
fn selections() {
    for case in cases(include_str!("../../../tests/cases/selections.json")) {
        let table = answered(&case);
        match (decide(&table, &case["options"]), case["error"].as_str()) {
            (Ok(decisions), None) => {
                let got: Vec<Value> = decisions.iter().map(|one| fields(&table, one)).collect();
                assert_eq!(got, [expected(&case)], "{}", case["name"]);
            }
            (Err(error), Some(wanted)) => {
                assert!(error.to_string().contains(wanted), "{}: {error}", case["name"]);
            }
            (outcome, _) => panic!("{}: {outcome:?}", case["name"]),
        }
    }
}

#[test]
fn an_unknown_number_has_no_cells() {
    let table = Builder::default().finish();
    assert!(table.cells(7).is_empty());
    assert!(table.cell(0, 0).is_none());
    assert!(table.merge(&Table::default()).is_some_and(|merged| merged.sample_count() == 0));
}
