//! The least that reading lines can cost: the newlines of a file, counted by threads that each
//! read a part of it in blocks. Prints the number of newlines and the seconds it took, one line
//! for every time the file was counted.
//!
//! `cargo run --release -p slm-mux-benches --example count_lines FILE [THREADS] [TIMES]`

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::Instant;

const BLOCK: usize = 512 * 1024;

fn main() -> Result<(), String> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let path = Path::new(given.first().ok_or("a file to read is needed")?);
    for _ in 0..number(given.get(2), 1)? {
        let start = Instant::now();
        let lines = counted(path, number(given.get(1), 2)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{lines} {}", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn number(given: Option<&String>, default: u64) -> Result<u64, String> {
    let read = |text: &String| text.parse().map_err(|_| format!("{text:?} is no number"));
    given.map_or(Ok(default), read)
}

fn counted(path: &Path, threads: u64) -> io::Result<usize> {
    let part = path.metadata()?.len().div_ceil(threads.max(1));
    thread::scope(|scope| {
        let parts: Vec<_> =
            (0..threads).map(|at| scope.spawn(move || count(path, at * part, part))).collect();
        parts.into_iter().map(|part| part.join().expect("counting does not panic")).sum()
    })
}

/// The newlines of `length` bytes from `start` on.
fn count(path: &Path, start: u64, length: u64) -> io::Result<usize> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut part = file.take(length);
    let mut block = vec![0; BLOCK];
    let mut lines = 0;
    loop {
        match part.read(&mut block)? {
            0 => return Ok(lines),
            size => lines += memchr::memchr_iter(b'\n', &block[..size]).count(),
        }
    }
}
