//! What is normal here: how each path answers, what each client and each account does, when records come and in
//! which order. Built by every shard, merged like everything else, and read by detections when
//! they conclude.
//!
//! Requests that carry a payload do not count towards how a path normally answers: an attack must
//! not become its own norm.

pub mod activity;
mod calendar;
mod clients;
mod numbers;
mod order;
mod paths;
mod refusals;

pub use activity::Activities;
pub use calendar::{BIN_SECS, Bin, Calendar};
pub use clients::{ClientStats, Clients, Day, Record, Sent, day_of};
pub use numbers::{Block, Numbers};
pub use order::{Mark, Order, Reversal, STEP_SECS, Segment};
pub use paths::{ErrorSizes, FEW, PathStats, Paths, is_served};
pub use refusals::Refusals;

use crate::base::{Merge, Told, let_go};
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
    /// Sign-ins of named accounts to the pages of web servers, for where no log tells of sign-ins.
    pub requested_sign_ins: Activities,
    /// When the records of each stream come.
    pub calendars: BTreeMap<u32, Calendar>,
    /// Which numbers the records of Windows logs bear.
    pub numbers: Numbers,
    /// In which order the records of each stream stand.
    pub order: Order,
}

impl Baseline {
    /// Lets go of its parts, one after the other.
    pub fn take_apart(self, told: Told<'_>) {
        let_go("paths", self.paths, told);
        let_go("error sizes", self.error_sizes, told);
        let_go("refusals", self.refusals, told);
        let_go("clients", self.clients, told);
        let_go("accounts", self.activities, told);
        let_go("sign-ins to web servers", self.requested_sign_ins, told);
        let_go("calendars", self.calendars, told);
        let_go("numbers of records", self.numbers, told);
        let_go("order", self.order, told);
    }

    /// Takes the entries of the large tables out, some thousands at a time. Merging them with
    /// what is left gives the baseline again.
    pub fn pieces(&mut self) -> impl Iterator<Item = Self> + use<> {
        let paths = self.paths.pieces(PIECE_ENTRIES);
        let clients = self.clients.pieces(PIECE_ENTRIES);
        let activities = self.activities.pieces(PIECE_ENTRIES);
        let requested = self.requested_sign_ins.pieces(PIECE_ENTRIES);
        paths
            .map(|paths| Self { paths, ..Self::default() })
            .chain(clients.map(|clients| Self { clients, ..Self::default() }))
            .chain(activities.map(|activities| Self { activities, ..Self::default() }))
            .chain(
                requested.map(|requested_sign_ins| Self { requested_sign_ins, ..Self::default() }),
            )
    }
}

impl Baseline {
    /// Takes the sign-ins to web servers for sign-ins, where no log tells of these, and where the
    /// servers turn some away: a server that answers a wrong password as it does a right one says
    /// nothing. Gives whether they were taken.
    pub fn take_requested_sign_ins(&mut self) -> bool {
        let requested = std::mem::take(&mut self.requested_sign_ins);
        let is_told = self.activities.sign_ins != (0, 0);
        let (succeeded, refused) = requested.sign_ins;
        if is_told || succeeded == 0 || refused < TURNED_AWAY {
            return false;
        }
        self.activities.merge(requested);
        true
    }
}

/// Sign-ins turned away that show that a web server tells wrong passwords from right ones.
const TURNED_AWAY: u64 = 3;

/// Entries of a table that are handed over at once.
const PIECE_ENTRIES: usize = 1 << 12;

impl Merge for Baseline {
    fn merge(&mut self, other: Self) {
        self.paths.merge(other.paths);
        self.error_sizes.merge(other.error_sizes);
        self.refusals.merge(other.refusals);
        self.clients.merge(other.clients);
        self.activities.merge(other.activities);
        self.requested_sign_ins.merge(other.requested_sign_ins);
        for (stream, calendar) in other.calendars {
            self.calendars.entry(stream).or_default().merge(calendar);
        }
        self.numbers.merge(other.numbers);
        self.order.merge(other.order);
    }
}
