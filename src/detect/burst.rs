//! Many different things by one actor in a short time: counted by the minute, judged over a
//! window that slides by the second.

use crate::base::limits::{ACTORS, MINUTES, OWN_MINUTES};
use crate::base::{
    Arrange, Fingerprint, Instant, Location, Merge, SmallMap, Text, Weigh, Weighed, within,
};
use crate::finding::Place;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Different things of one minute that are kept. A threshold must not be larger: a minute with
/// more than these reaches it by itself.
pub const KEPT: usize = 32;
/// Seconds.
const MINUTE: i64 = 60;

/// What each actor did, by the minute. Keyed by the actor.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Bursts(Weighed<Actor, ACTORS, MINUTES>);

/// What one actor did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Actor {
    /// Its name as logged.
    pub name: Box<str>,
    /// Whether it is an account.
    pub is_account: bool,
    minutes: SmallMap<Minute>,
}

/// What happened within one minute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Minute {
    /// The things with the smallest fingerprints, in their order.
    things: Vec<Thing>,
    records: u64,
}

/// A thing with the first time and place of its minute.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Thing {
    #[serde(with = "postcard::fixint::le")]
    key: Fingerprint,
    /// Of its minute.
    second: u8,
    location: Location,
}

/// A time in which an actor did many different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// First second of its first minute and last second of its last.
    pub span: (Instant, Instant),
    /// Most different things within one sliding window; at least this many.
    pub distinct: usize,
    /// All records in the span.
    pub records: u64,
    /// Some of the records.
    pub places: Vec<Place>,
}

impl Bursts {
    /// Notes that an actor did something to a thing.
    pub fn note(
        &mut self,
        actor: (Fingerprint, &[u8], bool),
        thing: Fingerprint,
        at: Instant,
        location: Location,
    ) {
        let (key, name, is_account) = actor;
        let make = || Actor {
            name: String::from_utf8_lossy(name).into(),
            is_account,
            minutes: SmallMap::default(),
        };
        self.0.change(key, make, |actor| {
            let (time, second) = (at.div_euclid(MINUTE), at.rem_euclid(MINUTE) as u8);
            actor.minutes.change(time, |minute| {
                minute.records += 1;
                minute.add(Thing { key: thing, second, location });
            });
            actor.minutes.keep_last(OWN_MINUTES);
        });
    }

    /// The actors, in order of their names.
    pub fn actors(&self) -> Vec<(Fingerprint, &Actor)> {
        let mut actors = self.0.sorted();
        actors.arrange_by(|a, b| (&a.1.name, a.1.is_account).cmp(&(&b.1.name, b.1.is_account)));
        actors
    }

    /// What could not be looked at.
    pub fn bounds(&self, id: &str) -> Vec<Text> {
        super::bounds_of(id, &self.0)
    }
}

impl Minute {
    fn add(&mut self, thing: Thing) {
        match self.things.binary_search_by_key(&thing.key, |known| known.key) {
            Ok(place) => {
                let known = &mut self.things[place];
                let order = |of: &Thing| (of.second, of.location);
                if order(&thing) < order(known) {
                    *known = thing;
                }
            }
            Err(place) if place < KEPT => {
                self.things.insert(place, thing);
                self.things.truncate(KEPT);
            }
            Err(_) => {}
        }
    }
}

impl Merge for Minute {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        other.things.into_iter().for_each(|thing| self.add(thing));
    }
}

impl Merge for Actor {
    fn merge(&mut self, other: Self) {
        self.minutes.merge(other.minutes);
        self.minutes.keep_last(OWN_MINUTES);
    }
}

impl Weigh for Actor {
    fn weight(&self) -> usize {
        self.minutes.count()
    }
}

