//! The time of subset search on made-up tables of 500 problems and 5 samples, without what building
//! a table and crossing from Python take: milliseconds, the least and the median of some runs, and
//! the least of the CPU time, in which what the machine did meanwhile does not count.
//!
//! `RAYON_NUM_THREADS=2 cargo run --release -p slm-mux-benches --example search [RUNS] [THREADED]`

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use cpu_time::ProcessTime;
use fastrand::Rng;
use slm_mux_core::search::{Lambda, Over, PaperSearch, Request, SearchError};
use slm_mux_core::table::{Builder, Correct, Row, Table};

const PROBLEMS: usize = 500;
const SAMPLES: i64 = 5;

/// A pool and the sizes that are searched.
struct Case {
    name: &'static str,
    members: usize,
    /// How often a member is right, in 100: from, to.
    right: (usize, usize),
    /// By how much that falls from the easiest problem to the hardest.
    harder: usize,
    /// How often all samples of a member give one wrong answer, in 100.
    surely: usize,
    sizes: &'static [usize],
    ranking: usize,
}

const PLAIN: Case = Case {
    name: "50 members, size 5",
    members: 50,
    right: (30, 60),
    harder: 0,
    surely: 0,
    sizes: &[5],
    ranking: 0,
};

const CASES: [Case; 7] = [
    PLAIN,
    Case { name: "the same, surely wrong at times", surely: 10, ..PLAIN },
    Case { name: "the same, all as good", surely: 10, right: (30, 30), ..PLAIN },
    Case { name: "the same, 100 ranked", surely: 10, ranking: 100, ..PLAIN },
    Case { name: "the same, all ties", right: (100, 100), ..PLAIN },
    Case { name: "the same, hard problems", right: (80, 99), harder: 130, ..PLAIN },
    Case {
        name: "20 members, sizes 2 to 5",
        members: 20,
        surely: 10,
        sizes: &[2, 3, 4, 5],
        ..PLAIN
    },
];

fn main() -> Result<(), SearchError> {
    let mut given = std::env::args().skip(1).map(|text| text.parse().unwrap_or(0));
    let (runs, parallel) = (given.next().unwrap_or(21), given.next().unwrap_or(1) > 0);
    let only = given.next();
    for (at, case) in CASES.iter().enumerate() {
        if only.is_none_or(|only: usize| only == at) {
            measure(case, runs, parallel)?;
        }
    }
    Ok(())
}

fn measure(case: &Case, runs: usize, parallel: bool) -> Result<(), SearchError> {
    let table = table(case);
    let request = Request {
        members: None,
        sizes: case.sizes.into(),
        robust_level: 2,
        k: None,
        ranking: case.ranking,
    };
    let (going, mut times, mut tied) = (AtomicBool::new(true), Vec::with_capacity(runs), 0);
    let mut busy = f64::INFINITY;
    for _ in 0..runs {
        let (start, cpu) = (Instant::now(), ProcessTime::now());
        let search = PaperSearch::new(&table, &request, Lambda::new(1, 1)?, Over::Union)?;
        let found = search.run(parallel, &going).expect("not given up");
        times.push(start.elapsed().as_secs_f64() * 1e3);
        busy = busy.min(cpu.elapsed().as_secs_f64() * 1e3);
        tied = found.iter().map(|one| one.tied).sum();
    }
    times.sort_by(f64::total_cmp);
    let (name, least, median) = (case.name, times[0], times[runs / 2]);
    println!("{name:32} {least:8.3} {median:8.3} ms, {busy:8.3} of CPU, {tied} tied");
    Ok(())
}

fn table(case: &Case) -> Table {
    let (mut random, mut builder) = (Rng::with_seed(1), Builder::default());
    for problem in 0..PROBLEMS {
        for member in 0..case.members {
            let (from, to) = case.right;
            let skill = from + (to - from) * member / case.members;
            let skill = skill.saturating_sub(case.harder * problem / PROBLEMS);
            // Of hard problems, everyone gets some wrong in the same way.
            let surely = case.surely + if case.harder > 0 { (80 - skill.min(80)) / 5 } else { 0 };
            let sure = random.usize(0..100) < surely;
            for sample_index in 0..SAMPLES {
                let right = !sure && random.usize(0..100) < skill;
                let key = if right { 0 } else { random.usize(1..8) * usize::from(!sure) + 8 };
                let row = Row {
                    problem: &problem.to_string(),
                    member: &member.to_string(),
                    sample_index,
                    key: Some(&key.to_string()),
                    state: None,
                    correct: Correct::Graded(Some(right)),
                };
                builder.push(&row).expect("a good row");
            }
        }
    }
    builder.finish()
}
