//! What extraction takes of recorded responses, apart for each rule that finds the answer: the
//! number of responses, their mean length and the nanoseconds of one, the least of some rounds.
//!
//! `cargo run --release -p slm-mux-benches --example responses FILE [ROUNDS] [RULE] [KIND]`
//!
//! `FILE` holds one object of JSON a line with a `response`. A `RULE` leaves out all others; so
//! does `prose`, which leaves out boxes. For instructions instead of time, count one round under
//! callgrind with `--toggle-collect='*measured*'`.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::time::Instant;

use serde_json::Value;
use slm_mux_core::{Kind, Profile, extract};

fn main() -> Result<(), String> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let path = given.first().ok_or("a file of responses is needed")?;
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    let rounds = given.get(1).map_or(Ok(5), |n| n.parse().map_err(|_| format!("{n} rounds")))?;
    let kind = given.get(3).map_or(Ok(Kind::Math), |kind| kind.parse());
    let kind = kind.map_err(|error| format!("{error}"))?;
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| format!("{path}: {error}"))?;
        let row: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let Some(text) = row["response"].as_str() else { continue };
        let rule = extract(text, kind, Profile::Canonical, None).map_or("nothing", |f| f.rule);
        groups.entry(rule).or_default().push(text.to_owned());
    }
    let wanted = given.get(2).map_or("", |rule| rule);
    for (rule, texts) in groups {
        if wanted.is_empty() || wanted == rule || wanted == "prose" && rule != "boxed" {
            report(rule, &texts, kind, rounds);
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn report(rule: &str, texts: &[String], kind: Kind, rounds: usize) {
    let count = texts.len() as f64;
    let bytes: usize = texts.iter().map(String::len).sum();
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        measured(texts, kind);
        start.elapsed().as_secs_f64()
    });
    let least = times.fold(f64::INFINITY, f64::min);
    let (length, time) = (bytes as f64 / count, least / count * 1e9);
    println!("{rule:14} {count:8} responses {length:7.0} bytes {time:7.0} ns");
}

#[inline(never)]
fn measured(texts: &[String], kind: Kind) {
    for text in texts {
        black_box(extract(text, kind, Profile::Canonical, None));
    }
}
