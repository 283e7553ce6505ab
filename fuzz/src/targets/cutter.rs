//! Records cut out of streams: every byte is in one record or is filler, and the records are the
//! same whatever the chunks and the shards.

use super::{choice, one_of};
use sekisho::base::Seed;
use sekisho::base::limits::RECORD_BYTES;
use sekisho::format::{Framing, RecordCutter};
use sekisho::shard::{Block, Cut, Cuts, Line, LineCutter, Lines, Records, cut};

const FRAMINGS: &[Framing] = &[
    Framing::Lines,
    Framing::Csv,
    Framing::Blocks,
    Framing::Json,
    Framing::Xml,
    Framing::Evtx,
    Framing::Utmp,
];

pub fn read(input: &[u8]) -> usize {
    let (which, rest) = choice(input);
    let (length, text) = choice(rest);
    let length = 1 + usize::from(length);
    let framing = *one_of(FRAMINGS, which);
    let whole = records(text, framing, usize::MAX);
    assert_eq!(whole, records(text, framing, length), "{framing:?} in chunks of {length}");
    lines(text, length);
    text.len()
}

/// What a cutter handed on of a text, as it comes: asserts that every byte and line end is counted
/// once, in order, and keeps no more than a fingerprint and a number.
#[derive(Debug, PartialEq, Eq)]
struct Kept<'t> {
    rest: &'t [u8],
    size: usize,
    print: u64,
    count: usize,
}

impl<'t> Kept<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { rest: text, size: text.len(), print: 0, count: 0 }
    }

    /// Passes over so many bytes, and says what they are.
    fn pass(&mut self, bytes: u64, lines: u32, what: [u64; 2]) -> &'t [u8] {
        assert!(bytes > 0 && bytes <= self.rest.len() as u64, "{bytes} bytes of {self:?}");
        let (piece, rest) = self.rest.split_at(bytes as usize);
        let ends = piece.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines as usize, ends, "line ends in {bytes} bytes of {self:?}");
        self.rest = rest;
        self.count += 1;
        let [first, second] = what.map(u64::to_le_bytes);
        self.print = Seed(self.print).of(&[first, second, bytes.to_le_bytes()].concat());
        piece
    }
}

impl Records for Kept<'_> {
    fn record(&mut self, cut: Cut<'_>) {
        assert_eq!(cut.offset, (self.size - self.rest.len()) as u64, "{cut:?}");
        let what = [1, u64::from(cut.ended)];
        let piece = self.pass(cut.bytes, cut.lines, what);
        let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
        assert_eq!(cut.text, (piece.len() <= RECORD_BYTES).then_some(piece), "{cut:?}");
    }

    fn filler(&mut self, bytes: u64, lines: u32) {
        self.pass(bytes, lines, [2, 0]);
    }
}

fn records(text: &[u8], framing: Framing, length: usize) -> Kept<'_> {
    // As good a rule as any: what begins with a letter or a digit begins a record.
    let begins = |line: &[u8]| line.first().is_some_and(u8::is_ascii_alphanumeric);
    let mut cutter = RecordCutter::new(framing, &begins);
    let mut kept = Kept::new(text);
    for chunk in text.chunks(length) {
        cutter.push(chunk, &mut kept);
    }
    cutter.finish(&mut kept);
    assert!(kept.rest.is_empty(), "{} bytes are in nothing", kept.rest.len());
    kept
}

impl Lines for Kept<'_> {
    fn line(&mut self, line: Line<'_>) {
        let Line { offset, text, bytes, ended } = line;
        self.record(Cut { offset, text, bytes, lines: u32::from(ended), ended });
    }

    fn block(&mut self, block: Block<'_>) {
        block.for_each(|line| self.line(line));
    }
}

/// Lines: shards that were cut anywhere have each line once.
fn lines(text: &[u8], length: usize) {
    let size = text.len() as u64;
    let mut whole = Kept::new(text);
    shard(text, 0, size, usize::MAX, &mut whole);
    let mut in_shards = Kept::new(text);
    let cuts = Cuts::Drawn { mean: 2 * length as u64, seed: size };
    for one in cut(0, size, cuts) {
        shard(text, one.start, one.end, length, &mut in_shards);
    }
    assert_eq!(whole, in_shards, "shards of about {} in chunks of {length}", 2 * length);
    assert!(whole.rest.is_empty(), "{} bytes are in nothing", whole.rest.len());
}

fn shard(text: &[u8], start: u64, end: u64, length: usize, kept: &mut Kept<'_>) {
    let mut cutter = LineCutter::new(start, end);
    let from = start.saturating_sub(1) as usize;
    if text[from..].chunks(length).all(|chunk| cutter.push(chunk, kept)) {
        cutter.finish(kept);
    }
}
