//! The numbers of the samples of one group, in the order they came: a byte or two for each.

/// Differences to the number before, zigzag and seven bits to a byte (LEB128).
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    last: u64,
    bytes: Bytes,
}

/// Bytes that are allocated where there are many.
#[derive(Clone, Debug)]
enum Bytes {
    Few(u8, [u8; FEW]),
    Many(Vec<u8>),
}

/// What fits beside the length where a vector could stand.
const FEW: usize = 15;

impl Default for Bytes {
    fn default() -> Self {
        Self::Few(0, [0; FEW])
    }
}

impl Bytes {
    #[inline]
    fn push(&mut self, byte: u8) {
        match self {
            Self::Many(bytes) => bytes.push(byte),
            Self::Few(len, bytes) => {
                if let Some(place) = bytes.get_mut(usize::from(*len)) {
                    *place = byte;
                    *len += 1;
                } else {
                    let mut many = Vec::with_capacity(2 * FEW + 2);
                    many.extend(&*bytes);
                    many.push(byte);
                    *self = Self::Many(many);
                }
            }
        }
    }

    #[inline]
    fn all(&self) -> &[u8] {
        match self {
            Self::Many(bytes) => bytes,
            Self::Few(len, bytes) => &bytes[..usize::from(*len)],
        }
    }

    /// How many of them are allocated.
    #[inline]
    fn allocated(&self) -> usize {
        if let Self::Many(bytes) = self { bytes.len() } else { 0 }
    }
}

impl Log {
    /// Adds a number, and says by how many bytes the log has grown beyond its own.
    #[inline]
    pub(crate) fn push(&mut self, number: u64) -> usize {
        let before = self.bytes.allocated();
        let difference = number.wrapping_sub(self.last).cast_signed();
        self.last = number;
        let mut rest = ((difference << 1) ^ (difference >> 63)).cast_unsigned();
        while rest >= 0x80 {
            self.bytes.push(low(rest) | 0x80);
            rest >>= 7;
        }
        self.bytes.push(low(rest));
        self.bytes.allocated() - before
    }

    /// How many numbers there are: each has one last byte.
    pub(crate) fn len(&self) -> u64 {
        self.bytes().iter().map(|&byte| u64::from(byte < 0x80)).sum()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.all()
    }
}

fn low(rest: u64) -> u8 {
    u8::try_from(rest & 0x7f).unwrap_or_default()
}

/// The numbers of a log. What no log wrote ends it.
pub(crate) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let mut last = 0_u64;
    let mut rest = bytes.iter();
    std::iter::from_fn(move || {
        let mut read = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *rest.next()?;
            read |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let difference = (read >> 1) ^ (read & 1).wrapping_neg();
                last = last.wrapping_add(difference);
                return Some(last);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_went_in() {
        let given = [0, 1, 2, 1, 300, 299, u64::from(u32::MAX), 0, u64::MAX, 1 << 63, 5];
        let mut log = Log::default();
        let grown: usize = given.iter().map(|&number| log.push(number)).sum();
        assert_eq!(grown, log.bytes().len());
        assert_eq!(log.len(), given.len() as u64);
        assert_eq!(numbers(log.bytes()).collect::<Vec<_>>(), given);
    }
}
