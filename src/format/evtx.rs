//! Windows event logs (EVTX): the events of a chunk, from binary XML straight into pairs.
//!
//! A file is a header of [`HEADER`] bytes and chunks of [`CHUNK`] bytes. A chunk holds all that
//! its records need: the names, and the templates that they fill with values. The pairs are those
//! that [`crate::text::json`] reads from the same event as evtx_dump writes it in JSON, in the form
//! of most files that go round: identifiers in capitals without braces, times to the microsecond,
//! texts without white space at their end, and `EventData` by the names of its `Data`.
//!
//! The reader is total. Whatever the bytes are, it ends, a record makes at most 1 MiB and a chunk
//! 16 MiB; what would make more is handed on as not understood. Behind damage it goes on at the
//! next whole record.

mod expand;
mod template;
mod value;

use crate::text::Pairs;
use bumpalo::Bump;
use expand::Expander;
use memchr::memmem;

/// Bytes of the file header.
pub const HEADER: usize = 4_096;
/// Bytes of a chunk.
pub const CHUNK: usize = 65_536;

/// A record of a chunk.
#[derive(Debug)]
pub struct EvtxRecord<'a> {
    /// Bytes of the chunk before it.
    pub offset: usize,
    /// Its bytes.
    pub length: usize,
    /// The event record's id; 0 where it cannot be read.
    pub number: u64,
    /// What it says, or why it was not understood.
    pub pairs: Result<Pairs<'a>, String>,
}

/// What the bytes of a chunk are worth, whatever its records say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// As it was written.
    Intact,
    /// Changed, cut, or not written to the end; with the reason.
    Damaged(String),
    /// Never used.
    Empty,
}

/// Where a chunk is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset} of the chunk: expected {expected}")]
struct Error {
    offset: usize,
    expected: &'static str,
}

/// Bytes of a chunk's header; the records follow.
const CHUNK_HEADER: usize = 512;
/// What a chunk begins with.
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
/// What a record begins with.
const RECORD_MAGIC: &[u8] = b"\x2a\x2a\0\0";
/// Bytes of a record before its binary XML: magic, size, id, time of writing.
const RECORD_HEADER: usize = 24;
/// Bytes of the size that a record repeats at its end.
const RECORD_TRAILER: usize = 4;
/// Flag of a chunk that was being written.
const IS_DIRTY: u32 = 1;
/// Flag of a chunk without checksums.
const HAS_NO_CHECKSUMS: u32 = 4;

