//! Reads the ways in which logs write time.
//!
//! A time is read by its shape, in one pass, and only when it names an instant that exists: no
//! 31 February, nothing before 1970 or after 2199. A date without a time of day is no time, and
//! neither is a time of day without a date.
//!
//! What a record leaves open is completed from the [`Clock`] and told in the [`Time`]: the zone,
//! where none is stated or where its abbreviation is used for several (`IST`, `CST`, `BST`); and
//! the year. Local times that a change of the clocks skips or repeats are read as in RFC 5545: one
//! that is skipped with the offset before the change, one that is repeated as its first. What is
//! read of a text depends on the text, the form and the clock alone.

mod civil;
mod epoch;
mod iso;
mod months;
mod numeric;
mod pattern;
mod scan;
mod words;
mod zone;

use super::{Instant, Time};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::sync::Arc;

pub use civil::DateOrder;

/// A form that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "«{0}» is no form of time: expected one of {names}, or a pattern such as %Y-%m-%d %H:%M:%S",
    names = NAMED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
)]
pub struct FormError(String);

/// How a time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Whichever of the others its shape shows, but those that are mere numbers of an unusual
    /// unit: WebKit's, and seconds and smaller units outside 2001-09-09 to 2033-05-18.
    Auto,
    /// The year first, in digits: ISO 8601, RFC 3339 and relatives; also without separators.
    Iso,
    /// The day first, the month as a word: `06/May/2021:10:02:03 +0900`.
    Clf,
    /// The month first, as a word: `May  6 10:02:03`.
    Syslog,
    /// The weekday first: `Thu May  6 10:02:03 2021`, `Thu, 06 May 2021 10:02:03 +0900`.
    Ctime,
    /// The date in digits in another order than ISO 8601's, or with a year of two digits.
    Numeric,
    /// `2021年5月6日 10時02分03秒`, `令和3年5月6日 午前10時02分`.
    Japanese,
    /// Since 1970, the unit by magnitude: below 10^11 seconds, 10^14 ms, 10^17 µs, else ns.
    Epoch,
    /// Seconds since 1970; decimals may follow, as in all units.
    EpochSecs,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Microseconds since 1970.
    EpochMicros,
    /// Nanoseconds since 1970.
    EpochNanos,
    /// `/Date(1620262923123)/`
    JsonDate,
    /// Units of 100 ns since 1601, as in Windows.
    Filetime,
    /// Units of 100 ns since year 1, as in .NET.
    Ticks,
    /// Microseconds since 1601, as in browsers built on WebKit or Chromium.
    Webkit,
    /// `@` and 24 hexadecimal digits, as daemontools writes them: 10 s ahead of UTC.
    Tai64n,
    /// A pattern as of strftime, in the dialect of jiff.
    Pattern(String),
}

const NAMED: [(&str, Form); 17] = [
    ("auto", Form::Auto),
    ("iso", Form::Iso),
    ("clf", Form::Clf),
    ("syslog", Form::Syslog),
    ("ctime", Form::Ctime),
    ("numeric", Form::Numeric),
    ("japanese", Form::Japanese),
    ("epoch", Form::Epoch),
    ("epoch_s", Form::EpochSecs),
    ("epoch_ms", Form::EpochMillis),
    ("epoch_us", Form::EpochMicros),
    ("epoch_ns", Form::EpochNanos),
    ("json_date", Form::JsonDate),
    ("filetime", Form::Filetime),
    ("ticks", Form::Ticks),
    ("webkit", Form::Webkit),
    ("tai64n", Form::Tai64n),
];

impl Form {
    /// The form of a name, or of a pattern, which holds a `%`.
    pub fn parse(name: &str) -> Result<Self, FormError> {
        if let Some((_, form)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Ok(form.clone());
        }
        if pattern::is_usable(name) {
            return Ok(Self::Pattern(name.to_owned()));
        }
        Err(FormError(name.to_owned()))
    }

    /// What [`Form::parse`] reads as this form.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Pattern(pattern) => Cow::Borrowed(pattern),
            named => NAMED
                .iter()
                .find(|(_, form)| form == named)
                .map_or(Cow::Borrowed(""), |(name, _)| Cow::Borrowed(name)),
        }
    }
}

/// What a time without zone or year is completed with.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
    offsets: Arc<zone::Offsets>,
    reference: Option<Instant>,
    date_order: DateOrder,
}

impl Default for Clock {
    /// UTC, no reference, the month before the day.
    fn default() -> Self {
        Self::new(TimeZone::UTC, None, DateOrder::MonthFirst)
    }
}

impl Clock {
    /// A clock of a zone. No record is later than a day behind `reference`, for example the time
    /// at which the file was last changed; without one, times that state no year stay absent.
    pub fn new(zone: TimeZone, reference: Option<Instant>, date_order: DateOrder) -> Self {
        let offsets = Arc::new(zone::Offsets::of(&zone));
        Self { zone, offsets, reference, date_order }
    }

    /// The same clock with another reference, for another stream.
    pub fn with_reference(&self, reference: Option<Instant>) -> Self {
        Self { reference, ..self.clone() }
    }

