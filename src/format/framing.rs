//! How the records of a stream are cut out of it.

use crate::shard::{BlockCutter, CsvCutter, Cut, FixedCutter, JsonCutter, Records, XmlCutter};
use serde::{Deserialize, Serialize};

/// How the records of a stream are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// A line each.
    Lines,
    /// A line each, but for line breaks in quotes.
    Csv,
    /// A line that begins a record, and those behind it that do not.
    Blocks,
    /// JSON values, one after another, in an array, or in an object around an array.
    Json,
    /// XML elements.
    Xml,
    /// Records of a Windows event log, which stand in chunks.
    Evtx,
    /// Records of `utmp`.
    Utmp,
}

/// Names under which exports wrap their records.
const WRAPPERS: &[&str] = &[
    "Records",
    "records",
    "value",
    "values",
    "events",
    "Events",
    "logs",
    "items",
    "data",
    "results",
    "entries",
    "hits",
    "hits.hits",
    "logEvents",
    "activities",
    "activity_logs",
    "audit_logs",
    "operation_logs",
    "logins",
];

/// Members that hold an object in records and never in wrappers: a record of Google Workspace has an
/// array `events` too.
const OF_RECORDS: &[&str] = &["id", "actor"];

/// Cuts a stream that is not one of plain lines.
pub enum RecordCutter<'f> {
    /// JSON.
    Json(JsonCutter),
    /// Quotes around line breaks.
    Csv(CsvCutter),
    /// XML.
    Xml(XmlCutter),
    /// Several lines.
    Blocks(BlockCutter<'f>),
    /// One length.
    Fixed(FixedCutter),
}

impl<'f> RecordCutter<'f> {
    /// A cutter of a framing. `begins` says whether a line begins a record, where that is asked.
    pub fn new(framing: Framing, begins: &'f dyn Fn(&[u8]) -> bool) -> Self {
        match framing {
            Framing::Json => Self::Json(JsonCutter::new(WRAPPERS, OF_RECORDS)),
            Framing::Csv => Self::Csv(CsvCutter::default()),
            Framing::Xml => Self::Xml(XmlCutter::new("Event")),
            Framing::Lines | Framing::Blocks => Self::Blocks(BlockCutter::new(begins)),
            Framing::Evtx => Self::Fixed(FixedCutter::new(super::evtx::HEADER, super::evtx::CHUNK)),
            Framing::Utmp => Self::Fixed(FixedCutter::new(0, super::utmp::RECORD)),
        }
    }

    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        match self {
            Self::Json(cutter) => cutter.push(chunk, sink),
            Self::Csv(cutter) => cutter.push(chunk, sink),
            Self::Xml(cutter) => cutter.push(chunk, sink),
            Self::Blocks(cutter) => cutter.push(chunk, sink),
            Self::Fixed(cutter) => cutter.push(chunk, sink),
        }
    }

    /// Hands on what is left.
    pub fn finish(&mut self, sink: &mut impl Records) {
        match self {
            Self::Json(cutter) => cutter.finish(sink),
            Self::Csv(cutter) => cutter.finish(sink),
            Self::Xml(cutter) => cutter.finish(sink),
            Self::Blocks(cutter) => cutter.finish(sink),
            Self::Fixed(cutter) => cutter.finish(sink),
        }
    }
}

/// The records of a head, at most so many. What is cut off at its end is left out, unless the head
/// is all.
pub(super) fn records(
    head: &[u8],
    is_whole: bool,
    framing: Framing,
    begins: &dyn Fn(&[u8]) -> bool,
    most: usize,
) -> Vec<Vec<u8>> {
    let mut kept = Kept { texts: Vec::new(), most };
    let mut cutter = RecordCutter::new(framing, begins);
    cutter.push(head, &mut kept);
    if is_whole {
        cutter.finish(&mut kept);
    }
    kept.texts
}

struct Kept {
    texts: Vec<Vec<u8>>,
    most: usize,
}

impl Records for Kept {
    fn record(&mut self, cut: Cut<'_>) {
        if let Some(text) = cut.text.filter(|_| self.texts.len() < self.most) {
            self.texts.push(text.to_vec());
        }
    }

    fn filler(&mut self, _: u64, _: u32) {}
}
