//! One row of a sample file, as it is written: from a line of JSON or from Arrow columns.

mod line;

pub(crate) use line::Lines;

use thiserror::Error;

use crate::fields::Role;
use crate::json::{self, Text};

/// Why a row is not counted.
#[derive(Clone, Debug, Error, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A line that is no JSON object.
    #[error("{0}")]
    Json(String),
    /// Bytes of another encoding.
    #[error("not UTF-8")]
    Encoding,
    /// A line beyond the limit.
    #[error("longer than {} MiB", MOST_BYTES >> 20)]
    Long,
    /// What every sample must have.
    #[error("field {} is missing", .0.name())]
    Missing(Role),
    /// A value of the wrong type.
    #[error("field {} is not {}", .0.name(), what(*.0))]
    Type(Role),
    /// A list beyond the limit.
    #[error("field {} has more than {} entries", .0.name(), MOST_ENTRIES)]
    Entries(Role),
}

/// The longest line that is read.
pub(crate) const MOST_BYTES: usize = 64 << 20;
/// The most responses of one row.
pub(crate) const MOST_ENTRIES: usize = 1 << 16;

fn what(role: Role) -> &'static str {
    match role {
        Role::Kind => "math, number or choice",
        Role::Stop => "none or unanimous",
        Role::Index => "a whole number from 0 to 4294967295",
        Role::PoolIndex | Role::PromptTokens | Role::CompletionTokens => "a whole number",
        Role::Params | Role::Usage => "an object",
        Role::Choices => "a list of texts",
        Role::Response | Role::Finish => "a text or a list of texts",
        _ => "a text",
    }
}

impl From<json::Fault> for Fault {
    fn from(fault: json::Fault) -> Self {
        Self::Json(fault.to_string())
    }
}

/// What a row says of its sample, or of each of its samples.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row<'a> {
    pub(crate) task: Option<Text<'a>>,
    pub(crate) kind: Option<Text<'a>>,
    pub(crate) problem: Option<Text<'a>>,
    pub(crate) question: Option<Text<'a>>,
    pub(crate) model: Option<Text<'a>>,
    pub(crate) api_model: Option<Text<'a>>,
    /// An object as it is written.
    pub(crate) params: Option<&'a str>,
    pub(crate) prompt: Option<Text<'a>>,
    pub(crate) pool_index: Option<u32>,
    pub(crate) stop: Option<Text<'a>>,
    pub(crate) index: Option<u32>,
    pub(crate) reference: Option<Text<'a>>,
    /// A list as it is written.
    pub(crate) choices: Option<&'a str>,
    pub(crate) tokens: Option<[u64; 2]>,
    pub(crate) failed: bool,
}

/// One response of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Response<'a> {
    /// Nothing where the server sent none.
    pub(crate) text: Option<Text<'a>>,
    /// Whether it was cut off.
    pub(crate) cut_off: bool,
}

/// Whether a response that ended for this reason was cut off.
pub(crate) fn is_cut_off(reason: &str) -> bool {
    reason == "length"
}
