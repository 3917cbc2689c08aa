//! One line of JSON, read strictly (RFC 8259) and without copying what is not asked for.

mod again;
mod blocks;
mod decode;
mod ending;
#[cfg(test)]
mod hostile;
mod number;
mod object;
mod say;
mod string;
mod suspect;
mod value;
mod walk;

pub(crate) use decode::{Decoded, plain_ending};
pub(crate) use ending::lone_box;
pub(crate) use object::{Keys, Members};
pub(crate) use string::Text;
pub(crate) use value::{Kind, Value, elements, members};

use thiserror::Error;

/// Why a line is no JSON object. One byte, so that results travel in registers.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The line ends inside a value: it was cut off.
    #[error("not JSON: the line is cut off")]
    Torn,
    #[error("not JSON: a control character in a string")]
    Control,
    #[error("not JSON: an unknown escape in a string")]
    Escape,
    #[error("not JSON: \\u without four hexadecimal digits")]
    Unicode,
    #[error("not JSON: an unknown word or number")]
    Word,
    #[error("not JSON: a number with a leading zero")]
    Zero,
    #[error("not JSON: a name is missing")]
    Name,
    #[error("not JSON: a colon is missing")]
    Colon,
    #[error("not JSON: a comma or bracket is missing")]
    Comma,
    #[error("not JSON: more after the object")]
    More,
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
