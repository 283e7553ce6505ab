//! Unpacks streams: gzip, Zstandard, bzip2, xz, LZMA, LZ4 frames, and what zip has besides. Members
//! that follow one another are one stream. What can be had is delivered, then the fault.

use super::container::Packing;
use super::fault::{Fault, FaultKind};
use super::feed::{Feed, FeedState};
use super::walk::{Reserved, Shared};
use deflate64::Deflate64Decoder;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

type ZstdDecoder<'a> = StreamingDecoder<Feed<'a>, FrameDecoder>;

/// What a stream is packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    Lzma,
    Lz4,
    /// One deflated stream without a header.
    Deflate,
    /// The same with a window of 64 KiB.
    Deflate64,
    /// LZMA with the header of zip, which unpacks to so many bytes, or up to its mark.
    ZipLzma(u64),
}

impl Codec {
    /// The codec of a stream that is no archive.
    pub(super) fn of(packing: Packing) -> Option<Self> {
        match packing {
            Packing::Gzip => Some(Self::Gzip),
            Packing::Zstd => Some(Self::Zstd),
            Packing::Bzip2 => Some(Self::Bzip2),
            Packing::Xz => Some(Self::Xz),
            Packing::Lzma => Some(Self::Lzma),
            Packing::Lz4 => Some(Self::Lz4),
            Packing::Zip | Packing::Tar | Packing::SevenZip => None,
        }
    }

    /// Bytes to ask of its decoder in one call, where that loses what it unpacked in the call that
    /// meets damage. Deflate, the one in common use, is asked for more: short calls slow it down.
    const fn piece_bytes(self) -> Option<usize> {
        match self {
            Self::Xz | Self::Lzma | Self::ZipLzma(_) | Self::Bzip2 => Some(4 << 10),
            Self::Gzip | Self::Deflate | Self::Deflate64 => Some(16 << 10),
            Self::Zstd | Self::Lz4 => None,
        }
    }

    /// Whether it is a single member, whatever follows.
    fn is_raw(self) -> bool {
        matches!(self, Self::Deflate | Self::Deflate64 | Self::ZipLzma(_))
    }
}

/// The unpacked bytes of a packed stream.
pub(super) struct Unpack<'a> {
    codec: Codec,
    shared: &'a Shared<'a>,
    feed: Rc<FeedState>,
    member: Member<'a>,
    /// The memory of its dictionary.
    dictionary: Option<Reserved<'a>>,
    /// Members that were begun.
    begun: u64,
    /// A fault behind bytes that have to be delivered first.
    pending: Option<Fault>,
    /// The fault that ended it.
    fault: Option<Fault>,
    /// Bytes that were unpacked in a piece of fixed length, and how many were delivered.
    piece: Vec<u8>,
    piece_at: usize,
}

