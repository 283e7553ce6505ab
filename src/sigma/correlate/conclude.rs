//! Concludes correlations when every record was seen, those that others rest on first.

use super::evaluate::{Step, steps};
use super::notes::{Bounds, Group, Groups, Hits, Note, Notes};
use super::{Carried, Correlation, Correlations, Kind, Names, RuleIndex, Value};
use crate::base::{Arrange, Fingerprint, Instant, Location};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Windows of a group that are told apart; of a group with more, all are told as one.
const WINDOWS: usize = 20;

/// A group for which a correlation matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The correlation's place among the rules.
    pub rule: RuleIndex,
    /// Stands for the group.
    pub group: Fingerprint,
    /// The values of the fields of `group-by`.
    pub names: Box<[Box<str>]>,
    /// When, in order. Windows that overlap are one.
    pub windows: Vec<Window>,
}

/// A time in which the condition held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// First and last second.
    pub span: (Instant, Instant),
    /// Records of the group's rules within.
    pub records: u64,
    /// The first of them.
    pub places: Vec<(Instant, Location)>,
    /// Times that it stands for: more than one where a group had too many.
    pub times: usize,
}

/// What correlations concluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concluded {
    /// The groups that matched.
    pub matches: Vec<Match>,
    /// Correlations of which one in so many groups was kept.
    pub sampled: Vec<(RuleIndex, u64)>,
    /// Correlations with groups whose times were kept by so many seconds.
    pub coarse: Vec<(RuleIndex, u64)>,
    /// Correlations with groups of which nothing was kept, and their number.
    pub lost: Vec<(RuleIndex, u64)>,
    /// Matches of base rules in records without a time.
    pub timeless: u64,
}

/// Concludes from everything that was seen.
pub fn conclude(correlations: &Correlations, notes: &Notes) -> Concluded {
    let mut concluded = Concluded { timeless: notes.timeless, ..Concluded::default() };
    let mut work = Work::new(correlations, notes);
    for at in 0..correlations.all.len() as u16 {
        let groups = work.groups(at);
        concluded.bounds(correlations.get(at), notes.by.get(&at));
        let matches = work.matches(at, &groups);
        concluded.matches.extend(matches);
    }
    concluded
}

impl Concluded {
    fn bounds(&mut self, correlation: &Correlation, groups: Option<&Groups>) {
        let Some(groups) = groups else { return };
        if groups.one_in() > 1 {
            self.sampled.push((correlation.rule, groups.one_in()));
        }
        let coarsest = groups.groups.values().filter(|group| !group.is_lost);
        let coarsest = coarsest.map(|group| group.coarseness).max().unwrap_or(0);
        if coarsest > 0 {
            self.coarse.push((correlation.rule, 1 << coarsest));
        }
        let lost = groups.groups.values().filter(|group| group.is_lost).count() as u64;
        if lost > 0 {
            self.lost.push((correlation.rule, lost));
        }
    }
}

/// What correlations said to one above, by group.
type Said = BTreeMap<Fingerprint, Vec<(Note, Hits)>>;
/// Records of a group: when, how many, the first, and since when at its width.
type Records = Vec<(Instant, u64, (Instant, Location))>;

/// A group that matched: its names, when, and how many separate times that stands for.
type Matched<'g> = (Fingerprint, &'g Names, Vec<(Instant, Instant)>, usize);

pub(super) struct Work<'w> {
    correlations: &'w Correlations,
    notes: &'w Notes,
    said: BTreeMap<u16, Said>,
}

impl<'w> Work<'w> {
    pub fn new(correlations: &'w Correlations, notes: &'w Notes) -> Self {
        Self { correlations, notes, said: BTreeMap::new() }
    }

