//! What was given: sources, random access to their bytes, and the streams inside them.

mod codec;
mod container;
mod encoding;
mod fault;
mod feed;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod reader;
mod seven;
mod tar;
mod walk;
mod zip;

pub use container::{Container, HEAD_BYTES, Known, Packing, is_packed};
pub use encoding::{Detected, Encoding, Utf8Reader, decode, detect};
pub use fault::{Fault, FaultKind, LeftOut, Reason};
pub use walk::{Entry, Limits, Met, Options, Visit, Walked, walk};

use std::io::{self, Read};

/// Random access to the bytes of one source: a file on disk, a `File` of the page, bytes in a test.
pub trait ReadAt {
    /// Fills `into` from `offset` on. Returns how many bytes were read: fewer than asked for only
    /// at the end of the source.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError>;
}

/// A source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not be read at byte {offset}: {what}")]
pub struct ReadError {
    /// First byte that could not be read.
    pub offset: u64,
    /// What the system said.
    pub what: String,
}

impl ReadAt for [u8] {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let rest = &self[from..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        self.as_slice().read_at(offset, into)
    }
}

/// Reads until `into` is full or the stream ends: how much was read, and the error that ended it
/// early.
pub(crate) fn fill(reader: &mut dyn Read, into: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < into.len() {
        match reader.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// Reads until `into` is full or the source ends.
pub fn read_full(source: &dyn ReadAt, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
    let mut filled = 0;
    while filled < into.len() {
        let count = source.read_at(offset + filled as u64, &mut into[filled..])?;
        if count == 0 {
            break;
        }
        filled += count;
    }
    Ok(filled)
}