impl Merge for Bursts {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

impl Actor {
    /// The times in which it did at least `threshold` different things within `width_secs`.
    /// Windows that overlap are one.
    pub fn windows(&self, width_secs: i64, threshold: usize) -> Vec<Window> {
        let minutes = self.minutes.all();
        let mut series: Vec<_> = minutes.iter().flat_map(things).collect();
        series.arrange();
        let mut windows: Vec<Window> = Vec::new();
        let mut inside: BTreeMap<Fingerprint, u32> = BTreeMap::new();
        let mut from = 0;
        for (at, _, thing) in &series {
            *inside.entry(*thing).or_default() += 1;
            while series[from].0 <= at - width_secs {
                leave(&mut inside, series[from].2);
                from += 1;
            }
            if inside.len() >= threshold {
                let span = (whole_minute(series[from].0).0, whole_minute(*at).1);
                extend(&mut windows, span, inside.len());
            }
        }
        windows.iter_mut().for_each(|window| window.fill(&minutes));
        windows
    }
}

/// The things of a minute by time and place.
fn things(
    (time, minute): &(i64, Minute),
) -> impl Iterator<Item = (Instant, Location, Fingerprint)> {
    let at = move |thing: &Thing| time * MINUTE + i64::from(thing.second);
    minute.things.iter().map(move |thing| (at(thing), thing.location, thing.key))
}

impl Window {
    fn fill(&mut self, minutes: &[(i64, Minute)]) {
        let mut places = BTreeSet::new();
        let inside = self.span.0.div_euclid(MINUTE)..=self.span.1.div_euclid(MINUTE);
        for minute in within(minutes, inside) {
            self.records += minute.1.records;
            places.extend(things(minute).map(|(at, location, _)| (Some(at), location)));
        }
        self.places = places.into_iter().collect();
    }
}

fn leave(inside: &mut BTreeMap<Fingerprint, u32>, thing: Fingerprint) {
    if let Some(count) = inside.get_mut(&thing) {
        *count -= 1;
        if *count == 0 {
            inside.remove(&thing);
        }
    }
}

/// First and last second of an instant's minute. Findings speak of whole minutes, so that their
/// counts are exact.
fn whole_minute(at: Instant) -> (Instant, Instant) {
    let start = at.div_euclid(MINUTE) * MINUTE;
    (start, start + MINUTE - 1)
}

fn extend(windows: &mut Vec<Window>, span: (Instant, Instant), distinct: usize) {
    match windows.last_mut() {
        Some(last) if span.0 <= last.span.1 => {
            last.span.1 = last.span.1.max(span.1);
            last.distinct = last.distinct.max(distinct);
        }
        _ => windows.push(Window { span, distinct, records: 0, places: Vec::new() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    fn location(offset: u64) -> Location {
        Location { stream: 0, length: 1, offset, line: 0, record: 0 }
    }

    fn bursts(acts: &[(i64, u64)]) -> Bursts {
        let mut bursts = Bursts::default();
        for (offset, (at, thing)) in acts.iter().enumerate() {
            let thing = Seed(1).of(&thing.to_le_bytes());
            bursts.note((7, b"someone", false), thing, *at, location(offset as u64));
        }
        bursts
    }

    #[test]
    fn the_window_slides_by_the_second() {
        // 25 things in 144 seconds, across three borders of minutes.
        let acts: Vec<_> = (0..25).map(|i| (50 + i * 6, i as u64)).collect();
        let bursts = bursts(&acts);
        let (_, actor) = bursts.actors()[0];
        let windows = actor.windows(180, 25);
        assert_eq!(windows.len(), 1);
        assert_eq!((windows[0].distinct, windows[0].records), (25, 25));
        assert_eq!(windows[0].span, (0, 239));
        assert!(actor.windows(140, 25).is_empty(), "140 seconds hold only 24 of them");
    }

    #[test]
    fn the_same_thing_again_counts_once() {
        let acts: Vec<_> = (0..100).map(|i| (i, (i % 24) as u64)).collect();
        assert!(bursts(&acts).actors()[0].1.windows(180, 25).is_empty());
    }

    #[test]
    fn a_crowded_minute_reaches_every_threshold_whatever_the_cut() {
        let acts: Vec<_> = (0..200).map(|i| (i % 60, i as u64)).collect();
        let whole = bursts(&acts).actors()[0].1.windows(180, KEPT);
        assert_eq!((whole.len(), whole[0].distinct, whole[0].records), (1, KEPT, 200));
        let mut merged = bursts(&acts[150..]);
        // Places depend on where in the log a record stands, so the left part comes first here.
        let mut left = bursts(&acts[..150]);
        std::mem::swap(&mut merged, &mut left);
        merged.merge(left);
        assert_eq!(merged.actors()[0].1.windows(180, KEPT)[0].records, 200);
    }
}
