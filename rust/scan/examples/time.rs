//! How long a scan and its end take: `time FILE THREADS`.
use std::sync::Arc;
use std::time::Instant;

use slm_mux_core::select::Tie;
use slm_mux_core::tally::Abstain;
use slm_mux_scan::{Choosing, Filter, Finishing, Input, Scan, Settings, finish, scan};

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let threads: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut settings = Settings::new(slm_mux_core::Profile::Canonical);
    settings.kind = Some(slm_mux_core::Kind::Math);
    let settings = Arc::new(settings);
    for _ in 0..5 {
        let start = Instant::now();
        let input = Input::open(path.as_ref(), 0).unwrap();
        let how = Scan { threads, memory: 8 << 30, folder: "/tmp".into(), samples: None };
        let scanned = scan(&[input], &settings, &how, |_, _| true).unwrap();
        let read = start.elapsed();
        let how = Finishing {
            settings: Arc::clone(&settings),
            filter: Filter::default(),
            choosing: Choosing {
                selector: "mux".into(),
                order: None,
                first: Vec::new(),
                accuracy: Vec::new(),
                abstain: Abstain::default(),
                tie: Tie::default(),
                seed: 0,
                weights: Vec::new(),
            },
            asked: None,
            problems: Vec::new(),
            threads,
        };
        let mut rows = 0;
        let done = finish(
            scanned,
            &how,
            |batch| {
                rows += batch.num_rows();
                Ok(())
            },
            || true,
        );
        let done = done.unwrap();
        let outcomes: Vec<_> = done.figures.tasks.values().map(|task| task.outcomes).collect();
        println!("read {read:?} all {:?}: {rows} tallies, {outcomes:?}", start.elapsed());
    }
}
