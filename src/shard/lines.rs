//! Lines out of chunks. Chunks come in any size; a line is handed on whole, or, when it is longer
//! than a record may be, as a place without text.

use crate::base::limits::RECORD_BYTES;
use memchr::memchr;

/// A line of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its first byte in the stream.
    pub offset: u64,
    /// Its text without the line end; none when it is longer than a record may be.
    pub text: Option<&'a [u8]>,
    /// Bytes, line end included.
    pub bytes: u64,
    /// Whether a line end follows it.
    pub ended: bool,
}

/// Cuts lines for one shard out of the chunks that are pushed.
#[derive(Debug)]
pub struct LineCutter {
    /// Offset of the next byte that is pushed.
    at: u64,
    /// Lines that begin here or later belong to another shard.
    end: u64,
    /// Bytes of the shard before whose first line end nothing is ours.
    skipping: bool,
    /// Start of a line whose end has not been seen.
    begun: Vec<u8>,
    /// Length of that line so far, when it is too long to be held.
    overlong: Option<u64>,
}

impl LineCutter {
    /// A cutter for the lines that begin in `start..end`. The first chunk must begin at
    /// `start - 1`, or at 0: the byte before tells whether a line begins at `start`.
    pub fn new(start: u64, end: u64) -> Self {
        Self {
            at: start.saturating_sub(1),
            end,
            skipping: start > 0,
            begun: Vec::new(),
            overlong: None,
        }
    }

    /// Takes a chunk and hands on the lines that it ends. Returns whether more is needed.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl FnMut(Line<'_>)) -> bool {
        let mut rest = chunk;
        if self.skipping {
            let Some(newline) = memchr(b'\n', rest) else {
                self.at += rest.len() as u64;
                // No line begins in this shard once its range is passed.
                return self.at < self.end;
            };
            self.skipping = false;
            self.at += newline as u64 + 1;
            rest = &rest[newline + 1..];
        }
        if self.is_inside() {
            let Some(behind) = self.finish_begun(rest, sink) else { return true };
            rest = behind;
        }
        self.whole_lines(rest, sink)
    }

    /// Hands on the last line when no line end follows it.
    pub fn finish(&mut self, sink: &mut impl FnMut(Line<'_>)) {
        if self.skipping || !self.is_inside() {
            return;
        }
        let bytes = self.overlong.unwrap_or(self.begun.len() as u64);
        let text = self.overlong.is_none().then_some(self.begun.as_slice());
        sink(Line { offset: self.at - bytes, text, bytes, ended: false });
        self.begun.clear();
        self.overlong = None;
    }

    fn is_inside(&self) -> bool {
        !self.begun.is_empty() || self.overlong.is_some()
    }

    /// Hands on the lines that lie whole in `rest` and keeps what is left.
    fn whole_lines(&mut self, rest: &[u8], sink: &mut impl FnMut(Line<'_>)) -> bool {
        let mut from = 0;
        while self.at < self.end {
            let Some(length) = memchr(b'\n', &rest[from..]) else {
                self.keep(&rest[from..]);
                return true;
            };
            let bytes = length as u64 + 1;
            let text = (length <= RECORD_BYTES).then_some(&rest[from..from + length]);
            sink(Line { offset: self.at, text, bytes, ended: true });
            self.at += bytes;
            from += length + 1;
        }
        false
    }

    /// Ends the line that was begun in an earlier chunk. None when it does not end here either.
    fn finish_begun<'a>(
        &mut self,
        rest: &'a [u8],
        sink: &mut impl FnMut(Line<'_>),
    ) -> Option<&'a [u8]> {
        let Some(newline) = memchr(b'\n', rest) else {
            self.keep(rest);
            return None;
        };
        self.keep(&rest[..newline]);
        let bytes = self.overlong.unwrap_or(self.begun.len() as u64) + 1;
        let text = self.overlong.is_none().then_some(self.begun.as_slice());
        sink(Line { offset: self.at + 1 - bytes, text, bytes, ended: true });
        self.at += 1;
        self.begun.clear();
        self.overlong = None;
        Some(&rest[newline + 1..])
    }

    fn keep(&mut self, text: &[u8]) {
        self.at += text.len() as u64;
        if let Some(length) = &mut self.overlong {
            *length += text.len() as u64;
            return;
        }
        if self.begun.len() + text.len() > RECORD_BYTES {
            self.overlong = Some((self.begun.len() + text.len()) as u64);
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::{Cuts, cut};

    type Seen = (u64, Option<Vec<u8>>, u64, bool);

    fn lines_of(text: &[u8], start: u64, end: u64, chunk: usize) -> Vec<Seen> {
        let mut cutter = LineCutter::new(start, end);
        let mut seen = Vec::new();
        let mut sink = |line: Line<'_>| {
            seen.push((line.offset, line.text.map(<[u8]>::to_vec), line.bytes, line.ended));
        };
        let from = start.saturating_sub(1) as usize;
        let done = !text[from..].chunks(chunk).all(|chunk| cutter.push(chunk, &mut sink));
        if !done {
            cutter.finish(&mut sink);
        }
        seen
    }

    #[test]
    fn any_cut_and_any_chunk_give_every_line_once() {
        let text = b"one\n\ntwo two\r\n\n\nthree is longer\nlast".to_vec();
        let whole = lines_of(&text, 0, text.len() as u64, text.len());
        assert_eq!(whole.iter().map(|line| line.2).sum::<u64>(), text.len() as u64);
        assert_eq!(whole.last().unwrap(), &(32, Some(b"last".to_vec()), 4, false));
        for seed in 0..300 {
            let chunk = 1 + (seed as usize * 7) % 11;
            let shards = cut(0, text.len() as u64, Cuts::Drawn { mean: 6, seed });
            let cut: Vec<_> =
                shards.iter().flat_map(|s| lines_of(&text, s.start, s.end, chunk)).collect();
            assert_eq!(cut, whole, "seed {seed}, chunk {chunk}");
        }
    }

    #[test]
    fn a_line_too_long_for_a_record_is_a_place_without_text() {
        let long = RECORD_BYTES + 10;
        let text = [vec![b'x'; long], b"\nshort\n".to_vec()].concat();
        for chunk in [1 << 16, text.len()] {
            let lines = lines_of(&text, 0, text.len() as u64, chunk);
            assert_eq!(lines[0], (0, None, long as u64 + 1, true));
            assert_eq!(lines[1], (long as u64 + 1, Some(b"short".to_vec()), 6, true));
        }
    }
}
