//! What one account did from one network.

use super::{Distinct, Mark, keep_earliest, keep_smallest};
use crate::base::{Fingerprint, Instant, Merge, Seed};
use crate::baseline::day_of;
use crate::judge::activity::{Act, Activity, Network, Reason, What};
use serde::{Deserialize, Serialize};

/// Seconds over which failed sign-ins are counted together.
pub const TRY_SECS: i64 = 300;
/// Such times with failures that are kept, the earliest.
const TIMES: usize = 512;
/// Failures whose places are kept, the earliest.
const PLACES: usize = 4;
/// Days of use that are kept, the earliest.
const DAYS: usize = 64;

/// What one account did from one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pair {
    /// Stands for the account.
    pub account: Fingerprint,
    /// The account as logged.
    pub name: Box<str>,
    /// An address of the network, as logged: the smallest.
    pub address: Box<str>,
    /// The network.
    pub network: Network,
    /// The organisation that the account belongs to.
    pub organisation: Option<Box<str>>,
    /// Failed sign-ins by time, in its order.
    tries: Vec<(i32, Tries)>,
    /// The first failures.
    refused: Vec<Mark>,
    /// The first two days with a successful sign-in, each with its first.
    pub days: Vec<DayUse>,
    /// Days on which it signed in or did something, UTC, in order.
    pub used: Vec<i32>,
    /// Documents taken away.
    pub taken: u64,
    /// Documents taken away or read, searches and lists.
    pub acts: u64,
    /// The first and the last of these.
    pub acts_span: Option<(Instant, Instant)>,
    /// The first of these.
    pub acts_first: Vec<Mark>,
    /// Searches for what leads further.
    pub searches: u64,
    /// Different documents that tell of systems, mail or people by their names.
    pub telling: Distinct,
    /// Different projects.
    pub projects: Distinct,
}

/// A day on which something was done first so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayUse {
    /// The day, in the zone of its records.
    pub day: i32,
    /// The first record.
    pub first: Mark,
}

/// Failed sign-ins within some minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Tries.
    pub failed: u32,
    /// Of these, for accounts that do not exist.
    pub unknown: u32,
    /// Of these, where the second factor was denied.
    pub denied: u32,
    /// Records of them.
    pub records: u32,
}

impl Pair {
    /// Nothing yet of an account in a network.
    pub fn new(activity: &Activity<'_>, network: Network) -> Self {
        Self {
            account: activity.account_key,
            name: activity.name().into(),
            address: activity.address().into(),
            network,
            organisation: None,
            tries: Vec::new(),
            refused: Vec::new(),
            days: Vec::new(),
            used: Vec::new(),
            taken: 0,
            acts: 0,
            acts_span: None,
            acts_first: Vec::new(),
            searches: 0,
            telling: Distinct::default(),
            projects: Distinct::default(),
        }
    }

