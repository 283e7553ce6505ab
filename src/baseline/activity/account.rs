//! What one account did: networks, days, documents.

use super::pair::add_day;
use super::{DayUse, Mark, Takes, Ways, keep_earliest, keep_smallest};
use crate::base::{Fingerprint, Instant, Merge, Seed};
use crate::baseline::day_of;
use crate::judge::activity::{Act, Activity, Network, Topic, What};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Networks of one account that are kept.
const NETWORKS: usize = 64;
/// Successful sign-ins that make a history.
const HISTORY: usize = 10;
/// Seconds over which they must reach.
const HISTORY_SECS: i64 = 7 * 86_400;
/// Days whose activity is joined, to tell long silence.
const STRETCH_DAYS: i32 = 8;
/// Such stretches that are kept, the latest.
const STRETCHES: usize = 64;
/// Different things of a day that are counted exactly.
const EXACT: usize = 128;
/// Networks of a day that are told apart.
const DAY_NETWORKS: usize = 8;
/// Records of a day in a network that can be shown.
const FIRST: usize = 4;

/// What one account did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountStats {
    /// Its name as logged.
    pub name: Box<str>,
    /// Networks of its successful sign-ins, in order, each with the first two days.
    networks: Vec<(Network, Vec<DayUse>)>,
    /// Whether there were more networks than are kept.
    is_everywhere: bool,
    /// Its first successful sign-ins.
    early: Vec<Mark>,
    /// First and last activity within some days, in order.
    active: Vec<(i32, Mark, Mark)>,
    /// What it did to documents, by day.
    pub days: BTreeMap<i32, DayOfActs>,
    /// Documents that web servers handed to it, by day.
    pub requested: BTreeMap<i32, RequestedDay>,
    /// How it signs in, and with which programs it takes and reads documents.
    pub ways: Ways,
}

/// Documents that web servers handed to an account on one day, in the zone of their records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RequestedDay {
    /// By network, the smallest few.
    networks: Vec<(Network, Requested)>,
    /// In all other networks, where there are more.
    rest: Option<Box<Requested>>,
}

/// Documents that web servers handed to an account, of some networks on one day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Requested {
    /// Records.
    pub records: u64,
    /// Different documents.
    pub documents: Distinct,
    /// First and last record.
    pub span: Option<(Instant, Instant)>,
    /// The records by time.
    pub takes: Takes,
    /// The first few.
    pub first: Vec<Mark>,
}

/// What an account did to documents on one day, in the zone of its records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DayOfActs {
    /// Records of documents taken, read, searched and listed.
    pub records: u64,
    /// First and last of these.
    pub all: Option<(Instant, Instant)>,
    /// The first of these.
    pub any: Vec<Mark>,
    /// Records of documents taken away.
    pub taken: u64,
    /// Of these, exported.
    pub exported: u64,
    /// Bytes of these, where the records say so.
    pub bytes: u64,
    /// Different documents taken away.
    pub documents: Distinct,
    /// Different projects that something was taken from or read in.
    pub projects: Distinct,
    /// Networks with what was done from each, the smallest few.
    pub networks: Vec<(Network, Part)>,
    /// First and last document taken away.
    pub span: Option<(Instant, Instant)>,
    /// The first documents taken away.
    pub first: Vec<Mark>,
    /// The first exports.
    pub exports: Vec<Mark>,
    /// Documents taken, by time.
    pub takes: Takes,
    /// The first searches for what leads further.
    pub searches: Vec<Mark>,
    /// Documents read or taken, by what their names say they are about: the first few.
    pub topics: BTreeMap<Topic, (Distinct, Vec<MarkFrom>)>,
    /// Entries listed.
    pub listed: u64,
}

/// A record with the network that it is from.
pub type MarkFrom = (Mark, Option<Network>);

/// Records of a day that are from one network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Of documents taken, read, searched and listed.
    pub all: Few,
    /// Of these, of documents taken away.
    pub taken: Few,
    /// Of these, exported.
    pub exported: Few,
}

/// Records, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Few {
    /// How many.
    pub records: u64,
    /// The first.
    pub first: Vec<Mark>,
}

/// How many different things there were: the smallest fingerprints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct(Vec<Fingerprint>);

/// Whether an account was in a network before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// On two earlier days.
    Yes,
    /// It was not.
    No,
    /// There were too many networks to say.
    Unsure,
}

