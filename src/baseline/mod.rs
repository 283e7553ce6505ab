//! What is normal here: how each path answers, what each client and each account does, when records come and in
//! which order. Built by every shard, merged like everything else, and read by detections when
//! they conclude.
//!
//! Requests that carry a payload do not count towards how a path normally answers: an attack must
//! not become its own norm.

pub mod activity;
mod calendar;
mod clients;
mod order;
mod paths;
mod refusals;

pub use activity::Activities;
pub use calendar::{BIN_SECS, Bin, Calendar};
pub use clients::{ClientStats, Clients, Day, day_of};
pub use order::{Mark, Order, Reversal, STEP_SECS, Segment};
pub use paths::{ErrorSizes, FEW, PathStats, Paths, is_served};
pub use refusals::Refusals;

use crate::base::Merge;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is normal in the logs given.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// How each path answers.
    pub paths: Paths,
    /// Sizes of error pages.
    pub error_sizes: ErrorSizes,
    /// With which statuses requests for ordinary paths are turned away.
    pub refusals: Refusals,
    /// What each client does.
    pub clients: Clients,
    /// What accounts do.
    pub activities: Activities,
    /// When the records of each stream come.
    pub calendars: BTreeMap<u32, Calendar>,
    /// In which order the records of each stream stand.
    pub order: Order,
}

impl Baseline {
    /// Takes the entries of the large tables out, some thousands at a time. Merging them with
    /// what is left gives the baseline again.
    pub fn pieces(&mut self) -> impl Iterator<Item = Self> + use<> {
        let paths = self.paths.pieces(PIECE_ENTRIES);
        let clients = self.clients.pieces(PIECE_ENTRIES);
        let activities = self.activities.pieces(PIECE_ENTRIES);
        paths
            .map(|paths| Self { paths, ..Self::default() })
            .chain(clients.map(|clients| Self { clients, ..Self::default() }))
            .chain(activities.map(|activities| Self { activities, ..Self::default() }))
    }
}

/// Entries of a table that are handed over at once.
const PIECE_ENTRIES: usize = 1 << 12;

impl Merge for Baseline {
    fn merge(&mut self, other: Self) {
        self.paths.merge(other.paths);
        self.error_sizes.merge(other.error_sizes);
        self.refusals.merge(other.refusals);
        self.clients.merge(other.clients);
        self.activities.merge(other.activities);
        for (stream, calendar) in other.calendars {
            self.calendars.entry(stream).or_default().merge(calendar);
        }
        self.order.merge(other.order);
    }
}
