//! On which days an account touched a project.

use super::{Distinct, Mark, keep_smallest};
use crate::base::{Fingerprint, Instant, Merge, Seed};
use crate::baseline::day_of;
use crate::judge::activity::{Activity, What};
use serde::{Deserialize, Serialize};

/// Days that are kept, the latest.
const DAYS: usize = 32;

/// What an account did in a project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InProject {
    /// Stands for the account.
    pub account: Fingerprint,
    /// The account as logged.
    pub name: Box<str>,
    /// The project as logged.
    pub project: Box<str>,
    /// Different documents taken away.
    pub taken: Distinct,
    /// The days, in order.
    pub days: Vec<ProjectDay>,
    /// Whether there were earlier days than are kept.
    is_longer: bool,
}

/// One day of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ProjectDay {
    /// The day, in the zone of its records.
    pub day: i32,
    /// Records of documents.
    pub records: u32,
    /// The first of them.
    pub first: Mark,
    /// When the last of them was.
    pub last: Instant,
}

impl InProject {
    /// Nothing yet.
    pub fn new(activity: &Activity<'_>, project: &[u8]) -> Self {
        Self {
            account: activity.account_key,
            name: activity.name().into(),
            project: String::from_utf8_lossy(project).into(),
            taken: Distinct::default(),
            days: Vec::new(),
            is_longer: false,
        }
    }

    /// Notes a record.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark, seed: Seed) {
        if activity.what.bits() & What::TAKEN != 0 {
            self.taken.add(seed.of(activity.object().unwrap_or(b"")));
        }
        let day = day_of(activity.at, activity.offset_secs);
        keep_smallest(&mut self.name, activity.account);
        self.add(ProjectDay { day, records: 1, first: mark, last: mark.0 });
    }

    /// Whether all days since the one before this are kept.
    pub fn knows(&self, day: i32) -> bool {
        !self.is_longer || self.days.first().is_some_and(|first| first.day < day)
    }

    fn add(&mut self, new: ProjectDay) {
        match self.days.binary_search_by_key(&new.day, |known| known.day) {
            Ok(place) => {
                let known = &mut self.days[place];
                known.records = known.records.saturating_add(new.records);
                known.first = known.first.min(new.first);
                known.last = known.last.max(new.last);
            }
            Err(place) => {
                self.days.insert(place, new);
                if self.days.len() > DAYS {
                    self.days.remove(0);
                    self.is_longer = true;
                }
            }
        }
    }
}

impl Merge for InProject {
    fn merge(&mut self, other: Self) {
        keep_smallest(&mut self.name, other.name.as_bytes());
        self.is_longer |= other.is_longer;
        self.taken.merge(&other.taken);
        for day in other.days {
            self.add(day);
        }
    }
}
