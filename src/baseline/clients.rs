//! What each client does: first and last record, bytes by day.
//!
//! Logs hold many more days of clients than clients, so days are packed, and those of a part of the
//! clients are left out where there are too many.

use crate::base::limits::{CLIENT_DAYS, CLIENTS};
use crate::base::{Arrange, Fingerprint, Instant, Location, Merge, Place, Sampled};
use serde::{Deserialize, Serialize};

/// Every client by the fingerprint of its address.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Clients {
    table: Sampled<ClientStats, CLIENTS>,
    /// Days of the clients that they are kept of.
    days: usize,
    /// Days are kept of clients whose fingerprints begin with so many zero bits.
    halvings: u32,
}

/// A record of a client.
#[derive(Clone, Copy)]
pub struct Record {
    /// When.
    pub at: Instant,
    /// Whether it was answered with status 400 or above.
    pub is_error: bool,
    /// Bytes sent to the client, where it states them.
    pub sent: Option<Sent>,
}

/// Bytes that a record says were sent.
#[derive(Clone, Copy)]
pub struct Sent {
    /// Seconds east of UTC in which the record writes its time.
    pub offset_secs: i32,
    /// How many.
    pub bytes: u64,
    /// The record's place.
    pub location: Location,
}

impl Clients {
    /// Where the entry of a client probably stands.
    #[inline]
    pub fn hint(&self, key: Fingerprint) -> Place {
        self.table.hint(key)
    }

    /// Fetches what the next record will change into the processor's cache.
    #[inline]
    pub fn warm(&self, hint: Place, key: Fingerprint) -> u64 {
        self.table.get_at(hint, key).map_or(0, ClientStats::warm)
    }

    /// Counts a record of a client.
    #[inline]
    pub fn seen<'n>(
        &mut self,
        (hint, key): (Place, Fingerprint),
        name: impl FnOnce() -> &'n [u8],
        record: &Record,
    ) {
        let one_in = self.table.one_in();
        let make = || ClientStats::new(name(), record.at);
        let Some(client) = self.table.entry_at(hint, key, make) else { return };
        client.seen(record.at, record.is_error);
        if let Some(sent) = record.sent {
            client.bytes = client.bytes.saturating_add(sent.bytes);
            if key.leading_zeros() >= self.halvings {
                self.days += usize::from(client.sent(record.at, sent));
            }
        }
        if self.days > CLIENT_DAYS || self.table.one_in() != one_in {
            self.thin();
        }
    }

    /// All of them, in order of their fingerprints.
    pub fn sorted(&self) -> Vec<(Fingerprint, &ClientStats)> {
        self.table.sorted()
    }

    /// One in how many is kept.
    pub fn one_in(&self) -> u64 {
        self.table.one_in()
    }

    /// One in how many is kept with its days.
    pub fn one_in_with_days(&self) -> u64 {
        self.one_in().max(1 << self.halvings)
    }

    /// Takes the entries out, in tables of at most so many.
    pub fn pieces(&mut self, most: usize) -> impl Iterator<Item = Self> + use<> {
        let halvings = self.halvings;
        self.days = 0;
        self.table.pieces(most).map(move |table| {
            let days = days_in(&table);
            Self { table, days, halvings }
        })
    }

    /// Leaves days out until the others fit. Which, is a matter of the clients and their days alone:
    /// a part of the logs has no more of them than the whole.
    #[cold]
    fn thin(&mut self) {
        self.days = days_in(&self.table);
        while self.days > CLIENT_DAYS {
            self.halvings += 1;
            self.drop_days();
        }
    }

    fn drop_days(&mut self) {
        let halvings = self.halvings;
        self.table.for_each(|key, client| {
            if key.leading_zeros() < halvings {
                client.days = None;
            }
        });
        self.days = days_in(&self.table);
    }
}

/// Days that the clients of a table hold.
fn days_in(table: &Sampled<ClientStats, CLIENTS>) -> usize {
    table.iter().map(|(_, client)| client.day_count()).sum()
}

impl Merge for Clients {
    fn merge(&mut self, mut other: Self) {
        let (before, halvings) = (self.one_in(), self.halvings.max(other.halvings));
        for table in [&mut *self, &mut other] {
            if table.halvings < halvings {
                table.halvings = halvings;
                table.drop_days();
            }
        }
        let mut days = self.days + other.days;
        self.table.merge_with(other.table, |known, client| {
            let apart = known.day_count() + client.day_count();
            known.merge(client);
            days -= apart - known.day_count();
        });
        self.days = days;
        if self.days > CLIENT_DAYS || self.one_in() != before {
            self.thin();
        }
    }
}

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
    /// Bytes sent to it in all.
    pub bytes: u64,
    days: Option<Box<Days>>,
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
    fn new(name: &[u8], at: Instant) -> Self {
        Self {
            name: String::from_utf8_lossy(name).into(),
            records: 0,
            errors: 0,
            first: at,
            last: at,
            bytes: 0,
            days: None,
        }
    }

    #[inline]
    fn seen(&mut self, at: Instant, is_error: bool) {
        self.records += 1;
        self.errors += u64::from(is_error);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }

    /// Counts bytes sent to it. Gives whether this is the first record of its day.
    #[inline]
    fn sent(&mut self, at: Instant, sent: Sent) -> bool {
        let new = Day {
            day: day_of(at, sent.offset_secs),
            records: 1,
            bytes: sent.bytes,
            span: (at, at),
            largest: (sent.bytes, sent.location),
        };
        match &mut self.days {
            Some(days) if days.today.day == new.day => {
                days.today.merge(new);
                false
            }
            Some(days) => days.turn_to(new),
            days => {
                *days = Some(Box::new(Days::new(new)));
                true
            }
        }
    }

    #[inline]
    fn warm(&self) -> u64 {
        let today = |days: &Days| days.today.bytes ^ days.today.span.1.unsigned_abs();
        self.records ^ self.last.unsigned_abs() ^ self.days.as_deref().map_or(0, today)
    }

    fn day_count(&self) -> usize {
        self.days.as_ref().map_or(0, |days| days.count())
    }

    /// Its days, in order.
    pub fn days(&self) -> Vec<Day> {
        self.days
            .as_deref()
            .map_or_else(Vec::new, |days| in_order(days.others().chain([days.today]).collect()))
    }
}

