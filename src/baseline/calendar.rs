//! When the records of a stream come, in bins of five minutes.

use crate::base::{Instant, Location, Merge, Table};
use serde::{Deserialize, Serialize};

/// Width of a bin, seconds.
pub const BIN_SECS: i64 = 300;

/// The bins of a stream that hold records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Calendar {
    bins: Table<Bin>,
}

/// The records of five minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bin {
    /// Records.
    pub records: u32,
    /// Of these, answered with status 400 or above.
    pub errors: u32,
    /// The first, the earlier place where two are as early.
    pub first: (Instant, Location),
    /// The last, the later place where two are as late.
    pub last: (Instant, Location),
}

impl Calendar {
    /// Counts a record.
    #[inline]
    pub fn add(&mut self, at: Instant, is_error: bool, location: Location) {
        let place = (at, location);
        let new = Bin { records: 1, errors: u32::from(is_error), first: place, last: place };
        self.add_bin(at.div_euclid(BIN_SECS) as u64, new);
    }

    #[inline]
    fn add_bin(&mut self, key: u64, new: Bin) {
        self.bins.entry(key).and_modify(|known| known.merge(new)).or_insert(new);
    }

    /// The bins in order of time; the number is the instant of a bin's start.
    pub fn sorted(&self) -> Vec<(Instant, Bin)> {
        let mut bins: Vec<_> =
            self.bins.iter().map(|(key, bin)| (*key as i64 * BIN_SECS, *bin)).collect();
        bins.sort_unstable_by_key(|(start, _)| *start);
        bins
    }
}

impl Merge for Bin {
    #[inline]
    fn merge(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.errors = self.errors.saturating_add(other.errors);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

impl Merge for Calendar {
    fn merge(&mut self, other: Self) {
        let mut arriving: Vec<_> = other.bins.into_iter().collect();
        arriving.sort_unstable_by_key(|(key, _)| *key);
        for (key, bin) in arriving {
            self.add_bin(key, bin);
        }
    }
}
