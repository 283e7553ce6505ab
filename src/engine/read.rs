//! Reads the records of one job and hands each on, judged, to a visitor.
//!
//! The bytes come in large reads; a record is copied only where its notation asks for it. What
//! became of every byte is written into the ledgers that are returned.

use super::coverage::{Bad, Counts, Ledger, SourceLedger, Why};
use super::feed::{SourceReader, chunks};
use super::load::LoadedRules;
use super::plan::{Job, JobKind, Plan, Stream};
use super::repeats::Repeats;
use super::rules::CheckRules;
use super::settings::{Meant, SettingsError};
use crate::base::limits::READ_BYTES;
use crate::base::{Fingerprint, Location, NOWHERE, Place, Seed, Stamp, Table, Time};
use crate::detect::{Marks, Seen, packs};
use crate::event::{Event, Field};
use crate::format::evtx::{self, ChunkState, EvtxRecord};
use crate::format::{FormatIndex, Framing, Read, RecordCutter, Situation, State};
use crate::input::{
    Encoding, Entry, Fault, FaultKind, Options, ReadAt, Utf8Reader, Visit, read_full, walk,
};
use crate::intel::{Lists, Sweeper};
use crate::judge::payload::{Judge, Payloads, Where, suspicious};
use crate::judge::resource::{Resource, classify, download_query};
use crate::judge::{Harmless, Judged, agent, program_of};
use crate::shard::{Block, Cut, Line, LineCutter, Lines, Records};
use bumpalo::Bump;
use memchr::memchr;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// Everything that jobs share: the plan, and what follows from its settings.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    pub(super) meant: Meant,
    pub(super) judge: Judge,
    /// Sweeps for indicators, where lists are given.
    pub(super) sweeper: Option<Sweeper>,
    pub(super) rules: Arc<CheckRules>,
}

impl Prepared {
    /// Compiles what the settings say, for reading records: nothing is swept for.
    pub fn new(plan: Plan) -> Result<Self, SettingsError> {
        let meant = plan.settings.meant(&plan.passwords)?;
        Ok(Self { plan, meant, judge: Judge::new(), sweeper: None, rules: Arc::default() })
    }

    /// The same for a check, with the indicator lists that the settings name.
    pub fn with_lists(plan: Plan, lists: Lists) -> Result<Self, SettingsError> {
        plan.settings.must_name(&lists)?;
        let sweeper = (!lists.ids().is_empty()).then(|| Sweeper::new(lists, plan.seed()));
        Ok(Self { sweeper, ..Self::new(plan)? })
    }

    /// Whether values of the logs are to be tried against private lists.
    pub fn has_private_lists(&self) -> bool {
        self.sweeper.as_ref().is_some_and(|sweeper| !sweeper.lists().private().is_empty())
    }

    /// The same with rules.
    pub fn with_rules(mut self, rules: LoadedRules) -> Self {
        self.rules =
            Arc::new(CheckRules::new(rules, &self.plan.settings.rules, &self.meant.reader));
        self
    }

    /// The id of a format.
    pub fn format_id(&self, format: FormatIndex) -> Option<&str> {
        self.meant.reader.id(format)
    }

    /// The stream of a job.
    pub(super) fn stream(&self, id: u32) -> Option<&Stream> {
        self.plan.streams.get(id as usize)
    }

    /// What a stream repeats.
    fn repeats(&self, stream: u32) -> Option<&Repeats> {
        let all = self.plan.repeats.as_deref()?;
        let at = all.binary_search_by_key(&stream, |repeats| repeats.stream).ok()?;
        all.get(at)
    }

    /// What a stream says of its records.
    pub(super) fn situation(&self, stream: &Stream) -> Situation {
        let name = self.plan.name(stream.id).unwrap_or_default();
        let clock = self.meant.clock(&name, stream.found.modified);
        let primary = stream.found.sniffed.map_or(FormatIndex::MAX, |sniffed| sniffed.format);
        Situation::new(primary, clock)
    }
}

/// Takes the records of a job.
pub trait Visitor {
    /// The records of a stream begin; `start` is the first byte of the job's range.
    fn begin(&mut self, _stream: u32, _start: u64) {}

    /// The records of the stream have ended.
    fn end(&mut self) {}

