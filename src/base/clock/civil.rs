//! A time as written, and what it is completed to.

use super::Clock;
use super::scan::Scan;
use super::zone::{self, Zone};
use crate::base::time::days_in;
use crate::base::{Stamp, Time, ZoneSource};

/// What comes first in a date of digits that can be read in several ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// `05/06/2021` is the 6th of May, as in the United States.
    #[default]
    MonthFirst,
    /// `05/06/2021` is the 5th of June, as in Europe.
    DayFirst,
    /// `21/05/06` is the 6th of May 2021, as in Japan. With a year of four digits behind, the
    /// month comes first.
    YearFirst,
}

/// The first second that is out of range: 2200-01-01.
pub(super) const END: i64 = 7_258_118_400;

/// Seconds that a record may be later than the reference of its stream.
const AHEAD: i64 = 86_400;

/// A date and time of day as written.
#[derive(Clone, Copy, Default)]
pub(super) struct Civil {
    pub(super) year: Option<i64>,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) nanos: u32,
}

/// An instant in range.
#[inline]
pub(super) fn stamp(at: i64, nanos: u32, offset: i32) -> Option<Stamp> {
    (0..END).contains(&at).then_some(Stamp { at, nanos, offset_secs: offset })
}

/// Days before each month of a year that is no leap year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Days since 1970-01-01 of a date from 1969 to 2200 that exists.
#[inline(always)]
fn day_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let before = DAYS_BEFORE.get(usize::try_from(month - 1).ok()?)?;
    if !(1969..=2200).contains(&year) || day < 1 || (day > 28 && day > days_in(year, month)) {
        return None;
    }
    // Of the years that end a century, 2000 is a leap year, 2100 and 2200 are none.
    let is_leap = year % 4 == 0 && year != 2100 && year != 2200;
    let leap_days = (year - 1969) / 4 - i64::from(year > 2100) + i64::from(is_leap && month > 2);
    Some((year - 1970) * 365 + leap_days + before + day - 1)
}

/// Seconds since midnight. A day may end at 24:00; a leap second counts as the one before it.
#[inline(always)]
fn second_of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let exists = hour <= 23 || (hour == 24 && minute == 0 && second == 0);
    let exists = exists && minute <= 59 && second <= 60;
    exists.then(|| hour * 3_600 + minute * 60 + second.min(59))
}

/// A year that was written with two digits, as POSIX reads it.
pub(super) const fn century(year: i64) -> i64 {
    if year < 69 { year + 2000 } else { year + 1900 }
}

impl Civil {
    pub(super) const fn on(year: i64, month: i64, day: i64) -> Self {
        let (hour, minute, second, nanos) = (0, 0, 0, 0);
        Self { year: Some(year), month, day, hour, minute, second, nanos }
    }

    /// Whether the day is one of some year.
    #[inline]
    pub(super) fn is_day(&self) -> bool {
        (1..=12).contains(&self.month)
            && self.day >= 1
            && self.day <= days_in(self.year.unwrap_or(2000), self.month)
    }

    #[inline(always)]
    fn local(&self, year: i64) -> Option<i64> {
        let day = day_since_1970(year, self.month, self.day)?;
        Some(day * 86_400 + second_of_day(self.hour, self.minute, self.second)?)
    }

    #[inline(always)]
    fn stamp(&self, year: i64, zone: Zone<'_>, clock: &Clock) -> Option<Stamp> {
        let local = self.local(year)?;
        let offset = match zone {
            Zone::Stated(offset) => offset,
            Zone::Unstated => clock.offsets.at_local(local),
            Zone::Named(named) => zone::offset_at_local(named, local)?,
        };
        stamp(local - i64::from(offset), self.nanos, offset)
    }

    /// The time, with what it leaves open completed.
    #[inline(always)]
    pub(super) fn complete(self, zone: Zone<'_>, clock: &Clock) -> Option<Time> {
        let Some(year) = self.year else {
            return self.infer(zone, clock);
        };
        let stamp = self.stamp(year, zone, clock)?;
        Some(match zone {
            Zone::Unstated => Time::Assumed(stamp),
            _ => Time::Zoned(stamp),
        })
    }

