//! Reads the records of one shard and hands each on, judged, to a visitor.
//!
//! The bytes come in large reads; a record is never copied. What became of every byte is written
//! into the ledger that is returned.

use super::coverage::{Bad, Counts, Ledger, Why};
use super::plan::{Job, Plan, Stream};
use super::settings::{Meant, SettingsError};
use crate::base::limits::READ_BYTES;
use crate::base::{Fingerprint, Location, Seed, Stamp, Table, Time};
use crate::detect::{Marks, Seen};
use crate::event::{Event, Field, Fields};
use crate::format::FormatIndex;
use crate::input::{Container, Fault, FaultKind, ReadAt, Unpacked, read_full};
use crate::judge::payload::{Judge, Payloads, Where, suspicious};
use crate::judge::resource::{Resource, classify, download_query};
use crate::judge::{Harmless, Judged, agent, program_of};
use crate::shard::{Block, Line, LineCutter, Lines};
use memchr::memchr;

/// Everything that jobs share: the plan, and what follows from its settings.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    pub(super) meant: Meant,
    pub(super) judge: Judge,
}

impl Prepared {
    /// Compiles what the settings say.
    pub fn new(plan: Plan) -> Result<Self, SettingsError> {
        let meant = plan.settings.meant()?;
        Ok(Self { plan, meant, judge: Judge::new() })
    }

    /// The id of a format.
    pub fn format_id(&self, format: FormatIndex) -> Option<&str> {
        self.meant.reader.id(format)
    }

    /// The stream of a job.
    pub(super) fn stream(&self, id: u32) -> Option<&Stream> {
        self.plan.streams.get(id as usize)
    }
}

/// Takes the records of a shard.
pub trait Visitor {
    /// Fetches what is known of a path and a client into the processor's cache. Called for a batch
    /// of records before any of them is handed on, so that the waits for memory overlap.
    fn warm(&self, _path: Fingerprint, _client: Fingerprint) {}

    /// What was judged of a path, when the visitor holds it.
    fn judged(&self, _path: Fingerprint) -> Option<Judged> {
        None
    }

    /// A record that was understood, with a time inside the period of the settings or without one.
    fn event(&mut self, _event: &Event<'_>, _format: FormatIndex) {}

    /// A record with a time inside the period of the settings.
    fn seen(&mut self, seen: &Seen<'_>);
}

/// Reads one shard. `progress` is told the bytes of the source that were read so far.
pub fn read_stream(
    prepared: &Prepared,
    job: &Job,
    source: &dyn ReadAt,
    memory: &mut Memory,
    visitor: &mut impl Visitor,
    progress: &mut dyn FnMut(u64),
) -> Ledger {
    let Some(stream) = prepared.stream(job.stream) else { return Ledger::default() };
    let mut pass = Pass {
        prepared,
        stream: job.stream,
        primary: stream.format.map_or(0, |(format, _, _)| format),
        seed: prepared.plan.seed(),
        memory,
        visitor,
        counts: Counts::default(),
        ledger: Ledger::default(),
    };
    let size = prepared.plan.sources.get(job.source as usize).map_or(0, |source| source.size);
    let fault = match stream.container {
        Container::Plain => pass.plain(job, size, source, progress),
        Container::Gzip => pass.gzip(size, source, progress),
        Container::NotRead(_) => None,
    };
    pass.finish(job.start, fault)
}

/// What was judged before, by this scanner: a judgement does not depend on the record.
#[derive(Default)]
pub struct Memory {
    agents: Table<(Payloads, bool)>,
    /// Queries and referrers without payload.
    harmless: Harmless,
    /// Paths that the visitor does not hold.
    paths: Table<Judged>,
}

/// Paths remembered before all are forgotten.
const PATHS_REMEMBERED: usize = 1 << 18;

struct Pass<'p, V> {
    prepared: &'p Prepared,
    stream: u32,
    primary: FormatIndex,
    seed: Seed,
    memory: &'p mut Memory,
    visitor: &'p mut V,
    counts: Counts,
    ledger: Ledger,
}

/// Records that are understood before they are handed on together.
const BATCH: usize = 32;

/// A record on its way, with the fingerprints by which it is looked up.
struct Row<'e> {
    event: Event<'e>,
    stamp: Stamp,
    client: Fingerprint,
    path: Fingerprint,
    path_text: &'e [u8],
    query: Option<&'e [u8]>,
}