    /// Where the visitor keeps what it knows of a path and a client. Asked for a batch of records
    /// before any of them is handed on, so that the waits for memory overlap.
    fn places(&self, _path: Fingerprint, _client: Fingerprint) -> Places {
        Places::default()
    }

    /// Fetches what stands there into the processor's cache, also for a batch.
    fn warm(&self, _path: Fingerprint, _client: Fingerprint, _places: Places) {}

    /// What was judged of a path, when the visitor holds it.
    fn judged(&self, _path: Fingerprint, _places: Places) -> Option<Judged> {
        None
    }

    /// Whether requests and other records are to be judged and handed on behind their events.
    fn judges(&self) -> bool {
        true
    }

    /// The text of the record whose event comes next, where it is stored as text.
    fn record(&mut self, _text: Option<&[u8]>) {}

    /// A record that was understood, with a time inside the period of the settings or without one.
    fn event(&mut self, _event: &Event<'_>, _format: FormatIndex) {}

    /// A request to a web server, with a time inside the period of the settings.
    fn seen(&mut self, seen: &Seen<'_>, places: Places);

    /// Any other record with a time inside the period of the settings. `client` stands for the
    /// address that it names, if it names one.
    fn other<'e>(&mut self, _event: &'e Event<'e>, _stamp: Stamp, _client: Option<Fingerprint>) {}
}

/// Where a visitor probably keeps what it knows of a record's path and client: what stands there
/// is compared before it is used.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// Of the path.
    pub path: Place,
    /// Of the client.
    pub client: Place,
}

impl Default for Places {
    fn default() -> Self {
        Self { path: NOWHERE, client: NOWHERE }
    }
}

/// What became of the bytes of a job.
#[derive(Debug, Default)]
pub struct Ledgers {
    /// By stream.
    pub streams: BTreeMap<u32, Ledger>,
    /// Of the source, when it was unpacked.
    pub source: Option<SourceLedger>,
}

impl Ledgers {
    /// Whether something could not be read.
    pub fn is_partial(&self) -> bool {
        self.streams.values().any(|ledger| !ledger.faults.is_empty())
            || self.source.iter().any(|ledger| *ledger != SourceLedger::default())
    }
}

/// Does one job. `progress` is told the bytes of the source that were read so far.
pub fn read_job(
    prepared: &Prepared,
    job: &Job,
    source: &dyn ReadAt,
    memory: &mut Memory,
    visitor: &mut impl Visitor,
    progress: &mut dyn FnMut(u64),
) -> Ledgers {
    let mut ledgers = Ledgers::default();
    let planned = prepared.plan.sources.get(job.source as usize);
    let Some(planned) = planned.filter(|_| job.kind == JobKind::Scan) else { return ledgers };
    if planned.is_packed {
        let mut work = Work { prepared, memory, visitor, progress };
        ledgers.source = Some(work.unpack(job, planned.size, source, &mut ledgers.streams));
        return ledgers;
    }
    let Some(stream) = prepared.stream(job.stream) else { return ledgers };
    let mut pass = Pass::new(prepared, stream, job.start, memory, visitor);
    let fault = if stream.can_be_cut() {
        pass.plain(job, planned.size, source, progress)
    } else {
        let mut reader = SourceReader::new(source, planned.size);
        let reached = reader.reached();
        pass.stream(stream, &mut reader, &mut || progress(reached.get()))
    };
    ledgers.streams.insert(job.stream, pass.finish(job.start, fault));
    ledgers
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

/// The work on a packed source: one pass over all its streams.
struct Work<'p, V> {
    prepared: &'p Prepared,
    memory: &'p mut Memory,
    visitor: &'p mut V,
    progress: &'p mut dyn FnMut(u64),
}

impl<V: Visitor> Work<'_, V> {
    fn unpack(
        &mut self,
        job: &Job,
        size: u64,
        source: &dyn ReadAt,
        ledgers: &mut BTreeMap<u32, Ledger>,
    ) -> SourceLedger {
        let reached = Cell::new(0);
        let passwords = &self.prepared.meant.passwords;
        let options = Options { passwords, reached: Some(&reached), ..Options::default() };
        let walked =
            walk(source, size, &options, &mut |entry: &Entry, reader: &mut dyn io::Read| {
                let id = job.stream + entry.ordinal;
                let stream = self.prepared.stream(id).filter(|stream| stream.of == job.source);
                let Some(stream) = stream else { return Visit::Stop };
                let mut pass = Pass::new(self.prepared, stream, 0, self.memory, self.visitor);
                let fault = pass.stream(stream, reader, &mut || (self.progress)(reached.get()));
                ledgers.insert(id, pass.finish(0, fault));
                Visit::Next
            });
        SourceLedger::of(walked)
    }
}

