//! Stopping rules against their definition: every completion of small cases, decided by `select`.

use std::sync::atomic::AtomicBool;

use slm_mux_core::select::{Options, Selector, Tie, select};
use slm_mux_core::stop::{Case, Cases, Replayed, Replaying, replay, settled};
use slm_mux_core::table::{Builder, Correct, Row, Table};
use slm_mux_core::tally::Abstain;

const MEMBERS: [&str; 3] = ["a", "b", "c"];
/// Three keys that may be there already, three that are new; then no key, then no response.
const OUTCOMES: [&str; 8] = ["1", "2", "3", "x", "y", "z", "unparsed", "failed"];

type Sample = (usize, u32, usize);

/// A generator good enough for tests (Knuth's MMIX constants).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

fn table(samples: &[Sample]) -> Table {
    let mut builder = Builder::new(["p"], MEMBERS, []);
    for &(member, index, outcome) in samples {
        let row = Row {
            problem: "p",
            member: MEMBERS[member],
            sample_index: index.into(),
            key: (outcome < 6).then_some(OUTCOMES[outcome]),
            state: (outcome >= 6).then_some(OUTCOMES[outcome]),
            correct: Correct::ByReference,
        };
        builder.push(&row).expect("a good row");
    }
    builder.finish()
}

fn decided(samples: &[Sample], options: &Options<'_>) -> Option<(String, u32)> {
    let table = table(samples);
    let choice = select(&table, options).expect("good options")[0].choice?;
    Some((table.keys().text(choice.key).to_owned(), choice.member))
}

/// Whether every completion of `samples` decides alike.
fn is_decided(samples: &mut Vec<Sample>, open: &[(usize, u32)], options: &Options<'_>) -> bool {
    let wanted = decided(samples, options);
    let completions = OUTCOMES.len().pow(u32::try_from(open.len()).expect("few"));
    let known = samples.len();
    (0..completions).all(|mut number| {
        samples.truncate(known);
        for &(member, index) in open {
            samples.push((member, index, number % OUTCOMES.len()));
            number /= OUTCOMES.len();
        }
        let same = decided(samples, options) == wanted;
        samples.truncate(known);
        same
    })
}

fn case_of(cases: &Cases<'_>, samples: &[Sample], open: &[(usize, u32)]) -> Case {
    let mut case = cases.on(0);
    let place = |case: &Case, member: usize| {
        (0..case.size()).find(|&at| case.member(at) as usize == member)
    };
    for &(member, index) in open {
        if let Some(at) = place(&case, member) {
            case.expect(at, [index]);
        }
    }
    for &(member, index, outcome) in samples {
        if let Some(at) = place(&case, member) {
            take(&mut case, at, index, outcome);
        }
    }
    case
}

fn take(case: &mut Case, at: usize, index: u32, outcome: usize) {
    match outcome {
        7 => case.fail(at, index),
        6 => case.respond(at, index, None),
        _ => case.respond(at, index, u32::try_from(outcome).ok()),
    }
}

fn options(draws: &mut Draws) -> Options<'static> {
    let shares = [0.2, 0.5, 0.5, 0.9];
    let order = [vec!["a", "b", "c"], vec!["c", "a"], vec!["b", "a", "c"]];
    Options {
        selector: [Selector::Mux, Selector::Majority, Selector::Weighted, Selector::Single("a")]
            [draws.below(4)],
        order: Some(order[draws.below(3)].clone()),
        accuracy: MEMBERS.iter().map(|&name| (name, shares[draws.below(4)])).collect(),
        abstain: [Abstain::Count, Abstain::Drop][draws.below(2)],
        tie: [Tie::Accuracy, Tie::Order, Tie::Random][draws.below(3)],
        seed: 3,
        weights: Vec::new(),
        choices: [None, None, Some(4)][draws.below(3)],
    }
}