impl<V: Visitor> Lines for Pass<'_, V> {
    fn line(&mut self, line: Line<'_>) {
        if let Some(row) = self.row(&line) {
            self.hand_on(&row);
        }
    }

    fn block(&mut self, block: Block<'_>) {
        let mut rows = Vec::with_capacity(BATCH);
        for line in block {
            rows.extend(self.row(&line));
            if rows.len() == BATCH {
                self.hand_on_all(&rows);
                rows.clear();
            }
        }
        self.hand_on_all(&rows);
    }
}

impl<V: Visitor> Pass<'_, V> {
    fn plain(
        &mut self,
        job: &Job,
        size: u64,
        source: &dyn ReadAt,
        progress: &mut dyn FnMut(u64),
    ) -> Option<Fault> {
        let mut cutter = LineCutter::new(job.start, job.end);
        let mut at = job.start.saturating_sub(1);
        let mut buffer = Vec::new();
        while at < size {
            // The last line of the shard may reach a little behind its end.
            let wanted = job.end.saturating_sub(at).max(1 << 16).min(size - at);
            buffer.resize(READ_BYTES.min(usize::try_from(wanted).unwrap_or(READ_BYTES)), 0);
            let count = match read_full(source, at, &mut buffer) {
                Ok(0) => return Some(shrank(at)),
                Ok(count) => count,
                Err(error) => return Some(error.into()),
            };
            at += count as u64;
            if !cutter.push(&buffer[..count], self) {
                return None;
            }
            progress(at.min(job.end).saturating_sub(job.start));
        }
        cutter.finish(self);
        None
    }

    fn gzip(
        &mut self,
        size: u64,
        source: &dyn ReadAt,
        progress: &mut dyn FnMut(u64),
    ) -> Option<Fault> {
        let mut cutter = LineCutter::new(0, u64::MAX);
        let mut unpacked = Unpacked::new(source, size);
        let mut buffer = vec![0; READ_BYTES];
        let fault = loop {
            match unpacked.fill(&mut buffer) {
                Ok(0) => break None,
                Ok(count) => {
                    cutter.push(&buffer[..count], self);
                }
                Err(fault) => break Some(fault),
            }
            progress(unpacked.consumed());
        };
        cutter.finish(self);
        fault
    }

    fn finish(mut self, start: u64, fault: Option<Fault>) -> Ledger {
        self.ledger.shards.insert(start, self.counts);
        self.ledger.faults.extend(fault);
        self.ledger
    }

    /// Understands a line. None when there is nothing to hand on.
    #[inline]
    fn row<'e>(&mut self, line: &Line<'e>) -> Option<Row<'e>> {
        let at = self.counts;
        self.counts.lines += 1;
        let Some(text) = line.text else {
            self.counts.records += 1;
            self.bad(line, at, Why::TooLong);
            return None;
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.first().is_none_or(|byte| *byte == b'#') {
            self.ledger.bytes.blank += line.bytes;
            return None;
        }
        self.counts.records += 1;
        let mut fields = Fields::default();
        let reader = &self.prepared.meant.reader;
        let Some((format, time)) = reader.read_into(self.primary, text, &mut fields) else {
            self.not_understood(line, at, text);
            return None;
        };
        let location = Location {
            stream: self.stream,
            length: text.len() as u32,
            offset: line.offset,
            line: at.lines,
            record: at.records,
        };
        self.ledger.parsed(format, line.bytes, time, &fields);
        let event = Event { location, time, fields };
        if self.is_outside(time) {
            self.ledger.outside += 1;
            return None;
        }
        self.visitor.event(&event, format);
        self.fingerprinted(event)
    }

    #[inline]
    fn is_outside(&self, time: Time) -> bool {
        let meant = &self.prepared.meant;
        time.stamp().is_some_and(|stamp| stamp.at < meant.since || stamp.at >= meant.until)
    }

    #[cold]
    fn not_understood(&mut self, line: &Line<'_>, at: Counts, text: &[u8]) {
        let why = match (line.ended, memchr(0, text)) {
            (_, Some(_)) => Why::Nul,
            (false, None) => Why::CutOff,
            (true, None) => Why::NoMatch,
        };
        self.bad(line, at, why);
    }

    fn bad(&mut self, line: &Line<'_>, at: Counts, why: Why) {
        let is_crlf = line.text.is_some_and(|text| text.ends_with(b"\r"));
        let end = u8::from(line.ended) + u8::from(is_crlf);
        let bad = Bad { why, bytes: line.bytes, end, line: at.lines, record: at.records };
        self.ledger.bad(line.offset, bad);
    }

    /// The record with its fingerprints, when it has a time.
    #[inline]
    fn fingerprinted<'e>(&self, event: Event<'e>) -> Option<Row<'e>> {
        let stamp = event.time.stamp()?;
        let fields = &event.fields;
        let client = self.seed.of(fields.text(Field::SourceAddress).unwrap_or(b"-"));
        let target = fields.text(Field::Target).unwrap_or(b"-");
        let (path_text, query) = match memchr(b'?', target) {
            Some(at) => (&target[..at], Some(&target[at + 1..])),
            None => (target, None),
        };
        let path = match fields.text(Field::Domain) {
            Some(domain) => self.seed.within(self.seed.of(domain), path_text),
            None => self.seed.of(path_text),
        };
        Some(Row { event, stamp, client, path, path_text, query })
    }

    #[inline]
    fn hand_on_all(&mut self, rows: &[Row<'_>]) {
        for row in rows {
            self.visitor.warm(row.path, row.client);
        }
        for row in rows {
            self.hand_on(row);
        }
    }

    #[inline]
    fn hand_on(&mut self, row: &Row<'_>) {
        let fields = &row.event.fields;
        let judged = self.path(row);
        let (agent, in_bulk) = self.agent(fields.text(Field::UserAgent));
        let payloads = judged
            .payloads
            .union(agent)
            .union(self.text(Where::Query, row.query))
            .union(self.text(Where::Referer, fields.text(Field::Referrer)));
        let mut seen = Seen {
            event: &row.event,
            seed: self.seed,
            at: row.stamp.at,
            offset_secs: row.stamp.offset_secs,
            client: row.client,
            path: row.path,
            path_text: row.path_text,
            query: row.query,
            status: row.event.status().unwrap_or(0),
            bytes: row.event.bytes_out(),
            judged,
            payloads,
            marks: Marks::EMPTY,
        };
        seen.marks = marks(&seen, in_bulk);
        self.visitor.seen(&seen);
    }

    #[inline]
    fn path(&mut self, row: &Row<'_>) -> Judged {
        if let Some(judged) = self.visitor.judged(row.path) {
            return judged;
        }
        let judge = &self.prepared.judge;
        if self.memory.paths.len() >= PATHS_REMEMBERED {
            self.memory.paths.clear();
        }
        *self.memory.paths.entry(row.path, || judge_path(judge, self.seed, row.path_text))
    }

    /// The payloads in a query or a referrer.
    #[inline]
    fn text(&mut self, field: Where, text: Option<&[u8]>) -> Payloads {
        let Some(text) = text else { return Payloads::default() };
        let fingerprint = self.seed.within(field as Fingerprint, text);
        if self.memory.harmless.knows(fingerprint) {
            return Payloads::default();
        }
        let payloads = judge_text(&self.prepared.judge, field, Some(text));
        if payloads.is_empty() {
            self.memory.harmless.remember(fingerprint);
        }
        payloads
    }

    #[inline]
    fn agent(&mut self, agent: Option<&[u8]>) -> (Payloads, bool) {
        let Some(agent) = agent else { return (Payloads::default(), false) };
        let judge = &self.prepared.judge;
        *self.memory.agents.entry(self.seed.of(agent), || {
            (judge_text(judge, Where::UserAgent, Some(agent)), agent::fetches_in_bulk(agent))
        })
    }
}

