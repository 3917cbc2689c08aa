//! A stream of lines, cut into chunks at their ends.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::memrchr;

use super::Format;
use super::blocks::fill;
use crate::row::MOST_BYTES;

const CHUNK: usize = 1 << 20;

/// A reader that counts what went through it.
pub(crate) struct Counted<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(crate) fn new(inner: R, done: Arc<AtomicU64>) -> Self {
        Self { inner, done }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Decompresses by the first bytes of what `reader` gives.
pub(crate) fn decompressed<'a>(
    mut reader: impl Read + 'a,
) -> io::Result<(Format, Box<dyn Read + 'a>)> {
    let mut start = [0; 16];
    let len = fill(&mut reader, &mut start)?;
    let whole = io::Cursor::new(start[..len].to_vec()).chain(reader);
    let format = super::format(&start[..len]);
    Ok((
        format,
        match format {
            Format::Gzip => Box::new(flate2::read::MultiGzDecoder::new(whole)),
            Format::Zstd => Box::new(zstd::Decoder::new(whole)?),
            _ => Box::new(whole),
        },
    ))
}

/// The chunks of a stream of lines.
pub(crate) struct Chunks<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What is in the buffer, and up to where it was given out.
    len: usize,
    given: usize,
    offset: u64,
    ended: bool,
    /// A fault that comes after the lines before it.
    fault: Option<io::Error>,
}

/// Some lines of a stream.
pub(crate) struct Chunk<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where they start in the decompressed stream.
    pub(crate) offset: u64,
    /// Whether the line is longer than may be read, and was passed over.
    pub(crate) beyond: bool,
}

impl<'a> Chunks<Box<dyn Read + 'a>> {
    /// The chunks of what `reader` gives.
    pub(crate) fn of(reader: Box<dyn Read + 'a>) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            len: 0,
            given: 0,
            offset: 0,
            ended: false,
            fault: None,
        }
    }

    /// The next whole lines; the last one may lack its end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk<'_>>> {
        self.buffer.copy_within(self.given..self.len, 0);
        self.len -= self.given;
        self.offset += self.given as u64;
        self.given = 0;
        let mut searched = 0;
        while !self.ended {
            if self.len == self.buffer.len() {
                if self.len > MOST_BYTES {
                    return Ok(Some(self.pass_over()));
                }
                self.buffer.resize(self.len * 2, 0);
            }
            self.read_more();
            if let Some(at) = memrchr(b'\n', &self.buffer[searched..self.len]) {
                self.given = searched + at + 1;
                return Ok(Some(self.chunk()));
            }
            searched = self.len;
        }
        if self.len > 0 && self.fault.is_none() {
            self.given = self.len;
            return Ok(Some(self.chunk()));
        }
        self.fault.take().map_or(Ok(None), Err)
    }

    /// How many bytes were left of a line when the stream broke off.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    fn chunk(&self) -> Chunk<'_> {
        Chunk { bytes: &self.buffer[..self.given], offset: self.offset, beyond: false }
    }

    fn read_more(&mut self) {
        match self.reader.read(&mut self.buffer[self.len..]) {
            Ok(0) => self.ended = true,
            Ok(read) => self.len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => (self.ended, self.fault) = (true, Some(error)),
        }
    }

    /// Reads to the end of a line that is too long, and keeps what follows.
    fn pass_over(&mut self) -> Chunk<'_> {
        let at = self.offset;
        self.buffer.truncate(CHUNK);
        self.buffer.shrink_to_fit();
        self.offset += self.len as u64;
        self.len = 0;
        while !self.ended && self.len == 0 {
            self.read_more();
            let end = memchr::memchr(b'\n', &self.buffer[..self.len]).map(|end| end + 1);
            let passed = end.unwrap_or(self.len);
            self.buffer.copy_within(passed..self.len, 0);
            self.len -= passed;
            self.offset += passed as u64;
            if end.is_some() {
                break;
            }
        }
        Chunk { bytes: &[], offset: at, beyond: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_whole_lines_and_pass_over_endless_ones() {
        let mut text = b"a\nbb\n".repeat(400_000);
        let kept = text.len();
        text.extend(vec![b'x'; MOST_BYTES * 2 + 7]);
        text.extend(b"\nlast");
        let mut chunks = Chunks::of(Box::new(text.as_slice()));
        let (mut all, mut beyond) = (Vec::<u8>::new(), Vec::new());
        while let Some(chunk) = chunks.next().unwrap() {
            assert!(chunk.beyond || chunk.bytes.ends_with(b"\n") || chunk.bytes == b"last");
            if chunk.beyond { beyond.push(chunk.offset) } else { all.extend(chunk.bytes) }
        }
        assert_eq!(beyond, [kept as u64]);
        assert_eq!(all.len(), kept + 4);
    }
}
