//! Containers: what a file's first bytes say that it is, and the stream inside.
//!
//! A damaged container delivers all that can still be unpacked, then the fault. gzip: RFC 1952,
//! any number of members one after another, as rotation and `cat` produce them.

use super::{ReadAt, ReadError, read_full};
use crate::base::limits::READ_BYTES;
use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// The bytes themselves.
    Plain,
    /// gzip.
    Gzip,
    /// Something that is known but not read, such as a zip archive.
    NotRead(Known),
}

/// Kinds of file that are recognised so that the report can say what to do with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Known {
    /// zip, and everything built on it (docx, xlsx, jar).
    Zip,
    /// 7-Zip.
    SevenZip,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
    /// bzip2.
    Bzip2,
    /// Windows event log.
    Evtx,
    /// PDF.
    Pdf,
    /// SQLite database.
    Sqlite,
    /// Text in UTF-16.
    Utf16,
}

impl Known {
    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Evtx => "EVTX",
            Self::Pdf => "PDF",
            Self::Sqlite => "SQLite",
            Self::Utf16 => "UTF-16",
        }
    }
}

const MAGIC: &[(&[u8], Container)] = &[
    (b"\x1f\x8b\x08", Container::Gzip),
    (b"PK\x03\x04", Container::NotRead(Known::Zip)),
    (b"7z\xbc\xaf\x27\x1c", Container::NotRead(Known::SevenZip)),
    (b"\xfd7zXZ\0", Container::NotRead(Known::Xz)),
    (b"\x28\xb5\x2f\xfd", Container::NotRead(Known::Zstd)),
    (b"BZh", Container::NotRead(Known::Bzip2)),
    (b"ElfFile\0", Container::NotRead(Known::Evtx)),
    (b"%PDF-", Container::NotRead(Known::Pdf)),
    (b"SQLite format 3\0", Container::NotRead(Known::Sqlite)),
    (b"\xff\xfe", Container::NotRead(Known::Utf16)),
    (b"\xfe\xff", Container::NotRead(Known::Utf16)),
];

impl Container {
    /// What the first bytes say.
    pub fn of(head: &[u8]) -> Self {
        MAGIC
            .iter()
            .find(|(magic, _)| head.starts_with(magic))
            .map_or(Self::Plain, |(_, container)| *container)
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::NotRead(known) => known.name(),
        }
    }
}

/// Why a stream ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// Byte in the source, as far as it had been read.
    pub offset: u64,
    /// What the system said; empty where the kind says all.
    pub what: String,
}

/// Kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FaultKind {
    /// The source could not be read.
    Unreadable,
    /// The source is shorter than it was when it was given.
    Shrank,
    /// A gzip member ends before its end.
    TruncatedGzip,
    /// A gzip member is damaged.
    CorruptGzip,
    /// After the last gzip member come bytes that are none.
    TrailingBytes,
    /// A worker failed twice at this part.
    Internal,
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self { kind: FaultKind::Unreadable, offset: error.offset, what: error.what }
    }
}

/// The unpacked bytes of a gzip source, from the start.
pub struct Unpacked<'a> {
    decoder: MultiGzDecoder<Feed<'a>>,
    state: Rc<RefCell<FeedState>>,
    /// A fault that was met behind bytes that had to be delivered first.
    pending: Option<Fault>,
}

/// What the feed knows that the decoder does not pass on.
#[derive(Default)]
struct FeedState {
    consumed: u64,
    ended: bool,
    error: Option<ReadError>,
}

impl<'a> Unpacked<'a> {
    /// Unpacks a source of a known size.
    pub fn new(source: &'a dyn ReadAt, size: u64) -> Self {
        let state = Rc::new(RefCell::new(FeedState::default()));
        let feed = Feed { source, size, buffer: Vec::new(), at: 0, state: Rc::clone(&state) };
        Self { decoder: MultiGzDecoder::new(feed), state, pending: None }
    }

    /// Bytes of the source consumed so far.
    pub fn consumed(&self) -> u64 {
        self.state.borrow().consumed
    }

