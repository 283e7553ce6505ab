//! To whose data accounts did something: by account and network, day and party.
//!
//! A party is an organisation, a mail domain and a project, as the records name them. Of a day the
//! parties with the smallest fingerprints are kept; how many records the others have is known.

use super::joined;
use crate::base::{Fingerprint, Instant, Merge, Seed};
use crate::baseline::day_of;
use crate::judge::activity::{Act, Activity, What};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parties of one account, network and day that are kept.
const PARTIES: usize = 64;
/// Keeps parties apart from other things.
const WITHIN: u64 = 0x70_61_72_74_69_65_73;

/// Whose data a record is about, as it names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The organisation or tenant that is stated.
    pub tenant: Option<Box<str>>,
    /// The mail domain of the account.
    pub domain: Option<Box<str>>,
    /// The project or site.
    pub project: Option<Box<str>>,
}

/// Records of acts by what was done: viewed, searched, listed, downloaded, exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acts {
    /// Records of each act.
    pub records: [u64; 5],
    /// First and last of them.
    pub span: Option<(Instant, Instant)>,
}

/// What was done to the data of one party.
pub type OfParty = (Fingerprint, Acts);

/// What one account did on one day from one network, by party.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTouched {
    /// By party, in order of their fingerprints.
    pub parties: Vec<OfParty>,
    /// All of them together, also those that are not kept.
    pub all: Acts,
}

/// What one account did from one network, by day in the zone of its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Touched {
    /// Stands for the account.
    pub account: Fingerprint,
    /// By day.
    pub days: BTreeMap<i32, DayTouched>,
}

/// Whose data a record is about, in the bytes of the record.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    tenant: Option<&'a [u8]>,
    domain: Option<&'a [u8]>,
    project: Option<&'a [u8]>,
}

impl<'a> Whose<'a> {
    /// Whose data an act is about; none where the record names neither organisation nor project.
    pub fn of(activity: &Activity<'a>) -> Option<Self> {
        let whose = Self {
            tenant: activity.tenant(),
            domain: activity.domain(),
            project: activity.project(),
        };
        whose.parts().iter().any(Option::is_some).then_some(whose)
    }

    const fn parts(&self) -> [Option<&'a [u8]>; 3] {
        [self.tenant, self.domain, self.project]
    }

    /// Stands for the party, in whichever case it is written.
    pub fn key(&self, seed: Seed) -> Fingerprint {
        let mut name = Vec::with_capacity(64);
        for part in self.parts() {
            name.extend_from_slice(part.unwrap_or_default());
            name.push(0);
        }
        name.make_ascii_lowercase();
        seed.within(WITHIN, &name)
    }

    /// The same as text.
    pub fn owner(&self) -> Owner {
        let shown = |name: &[u8]| -> Box<str> { String::from_utf8_lossy(name).into() };
        Owner {
            tenant: self.tenant.map(shown),
            domain: self.domain.map(|name| shown(name).to_lowercase().into()),
            project: self.project.map(shown),
        }
    }

    /// Whether an owner is spelt the same.
    fn is(&self, owner: &Owner) -> bool {
        let is_same = |own: Option<&[u8]>, known: &Option<Box<str>>| match (own, known) {
            (Some(own), Some(known)) => own == known.as_bytes(),
            (own, known) => own.is_none() && known.is_none(),
        };
        is_same(self.tenant, &owner.tenant)
            && is_same(self.domain, &owner.domain)
            && is_same(self.project, &owner.project)
    }

    /// Keeps the smallest of several spellings.
    pub fn spell(&self, known: &mut Owner) {
        if !self.is(known) {
            known.merge(self.owner());
        }
    }
}

/// Stands for the account in its network, or for the account where no network is known.
pub fn touch_key(activity: &Activity<'_>) -> Fingerprint {
    activity.pair_key().unwrap_or(activity.account_key)
}

/// The day of what an account did, in the zone of its record.
pub fn touch_day(activity: &Activity<'_>) -> i32 {
    day_of(activity.at, activity.offset_secs)
}

impl Touched {
    /// Nothing yet of an account.
    pub const fn new(account: Fingerprint) -> Self {
        Self { account, days: BTreeMap::new() }
    }

    /// Notes an act on the data of a party.
    pub fn note(&mut self, activity: &Activity<'_>, party: Fingerprint) {
        let What::Act(act) = activity.what else { return };
        let acts = Acts::one(act, activity.at);
        self.days.entry(touch_day(activity)).or_default().add((party, acts), acts);
    }
}

impl Acts {
    fn one(act: Act, at: Instant) -> Self {
        let mut acts = Self { records: [0; 5], span: Some((at, at)) };
        if let Some(records) = acts.records.get_mut(act as usize) {
            *records = 1;
        }
        acts
    }

    /// Records of all acts.
    pub fn total(&self) -> u64 {
        self.records.iter().sum()
    }
}

impl DayTouched {
    fn add(&mut self, party: OfParty, all: Acts) {
        self.all.merge(all);
        self.party(party);
    }

    fn party(&mut self, (key, acts): OfParty) {
        match self.parties.binary_search_by_key(&key, |known| known.0) {
            Ok(place) => self.parties[place].1.merge(acts),
            Err(place) if place < PARTIES => {
                self.parties.insert(place, (key, acts));
                self.parties.truncate(PARTIES);
            }
            Err(_) => {}
        }
    }

    /// Records about parties that are not kept.
    pub fn left_out(&self) -> u64 {
        let kept: u64 = self.parties.iter().map(|(_, acts)| acts.total()).sum();
        self.all.total().saturating_sub(kept)
    }
}

impl Merge for Acts {
    fn merge(&mut self, other: Self) {
        for (own, more) in self.records.iter_mut().zip(other.records) {
            *own += more;
        }
        self.span = joined(self.span, other.span);
    }
}

impl Merge for Touched {
    fn merge(&mut self, other: Self) {
        for (day, touched) in other.days {
            let known = self.days.entry(day).or_default();
            known.all.merge(touched.all);
            touched.parties.into_iter().for_each(|party| known.party(party));
        }
    }
}

impl Merge for Owner {
    /// Of several spellings the smallest stays.
    fn merge(&mut self, other: Self) {
        if other < *self {
            *self = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(act: Act, at: Instant) -> Acts {
        Acts::one(act, at)
    }

    #[test]
    fn a_day_keeps_the_same_parties_however_it_was_cut() {
        let all: Vec<OfParty> =
            (0..200_u64).map(|n| (n * 7_919 % 211, acts(Act::Viewed, n as Instant))).collect();
        let of = |part: &[OfParty]| {
            let mut touched = Touched::new(1);
            let day = touched.days.entry(0).or_default();
            part.iter().for_each(|one| day.add(*one, one.1));
            touched
        };
        let whole = of(&all);
        let mut cut = of(&all[130..]);
        cut.merge(of(&all[..130]));
        assert_eq!(cut.days, whole.days);
        let day = &whole.days[&0];
        assert_eq!((day.parties.len(), day.all.total()), (PARTIES, 200));
        assert_eq!(day.left_out(), 200 - day.parties.iter().map(|p| p.1.total()).sum::<u64>());
    }

    #[test]
    fn acts_are_counted_apart() {
        let mut sum = acts(Act::Viewed, 9);
        for (act, at) in [(Act::Exported, 3), (Act::Downloaded, 12), (Act::Downloaded, 11)] {
            sum.merge(acts(act, at));
        }
        assert_eq!((sum.records, sum.span), ([1, 0, 0, 2, 1], Some((3, 12))));
    }
}
