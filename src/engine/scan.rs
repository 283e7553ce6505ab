//! Scans shards: every record is shown to the baseline and to the detections that want it.

use super::coverage::{Coverage, Ledger};
use super::plan::{Job, JobKind};
use super::read::{Memory, Prepared, Visitor, read_stream};
use crate::base::limits::READ_BYTES;
use crate::base::{Fingerprint, Instant, Merge};
use crate::baseline::{
    BIN_SECS, Baseline, Bin, Calendar, ClientStats, PathStats, Segment, is_served,
};
use crate::detect::{Marks, Seen, States};
use crate::event::Field;
use crate::input::{Fault, FaultKind, ReadAt, read_full};
use crate::judge::Judged;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What some shards saw.
#[derive(Default, Serialize, Deserialize)]
pub struct Partial {
    pub(super) coverage: Coverage,
    pub(super) baseline: Baseline,
    pub(super) states: States,
}

impl Merge for Partial {
    fn merge(&mut self, other: Self) {
        self.coverage.merge(other.coverage);
        self.baseline.merge(other.baseline);
        self.states.merge(other.states);
    }
}

impl Partial {
    /// One buffer that can be handed from worker to worker.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// Notes that a job could not be done.
    pub fn lost(&mut self, job: &Job, what: &str) {
        let fault = Fault { kind: FaultKind::Internal, offset: job.start, what: what.to_owned() };
        let ledger = self.coverage.streams.entry(job.stream).or_default();
        ledger.shards.entry(job.start).or_default();
        ledger.faults.insert(fault);
    }
}

/// Runs jobs and keeps what they saw.
pub struct Scanner<'p> {
    prepared: &'p Prepared,
    memory: Memory,
    partial: Partial,
}

impl<'p> Scanner<'p> {
    /// A scanner that has seen nothing.
    pub fn new(prepared: &'p Prepared) -> Self {
        Self::resume(prepared, Partial::default())
    }

    /// A scanner that goes on from what was seen.
    pub fn resume(prepared: &'p Prepared, partial: Partial) -> Self {
        Self { prepared, memory: Memory::default(), partial }
    }

    /// Runs a job. `progress` is told the bytes of the job that are done.
    pub fn run(&mut self, job: &Job, source: &dyn ReadAt, progress: &mut dyn FnMut(u64)) {
        match job.kind {
            JobKind::Scan => self.scan(job, source, progress),
            JobKind::Digest => self.digest(job, source, progress),
        }
    }

    /// What was seen.
    pub fn finish(self) -> Partial {
        self.partial
    }

    fn scan(&mut self, job: &Job, source: &dyn ReadAt, progress: &mut dyn FnMut(u64)) {
        let mut watch = Watch {
            baseline: &mut self.partial.baseline,
            states: &mut self.partial.states,
            calendar: Calendar::default(),
            bin: None,
            segment: Segment::default(),
        };
        let ledger =
            read_stream(self.prepared, job, source, &mut self.memory, &mut watch, progress);
        watch.end_bin();
        let (calendar, segment) = (watch.calendar, watch.segment);
        let baseline = &mut self.partial.baseline;
        baseline.calendars.entry(job.stream).or_default().merge(calendar);
        baseline.order.add(job.stream, job.start, segment);
        self.ledger(job.stream).merge(ledger);
    }

    fn ledger(&mut self, stream: u32) -> &mut Ledger {
        self.partial.coverage.streams.entry(stream).or_default()
    }

    fn digest(&mut self, job: &Job, source: &dyn ReadAt, progress: &mut dyn FnMut(u64)) {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; READ_BYTES];
        let mut at = 0;
        while at < job.end {
            let wanted = usize::try_from(job.end - at).unwrap_or(READ_BYTES).min(READ_BYTES);
            match read_full(source, at, &mut buffer[..wanted]) {
                Ok(0) => {
                    let fault = Fault { kind: FaultKind::Shrank, offset: at, what: String::new() };
                    self.ledger(job.stream).faults.insert(fault);
                    return;
                }
                Ok(count) => {
                    hash.update(&buffer[..count]);
                    at += count as u64;
                }
                Err(error) => {
                    self.ledger(job.stream).faults.insert(error.into());
                    return;
                }
            }
            progress(at);
        }
        self.partial.coverage.digests.insert(job.source, hex(&hash.finalize()));
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

/// Shows the records of one shard to the baseline and to the detections.
struct Watch<'w> {
    baseline: &'w mut Baseline,
    states: &'w mut States,
    calendar: Calendar,
    /// The bin of the last records: nearly every record falls into the one of the record before.
    bin: Option<(Instant, Bin)>,
    segment: Segment,
}

impl Visitor for Watch<'_> {
    #[inline]
    fn warm(&self, path: Fingerprint, client: Fingerprint) {
        let paths = &self.baseline.paths;
        let path = paths.find(path).and_then(|place| paths.at(place)).map(PathStats::warm);
        let clients = &self.baseline.clients;
        let client =
            clients.find(client).and_then(|place| clients.at(place)).map(ClientStats::warm);
        std::hint::black_box((path, client));
    }

    #[inline]
    fn judged(&self, path: Fingerprint) -> Option<Judged> {
        let paths = &self.baseline.paths;
        paths.find(path).and_then(|place| paths.at(place)).map(|known| known.judged)
    }

    #[inline]
    fn seen(&mut self, seen: &Seen<'_>) {
        let is_error = seen.status >= 400;
        let location = seen.event.location;
        self.bin(Bin::of(seen.at, is_error, location));
        self.segment.push(seen.at, location);
        self.client(seen, is_error);
        self.path(seen, is_error);
        if seen.marks.meet(States::WANTED) {
            self.states.observe(seen);
        }
    }
}

impl Watch<'_> {
    #[inline]
    fn bin(&mut self, new: Bin) {
        let start = new.first.0.div_euclid(BIN_SECS) * BIN_SECS;
        match &mut self.bin {
            Some((known, bin)) if *known == start => bin.merge(new),
            _ => {
                self.end_bin();
                self.bin = Some((start, new));
            }
        }
    }

    fn end_bin(&mut self) {
        if let Some((start, bin)) = self.bin.take() {
            self.calendar.add(start, bin);
        }
    }

    #[inline]
    fn client(&mut self, seen: &Seen<'_>, is_error: bool) {
        let address = || seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-");
        let make = || ClientStats::new(address(), seen.at);
        if let Some(client) = self.baseline.clients.entry(seen.client, make) {
            client.seen(seen.at, is_error);
            if let Some(bytes) = seen.bytes {
                client.sent(seen.at, seen.offset_secs, bytes, seen.event.location);
            }
        }
    }

    #[inline]
    fn path(&mut self, seen: &Seen<'_>, is_error: bool) {
        let has_payload = seen.marks.meet(Marks::PAYLOAD);
        if let Some(path) = self.baseline.paths.entry(seen.path, || PathStats::new(seen.judged)) {
            if !has_payload {
                path.answered(seen.status, seen.bytes);
            }
            if is_served(seen.status) {
                path.served_to(seen.client, seen.at, seen.event.location);
            }
        }
        if let (true, false, Some(bytes)) = (is_error, has_payload, seen.bytes) {
            self.baseline.error_sizes.add(bytes);
        }
    }
}
