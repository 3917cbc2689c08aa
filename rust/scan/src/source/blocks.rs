//! A block of a file of lines: those lines that start in its range.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use memchr::{memchr, memrchr};

use crate::row::MOST_BYTES;

/// What is read first beyond a block to find the end of its last line; then twice as much.
const FURTHER: usize = 4 << 10;
/// What is read there at a time at most.
const FURTHEST: usize = 1 << 20;

/// The lines of a block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where they start in the file.
    pub(crate) offset: u64,
    /// Whether the last line is longer than may be read and is not all here.
    pub(crate) beyond: bool,
}

/// Reads the lines that start in `from..to` of a file.
pub(crate) fn read_block<'a>(
    file: &mut File,
    from: u64,
    to: u64,
    buffer: &'a mut Vec<u8>,
) -> io::Result<Block<'a>> {
    // The byte before tells whether a line starts with the block.
    let start = from.saturating_sub(1);
    let wanted = usize::try_from(to - start).unwrap_or(usize::MAX);
    if buffer.len() < wanted {
        buffer.resize(wanted, 0);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut len = fill(file, &mut buffer[..wanted])?;
    let first = if from == 0 { Some(0) } else { memchr(b'\n', &buffer[..len]).map(|at| at + 1) };
    let Some(first) = first.filter(|&first| start + (first as u64) < to && first < len) else {
        return Ok(Block { bytes: &[], offset: to, beyond: false });
    };
    let last = memrchr(b'\n', &buffer[first..len]).map_or(first, |at| first + at + 1);
    let mut beyond = false;
    if last < len && len == wanted {
        let (mut searched, mut further) = (len, FURTHER);
        loop {
            if searched - last > MOST_BYTES {
                beyond = true;
                break;
            }
            if buffer.len() < len + further {
                buffer.resize(len + further, 0);
            }
            let read = fill(file, &mut buffer[len..len + further])?;
            len += read;
            if let Some(at) = memchr(b'\n', &buffer[searched..len]) {
                len = searched + at + 1;
                break;
            }
            searched = len;
            if read < further {
                break;
            }
            further = (2 * further).min(FURTHEST);
        }
    }
    Ok(Block { bytes: &buffer[first..len], offset: start + first as u64, beyond })
}

/// Reads until the buffer is full or the file ends.
pub(super) fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_long_line_is_read_to_its_end() {
        for length in [FURTHER - 1, FURTHER, 3 * FURTHER, 3 * FURTHEST] {
            let text = ["a\n", &"b".repeat(length), "\nc"].concat();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let mut buffer = Vec::new();
            let block = read_block(&mut file, 0, 3, &mut buffer).unwrap();
            assert_eq!(block.bytes, &text.as_bytes()[..length + 3]);
            assert!(!block.beyond);
        }
    }

    #[test]
    fn every_line_belongs_to_one_block() {
        let text = b"one\n\nthree\r\nfour is longer\n5\nsix";
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        for size in 1..=text.len() as u64 + 1 {
            let (mut all, mut buffer) = (Vec::new(), Vec::new());
            let mut from = 0;
            while from < text.len() as u64 {
                let to = (from + size).min(text.len() as u64);
                let block = read_block(&mut file, from, to, &mut buffer).unwrap();
                if !block.bytes.is_empty() {
                    assert_eq!(block.offset, all.len() as u64, "blocks of {size}");
                }
                all.extend_from_slice(block.bytes);
                from = to;
            }
            assert_eq!(all, text, "blocks of {size}");
        }
    }
}
