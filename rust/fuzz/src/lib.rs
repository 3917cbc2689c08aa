//! What the fuzz targets share: bytes read as text, and a limit on what a call may cost.

use std::borrow::Cow;
use std::time::Duration;

use cpu_time::ThreadTime;
use slm_mux_core::Kind;

/// Parts a text into what is asked and what it is asked with.
pub const SEPARATOR: char = '\u{1f}';

/// Every kind of answer.
pub const KINDS: [Kind; 3] = [Kind::Math, Kind::Number, Kind::Choice];

/// Some thirty times the dearest key in a release build; coverage counters and checks are slow.
const LONGEST: Duration = Duration::from_millis(20);
const TRIES: usize = 5;

/// The input as Python's `str` would bring it here: no lone surrogates, no invalid bytes.
pub fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// The two sides of a text; without a separator both are the whole.
pub fn sides(text: &str) -> (&str, &str) {
    text.split_once(SEPARATOR).unwrap_or((text, text))
}

/// What `work` gives, twice the same.
///
/// # Panics
///
/// Where two runs differ, or where none of several takes less than 20 ms of CPU time.
pub fn bounded<T: PartialEq + std::fmt::Debug>(work: impl Fn() -> T) -> T {
    let first = work();
    let fast = (0..TRIES).any(|_| {
        let start = ThreadTime::now();
        let again = work();
        let took = start.elapsed();
        assert_eq!(first, again, "two runs differ");
        took < LONGEST
    });
    assert!(fast, "never faster than {LONGEST:?} of CPU time");
    first
}
