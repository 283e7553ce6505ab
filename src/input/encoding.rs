//! Character encodings: telling them by the head of a stream, and turning streams into UTF-8.
//!
//! No byte is lost and none is made up: what cannot be decoded stands in the text as `\xNN`.

use crate::base::limits;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Decoder, DecoderResult, EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Read};

/// How text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, and with it ASCII.
    #[serde(rename = "utf-8", alias = "utf8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le", alias = "utf16_le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be", alias = "utf16_be")]
    Utf16Be,
    /// UTF-32, low byte first.
    #[serde(rename = "utf-32le", alias = "utf32_le")]
    Utf32Le,
    /// UTF-32, high byte first.
    #[serde(rename = "utf-32be", alias = "utf32_be")]
    Utf32Be,
    /// Shift_JIS as Windows writes it (code page 932).
    #[serde(rename = "shift_jis")]
    ShiftJis,
    /// EUC-JP.
    #[serde(rename = "euc-jp", alias = "euc_jp")]
    EucJp,
    /// ISO-2022-JP.
    #[serde(rename = "iso-2022-jp", alias = "iso2022_jp")]
    Iso2022Jp,
    /// Windows-1252, and with it Latin-1.
    #[serde(rename = "windows-1252", alias = "latin1")]
    Latin1,
}

impl Encoding {
    /// Every encoding that is read.
    pub const ALL: [Self; 9] = [
        Self::Utf8,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Utf32Le,
        Self::Utf32Be,
        Self::ShiftJis,
        Self::EucJp,
        Self::Iso2022Jp,
        Self::Latin1,
    ];

    /// Its name as IANA registers it, in small letters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Utf32Le => "utf-32le",
            Self::Utf32Be => "utf-32be",
            Self::ShiftJis => "shift_jis",
            Self::EucJp => "euc-jp",
            Self::Iso2022Jp => "iso-2022-jp",
            Self::Latin1 => "windows-1252",
        }
    }

    /// The byte order mark that text in it may begin with.
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xef\xbb\xbf",
            Self::Utf16Le => b"\xff\xfe",
            Self::Utf16Be => b"\xfe\xff",
            Self::Utf32Le => b"\xff\xfe\0\0",
            Self::Utf32Be => b"\0\0\xfe\xff",
            Self::ShiftJis | Self::EucJp | Self::Iso2022Jp | Self::Latin1 => b"",
        }
    }

    fn decoder(self) -> Option<Decoder> {
        let encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::ShiftJis => SHIFT_JIS,
            Self::EucJp => EUC_JP,
            Self::Iso2022Jp => ISO_2022_JP,
            Self::Latin1 => WINDOWS_1252,
            Self::Utf32Le | Self::Utf32Be => return None,
        };
        Some(encoding.new_decoder_without_bom_handling())
    }
}

/// What a head says of the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The encoding.
    pub encoding: Encoding,
    /// Bytes of the byte order mark that the head begins with.
    pub bom_bytes: usize,
}

/// Tells the encoding by the head of a stream, of which 64 KiB are enough. Text that is all ASCII so
/// far is UTF-8: if other bytes follow, they are met as bytes that are no UTF-8.
pub fn detect(head: &[u8]) -> Detected {
    // The longer mark first: that of UTF-16 begins that of UTF-32.
    let marked = [
        Encoding::Utf32Le,
        Encoding::Utf32Be,
        Encoding::Utf8,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
    ];
    if let Some(encoding) = marked.into_iter().find(|encoding| head.starts_with(encoding.mark())) {
        return Detected { encoding, bom_bytes: encoding.mark().len() };
    }
    let encoding = by_zeros(head).unwrap_or_else(|| by_bytes(head));
    Detected { encoding, bom_bytes: 0 }
}

/// UTF-32 and UTF-16 without a mark: the high bytes of ASCII characters are zero.
fn by_zeros(head: &[u8]) -> Option<Encoding> {
    let mut zeros = [0usize; 4];
    for unit in head.chunks_exact(4) {
        for (count, byte) in zeros.iter_mut().zip(unit) {
            *count += usize::from(*byte == 0);
        }
    }
    let units = head.len() / 4;
    let (all, many) = (units - units / 16, (units / 8).max(1));
    let [first, second, third, fourth] = zeros;
    let is_mostly = |high: usize, low: usize| high >= many && high >= low * 16;
    if units >= 2 && third >= all && fourth >= all && is_mostly(second, first) {
        return Some(Encoding::Utf32Le);
    }
    if units >= 2 && first >= all && second >= all && is_mostly(third, fourth) {
        return Some(Encoding::Utf32Be);
    }
    if is_mostly(second + fourth, first + third) {
        return Some(Encoding::Utf16Le);
    }
    is_mostly(first + third, second + fourth).then_some(Encoding::Utf16Be)
}