    /// The same clock with another order, for another stream.
    pub fn with_date_order(&self, date_order: DateOrder) -> Self {
        Self { date_order, ..self.clone() }
    }

    /// The zone of times that state none.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The instant that no record is later than a day behind.
    pub const fn reference(&self) -> Option<Instant> {
        self.reference
    }
}

/// Reads a text that is a time and nothing else. None when it is none; [`Time::Absent`] when it is
/// one that states no year and the clock has no reference.
#[inline]
pub fn read(text: &[u8], form: &Form, clock: &Clock) -> Option<Time> {
    let (time, length) = read_prefix(text, form, clock)?;
    (length == text.len()).then_some(time)
}

/// Reads the time that a text begins with, and how many bytes it takes, zone included.
#[inline]
pub fn read_prefix(text: &[u8], form: &Form, clock: &Clock) -> Option<(Time, usize)> {
    match form {
        Form::Auto => iso::read_common(text, clock)
            .or_else(|| words::read_common(text, clock))
            .or_else(|| words::read_syslog(text, clock))
            .or_else(|| by_shape(text, clock)),
        Form::Iso => iso::read_common(text, clock).or_else(|| iso::read(text, clock)),
        Form::Clf => words::read_common(text, clock).or_else(|| words::day_first(text, clock)),
        Form::Syslog => words::read_syslog(text, clock).or_else(|| words::month_first(text, clock)),
        _ => read_rarer(text, form, clock),
    }
}

/// Whether the first word of a text is the name of a weekday.
#[inline]
pub fn begins_with_weekday(text: &[u8]) -> bool {
    // Names of months are not, but for the French Tuesday.
    let is_month = |name: &[u8; 3]| crate::base::time::month(name).is_some_and(|month| month != 3);
    if let Some((name, [b' ', ..])) = text.split_first_chunk()
        && is_month(name)
    {
        return false;
    }
    months::is_weekday(scan::Scan::new(text, 0).word())
}

fn read_rarer(text: &[u8], form: &Form, clock: &Clock) -> Option<(Time, usize)> {
    match form {
        Form::Auto | Form::Iso | Form::Clf | Form::Syslog => None,
        Form::Ctime => words::weekday_first(text, clock),
        Form::Numeric => numeric::read(text, clock),
        Form::Japanese => numeric::read_japanese(text, clock),
        Form::Epoch => epoch::read(text, epoch::Unit::ByMagnitude),
        Form::EpochSecs => epoch::read(text, epoch::Unit::Decimal(0)),
        Form::EpochMillis => epoch::read(text, epoch::Unit::Decimal(3)),
        Form::EpochMicros => epoch::read(text, epoch::Unit::Decimal(6)),
        Form::EpochNanos => epoch::read(text, epoch::Unit::Decimal(9)),
        Form::JsonDate => epoch::read_json_date(text),
        Form::Filetime => epoch::read_since(text, 7, epoch::SINCE_1601),
        Form::Ticks => epoch::read_since(text, 7, epoch::SINCE_YEAR_1),
        Form::Webkit => epoch::read_since(text, 6, epoch::SINCE_1601),
        Form::Tai64n => epoch::read_tai64n(text),
        Form::Pattern(pattern) => pattern::read(text, pattern, clock),
    }
}

/// Reads the form that the first bytes show.
fn by_shape(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    match text.first()? {
        b'0'..=b'9' => by_digits(text, clock),
        b'@' => epoch::read_tai64n(text),
        b'/' | b'\\' => epoch::read_json_date(text),
        b'*' | b'.' => words::month_first(text, clock),
        b'A'..=b'Z' | b'a'..=b'z' => {
            words::weekday_first(text, clock).or_else(|| words::month_first(text, clock))
        }
        0xe4..=0xe8 => numeric::read_japanese(text, clock),
        0xef => numeric::read_japanese(text, clock)
            .or_else(|| iso::read(text, clock))
            .or_else(|| numeric::read(text, clock)),
        _ => None,
    }
}

/// What begins with digits is told apart by how many there are and by what follows them.
fn by_digits(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let digits = text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let behind = text.get(digits).copied().unwrap_or(b' ');
    let next = text.get(digits + 1).copied().unwrap_or(b' ');
    match (digits, behind) {
        (1, b'.') if next.is_ascii_digit() => {
            numeric::read(text, clock).or_else(|| epoch::read_scientific(text))
        }
        (1 | 2, b'/' | b'-' | b'.') if next.is_ascii_digit() => numeric::read(text, clock),
        (1 | 2, b'/' | b'-' | b'.' | b' ') => words::day_first(text, clock),
        (2 | 4, 0xe5) => numeric::read_japanese(text, clock),
        (4, _) => iso::read(text, clock),
        (6, b' ') => numeric::read(text, clock),
        (7 | 8 | 12 | 14 | 17, _) => iso::read(text, clock),
        (13, _) if text.first() == Some(&b'2') => iso::read(text, clock),
        (10 | 13 | 16 | 18 | 19, _) => epoch::read_auto(text, digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
