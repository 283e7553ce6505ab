//! Networks from which one party uses accounts of several organisations: what A12 and C5 rest on.
//!
//! Two ways lead here. Either the network is new to the accounts, as far as their history tells;
//! or, where somebody was there before the logs begin, the same accounts keep meeting in a network
//! in which none of them is at home and hardly anybody else is.

use super::Conclusion;
use super::accounts::{accounts, novelty};
use crate::base::{Fingerprint, Gather, Text, visible};
use crate::baseline::activity::{DayUse, Mark, Novelty, Pair};
use crate::baseline::day_of;
use crate::judge::activity::Network;
use std::collections::{BTreeMap, BTreeSet};

/// Days on which accounts must meet in a network to be one party's.
const MEETINGS: usize = 3;
/// An account is not at home in a network that it uses on at most one in so many of the days of
/// its main one.
const MINOR: usize = 2;
/// Seconds within which one party goes through its accounts.
const QUICK_SECS: i64 = 3_600;
/// Searches for what leads further, documents that tell of systems or people, and documents taken
/// away from which on an account gathers.
const SEARCHES: u64 = 2;
const TELLING: u64 = 3;
const TAKEN: u64 = 20;

/// An account in the hands of a party.
pub(super) struct Member<'a> {
    /// Stands for the account in the network.
    pub key: Fingerprint,
    /// What it did there.
    pub pair: &'a Pair,
    /// Its first use there.
    first: Mark,
}

/// A network that uses accounts of several organisations.
pub(super) struct Party<'a> {
    /// The network.
    pub network: Network,
    /// Its accounts, in order of their names.
    pub members: Vec<Member<'a>>,
    /// Whether the accounts keep meeting there; else the network is new to them.
    pub is_recurring: bool,
}

/// The parties, in order of their networks.
pub(super) fn parties<'a>(context: &Conclusion<'a>) -> Vec<Party<'a>> {
    let activities = &context.baseline.activities;
    let main = activities.main_networks();
    let offices = activities.offices();
    let strange = activities
        .by_network()
        .into_iter()
        .filter(|(network, _)| !offices.contains(network) && !context.declared.owns(*network));
    strange
        .filter_map(|(network, pairs)| {
            let all: Vec<_> = pairs.iter().filter_map(member).collect();
            let is_foreign = |one: &&Member<'_>| {
                let at_home = main.get(&one.pair.account).map_or(0, |(_, days)| *days);
                one.pair.used.len() * MINOR <= at_home
            };
            recurring(context, network, &all, &is_foreign).or_else(|| new(context, network, &all))
        })
        .collect()
}

fn member<'a>((key, pair): &(Fingerprint, &'a Pair)) -> Option<Member<'a>> {
    Some(Member { key: *key, pair, first: pair.first_use()? })
}

/// The accounts to which the network is new, before its third day of use.
fn new<'a>(context: &Conclusion<'_>, network: Network, all: &[Member<'a>]) -> Option<Party<'a>> {
    let days: BTreeSet<i32> = all.iter().flat_map(|one| one.pair.used.iter().copied()).gather();
    let last = days.iter().nth(1).or(days.first()).copied()?;
    let is_new = |one: &&Member<'_>| {
        let first = one
            .pair
            .signed_in()
            .unwrap_or(DayUse { day: day_of(one.first.0, 0), first: one.first });
        day_of(one.first.0, 0) <= last
            && novelty(context, one.pair.account, network, first) == Novelty::New
    };
    Party::of(context, network, all.iter().filter(is_new), false)
}

/// The accounts that keep meeting in a network in which none of them is at home, where they make
/// up most of its use.
fn recurring<'a>(
    context: &Conclusion<'_>,
    network: Network,
    all: &[Member<'a>],
    is_foreign: &dyn Fn(&&Member<'_>) -> bool,
) -> Option<Party<'a>> {
    let mut days = BTreeMap::<i32, Vec<usize>>::new();
    for (at, one) in all.iter().enumerate().filter(|(_, one)| is_foreign(one)) {
        one.pair.used.iter().for_each(|day| days.entry(*day).or_default().push(at));
    }
    let least = context.thresholds.shared_accounts as usize;
    days.retain(|_, met| met.len() >= least && several(met.iter().map(|at| &all[*at])));
    let mut meetings = BTreeMap::<usize, usize>::new();
    days.values().flatten().for_each(|at| *meetings.entry(*at).or_default() += 1);
    let party = meetings.iter().filter(|(_, days)| **days >= MEETINGS).map(|(at, _)| &all[*at]);
    let party = Party::of(context, network, party, true)?;
    let used = |of: &[Member<'_>]| of.iter().map(|one| one.pair.used.len()).sum::<usize>();
    (used(&party.members) * 2 > used(all)).then_some(party)
}

/// Whether accounts are of several organisations.
fn several<'m, 'a: 'm>(members: impl Iterator<Item = &'m Member<'a>>) -> bool {
    let names: BTreeSet<_> = members.filter_map(|one| one.pair.organisation.as_deref()).gather();
    names.len() >= 2
}

