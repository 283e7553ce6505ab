//! Instants, and how sure a log is of them.

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01 UTC. Leap seconds count as the second before, as in POSIX.
pub type Instant = i64;

/// An instant with what the record said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The instant.
    pub at: Instant,
    /// Nanoseconds after it, where the record is that exact.
    pub nanos: u32,
    /// Seconds east of UTC in which the record wrote it.
    pub offset_secs: i32,
}

/// Where the zone of a time is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ZoneSource {
    /// The record states it.
    Stated,
    /// It is the one of the settings, or UTC.
    Assumed,
}

/// When a record says that it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Time {
    /// The record states its zone.
    Zoned(Stamp),
    /// The record states no zone: the one of the settings was used, or UTC.
    Assumed(Stamp),
    /// The record states no year: the latest that fits its stream was used.
    Yearless(Stamp, ZoneSource),
    /// The record states no time, or not enough of one.
    Absent,
}

impl Time {
    /// The instant, where there is one.
    #[inline]
    pub const fn stamp(&self) -> Option<Stamp> {
        match self {
            Self::Zoned(stamp) | Self::Assumed(stamp) | Self::Yearless(stamp, _) => Some(*stamp),
            Self::Absent => None,
        }
    }

    /// The same with a stated zone: where a format's own rules say in which zone times are.
    #[inline]
    pub const fn stated(self) -> Self {
        match self {
            Self::Assumed(stamp) => Self::Zoned(stamp),
            Self::Yearless(stamp, _) => Self::Yearless(stamp, ZoneSource::Stated),
            other => other,
        }
    }

    /// The same in the year in which it is nearest to a time that states one: a record inside
    /// another was written when that one says, or not long before.
    pub fn in_year_of(self, outer: Self) -> Self {
        let (Self::Yearless(stamp, zone), Self::Zoned(near) | Self::Assumed(near)) = (self, outer)
        else {
            return self;
        };
        let local = stamp.at.saturating_add(stamp.offset_secs.into());
        let (day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (_, month, date) = date_of(day);
        let (year, ..) = date_of(near.at.div_euclid(86_400));
        let in_year = |year| {
            let day = civil_day(year, month, date);
            day * 86_400 + second - i64::from(stamp.offset_secs)
        };
        let years = (year - 1..=year + 1).filter(|year| date <= days_in(*year, month));
        let nearest = years.map(in_year).min_by_key(|at| near.at.abs_diff(*at));
        let Some(at) = nearest else { return self };
        let stamp = Stamp { at, ..stamp };
        match zone {
            ZoneSource::Stated => Self::Zoned(stamp),
            ZoneSource::Assumed => Self::Assumed(stamp),
        }
    }

    /// Where its zone is from, where there is an instant.
    #[inline]
    pub const fn zone(&self) -> Option<ZoneSource> {
        match self {
            Self::Zoned(_) => Some(ZoneSource::Stated),
            Self::Assumed(_) => Some(ZoneSource::Assumed),
            Self::Yearless(_, zone) => Some(*zone),
            Self::Absent => None,
        }
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
#[inline]
pub const fn civil_day(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and date of a day counted from 1970-01-01; of days that no calendar has, the first.
pub(super) fn date_of(day: i64) -> (i64, i64, i64) {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch.checked_add(jiff::Span::new().try_days(day).unwrap_or_default());
    let date = date.unwrap_or(epoch);
    (date.year().into(), date.month().into(), date.day().into())
}

/// An instant as RFC 3339 in UTC, `2021-05-06T01:02:03Z`.
pub fn rfc3339(at: Instant) -> String {
    jiff::Timestamp::from_second(at).map_or_else(|_| format!("@{at}"), |time| time.to_string())
}

/// A stamp as RFC 3339 in UTC, with as many decimals as it is exact.
pub fn rfc3339_exact(stamp: Stamp) -> String {
    jiff::Timestamp::new(stamp.at, i32::try_from(stamp.nanos).unwrap_or(0))
        .map_or_else(|_| format!("@{}", stamp.at), |time| time.to_string())
}

#[inline]
pub(super) const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[inline]
pub(super) fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(i64::from(tens) * 10 + i64::from(ones))
}

#[inline]
pub(super) fn month(name: &[u8; 3]) -> Option<i64> {
    Some(match name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_back_from_their_days() {
        for day in (-40_000..60_000).step_by(13) {
            let (year, month, date) = date_of(day);
            assert_eq!(civil_day(year, month, date), day);
        }
    }

    #[test]
    fn a_time_without_a_year_has_that_of_the_record_around_it() {
        let on = |year, month, date| Stamp {
            at: civil_day(year, month, date) * 86_400 + 43_200,
            nanos: 7,
            offset_secs: 32_400,
        };
        let inner = |month, date| Time::Yearless(on(2024, month, date), ZoneSource::Assumed);
        let outer = |year, month, date| Time::Zoned(on(year, month, date));
        let is = |inner: Time, outer, year, month, date| {
            assert_eq!(inner.in_year_of(outer), Time::Assumed(on(year, month, date)));
        };
        is(inner(5, 6), outer(2021, 5, 6), 2021, 5, 6);
        is(inner(12, 31), outer(2022, 1, 1), 2021, 12, 31);
        is(inner(1, 1), outer(2021, 12, 31), 2022, 1, 1);
        is(inner(2, 29), outer(2021, 3, 1), 2020, 2, 29);
        let none = inner(2, 29);
        assert_eq!(none.in_year_of(outer(2022, 3, 1)), none, "no such day in these years");
        assert_eq!(none.in_year_of(Time::Absent), none);
        assert_eq!(none.in_year_of(none), none, "it states none either");
        assert_eq!(outer(2021, 5, 6).in_year_of(outer(2022, 5, 6)), outer(2021, 5, 6));
    }
}
