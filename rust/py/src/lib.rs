//! `slm_mux._core`: arguments in, interpreter released, results and errors out. No algorithm.

mod answers;
mod boxes;
mod choosing;
mod column;
mod error;
mod expect;
mod interruptible;
mod options;
mod parallel;
mod reading;
mod reply;
mod scan;
mod search;
mod stop;
mod strings;
mod table;
mod text;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::answers::{extract, grade, grade_answer, key, read, same, state, stated, tree};
    #[pymodule_export]
    use crate::expect::{at_hand, bootstrap, expected, expected_subsets};
    #[pymodule_export]
    use crate::scan::{
        Finished, ParquetRows, ScanSettings, Scanning, describe, sample_indexes, write_parquet,
    };
    #[pymodule_export]
    use crate::search::{search_expected, search_subsets};
    #[pymodule_export]
    use crate::stop::{next_samples, replay, settled};
    #[pymodule_export]
    use crate::table::candidates::candidates;
    #[pymodule_export]
    use crate::table::{AnswerTable, Decisions};
    use slm_mux_core::select::{Reason, Selector};
    use slm_mux_core::tally::Outcome;

    /// What a selection may be asked for.
    #[pymodule_export]
    const SELECTORS: [&str; 8] = Selector::NAMES;

    /// What can make an answer win.
    #[pymodule_export]
    const REASONS: [&str; 13] = Reason::NAMES;

    /// Where an answer, or the lack of one, is counted.
    #[pymodule_export]
    const OUTCOMES: [&str; 6] = Outcome::NAMES;

    /// What a field of a sample can say.
    #[pymodule_export]
    const FIELDS: [&str; 19] = slm_mux_scan::Role::NAMES;

    /// What contradictions may be a share of.
    #[pymodule_export]
    const CONTRADICTION_OVER: [&str; 2] = slm_mux_core::search::Over::NAMES;

    /// The most subsets that one search visits.
    #[pymodule_export]
    const MOST_SUBSETS: u64 = slm_mux_core::search::MOST_SUBSETS;

    /// The bytes of the longest line of a file that is read.
    #[pymodule_export]
    const MOST_LINE_BYTES: usize = slm_mux_scan::MOST_LINE_BYTES;

    /// The version of the rules that keys carry.
    #[pymodule_export]
    const KEY_VERSION: &str = slm_mux_core::math::KEY_VERSION;

    /// The version that `Cargo.toml` carries.
    #[expect(non_upper_case_globals)]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The kinds of answer.
    #[pymodule_export]
    const KINDS: [&str; 3] = slm_mux_core::Kind::NAMES;

    /// The profiles of rules.
    #[pymodule_export]
    const PROFILES: [&str; 2] = slm_mux_core::Profile::NAMES;
}
