//! Files and how they are cut into units of work.

mod blocks;
mod queue;
mod standard;
mod streams;

pub(crate) use blocks::read_block;
pub(crate) use queue::{BLOCK, Queue, Unit};
pub(crate) use streams::{Chunks, Counted, decompressed};

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use standard::Standard;

use crate::arrow::ArrowFile;
use crate::damaged::caught;

/// How the rows of a file are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Lines,
    /// The same, compressed.
    Gzip,
    /// The same, compressed.
    Zstd,
    /// Apache Parquet.
    Parquet,
    /// An Arrow IPC file.
    ArrowFile,
    /// An Arrow IPC stream.
    ArrowStream,
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in reports and in the order of files.
    pub name: String,
    /// Where it lies; nothing for standard input.
    pub path: Option<PathBuf>,
    /// Its place among all files, in the order of their names.
    pub number: u32,
    /// How its rows are stored.
    pub format: Format,
    /// Its size in bytes; 0 where it is not known.
    pub size: u64,
    /// The part of it to read: bytes of lines, or numbers of parts of columns. By default all.
    pub range: Option<(u64, u64)>,
}

impl Input {
    /// Looks at a file, and tells its format by its first bytes.
    pub fn open(path: &Path, number: u32) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut start = Vec::new();
        file.by_ref().take(16).read_to_end(&mut start)?;
        let format = format(&start);
        let name = path.to_string_lossy().into_owned();
        Ok(Self { name, path: Some(path.to_owned()), number, format, size, range: None })
    }

    /// Standard input: lines, plain or compressed, or an Arrow stream, which it is told apart by
    /// when it is read.
    pub fn standard(number: u32) -> Self {
        let name = "<stdin>".to_owned();
        Self { name, path: None, number, format: Format::Lines, size: 0, range: None }
    }

    /// How it can be cut up: its bytes where it holds plain lines, or its parts; nothing where
    /// it can only be read from end to end.
    pub fn extent(&self) -> Option<u64> {
        match self.format {
            Format::Lines => self.path.as_ref().map(|_| self.size),
            Format::Parquet | Format::ArrowFile => Some(Opened::of(self).parts() as u64),
            Format::Gzip | Format::Zstd | Format::ArrowStream => None,
        }
    }

    /// Reading ends with an error soon after `stop` is set.
    pub(crate) fn reader<'s>(&self, stop: &'s AtomicBool) -> io::Result<Box<dyn Read + 's>> {
        match &self.path {
            Some(path) => Ok(Box::new(File::open(path)?)),
            None => Ok(Box::new(Standard::open(stop)?)),
        }
    }
}

/// What is known of a file before it is read.
pub(crate) enum Opened {
    /// Nothing more.
    Lines,
    /// A Parquet file.
    Parquet(crate::parquet::Reader),
    /// An Arrow file.
    Arrow(ArrowFile),
    /// A file of columns that cannot be read.
    Broken(String),
}

impl Opened {
    pub(crate) fn of(input: &Input) -> Self {
        let opened = match (input.format, &input.path) {
            (Format::Parquet, Some(path)) => crate::parquet::Reader::open(path)
                .and_then(crate::parquet::Reader::with_views)
                .map(Self::Parquet),
            (Format::ArrowFile, Some(path)) => caught(|| ArrowFile::open(path)).map(Self::Arrow),
            _ => return Self::Lines,
        };
        opened.unwrap_or_else(|error| Self::Broken(error.to_string()))
    }

    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::Lines => 0,
            Self::Parquet(reader) => reader.parts(),
            Self::Arrow(file) => file.starts().len() - 1,
            Self::Broken(_) => 1,
        }
    }
}

/// The format of a file that begins like this.
pub(crate) fn format(start: &[u8]) -> Format {
    const MAGIC: [(&[u8], Format); 5] = [
        (&[0x1f, 0x8b], Format::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Format::Zstd),
        (b"PAR1", Format::Parquet),
        (b"ARROW1", Format::ArrowFile),
        // The continuation marker before the schema message.
        (&[0xff, 0xff, 0xff, 0xff], Format::ArrowStream),
    ];
    // A frame that is passed over, as the first one of `pzstd` is.
    if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] = start {
        return Format::Zstd;
    }
    let known = MAGIC.iter().find(|(magic, _)| start.starts_with(magic));
    known.map_or(Format::Lines, |&(_, format)| format)
}