    /// The latest year such that the time is not later than a day behind the reference.
    #[inline(never)]
    fn infer(&self, zone: Zone<'_>, clock: &Clock) -> Option<Time> {
        // That the text is a time at all does not depend on the reference.
        self.local(2000)?;
        let Some(reference) = clock.reference else {
            return Some(Time::Absent);
        };
        let source = match zone {
            Zone::Unstated => ZoneSource::Assumed,
            _ => ZoneSource::Stated,
        };
        let limit = reference.saturating_add(AHEAD);
        // In mean years no year begins more than a day early, and no zone is a day from UTC.
        let latest = 1970 + limit.saturating_add(2 * 86_400).clamp(0, END) / 31_556_952;
        // 29 February is at most eight years from the next.
        let stamp = (latest - 11..=latest)
            .rev()
            .filter_map(|year| self.stamp(year, zone, clock))
            .find(|stamp| stamp.at <= limit);
        Some(stamp.map_or(Time::Absent, |stamp| Time::Yearless(stamp, source)))
    }
}

/// What [`finish`] does, for what mostly follows the seconds: decimals, and no zone, `Z`, or an
/// offset of four digits.
#[inline(always)]
pub(super) fn finish_common(at: usize, text: &[u8], civil: Civil, clock: &Clock) -> Found {
    let mut scan = Scan::new(text, at);
    let civil = Civil { nanos: fraction(&mut scan), ..civil };
    let mut zone = Zone::Unstated;
    let sign_at = scan.at + usize::from(scan.peek() == b' ');
    let sign = text.get(sign_at).copied().unwrap_or(0);
    if (sign == b'Z' && sign_at == scan.at) && text.get(sign_at + 1).is_none_or(ends_zone) {
        (zone, scan.at) = (Zone::Stated(0), sign_at + 1);
    } else if matches!(sign, b'+' | b'-') {
        match zone::numeric_offset(text, sign_at) {
            Some((offset, behind)) if text.get(behind).is_none_or(ends_zone) => {
                (zone, scan.at) = (Zone::Stated(offset), behind);
            }
            _ => return finish(scan, civil, clock),
        }
    } else if scan.at != text.len() && !is_host(text, scan.at) {
        return finish(scan, civil, clock);
    }
    Some((civil.complete(zone, clock)?, scan.at))
}

/// Whether what follows at once, behind a blank, is a word in lower case, as a host mostly is.
#[inline]
fn is_host(text: &[u8], at: usize) -> bool {
    // Not the a of a.m. nor the p of p.m.
    matches!(text.get(at..at + 2), Some([b' ', b'b'..=b'o' | b'q'..=b'z']))
}

/// Bytes that end a zone and begin no comment on it.
fn ends_zone(byte: &u8) -> bool {
    matches!(byte, b']' | b'"' | b',' | b'\t' | b'|' | b';')
}

/// A time, and how many bytes it takes.
type Found = Option<(Time, usize)>;

/// Reads what may follow the time of day: a half of the day, a zone, the year. Completes.
pub(super) fn finish(mut scan: Scan<'_>, mut civil: Civil, clock: &Clock) -> Option<(Time, usize)> {
    let mut zone = Zone::Unstated;
    match scan.peek() {
        0 if scan.at >= scan.text.len() => {}
        b'0'..=b'9' => return None,
        _ => {
            half_of_day(&mut scan, &mut civil)?;
            zone = zone::read(&mut scan);
        }
    }
    if civil.year.is_none() {
        civil.year = year_behind(&mut scan);
        if civil.year.is_some() && matches!(zone, Zone::Unstated) {
            zone = zone::read(&mut scan);
        }
    }
    Some((civil.complete(zone, clock)?, scan.at))
}

/// Decimals of a second, as nanoseconds; further digits are passed over. Behind a comma they count
/// only when neither a comma nor a dot follows: `10:02:03,404,GET` is a row of a table.
#[inline]
pub(super) fn fraction(scan: &mut Scan<'_>) -> u32 {
    let mark = scan.peek();
    if mark != b'.' && mark != b',' {
        return 0;
    }
    let (mut nanos, mut unit, mut ahead) = (0, 100_000_000, 1);
    loop {
        let digit = scan.peek_at(ahead).wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        nanos += u32::from(digit) * unit;
        unit /= 10;
        ahead += 1;
    }
    if ahead == 1 || (mark == b',' && matches!(scan.peek_at(ahead), b',' | b'.')) {
        return 0;
    }
    scan.at += ahead;
    nanos
}