impl Distinct {
    /// One thing.
    pub fn of(thing: Fingerprint) -> Self {
        Self(vec![thing])
    }

    /// Counts a thing.
    pub fn add(&mut self, thing: Fingerprint) {
        if let Err(place) = self.0.binary_search(&thing)
            && place < EXACT
        {
            // Most hold one or two: room for four would be half empty.
            if self.0.len() == self.0.capacity() {
                self.0.reserve_exact((self.0.len() / 2).max(1));
            }
            self.0.insert(place, thing);
            self.0.truncate(EXACT);
        }
    }

    /// How many: exact below 128, about so many from there on.
    pub fn count(&self) -> u64 {
        match self.0.last() {
            Some(last) if self.0.len() == EXACT => {
                let (all, part) = (u128::from(u64::MAX) * (EXACT as u128 - 1), u128::from(*last));
                u64::try_from(all / part.max(1)).unwrap_or(u64::MAX).max(EXACT as u64)
            }
            _ => self.0.len() as u64,
        }
    }

    /// The things that are kept.
    pub fn kept(&self) -> &[Fingerprint] {
        &self.0
    }

    /// Counts what another counted.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|thing| self.add(*thing));
    }
}

impl AccountStats {
    /// Nothing yet of an account.
    pub fn new(activity: &Activity<'_>) -> Self {
        Self::named_only(activity.account)
    }

    /// Nothing yet of an account of a name.
    pub fn named_only(name: &[u8]) -> Self {
        Self {
            name: String::from_utf8_lossy(name).into(),
            networks: Vec::new(),
            is_everywhere: false,
            early: Vec::new(),
            active: Vec::new(),
            days: BTreeMap::new(),
            requested: BTreeMap::new(),
            ways: Ways::default(),
        }
    }

    /// Notes a document that a web server handed to it.
    pub fn handed(&mut self, document: Fingerprint, (day, network): (i32, Network), mark: Mark) {
        let span = Some((mark.0, mark.0));
        let takes = Takes::of(mark.0);
        let mut new = Requested { records: 1, span, takes, ..Requested::default() };
        new.documents.add(document);
        new.first.push(mark);
        self.requested.entry(day).or_default().add(network, new);
    }

    /// Notes what it did.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark, seed: Seed) {
        keep_smallest(&mut self.name, activity.account);
        let day = day_of(activity.at, activity.offset_secs);
        self.ways.note(activity, mark);
        match activity.what {
            What::Refused(_) => return,
            What::SignedIn => {
                keep_earliest(&mut self.early, mark, HISTORY);
                if let Some(network) = activity.network {
                    self.network(network, DayUse { day, first: mark });
                }
            }
            What::Act(act) => self.days.entry(day).or_default().note(activity, act, mark, seed),
            What::Change(_) => {}
        }
        self.active(day.div_euclid(STRETCH_DAYS), mark, mark);
    }

    /// Whether it signed in from a network on two days before this one.
    pub fn knows(&self, network: Network, day: i32) -> Known {
        let used = self.networks.binary_search_by_key(&network, |known| known.0);
        match used.ok().map(|place| &self.networks[place].1) {
            Some(days) if days.get(1).is_some_and(|second| second.day < day) => Known::Yes,
            _ if self.is_everywhere => Known::Unsure,
            _ => Known::No,
        }
    }

    /// Whether it signed in from a network on two days.
    pub fn is_habitual(&self, network: Network) -> bool {
        self.knows(network, i32::MAX) == Known::Yes
    }

    /// Whether enough is known of it before an instant to call something new.
    pub fn has_history(&self, at: Instant) -> bool {
        let last = self.early.get(HISTORY - 1);
        self.early
            .first()
            .zip(last)
            .is_some_and(|(first, last)| first.0 <= at - HISTORY_SECS && last.0 < at)
    }

    /// First sign-ins from networks within a span: those of the first two days of each.
    pub fn arrivals(
        &self,
        from: Instant,
        until: Instant,
    ) -> impl Iterator<Item = (Network, DayUse)> {
        let all = self
            .networks
            .iter()
            .flat_map(|(network, days)| days.iter().map(move |day| (*network, *day)));
        all.filter(move |(_, day)| (from..=until).contains(&day.first.0))
    }

    /// Silences of at least so many days, each with the first record behind it.
    pub fn silences(&self, days: i64) -> impl Iterator<Item = (i64, Mark)> {
        self.active.windows(2).filter_map(move |pair| {
            let silent = (pair[1].1.0 - pair[0].2.0) / 86_400;
            (silent >= days).then_some((silent, pair[1].1))
        })
    }

    /// When it did something first.
    pub fn first(&self) -> Option<Instant> {
        self.active.first().map(|(_, first, _)| first.0)
    }

    /// Whether it did something between two instants, both excluded.
    pub fn was_active(&self, from: Instant, until: Instant) -> bool {
        self.active.iter().any(|(_, first, last)| {
            (from + 1..until).contains(&first.0) || (from + 1..until).contains(&last.0)
        })
    }

    fn network(&mut self, network: Network, day: DayUse) {
        match self.networks.binary_search_by_key(&network, |known| known.0) {
            Ok(place) => add_day(&mut self.networks[place].1, day),
            Err(place) => {
                self.networks.insert(place, (network, vec![day]));
                self.is_everywhere |= self.networks.len() > NETWORKS;
                self.networks.truncate(NETWORKS);
            }
        }
    }

    fn active(&mut self, stretch: i32, first: Mark, last: Mark) {
        match self.active.binary_search_by_key(&stretch, |known| known.0) {
            Ok(place) => {
                let known = &mut self.active[place];
                (known.1, known.2) = (known.1.min(first), known.2.max(last));
            }
            Err(place) => {
                self.active.insert(place, (stretch, first, last));
                if self.active.len() > STRETCHES {
                    self.active.remove(0);
                }
            }
        }
    }
}

