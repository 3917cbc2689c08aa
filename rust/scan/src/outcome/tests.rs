//! What comes out does not tell how the problems were shared out.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use slm_mux_core::select::Tie;
use slm_mux_core::tally::Abstain;
use slm_mux_core::{Kind, Profile};

use super::finish::finish_by;
use super::{Choosing, Finishing, tallies_schema};
use crate::merge::Filter;
use crate::scan::scan_lines;
use crate::settings::Settings;

/// Rows of two tasks and four members, each of which is not asked every problem; some failed,
/// cut off, asked again, repeated with another answer, or without tokens.
fn lines(mut draw: impl FnMut(usize) -> usize) -> String {
    let mut lines = String::new();
    for problem in 0..60 {
        let (task, stop) = (["s", "t"][problem % 2], draw(9) == 0);
        for model in (0..4).filter(|_| draw(4) > 0).collect::<Vec<_>>() {
            for _ in 0..draw(7) {
                let index = draw(6);
                let answer = draw(3);
                let body = match draw(8) {
                    0 => r#""error": "late", "response": null"#.to_owned(),
                    1 => r#""response": "it is", "finish_reason": "length""#.to_owned(),
                    2 => r#""response": "I am not sure.""#.to_owned(),
                    _ => format!(r#""response": "So \\boxed{{{answer}}}.""#),
                };
                let usage = r#", "usage": {"prompt_tokens": 3, "completion_tokens": 5}"#;
                let usage = if draw(20) == 0 { "" } else { usage };
                let stop = if stop { r#", "stop": "unanimous""# } else { "" };
                let head = format!(r#""task": "{task}", "problem_id": "p{problem:03}""#);
                let head = format!(r#"{head}, "model": "m{model}", "sample_index": {index}"#);
                let tail = format!(r#""reference_answer": "1"{usage}{stop}"#);
                writeln!(lines, "{{{head}, {body}, {tail}}}").unwrap();
            }
        }
    }
    lines
}

fn outcome(lines: &str, records: usize) -> (RecordBatch, RecordBatch, String) {
    let mut settings = Settings::new(Profile::Canonical);
    settings.kind = Some(Kind::Math);
    let settings = Arc::new(settings);
    let how = Finishing {
        settings: Arc::clone(&settings),
        filter: Filter::default(),
        choosing: Choosing {
            selector: "mux".to_owned(),
            order: None,
            first: Vec::new(),
            accuracy: Vec::new(),
            abstain: Abstain::Count,
            tie: Tie::Accuracy,
            seed: 0,
            weights: Vec::new(),
        },
        asked: None,
        problems: ["p", "p012", "p0505", "q"].map(|id| ("s".to_owned(), id.to_owned())).into(),
        threads: 1,
    };
    let scanned = scan_lines("log", 0, lines.as_bytes(), 0, &settings).unwrap();
    let mut tallies = Vec::new();
    let give = |batch| {
        tallies.push(batch);
        Ok(())
    };
    let done = finish_by(records, scanned, &how, give, || true).unwrap();
    let tallies = concat_batches(&tallies_schema(), &tallies).unwrap();
    (tallies, done.decisions, done.figures.to_json())
}

#[test]
fn stretches_of_any_size_give_the_same() {
    for seed in 0..20_u64 {
        let mut state = seed;
        let lines = lines(|below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        });
        let whole = outcome(&lines, usize::MAX);
        assert!(whole.0.num_rows() > 200 && whole.1.num_rows() > 50 && whole.2.contains("p0"));
        for records in [1, 10, 100] {
            assert_eq!(outcome(&lines, records), whole, "seed {seed}, {records} records");
        }
    }
}
