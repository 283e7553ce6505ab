//! Records of one or more whole lines: of CSV, whose quotes may hold line ends, and of plain text
//! that goes on below its first line. Every byte is in a record, blank lines too.

use super::lines::{Block, Line, LineCutter, Lines};
use super::records::{Cut, Records};
use crate::base::limits::RECORD_BYTES;
use memchr::{memchr, memchr_iter};

/// Lines that quotes of CSV can hold, and bytes. A quote that does not close would else swallow the
/// rest of the file.
const QUOTED_LINES: usize = 200;
const QUOTED_BYTES: usize = 64 << 10;
/// Lines of a record of plain text.
const BLOCK_LINES: usize = 5_000;

/// Lines that are one record, or are not known yet to be.
#[derive(Debug, Default)]
struct Group {
    offset: u64,
    /// The lines, with their line ends.
    text: Vec<u8>,
    /// Where in `text` each ends.
    ends: Vec<usize>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn push(&mut self, line: &Line<'_>, text: &[u8]) {
        if self.is_empty() {
            self.offset = line.offset;
        }
        self.text.extend_from_slice(text);
        if line.ended {
            self.text.push(b'\n');
        }
        self.ends.push(self.text.len());
    }

    /// Hands all on as one record.
    fn cut_whole(&mut self, ended: bool, sink: &mut impl Records) {
        if !self.is_empty() {
            self.cut(0, self.text.len(), ended, sink);
        }
        self.forget();
    }

    /// Hands each line on as a record.
    fn cut_lines(&mut self, sink: &mut impl Records) {
        let mut start = 0;
        for &end in &self.ends {
            self.cut(start, end, self.text[..end].ends_with(b"\n"), sink);
            start = end;
        }
        self.forget();
    }

    fn cut(&self, start: usize, end: usize, ended: bool, sink: &mut impl Records) {
        let whole = &self.text[start..end];
        let text = whole.strip_suffix(b"\n").unwrap_or(whole);
        let lines = u32::try_from(memchr_iter(b'\n', whole).count()).unwrap_or(u32::MAX);
        let (offset, bytes) = (self.offset + start as u64, whole.len() as u64);
        let text = (text.len() <= RECORD_BYTES).then_some(text);
        sink.record(Cut { offset, text, bytes, lines, ended });
    }

    fn forget(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// Hands a line on as a record.
fn single(line: &Line<'_>, sink: &mut impl Records) {
    let Line { offset, text, bytes, ended } = *line;
    sink.record(Cut { offset, text, bytes, lines: u32::from(ended), ended });
}

/// What groups lines.
trait Rule {
    fn take(&mut self, line: &Line<'_>, sink: &mut impl Records);
}

/// Passes lines on to a rule.
struct Through<'a, R, S> {
    rule: &'a mut R,
    sink: &'a mut S,
}

impl<R: Rule, S: Records> Lines for Through<'_, R, S> {
    fn line(&mut self, line: Line<'_>) {
        self.rule.take(&line, self.sink);
    }

    fn block(&mut self, block: Block<'_>) {
        for line in block {
            self.rule.take(&line, self.sink);
        }
    }
}

/// Cuts CSV: a record ends with a line outside double quotes. Where quotes stay open over more than
/// 200 lines or 64 KiB, each of these lines is a record.
#[derive(Debug)]
pub struct CsvCutter {
    lines: LineCutter,
    rule: Quotes,
}

#[derive(Debug, Default)]
struct Quotes {
    /// The lines of a record whose quotes are open.
    open: Group,
}

impl Default for CsvCutter {
    fn default() -> Self {
        Self { lines: LineCutter::new(0, u64::MAX), rule: Quotes::default() }
    }
}

impl CsvCutter {
    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        self.lines.push(chunk, &mut Through { rule: &mut self.rule, sink });
    }

    /// Hands on what is left at the end of the stream.
    pub fn finish(&mut self, sink: &mut impl Records) {
        self.lines.finish(&mut Through { rule: &mut self.rule, sink });
        self.rule.open.cut_lines(sink);
    }
}

