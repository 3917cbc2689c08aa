//! The fixed pseudo-random points at which variables and unknown functions are taken.
//!
//! Each name has its own value at each point: near 1 in size, so that no power of it drowns
//! the others, and of both signs, so that `|x|` is not `x`.

use sha2::{Digest, Sha256};

use super::machine::Machine;
use super::real::Real;
use crate::math::limits::Limit;

/// The points that a fingerprint has.
pub(crate) const POINTS: usize = 4;
/// The points that are tried before a value is undecided.
pub(crate) const TRIED: usize = 7;

/// No power of two, so that no value is a short binary fraction: those may lie just between
/// two rounded values.
const DENOMINATOR: i64 = 6_148_914_691_236_517_205;

/// The value of a variable at a point: ±(0.75 … 1.5).
pub(crate) fn variable(name: &str, point: usize, m: &mut Machine<'_>) -> Result<Real, Limit> {
    let digest = Sha256::new().chain_update(b"variable ").chain_update(name.as_bytes()).finalize();
    let signs = digest[31];
    // One point with all names positive, one with all negative, the others mixed.
    let negative = match point {
        0 => false,
        1 => true,
        _ => signs >> point & 1 == 1,
    };
    value(&digest, point, negative, m)
}

/// The value of an unknown function, by its name and the digest of its arguments.
pub(crate) fn function(name: &str, arguments: &[u8], m: &mut Machine<'_>) -> Result<Real, Limit> {
    let digest = Sha256::new()
        .chain_update(b"function ")
        .chain_update(name.as_bytes())
        .chain_update([0])
        .chain_update(arguments)
        .finalize();
    value(&digest, 0, digest[31] & 1 == 1, m)
}

fn value(digest: &[u8], point: usize, negative: bool, m: &mut Machine<'_>) -> Result<Real, Limit> {
    m.spend(4)?;
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[3 * (point % 8)..3 * (point % 8) + 8]);
    let fraction = i64::from_be_bytes(bytes) & i64::MAX;
    // 0.75 of the denominator, and up to as much again.
    let above = DENOMINATOR / 4 * 3 + fraction / 2;
    let above = if negative { -above } else { above };
    Real::whole(above, m).over(&Real::whole(DENOMINATOR, m), m)
}
