//! Keys of all kinds by both profiles: bounded, and a plain number is its own key.

#![no_main]

use libfuzzer_sys::fuzz_target;
use slm_mux_core::{Kind, Profile, key};
use slm_mux_fuzz::{KINDS, bounded, text};

const LONGEST_KEY: usize = 256;

fuzz_target!(|data: &[u8]| {
    let answer = text(data);
    for kind in KINDS {
        bounded(|| key(&answer, kind, Profile::Paper));
        check(&answer, kind);
    }
});

fn check(answer: &str, kind: Kind) {
    let Some(vote) = bounded(|| key(answer, kind, Profile::Canonical)) else { return };
    assert!(!vote.is_empty() && vote.len() <= LONGEST_KEY, "{} bytes of key", vote.len());
    if kind != Kind::Choice && !vote.contains(':') {
        let again = key(&vote, kind, Profile::Canonical);
        assert_eq!(again.as_deref(), Some(&*vote), "a number is its own key");
    }
}
