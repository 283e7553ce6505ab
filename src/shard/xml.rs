//! Records out of streams of XML: the elements of one name, one behind the other, on lines of their
//! own or in others. All else is filler.
//!
//! Elements of the name do not hold one another: where one begins inside another, the other is cut
//! short there. Inside a record, CDATA may hold what looks like a tag, unless the record is longer
//! than a record may be.

use super::records::{Assembly, Records};
use crate::base::limits::RECORD_BYTES;
use memchr::{memchr, memchr2};

const CDATA: &[u8] = b"<![CDATA[";

/// What the next byte is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// What is no tag, or one that does not matter.
    Text,
    /// A tag that may matter.
    Mark,
    /// CDATA inside a record, behind so many closing brackets.
    Data(u8),
}

/// What the start of a tag means.
enum Meaning {
    /// More of it is needed.
    Open,
    Start,
    End,
    Data,
    Nothing,
}

/// Cuts XML into records.
#[derive(Debug)]
pub struct XmlCutter {
    name: &'static str,
    out: Assembly,
    mode: Mode,
    /// Whether what is read now is part of a record.
    is_record: bool,
    /// A tag as far as it was read.
    mark: Vec<u8>,
    /// Bytes of `mark` that came with earlier chunks, and are not handed over.
    carried: usize,
    /// First byte of the chunk that is not handed over yet.
    from: usize,
}