/// The days of a client, each once.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Days {
    /// The one that came last in the log: nearly every record belongs to it.
    today: Day,
    /// The others, in order, as postcard packs them: a third of the size of a list.
    others: Vec<u8>,
    /// How many these are.
    count: u32,
    /// The last of them.
    last: i32,
}

/// A day as it is packed: numbers close to others are written as the difference.
type PackedDay = (i32, u32, u64, i64, i64, u64, Location);

impl Days {
    fn new(today: Day) -> Self {
        Self { today, others: Vec::new(), count: 0, last: i32::MIN }
    }

    fn count(&self) -> usize {
        self.count as usize + 1
    }

    /// Goes on with another day. Gives whether it is new.
    fn turn_to(&mut self, new: Day) -> bool {
        if self.ends_today() && self.today.day < new.day {
            let before = std::mem::replace(&mut self.today, new);
            self.push(&before);
            return true;
        }
        let before = self.count();
        self.join(vec![new], new.day);
        self.count() > before
    }

    /// Whether no other day is later than the current one.
    fn ends_today(&self) -> bool {
        self.last < self.today.day
    }

    /// Takes in days, and goes on with one of them.
    #[cold]
    fn join(&mut self, mut days: Vec<Day>, today: i32) {
        days.extend(self.others().chain([self.today]));
        let days = in_order(days);
        (self.count, self.last, self.others) = (0, i32::MIN, Vec::with_capacity(self.others.len()));
        for day in days {
            if day.day == today {
                self.today = day;
            } else {
                self.push(&day);
            }
        }
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
            // Most clients come back once or twice: room for twice as many would stay empty.
            self.others.reserve_exact(packed.len());
            self.others.extend_from_slice(packed);
            (self.count, self.last) = (self.count + 1, day.day);
        }
    }

    fn others(&self) -> impl Iterator<Item = Day> {
        let mut rest = self.others.as_slice();
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
    days.arrange_by_key(|day| day.day);
    days.dedup_by(|other, day| {
        let is_same = other.day == day.day;
        if is_same {
            day.merge(*other);
        }
        is_same
    });
    days
}

impl Merge for Days {
    fn merge(&mut self, other: Self) {
        let begins = other.others().next().map_or(other.today.day, |day| day.day);
        let follows = self.ends_today() && other.ends_today() && self.today.day < begins;
        if !follows {
            let today = self.today.day.max(other.today.day);
            self.join(other.others().chain([other.today]).collect(), today);
            return;
        }
        let before = std::mem::replace(&mut self.today, other.today);
        self.push(&before);
        self.others.extend_from_slice(&other.others);
        self.count += other.count;
        self.last = self.last.max(other.last);
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
        self.bytes = self.bytes.saturating_add(other.bytes);
        match (&mut self.days, other.days) {
            (Some(days), Some(other)) => days.merge(*other),
            (days, other) => *days = days.take().or(other),
        }
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
            stats.sent(
                *at,
                Sent { offset_secs: 9 * 3_600, bytes: *bytes, location: location(offset) },
            );
            stats.bytes += bytes;
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
        assert_eq!(whole.day_count(), whole.days().len());
        let bytes = postcard::to_allocvec(&whole).unwrap();
        let mut twice: ClientStats = postcard::from_bytes(&bytes).unwrap();
        twice.merge(whole.clone());
        assert_eq!(twice.bytes, 2 * whole.bytes);
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
        let mut days = Days::new(day);
        days.push(&day);
        assert_eq!(days.others().collect::<Vec<_>>(), [day]);
    }

    /// A record for each client and day, of more days than are kept, in some order.
    fn filled(days: impl Iterator<Item = u64>) -> Clients {
        const COUNT: u64 = 40_000;
        let mut clients = Clients::default();
        for nth in days.flat_map(|day| (0..COUNT).map(move |client| day * COUNT + client)) {
            let (day, name) = ((nth / COUNT) as i64, (nth % COUNT).to_string());
            let key = crate::base::Seed(7).of(name.as_bytes());
            let sent = Sent { offset_secs: 0, bytes: nth, location: location(nth) };
            let record = Record { at: day * DAY_SECS, is_error: false, sent: Some(sent) };
            let hint = clients.hint(key);
            clients.seen((hint, key), || name.as_bytes(), &record);
        }
        clients
    }

    #[test]
    fn any_cut_keeps_the_days_of_the_same_clients() {
        let whole = filled(0..30);
        assert_eq!((whole.one_in(), whole.one_in_with_days()), (1, 2));
        let shown = |clients: &Clients| -> Vec<(Fingerprint, u64, Vec<Day>)> {
            let all = clients.sorted().into_iter();
            all.map(|(key, client)| (key, client.bytes, client.days())).collect()
        };
        for (mut one, other) in [
            (filled(0..4), filled(4..30)),
            (filled(4..30), filled(0..4)),
            (filled((0..15).map(|n| 2 * n)), filled((0..15).map(|n| 29 - 2 * n))),
        ] {
            one.merge(other);
            assert_eq!((one.days, one.halvings), (whole.days, whole.halvings));
            assert!(shown(&one) == shown(&whole));
        }
    }
}
