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

impl Bin {
    /// A bin of one record.
    pub const fn of(at: Instant, is_error: bool, location: Location) -> Self {
        let place = (at, location);
        Self { records: 1, errors: is_error as u32, first: place, last: place }
    }
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
    /// Counts the records of a bin that begins at `start`.
    pub fn add(&mut self, start: Instant, new: Bin) {
        let mut is_new = false;
        let known = self.bins.entry(key_of(start), || {
            is_new = true;
            new
        });
        if !is_new {
            known.merge(new);
        }
    }

    /// The bins in order of time; the number is the instant of a bin's start.
    pub fn sorted(&self) -> Vec<(Instant, Bin)> {
        let mut bins: Vec<_> = self.bins.iter().map(|(key, bin)| (start_of(key), *bin)).collect();
        bins.sort_unstable_by_key(|(start, _)| *start);
        bins
    }
}

/// A bin's number, spread over the table by an odd factor, which keeps numbers apart.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// The factor that undoes `SPREAD`.
const GATHER: u64 = 0xf1de_83e1_9937_733d;

const fn key_of(start: Instant) -> u64 {
    (start.div_euclid(BIN_SECS) as u64).wrapping_mul(SPREAD)
}

const fn start_of(key: u64) -> Instant {
    key.wrapping_mul(GATHER) as i64 * BIN_SECS
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
        for (key, bin) in other.bins.into_entries() {
            self.add(start_of(key), bin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_s_number_comes_back_from_its_key() {
        for start in [-3_000, 0, 300, 1_620_262_800, 253_402_300_500] {
            assert_eq!(start_of(key_of(start)), start);
        }
    }
}
