//! `slm_mux._core`: arguments in, interpreter released, results and errors out. No algorithm.

mod answers;
mod boxes;
mod column;
mod error;
mod options;
mod parallel;
mod reading;
mod reply;
mod strings;
mod text;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::answers::{extract, grade, key, read, same};

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
