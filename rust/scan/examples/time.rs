use slm_mux_scan::*;
use std::sync::Arc;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let threads: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut s = Settings::new(slm_mux_core::Profile::Canonical);
    s.kind = Some(slm_mux_core::Kind::Math);
    let s = Arc::new(s);
    for _ in 0..5 {
        let t = std::time::Instant::now();
        let input = Input::open(&path, 0).unwrap();
        let how = Scan { threads, memory: 8 << 30, folder: "/tmp".into() };
        let r = scan(&[input], &s, &how, |_, _| true).unwrap();
        println!("{:?} {}", t.elapsed(), r.summary());
    }
}
