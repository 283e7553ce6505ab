//! Changes of one kind by one account.

use super::{Mark, keep_smallest};
use crate::base::{Fingerprint, Merge};
use crate::baseline::day_of;
use crate::judge::activity::{Activity, Change, Network};
use serde::{Deserialize, Serialize};

/// Changes that are kept one by one, the earliest.
const KEPT: usize = 64;

/// Changes of one kind by one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changes {
    /// Stands for the account.
    pub account: Fingerprint,
    /// The account as logged.
    pub name: Box<str>,
    /// The kind.
    pub change: Change,
    /// How many.
    pub count: u64,
    /// The first few, in order.
    pub first: Vec<Changed>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Changed {
    /// When and where.
    pub mark: Mark,
    /// The day, in the zone of the record.
    pub day: i32,
    /// What was done, in the words of the log.
    pub action: Box<str>,
    /// Whom or what it concerns.
    pub target: Box<str>,
    /// From where.
    pub network: Option<Network>,
    /// Whether the right that was granted rules over others.
    pub is_privileged: bool,
    /// Whether it grants a right to whoever does it.
    pub is_to_self: bool,
    /// Whether the target is named, not only the service that it happened in.
    pub is_exact: bool,
    /// Whether whoever has the link may read what is shared.
    pub is_open: bool,
    /// Whether what is shared tells of systems, mail or people by its name, or is a copy of a whole
    /// disk, machine or database.
    pub is_telling: bool,
    /// Where a rule sends mail, or whom a document is shared with.
    pub forwards_to: Option<Box<str>>,
    /// Mail domain of the account, where its name has one.
    pub domain: Option<Box<str>>,
    /// Whether the account is one under which a web server runs.
    pub is_by_web_server: bool,
    /// Whether a rule hides mail.
    pub hides: bool,
}

impl Changes {
    /// Nothing yet.
    pub fn new(activity: &Activity<'_>, change: Change) -> Self {
        let name = activity.name().into();
        Self { account: activity.account_key, name, change, count: 0, first: Vec::new() }
    }

    /// Notes a change.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark) {
        let text = |bytes: Option<&[u8]>| -> Option<Box<str>> {
            bytes.map(|bytes| String::from_utf8_lossy(bytes).chars().take(200).collect())
        };
        let change = self.change;
        keep_smallest(&mut self.name, activity.account);
        self.count += 1;
        self.add(Changed {
            mark,
            day: day_of(activity.at, activity.offset_secs),
            action: text(activity.action()).unwrap_or_default(),
            target: text(activity.target()).unwrap_or_default(),
            network: activity.network,
            is_privileged: activity.is_privileged(),
            is_to_self: activity.is_to_self(),
            is_exact: activity.exact_target().is_some(),
            is_open: activity.is_open_share(),
            is_telling: change == Change::Shared
                && (activity.topic().is_some() || activity.shares_whole()),
            forwards_to: text(activity.forwards_to().or_else(|| activity.shared_with())),
            domain: text(activity.domain()),
            is_by_web_server: activity.is_of_web_server(),
            hides: activity.hides_mail(),
        });
    }

    fn add(&mut self, new: Changed) {
        if let Err(place) = self.first.binary_search(&new)
            && place < KEPT
        {
            self.first.insert(place, new);
            self.first.truncate(KEPT);
        }
    }
}

impl Merge for Changes {
    fn merge(&mut self, other: Self) {
        keep_smallest(&mut self.name, other.name.as_bytes());
        self.count += other.count;
        for changed in other.first {
            self.add(changed);
        }
    }
}
