//! Answers to suspicious requests, grouped by client, path and kind: enough to tell what became of
//! them once the usual answers of every path are known.

use super::Seen;
use super::outcome::{Echo, Size, echoes_of, of_status};
use super::{Conclusion, StreamView};
use crate::base::limits::{ANSWERS, PAYLOAD_GROUPS};
use crate::base::{
    Arrange, Fingerprint, Gather, Instant, LogSize, Merge, Seed, SmallMap, Weigh, Weighed, visible,
};
use crate::baseline::activity::{Mark, keep_earliest};
use crate::event::Field;
use crate::finding::{Outcome, Place};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Places kept for one kind of answer.
const PLACES: usize = 4;

/// Groups of answers.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Answers(Weighed<Group, PAYLOAD_GROUPS, ANSWERS>);

/// Answers to one client's requests of one kind for one path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// The client.
    pub client: Fingerprint,
    /// Its address as logged.
    pub client_name: Box<str>,
    /// The path.
    pub path: Fingerprint,
    /// The path as it may be shown, shortened.
    pub path_name: Box<str>,
    /// What kind of request, as the detection numbers its kinds.
    pub kind: u16,
    /// The answers by status and size.
    answers: SmallMap<Answer>,
}

/// Answers of one status and size.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// How many.
    pub count: u64,
    /// Smallest and largest, in bytes; none when the records state no size.
    pub extent: Option<(u64, u64)>,
    /// Pages that repeat the address which all of these may be, in order.
    echoes: Vec<Echo>,
    /// First and last.
    pub span: (Instant, Instant),
    /// The first few.
    pub places: Vec<Mark>,
}

/// Names a group of answers: what `Scope::answers` holds.
pub type AnswerKey = (Fingerprint, u16, LogSize);

/// The pages that an answer may be, if it repeats the path or all of the address.
fn echoes(seen: &Seen<'_>) -> Vec<Echo> {
    let path = seen.path_text.len() as u64;
    let target = seen.query.map_or(path, |query| path + 1 + query.len() as u64);
    let bytes = seen.bytes.unwrap_or(0);
    let mut echoes: Vec<Echo> =
        [path, target].into_iter().flat_map(|length| echoes_of(bytes, length)).collect();
    echoes.sort_unstable();
    echoes.dedup();
    echoes
}

/// The group and answer that an event belongs to.
pub fn key_of(seen: &Seen<'_>, kind: u16) -> AnswerKey {
    let bytes = [seen.path.to_le_bytes(), seen.client.to_le_bytes()].concat();
    let group = Seed(u64::from(kind)).of(&bytes);
    (group, seen.status, LogSize::of(seen.bytes.unwrap_or(0)))
}

impl Answers {
    /// Notes the answer to a request of some kind.
    pub fn note(&mut self, seen: &Seen<'_>, kind: u16) {
        let (key, status, size) = key_of(seen, kind);
        let new = Answer {
            count: 1,
            extent: seen.bytes.map(|bytes| (bytes, bytes)),
            echoes: echoes(seen),
            span: (seen.at, seen.at),
            places: vec![(seen.at, seen.event.location)],
        };
        self.0.change(
            key,
            || Group::new(seen, kind),
            |group| group.answers.change(packed(status, size), |answer| answer.merge(new)),
        );
    }

    /// The groups with their keys, by path, kind and client.
    pub fn groups(&self) -> Vec<(Fingerprint, &Group)> {
        let mut groups = self.0.sorted();
        groups.arrange_by(|a, b| {
            let key = |g: &Group| (g.path_name.clone(), g.kind, g.client_name.clone());
            key(a.1).cmp(&key(b.1))
        });
        groups
    }

    /// The same for each path.
    pub fn by_path(&self) -> BTreeMap<Fingerprint, Vec<(Fingerprint, &Group)>> {
        let mut by_path = BTreeMap::<_, Vec<_>>::new();
        for (key, group) in self.groups() {
            by_path.entry(group.path).or_default().push((key, group));
        }
        by_path
    }

    /// One in how many groups was kept.
    pub fn one_in(&self) -> u64 {
        self.0.one_in()
    }
}

impl Group {
    fn new(seen: &Seen<'_>, kind: u16) -> Self {
        let client = seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-");
        Self {
            client: seen.client,
            client_name: String::from_utf8_lossy(client).into(),
            path: seen.path,
            path_name: shown_path(seen.path_text).into(),
            kind,
            answers: SmallMap::default(),
        }
    }

    /// The answers by status and size, in order.
    pub fn answers(&self) -> Vec<((u16, LogSize), Answer)> {
        let of = |key: i64| ((key >> 16) as u16, LogSize(key as u16));
        self.answers.all().into_iter().map(|(key, answer)| (of(key), answer)).collect()
    }

    /// The smallest and the largest answer of a status and size, in bytes.
    pub fn extent(&self, status: u16, size: LogSize) -> Option<(u64, u64)> {
        self.answers.get(packed(status, size))?.extent
    }

