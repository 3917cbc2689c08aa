//! Sample logs in bulk: bytes of JSONL and batches of Arrow → tallies, over all cores, in
//! bounded memory.
//!
//! The way of a sample: file → [`source`] → block → row → span → group of a [`partial`] →
//! merged problem → tallies and decision. What stays in memory are groups, not samples.

#![expect(clippy::similar_names, reason = "a file is a file, a fault a fault")]

mod answers;
mod arrow;
mod damaged;
mod error;
mod fields;
mod in_order;
mod json;
mod kept;
mod merge;
mod outcome;
pub mod parquet;
mod partial;
mod report;
mod row;
mod run;
mod scan;
mod scanned;
mod seen;
mod settings;
mod source;
mod spill;
mod tallied;
mod worker;

pub use answers::answers;
pub use error::{Error, Result};
pub use fields::{Fields, Role};
pub use kept::{Samples, samples_schema};
pub use merge::Filter;
pub use outcome::{
    Choosing, Figures, Finished, Finishing, MemberFigures, TaskFigures, decisions_schema, finish,
    tallies_schema,
};
pub use partial::schema as records_schema;
pub use row::{Fault, MOST_BYTES as MOST_LINE_BYTES};
pub use scan::{Scan, scan, scan_batches, scan_lines};
pub use scanned::Scanned;
pub use settings::{Known, Settings};
pub use source::{Format, Input};
pub use tallied::sample_indexes;
