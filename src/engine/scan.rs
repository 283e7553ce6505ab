//! Scans shards: every record is shown to the baseline and to the detections that want it.

use super::coverage::{Coverage, Ledger};
use super::digest::{Digest, Tee};
use super::identities::Identities;
use super::plan::{Job, JobKind};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use super::repeats::identity;
use super::rules::Running;
use crate::base::{Fingerprint, Instant, Location, Merge, Seed, Stamp, Told, hex, let_go};
use crate::baseline::{
    BIN_SECS, Baseline, Bin, Calendar, PathStats, Record, Segment, Sent, day_of, is_served,
};
use crate::detect::{Marks, Seen, States};
use crate::event::{Event, Field};
use crate::format::FormatIndex;
use crate::input::{Fault, FaultKind, ReadAt};
use crate::intel::{Hits, Known, Sweeper};
use crate::judge::Judged;
use crate::judge::activity::{Activity, is_sign_in};
use crate::sigma::Found;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What some shards saw.
#[derive(Default, Serialize, Deserialize)]
pub struct Partial {
    pub(super) coverage: Coverage,
    pub(super) baseline: Baseline,
    pub(super) states: States,
    pub(super) identities: Identities,
    pub(super) hits: Hits,
    pub(super) found: Found,
}

impl Merge for Partial {
    fn merge(&mut self, other: Self) {
        self.coverage.merge(other.coverage);
        self.baseline.merge(other.baseline);
        self.states.merge(other.states);
        self.identities.merge(other.identities);
        self.hits.merge(other.hits);
        self.found.merge(other.found);
    }
}

impl Partial {
    /// One buffer that can be handed from worker to worker.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// Lets go of its parts one after the other, and tells of each how many bytes it took in that
    /// buffer: of those of detections by their ids.
    pub fn take_apart(self, told: Told<'_>) {
        let_go("coverage", self.coverage, told);
        let_go("identities", self.identities, told);
        let_go("indicators", self.hits, told);
        let_go("rules", self.found, told);
        self.baseline.take_apart(told);
        self.states.take_apart(told);
    }

    /// The same as several small partials, which together need hardly more memory than one.
    pub fn pieces(mut self) -> impl Iterator<Item = Self> {
        let entries = self.baseline.pieces();
        let entries = entries.map(|baseline| Self { baseline, ..Self::default() });
        entries.chain(std::iter::once(self))
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// What a second scan does not find out anew.
    #[must_use]
    pub fn rest(mut self) -> Self {
        self.coverage.streams.clear();
        self.identities.forget();
        Self { coverage: self.coverage, identities: self.identities, ..Self::default() }
    }

    /// Notes the SHA-256 that the job asks for.
    pub fn digested(&mut self, job: &Job, sha256: &[u8]) {
        self.coverage.digests.insert(job.source, hex(sha256));
    }

    /// Notes that a job could not be done.
    pub fn lost(&mut self, job: &Job, what: &str) {
        let fault = Fault { kind: FaultKind::Internal, offset: job.start, what: what.to_owned() };
        self.coverage.sources.entry(job.source).or_default().faults.insert((None, fault));
        if job.kind == JobKind::Scan {
            self.coverage.leave_unread(job.stream, job.start);
        }
    }

    /// Notes scans that were not begun, since the check was ended before.
    pub fn ended(&mut self, jobs: &[Job]) {
        let mut unread = BTreeMap::<u32, (u64, u64)>::new();
        for job in jobs.iter().filter(|job| job.kind == JobKind::Scan) {
            let (start, bytes) = unread.entry(job.source).or_insert((job.start, 0));
            (*start, *bytes) = ((*start).min(job.start), *bytes + job.bytes);
            self.coverage.leave_unread(job.stream, job.start);
        }
        for (source, (offset, bytes)) in unread {
            let fault = Fault { kind: FaultKind::Ended, offset, what: bytes.to_string() };
            self.coverage.sources.entry(source).or_default().faults.insert((None, fault));
        }
    }
}

/// Runs jobs and keeps what they saw.
pub struct Scanner<'p> {
    prepared: &'p Prepared,
    warm: Warm,
    partial: Partial,
}

/// What a scanner has made ready and learnt of values. It may be used for the same check again, and
/// changes nothing but the time that takes.
#[derive(Default)]
pub struct Warm {
    memory: Memory,
    known: Known,
    /// The rules, once they were needed.
    rules: Option<Running>,
}

impl<'p> Scanner<'p> {
    /// A scanner that has seen nothing.
    pub fn new(prepared: &'p Prepared) -> Self {
        Self::resume(prepared, Partial::default(), Warm::default())
    }

    /// A scanner that goes on from what was seen.
    pub const fn resume(prepared: &'p Prepared, partial: Partial, warm: Warm) -> Self {
        Self { prepared, warm, partial }
    }