/// `AM` or `PM` behind the time, or before it in Japanese. None when the hour does not fit.
fn half_of_day(scan: &mut Scan<'_>, civil: &mut Civil) -> Option<()> {
    let blank = usize::from(scan.peek() == b' ');
    if !matches!(scan.peek_at(blank) & !0x20, b'A' | b'P') && scan.peek() < 0x80 {
        return Some(());
    }
    let from = *scan;
    scan.blanks();
    let half = scan.peek() & !0x20;
    scan.at += 1;
    let dotted = scan.eat(b'.');
    let ends = scan.peek() & !0x20 == b'M' && !scan.peek_at(1).is_ascii_alphanumeric();
    if !matches!(half, b'A' | b'P') || !ends {
        *scan = from;
        return Some(());
    }
    scan.at += 1;
    if dotted {
        scan.eat(b'.');
    }
    shift(civil, half == b'P')
}

pub(super) fn shift(civil: &mut Civil, afternoon: bool) -> Option<()> {
    if civil.hour > 12 {
        return None;
    }
    civil.hour = civil.hour % 12 + if afternoon { 12 } else { 0 };
    Some(())
}

/// The year behind a time, as ctime writes it.
fn year_behind(scan: &mut Scan<'_>) -> Option<i64> {
    let mut ahead = *scan;
    if ahead.blanks() == 0 {
        return None;
    }
    let (year, digits) = ahead.number(4)?;
    // What stands here may also be a host, 2001:db8::1 for example.
    let rest = ahead.rest();
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || b":.-_/".contains(byte);
    let ends = !rest.first().is_some_and(joins);
    if digits != 4 || !(1969..=2200).contains(&year) || !ends {
        return None;
    }
    *scan = ahead;
    Some(year)
}

/// Reads a time of day: `10:02`, `10:02:03`, `10.02.03`, `10-02-03`, `10時02分03秒`. An hour alone
/// is one where a `T` stands before it.
pub(super) fn time_of_day(scan: &mut Scan<'_>, civil: &mut Civil, hour_alone: bool) -> Option<()> {
    let (hour, digits) = scan.number(2)?;
    civil.hour = hour;
    let mark = scan.peek();
    if scan.eat_any(&["時"]) {
        return minutes_in_words(scan, civil);
    }
    let colon = scan.eat_any(&[":", "："]);
    let other = matches!(mark, b'.' | b'-') && scan.peek_at(3) == mark;
    if !colon && !other {
        let ends = matches!(mark, 0 | b' ' | b'\t' | b'Z' | b'+' | b'-' | b',' | b'"' | b']');
        return (hour_alone && digits == 2 && ends).then_some(());
    }
    scan.at += usize::from(!colon);
    civil.minute = two_digits(scan)?;
    let seconds = if colon { scan.eat_any(&[":", "："]) } else { scan.eat(mark) };
    if seconds {
        civil.second = two_digits(scan)?;
        civil.nanos = fraction(scan);
    }
    Some(())
}

fn minutes_in_words(scan: &mut Scan<'_>, civil: &mut Civil) -> Option<()> {
    if !scan.at_digit() {
        return Some(());
    }
    civil.minute = scan.number(2)?.0;
    if !scan.eat_any(&["分"]) {
        return None;
    }
    if scan.at_digit() {
        civil.second = scan.number(2)?.0;
        return scan.eat_any(&["秒"]).then_some(());
    }
    Some(())
}

fn two_digits(scan: &mut Scan<'_>) -> Option<i64> {
    scan.number(2).and_then(|(value, digits)| (digits == 2).then_some(value))
}

/// What may stand between date and time: a weekday in brackets, one mark, blanks. None when there
/// is nothing; else whether an hour may stand alone behind it.
pub(super) fn gap(scan: &mut Scan<'_>) -> Option<bool> {
    let from = scan.at;
    scan.blanks();
    weekday_in_brackets(scan);
    let hour_alone = matches!(scan.peek(), b'T' | b't');
    if hour_alone || matches!(scan.peek(), b'_' | b':' | b'-' | b',') {
        scan.at += 1;
    }
    scan.blanks();
    if scan.eat_any(&["at "]) {
        scan.blanks();
    }
    (scan.at > from).then_some(hour_alone)
}

/// `(木)`, `（木）`, `(Thu)`
fn weekday_in_brackets(scan: &mut Scan<'_>) {
    let mut ahead = *scan;
    if !ahead.eat_any(&["(", "（"]) {
        return;
    }
    // A full-width bracket is itself one of the bytes that words are made of.
    let rest = ahead.rest();
    let length = (1..=12).find(|at| {
        rest.get(*at..)
            .is_some_and(|rest| rest.starts_with(b")") || rest.starts_with("）".as_bytes()))
    });
    if let Some(length) = length
        && rest[..length].iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
    {
        ahead.at += length;
        ahead.eat_any(&[")", "）"]);
        *scan = ahead;
    }
}