    /// Fills `into` as far as the stream goes. Zero at its end.
    pub fn fill(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        if let Some(fault) = self.pending.take() {
            return Err(fault);
        }
        let mut filled = 0;
        while filled < into.len() {
            match self.decoder.read(&mut into[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if filled > 0 => {
                    self.pending = Some(self.fault(&error));
                    break;
                }
                Err(error) => return Err(self.fault(&error)),
            }
        }
        Ok(filled)
    }

    fn fault(&self, error: &io::Error) -> Fault {
        let state = self.state.borrow();
        if let Some(error) = &state.error {
            return error.clone().into();
        }
        let kind = match error.kind() {
            io::ErrorKind::UnexpectedEof => FaultKind::TruncatedGzip,
            _ if error.to_string().contains("header") => FaultKind::TrailingBytes,
            _ if state.ended && state.consumed > 0 && error.to_string().contains("EOF") => {
                FaultKind::TruncatedGzip
            }
            _ => FaultKind::CorruptGzip,
        };
        Fault { kind, offset: state.consumed, what: error.to_string() }
    }
}

/// Feeds a decoder from a source.
struct Feed<'a> {
    source: &'a dyn ReadAt,
    size: u64,
    buffer: Vec<u8>,
    at: usize,
    state: Rc<RefCell<FeedState>>,
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            let mut state = self.state.borrow_mut();
            let left = self.size.saturating_sub(state.consumed);
            let want = READ_BYTES.min(usize::try_from(left).unwrap_or(READ_BYTES));
            self.buffer.resize(want, 0);
            self.at = 0;
            match read_full(self.source, state.consumed, &mut self.buffer) {
                Ok(count) => {
                    self.buffer.truncate(count);
                    state.ended = count == 0;
                }
                Err(error) => {
                    self.buffer.clear();
                    state.error = Some(error);
                    return Err(io::Error::other("the source could not be read"));
                }
            }
        }
        Ok(self.buffer.get(self.at..).unwrap_or(&[]))
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.buffer.len());
        self.state.borrow_mut().consumed += count as u64;
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let buffered = self.fill_buf()?;
        let count = buffered.len().min(into.len());
        into[..count].copy_from_slice(&buffered[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8]) -> (Vec<u8>, Option<FaultKind>) {
        let packed = packed.to_vec();
        let mut unpacked = Unpacked::new(&packed, packed.len() as u64);
        let (mut all, mut buffer) = (Vec::new(), [0; 7]);
        loop {
            match unpacked.fill(&mut buffer) {
                Ok(0) => return (all, None),
                Ok(count) => all.extend_from_slice(&buffer[..count]),
                Err(fault) => return (all, Some(fault.kind)),
            }
        }
    }

    #[test]
    fn members_follow_one_another() {
        let packed = [member(b"one\n"), member(b""), member(b"two\n")].concat();
        assert_eq!(unpack(&packed), (b"one\ntwo\n".to_vec(), None));
    }

    #[test]
    fn a_cut_file_delivers_what_it_has() {
        let text: Vec<u8> = (0..20_000u32).flat_map(|i| i.to_string().into_bytes()).collect();
        let packed = member(&text);
        let (all, fault) = unpack(&packed[..packed.len() / 2]);
        assert!(text.starts_with(&all) && all.len() > text.len() / 4, "{}", all.len());
        assert_eq!(fault, Some(FaultKind::TruncatedGzip));
    }

    #[test]
    fn damage_and_trailing_bytes_are_told_apart() {
        let mut damaged = member(b"hello hello hello hello\n");
        let crc = damaged.len() - 6;
        damaged[crc] ^= 0xff;
        assert_eq!(unpack(&damaged).1, Some(FaultKind::CorruptGzip));
        let trailing = [member(b"one\n"), b"and then no gzip at all".to_vec()].concat();
        assert_eq!(unpack(&trailing), (b"one\n".to_vec(), Some(FaultKind::TrailingBytes)));
    }
}