    /// Runs a job. `progress` is told the bytes of the job that are done.
    pub fn run(&mut self, job: &Job, source: &dyn ReadAt, progress: &mut dyn FnMut(u64)) {
        match job.kind {
            JobKind::Scan => self.scan(job, source, progress),
            JobKind::Digest => self.complete(Digest::new(*job), source, progress),
        }
    }

    /// What was seen.
    pub fn finish(self) -> Partial {
        self.pause().0
    }

    /// The same, with what another scanner can go on with.
    pub fn pause(mut self) -> (Partial, Warm) {
        if let Some(rules) = &self.warm.rules {
            rules.hand_over(&mut self.partial.found);
        }
        (self.partial, self.warm)
    }

    fn scan(&mut self, job: &Job, source: &dyn ReadAt, progress: &mut dyn FnMut(u64)) {
        let sweep = self.prepared.sweeper.as_ref().map(|sweeper| Sweep {
            sweeper,
            known: &mut self.warm.known,
            hits: &mut self.partial.hits,
        });
        if self.warm.rules.is_none() {
            self.warm.rules = self.prepared.rules.run(self.prepared.plan.seed());
        }
        let mut watch = Watch {
            prepared: self.prepared,
            sweep,
            identities: &mut self.partial.identities,
            baseline: &mut self.partial.baseline,
            states: &mut self.partial.states,
            rules: self.warm.rules.as_mut().zip(Some(&mut self.partial.found)),
            calendar: Calendar::default(),
            bin: None,
            segment: Segment::default(),
            at: (job.stream, job.start),
        };
        let ledgers =
            read_job(self.prepared, job, source, &mut self.warm.memory, &mut watch, progress);
        for (stream, ledger) in ledgers.streams {
            self.ledger(stream).merge(ledger);
        }
        if let Some(ledger) = ledgers.source {
            self.partial.coverage.sources.entry(job.source).or_default().merge(ledger);
        }
    }

    fn ledger(&mut self, stream: u32) -> &mut Ledger {
        self.partial.coverage.streams.entry(stream).or_default()
    }

    /// Scans a shard. What is read for that goes into the digest of its source too.
    pub fn scan_with_digest(
        &mut self,
        job: &Job,
        digest: &mut Digest,
        source: &dyn ReadAt,
        progress: &mut dyn FnMut(u64),
    ) {
        // What cannot be read now is met again, and reported, when the digest is completed.
        let _ = digest.read_to(job.start, source, &mut |_| ());
        let tee = Tee { source, digest: RefCell::new(digest) };
        self.scan(job, &tee, progress);
    }

    /// Reads what a digest still needs, and keeps it.
    pub fn complete(
        &mut self,
        mut digest: Digest,
        source: &dyn ReadAt,
        progress: &mut dyn FnMut(u64),
    ) {
        let job = *digest.job();
        match digest.read_to(job.end, source, progress) {
            Ok(()) => self.partial.digested(&job, &digest.finish()),
            Err(fault) => {
                let ledger = self.partial.coverage.sources.entry(job.source).or_default();
                ledger.faults.insert((None, fault));
            }
        }
    }
}

/// Shows the records of one shard to the baseline and to the detections.
struct Watch<'w> {
    prepared: &'w Prepared,
    sweep: Option<Sweep<'w>>,
    identities: &'w mut Identities,
    baseline: &'w mut Baseline,
    states: &'w mut States,
    /// The rules, and what they found.
    rules: Option<(&'w mut Running, &'w mut Found)>,
    calendar: Calendar,
    /// The bin of the last records: nearly every record falls into the one of the record before.
    bin: Option<(Instant, Bin)>,
    segment: Segment,
    /// The stream, and the first byte of the range that is read of it.
    at: (u32, u64),
}

/// A sweep for indicators.
struct Sweep<'w> {
    sweeper: &'w Sweeper,
    known: &'w mut Known,
    hits: &'w mut Hits,
}