impl<'a> Party<'a> {
    fn of<'m>(
        context: &Conclusion<'_>,
        network: Network,
        members: impl Iterator<Item = &'m Member<'a>>,
        is_recurring: bool,
    ) -> Option<Self>
    where
        'a: 'm,
    {
        let again = |one: &Member<'a>| Member { key: one.key, pair: one.pair, first: one.first };
        let members: Vec<_> = members.map(again).collect();
        let party = Self { network, members, is_recurring };
        party.is_one(context).then_some(party)
    }

    /// The same with some of its accounts, where these are still several.
    pub fn with(mut self, context: &Conclusion<'_>, keep: impl Fn(&Pair) -> bool) -> Option<Self> {
        self.members.retain(|one| keep(one.pair));
        self.is_one(context).then_some(self)
    }

    fn is_one(&self, context: &Conclusion<'_>) -> bool {
        self.members.len() >= context.thresholds.shared_accounts as usize
            && several(self.members.iter())
    }

    /// What speaks for one party rather than for people who met by chance, in words. One such sign
    /// is weak, two are not.
    pub fn signs(&self) -> Vec<Text> {
        let firsts = || self.members.iter().map(|one| one.first.0);
        let is_quick = firsts()
            .max()
            .zip(firsts().min())
            .is_some_and(|(last, first)| last - first <= QUICK_SECS);
        let addresses: BTreeSet<_> = self.members.iter().map(|one| &one.pair.address).gather();
        let gathers = |one: &&Member<'_>| {
            let Pair { searches, telling, taken, .. } = one.pair;
            *searches >= SEARCHES || telling.count() >= TELLING || *taken >= TAKEN
        };
        let signs = [
            (is_quick, QUICK),
            (addresses.len() == 1, ONE_ADDRESS),
            (self.is_recurring, RECURRING),
            (self.members.iter().filter(gathers).count() >= 2, GATHERS),
        ];
        signs.into_iter().filter(|(is_there, _)| *is_there).map(|(_, words)| words).collect()
    }

    /// Documents that tell of systems, mail or people.
    pub fn telling(&self) -> u64 {
        self.members.iter().map(|one| one.pair.telling.count()).sum()
    }

    /// The accounts in words.
    pub fn names(&self) -> String {
        accounts(self.members.iter().map(|one| one.pair))
    }

    /// The organisations in words.
    pub fn organisations(&self) -> String {
        let names: BTreeSet<_> =
            self.members.iter().filter_map(|one| one.pair.organisation.as_deref()).gather();
        names.iter().take(5).map(|name| visible(name)).collect::<Vec<_>>().join(", ")
    }
}

/// Signs in one text each.
pub(super) fn joined(signs: &[Text]) -> Text {
    let each = |pick: fn(&Text) -> &str| signs.iter().map(pick).collect::<Vec<_>>();
    Text::new(each(|text| &text.en).join(" "), each(|text| &text.ja).concat())
}

const QUICK: Text = Text::fixed("All came within an hour.", "すべて1時間以内に現れています。");
const ONE_ADDRESS: Text =
    Text::fixed("All came from one address.", "すべて同一のアドレスから現れています。");
const RECURRING: Text = Text::fixed(
    "They keep meeting there, though each usually works elsewhere and hardly anybody else is there.",
    "いずれも普段は別の場所で作業していますが、他の利用者がほとんどいないこのネットワークに繰り返しそろって現れています。",
);
const GATHERS: Text = Text::fixed(
    "Two or more of them search for what leads further, read documents on systems or people, or take many.",
    "うち2以上が機微な語の検索、システム・名簿に関する文書の閲覧、または多数の文書の取得を行っています。",
);
