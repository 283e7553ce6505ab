//! What each client does: first and last record, bytes by day.

use crate::base::limits::CLIENTS;
use crate::base::{Instant, Location, Merge, Sampled};
use serde::{Deserialize, Serialize};

/// Every client by the fingerprint of its address.
pub type Clients = Sampled<ClientStats, CLIENTS>;

/// What a client did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientStats {
    /// Its address as logged.
    pub name: Box<str>,
    /// Records.
    pub records: u64,
    /// Of these, answered with status 400 or above.
    pub errors: u64,
    /// First record.
    pub first: Instant,
    /// Last record.
    pub last: Instant,
    /// The day that came last in the log: nearly every record belongs to it.
    today: Option<Day>,
    /// The other days, in order.
    others: Vec<Day>,
}

/// What a client did on one day, in the zone of its records.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Day {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Records that state a size.
    pub records: u32,
    /// Bytes sent to it.
    pub bytes: u64,
    /// First and last of these records.
    pub span: (Instant, Instant),
    /// The largest answer, the earliest place where two are as large.
    pub largest: (u64, Location),
}

/// The day of an instant in a zone.
#[inline]
pub fn day_of(at: Instant, offset_secs: i32) -> i32 {
    (at + i64::from(offset_secs)).div_euclid(86_400) as i32
}

impl ClientStats {
    /// Nothing yet of a client.
    pub fn new(name: &[u8], at: Instant) -> Self {
        Self {
            name: String::from_utf8_lossy(name).into(),
            records: 0,
            errors: 0,
            first: at,
            last: at,
            today: None,
            others: Vec::new(),
        }
    }

    /// Counts a record.
    #[inline]
    pub fn seen(&mut self, at: Instant, is_error: bool) {
        self.records += 1;
        self.errors += u64::from(is_error);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }

    /// Counts bytes sent to it.
    #[inline]
    pub fn sent(&mut self, at: Instant, offset_secs: i32, bytes: u64, location: Location) {
        let new = Day {
            day: day_of(at, offset_secs),
            records: 1,
            bytes,
            span: (at, at),
            largest: (bytes, location),
        };
        match &mut self.today {
            Some(today) if today.day == new.day => today.merge(new),
            today => {
                if let Some(before) = today.replace(new) {
                    self.add_day(before);
                }
            }
        }
    }

    fn add_day(&mut self, new: Day) {
        if self.others.last().is_none_or(|last| last.day < new.day) {
            return self.others.push(new);
        }
        match self.others.binary_search_by_key(&new.day, |day| day.day) {
            Ok(at) => {
                if let Some(known) = self.others.get_mut(at) {
                    known.merge(new);
                }
            }
            Err(at) => self.others.insert(at, new),
        }
    }

    /// Fetches what the next record will change into the processor's cache.
    #[inline]
    pub fn warm(&self) -> u64 {
        let today = self.today.as_ref().map_or(0, |day| day.bytes ^ day.largest.0);
        self.records ^ today ^ self.others.last().map_or(0, |day| day.bytes)
    }

    /// Its days, in order.
    pub fn days(&self) -> Vec<Day> {
        let mut all = self.clone();
        if let Some(today) = all.today.take() {
            all.add_day(today);
        }
        all.others
    }

    /// Bytes sent to it in all.
    pub fn bytes_out(&self) -> u64 {
        self.today.iter().chain(&self.others).map(|day| day.bytes).sum()
    }
}

impl Merge for Day {
    fn merge(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.span = (self.span.0.min(other.span.0), self.span.1.max(other.span.1));
        let is_larger = other.largest.0 > self.largest.0
            || (other.largest.0 == self.largest.0 && other.largest.1 < self.largest.1);
        if is_larger {
            self.largest = other.largest;
        }
    }
}

impl Merge for ClientStats {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.errors += other.errors;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        other.today.into_iter().chain(other.others).for_each(|day| self.add_day(day));
    }
}
