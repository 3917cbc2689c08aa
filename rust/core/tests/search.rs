//! Subset search: threads change nothing, and a search that is given up says so.

use std::sync::atomic::AtomicBool;

use slm_mux_core::search::{ExpectedSearch, Lambda, Over, PaperSearch, Request};
use slm_mux_core::table::{Builder, Correct, Row, Table};
use slm_mux_core::tally::Abstain;

const MEMBERS: u64 = 14;
const PROBLEMS: u64 = 600;

/// Four samples of each member on each problem, from a simple generator: more than one block.
fn table() -> Table {
    let mut builder = Builder::default();
    let mut state: u64 = 1;
    for problem in 0..PROBLEMS {
        for member in 0..MEMBERS {
            for sample_index in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let right = (state >> 33) % 16 < 4 + member / 2;
                let row = Row {
                    problem: &problem.to_string(),
                    member: &member.to_string(),
                    sample_index,
                    key: Some(if right { "right" } else { "wrong" }),
                    state: None,
                    correct: Correct::Graded(Some(right)),
                };
                builder.push(&row).expect("a good row");
            }
        }
    }
    builder.finish()
}

fn request() -> Request<'static> {
    Request { members: None, sizes: vec![1, 2, 5, 14], robust_level: 2, k: Some(3), ranking: 30 }
}

#[test]
fn threads_find_the_same() {
    let (table, going) = (table(), AtomicBool::new(true));
    let lambda = Lambda::new(1, 2).expect("a weight");
    let search = PaperSearch::new(&table, &request(), lambda, Over::Union).expect("possible");
    let found = search.run(false, &going).expect("not given up");
    assert_eq!(search.run(true, &going), Some(found.clone()));
    let resampled = search.resample(&found, 20, 7, false, &going).expect("not given up");
    assert_eq!(search.resample(&found, 20, 7, true, &going), Some(resampled));
}

#[test]
fn threads_expect_the_same() {
    let (table, going) = (table(), AtomicBool::new(true));
    let search = ExpectedSearch::new(&table, &request(), Abstain::Count).expect("possible");
    let found = search.run(false, &going).expect("not given up");
    assert_eq!(search.run(true, &going), Some(found));
}

#[test]
fn a_search_that_is_given_up_finds_nothing() {
    let (table, going) = (table(), AtomicBool::new(false));
    let lambda = Lambda::new(1, 1).expect("a weight");
    let search = PaperSearch::new(&table, &request(), lambda, Over::All).expect("possible");
    assert_eq!(search.run(false, &going), None);
    assert_eq!(search.run(true, &going), None);
}
