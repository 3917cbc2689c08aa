//! Everything about answers and votes, as pure functions of their arguments.
//!
//! The way of a sample: response → [`extract`] → span → [`key`] → vote → [`tally`] →
//! [`select`] → decision. No Python, file, clock or network is known here.

mod answer;
pub mod expect;
pub mod extract;
pub mod grade;
mod kind;
pub mod math;
pub mod paper;
mod random;
pub mod search;
pub mod select;
mod state;
pub mod stop;
pub mod table;
pub mod tally;

pub use answer::{Choices, Extraction, extract, key};
pub use grade::{Grade, Judgement, Stage, Verdict, grade, grade_answer, judge, judge_response};
pub use kind::{Kind, Profile, UnknownName};
pub use state::{State, is_cut_off, state};