impl XmlCutter {
    /// A cutter for the elements of a name, such as `Event`, that is written without prefix.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            out: Assembly::default(),
            mode: Mode::Text,
            is_record: false,
            mark: Vec::new(),
            carried: 0,
            from: 0,
        }
    }

    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        self.from = 0;
        let mut at = 0;
        while at < chunk.len() {
            at = match self.mode {
                Mode::Text => self.text(chunk, at),
                Mode::Mark => self.mark(chunk, at, sink),
                Mode::Data(brackets) => self.data(chunk, at, brackets),
            };
        }
        let known = match self.mode {
            Mode::Mark => chunk.len() - (self.mark.len() - self.carried),
            _ => chunk.len(),
        };
        self.hand_over(&chunk[self.from..known]);
        self.carried = self.mark.len();
    }

    /// Hands on what is left at the end of the stream.
    pub fn finish(&mut self, sink: &mut impl Records) {
        let mark = std::mem::take(&mut self.mark);
        self.hand_over(&mark);
        if self.is_record {
            self.out.cut(&[], false, sink);
            self.is_record = false;
        }
        self.out.flush(sink);
    }

    /// Hands over what goes on as before.
    fn hand_over(&mut self, piece: &[u8]) {
        if self.is_record {
            self.out.keep(piece);
        } else {
            self.out.fill(piece);
        }
    }

    /// Looks for the next tag that may matter.
    fn text(&mut self, chunk: &[u8], mut at: usize) -> usize {
        let first = self.name.as_bytes().first();
        while let Some(length) = memchr(b'<', &chunk[at..]) {
            at += length + 1;
            // Most tags are told by their first letter.
            let differs = match (chunk.get(at), chunk.get(at + 1)) {
                (Some(b'/'), Some(letter)) => Some(letter) != first,
                (Some(b'/' | b'!'), _) | (None, _) => false,
                (letter, _) => letter != first,
            };
            if !differs {
                self.mode = Mode::Mark;
                self.mark.push(b'<');
                return at;
            }
        }
        chunk.len()
    }

    /// Reads a tag until it is known what it means.
    fn mark(&mut self, chunk: &[u8], mut at: usize, sink: &mut impl Records) -> usize {
        while let Some(&byte) = chunk.get(at) {
            self.mark.push(byte);
            match self.meaning() {
                Meaning::Open => {
                    at += 1;
                    continue;
                }
                // The byte may begin the next tag.
                Meaning::Nothing => {
                    self.mark.pop();
                    self.go_on(Mode::Text);
                }
                Meaning::Data => {
                    at += 1;
                    self.go_on(Mode::Data(0));
                }
                Meaning::End => {
                    at += 1;
                    self.go_on(Mode::Text);
                    self.out.cut(&chunk[self.from..at], true, sink);
                    self.from = at;
                    self.is_record = false;
                }
                Meaning::Start => {
                    at += 1;
                    self.begin(chunk, at, sink);
                }
            }
            return at;
        }
        at
    }

    /// What the tag means, as far as it was read.
    fn meaning(&self) -> Meaning {
        let (name, mark) = (self.name.as_bytes(), self.mark.as_slice());
        let (is_end, tag) = match &mark[1..] {
            [b'/', tag @ ..] if self.is_record => (true, tag),
            tag => (false, tag),
        };
        if self.is_record && CDATA.starts_with(mark) {
            return if mark == CDATA { Meaning::Data } else { Meaning::Open };
        }
        if name.starts_with(tag) {
            return Meaning::Open;
        }
        match tag.strip_prefix(name) {
            Some([.., b'>']) if is_end => Meaning::End,
            // White space may stand before the end; so much of it is none.
            Some([.., b' ' | b'\t' | b'\r' | b'\n']) if is_end && tag.len() < name.len() + 8 => {
                Meaning::Open
            }
            Some([b' ' | b'\t' | b'\r' | b'\n' | b'>']) if !is_end => Meaning::Start,
            _ => Meaning::Nothing,
        }
    }

    /// The tag belongs to what was before it.
    fn go_on(&mut self, mode: Mode) {
        let carried = self.mark[..self.carried].to_vec();
        self.hand_over(&carried);
        self.forget(mode);
    }

    /// A record begins with the tag that ends before `behind`.
    fn begin(&mut self, chunk: &[u8], behind: usize, sink: &mut impl Records) {
        let start = behind - (self.mark.len() - self.carried);
        if self.is_record {
            self.out.cut(&chunk[self.from..start], false, sink);
        } else {
            self.out.fill(&chunk[self.from..start]);
        }
        self.from = start;
        self.is_record = true;
        self.go_on(Mode::Text);
    }

    fn forget(&mut self, mode: Mode) {
        self.mark.clear();
        self.carried = 0;
        self.mode = mode;
    }

    /// Reads on in CDATA.
    fn data(&mut self, chunk: &[u8], at: usize, brackets: u8) -> usize {
        let byte = chunk[at];
        self.mode = match (byte, brackets) {
            (b']', _) => Mode::Data((brackets + 1).min(2)),
            (b'>', 2) => Mode::Text,
            _ => Mode::Data(0),
        };
        if byte == b'<' && self.out.held() + (at - self.from) as u64 > RECORD_BYTES as u64 {
            self.mode = Mode::Text;
            return at;
        }
        if self.mode != Mode::Data(0) {
            return at + 1;
        }
        let rest = &chunk[at + 1..];
        at + 1 + memchr2(b']', b'<', rest).unwrap_or(rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::records::tests::{Seen, cuts, texts};
    use crate::train::Random;

    fn seen(text: &[u8], seed: u64) -> Vec<Seen> {
        cuts(text, seed, || XmlCutter::new("Event"), XmlCutter::push, XmlCutter::finish)
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(texts(&seen(text.as_bytes(), 1)), expected, "{text}");
    }

    /// The slow twin: looks at every place of the whole text.
    fn naive(text: &str) -> Vec<String> {
        let start = regex::Regex::new(r"\A<Event[ \t\r\n>]").unwrap();
        let end = regex::Regex::new(r"\A</Event[ \t\r\n]{0,7}>").unwrap();
        let (mut ranges, mut begun, mut at) = (Vec::new(), None, 0);
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let mut length = c.len_utf8();
            if start.is_match(rest) {
                ranges.extend(begun.replace(at).map(|begun| begun..at));
            } else if let (Some(first), Some(end)) = (begun, end.find(rest)) {
                length = end.len();
                ranges.push(first..at + length);
                begun = None;
            } else if begun.is_some() && rest.starts_with("<![CDATA[") {
                length = rest.find("]]>").map_or(rest.len(), |length| length + 3);
            }
            at += length;
        }
        ranges.extend(begun.map(|begun| begun..at));
        let records = ranges.into_iter().map(|range| &text[range]);
        records.map(|record| record.strip_suffix('\n').unwrap_or(record).to_owned()).collect()
    }

    #[test]
    fn events_are_found_wherever_they_stand() {
        check(
            "<Event a='1'>x</Event><Event>y</Event >",
            &["<Event a='1'>x</Event>", "<Event>y</Event >"],
        );
        check(
            "\u{feff}<?xml version='1.0'?>\r\n<Events>\n<Event\n a='1'>\n<EventData/>\n</Event>\n<!-- -->\n</Events>",
            &["<Event\n a='1'>\n<EventData/>\n</Event>"],
        );
        assert_eq!(
            seen(b"<<Event>\n</Event>\n\n", 1),
            [
                Seen::Filler(1, 0),
                Seen::Record(1, Some("<Event>\n</Event>".to_owned()), 16, 1, true),
                Seen::Filler(2, 2)
            ]
        );
        check("<Events><EventData></Event></EventData><event></event>", &[]);
    }

    #[test]
    fn damage_costs_its_record_and_no_more() {
        check("<Event>cut<Ev<Event>b</Event>", &["<Event>cut<Ev", "<Event>b</Event>"]);
        check(
            "<Event><![CDATA[</Event>]]]><</Event>x<Event>b",
            &["<Event><![CDATA[</Event>]]]><</Event>", "<Event>b"],
        );
        let long = "x".repeat(2 << 20);
        check(
            &format!("<Event><![CDATA[{long}<Event>b</Event>{long}<Event>{long}</Event>"),
            &["(too long)", "<Event>b</Event>", "(too long)"],
        );
    }

    #[test]
    fn it_cuts_as_the_slow_twin_does() {
        let parts = [
            "<Event>",
            "<Event ",
            "</Event>",
            "</Event\n>",
            "<![CDATA[",
            "]]>",
            "]",
            ">",
            "<",
            "/",
            "Event",
            "Ev",
            "\n",
            "検",
            "\0",
            "<Events>",
            "</",
        ];
        for seed in 0..5_000 {
            let mut random = Random::new(seed);
            let text: String =
                (0..random.below(30)).map(|_| *random.pick(&parts).unwrap()).collect();
            assert_eq!(texts(&seen(text.as_bytes(), seed)), naive(&text), "seed {seed}: {text:?}");
        }
    }
}
