//! Extraction of all kinds by both profiles; what follows the separator are options, one a line.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use slm_mux_core::{Choices, Extraction, Kind, Profile, extract};
use slm_mux_fuzz::{KINDS, SEPARATOR, bounded, text};

fuzz_target!(|data: &[u8]| {
    let text = text(data);
    let (response, options) = match text.split_once(SEPARATOR) {
        Some((response, options)) => (response, Some(options)),
        None => (&*text, None),
    };
    let options: Option<Vec<_>> =
        options.map(|options| options.split('\n').map(Cow::Borrowed).collect());
    for kind in KINDS {
        check(response, kind, options.as_deref());
    }
});

fn check(response: &str, kind: Kind, options: Option<Choices<'_>>) {
    bounded(|| extract(response, kind, Profile::Paper, None));
    let found = bounded(|| extract(response, kind, Profile::Canonical, options));
    let Some(Extraction { span, .. }) = found else { return };
    assert!(!span.trim().is_empty(), "a blank span");
    if kind == Kind::Choice {
        let letter = matches!(span.as_bytes(), [letter] if letter.is_ascii_uppercase());
        assert!(letter, "{span:?} is no letter");
    }
}
