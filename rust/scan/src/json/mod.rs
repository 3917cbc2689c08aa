//! One line of JSON, read strictly (RFC 8259) and without copying what is not asked for.

mod decode;
mod number;
mod object;
mod string;
mod value;

pub(crate) use decode::Decoded;
pub(crate) use object::{Keys, Members};
pub(crate) use string::Text;
pub(crate) use value::{Kind, Value, elements};

use thiserror::Error;

/// Why a line is no JSON object.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The line ends inside a value: it was cut off.
    #[error("not JSON: the line is cut off")]
    Torn,
    #[error("not JSON: {0}")]
    Syntax(&'static str),
    #[error("not an object")]
    NotAnObject,
    #[error("nested more than {} levels deep", value::DEPTH)]
    Deep,
}

pub(crate) type Result<T> = std::result::Result<T, Fault>;

/// The first byte from `at` on that is no white space; a line feed ends the line.
#[inline]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}