    /// What became of the requests with this answer: the status where that tells, else the size
    /// against the site's error pages and the path's norm.
    pub fn compare(&self, status: u16, size: LogSize, context: &Conclusion<'_>) -> Compared {
        if let Some(outcome) = of_status(status) {
            return Compared::Status(outcome);
        }
        let answer = self.answers.get(packed(status, size)).unwrap_or_default();
        if answer.echoes.iter().any(|of| context.site.is_echo(*of)) {
            return Compared::ErrorPage;
        }
        let is_error_page = |bytes| context.site.is_error_page(bytes);
        if answer.extent.is_some_and(|(least, most)| is_error_page(least) && is_error_page(most)) {
            return Compared::ErrorPage;
        }
        let stats = context.baseline.paths.get(self.path);
        Compared::Size(context.site.compare(stats, size, context.thresholds))
    }
}

/// How an answer compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The status tells.
    Status(Outcome),
    /// It has the size of the page for what does not exist.
    ErrorPage,
    /// Its size against the path's norm.
    Size(Size),
}

/// A status and a size as one number, in the same order.
fn packed(status: u16, size: LogSize) -> i64 {
    i64::from(status) << 16 | i64::from(size.0)
}

impl Merge for Answer {
    fn merge(&mut self, other: Self) {
        if self.count == 0 {
            *self = other;
            return;
        }
        self.count += other.count;
        self.extent = wider(self.extent, other.extent);
        self.echoes.retain(|echo| other.echoes.contains(echo));
        self.span = (self.span.0.min(other.span.0), self.span.1.max(other.span.1));
        other.places.into_iter().for_each(|mark| keep_earliest(&mut self.places, mark, PLACES));
    }
}

impl Merge for Group {
    fn merge(&mut self, other: Self) {
        self.answers.merge(other.answers);
    }
}

impl Weigh for Group {
    fn weight(&self) -> usize {
        self.answers.count()
    }
}

impl Merge for Answers {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

/// Several answers together: what one finding says.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests.
    pub count: u64,
    /// First and last.
    pub span: Option<(Instant, Instant)>,
    /// Clients with their requests, by name.
    pub clients: BTreeMap<Box<str>, u64>,
    /// Paths.
    pub paths: BTreeSet<Box<str>>,
    /// Kinds with their requests.
    pub kinds: BTreeMap<u16, u64>,
    /// Requests by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Smallest and largest answer.
    pub extent: Option<(u64, u64)>,
    /// Which answers.
    pub keys: BTreeSet<AnswerKey>,
    /// The first few.
    pub places: BTreeSet<(Instant, crate::base::Location)>,
}

impl Tally {
    /// Takes in one answer of a group.
    pub fn add(&mut self, key: AnswerKey, group: &Group, answer: &Answer) {
        self.count += answer.count;
        self.span = wider(self.span, Some(answer.span));
        *self.clients.entry(group.client_name.clone()).or_default() += answer.count;
        self.paths.insert(group.path_name.clone());
        *self.kinds.entry(group.kind).or_default() += answer.count;
        *self.statuses.entry(key.1).or_default() += answer.count;
        self.extent = wider(self.extent, answer.extent);
        self.keys.insert(key);
        self.places.extend(answer.places.iter().copied());
        while self.places.len() > crate::base::limits::EVIDENCE {
            self.places.pop_last();
        }
    }

    /// Takes in another tally.
    pub fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.span = wider(self.span, other.span);
        self.extent = wider(self.extent, other.extent);
        for (client, count) in &other.clients {
            *self.clients.entry(client.clone()).or_default() += count;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(*kind).or_default() += count;
        }
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        self.paths.extend(other.paths.iter().cloned());
        self.keys.extend(&other.keys);
        self.places.extend(&other.places);
        while self.places.len() > crate::base::limits::EVIDENCE {
            self.places.pop_last();
        }
    }

    /// The places as a finding keeps them.
    pub fn evidence(&self) -> Vec<Place> {
        self.places.iter().map(|(at, location)| (Some(*at), *location)).collect()
    }

    /// The client with most requests.
    pub fn main_client(&self) -> String {
        let most = self.clients.iter().rev().max_by_key(|(_, count)| **count);
        most.map_or_else(|| "-".to_owned(), |(name, _)| name.to_string())
    }

    /// `200 ×12, 404 ×3`
    pub fn statuses(&self) -> String {
        let each = |(status, count): (&u16, &u64)| match status {
            0 => format!("- ×{count}"),
            status => format!("{status} ×{count}"),
        };
        self.statuses.iter().map(each).collect::<Vec<_>>().join(", ")
    }
}

/// The least and the most of two ranges.
pub fn wider<T: Ord + Copy>(a: Option<(T, T)>, b: Option<(T, T)>) -> Option<(T, T)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

/// A path as it may be shown, at most 120 characters of it.
pub fn shown_path(path: &[u8]) -> String {
    let text = visible(&String::from_utf8_lossy(path));
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The name of the only log source with requests, or of the first and how many more there are.
pub fn log_sources(streams: &[StreamView]) -> String {
    let asked = streams.iter().filter(|stream| stream.requests > 0);
    let names: BTreeSet<_> = asked.map(|stream| stream.log_source.as_str()).gather();
    let first = names.first().copied().unwrap_or("-").to_owned();
    match names.len() {
        0 | 1 => first,
        more => format!("{first} +{}", more - 1),
    }
}
