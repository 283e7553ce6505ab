//! Records cut out of streams: every byte is in one record or is filler, and the records are the
//! same whatever the chunks and the shards.

use super::{choice, one_of};
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
    whole.account(text);
    assert_eq!(whole, records(text, framing, length), "{framing:?} in chunks of {length}");
    lines(text, length);
    text.len()
}

/// What a cutter handed on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kept(Vec<Seen>);

/// A record, with its text where it is held, or filler.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Record { offset: u64, text: Option<Vec<u8>>, bytes: u64, lines: u32, ended: bool },
    Filler { bytes: u64, lines: u32 },
}

impl Records for Kept {
    fn record(&mut self, cut: Cut<'_>) {
        let Cut { offset, text, bytes, lines, ended } = cut;
        let text = text.map(<[u8]>::to_vec);
        self.0.push(Seen::Record { offset, text, bytes, lines, ended });
    }

    fn filler(&mut self, bytes: u64, lines: u32) {
        self.0.push(Seen::Filler { bytes, lines });
    }
}

impl Kept {
    /// Asserts that every byte and line end is counted once, in order.
    fn account(&self, all: &[u8]) {
        let mut rest = all;
        for seen in &self.0 {
            let (bytes, lines) = match seen {
                Seen::Record { bytes, lines, .. } | Seen::Filler { bytes, lines } => {
                    (*bytes as usize, *lines)
                }
            };
            assert!(bytes > 0 && bytes <= rest.len(), "{seen:?}");
            let (piece, behind) = rest.split_at(bytes);
            let ends = piece.iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(lines as usize, ends, "{seen:?}");
            if let Seen::Record { offset, text, .. } = seen {
                assert_eq!(*offset as usize, all.len() - rest.len(), "{seen:?}");
                let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
                let expected = (piece.len() <= RECORD_BYTES).then_some(piece);
                assert_eq!(text.as_deref(), expected, "{seen:?}");
            }
            rest = behind;
        }
        assert!(rest.is_empty(), "{} bytes are in nothing", rest.len());
    }
}

fn records(text: &[u8], framing: Framing, length: usize) -> Kept {
    // As good a rule as any: what begins with a letter or a digit begins a record.
    let begins = |line: &[u8]| line.first().is_some_and(u8::is_ascii_alphanumeric);
    let mut cutter = RecordCutter::new(framing, &begins);
    let mut kept = Kept::default();
    for chunk in text.chunks(length) {
        cutter.push(chunk, &mut kept);
    }
    cutter.finish(&mut kept);
    kept
}

/// Offset, text, bytes, and whether a line end follows.
#[derive(Default)]
struct KeptLines(Vec<(u64, Option<Vec<u8>>, u64, bool)>);

impl Lines for KeptLines {
    fn line(&mut self, line: Line<'_>) {
        self.0.push((line.offset, line.text.map(<[u8]>::to_vec), line.bytes, line.ended));
    }

    fn block(&mut self, block: Block<'_>) {
        block.for_each(|line| self.line(line));
    }
}

/// Lines: shards that were cut anywhere have each line once.
fn lines(text: &[u8], length: usize) {
    let size = text.len() as u64;
    let mut whole = KeptLines::default();
    shard(text, 0, size, usize::MAX, &mut whole);
    let mut in_shards = KeptLines::default();
    let cuts = Cuts::Drawn { mean: 2 * length as u64, seed: size };
    for one in cut(0, size, cuts) {
        shard(text, one.start, one.end, length, &mut in_shards);
    }
    assert_eq!(whole.0, in_shards.0, "shards of about {} in chunks of {length}", 2 * length);
    assert_eq!(whole.0.iter().map(|line| line.2).sum::<u64>(), size);
}

fn shard(text: &[u8], start: u64, end: u64, length: usize, kept: &mut KeptLines) {
    let mut cutter = LineCutter::new(start, end);
    let from = start.saturating_sub(1) as usize;
    if text[from..].chunks(length).all(|chunk| cutter.push(chunk, kept)) {
        cutter.finish(kept);
    }
}