struct Pass<'p, V> {
    prepared: &'p Prepared,
    id: u32,
    situation: Situation,
    state: State,
    framing: Framing,
    /// Whether lines may say how others are read.
    is_headed: bool,
    /// What is left out: the same is said elsewhere.
    repeats: Option<&'p Repeats>,
    arena: Bump,
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
    event: &'e Event<'e>,
    stamp: Stamp,
    client: Fingerprint,
    path: Fingerprint,
    path_text: &'e [u8],
    query: Option<&'e [u8]>,
}

/// The lines have ended.
struct Ended;

/// The mark that UTF-8 may begin with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What a line turned out to be.
enum Told<'e> {
    /// A request to hand on.
    Row(&'e Row<'e>),
    /// Any other record to hand on, behind the requests before it.
    Other(&'e Event<'e>, Stamp),
    /// Nothing to hand on.
    Nothing,
    /// A line that says how others are read.
    Header(Box<[u8]>),
}

impl<V: Visitor> Lines for Pass<'_, V> {
    fn line(&mut self, line: Line<'_>) {
        self.lines(std::iter::once(line));
    }

    fn block(&mut self, block: Block<'_>) {
        self.lines(block);
    }
}

impl<V: Visitor> Records for Pass<'_, V> {
    fn record(&mut self, cut: Cut<'_>) {
        if self.framing == Framing::Evtx {
            return self.chunk(&cut);
        }
        let line = Line { offset: cut.offset, text: cut.text, bytes: cut.bytes, ended: cut.ended };
        let before = self.counts.lines;
        self.lines(std::iter::once(line));
        self.counts.lines = before.saturating_add(cut.lines.max(u32::from(!cut.ended)));
    }

    fn filler(&mut self, bytes: u64, lines: u32) {
        self.ledger.bytes.blank += bytes;
        self.counts.lines = self.counts.lines.saturating_add(lines);
    }
}

impl<'p, V: Visitor> Pass<'p, V> {
    fn new(
        prepared: &'p Prepared,
        stream: &Stream,
        start: u64,
        memory: &'p mut Memory,
        visitor: &'p mut V,
    ) -> Self {
        visitor.begin(stream.id, start);
        Self {
            prepared,
            id: stream.id,
            situation: prepared.situation(stream),
            state: State::default(),
            framing: stream.found.sniffed.map_or(Framing::Lines, |sniffed| sniffed.framing),
            is_headed: !stream.can_be_cut(),
            repeats: prepared.repeats(stream.id),
            arena: Bump::new(),
            seed: prepared.plan.seed(),
            memory,
            visitor,
            counts: Counts::default(),
            ledger: Ledger::default(),
        }
    }

    /// Reads the lines of a range of the source.
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

    /// Reads all records of a stream.
    fn stream(
        &mut self,
        stream: &Stream,
        reader: &mut dyn io::Read,
        progress: &mut dyn FnMut(),
    ) -> Option<Fault> {
        match stream.found.encoding {
            Encoding::Utf8 => self.decoded(reader, progress),
            encoding => self.decoded(&mut Utf8Reader::new(reader, encoding), progress),
        }
    }

    fn decoded(&mut self, reader: &mut dyn io::Read, progress: &mut dyn FnMut()) -> Option<Fault> {
        match self.framing {
            Framing::Lines => {
                let mut cutter = LineCutter::new(0, u64::MAX);
                let fault = chunks(reader, progress, &mut |chunk| {
                    cutter.push(chunk, self);
                });
                cutter.finish(self);
                fault
            }
            framing => {
                let situation = self.situation.clone();
                let prepared = self.prepared;
                let begins = move |line: &[u8]| prepared.meant.reader.begins(&situation, line);
                let mut cutter = RecordCutter::new(framing, &begins);
                let fault = chunks(reader, progress, &mut |chunk| cutter.push(chunk, self));
                cutter.finish(self);
                fault
            }
        }
    }

