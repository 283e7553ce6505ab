//! What became of every byte: the ledger that each shard keeps and that merges into the report's.

use crate::base::limits::UNPARSED_LISTED;
use crate::base::{Gather, Instant, Merge, Time, ZoneSource};
use crate::event::Field;
use crate::format::{FormatIndex, Read, Reader, State};
use crate::input::{Fault, LeftOut, Walked};
use crate::report::ByteLedger;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of a stream that say how others are read, and are kept.
const HEADERS: usize = 1_000;

/// Why a line was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Why {
    /// No format fits it.
    NoMatch,
    /// It is longer than a record may be.
    TooLong,
    /// It holds NUL bytes.
    Nul,
    /// It is the last one, has no line end, and no format fits it.
    CutOff,
    /// It is a record of a binary log and is damaged.
    Damaged,
}

/// A line that was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bad {
    /// Why.
    pub why: Why,
    /// Bytes, line end included.
    pub bytes: u64,
    /// Bytes of the line end.
    pub end: u8,
    /// Lines before it in its shard.
    pub line: u32,
    /// Records before it in its shard.
    pub record: u32,
}

/// Lines and records of a shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Lines.
    pub lines: u32,
    /// Records: lines that are neither blank nor comments.
    pub records: u32,
}

/// The ledger of one stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// Lines and records of every shard, by its first byte.
    pub shards: BTreeMap<u64, Counts>,
    /// What became of the bytes.
    pub bytes: ByteLedger,
    /// Records that repeat those of a stream, by its id.
    pub repeated: BTreeMap<u32, u64>,
    /// Records that were not understood.
    pub unparsed: u64,
    /// The first of them.
    pub listed: BTreeMap<u64, Bad>,
    /// Records outside the period of the settings.
    pub outside: u64,
    /// Earliest and latest time.
    pub span: Option<(Instant, Instant)>,
    /// Records whose time states its zone, states none, or is absent.
    pub zones: [u64; 3],
    /// Records whose time states no year.
    pub yearless: u64,
    /// Offsets from UTC that were stated, in seconds.
    pub offsets: BTreeSet<i32>,
    /// Records by format.
    pub formats: BTreeMap<FormatIndex, u64>,
    /// Fields that some record has, as bits.
    pub fields: u64,
    /// Requests to web servers among the records: what detections judge.
    pub requests: u64,
    /// Events that the records stand for: more than records where a log says that one repeated.
    pub events: u64,
    /// The lines that say how others are read, by their first byte.
    pub headers: BTreeMap<u64, Box<[u8]>>,
    /// Why it could not be read to its end.
    pub faults: BTreeSet<Fault>,
}

impl Ledger {
    /// Notes a line that was not understood.
    pub fn bad(&mut self, offset: u64, bad: Bad) {
        self.bytes.unparsed += bad.bytes;
        self.unparsed += 1;
        self.listed.insert(offset, bad);
        if self.listed.len() > UNPARSED_LISTED {
            self.listed.pop_last();
        }
    }

    /// Notes a record that was understood.
    #[inline]
    pub fn parsed(&mut self, read: &Read<'_>, bytes: u64) {
        self.bytes.parsed += bytes;
        self.fields |= read.fields.present();
        self.events += u64::from(read.count);
        self.requests += u64::from(read.fields.has(Field::Target));
        match self.formats.get_mut(&read.format) {
            Some(records) => *records += 1,
            None => drop(self.formats.insert(read.format, 1)),
        }
        self.time(read.time);
    }

    /// Notes a record that repeats one of a stream.
    pub fn repeats(&mut self, of: u32, bytes: u64) {
        self.bytes.repeated += bytes;
        *self.repeated.entry(of).or_default() += 1;
    }

    /// Notes a line that says how others are read.
    pub fn header(&mut self, offset: u64, line: &[u8]) {
        if self.headers.len() < HEADERS {
            self.headers.insert(offset, line.into());
        }
    }

    /// What the lines before a place say of how its record is read.
    pub fn state_at(&self, reader: &Reader, offset: u64) -> State {
        let mut state = State::default();
        for (_, line) in self.headers.range(..offset) {
            reader.direct_line(&mut state, line);
        }
        state
    }

    #[inline]
    fn time(&mut self, time: Time) {
        let kind = match time.zone() {
            Some(ZoneSource::Stated) => 0,
            Some(ZoneSource::Assumed) => 1,
            None => 2,
        };
        self.zones[kind] += 1;
        self.yearless += u64::from(matches!(time, Time::Yearless(..)));
        if let Some(stamp) = time.stamp() {
            if kind == 0 && self.offsets.last() != Some(&stamp.offset_secs) {
                self.offsets.insert(stamp.offset_secs);
            }
            let (first, last) = self.span.unwrap_or((stamp.at, stamp.at));
            self.span = Some((first.min(stamp.at), last.max(stamp.at)));
        }
    }

