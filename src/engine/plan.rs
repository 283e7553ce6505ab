//! What is given, and the work that follows from it.

use super::repeats::Repeats;
use super::settings::{Meant, Settings};
use crate::base::limits::SNIFF_BYTES;
use crate::base::{Arrange, Fingerprint, Instant, Seed};
use crate::format::Sniffed;
use crate::input::{
    Container, Encoding, Entry, Fault, FaultKind, HEAD_BYTES, Options, Packing, ReadAt, Utf8Reader,
    Visit, detect, is_packed, read_full, walk,
};
use crate::shard::{Cuts, Shard, cut};
use serde::{Deserialize, Serialize};
use std::io::Read;

/// What a look at a source says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last, seconds since 1970.
    pub modified: Option<Instant>,
    /// Whether it has to be unpacked.
    pub is_packed: bool,
    /// Whether something in it is encrypted, and none of the passwords fits.
    pub is_locked: bool,
    /// The streams inside, in the order of the container.
    pub streams: Vec<Found>,
    /// Stands for its head: part of the check's seed. Two halves, so that it fits JavaScript.
    pub head: (u32, u32),
    /// Why it cannot be read, if it cannot.
    pub fault: Option<Fault>,
}

/// A stream inside a source, as told from its head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// Its path inside the source, for members of archives.
    pub path_inside: Option<String>,
    /// How it is packed, outermost first.
    pub layers: Vec<Packing>,
    /// When it was changed last, as its container says.
    pub modified: Option<Instant>,
    /// How its text is encoded.
    pub encoding: Encoding,
    /// Bytes of the mark at its start that says so.
    pub bom_bytes: u32,
    /// Its format, when any fits.
    pub sniffed: Option<Sniffed>,
}

impl Survey {
    fn new(name: &str, size: u64, modified: Option<Instant>) -> Self {
        Self {
            name: name.to_owned(),
            size,
            modified,
            is_packed: false,
            is_locked: false,
            streams: Vec::new(),
            head: (0, 0),
            fault: None,
        }
    }
}

/// Looks into a source: at its head, and, when it is packed, at the heads of all streams inside.
pub fn survey(
    name: &str,
    size: u64,
    modified: Option<Instant>,
    source: &dyn ReadAt,
    meant: &Meant,
) -> Survey {
    let mut survey = Survey::new(name, size, modified);
    let mut head = vec![0; SNIFF_BYTES];
    match read_full(source, 0, &mut head) {
        Ok(count) => head.truncate(count),
        Err(error) => {
            survey.fault = Some(error.into());
            return survey;
        }
    }
    let print = Seed(size).of(&head);
    survey.head = ((print >> 32) as u32, print as u32);
    survey.is_packed = Container::of(&head[..head.len().min(HEAD_BYTES)]) != Container::Plain;
    if !survey.is_packed {
        let is_whole = head.len() as u64 == size;
        let entry = (None, Vec::new(), modified);
        survey.streams.push(found(entry, &head, is_whole, name, meant));
        return survey;
    }
    let options = Options { passwords: &meant.passwords, ..Options::default() };
    let walked = walk(source, size, &options, &mut |entry: &Entry, reader: &mut dyn Read| {
        // A fault this early is met again, and reported, when the stream is scanned.
        let (head, is_whole) = read_head(reader);
        let modified = entry.modified.or(modified);
        let entry = (entry.path_inside.clone(), entry.layers.clone(), modified);
        survey.streams.push(found(entry, &head, is_whole, name, meant));
        Visit::Next
    });
    let is_lock = |kind| matches!(kind, FaultKind::PasswordNeeded | FaultKind::PasswordWrong);
    survey.is_locked = walked.faults.iter().any(|met| is_lock(met.fault.kind));
    survey
}

/// The head of a stream, and whether it is all of it.
fn read_head(reader: &mut dyn Read) -> (Vec<u8>, bool) {
    let mut head = Vec::new();
    let _ = reader.take(SNIFF_BYTES as u64).read_to_end(&mut head);
    let is_whole = head.len() < SNIFF_BYTES;
    (head, is_whole)
}

