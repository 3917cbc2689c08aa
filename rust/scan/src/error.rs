//! What stops a job.

use std::io;

use arrow_schema::ArrowError;
use thiserror::Error;

use crate::source::Input;

/// What stops a job, as a line for its user.
#[derive(Debug, Error)]
pub enum Error {
    /// The input as a whole cannot be scored like this.
    #[error("{0}")]
    Input(String),
    /// A file cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// Its name.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{file}: cannot be written: {source}")]
    Write {
        /// Its name.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// Groups cannot be spilled.
    #[error(
        "{folder}: what does not fit into memory cannot be written there: {source}; \
             name another folder with --spill"
    )]
    Spill {
        /// Where they were to go.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// Arrow cannot hold or read it.
    #[error("{0}")]
    Arrow(#[from] ArrowError),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn read(input: &Input, source: io::Error) -> Self {
        Self::Read { file: input.name.clone(), source }
    }
}

/// The result of a job.
pub type Result<T> = std::result::Result<T, Error>;