    /// Whether some record has a field.
    pub const fn has_field(&self, field: Field) -> bool {
        self.fields & (1 << (field as u32)) != 0
    }

    /// Records that were understood.
    pub fn understood(&self) -> u64 {
        self.formats.values().sum()
    }

    /// Records that repeat others.
    pub fn repeated(&self) -> u64 {
        self.repeated.values().sum()
    }

    /// Lines and records of the whole stream, repeated ones included.
    pub fn totals(&self) -> (u64, u64) {
        self.shards.values().fold((0, 0), |(lines, records), shard| {
            (lines + u64::from(shard.lines), records + u64::from(shard.records))
        })
    }
}

impl Merge for Ledger {
    fn merge(&mut self, other: Self) {
        self.shards.extend(other.shards);
        self.bytes.parsed += other.bytes.parsed;
        self.bytes.blank += other.bytes.blank;
        self.bytes.unparsed += other.bytes.unparsed;
        self.bytes.repeated += other.bytes.repeated;
        for (stream, records) in other.repeated {
            *self.repeated.entry(stream).or_default() += records;
        }
        self.unparsed += other.unparsed;
        self.listed.extend(other.listed);
        while self.listed.len() > UNPARSED_LISTED {
            self.listed.pop_last();
        }
        self.outside += other.outside;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.yearless += other.yearless;
        for (mine, theirs) in self.zones.iter_mut().zip(other.zones) {
            *mine += theirs;
        }
        self.offsets.extend(other.offsets);
        for (format, records) in other.formats {
            *self.formats.entry(format).or_default() += records;
        }
        self.fields |= other.fields;
        self.events += other.events;
        self.requests += other.requests;
        self.headers.extend(other.headers);
        self.faults.extend(other.faults);
    }
}

/// The ledgers of all streams, and the digests of all sources.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// By stream.
    pub streams: BTreeMap<u32, Ledger>,
    /// By source, for those that were unpacked.
    pub sources: BTreeMap<u32, SourceLedger>,
    /// By stream, where the first part begins that was not read though it could have been.
    pub unread: BTreeMap<u32, u64>,
    /// SHA-256 in hex by source.
    pub digests: BTreeMap<u32, String>,
    /// Whether more streams are of the same period than are compared with one another.
    pub is_uncompared: bool,
}

/// What was met while a source was unpacked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLedger {
    /// Faults of the containers themselves, with their path inside.
    pub faults: BTreeSet<(Option<String>, Fault)>,
    /// Parts that were not read.
    pub left_out: BTreeSet<LeftOut>,
}

impl SourceLedger {
    /// What a walk met. Faults inside a stream are in the stream's own ledger.
    pub fn of(walked: Walked) -> Self {
        let own = walked.faults.into_iter().filter(|met| met.ordinal.is_none());
        Self {
            faults: own.map(|met| (met.path_inside, met.fault)).gather(),
            left_out: walked.left_out.into_iter().gather(),
        }
    }
}

impl Coverage {
    /// Whether a part of the logs was not read, though it could have been.
    pub fn is_partial(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Notes a part of a stream that was not read, by where it begins.
    pub fn leave_unread(&mut self, stream: u32, start: u64) {
        let first = self.unread.entry(stream).or_insert(start);
        *first = start.min(*first);
    }

    /// Where a record lies: line and record in its stream, both from 1; 0 where what stands before
    /// it was not read, and so not counted.
    pub fn number(&self, location: &crate::base::Location) -> (u64, u64) {
        let Some(ledger) = self.streams.get(&location.stream) else { return (0, 0) };
        if self.unread.get(&location.stream).is_some_and(|first| *first <= location.offset) {
            return (0, 0);
        }
        let mut own = 0;
        let (mut lines, mut records) = (u64::from(location.line), u64::from(location.record));
        for (start, _) in ledger.shards.range(..=location.offset) {
            own = *start;
        }
        for (_, shard) in ledger.shards.range(..own) {
            lines += u64::from(shard.lines);
            records += u64::from(shard.records);
        }
        (lines + 1, records + 1)
    }
}

impl Merge for SourceLedger {
    fn merge(&mut self, other: Self) {
        self.faults.extend(other.faults);
        self.left_out.extend(other.left_out);
    }
}

impl Merge for Coverage {
    fn merge(&mut self, other: Self) {
        for (stream, ledger) in other.streams {
            self.streams.entry(stream).or_default().merge(ledger);
        }
        for (source, ledger) in other.sources {
            self.sources.entry(source).or_default().merge(ledger);
        }
        for (stream, start) in other.unread {
            self.leave_unread(stream, start);
        }
        self.digests.extend(other.digests);
        self.is_uncompared |= other.is_uncompared;
    }
}
