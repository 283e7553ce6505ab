//! Which programs read the mail of which accounts, from where.

use super::{Mark, keep_earliest, keep_smallest};
use crate::base::{Fingerprint, Merge};
use crate::baseline::day_of;
use crate::judge::activity::{Activity, Network};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that are kept, the earliest.
const DAYS: usize = 64;
/// Records that can be shown.
const FIRST: usize = 8;

/// Mail of one account that one program read from one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reader {
    /// Stands for the account.
    pub account: Fingerprint,
    /// The account as logged.
    pub name: Box<str>,
    /// The program as the records name it.
    pub program: Box<str>,
    /// The network.
    pub network: Option<Network>,
    /// Records.
    pub records: u64,
    /// The first of them.
    pub first: Vec<Mark>,
    /// Mails read, by day in the zone of the records.
    pub days: BTreeMap<i32, u64>,
    /// The first records that say that more was read than is recorded.
    pub throttled: Vec<Mark>,
}

impl Reader {
    /// Nothing yet.
    pub fn new(activity: &Activity<'_>, program: &[u8]) -> Self {
        Self {
            account: activity.account_key,
            name: activity.name().into(),
            program: String::from_utf8_lossy(program).chars().take(100).collect(),
            network: activity.network,
            records: 0,
            first: Vec::new(),
            days: BTreeMap::new(),
            throttled: Vec::new(),
        }
    }

    /// Notes a record of so many mails.
    pub fn note(&mut self, activity: &Activity<'_>, items: u64, mark: Mark) {
        keep_smallest(&mut self.name, activity.account);
        self.records += 1;
        keep_earliest(&mut self.first, mark, FIRST);
        self.day(day_of(activity.at, activity.offset_secs), items);
        if activity.is_throttled() {
            keep_earliest(&mut self.throttled, mark, FIRST);
        }
    }

    fn day(&mut self, day: i32, items: u64) {
        let known = self.days.entry(day).or_default();
        *known = known.saturating_add(items);
        if self.days.len() > DAYS {
            self.days.pop_last();
        }
    }
}

impl Merge for Reader {
    fn merge(&mut self, other: Self) {
        keep_smallest(&mut self.name, other.name.as_bytes());
        self.records += other.records;
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, FIRST));
        other.days.into_iter().for_each(|(day, items)| self.day(day, items));
        other
            .throttled
            .into_iter()
            .for_each(|mark| keep_earliest(&mut self.throttled, mark, FIRST));
    }
}