impl Rule for Quotes {
    fn take(&mut self, line: &Line<'_>, sink: &mut impl Records) {
        let Some(text) = line.text else {
            self.open.cut_lines(sink);
            return single(line, sink);
        };
        // Most lines have none.
        let first = memchr(b'"', text);
        let is_odd = first.is_some_and(|at| memchr_iter(b'"', &text[at..]).count() % 2 == 1);
        if self.open.is_empty() && !is_odd {
            return single(line, sink);
        }
        let closes = !self.open.is_empty() && is_odd;
        self.open.push(line, text);
        if closes {
            self.open.cut_whole(line.ended, sink);
        } else if self.open.ends.len() >= QUOTED_LINES || self.open.text.len() >= QUOTED_BYTES {
            // Seen from its second line on, all of them end outside quotes.
            self.open.cut_lines(sink);
        }
    }
}

/// Cuts plain text: a record begins with each line that a test accepts, and goes on until the next,
/// up to 5,000 lines. A line that belongs to no record, before the first or behind that bound, is
/// one by itself.
pub struct BlockCutter<'f> {
    lines: LineCutter,
    rule: Beginnings<'f>,
}

struct Beginnings<'f> {
    begins: &'f dyn Fn(&[u8]) -> bool,
    /// The lines of the record that has begun.
    open: Group,
}

impl<'f> BlockCutter<'f> {
    /// A cutter for records whose first lines `begins` tells from the others.
    pub fn new(begins: &'f dyn Fn(&[u8]) -> bool) -> Self {
        let rule = Beginnings { begins, open: Group::default() };
        Self { lines: LineCutter::new(0, u64::MAX), rule }
    }

    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        self.lines.push(chunk, &mut Through { rule: &mut self.rule, sink });
    }

    /// Hands on what is left at the end of the stream.
    pub fn finish(&mut self, sink: &mut impl Records) {
        self.lines.finish(&mut Through { rule: &mut self.rule, sink });
        let ended = self.rule.open.text.ends_with(b"\n");
        self.rule.open.cut_whole(ended, sink);
    }
}

