//! Containers: what a file's first bytes say that it is. Names are never asked.

use serde::{Deserialize, Serialize};

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Container {
    /// The bytes themselves: text, or a binary log such as EVTX.
    Plain,
    /// Something that is unpacked.
    Packed(Packing),
    /// Something that is known but not read.
    NotRead(Known),
}

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Packing {
    /// gzip, RFC 1952: any number of members one after another.
    Gzip,
    /// Zstandard, RFC 8878: any number of frames one after another.
    Zstd,
    /// bzip2: any number of streams one after another.
    Bzip2,
    /// xz: any number of streams one after another.
    Xz,
    /// LZMA alone, the format before xz.
    Lzma,
    /// LZ4 frames, any number one after another.
    Lz4,
    /// zip.
    Zip,
    /// tar.
    Tar,
    /// 7-Zip.
    SevenZip,
}

/// Kinds of file that are recognised so that the report can say what to do with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Known {
    /// A document of an office program: docx, xlsx, pptx.
    Office,
    /// RAR.
    Rar,
    /// compress, `.Z`.
    Compress,
    /// PDF.
    Pdf,
    /// SQLite database.
    Sqlite,
    /// Log of a Pulse Secure or Ivanti gateway in its own form, `.vc0`.
    Pulse,
}

impl Known {
    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Office => "Office",
            Self::Rar => "RAR",
            Self::Compress => "compress (.Z)",
            Self::Pdf => "PDF",
            Self::Sqlite => "SQLite",
            Self::Pulse => "Pulse Secure (.vc0)",
        }
    }
}

impl Packing {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Lz4 => "lz4",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
        }
    }
}

/// Bytes from which a container can be told: a block of tar is the longest that is looked at.
pub const HEAD_BYTES: usize = 512;

const MAGIC: &[(&[u8], Container)] = &[
    (b"\x1f\x8b\x08", Container::Packed(Packing::Gzip)),
    (b"\x28\xb5\x2f\xfd", Container::Packed(Packing::Zstd)),
    (b"\xfd7zXZ\0", Container::Packed(Packing::Xz)),
    (b"\x04\x22\x4d\x18", Container::Packed(Packing::Lz4)),
    (b"PK\x03\x04", Container::Packed(Packing::Zip)),
    (b"PK\x05\x06", Container::Packed(Packing::Zip)),
    (b"7z\xbc\xaf\x27\x1c", Container::Packed(Packing::SevenZip)),
    (b"Rar!\x1a\x07", Container::NotRead(Known::Rar)),
    (b"\x1f\x9d", Container::NotRead(Known::Compress)),
    (b"%PDF-", Container::NotRead(Known::Pdf)),
    (b"SQLite format 3\0", Container::NotRead(Known::Sqlite)),
];

impl Container {
    /// What the first bytes say; `HEAD_BYTES` of them are enough.
    pub fn of(head: &[u8]) -> Self {
        if is_office(head) {
            return Self::NotRead(Known::Office);
        }
        if let Some((_, container)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return *container;
        }
        if is_pulse(head) {
            Self::NotRead(Known::Pulse)
        } else if is_bzip2(head) {
            Self::Packed(Packing::Bzip2)
        } else if is_tar(head) {
            Self::Packed(Packing::Tar)
        } else if is_lzma(head) {
            Self::Packed(Packing::Lzma)
        } else {
            Self::Plain
        }
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Packed(packing) => packing.name(),
            Self::NotRead(known) => known.name(),
        }
    }
}

/// Whether a source needs walking at all. Others are read as they are and can be cut into shards.
pub fn is_packed(head: &[u8]) -> bool {
    matches!(Container::of(head), Container::Packed(_))
}

/// Office programs write the list of content types as the first entry.
fn is_office(head: &[u8]) -> bool {
    let name = head.get(30..);
    head.starts_with(b"PK\x03\x04") && name.is_some_and(|n| n.starts_with(b"[Content_Types].xml"))
}

/// Two small numbers, and nothing for the rest of the block.
fn is_pulse(head: &[u8]) -> bool {
    let rest = head.strip_prefix(b"\x05\0\0\0\x01\0\0\0");
    rest.is_some_and(|rest| rest.len() >= 500 && rest.iter().all(|byte| *byte == 0))
}

/// The magic of the file, and that of its first block or of its end.
fn is_bzip2(head: &[u8]) -> bool {
    let block = head.get(4..10);
    head.starts_with(b"BZh")
        && matches!(head.get(3), Some(b'1'..=b'9'))
        && matches!(block, Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90"))
}

/// A first header with a valid checksum.
fn is_tar(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(super::tar::is_header)
}

/// LZMA alone has no magic: properties in range, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size
/// that is unknown or under 256 GiB, and the zero byte that begins its range coder.
fn is_lzma(head: &[u8]) -> bool {
    let Some(head) = head.first_chunk::<14>() else { return false };
    let dictionary = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    let size = head[5..13].iter().rev().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
    let is_round = dictionary.count_ones() == 1
        || (dictionary.count_ones() == 2 && dictionary & (dictionary >> 1) != 0);
    head[0] < 225
        && dictionary >= 1 << 12
        && is_round
        && (size == u64::MAX || size < 1 << 38)
        && head[13] == 0
}