impl Visitor for Watch<'_> {
    fn begin(&mut self, stream: u32, start: u64) {
        self.at = (stream, start);
    }

    fn end(&mut self) {
        self.end_bin();
        let (stream, start) = self.at;
        let calendar = std::mem::take(&mut self.calendar);
        self.baseline.calendars.entry(stream).or_default().merge(calendar);
        self.baseline.order.add(stream, start, std::mem::take(&mut self.segment));
    }

    #[inline]
    fn places(&self, path: Fingerprint, client: Fingerprint) -> Places {
        Places { path: self.baseline.paths.hint(path), client: self.baseline.clients.hint(client) }
    }

    #[inline]
    fn warm(&self, path: Fingerprint, client: Fingerprint, places: Places) {
        let path = self.baseline.paths.get_at(places.path, path).map_or(0, PathStats::warm);
        std::hint::black_box(path ^ self.baseline.clients.warm(places.client, client));
    }

    #[inline]
    fn judged(&self, path: Fingerprint, places: Places) -> Option<Judged> {
        self.baseline.paths.get_at(places.path, path).map(|known| known.judged)
    }

    #[inline]
    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        let plan = &self.prepared.plan;
        // A second scan knows already.
        if plan.repeats.is_none()
            && let Some(identity) =
                identity(&self.prepared.meant.reader, plan.seed(), event, format)
        {
            self.identities.add(identity, event.location.stream, event.location.offset);
        }
        if let Some((rules, found)) = &mut self.rules {
            rules.observe(event, format, found);
        }
        if event.fields.has(Field::RecordNumber) {
            self.baseline.numbers.note(event, plan.seed());
        }
        // All others are seen below, where their fingerprints are known.
        if event.time.stamp().is_none() {
            self.sweep(event, None, None);
            let is_sign_in = event.fields.has(Field::Action) && is_sign_in(event);
            self.baseline.activities.timeless_sign_ins += u64::from(is_sign_in);
        }
    }

    #[inline]
    fn seen(&mut self, seen: &Seen<'_>, places: Places) {
        self.sweep(seen.event, Some(seen.at), Some(seen.client));
        let is_error = seen.status >= 400;
        let location = seen.event.location;
        self.at(seen.at, is_error, location);
        self.client(seen, is_error, places);
        self.path(seen, is_error, places);
        if seen.marks.meet(States::WANTED) {
            self.states.observe(seen);
        }
        // Platforms log acts with the address that was asked for; plain access logs do not.
        if seen.event.fields.has(Field::Action) {
            self.activity(seen.event);
        }
        if seen.marks.meet(Marks::SIGN_IN)
            && let Some(sign_in) = Activity::of_request(seen.event, seen.seed)
        {
            self.baseline.requested_sign_ins.note(&sign_in, seen.seed);
        }
        if let Some((account, network)) = seen.handed_to() {
            let name = seen.event.fields.text(Field::UserName).unwrap_or(b"-");
            let document = Seed(seen.path).of(seen.query.unwrap_or(b""));
            let place = (day_of(seen.at, seen.offset_secs), network);
            let agent = seen.event.fields.text(Field::UserAgent);
            let mark = (seen.at, location);
            self.baseline.activities.handed((account, name), (document, agent), place, mark);
        }
    }

    fn other<'e>(&mut self, event: &'e Event<'e>, stamp: Stamp, client: Option<Fingerprint>) {
        self.sweep(event, Some(stamp.at), client);
        let is_failure = event.fields.text(Field::Outcome) == Some(b"failure");
        self.at(stamp.at, is_failure, event.location);
        self.states.observe_other(event, stamp.at, self.prepared.plan.seed());
        if event.fields.has(Field::Action) && self.activity(event) {
            self.baseline.activities.records += 1;
        }
        let address = event.fields.text(Field::SourceAddress);
        if let (Some(client), Some(address)) = (client, address) {
            let record = Record { at: stamp.at, is_error: is_failure, sent: None };
            let hint = self.baseline.clients.hint(client);
            self.baseline.clients.seen((hint, client), || address, &record);
        }
    }
}

impl Watch<'_> {
    /// Sweeps a record for indicators, where lists are given.
    #[inline]
    fn sweep(&mut self, event: &Event<'_>, at: Option<Instant>, client: Option<Fingerprint>) {
        if let Some(sweep) = &mut self.sweep {
            sweep.sweeper.sweep(event, (at, client), sweep.known, sweep.hits);
        }
    }

    /// Notes what the event says that somebody did. Gives whether it says something of the kind.
    fn activity<'e>(&mut self, event: &'e Event<'e>) -> bool {
        let seed = self.prepared.plan.seed();
        let Some(activity) = Activity::of(event, seed) else { return false };
        self.baseline.activities.note(&activity, seed);
        true
    }

    /// Notes when a record came, and where it stands.
    #[inline]
    fn at(&mut self, at: Instant, is_error: bool, location: Location) {
        self.bin(Bin::of(at, is_error, location));
        self.segment.push(at, location);
    }

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
    fn client(&mut self, seen: &Seen<'_>, is_error: bool, places: Places) {
        let address = || seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-");
        let (offset_secs, location) = (seen.offset_secs, seen.event.location);
        let sent = seen.bytes.map(|bytes| Sent { offset_secs, bytes, location });
        let record = Record { at: seen.at, is_error, sent };
        self.baseline.clients.seen((places.client, seen.client), address, &record);
    }

    #[inline]
    fn path(&mut self, seen: &Seen<'_>, is_error: bool, places: Places) {
        let has_payload = seen.marks.meet(Marks::PAYLOAD);
        let make = || PathStats::new(seen.judged, seen.path_text.len());
        if let Some(path) = self.baseline.paths.entry_at(places.path, seen.path, make) {
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
        if seen.status >= 300 && !seen.marks.meet(Marks::PAYLOAD.union(Marks::WATCHED)) {
            self.baseline.refusals.add(seen.status, seen.path);
        }
    }
}
