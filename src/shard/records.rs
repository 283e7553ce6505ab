//! Records that are put together from chunks. Every byte is in exactly one record, or is filler:
//! what stands between records and says nothing, such as brackets, commas and white space.

use crate::base::limits::RECORD_BYTES;
use memchr::memchr_iter;

/// A record of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    /// Its first byte in the stream.
    pub offset: u64,
    /// Its text, without a line end behind it; none when it is longer than a record may be.
    pub text: Option<&'a [u8]>,
    /// Bytes, with the line end where that belongs to the record.
    pub bytes: u64,
    /// Line ends among these bytes.
    pub lines: u32,
    /// Whether its end was seen; damage or the end of the stream may have cut it short.
    pub ended: bool,
}

/// Takes the records of a stream, in order, and what stands between them.
pub trait Records {
    /// A record.
    fn record(&mut self, cut: Cut<'_>);
    /// All that stands before the next record, or before the end: bytes and the line ends in them.
    fn filler(&mut self, bytes: u64, lines: u32);
}

/// Puts one record after another together. The same pieces give the same records, however the
/// stream was cut into chunks.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    /// Offset of the byte behind all that was handed over.
    at: u64,
    /// The start of a record, unless it is longer than a record may be.
    begun: Vec<u8>,
    /// Bytes of that record so far.
    held: u64,
    /// Line ends in them.
    lines: u32,
    /// Bytes that are not reported yet, and the line ends in them.
    filler: (u64, u32),
}

impl Assembly {
    /// Bytes of the record that has begun.
    pub const fn held(&self) -> u64 {
        self.held
    }

    /// Offset of the byte behind all that was handed over.
    pub const fn offset(&self) -> u64 {
        self.at
    }

    /// What has begun and goes on here is filler.
    pub fn fill(&mut self, piece: &[u8]) {
        self.at += piece.len() as u64;
        self.filler.0 += self.held + piece.len() as u64;
        self.filler.1 = self.filler.1.saturating_add(self.lines).saturating_add(line_ends(piece));
        self.forget();
    }

    /// A part of a record that goes on in the next chunk.
    pub fn keep(&mut self, piece: &[u8]) {
        self.at += piece.len() as u64;
        self.held += piece.len() as u64;
        self.lines = self.lines.saturating_add(line_ends(piece));
        if self.held > RECORD_BYTES as u64 + 1 {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(piece);
        }
    }

    /// What has begun ends here and is a record.
    pub fn cut(&mut self, piece: &[u8], ended: bool, sink: &mut impl Records) {
        let lines = self.lines.saturating_add(line_ends(piece));
        let bytes = self.held + piece.len() as u64;
        self.flush(sink);
        if self.held > 0 {
            self.keep(piece);
        } else {
            self.at += piece.len() as u64;
        }
        let whole = if self.held > 0 { &self.begun } else { piece };
        let text = whole.strip_suffix(b"\n").unwrap_or(whole);
        // What is not held is longer than its text.
        let is_held = whole.len() as u64 == bytes && text.len() <= RECORD_BYTES;
        let text = is_held.then_some(text);
        sink.record(Cut { offset: self.at - bytes, text, bytes, lines, ended });
        self.forget();
    }

    /// Reports the filler so far.
    pub fn flush(&mut self, sink: &mut impl Records) {
        let (bytes, lines) = std::mem::take(&mut self.filler);
        if bytes > 0 {
            sink.filler(bytes, lines);
        }
    }

    fn forget(&mut self) {
        self.begun.clear();
        self.held = 0;
        self.lines = 0;
    }
}

fn line_ends(piece: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', piece).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::train::Random;

    /// A record or filler as it was handed on.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Seen {
        /// Offset, text, bytes, line ends, ended.
        Record(u64, Option<String>, u64, u32, bool),
        /// Bytes, line ends.
        Filler(u64, u32),
    }

    #[derive(Default)]
    pub struct Kept(pub Vec<Seen>);

    impl Records for Kept {
        fn record(&mut self, cut: Cut<'_>) {
            let text = cut.text.map(|text| String::from_utf8_lossy(text).into_owned());
            self.0.push(Seen::Record(cut.offset, text, cut.bytes, cut.lines, cut.ended));
        }
        fn filler(&mut self, bytes: u64, lines: u32) {
            self.0.push(Seen::Filler(bytes, lines));
        }
    }

    /// What a cutter makes of a text: the same for the whole, for single bytes and for chunks that
    /// are drawn from a seed; and it accounts for every byte and line end.
    #[track_caller]
    pub fn cuts<C>(
        text: &[u8],
        seed: u64,
        new: impl Fn() -> C,
        push: impl Fn(&mut C, &[u8], &mut Kept),
        finish: impl Fn(&mut C, &mut Kept),
    ) -> Vec<Seen> {
        let through = |mean: u64| {
            let mut random = Random::new(seed);
            let (mut cutter, mut seen) = (new(), Kept::default());
            let mut rest = text;
            while !rest.is_empty() {
                let length = (1 + random.below(2 * mean - 1) as usize).min(rest.len());
                push(&mut cutter, &rest[..length], &mut seen);
                rest = &rest[length..];
            }
            finish(&mut cutter, &mut seen);
            seen.0
        };
        let whole = through(1 << 40);
        check_account(text, &whole, seed);
        for mean in [1, 2, 7, 60, 1_000] {
            if text.len() < 100_000 || mean == 1_000 {
                assert!(through(mean) == whole, "seed {seed}, chunks of about {mean}");
            }
        }
        whole
    }

    #[track_caller]
    fn check_account(text: &[u8], all: &[Seen], seed: u64) {
        let (mut at, mut lines) = (0, 0);
        for seen in all {
            let (bytes, ends) = match *seen {
                Seen::Record(offset, _, bytes, ends, _) => {
                    assert!(offset == at && bytes > 0, "seed {seed}: {seen:?}");
                    (bytes, ends)
                }
                Seen::Filler(bytes, ends) => (bytes, ends),
            };
            let piece = &text[at as usize..(at + bytes) as usize];
            assert_eq!(ends, line_ends(piece), "seed {seed}: {seen:?}");
            if let Seen::Record(_, Some(shown), ..) = seen {
                let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
                assert_eq!(*shown, String::from_utf8_lossy(piece), "seed {seed}");
            }
            at += bytes;
            lines += ends;
        }
        assert_eq!((at, lines), (text.len() as u64, line_ends(text)), "seed {seed}");
    }

    /// The texts of the records.
    pub fn texts(seen: &[Seen]) -> Vec<&str> {
        let texts = seen.iter().filter_map(|seen| match seen {
            Seen::Record(_, text, ..) => Some(text.as_deref().unwrap_or("(too long)")),
            Seen::Filler(..) => None,
        });
        texts.collect()
    }
}