    fn finish(mut self, start: u64, fault: Option<Fault>) -> Ledger {
        self.visitor.end();
        self.ledger.shards.insert(start, self.counts);
        self.ledger.faults.extend(fault);
        self.ledger
    }

    /// Hands on the records of a chunk of a Windows event log. Their numbers are those of the log.
    fn chunk(&mut self, cut: &Cut<'_>) {
        let mut arena = std::mem::take(&mut self.arena);
        let mut in_records = 0;
        let state = evtx::records(cut.text.unwrap_or_default(), &arena, &mut |record| {
            in_records += record.length as u64;
            self.chunk_record(cut.offset, record, &arena);
        });
        arena.reset();
        self.arena = arena;
        self.ledger.bytes.blank += cut.bytes.saturating_sub(in_records);
        if let ChunkState::Damaged(what) = state {
            self.ledger.faults.insert(Fault { kind: FaultKind::Altered, offset: cut.offset, what });
        }
    }

    fn chunk_record<'e>(&mut self, chunk: u64, record: EvtxRecord<'e>, arena: &'e Bump)
    where
        'p: 'e,
    {
        let at = self.counts;
        self.counts.lines += 1;
        self.counts.records += 1;
        let (offset, bytes) = (chunk + record.offset as u64, record.length as u64);
        let number = u32::try_from(record.number.saturating_sub(1)).unwrap_or(at.records);
        if self.is_repeated(offset, bytes, bytes) {
            return;
        }
        let reader = &self.prepared.meant.reader;
        let read =
            record.pairs.ok().and_then(|pairs| reader.read_pairs(&self.situation, pairs, arena));
        let Some(read) = read else {
            let (line, record) = (at.lines, number);
            let bad = Bad { why: Why::Damaged, bytes, end: 0, line, record };
            return self.ledger.bad(offset, bad);
        };
        let location = Location {
            stream: self.id,
            length: record.length as u32,
            offset,
            line: at.lines,
            record: number,
        };
        self.visitor.record(None);
        self.understood(location, &read, bytes, arena);
    }