fn found(
    (path_inside, layers, modified): (Option<String>, Vec<Packing>, Option<Instant>),
    head: &[u8],
    is_whole: bool,
    source: &str,
    meant: &Meant,
) -> Found {
    let name = stream_name(source, path_inside.as_deref());
    let detected = detect(head);
    let encoding = meant.encodings.get(&name).copied().unwrap_or(detected.encoding);
    let bom_bytes = if encoding == detected.encoding { detected.bom_bytes as u32 } else { 0 };
    let clock = meant.clock(&name, modified);
    let sniffed = match encoding {
        Encoding::Utf8 => meant.reader.sniff(&head[bom_bytes as usize..], is_whole, &clock),
        encoding => {
            let mut text = Vec::new();
            let _ = Utf8Reader::new(head, encoding).read_to_end(&mut text);
            meant.reader.sniff(&text, is_whole, &clock)
        }
    };
    Found { path_inside, layers, modified, encoding, bom_bytes, sniffed }
}

/// A stream of a source, as a look at it needs it.
#[derive(Clone, Debug, Default)]
pub struct StreamId<'s> {
    /// The source's name.
    pub source: &'s str,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last, seconds since 1970.
    pub modified: Option<Instant>,
    /// The stream's place among those of the source.
    pub ordinal: u32,
    /// Its path inside.
    pub path_inside: Option<&'s str>,
}

impl StreamId<'_> {
    /// How settings name it.
    pub fn name(&self) -> String {
        stream_name(self.source, self.path_inside)
    }
}

/// The beginning of a stream as UTF-8, and whether that is all of it. What cannot be read is left
/// out.
pub(super) fn stream_text(
    stream: &StreamId<'_>,
    source: &dyn ReadAt,
    passwords: &[String],
    encoding: Option<Encoding>,
) -> (Vec<u8>, bool) {
    let mut head = vec![0; SNIFF_BYTES];
    let count = read_full(source, 0, &mut head).unwrap_or(0);
    head.truncate(count);
    let mut is_whole = head.len() as u64 == stream.size;
    if is_packed(&head[..head.len().min(HEAD_BYTES)]) {
        let options = Options { passwords, ..Options::default() };
        head.clear();
        walk(source, stream.size, &options, &mut |entry: &Entry, reader: &mut dyn Read| {
            if entry.ordinal != stream.ordinal {
                return Visit::Next;
            }
            (head, is_whole) = read_head(reader);
            Visit::Stop
        });
    }
    match encoding.unwrap_or_else(|| detect(&head).encoding) {
        Encoding::Utf8 => (head, is_whole),
        encoding => {
            let mut text = Vec::new();
            let _ = Utf8Reader::new(&head[..], encoding).read_to_end(&mut text);
            (text, is_whole)
        }
    }
}

/// How settings name a stream: by its source, and its path inside.
pub(super) fn stream_name(source: &str, path_inside: Option<&str>) -> String {
    match path_inside {
        Some(path) => format!("{source}/{path}"),
        None => source.to_owned(),
    }
}

/// What is given but cannot be read at all.
pub fn unreadable(name: &str, what: &str) -> Survey {
    let fault = Fault { kind: FaultKind::Unreadable, offset: 0, what: what.to_owned() };
    Survey { fault: Some(fault), ..Survey::new(name, 0, None) }
}

/// A source in its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedSource {
    /// Its place among all sources in order of their names.
    pub id: u32,
    /// Its place in what was given.
    pub given: u32,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it has to be unpacked.
    pub is_packed: bool,
    /// Why it cannot be read, if it cannot.
    pub fault: Option<Fault>,
}

impl PlannedSource {
    /// Whether it can be read and holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.fault.is_none() && self.size == 0
    }
}

/// A log inside a source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// Its id.
    pub id: u32,
    /// The source.
    pub of: u32,
    /// Its place among the streams of the source.
    pub ordinal: u32,
    /// What was found.
    pub found: Found,
}

impl Stream {
    /// Whether it can be read at any place, and cut at any line. What is packed, encoded otherwise
    /// or read in the light of earlier records is read from its start.
    pub(super) fn can_be_cut(&self) -> bool {
        self.is_plain() && self.found.sniffed.is_none_or(|sniffed| sniffed.can_be_cut())
    }

    /// Whether its bytes stand in the source as they are.
    pub(super) fn is_plain(&self) -> bool {
        self.found.layers.is_empty() && self.found.encoding == Encoding::Utf8
    }

    /// How it is packed, for reports.
    pub(super) fn container(&self) -> String {
        let names: Vec<_> = self.found.layers.iter().map(|packing| packing.name()).collect();
        if names.is_empty() { "plain".to_owned() } else { names.join("+") }
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Reads the records of a range, or of all streams of a packed source.
    Scan,
    /// Computes the SHA-256 of a source.
    Digest,
}

/// A piece of work that needs no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its place in `Plan::jobs`.
    pub id: u32,
    /// What it does.
    pub kind: JobKind,
    /// The source that it reads.
    pub source: u32,
    /// The stream that it scans; of a packed source, the first.
    pub stream: u32,
    /// First byte of its range.
    pub start: u64,
    /// The byte behind its range; the size of the source where the stream's own is not known.
    pub end: u64,
    /// Bytes of the source that it reads: the measure of progress.
    pub bytes: u64,
}