/// Encodings whose ASCII is ASCII.
fn by_bytes(head: &[u8]) -> Encoding {
    if head.is_ascii() {
        let switches = [b"\x1b$B".as_slice(), b"\x1b$@"];
        let is_switched = switches.iter().any(|escape| memmem::find(head, escape).is_some());
        return if is_switched { Encoding::Iso2022Jp } else { Encoding::Utf8 };
    }
    // So many of these stand in no text: it is binary, and its bytes are kept.
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x1b);
    if head.iter().filter(is_control).count() * 16 > head.len() {
        return Encoding::Utf8;
    }
    let (good, bad) = utf8_characters(head);
    // A few bytes of something else, such as a scanner's, do not make a log something else.
    if bad * 4 <= good || bad < 3 || is_rare(head) {
        return Encoding::Utf8;
    }
    if has_letters(head) {
        return Encoding::Latin1;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, false);
    let guess = detector.guess(Some(b"jp"), Utf8Detection::Deny);
    if guess == SHIFT_JIS {
        Encoding::ShiftJis
    } else if guess == EUC_JP {
        Encoding::EucJp
    } else {
        Encoding::Utf8
    }
}

/// Whether lines that are no UTF-8 are so few that the log is not written in their encoding.
fn is_rare(head: &[u8]) -> bool {
    let lines = head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let (all, bad) = lines.fold((0, 0), |(all, bad), line| {
        (all + 1, bad + usize::from(str::from_utf8(line).is_err()))
    });
    // The head may cut the last one.
    bad * 50 <= all
}

/// Characters of more than one byte, and bytes that are no UTF-8. What the head cuts off in its
/// middle counts as neither.
fn utf8_characters(head: &[u8]) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = head.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut = chunks.peek().is_none() && is_beginning(chunk.invalid());
        bad += if is_cut { 0 } else { chunk.invalid().len() };
    }
    // Halves of surrogate pairs that were written one by one are no UTF-8, but meant to be.
    let is_half = |bytes: &&[u8]| matches!(bytes, [0xed, 0xa0..=0xbf, 0x80..=0xbf]);
    let halves = head.windows(3).filter(is_half).count();
    (good + halves, bad.saturating_sub(halves * 3))
}

/// Whether the last bytes of a head begin a character that would have been longer.
fn is_beginning(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Whether most bytes beyond ASCII would be letters of Latin-1 that stand alone beside ASCII letters,
/// as in words. Those of Japanese stand together, and those of Shift_JIS are mostly under 0xc0.
fn has_letters(head: &[u8]) -> bool {
    let at = |at: Option<usize>| at.and_then(|at| head.get(at)).copied().unwrap_or(b' ');
    let (mut beyond, mut letters) = (0usize, 0usize);
    for (place, byte) in head.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        let (before, behind) = (at(place.checked_sub(1)), at(place.checked_add(1)));
        let is_alone = before.is_ascii() && behind.is_ascii();
        let is_beside = before.is_ascii_alphabetic() || behind.is_ascii_alphabetic();
        beyond += 1;
        letters += usize::from(*byte >= 0xc0 && is_alone && is_beside);
    }
    letters * 4 >= beyond * 3
}

/// Bytes of a stream that are decoded at once.
const PIECE: usize = 16 << 10;
/// Bytes that a malformed sequence, with what a decoder reads behind it, reaches back at most.
const RECENT: usize = 8;

/// Turns pieces of text into UTF-8, the same whatever the pieces are.
struct Transcoder {
    encoding: Encoding,
    /// None for UTF-32, which is decoded here.
    decoder: Option<Decoder>,
    /// The first bytes while they may still be a mark; the beginning of a unit of UTF-32.
    held: Vec<u8>,
    is_begun: bool,
    /// The last bytes that the decoder has read.
    recent: Vec<u8>,
}

impl Transcoder {
    fn new(encoding: Encoding) -> Self {
        let decoder = encoding.decoder();
        Self { encoding, decoder, held: Vec::new(), is_begun: false, recent: Vec::new() }
    }

    /// Appends the text of further bytes, which may be the last.
    fn push(&mut self, bytes: &[u8], is_last: bool, out: &mut Vec<u8>) {
        if self.is_begun {
            return self.decode(bytes, is_last, out);
        }
        self.held.extend_from_slice(bytes);
        let mark = self.encoding.mark();
        if self.held.len() < mark.len() && mark.starts_with(&self.held) && !is_last {
            return;
        }
        self.is_begun = true;
        let held = std::mem::take(&mut self.held);
        self.decode(held.strip_prefix(mark).unwrap_or(&held), is_last, out);
    }

