//! Numbers: where they end.

use super::{Fault, Result};

/// Where the number that starts at `at` ends.
pub(super) fn number(bytes: &[u8], at: usize) -> Result<usize> {
    let digits = |from: usize| {
        let count = bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 { Err(fault(bytes, from)) } else { Ok(from + count) }
    };
    let start = at + usize::from(bytes.get(at) == Some(&b'-'));
    let mut end = digits(start)?;
    if bytes[start] == b'0' && end > start + 1 {
        return Err(Fault::Zero);
    }
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + signed)?;
    }
    Ok(end)
}

fn fault(bytes: &[u8], at: usize) -> Fault {
    if at >= bytes.len() { Fault::Torn } else { Fault::Word }
}
