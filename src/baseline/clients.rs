//! What each client does: first and last record, bytes by day.
//!
//! Logs hold many more days of clients than clients, so the days behind the current one are
//! packed.

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
    /// The other days.
    others: PackedDays,
}

/// What a client did on one day, in the zone of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

const DAY_SECS: i64 = 86_400;
/// Bytes that a packed day needs at most.
const PACKED_MOST: usize = 96;

/// The day of an instant in a zone.
#[inline]
pub fn day_of(at: Instant, offset_secs: i32) -> i32 {
    (at + i64::from(offset_secs)).div_euclid(DAY_SECS) as i32
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
            others: PackedDays::default(),
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
                    self.others.add(&before);
                }
            }
        }
    }

    /// Fetches what the next record will change into the processor's cache.
    #[inline]
    pub fn warm(&self) -> u64 {
        let today = |day: &Day| day.bytes ^ day.largest.0 ^ day.span.1.unsigned_abs();
        self.records ^ self.last.unsigned_abs() ^ self.today.as_ref().map_or(0, today)
    }

    /// Its days, in order.
    pub fn days(&self) -> Vec<Day> {
        in_order(self.others.iter().chain(self.today).collect())
    }

    /// Bytes sent to it in all.
    pub fn bytes_out(&self) -> u64 {
        self.others.iter().chain(self.today).map(|day| day.bytes).sum()
    }
}

/// Days one after another as postcard packs them, in any order, a day perhaps more than once.
/// A third of the size of a list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct PackedDays {
    packed: Vec<u8>,
    count: u32,
    /// From so many on, days that stand more than once are joined.
    join_at: u32,
}

/// Days that are not worth joining.
const FEW_DAYS: u32 = 16;

/// A day as it is packed: numbers close to others are written as the difference.
type PackedDay = (i32, u32, u64, i64, i64, u64, Location);

impl PackedDays {
    fn add(&mut self, day: &Day) {
        self.push(day);
        self.join_if_many();
    }

    fn push(&mut self, day: &Day) {
        let (first, last) = day.span;
        let start = i64::from(day.day) * DAY_SECS;
        let (largest, location) = day.largest;
        let packed: PackedDay = (
            day.day,
            day.records,
            day.bytes,
            first.wrapping_sub(start),
            last.wrapping_sub(first),
            day.bytes.wrapping_sub(largest),
            location,
        );
        let mut room = [0; PACKED_MOST];
        if let Ok(packed) = postcard::to_slice(&packed, &mut room) {
            self.packed.extend_from_slice(packed);
            self.count += 1;
        }
    }

    fn append(&mut self, other: &Self) {
        self.packed.extend_from_slice(&other.packed);
        self.count += other.count;
        self.join_if_many();
    }

    /// Days out of order, or of several shards, stand more than once. Joining when their number
    /// has doubled keeps the work in proportion.
    fn join_if_many(&mut self) {
        if self.count < self.join_at.max(FEW_DAYS) {
            return;
        }
        let days = in_order(self.iter().collect());
        if days.len() < self.count as usize {
            (self.count, self.packed) = (0, Vec::with_capacity(self.packed.len()));
            days.iter().for_each(|day| self.push(day));
        }
        self.join_at = self.count.saturating_mul(2);
    }

    fn iter(&self) -> impl Iterator<Item = Day> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || {
            let (packed, behind) = postcard::take_from_bytes::<PackedDay>(rest).ok()?;
            rest = behind;
            let (day, records, bytes, first, lasts, others, location) = packed;
            let first = first.wrapping_add(i64::from(day) * DAY_SECS);
            let largest = (bytes.wrapping_sub(others), location);
            Some(Day { day, records, bytes, span: (first, first.wrapping_add(lasts)), largest })
        })
    }
}

/// Each day once, in order.
fn in_order(mut days: Vec<Day>) -> Vec<Day> {
    days.sort_by_key(|day| day.day);
    days.dedup_by(|other, day| {
        let is_same = other.day == day.day;
        if is_same {
            day.merge(*other);
        }
        is_same
    });
    days
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
        self.others.append(&other.others);
        other.today.iter().for_each(|day| self.others.add(day));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(offset: u64) -> Location {
        Location { stream: 3, length: 1, offset, line: 7, record: 6 }
    }

    fn stats(sent: &[(Instant, u64)]) -> ClientStats {
        let mut stats = ClientStats::new(b"203.0.113.5", 0);
        for (offset, (at, bytes)) in (0..).zip(sent) {
            stats.sent(*at, 9 * 3_600, *bytes, location(offset));
        }
        stats
    }

    #[test]
    fn days_come_back_as_they_were_in_whatever_order_they_came() {
        let sent: Vec<_> = (0..900u64)
            .map(|n| ((n as i64 * 7_919 % 40 - 20) * 50_000 + n as i64, n * n % 700 + 1))
            .collect();
        let mut model = std::collections::BTreeMap::<i32, Day>::new();
        for (offset, (at, bytes)) in (0..).zip(&sent) {
            let (day, largest) = (day_of(*at, 9 * 3_600), (*bytes, location(offset)));
            let new = Day { day, records: 1, bytes: *bytes, span: (*at, *at), largest };
            model.entry(day).and_modify(|known| known.merge(new)).or_insert(new);
        }
        let whole = stats(&sent);
        assert_eq!(whole.days(), model.into_values().collect::<Vec<_>>());
        assert!(whole.others.count < 100, "{} are packed", whole.others.count);
        let bytes = postcard::to_allocvec(&whole).unwrap();
        let mut twice: ClientStats = postcard::from_bytes(&bytes).unwrap();
        twice.merge(whole.clone());
        assert_eq!(twice.bytes_out(), 2 * whole.bytes_out());
        assert_eq!(twice.days().len(), whole.days().len());
    }

    #[test]
    fn the_widest_day_can_be_packed() {
        let largest = (
            0,
            Location {
                stream: u32::MAX,
                length: u32::MAX,
                offset: u64::MAX,
                line: u32::MAX,
                record: u32::MAX,
            },
        );
        let span = (i64::MIN, i64::MAX);
        let day = Day { day: i32::MIN, records: u32::MAX, bytes: u64::MAX, span, largest };
        let mut days = PackedDays::default();
        days.add(&day);
        assert_eq!(days.iter().collect::<Vec<_>>(), [day]);
    }
}