impl DayOfActs {
    fn note(&mut self, activity: &Activity<'_>, act: Act, mark: Mark, seed: Seed) {
        let object = seed.of(activity.object().unwrap_or(b""));
        self.records += 1;
        self.all = super::joined(self.all, Some((mark.0, mark.0)));
        keep_earliest(&mut self.any, mark, 8);
        if let Some(part) = activity.network.and_then(|network| self.part(network)) {
            part.note(act, mark);
        }
        if matches!(act, Act::Downloaded | Act::Exported) {
            self.taken += 1;
            self.bytes = self.bytes.saturating_add(activity.bytes());
            self.documents.add(object);
            self.span = super::joined(self.span, Some((mark.0, mark.0)));
            keep_earliest(&mut self.first, mark, 8);
            self.takes.note(mark.0);
        }
        if act == Act::Exported {
            self.exported += 1;
            keep_earliest(&mut self.exports, mark, 8);
        }
        if activity.is_sensitive_search() {
            keep_earliest(&mut self.searches, mark, 16);
        }
        self.listed += u64::from(act == Act::Listed);
        if let Some(project) = activity.project() {
            self.projects.add(seed.of(project));
        }
        if let Some(topic) = activity.topic().filter(|_| act != Act::Searched) {
            let (documents, first) = self.topics.entry(topic).or_default();
            documents.add(object);
            keep_earliest(first, (mark, activity.network), 16);
        }
    }

    /// What was done from a network; none when it is not among those kept.
    fn part(&mut self, network: Network) -> Option<&mut Part> {
        let place = match self.networks.binary_search_by_key(&network, |known| known.0) {
            Ok(place) => place,
            Err(place) if place < DAY_NETWORKS => {
                self.networks.insert(place, (network, Part::default()));
                self.networks.truncate(DAY_NETWORKS);
                place
            }
            Err(_) => return None,
        };
        self.networks.get_mut(place).map(|(_, part)| part)
    }
}

impl Part {
    fn note(&mut self, act: Act, mark: Mark) {
        self.all.note(mark);
        if matches!(act, Act::Downloaded | Act::Exported) {
            self.taken.note(mark);
        }
        if act == Act::Exported {
            self.exported.note(mark);
        }
    }
}

impl Few {
    fn note(&mut self, mark: Mark) {
        self.records += 1;
        keep_earliest(&mut self.first, mark, FIRST);
    }
}

impl RequestedDay {
    fn add(&mut self, network: Network, new: Requested) {
        match self.networks.binary_search_by_key(&network, |known| known.0) {
            Ok(place) => self.networks[place].1.merge(new),
            Err(place) => {
                self.networks.insert(place, (network, new));
                if self.networks.len() > DAY_NETWORKS
                    && let Some((_, last)) = self.networks.pop()
                {
                    self.rest.get_or_insert_default().merge(last);
                }
            }
        }
    }