    /// Hands on an event that stands by itself.
    fn understood<'e>(&mut self, location: Location, read: &Read<'e>, bytes: u64, arena: &'e Bump) {
        match self.event(location, read, bytes, arena) {
            Told::Row(row) => self.hand_on(row, Places::default()),
            Told::Other(event, stamp) => self.hand_on_other(event, stamp),
            Told::Nothing | Told::Header(_) => {}
        }
    }

    /// Hands on lines in batches. A line that says how others are read takes effect behind the
    /// batch that it ends.
    #[inline]
    fn lines<'l>(&mut self, mut lines: impl Iterator<Item = Line<'l>>) {
        let prepared = self.prepared;
        let mut state = std::mem::take(&mut self.state);
        let mut arena = std::mem::take(&mut self.arena);
        loop {
            let before = self.counts.records;
            let header = self.batch(&mut lines, &state, &arena);
            arena.reset();
            if self.counts.records > before {
                state.begin();
            }
            match header {
                Ok(Some(text)) => prepared.meant.reader.direct_line(&mut state, &text),
                Ok(None) => {}
                Err(Ended) => break,
            }
        }
        self.state = state;
        self.arena = arena;
    }

    /// One batch. Gives the line that ended it, when that says how others are read.
    #[inline]
    fn batch<'l>(
        &mut self,
        lines: &mut impl Iterator<Item = Line<'l>>,
        state: &State,
        arena: &Bump,
    ) -> Result<Option<Box<[u8]>>, Ended> {
        // Records that are cut come one by one.
        let most = lines.size_hint().1.unwrap_or(BATCH).min(BATCH);
        let mut rows = bumpalo::collections::Vec::with_capacity_in(most, arena);
        let mut end = Ok(None);
        // Also where nothing is handed on, so that the arena stays small.
        for _ in 0..BATCH {
            let Some(line) = lines.next() else {
                end = Err(Ended);
                break;
            };
            match self.row(&line, state, arena) {
                Told::Row(row) => rows.push(row),
                Told::Other(event, stamp) => {
                    self.hand_on_all(&rows);
                    rows.clear();
                    self.hand_on_other(event, stamp);
                }
                Told::Nothing => {}
                Told::Header(text) => {
                    end = Ok(Some(text));
                    break;
                }
            }
            if !state.has_begun() {
                break;
            }
        }
        self.hand_on_all(&rows);
        end
    }

    /// Understands a line.
    #[inline]
    fn row<'e>(&mut self, line: &Line<'e>, state: &'e State, arena: &'e Bump) -> Told<'e>
    where
        'p: 'e,
    {
        let at = self.counts;
        self.counts.lines += 1;
        let Some(text) = line.text else {
            self.counts.records += 1;
            if !self.is_repeated(line.offset, line.bytes, line.bytes) {
                self.bad(line, at, Why::TooLong);
            }
            return Told::Nothing;
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = if line.offset == 0 { text.strip_prefix(MARK).unwrap_or(text) } else { text };
        let reader = &self.prepared.meant.reader;
        if text.is_empty() || reader.is_comment(text) || self.is_header(text, state) {
            self.ledger.bytes.blank += line.bytes;
            if !self.is_headed || text.is_empty() {
                return Told::Nothing;
            }
            self.ledger.header(line.offset, text);
            return Told::Header(text.into());
        }
        self.counts.records += 1;
        let location = Location {
            stream: self.id,
            length: text.len() as u32,
            offset: line.offset
                + (text.as_ptr() as u64 - line.text.map_or(text, |t| t).as_ptr() as u64),
            line: at.lines,
            record: at.records,
        };
        if self.is_repeated(location.offset, u64::from(location.length), line.bytes) {
            return Told::Nothing;
        }
        let Some(read) = reader.read(&self.situation, state, text, arena) else {
            self.not_understood(line, at, text);
            return Told::Nothing;
        };
        self.visitor.record(Some(text));
        self.event(location, &read, line.bytes, arena)
    }

    /// Whether a record is said elsewhere, which is noted. `bytes` are those of its line.
    #[inline]
    fn is_repeated(&mut self, offset: u64, length: u64, bytes: u64) -> bool {
        let of = self.repeats.and_then(|repeats| repeats.of(offset, length));
        if let Some(of) = of {
            self.ledger.repeats(of, bytes);
        }
        of.is_some()
    }

    /// Notes an event. What it gives is to be handed on.
    #[inline]
    fn event<'e>(
        &mut self,
        location: Location,
        read: &Read<'e>,
        bytes: u64,
        arena: &'e Bump,
    ) -> Told<'e> {
        self.ledger.parsed(read, bytes);
        if self.is_outside(read.time) {
            self.ledger.outside += 1;
            return Told::Nothing;
        }
        let (time, count, fields) = (read.time, read.count, read.fields);
        let event = &*arena.alloc_with(|| Event { location, time, count, fields });
        self.visitor.event(event, read.format);
        if self.visitor.judges() { self.fingerprinted(event, arena) } else { Told::Nothing }
    }

    /// Whether a line names columns and is no record. Where a stream may be cut, none does: what
    /// one record says must not matter for another.
    #[inline]
    fn is_header(&self, text: &[u8], state: &State) -> bool {
        self.is_headed
            && (state.is_header(text)
                || (!state.has_begun() && self.prepared.meant.reader.header(state, text).is_some()))
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

    /// What there is to hand on of an event with a time: of a request, its fingerprints too.
    #[inline]
    fn fingerprinted<'e>(&mut self, event: &'e Event<'e>, arena: &'e Bump) -> Told<'e> {
        let Some(stamp) = event.time.stamp() else { return Told::Nothing };
        let fields = &event.fields;
        if !event.is_request() {
            return Told::Other(event, stamp);
        }
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
        Told::Row(arena.alloc_with(|| Row { event, stamp, client, path, path_text, query }))
    }

    #[inline(never)]
    fn hand_on_other<'e>(&mut self, event: &'e Event<'e>, stamp: Stamp) {
        let address = event.fields.text(Field::SourceAddress);
        let client = address.map(|address| self.seed.of(address));
        self.visitor.other(event, stamp, client);
    }

    #[inline]
    fn hand_on_all(&mut self, rows: &[&Row<'_>]) {
        let mut places = [Places::default(); BATCH];
        for (places, row) in places.iter_mut().zip(rows) {
            *places = self.visitor.places(row.path, row.client);
        }
        for (places, row) in places.iter().zip(rows) {
            self.visitor.warm(row.path, row.client, *places);
        }
        for (places, row) in places.iter().zip(rows) {
            self.hand_on(row, *places);
        }
    }

    #[inline]
    fn hand_on(&mut self, row: &Row<'_>, places: Places) {
        let fields = &row.event.fields;
        let judged = self.path(row, places);
        let (agent, in_bulk) = self.agent(fields.text(Field::UserAgent));
        let payloads = judged
            .payloads
            .union(agent)
            .union(self.text(Where::Query, row.query))
            .union(self.text(Where::Referer, fields.text(Field::Referrer)));
        let mut seen = Seen {
            event: row.event,
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
        self.visitor.seen(&seen, places);
    }

    #[inline]
    fn path(&mut self, row: &Row<'_>, places: Places) -> Judged {
        if let Some(judged) = self.visitor.judged(row.path, places) {
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
        is_watched: packs().watch_path(path),
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

/// Whether something was sent, by a record of a web server: one with an action is another log's.
fn is_sent(event: &Event<'_>) -> bool {
    event.fields.text(Field::Method) == Some(b"POST") && !event.fields.has(Field::Action)
}

/// Whether a file was sent and taken: put in place, or sent to a page that says that it takes some.
fn is_upload(seen: &Seen<'_>) -> bool {
    let method = seen.event.fields.text(Field::Method);
    let is_taken = matches!(seen.status, 200..=204 | 302 | 303);
    let names_it = || {
        let has = |word: &[u8]| memchr::memmem::find(seen.path_text, word).is_some();
        has(b"pload") || has(b"ttach") || has(b"mport")
    };
    is_taken && (method == Some(b"PUT") || (method == Some(b"POST") && names_it()))
}

/// Whether XML or a serialised object was sent, told by the page: logs rarely say what a body is.
fn is_structured(seen: &Seen<'_>) -> bool {
    let is_page = || {
        let has = |word: &&[u8]| memchr::memmem::find(seen.path_text, word).is_some();
        let pages: [&[u8]; 7] =
            [b".asmx", b".svc", b"xmlrpc", b"/soap", b".xml", b"/invoker/", b"/webdav"];
        pages.iter().any(has)
    };
    is_sent(seen.event) && is_page()
}

#[inline]
fn marks(seen: &Seen<'_>, in_bulk: bool) -> Marks {
    let resource = seen.judged.resource;
    let is_document = resource.contains(Resource::DOCUMENT)
        || (!resource.contains(Resource::STATIC) && seen.query.is_some_and(download_query));
    let is_download = matches!(seen.status, 200 | 206) && !in_bulk && is_document;
    let has_payload = !seen.payloads.is_empty();
    let is_watched = seen.judged.is_watched
        || (has_payload && seen.query.is_some_and(|query| packs().watch_query(query)));
    Marks::EMPTY
        .with(Marks::PAYLOAD, has_payload)
        .with(Marks::WATCHED, is_watched)
        .with(Marks::SENSITIVE, resource.contains(Resource::SENSITIVE))
        .with(Marks::DOWNLOAD, is_download)
        .with(Marks::REFUSED, matches!(seen.status, 400..=499))
        .with(
            Marks::MISPLACED,
            resource.contains(Resource::MISPLACED) && crate::baseline::is_served(seen.status),
        )
        .with(
            Marks::ADMIN,
            resource.contains(Resource::ADMIN)
                && crate::baseline::is_served(seen.status)
                && seen.event.fields.text(Field::UserName).is_some(),
        )
        .with(Marks::INSTALLER, resource.contains(Resource::INSTALLER) && seen.status < 400)
        .with(Marks::UPLOAD, is_upload(seen))
        .with(Marks::STRUCTURED, is_structured(seen))
        .with(Marks::SIGN_IN, resource.contains(Resource::SIGN_IN) && is_sent(seen.event))
}