fn shrank(offset: u64) -> Fault {
    Fault { kind: FaultKind::Shrank, offset, what: String::new() }
}

fn judge_path(judge: &Judge, seed: Seed, path: &[u8]) -> Judged {
    Judged {
        payloads: judge_text(judge, Where::Path, Some(path)),
        resource: classify(path),
        program: program_of(seed, path),
    }
}

#[inline]
fn judge_text(judge: &Judge, field: Where, text: Option<&[u8]>) -> Payloads {
    match text {
        Some(text) if suspicious(field, text) => judge.judge(field, text),
        _ => Payloads::default(),
    }
}

#[inline]
fn marks(seen: &Seen<'_>, in_bulk: bool) -> Marks {
    let resource = seen.judged.resource;
    let is_document = resource.contains(Resource::DOCUMENT)
        || (!resource.contains(Resource::STATIC) && seen.query.is_some_and(download_query));
    let is_download = matches!(seen.status, 200 | 206) && !in_bulk && is_document;
    Marks::EMPTY
        .with(Marks::PAYLOAD, !seen.payloads.is_empty())
        .with(Marks::SENSITIVE, resource.contains(Resource::SENSITIVE))
        .with(Marks::DOWNLOAD, is_download)
        .with(Marks::REFUSED, matches!(seen.status, 400..=499))
}