    fn decode(&mut self, bytes: &[u8], is_last: bool, out: &mut Vec<u8>) {
        if self.decoder.is_none() {
            return self.decode_utf32(bytes, is_last, out);
        }
        let mut pieces = bytes.chunks(PIECE).peekable();
        if pieces.peek().is_none() {
            self.decode_piece(&[], is_last, out);
        }
        while let Some(piece) = pieces.next() {
            self.decode_piece(piece, is_last && pieces.peek().is_none(), out);
        }
    }

    fn decode_piece(&mut self, mut piece: &[u8], is_last: bool, out: &mut Vec<u8>) {
        let Some(decoder) = &mut self.decoder else { return };
        loop {
            let filled = out.len();
            // No encoding here makes more than three bytes of one, besides what it held back.
            out.resize(filled + piece.len() * 3 + 16, 0);
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(piece, &mut out[filled..], is_last);
            out.truncate(filled + written);
            self.recent.extend_from_slice(&piece[read.saturating_sub(RECENT)..read]);
            self.recent.drain(..self.recent.len().saturating_sub(RECENT));
            piece = &piece[read..];
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, behind) => {
                    let end = self.recent.len().saturating_sub(usize::from(behind));
                    let start = end.saturating_sub(usize::from(length));
                    escape(&self.recent[start..end], out);
                }
            }
        }
    }

    fn decode_utf32(&mut self, bytes: &[u8], is_last: bool, out: &mut Vec<u8>) {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let (units, rest) = held.as_chunks::<4>();
        for unit in units {
            let number = match self.encoding {
                Encoding::Utf32Be => u32::from_be_bytes(*unit),
                _ => u32::from_le_bytes(*unit),
            };
            match char::from_u32(number) {
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => escape(unit, out),
            }
        }
        if is_last {
            escape(rest, out);
        } else {
            self.held = rest.to_vec();
        }
    }
}

/// Bytes as `\xNN`.
fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        let digit = |value: u8| DIGITS[usize::from(value & 15)];
        out.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(*byte)]);
    }
}

/// Text in UTF-8. A byte order mark is taken off; what cannot be decoded stands as `\xNN`.
pub fn decode(encoding: Encoding, bytes: &[u8]) -> Cow<'_, [u8]> {
    if encoding == Encoding::Utf8 && std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes.strip_prefix(encoding.mark()).unwrap_or(bytes));
    }
    let mut out = Vec::new();
    Transcoder::new(encoding).push(bytes, true, &mut out);
    Cow::Owned(out)
}

/// The name of an entry: in UTF-8 if it can be that, else as Japanese Windows writes names. Of one
/// that is longer than names are shown, the end may be missing: an archive can state a long name as
/// often as it has bytes.
pub(super) fn shown_name(name: &[u8]) -> String {
    // No character is longer than in UTF-8, and one may be cut.
    let most = limits::NAME_BYTES + 4;
    let shown = &name[..name.len().min(most)];
    match std::str::from_utf8(name) {
        Ok(name) => name[..name.floor_char_boundary(most)].to_owned(),
        Err(_) => String::from_utf8_lossy(&decode(Encoding::ShiftJis, shown)).into_owned(),
    }
}

/// Reads a stream of any encoding as UTF-8, the same bytes whatever is read at once. A byte order
/// mark is taken off; what cannot be decoded stands as `\xNN`.
pub struct Utf8Reader<R> {
    inner: R,
    transcoder: Transcoder,
    input: Vec<u8>,
    text: Vec<u8>,
    /// Bytes of the text that were handed on.
    at: usize,
    has_ended: bool,
    /// An error that was met behind text that had to be delivered first.
    error: Option<io::Error>,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads `inner`, which is in the given encoding.
    pub fn new(inner: R, encoding: Encoding) -> Self {
        Self {
            inner,
            transcoder: Transcoder::new(encoding),
            input: vec![0; PIECE],
            text: Vec::new(),
            at: 0,
            has_ended: false,
            error: None,
        }
    }

    fn fill(&mut self) {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.has_ended {
            match self.inner.read(&mut self.input) {
                Ok(count) => {
                    self.has_ended = count == 0;
                    self.transcoder.push(&self.input[..count], count == 0, &mut self.text);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // What stands before the fault is kept, with the beginning of a character.
                    self.has_ended = true;
                    self.transcoder.push(&[], true, &mut self.text);
                    self.error = Some(error);
                }
            }
        }
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if self.at == self.text.len() {
            self.fill();
        }
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return self.error.take().map_or(Ok(0), Err);
        }
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