    /// Notes what it did.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark, seed: Seed) {
        keep_smallest(&mut self.name, activity.account);
        keep_smallest(&mut self.address, activity.logged_address());
        self.belongs(self.new_organisation(activity));
        if !matches!(activity.what, What::Refused(_)) {
            self.used(day_of(activity.at, 0));
        }
        match activity.what {
            What::SignedIn => {
                let day = day_of(activity.at, activity.offset_secs);
                add_day(&mut self.days, DayUse { day, first: mark });
            }
            What::Refused(reason) => {
                let of = |which| if reason == which { activity.count } else { 0 };
                let (unknown, denied) = (of(Reason::UnknownUser), of(Reason::MfaDenied));
                let tries = Tries { failed: activity.count, unknown, denied, records: 1 };
                self.add(activity.at.div_euclid(TRY_SECS) as i32, tries);
                keep_earliest(&mut self.refused, mark, PLACES);
            }
            What::Act(act) => self.act(activity, act, mark, seed),
            What::Change(_) => {}
        }
    }

    /// The organisation, where it is not the one that is known.
    fn new_organisation(&self, activity: &Activity<'_>) -> Option<Box<str>> {
        let name = activity.organisation()?;
        let known = self.organisation.as_deref().unwrap_or_default();
        // What is known is in small letters.
        let is_known = name.is_ascii() && name.eq_ignore_ascii_case(known.as_bytes());
        (!is_known).then(|| String::from_utf8_lossy(name).to_lowercase().into())
    }

    fn act(&mut self, activity: &Activity<'_>, act: Act, mark: Mark, seed: Seed) {
        self.acts += 1;
        self.acts_span = super::joined(self.acts_span, Some((mark.0, mark.0)));
        keep_earliest(&mut self.acts_first, mark, PLACES);
        self.taken += u64::from(matches!(act, Act::Downloaded | Act::Exported));
        self.searches += u64::from(activity.is_sensitive_search());
        if let Some(project) = activity.project() {
            self.projects.add(seed.of(project));
        }
        if act != Act::Searched && activity.topic().is_some() {
            self.telling.add(seed.of(activity.object().unwrap_or(b"")));
        }
    }

    /// Its first use that is known, a sign-in or an act.
    pub fn first_use(&self) -> Option<Mark> {
        let signed_in = self.days.iter().map(|day| day.first).min();
        signed_in.into_iter().chain(self.acts_first.first().copied()).min()
    }

    fn used(&mut self, day: i32) {
        if let Err(place) = self.used.binary_search(&day)
            && place < DAYS
        {
            self.used.insert(place, day);
            self.used.truncate(DAYS);
        }
    }

    /// The failures in times from one to another, both inclusive.
    pub fn tries(&self, from: i32, to: i32) -> Tries {
        let inside = self.tries.iter().filter(|(time, _)| (from..=to).contains(time));
        inside.fold(Tries::default(), |all, (_, tries)| all.and(*tries))
    }

    /// The first failure within a span, of those kept.
    pub fn first_refused(&self, (from, until): (Instant, Instant)) -> Option<Mark> {
        self.refused.iter().find(|mark| (from..=until).contains(&mark.0)).copied()
    }

    /// The times in which there were failures, in order.
    pub fn times(&self) -> impl Iterator<Item = i32> {
        self.tries.iter().map(|(time, _)| *time)
    }

    /// The first successful sign-in.
    pub fn signed_in(&self) -> Option<DayUse> {
        self.days.first().copied()
    }

    /// The first successful sign-in within a span, of those kept.
    pub fn signed_in_within(&self, from: Instant, until: Instant) -> Option<DayUse> {
        self.days.iter().find(|day| (from..=until).contains(&day.first.0)).copied()
    }

    fn add(&mut self, time: i32, tries: Tries) {
        match self.tries.binary_search_by_key(&time, |known| known.0) {
            Ok(place) => self.tries[place].1 = self.tries[place].1.and(tries),
            Err(place) if place < TIMES => {
                self.tries.insert(place, (time, tries));
                self.tries.truncate(TIMES);
            }
            Err(_) => {}
        }
    }

    /// Of several organisations the smallest stays.
    fn belongs(&mut self, organisation: Option<Box<str>>) {
        self.organisation = match (self.organisation.take(), organisation) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }
}

impl Tries {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            failed: self.failed.saturating_add(other.failed),
            unknown: self.unknown.saturating_add(other.unknown),
            denied: self.denied.saturating_add(other.denied),
            records: self.records.saturating_add(other.records),
        }
    }
}

/// Adds a day to the first two.
pub(super) fn add_day(days: &mut Vec<DayUse>, new: DayUse) {
    match days.binary_search_by_key(&new.day, |known| known.day) {
        Ok(place) => days[place] = days[place].min(new),
        Err(place) => {
            days.insert(place, new);
            days.truncate(2);
        }
    }
}

impl Merge for Pair {
    fn merge(&mut self, other: Self) {
        keep_smallest(&mut self.name, other.name.as_bytes());
        keep_smallest(&mut self.address, other.address.as_bytes());
        self.belongs(other.organisation);
        for (time, tries) in other.tries {
            self.add(time, tries);
        }
        for mark in other.refused {
            keep_earliest(&mut self.refused, mark, PLACES);
        }
        for day in other.days {
            add_day(&mut self.days, day);
        }
        other.used.into_iter().for_each(|day| self.used(day));
        self.taken += other.taken;
        self.acts += other.acts;
        self.acts_span = super::joined(self.acts_span, other.acts_span);
        for mark in other.acts_first {
            keep_earliest(&mut self.acts_first, mark, PLACES);
        }
        self.searches += other.searches;
        self.telling.merge(&other.telling);
        self.projects.merge(&other.projects);
    }
}
