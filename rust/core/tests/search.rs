//! Subset search: threads change nothing, ties are counted like plain loops count them, and a
//! search that is given up says so.

use std::sync::atomic::AtomicBool;

use slm_mux_core::search::{
    ExpectedSearch, Lambda, Over, PaperScore, PaperSearch, Request, Scored,
};
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

/// How a member stands on a problem: right, surely wrong, or neither.
const STANDINGS: [[(&str, bool); 2]; 3] = [
    [("right", true), ("right", true)],
    [("wrong", false), ("wrong", false)],
    [("wrong", false), ("other", false)],
];

const FEW: usize = 6;

/// Members that are better the later they come, on few problems: ties upon ties, and better
/// subsets among them.
fn standings(members: usize, seed: u64) -> Vec<[usize; FEW]> {
    let mut state = seed;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let mut one = |member| if draw(4 * members) < 2 + member { 0 } else { 1 + draw(9).min(1) };
    (0..members).map(|member| std::array::from_fn(|_| one(member))).collect()
}

fn few(members: &[[usize; FEW]]) -> Table {
    let mut builder = Builder::default();
    for problem in 0..FEW {
        for (member, standing) in members.iter().enumerate() {
            for (sample_index, &(key, right)) in (0..).zip(&STANDINGS[standing[problem]]) {
                let row = Row {
                    problem: &problem.to_string(),
                    member: &member.to_string(),
                    sample_index,
                    key: Some(key),
                    state: None,
                    correct: Correct::Graded(Some(right)),
                };
                builder.push(&row).expect("a good row");
            }
        }
    }
    builder.finish()
}

/// The score at λ = 1/2, in units that make it whole on so few problems.
fn plain_score(members: &[[usize; FEW]; 3], over: Over) -> i64 {
    let anyone = |problem, standing| members.iter().any(|member| member[problem] == standing);
    let (mut union, mut contradictions) = (0, 0);
    for problem in (0..FEW).filter(|&problem| anyone(problem, 0)) {
        union += 1;
        contradictions += i64::from(anyone(problem, 1));
    }
    let all = 6;
    let of = if over == Over::All { all } else { union.max(1) };
    120 * union - 60 * all * contradictions / of
}

/// All triples of `members` against plain loops.
fn searched_like_plain_loops(members: &[[usize; FEW]], over: Over) {
    let (going, half) = (AtomicBool::new(true), Lambda::new(1, 2).expect("a weight"));
    let of = members.len();
    let pairs = (0..of).flat_map(|a| (a + 1..of).map(move |b| (a, b)));
    let triples = pairs.flat_map(|(a, b)| (b + 1..of).map(move |c| [a, b, c]));
    let scores = triples.map(|triple| plain_score(&triple.map(|at| members[at]), over));
    let scores: Vec<i64> = scores.collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by_key(|&at| -scores[at]);
    let tied = order.iter().filter(|&&at| scores[at] == scores[order[0]]).count();
    let table = few(members);
    for (ranking, parallel) in [0, 7, 300].into_iter().flat_map(|n| [(n, false), (n, true)]) {
        let request = Request { members: None, sizes: vec![3], robust_level: 2, k: None, ranking };
        let search = PaperSearch::new(&table, &request, half, over).expect("possible");
        let found = &search.run(parallel, &going).expect("not given up")[0];
        let ranks = |of: &[Scored<PaperScore>]| -> Vec<usize> {
            of.iter().map(|one| usize::try_from(one.rank).expect("few")).collect()
        };
        assert_eq!(found.tied, tied as u64);
        assert_eq!(ranks(&found.ties), order[..tied.min(100)]);
        assert_eq!(ranks(&found.ranking), order[..ranking]);
    }
}

#[test]
fn ties_beyond_those_listed_are_counted() {
    for (seed, over) in (0..10).zip([Over::Union, Over::All].into_iter().cycle()) {
        searched_like_plain_loops(&standings(24, seed), over);
    }
}

#[test]
fn ties_are_forgotten_once_there_is_a_better_subset() {
    // The last member contradicts all but two; what it is tried with before it are ties.
    let mut members = [[0, 1, 2, 2, 2, 2]; 24];
    for neutral in [10, 20] {
        members[neutral][1] = 2;
    }
    members[23][1] = 0;
    searched_like_plain_loops(&members, Over::Union);
}