/// The member that is being unpacked, or the feed that waits for the next.
enum Member<'a> {
    Between(Feed<'a>),
    Gzip(Box<GzDecoder<Feed<'a>>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<Feed<'a>>>),
    Zstd(Box<ZstdDecoder<'a>>),
    Xz(Box<XzReader<Feed<'a>>>),
    Lzma(Box<LzmaReader<Feed<'a>>>),
    Lz4(Box<Lz4Decoder<Feed<'a>>>),
    Deflate(Box<DeflateDecoder<Feed<'a>>>),
    Deflate64(Box<Deflate64Decoder<Feed<'a>>>),
    Ended,
}

impl<'a> Unpack<'a> {
    /// Unpacks what the feed brings.
    pub(super) fn new(codec: Codec, feed: Feed<'a>, shared: &'a Shared<'a>) -> Self {
        Self {
            codec,
            shared,
            feed: feed.state(),
            member: Member::Between(feed),
            dictionary: None,
            begun: 0,
            pending: None,
            fault: None,
            piece: Vec::new(),
            piece_at: 0,
        }
    }

    /// Bytes of the current member; zero at its end.
    fn member_bytes(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.member {
            Member::Gzip(decoder) => decoder.read(into),
            Member::Bzip2(decoder) => decoder.read(into),
            Member::Zstd(decoder) => decoder.read(into),
            Member::Xz(decoder) => decoder.read(into),
            Member::Lzma(decoder) => decoder.read(into),
            Member::Lz4(decoder) => decoder.read(into),
            Member::Deflate(decoder) => decoder.read(into),
            Member::Deflate64(decoder) => decoder.read(into),
            Member::Between(_) | Member::Ended => Ok(0),
        }
    }

    /// Leaves a member that has ended. Its own checks have been made, but for two.
    fn end_member(&mut self) -> Result<(), Fault> {
        let feed = match std::mem::replace(&mut self.member, Member::Ended) {
            Member::Between(feed) => feed,
            Member::Gzip(decoder) => decoder.into_inner(),
            Member::Bzip2(decoder) => decoder.into_inner(),
            Member::Xz(decoder) => decoder.into_inner(),
            Member::Lzma(decoder) => decoder.into_inner(),
            Member::Lz4(decoder) => {
                // The decoder takes the end of its input for the end of the frame.
                if self.feed.ran_dry.get() {
                    return Err(self.shared.fault(FaultKind::Truncated, ""));
                }
                decoder.into_inner()
            }
            Member::Zstd(decoder) => {
                let (feed, decoder) = decoder.into_parts();
                let stated = decoder.get_checksum_from_data();
                if stated.is_some() && stated != decoder.get_calculated_checksum() {
                    return Err(self.shared.fault(FaultKind::Corrupt, "checksum mismatch"));
                }
                feed
            }
            Member::Deflate(_) | Member::Deflate64(_) | Member::Ended => return Ok(()),
        };
        drop(self.dictionary.take());
        if !self.codec.is_raw() {
            self.member = Member::Between(feed);
        }
        Ok(())
    }

    /// Begins the next member. False at the end of the stream.
    fn begin_member(&mut self) -> Result<bool, Fault> {
        let Member::Between(mut feed) = std::mem::replace(&mut self.member, Member::Ended) else {
            return Ok(false);
        };
        if self.begun > 0 && !self.pass_padding(&mut feed)? {
            return Ok(false);
        }
        let head = feed.peek(MEMBER_HEAD).map_err(|error| self.fault_of(&error))?;
        if self.begun > 0 && !is_next(self.codec, head) {
            return Err(self.shared.fault(FaultKind::TrailingBytes, ""));
        }
        self.begun += 1;
        self.feed.ran_dry.set(false);
        self.member = match self.codec {
            Codec::Gzip => Member::Gzip(Box::new(GzDecoder::new(feed))),
            Codec::Bzip2 => Member::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(feed))),
            Codec::Lz4 => Member::Lz4(Box::new(Lz4Decoder::new(feed))),
            Codec::Deflate => Member::Deflate(Box::new(DeflateDecoder::new(feed))),
            Codec::Deflate64 => Member::Deflate64(Box::new(Deflate64Decoder::with_buffer(feed))),
            _ => self.begin_with_window(feed)?,
        };
        Ok(true)
    }

    /// Members with a dictionary, which must fit the memory that is left.
    fn begin_with_window(&mut self, mut feed: Feed<'a>) -> Result<Member<'a>, Fault> {
        let head = feed.peek(MEMBER_HEAD).map_err(|error| self.fault_of(&error))?;
        let window = window_bytes(self.codec, head);
        let taken = if self.codec == Codec::Zstd { zstd_buffer(window) } else { window };
        self.dictionary = self.shared.reserve(taken);
        if self.dictionary.is_none() {
            return Err(self.shared.fault(FaultKind::Dictionary, ""));
        }
        // The decoders count their tables as well.
        let limit_kb = u32::try_from((window >> 10) + TABLES_KB).unwrap_or(u32::MAX);
        match self.codec {
            Codec::Zstd => begin_zstd(feed, window)
                .map(|decoder| Member::Zstd(Box::new(decoder)))
                .map_err(|error| match error {
                    FrameDecoderError::WindowSizeTooBig { .. } => {
                        self.shared.fault(FaultKind::Dictionary, "")
                    }
                    error => self.fault_of(&io::Error::other(error.to_string())),
                }),
            Codec::Xz => {
                let decoder = XzReader::new_mem_limit(feed, false, limit_kb);
                Ok(Member::Xz(Box::new(decoder)))
            }
            codec => {
                let mut decoder =
                    begin_lzma(codec, feed, limit_kb).map_err(|error| self.fault_of(&error))?;
                decoder.set_defer_errors(true);
                Ok(Member::Lzma(Box::new(decoder)))
            }
        }
    }

    /// Passes over what may stand between members. False when nothing follows.
    fn pass_padding(&self, feed: &mut Feed<'a>) -> Result<bool, Fault> {
        loop {
            let head = feed.peek(8).map_err(|error| self.fault_of(&error))?;
            if head.is_empty() {
                return Ok(false);
            }
            let is_skippable = self.codec == Codec::Zstd || self.codec == Codec::Lz4;
            if let (true, Some([0x50..=0x5f, 0x2a, 0x4d, 0x18, length @ ..])) =
                (is_skippable, head.first_chunk::<8>())
            {
                let length = u64::from(u32::from_le_bytes(*length)) + 8;
                let skipped = io::copy(&mut feed.take(length), &mut io::sink());
                skipped.map_err(|error| self.fault_of(&error))?;
            } else {
                let zeros = head.iter().take_while(|byte| **byte == 0).count();
                let may_pad = matches!(self.codec, Codec::Gzip | Codec::Xz);
                if !may_pad || zeros == 0 {
                    return Ok(true);
                }
                feed.consume(zeros);
            }
        }
    }

    /// What an error of a decoder means, by what its feed met.
    fn fault_of(&self, error: &io::Error) -> Fault {
        if let Some(fault) = self.feed.fault.borrow().as_ref() {
            return fault.clone();
        }
        let kind = match error.kind() {
            io::ErrorKind::OutOfMemory => FaultKind::Dictionary,
            _ if self.feed.ran_dry.get() => FaultKind::Truncated,
            _ => FaultKind::Corrupt,
        };
        self.shared.fault(kind, &error.to_string())
    }

    fn step(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if matches!(self.member, Member::Between(_)) && !self.begin_member()? {
                return Ok(0);
            }
            match self.member_bytes(into) {
                Ok(0) if matches!(self.member, Member::Ended) => return Ok(0),
                Ok(0) if self.pending.is_some() => return self.pending.take().map_or(Ok(0), Err),
                Ok(0) => self.end_member()?,
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let fault = self.fault_of(&error);
                    if self.pending.is_some() || !self.let_go() {
                        return Err(self.pending.take().unwrap_or(fault));
                    }
                    self.pending = Some(fault);
                }
            }
        }
    }

    /// Makes a damaged frame of Zstandard deliver what its decoder holds back as the window: an
    /// empty last block, with some checksum, ends the frame. False for others.
    fn let_go(&mut self) -> bool {
        let Member::Zstd(decoder) = &mut self.member else { return false };
        let (last, strategy) = ([1, 0, 0, 0, 0, 0, 0], BlockDecodingStrategy::UptoBlocks(1));
        decoder.decoder.is_finished() || decoder.decoder.decode_blocks(&last[..], strategy).is_ok()
    }

    /// Makes calls of a decoder short, and the same whatever is asked for.
    fn by_pieces(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        let Some(length) = self.codec.piece_bytes() else { return self.step(into) };
        if self.piece_at == self.piece.len() {
            let mut piece = std::mem::take(&mut self.piece);
            piece.resize(length, 0);
            let count = self.step(&mut piece)?;
            piece.truncate(count);
            (self.piece, self.piece_at) = (piece, 0);
        }
        let rest = &self.piece[self.piece_at..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.piece_at += count;
        Ok(count)
    }
}

impl Read for Unpack<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if let Some(fault) = &self.fault {
            return Err(fault.clone().into());
        }
        self.by_pieces(into).map_err(|fault| {
            self.member = Member::Ended;
            self.fault = Some(fault.clone());
            fault.into()
        })
    }
}

/// Begins a frame of Zstandard. A decoder that begins its first frame lets its window grow, and holds
/// the old one beside the new while it copies; one that begins another takes it whole, at once.
fn begin_zstd(feed: Feed<'_>, window: u64) -> Result<ZstdDecoder<'_>, FrameDecoderError> {
    const EMPTY: &[u8] = b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00";
    let mut decoder = FrameDecoder::new();
    decoder.init(EMPTY)?;
    decoder.set_max_window_size(window);
    StreamingDecoder::new_with_decoder(feed, decoder)
}

/// Bytes that the decoder of Zstandard takes for a window: a power of two, and two blocks.
fn zstd_buffer(window: u64) -> u64 {
    const BLOCKS: u64 = 2 * (128 << 10);
    window
        .saturating_sub(BLOCKS)
        .checked_next_power_of_two()
        .unwrap_or(u64::MAX)
        .saturating_add(BLOCKS)
}

/// Begins LZMA alone, or with the header of zip: a version, the length of the properties, and these.
fn begin_lzma<'a>(
    codec: Codec,
    mut feed: Feed<'a>,
    limit_kb: u32,
) -> io::Result<LzmaReader<Feed<'a>>> {
    let Codec::ZipLzma(size) = codec else {
        return LzmaReader::new_mem_limit(feed, limit_kb, None);
    };
    let mut header = [0; 9];
    feed.read_exact(&mut header)?;
    let dictionary = u32::from_le_bytes([header[5], header[6], header[7], header[8]]);
    LzmaReader::new_with_props(feed, size, header[4], dictionary, None)
}

/// Bytes from which the size of a member's dictionary is told: an xz block header at its longest.
const MEMBER_HEAD: usize = 12 + 1024;
/// What decoders count besides the dictionary, in KiB.
const TABLES_KB: u64 = 8 << 10;

/// Whether a further member begins here.
fn is_next(codec: Codec, head: &[u8]) -> bool {
    match codec {
        Codec::Gzip => head.starts_with(b"\x1f\x8b"),
        Codec::Bzip2 => head.starts_with(b"BZh"),
        Codec::Zstd => head.starts_with(b"\x28\xb5\x2f\xfd"),
        Codec::Lz4 => head.starts_with(b"\x04\x22\x4d\x18"),
        Codec::Xz => head.starts_with(b"\xfd7zXZ\0"),
        _ => false,
    }
}

/// Bytes of the dictionary that the head of a member asks for. Heads that make no sense get a small
/// one; their decoder says what is wrong.
fn window_bytes(codec: Codec, head: &[u8]) -> u64 {
    let window = match codec {
        Codec::Zstd => zstd_window(head),
        Codec::Xz => xz_window(head),
        Codec::ZipLzma(_) => head.get(5..9).map(little_endian),
        _ => head.get(1..5).map(little_endian),
    };
    window.unwrap_or(0).max(1 << 16)
}

/// RFC 8878, 3.1.1.1: the window, or the content where the frame is a single segment.
fn zstd_window(head: &[u8]) -> Option<u64> {
    let descriptor = *head.get(4)?;
    if descriptor & 0x20 == 0 {
        let byte = u64::from(*head.get(5)?);
        let base = 1u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * (byte & 7));
    }
    let id = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = head.get(5 + id..)?;
    match descriptor >> 6 {
        0 => size.get(..1).map(little_endian),
        1 => size.get(..2).map(|size| little_endian(size) + 256),
        2 => size.get(..4).map(little_endian),
        _ => size.get(..8).map(little_endian),
    }
}

/// The dictionary of the first block: the filter with the id 0x21.
fn xz_window(head: &[u8]) -> Option<u64> {
    let flags = *head.get(13)?;
    let mut at = 14;
    // The sizes of the block, where they are stated, in seven bits a byte.
    for _ in 0..(flags >> 6 & 1) + (flags >> 7) {
        at += head.get(at..)?.iter().position(|byte| byte & 0x80 == 0)? + 1;
    }
    for _ in 0..=(flags & 3) {
        let (id, length) = (*head.get(at)?, usize::from(*head.get(at + 1)?));
        if id == 0x21 {
            return lzma2_dictionary(*head.get(at + 2)?);
        }
        at += 2 + length;
    }
    None
}

/// The dictionary that a property byte of LZMA2 means: 2 or 3 times a power of two.
pub(super) fn lzma2_dictionary(byte: u8) -> Option<u64> {
    (byte <= 40).then(|| (2 | u64::from(byte & 1)) << (byte / 2 + 11))
}

/// A number of up to eight bytes.
pub(super) fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
