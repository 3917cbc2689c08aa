//! Arrow IPC files and streams, whose lengths are believed only as far as there are bytes.
//!
//! Arrow's own readers make room for what a length says before they read, and a length that is
//! damaged then ends the process. Here its decoders are given bytes that are there.
//! <https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc>

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, StreamDecoder, read_footer_length};
use arrow_ipc::{Block, Message, root_as_footer, root_as_message};

const CONTINUATION: [u8; 4] = [0xff; 4];
/// The length of a footer and the magic bytes.
const TRAILER: usize = 10;
/// What room is made for at once: more comes as it is read.
const ROOM: u64 = 64 << 20;
/// What one packed buffer may unpack to, at most, and from each of its bytes: four of zstd's
/// write as much as 128 KiB.
const MOST_UNPACKED: u64 = 4 << 30;
const UNPACKED: u64 = 1 << 16;

fn damaged(what: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged: {what}"))
}

/// An Arrow file.
#[derive(Debug)]
pub(crate) struct ArrowFile {
    path: PathBuf,
    decoder: FileDecoder,
    blocks: Vec<Block>,
    /// The first row of each batch, and how many rows there are.
    starts: Vec<u64>,
}

impl ArrowFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let footer = footer(&mut file, size)?;
        let footer = root_as_footer(&footer).map_err(damaged)?;
        let schema = footer.schema().ok_or_else(|| damaged("the file has no schema"))?;
        let mut decoder = FileDecoder::new(Arc::new(fb_to_schema(schema)), footer.version());
        for block in footer.dictionaries().iter().flatten() {
            let bytes = Buffer::from(read_block(&mut file, block)?);
            decoder.read_dictionary(block, &bytes).map_err(io::Error::other)?;
        }
        let blocks: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
        let (mut starts, mut rows) = (vec![0], 0_u64);
        for block in &blocks {
            let metadata = metadata(&mut file, block)?;
            let batch = message(&metadata)?.header_as_record_batch();
            let length = batch.and_then(|batch| u64::try_from(batch.length()).ok());
            let all = length.and_then(|length| rows.checked_add(length));
            rows = all.ok_or_else(|| damaged("a batch does not tell its rows"))?;
            starts.push(rows);
        }
        Ok(Self { path: path.to_owned(), decoder, blocks, starts })
    }

    /// The first row of each batch, and how many rows there are.
    pub(crate) fn starts(&self) -> &[u64] {
        &self.starts
    }

    /// Reads one of its batches.
    pub(crate) fn batch(&self, number: usize) -> io::Result<RecordBatch> {
        let block = &self.blocks[number];
        let bytes = Buffer::from(read_block(&mut File::open(&self.path)?, block)?);
        let batch = self.decoder.read_record_batch(block, &bytes).map_err(io::Error::other)?;
        batch.ok_or_else(|| damaged("no batch where there should be one"))
    }
}

/// A place or length that a file tells.
fn length(told: impl TryInto<u64>) -> io::Result<u64> {
    told.try_into().map_err(|_| damaged("a negative length"))
}

/// The bytes of the footer.
fn footer(file: &mut File, size: u64) -> io::Result<Vec<u8>> {
    let mut trailer = [0; TRAILER];
    let end = size.checked_sub(TRAILER as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut trailer)?;
    let length = read_footer_length(trailer).map_err(io::Error::other)? as u64;
    let start = end.checked_sub(length).ok_or(io::ErrorKind::UnexpectedEof)?;
    file.seek(SeekFrom::Start(start))?;
    exactly(file, length)
}

/// The description of a block.
fn metadata(file: &mut File, block: &Block) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(length(block.offset())?))?;
    exactly(file, length(block.metaDataLength())?)
}

/// A block: its description and what it describes.
fn read_block(file: &mut File, block: &Block) -> io::Result<Vec<u8>> {
    let mut bytes = metadata(file, block)?;
    let told = bytes.len();
    append(file, length(block.bodyLength())?, &mut bytes)?;
    check(&message(&bytes[..told])?, &bytes[told..])?;
    Ok(bytes)
}

/// The message that bytes encapsulate.
fn message(bytes: &[u8]) -> io::Result<Message<'_>> {
    let prefix = if bytes.starts_with(&CONTINUATION) { 8 } else { 4 };
    let bytes = bytes.get(prefix..).ok_or(io::ErrorKind::UnexpectedEof)?;
    root_as_message(bytes).map_err(damaged)
}

/// Reads so many bytes, for which room is made as they come.
fn exactly(reader: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    append(reader, length, &mut bytes)?;
    Ok(bytes)
}