#[test]
fn settled_is_what_every_completion_decides_alike() {
    let mut draws = Draws(1);
    let mut settled = [0; 2];
    for number in 0..4000 {
        let options = options(&mut draws);
        let names = table(&[]);
        let cases = Cases::new(&names, &options).expect("a rule that can stop");
        let k = 1 + u32::try_from(draws.below(4)).expect("small");
        let mut all: Vec<(usize, u32)> = (0..3).flat_map(|m| (0..k).map(move |i| (m, i))).collect();
        for at in (1..all.len()).rev() {
            all.swap(at, draws.below(at + 1));
        }
        let open = all.split_off(all.len().saturating_sub(draws.below(4)));
        let spread = 1 + draws.below(3);
        let outcome = |draws: &mut Draws| {
            if draws.below(5) == 0 { 6 + draws.below(2) } else { draws.below(spread) }
        };
        let mut samples: Vec<Sample> =
            all.iter().map(|&(member, index)| (member, index, outcome(&mut draws))).collect();
        let case = case_of(&cases, &samples, &open);
        let expected = is_decided(&mut samples, &open, &options);
        assert_eq!(case.is_settled(), expected, "{number}: {options:?} {samples:?} {open:?}");
        settled[usize::from(expected)] += 1;
    }
    assert!(settled.iter().all(|&count| count > 500), "{settled:?}");
}

fn replayed(table: &Table, options: &Options<'_>, how: Replaying) -> Replayed {
    let found = replay(table, options, how, true, &AtomicBool::new(true));
    found.expect("a rule that can stop").expect("nobody gives it up")
}

#[test]
fn recorded_samples_are_settled_as_the_same_ones_coming_in() {
    let mut draws = Draws(3);
    for number in 0..1000 {
        let options = options(&mut draws);
        let (mut samples, mut open): (Vec<Sample>, Vec<(usize, u32)>) = Default::default();
        for (member, index) in (0..3).flat_map(|m| (0..4).map(move |i| (m, i))) {
            match draws.below(6) {
                0 => open.push((member, index)),
                1 => samples.push((member, index, 6)),
                outcome => samples.push((member, index, outcome / 3)),
            }
        }
        let names = table(&samples);
        let cases = Cases::new(&names, &options).expect("a rule that can stop");
        let coming = case_of(&cases, &samples, &open).is_settled();
        let found = settled(&table(&samples), &options, 4).expect("a rule that can stop");
        assert_eq!(found, [coming], "{number}: {options:?} {samples:?} {open:?}");
        for &(member, index) in &open {
            samples.push((member, index, 7));
        }
        let failed = settled(&table(&samples), &options, 4).expect("a rule that can stop");
        assert_eq!(failed, [coming], "{number}: a failed call is asked again");
    }
}

#[test]
fn a_replay_decides_as_all_samples_do() {
    let mut draws = Draws(2);
    for _ in 0..400 {
        let options = options(&mut draws);
        let spread = 1 + draws.below(4);
        let samples: Vec<Sample> = (0..3)
            .flat_map(|m| (0..7).map(move |i| (m, i)))
            .map(|(m, i)| {
                (m, i, if draws.below(5) == 0 { 6 + draws.below(2) } else { draws.below(spread) })
            })
            .collect();
        for most in [1, 4, 64] {
            let how = Replaying { samples: 5, trials: 20, most, seed: 1 };
            let found = replayed(&table(&samples), &options, how);
            assert_eq!(found.equal, found.decisions, "{options:?} {samples:?}");
        }
    }
}

#[test]
fn a_unanimous_first_member_is_enough() {
    let samples: Vec<Sample> = (0..3).flat_map(|m| (0..3).map(move |i| (m, i, m % 2))).collect();
    let how = Replaying { samples: 3, trials: 1, most: 1, seed: 0 };
    let found = replayed(&table(&samples), &Options::default(), how);
    assert_eq!(found.members.iter().map(|calls| calls.asked).collect::<Vec<_>>(), [3, 0, 0]);
}
