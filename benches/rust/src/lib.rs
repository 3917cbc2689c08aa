//! What the benchmarks in `benches/` and `examples/` share.

pub mod soup;
