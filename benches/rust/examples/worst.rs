//! The longest that any one text takes: texts of every kind in `soup`, the CPU time of this
//! thread, the slowest of each kind measured five times again and the least taken, so that what
//! the machine did meanwhile does not count.
//!
//! `cargo run --release -p slm-mux-benches --example worst [key|extract|grade] [TEXTS OF A KIND] [SEED]`

use std::collections::BinaryHeap;
use std::hint::black_box;
use std::str::FromStr;
use std::time::Duration;

use cpu_time::ThreadTime;
use fastrand::Rng;
use slm_mux_benches::soup::{self, KINDS};
use slm_mux_core::{Kind, Profile, extract, grade, key};

const AGAIN: usize = 5;
const KEPT: usize = 30;
const ASKED: Duration = Duration::from_millis(1);
const LONGEST_SHOWN: usize = 100;

/// A text and what it took, the fastest of some being the greatest.
type Timed = (std::cmp::Reverse<Duration>, String);

fn main() -> Result<(), String> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let work = verb(given.first().map_or("key", |verb| verb))?;
    let texts: u32 = number(given.get(1), 100_000)?;
    report(work, texts, number(given.get(2), 0)?);
    Ok(())
}

fn number<T: FromStr>(given: Option<&String>, default: T) -> Result<T, String> {
    let read = |text: &String| text.parse().map_err(|_| format!("{text:?} is no number"));
    given.map_or(Ok(default), read)
}

fn verb(name: &str) -> Result<fn(&str), String> {
    match name {
        "key" => Ok(|text| drop(black_box(key(text, Kind::Math, Profile::Canonical)))),
        "extract" => {
            Ok(|text| drop(black_box(extract(text, Kind::Math, Profile::Canonical, None))))
        }
        "grade" => {
            Ok(|text| drop(black_box(grade(text, text, Kind::Math, Profile::Canonical, None))))
        }
        _ => Err(format!("{name:?} is not one of key, extract, grade")),
    }
}

fn report(work: fn(&str), texts: u32, seed: u64) {
    println!("| kind | texts | mean µs | slowest µs | over 1 ms | it begins with |");
    println!("|---|---|---|---|---|---|");
    for (number, kind) in KINDS.into_iter().enumerate() {
        let mut rng = Rng::with_seed(seed.wrapping_mul(1_000).wrapping_add(number as u64));
        let (mean, slowest) = measured(work, texts, || soup::text(kind, &mut rng));
        let over = slowest.iter().filter(|(took, _)| *took > ASKED).count();
        let Some((took, text)) = slowest.into_iter().max() else { continue };
        let shown: String = text.chars().take(LONGEST_SHOWN).collect();
        let (mean, took) = (micros(mean), micros(took));
        println!("| {} | {texts} | {mean:.1} | {took:.0} | {over} | {shown:?} |", kind.0);
    }
}

/// The mean, and the slowest texts at their best of some more times.
fn measured(
    work: fn(&str),
    texts: u32,
    mut text: impl FnMut() -> String,
) -> (Duration, Vec<(Duration, String)>) {
    let mut slowest: BinaryHeap<Timed> = BinaryHeap::new();
    let mut total = Duration::ZERO;
    for _ in 0..texts {
        let text = text();
        let took = timed(work, &text);
        total += took;
        if slowest.len() < KEPT || slowest.peek().is_some_and(|fastest| fastest.0.0 < took) {
            slowest.push((std::cmp::Reverse(took), text));
            if slowest.len() > KEPT {
                slowest.pop();
            }
        }
    }
    let mean = total / texts.max(1);
    let least = |text: &str| (0..AGAIN).map(|_| timed(work, text)).min().unwrap_or_default();
    (mean, slowest.into_iter().map(|(_, text)| (least(&text), text)).collect())
}

fn timed(work: fn(&str), text: &str) -> Duration {
    let start = ThreadTime::now();
    work(text);
    start.elapsed()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
