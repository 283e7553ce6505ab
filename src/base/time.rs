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