fn append(reader: &mut impl Read, length: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.reserve(usize::try_from(length.min(ROOM)).unwrap_or(0));
    let read = reader.take(length).read_to_end(bytes)? as u64;
    if read < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Whether all buffers lie in the body, and none unpacks to more than it can.
fn check(message: &Message<'_>, body: &[u8]) -> io::Result<()> {
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    let packed = batch.compression().is_some();
    for buffer in batch.buffers().iter().flatten() {
        let range =
            usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
        let bytes = range.and_then(|(from, length)| body.get(from..from.checked_add(length)?));
        let bytes = bytes.ok_or_else(|| damaged("a buffer outside of its batch"))?;
        if let Some(told) = bytes.first_chunk().filter(|_| packed) {
            // Minus one where it is not packed after all.
            let told = u64::try_from(i64::from_le_bytes(*told)).unwrap_or(0);
            if told > MOST_UNPACKED.min(bytes.len() as u64 * UNPACKED) {
                return Err(damaged(format!("a buffer of {told} bytes in {}", bytes.len())));
            }
        }
    }
    Ok(())
}

/// The batches of an Arrow stream.
pub(crate) struct Batches<R> {
    reader: R,
    decoder: StreamDecoder,
    /// What is left of the message that was read last.
    left: Buffer,
}

impl<R: Read> Batches<R> {
    pub(crate) fn of(reader: R) -> Self {
        Self { reader, decoder: StreamDecoder::new(), left: Buffer::from([]) }
    }

    fn batch(&mut self) -> io::Result<Option<RecordBatch>> {
        loop {
            if self.left.is_empty() {
                let Some(message) = self.message()? else { return Ok(None) };
                self.left = Buffer::from(message);
            }
            let batch = self.decoder.decode(&mut self.left).map_err(io::Error::other)?;
            if let Some(batch) = batch {
                return Ok(Some(batch));
            }
        }
    }

    /// The next message with all that belongs to it; nothing at the end.
    fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let reader = &mut self.reader;
        let mut bytes = Vec::new();
        if reader.take(4).read_to_end(&mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes == CONTINUATION {
            append(reader, 4, &mut bytes)?;
        }
        let size = bytes.last_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = u64::from(u32::from_le_bytes(*size));
        if size == 0 {
            return Ok(None);
        }
        append(reader, size, &mut bytes)?;
        let told = bytes.len();
        let body = length(message(&bytes)?.bodyLength())?;
        append(reader, body, &mut bytes)?;
        check(&message(&bytes[..told])?, &bytes[told..])?;
        Ok(Some(bytes))
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = io::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batch().transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use arrow_array::{ArrayRef, DictionaryArray, StringArray, types::Int32Type};
    use arrow_ipc::CompressionType;
    use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

    use super::*;
    use crate::damaged::caught;

    fn batches() -> [RecordBatch; 2] {
        ["of one", "of another"].map(|word| {
            let texts: StringArray = (0..90).map(|i| Some(format!("{word} {}", i % 7))).collect();
            let names: DictionaryArray<Int32Type> = (0..90).map(|_| Some(word)).collect();
            let columns = [("text", Arc::new(texts) as ArrayRef), ("name", Arc::new(names))];
            RecordBatch::try_from_iter(columns).unwrap()
        })
    }

    fn options(packing: Option<CompressionType>) -> IpcWriteOptions {
        IpcWriteOptions::default().try_with_compression(packing).unwrap()
    }

    fn stream(packing: Option<CompressionType>) -> Vec<u8> {
        let all = batches();
        let schema = all[0].schema();
        let mut writer =
            StreamWriter::try_new_with_options(Vec::new(), &schema, options(packing)).unwrap();
        for batch in &all {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner().unwrap()
    }

    fn file(packing: Option<CompressionType>) -> Vec<u8> {
        let all = batches();
        let one = [&all[0], &all[0]];
        let schema = all[0].schema();
        let mut writer =
            FileWriter::try_new_with_options(Vec::new(), &schema, options(packing)).unwrap();
        for batch in one {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner().unwrap()
    }

    fn read_stream(bytes: &[u8]) -> io::Result<Vec<RecordBatch>> {
        caught(|| Batches::of(bytes).collect())
    }

    fn read_file(bytes: &[u8]) -> io::Result<Vec<RecordBatch>> {
        let mut written = tempfile::NamedTempFile::new().unwrap();
        written.write_all(bytes).unwrap();
        caught(|| {
            let file = ArrowFile::open(written.path())?;
            (0..file.starts().len() - 1).map(|number| file.batch(number)).collect()
        })
    }

    const PACKINGS: [Option<CompressionType>; 3] =
        [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)];

    #[test]
    fn what_was_written_is_read() {
        let [one, other] = batches();
        for packing in PACKINGS {
            assert_eq!(read_stream(&stream(packing)).unwrap(), [one.clone(), other.clone()]);
            assert_eq!(read_file(&file(packing)).unwrap(), [one.clone(), one.clone()]);
        }
        assert!(read_stream(b"").unwrap().is_empty());
        assert!(read_file(b"ARROW1").is_err());
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        for packing in PACKINGS {
            let (stream, file) = (stream(packing), file(packing));
            // Without the mark of the end it is whole.
            for end in 1..stream.len() - 8 {
                let all = read_stream(&stream[..end]);
                assert!(all.is_err() || all.unwrap().len() < 2, "{end}");
            }
            for end in (0..file.len()).step_by(7) {
                assert!(read_file(&file[..end]).is_err(), "{end}");
            }
        }
    }

    #[test]
    fn no_length_makes_more_room_than_there_are_bytes() {
        for packing in PACKINGS {
            for told in [1_i64 << 45, 1 << 33, i64::MAX, -1, i64::MIN] {
                for (whole, read) in [
                    (stream(packing), read_stream as fn(&[u8]) -> io::Result<Vec<RecordBatch>>),
                    (file(packing), read_file),
                ] {
                    for at in (0..whole.len() - 8).step_by(8) {
                        let mut bytes = whole.clone();
                        bytes[at..at + 8].copy_from_slice(&told.to_le_bytes());
                        // Whatever it is: that it comes back is what is asked.
                        _ = read(&bytes);
                    }
                }
            }
        }
    }
}