    /// The groups of a correlation, with what those below said.
    pub fn groups(&mut self, at: u16) -> Cow<'w, BTreeMap<Fingerprint, Group>> {
        let Some(kept) = self.notes.by.get(&at) else { return Cow::default() };
        let mut groups = Cow::Borrowed(&kept.groups);
        // What correlations say to others is no more than what was kept of the records.
        let bounds = Bounds { of_group: usize::MAX, ..self.correlations.bounds(at) };
        for (key, said) in self.said.remove(&at).unwrap_or_default() {
            // A group that is not kept has no name, and is not concluded on.
            let Some(group) = groups.to_mut().get_mut(&key) else { continue };
            for (mut note, hits) in said {
                note.bucket = group.bucket(note.bucket);
                group.note(self.correlations.get(at).kind, note, hits, bounds);
            }
        }
        groups
    }

    /// The groups that match, told to those above.
    pub fn matches(&mut self, at: u16, groups: &BTreeMap<Fingerprint, Group>) -> Vec<Match> {
        let correlation = self.correlations.get(at);
        let mut found: Vec<Matched<'_>> = Vec::new();
        for (key, group) in groups {
            let steps = steps(correlation, group);
            if steps.is_empty() {
                continue;
            }
            self.say(at, group, &steps);
            let windows = windows(&steps, group);
            let times = windows.len();
            let whole = windows.first().zip(windows.last()).map(|(a, b)| (a.0, b.1));
            let spans = match whole.filter(|_| times > WINDOWS) {
                Some(whole) => vec![whole],
                None => windows,
            };
            found.push((*key, &group.names, spans, times));
        }
        let keys = found.iter().map(|(key, ..)| *key).collect();
        let records = self.records(at, &keys);
        let opened = |(group, names, spans, times): Matched<'_>| {
            let empty = Vec::new();
            let records = records.get(&group).unwrap_or(&empty);
            let times = if spans.len() == times { 1 } else { times };
            let windows = spans.iter().map(|span| window(*span, records, times)).collect();
            Match { rule: correlation.rule, group, names: names.clone(), windows }
        };
        let mut matches: Vec<Match> = found.into_iter().map(opened).collect();
        matches.arrange_by(|a, b| (&a.names, a.group).cmp(&(&b.names, b.group)));
        matches
    }

    /// Tells those above at which instants a correlation matched for a group.
    fn say(&mut self, at: u16, group: &Group, steps: &[Step]) {
        let ways = self.correlations.ways(at);
        let mut place = 0;
        while let Some(way) = ways.get(place) {
            let further = self.correlations.ways(way.correlation).len();
            let kind = self.correlations.get(way.correlation).kind;
            for step in steps {
                let here = group.notes.range(first_of(step.bucket)..first_of(step.bucket + 1));
                let heard: BTreeSet<_> = here
                    .filter_map(|(note, _)| {
                        let above = note.above.get(place + 1..=place + further)?;
                        Some((note.above.get(place).copied()??, Box::from(above)))
                    })
                    .collect();
                let said = self.said.entry(way.correlation).or_default();
                let mut counted = BTreeSet::new();
                for (carried, above) in heard {
                    let first = counted.insert((carried.group, carried.value));
                    let (note, hits) = heard_as(kind, way.rule, step, group, carried, above, first);
                    said.entry(carried.group).or_default().push((note, hits));
                }
            }
            place += 1 + further;
        }
    }

    /// The records that correlations rest on, by group, in order of time.
    fn records(&self, at: u16, keys: &BTreeSet<Fingerprint>) -> BTreeMap<Fingerprint, Records> {
        let mut records = BTreeMap::<_, Records>::new();
        for (below, groups) in &self.notes.by {
            let ways = self.correlations.ways(*below);
            let places: Vec<_> =
                ways.iter().enumerate().filter(|(_, way)| way.correlation == at).collect();
            if *below != at && places.is_empty() {
                continue;
            }
            for (key, group) in &groups.groups {
                for (note, hits) in group.notes.iter().filter(|(n, _)| n.value == Value::None) {
                    let when = note.bucket << group.coarseness;
                    if *below == at && hits.records > 0 && keys.contains(key) {
                        records.entry(*key).or_default().push((when, hits.records, hits.first));
                    }
                    let above = places.iter().filter_map(|(place, _)| note.above[*place]);
                    for carried in above.filter(|c| c.counts && keys.contains(&c.group)) {
                        let of = records.entry(carried.group).or_default();
                        of.push((when, hits.matches, hits.first));
                    }
                }
            }
        }
        records.values_mut().for_each(|records| records.sort_unstable());
        records
    }
}

/// The first note that a bucket can have.
fn first_of(bucket: i64) -> Note {
    Note { bucket, rule: 0, above: Box::default(), value: Value::None }
}

/// How a correlation hears of a match of one below. The bucket is an instant.
fn heard_as(
    kind: Kind,
    rule: u16,
    step: &Step,
    group: &Group,
    carried: Carried,
    above: Box<[Option<Carried>]>,
    first: bool,
) -> (Note, Hits) {
    let at = step.bucket << group.coarseness;
    let rule = if kind.is_temporal() { rule } else { 0 };
    let hits = Hits {
        matches: u64::from(first),
        records: 0,
        sum: if first { carried.value.number() } else { super::Decimal::default() },
        since: step.since,
        first: (at, Location { stream: 0, length: 0, offset: 0, line: 0, record: 0 }),
    };
    (Note { bucket: at, rule, above, value: carried.value }, hits)
}

/// Steps as times; those that overlap are one.
fn windows(steps: &[Step], group: &Group) -> Vec<(Instant, Instant)> {
    let mut windows: Vec<(Instant, Instant)> = Vec::new();
    for step in steps {
        let last = ((step.bucket + 1) << group.coarseness) - 1;
        let first = group.bucket(step.since) << group.coarseness;
        match windows.last_mut() {
            Some(window) if first <= window.1 => *window = (window.0.min(first), last),
            _ => windows.push((first, last)),
        }
    }
    windows
}

fn window(span: (Instant, Instant), records: &Records, times: usize) -> Window {
    let inside = records.iter().filter(|(when, ..)| (span.0..=span.1).contains(when));
    let mut places: Vec<_> = inside.clone().map(|(_, _, first)| *first).collect();
    places.sort_unstable();
    places.dedup();
    places.truncate(crate::base::limits::EVIDENCE);
    Window { span, records: inside.map(|(_, records, _)| records).sum(), places, times }
}
