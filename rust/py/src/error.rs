//! What can go wrong at the seam, and the Python exception that each becomes.

use arrow_schema::{ArrowError, DataType};
use pyo3::PyErr;
use pyo3::exceptions::{PyTypeError, PyValueError};
use slm_mux_core::UnknownName;
use thiserror::Error;

/// A fault of the arguments.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// Raised by Python itself.
    #[error(transparent)]
    Python(#[from] PyErr),
    /// A word that is none of the choices.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// An argument of no known shape.
    #[error("expected {expected}, not {found}")]
    Shape { expected: &'static str, found: String },
    /// One item of a list.
    #[error("item {position}: expected {expected}, not {found}")]
    Item { position: usize, expected: &'static str, found: String },
    /// An Arrow column of something else.
    #[error("expected an Arrow column of strings, not of {0}")]
    Column(DataType),
    /// Two arguments that do not belong together.
    #[error("{what}: expected {expected} of them, one for each text, not {found}")]
    Length { what: &'static str, expected: usize, found: usize },
    /// Answers that do not fit into the type of the column.
    #[error("the answers exceed 2 GiB: pass a large_string column, or smaller chunks")]
    Overflow,
    /// Raised by Arrow.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// The result of a binding function.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        match error {
            Error::Python(error) => error,
            Error::Shape { .. } | Error::Item { .. } | Error::Column(_) => {
                PyTypeError::new_err(error.to_string())
            }
            _ => PyValueError::new_err(error.to_string()),
        }
    }
}