/// All the work of a check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The settings.
    pub settings: Settings,
    /// Tried on what is encrypted. They stand in no report.
    pub passwords: Vec<String>,
    /// The sources in order of their names.
    pub sources: Vec<PlannedSource>,
    /// The streams in order of their sources.
    pub streams: Vec<Stream>,
    /// The work, largest pieces that cannot be split first.
    pub jobs: Vec<Job>,
    /// What repeats other records, as a first scan found; none before that.
    pub repeats: Option<Vec<Repeats>>,
    /// The seed of the check, in two halves.
    pub(super) seed: (u32, u32),
}

impl Plan {
    /// The seed of the check's fingerprints.
    pub fn seed(&self) -> Seed {
        Seed(u64::from(self.seed.0) << 32 | u64::from(self.seed.1))
    }

    /// The name of a stream's source, with its path inside.
    pub fn name(&self, stream: u32) -> Option<String> {
        let stream = self.streams.get(stream as usize)?;
        let source = self.sources.get(stream.of as usize)?;
        Some(stream_name(&source.name, stream.found.path_inside.as_deref()))
    }
}

/// Orders what was surveyed and cuts it into jobs.
pub fn plan(settings: &Settings, passwords: &[String], surveys: Vec<Survey>, cuts: Cuts) -> Plan {
    let mut given: Vec<_> = (0u32..).zip(surveys).collect();
    given.arrange_by(|a, b| {
        (&a.1.name, a.1.size, a.1.head, a.0).cmp(&(&b.1.name, b.1.size, b.1.head, b.0))
    });
    let seed = seed_of(given.iter().map(|(_, survey)| survey));
    let mut plan = Plan {
        settings: settings.clone(),
        passwords: passwords.to_vec(),
        sources: Vec::new(),
        streams: Vec::new(),
        jobs: Vec::new(),
        repeats: None,
        seed: ((seed >> 32) as u32, seed as u32),
    };
    for (id, (given, survey)) in (0u32..).zip(given) {
        plan.add(id, given, survey, cuts);
    }
    // What cannot be split goes first, so that it is not waited for in the end.
    plan.jobs.arrange_by_key(|job| (std::cmp::Reverse(job.bytes), job.source, job.start));
    (0u32..).zip(&mut plan.jobs).for_each(|(id, job)| job.id = id);
    plan
}

fn seed_of<'a>(surveys: impl Iterator<Item = &'a Survey>) -> Fingerprint {
    surveys.fold(0, |seed, survey| {
        let own = [survey.size.to_le_bytes(), pair(survey.head).to_le_bytes()].concat();
        Seed(seed).of(&own)
    })
}

fn pair(halves: (u32, u32)) -> u64 {
    u64::from(halves.0) << 32 | u64::from(halves.1)
}

impl Plan {
    fn add(&mut self, id: u32, given: u32, survey: Survey, cuts: Cuts) {
        let Survey { name, size, is_packed, streams, fault, .. } = survey;
        let can_be_read = fault.is_none() && size > 0;
        self.sources.push(PlannedSource { id, given, name, size, is_packed, fault });
        let first = self.streams.len() as u32;
        for (ordinal, found) in (0u32..).zip(streams) {
            self.streams.push(Stream { id: first + ordinal, of: id, ordinal, found });
        }
        if !can_be_read {
            return;
        }
        let whole = Shard { stream: first, start: 0, end: size };
        let can_be_cut = self.streams.get(first as usize).is_some_and(Stream::can_be_cut);
        let shards = match !is_packed && can_be_cut {
            true => cut(first, size, cuts),
            false => vec![whole],
        };
        // The digest stands before the scan of as many bytes: whoever takes it may scan along.
        self.jobs.push(job(JobKind::Digest, id, whole));
        self.jobs.extend(shards.into_iter().map(|shard| job(JobKind::Scan, id, shard)));
    }
}

fn job(kind: JobKind, source: u32, shard: Shard) -> Job {
    let bytes = shard.end - shard.start;
    Job { id: 0, kind, source, stream: shard.stream, start: shard.start, end: shard.end, bytes }
}