    /// Those of networks that are told apart.
    pub fn networks(&self) -> impl Iterator<Item = &(Network, Requested)> {
        self.networks.iter()
    }

    /// Whether there were more networks than are told apart.
    pub const fn has_more(&self) -> bool {
        self.rest.is_some()
    }

    /// Those of all networks.
    pub fn whole(&self) -> Requested {
        let mut whole = self.rest.as_deref().cloned().unwrap_or_default();
        self.networks.iter().for_each(|(_, one)| whole.merge(one.clone()));
        whole
    }
}

impl Merge for RequestedDay {
    fn merge(&mut self, other: Self) {
        other.networks.into_iter().for_each(|(network, one)| self.add(network, one));
        if let Some(rest) = other.rest {
            self.rest.get_or_insert_default().merge(*rest);
        }
    }
}

impl Merge for Few {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, FIRST));
    }
}

impl Merge for Part {
    fn merge(&mut self, other: Self) {
        self.all.merge(other.all);
        self.taken.merge(other.taken);
        self.exported.merge(other.exported);
    }
}

impl Merge for DayOfActs {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.all = super::joined(self.all, other.all);
        other.any.into_iter().for_each(|mark| keep_earliest(&mut self.any, mark, 8));
        self.taken += other.taken;
        self.exported += other.exported;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.documents.merge(&other.documents);
        self.projects.merge(&other.projects);
        for (network, part) in other.networks {
            if let Some(known) = self.part(network) {
                known.merge(part);
            }
        }
        self.span = super::joined(self.span, other.span);
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, 8));
        other.exports.into_iter().for_each(|mark| keep_earliest(&mut self.exports, mark, 8));
        self.takes.merge(other.takes);
        other.searches.into_iter().for_each(|mark| keep_earliest(&mut self.searches, mark, 16));
        self.listed += other.listed;
        for (topic, (documents, first)) in other.topics {
            let known = self.topics.entry(topic).or_default();
            known.0.merge(&documents);
            first.into_iter().for_each(|mark| keep_earliest(&mut known.1, mark, 16));
        }
    }
}

impl Merge for Requested {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.documents.merge(&other.documents);
        self.span = super::joined(self.span, other.span);
        self.takes.merge(other.takes);
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, 4));
    }
}

impl Merge for AccountStats {
    fn merge(&mut self, other: Self) {
        keep_smallest(&mut self.name, other.name.as_bytes());
        self.is_everywhere |= other.is_everywhere;
        for (network, days) in other.networks {
            days.into_iter().for_each(|day| self.network(network, day));
        }
        for mark in other.early {
            keep_earliest(&mut self.early, mark, HISTORY);
        }
        for (stretch, first, last) in other.active {
            self.active(stretch, first, last);
        }
        for (day, acts) in other.days {
            self.days.entry(day).or_default().merge(acts);
        }
        for (day, requested) in other.requested {
            self.requested.entry(day).or_default().merge(requested);
        }
        self.ways.merge(other.ways);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Location;

    fn handed(numbers: impl Iterator<Item = u8>) -> RequestedDay {
        let mut day = RequestedDay::default();
        for number in numbers {
            let place =
                Location { stream: 0, length: 9, offset: number.into(), line: 0, record: 0 };
            let mark = (Instant::from(number), place);
            let mut one = Requested {
                records: 1,
                span: Some((mark.0, mark.0)),
                first: vec![mark],
                ..Requested::default()
            };
            one.documents.add(u64::from(number) << 32);
            day.add(Network::V4([192, 0, number.wrapping_mul(37) % 20]), one);
        }
        day
    }

    #[test]
    fn networks_beyond_those_told_apart_are_counted_whatever_the_cut() {
        let bytes = |day: &RequestedDay| postcard::to_allocvec(day).unwrap();
        let whole = handed(0..100);
        for cut in [0, 1, 7, 33, 50, 99, 100] {
            let mut other = handed(cut..100);
            other.merge(handed(0..cut));
            assert_eq!(bytes(&other), bytes(&whole), "{cut}");
        }
        assert!(whole.has_more());
        assert_eq!(whole.networks().count(), DAY_NETWORKS);
        let all = whole.whole();
        assert_eq!((all.records, all.documents.count(), all.first.len()), (100, 100, 4));
        assert!(!handed(0..1).has_more());
    }
}
