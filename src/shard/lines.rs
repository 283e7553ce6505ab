//! Lines out of chunks. Chunks come in any size; a line is handed on whole, or, when it is longer
//! than a record may be, as a place without text.

use crate::base::limits::RECORD_BYTES;
use memchr::{memchr, memrchr};

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

/// Whole lines one after another, each with its line end.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    offset: u64,
    bytes: &'a [u8],
}

impl<'a> Iterator for Block<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let length = memchr(b'\n', self.bytes)?;
        let bytes = length as u64 + 1;
        let text = (length <= RECORD_BYTES).then_some(&self.bytes[..length]);
        let line = Line { offset: self.offset, text, bytes, ended: true };
        self.offset += bytes;
        self.bytes = &self.bytes[length + 1..];
        Some(line)
    }
}

/// Takes the lines of a shard, in order.
pub trait Lines {
    /// A line that had to be put together from several chunks, or the last one.
    fn line(&mut self, line: Line<'_>);
    /// Lines that lie whole in one chunk.
    fn block(&mut self, block: Block<'_>);
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
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Lines) -> bool {
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
    pub fn finish(&mut self, sink: &mut impl Lines) {
        if !self.skipping && self.is_inside() {
            self.hand_on(false, sink);
        }
    }

    fn is_inside(&self) -> bool {
        !self.begun.is_empty() || self.overlong.is_some()
    }

    /// Hands on the lines that lie whole in `rest` and keeps what is left.
    fn whole_lines(&mut self, rest: &[u8], sink: &mut impl Lines) -> bool {
        let room = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        if room == 0 {
            return false;
        }
        // The last line that is ours begins before `room`; its end may lie behind it.
        let last = memrchr(b'\n', &rest[..rest.len().min(room - 1)]).map_or(0, |at| at + 1);
        let ours = match rest.len() < room {
            true => last,
            false => memchr(b'\n', &rest[last..]).map_or(last, |at| last + at + 1),
        };
        if ours > 0 {
            sink.block(Block { offset: self.at, bytes: &rest[..ours] });
            self.at += ours as u64;
        }
        if self.at >= self.end {
            return false;
        }
        self.keep(&rest[ours..]);
        true
    }

    /// Ends the line that was begun in an earlier chunk. None when it does not end here either.
    fn finish_begun<'a>(&mut self, rest: &'a [u8], sink: &mut impl Lines) -> Option<&'a [u8]> {
        let Some(newline) = memchr(b'\n', rest) else {
            self.keep(rest);
            return None;
        };
        self.keep(&rest[..newline]);
        self.at += 1;
        self.hand_on(true, sink);
        Some(&rest[newline + 1..])
    }

    /// Hands on the line that was begun and ends at `at`.
    fn hand_on(&mut self, ended: bool, sink: &mut impl Lines) {
        let bytes = self.overlong.unwrap_or(self.begun.len() as u64) + u64::from(ended);
        let text = self.overlong.is_none().then_some(self.begun.as_slice());
        sink.line(Line { offset: self.at - bytes, text, bytes, ended });
        self.begun.clear();
        self.overlong = None;
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

    #[derive(Default)]
    struct Kept(Vec<Seen>);

    impl Lines for Kept {
        fn line(&mut self, line: Line<'_>) {
            self.0.push((line.offset, line.text.map(<[u8]>::to_vec), line.bytes, line.ended));
        }
        fn block(&mut self, block: Block<'_>) {
            block.for_each(|line| self.line(line));
        }
    }

    fn lines_of(text: &[u8], start: u64, end: u64, chunk: usize) -> Vec<Seen> {
        let mut cutter = LineCutter::new(start, end);
        let mut seen = Kept::default();
        let from = start.saturating_sub(1) as usize;
        let done = !text[from..].chunks(chunk).all(|chunk| cutter.push(chunk, &mut seen));
        if !done {
            cutter.finish(&mut seen);
        }
        seen.0
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