impl Rule for Beginnings<'_> {
    fn take(&mut self, line: &Line<'_>, sink: &mut impl Records) {
        let begins = line.text.is_some_and(|text| (self.begins)(text));
        let length = self.open.text.len() as u64 + line.bytes;
        let has_room = self.open.ends.len() < BLOCK_LINES && length <= RECORD_BYTES as u64;
        let goes_on = !begins && !self.open.is_empty() && has_room;
        if !goes_on {
            self.open.cut_whole(true, sink);
        }
        match line.text {
            Some(text) if begins || goes_on => self.open.push(line, text),
            _ => single(line, sink),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::records::tests::{Seen, cuts, texts};
    use crate::train::Random;

    fn csv(text: &[u8], seed: u64) -> Vec<Seen> {
        cuts(text, seed, CsvCutter::default, CsvCutter::push, CsvCutter::finish)
    }

    fn blocks(text: &[u8], seed: u64) -> Vec<Seen> {
        let new = || BlockCutter::new(&|line: &[u8]| line.starts_with(b"2"));
        cuts(text, seed, new, BlockCutter::push, BlockCutter::finish)
    }

    /// The slow twin: byte by byte over the whole text. Without the bounds.
    fn naive(text: &str, ends: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let (mut records, mut record) = (Vec::new(), String::new());
        for line in text.split_inclusive('\n') {
            if !record.is_empty() && ends(&record, line) {
                records.push(std::mem::take(&mut record));
            }
            record.push_str(line);
        }
        if !record.is_empty() {
            records.push(record);
        }
        records
            .iter()
            .map(|record| record.strip_suffix('\n').unwrap_or(record).to_owned())
            .collect()
    }

    #[test]
    fn quotes_hold_line_ends() {
        let text = "a,\"b\nc\"\"\n\",d\r\n\n\"\"\"\n\"\"\"\nlast,\"open\nx";
        let cuts = csv(text.as_bytes(), 1);
        assert_eq!(
            texts(&cuts),
            ["a,\"b\nc\"\"\n\",d\r", "", "\"\"\"\n\"\"\"", "last,\"open", "x"]
        );
        assert_eq!(cuts[0], Seen::Record(0, Some("a,\"b\nc\"\"\n\",d\r".to_owned()), 14, 3, true));
        assert_eq!(cuts[4], Seen::Record(34, Some("x".to_owned()), 1, 0, false));
    }

    #[test]
    fn a_quote_that_does_not_close_costs_no_more_than_its_line() {
        let rows = "1,\"x\"\n".repeat(300);
        for open in ["a,\"b\n", "a,\"b\r\n"] {
            let text = format!("{open}{rows}c,\"d\ne\"\n");
            let cuts = csv(text.as_bytes(), 1);
            assert_eq!(cuts.len(), 302);
            assert_eq!(texts(&cuts)[301], "c,\"d\ne\"");
        }
        let long = format!("a,\"b\n{0}\n{0}\n\"c\n", "x".repeat(40_000));
        assert_eq!(csv(long.as_bytes(), 1).len(), 4);
        let overlong = format!("a,\"b\n{}\nc\n", "x".repeat(2 << 20));
        assert_eq!(texts(&csv(overlong.as_bytes(), 1)), ["a,\"b", "(too long)", "c"]);
    }

    #[test]
    fn text_belongs_to_the_line_that_begins_its_record() {
        let text = b"head\nmore\n2026 a\n  at x\n\n2026 b\n2026 c\r\ntail";
        let cuts = blocks(text, 1);
        assert_eq!(texts(&cuts), ["head", "more", "2026 a\n  at x\n", "2026 b", "2026 c\r\ntail"]);
        assert_eq!(cuts[2], Seen::Record(10, Some("2026 a\n  at x\n".to_owned()), 15, 3, true));
        assert!(matches!(cuts[4], Seen::Record(32, _, 12, 1, false)));
    }

    #[test]
    fn a_block_is_bounded() {
        let many = format!("2026\n{}2027\n", "x\n".repeat(BLOCK_LINES + 2));
        let cuts = blocks(many.as_bytes(), 1);
        assert!(matches!(cuts[0], Seen::Record(0, Some(_), _, 5_000, true)));
        assert_eq!(texts(&cuts)[1..], ["x", "x", "x", "2027"]);
        let long = format!("2026\n{0}\n{0}\n2027\n{0}{0}\nx\n", "x".repeat(600_000));
        let cuts = blocks(long.as_bytes(), 1);
        assert_eq!(cuts.len(), 5);
        assert_eq!(texts(&cuts)[2..], ["2027", "(too long)", "x"]);
    }

    #[test]
    fn they_cut_as_the_slow_twin_does() {
        for seed in 0..3_000 {
            let mut random = Random::new(seed);
            let text: String = (0..random.below(50))
                .map(|_| *random.pick(&["2", "\n", "\"", "\r\n", "a,", "\0", "検"]).unwrap())
                .collect();
            let is_closed = |text: &str| text.matches('"').count().is_multiple_of(2);
            let mut records = naive(&text, |record, _| is_closed(record));
            // Quotes that are open at the end hold nothing together.
            if let Some(last) = records.pop_if(|last| !is_closed(last)) {
                records.extend(last.split('\n').map(str::to_owned));
            }
            assert_eq!(texts(&csv(text.as_bytes(), seed)), records, "seed {seed}: {text:?}");
            let begins = |line: &str| line.starts_with('2');
            let records = naive(&text, |record, line| begins(line) || !begins(record));
            assert_eq!(texts(&blocks(text.as_bytes(), seed)), records, "seed {seed}: {text:?}");
        }
    }
}