/// Hands on every record of a chunk, in order; of damaged ones the reason. What of the chunk is
/// in no record is filler: nobody wrote a live event there.
pub fn records<'a>(
    chunk: &'a [u8],
    arena: &'a Bump,
    take: &mut dyn FnMut(EvtxRecord<'a>),
) -> ChunkState {
    if is_blank(chunk) {
        return ChunkState::Empty;
    }
    let mut damage = damage(chunk);
    // Where the header says that the records end, if it can be believed.
    let stated = stated_end(chunk);
    let end = stated.unwrap_or(chunk.len());
    let mut expander = Expander::new(chunk, arena);
    let mut at = CHUNK_HEADER;
    let mut last = None;
    loop {
        let error = match Record::at(chunk, at) {
            // The header of a chunk that was copied while in use is older than its records. What
            // is left of an earlier use does not carry on the numbers.
            Ok(record) if at < end || last.is_some_and(|last: u64| last + 1 == record.number) => {
                let pairs = expander.record(record.inside()).map_err(|error| error.to_string());
                let Record { offset, length, number } = record;
                take(EvtxRecord { offset, length, number, pairs });
                last = Some(number).filter(|&number| number < u64::MAX);
                at += length;
                continue;
            }
            Ok(_) => break,
            Err(error) => error,
        };
        let next = next_whole(chunk, at + 1, end);
        let behind = next.unwrap_or(end);
        if at >= end || next.is_none() && (stated.is_none() || is_blank(&chunk[at..behind])) {
            break;
        }
        let (number, pairs) = (number(chunk, at), Err(error.to_string()));
        take(EvtxRecord { offset: at, length: behind - at, number, pairs });
        damage.get_or_insert(error.to_string());
        at = behind;
    }
    damage.map_or(ChunkState::Intact, ChunkState::Damaged)
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

/// What is wrong with a chunk by its own header.
fn damage(chunk: &[u8]) -> Option<String> {
    if !chunk.starts_with(CHUNK_MAGIC) {
        return Some("the chunk has no header".to_owned());
    }
    if chunk.len() < CHUNK {
        return Some(format!("the chunk has {} of {CHUNK} bytes", chunk.len()));
    }
    let flags = u32_at(chunk, 120)?;
    if flags & IS_DIRTY != 0 {
        return Some("the chunk was being written".to_owned());
    }
    if flags & HAS_NO_CHECKSUMS != 0 {
        return None;
    }
    if !header_holds(chunk) {
        return Some("the checksum of the chunk's header does not fit".to_owned());
    }
    let Some(end) = stated_end(chunk) else {
        return Some("the chunk's header gives an impossible end".to_owned());
    };
    (u32_at(chunk, 52) != Some(checksum(&[&chunk[CHUNK_HEADER..end]])))
        .then(|| "the checksum of the chunk's records does not fit".to_owned())
}

/// Whether a header's checksum fits, or it has none.
fn header_holds(chunk: &[u8]) -> bool {
    let (Some(flags), Some(stated)) = (u32_at(chunk, 120), u32_at(chunk, 124)) else {
        return false;
    };
    let parts = chunk.get(..120).zip(chunk.get(128..CHUNK_HEADER));
    flags & HAS_NO_CHECKSUMS != 0
        || parts.is_some_and(|(first, second)| stated == checksum(&[first, second]))
}

/// The end of the records by the header, where that can be believed.
fn stated_end(chunk: &[u8]) -> Option<usize> {
    let end = usize::try_from(u32_at(chunk, 48)?).ok()?;
    let fits = chunk.starts_with(CHUNK_MAGIC) && (CHUNK_HEADER..=CHUNK).contains(&end);
    (fits && header_holds(chunk)).then(|| end.min(chunk.len()))
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let mut crc = flate2::Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}

/// Place and number of a whole record.
struct Record {
    offset: usize,
    length: usize,
    number: u64,
}

impl Record {
    /// The record at a place. Its size stands at both ends.
    fn at(chunk: &[u8], offset: usize) -> Result<Self, Error> {
        let expected = |expected| Error { offset, expected };
        let bytes = chunk.get(offset..).unwrap_or_default();
        if !bytes.starts_with(RECORD_MAGIC) {
            return Err(expected("a record"));
        }
        let size = u32_at(bytes, 4).ok_or(expected("a record's header"))?;
        let length = usize::try_from(size).map_err(|_| expected("a record's size"))?;
        if length < RECORD_HEADER + RECORD_TRAILER || length > bytes.len() {
            return Err(expected("a record inside the chunk"));
        }
        if u32_at(bytes, length - RECORD_TRAILER) != Some(size) {
            return Err(expected("a record with its size at its end"));
        }
        Ok(Self { offset, length, number: number(chunk, offset) })
    }

    /// Where its binary XML is.
    const fn inside(&self) -> std::ops::Range<usize> {
        self.offset + RECORD_HEADER..self.offset + self.length - RECORD_TRAILER
    }
}

/// The id of what may be a record; 0 where there is none.
fn number(chunk: &[u8], offset: usize) -> u64 {
    let bytes = chunk.get(offset..).unwrap_or_default();
    let id = bytes.get(8..).and_then(|bytes| bytes.first_chunk());
    id.filter(|_| bytes.starts_with(RECORD_MAGIC)).map_or(0, |id| u64::from_le_bytes(*id))
}

/// The next whole record that begins in a range.
fn next_whole(chunk: &[u8], from: usize, to: usize) -> Option<usize> {
    let bytes = chunk.get(from..to)?;
    memmem::find_iter(bytes, RECORD_MAGIC)
        .map(|found| from + found)
        .find(|&at| Record::at(chunk, at).is_ok())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests;
