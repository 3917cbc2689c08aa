//! Standard input, which may keep us waiting for as long as it likes.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;
/// Between two looks at whether to stop.
const PAUSE: Duration = Duration::from_millis(50);

/// Read by a thread of its own: a read cannot be interrupted, but it can be left behind.
pub(super) struct Standard<'s> {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    given: usize,
    stop: &'s AtomicBool,
}

impl<'s> Standard<'s> {
    pub(super) fn open(stop: &'s AtomicBool) -> io::Result<Self> {
        Self::of(io::stdin(), stop)
    }

    fn of(mut source: impl Read + Send + 'static, stop: &'s AtomicBool) -> io::Result<Self> {
        let (sender, chunks) = sync_channel(2);
        let read = move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = match source.read(&mut chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Ok(0) => break,
                    Ok(len) => {
                        chunk.truncate(len);
                        Ok(chunk)
                    }
                    Err(error) => Err(error),
                };
                let last = read.is_err();
                if sender.send(read).is_err() || last {
                    break;
                }
            }
        };
        thread::Builder::new().spawn(read)?;
        Ok(Self { chunks, chunk: Vec::new(), given: 0, stop })
    }
}

impl Read for Standard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.chunk.len() {
            match self.chunks.recv_timeout(PAUSE) {
                Ok(chunk) => (self.chunk, self.given) = (chunk?, 0),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Relaxed) => {
                    return Err(io::Error::other("interrupted"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        let read = (&self.chunk[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_source_is_read_and_a_silent_one_is_left() {
        let text: Vec<u8> = (0..=255).cycle().take(3 * CHUNK + 7).collect();
        let stop = AtomicBool::new(false);
        let mut read = Vec::new();
        let source = io::Cursor::new(text.clone());
        Standard::of(source, &stop).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == text);
        stop.store(true, Ordering::Relaxed);
        let (silent, _kept) = io::pipe().unwrap();
        assert!(Standard::of(silent, &stop).unwrap().read(&mut [0]).is_err());
    }
}
