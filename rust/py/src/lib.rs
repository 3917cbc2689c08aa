//! `slm_mux._core`: arguments in, interpreter released, results and errors out. No algorithm.

#[pyo3::pymodule]
mod _core {
    /// The version that `Cargo.toml` carries.
    #[expect(non_upper_case_globals)]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
