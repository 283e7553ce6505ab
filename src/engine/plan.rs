//! What is given, and the work that follows from it.

use super::settings::{Meant, Settings};
use crate::base::limits::SNIFF_BYTES;
use crate::base::{Fingerprint, Seed};
use crate::format::{FormatIndex, Sniffed};
use crate::input::{Container, Fault, FaultKind, ReadAt, Unpacked, read_full};
use crate::shard::{Cuts, Shard, cut};
use serde::{Deserialize, Serialize};

/// What the head of a source says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub container: Container,
    /// Format, lines that fit and lines seen.
    pub format: Option<(FormatIndex, u32, u32)>,
    /// Stands for its head: part of the check's seed. Two halves, so that it fits JavaScript.
    pub head: (u32, u32),
    /// Why it cannot be read, if it cannot.
    pub fault: Option<Fault>,
}

/// Looks at the head of a source.
pub fn survey(name: &str, size: u64, source: &dyn ReadAt, meant: &Meant) -> Survey {
    let mut survey = Survey {
        name: name.to_owned(),
        size,
        container: Container::Plain,
        format: None,
        head: (0, 0),
        fault: None,
    };
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
    survey.container = Container::of(&head);
    if survey.container == Container::Gzip {
        head.resize(SNIFF_BYTES, 0);
        // A fault this early is met again, and reported, when the stream is scanned.
        let count = Unpacked::new(source, size).fill(&mut head).unwrap_or(0);
        head.truncate(count);
    }
    survey.format = sniff(&head, meant).map(|found| (found.format, found.fitting, found.seen));
    survey
}

/// What is given but cannot be read at all.
pub fn unreadable(name: &str, what: &str) -> Survey {
    let fault = Fault { kind: FaultKind::Unreadable, offset: 0, what: what.to_owned() };
    Survey {
        name: name.to_owned(),
        size: 0,
        container: Container::Plain,
        format: None,
        head: (0, 0),
        fault: Some(fault),
    }
}

fn sniff(head: &[u8], meant: &Meant) -> Option<Sniffed> {
    // The last line may be cut off; it only counts when it is the only one.
    let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
    let lines = whole.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    meant.reader.sniff(lines.filter(|line| !line.is_empty()))
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
    /// Why it cannot be read, if it cannot.
    pub fault: Option<Fault>,
}

/// A log inside a source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// Its id.
    pub id: u32,
    /// The source.
    pub of: u32,
    /// Its path inside the source, for members of archives.
    pub path_inside: Option<String>,
    /// How it is packed.
    pub container: Container,
    /// Its primary format, lines that fit and lines seen.
    pub format: Option<(FormatIndex, u32, u32)>,
}

impl Stream {
    /// Whether it is unpacked as one.
    pub(super) fn is_packed(&self) -> bool {
        self.container == Container::Gzip
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Reads the records of a range.
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
    /// The stream that it scans.
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
    /// The sources in order of their names.
    pub sources: Vec<PlannedSource>,
    /// The streams in order of their sources.
    pub streams: Vec<Stream>,
    /// The work, largest pieces that cannot be split first.
    pub jobs: Vec<Job>,
    /// The seed of the check, in two halves.
    seed: (u32, u32),
}

impl Plan {
    /// The seed of the check's fingerprints.
    pub fn seed(&self) -> Seed {
        Seed(u64::from(self.seed.0) << 32 | u64::from(self.seed.1))
    }
}

/// Orders what was surveyed and cuts it into jobs.
pub fn plan(settings: &Settings, surveys: Vec<Survey>, cuts: Cuts) -> Plan {
    let mut given: Vec<_> = (0u32..).zip(surveys).collect();
    given.sort_by(|a, b| {
        (&a.1.name, a.1.size, a.1.head, a.0).cmp(&(&b.1.name, b.1.size, b.1.head, b.0))
    });
    let seed = seed_of(given.iter().map(|(_, survey)| survey));
    let mut plan = Plan {
        settings: settings.clone(),
        sources: Vec::new(),
        streams: Vec::new(),
        jobs: Vec::new(),
        seed: ((seed >> 32) as u32, seed as u32),
    };
    for (id, (given, survey)) in (0u32..).zip(given) {
        plan.add(id, given, survey, cuts);
    }
    // What cannot be split goes first, so that it is not waited for in the end.
    plan.jobs.sort_by_key(|job| (std::cmp::Reverse(job.bytes), job.source, job.start));
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
        let Survey { name, size, container, format, fault, .. } = survey;
        let can_be_read = fault.is_none() && size > 0;
        self.sources.push(PlannedSource { id, given, name, size, fault });
        self.streams.push(Stream { id, of: id, path_inside: None, container, format });
        if !can_be_read {
            return;
        }
        let whole = Shard { stream: id, start: 0, end: size };
        let shards = match container {
            Container::Plain => cut(id, size, cuts),
            Container::Gzip => vec![whole],
            Container::NotRead(_) => Vec::new(),
        };
        self.jobs.extend(shards.into_iter().map(|shard| job(JobKind::Scan, id, shard)));
        self.jobs.push(job(JobKind::Digest, id, whole));
    }
}

fn job(kind: JobKind, source: u32, shard: Shard) -> Job {
    let bytes = shard.end - shard.start;
    Job { id: 0, kind, source, stream: shard.stream, start: shard.start, end: shard.end, bytes }
}
