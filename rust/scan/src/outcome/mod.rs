//! Tallied problems → the tables and figures that are written.

mod decide;
mod figures;
mod finish;
mod items;
mod json;
mod part;
mod tables;
#[cfg(test)]
mod tests;

pub use decide::Choosing;
pub use figures::{Figures, MemberFigures, TaskFigures};
pub use finish::{Finished, Finishing, finish};
pub use tables::{decisions_schema, tallies_schema};
