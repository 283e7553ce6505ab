//! Dates that begin with the year in digits: ISO 8601, RFC 3339, and forms without separators.

use super::Clock;
use super::civil::{Civil, century, finish, finish_common, fraction, gap, time_of_day};
use super::scan::Scan;
use crate::base::Time;
use crate::base::time::{days_in, two};

/// `2021-05-06T10:02:03` and what may follow, without a look at anything rarer.
#[inline]
pub(super) fn read_common(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let head: &[u8; 19] = text.first_chunk()?;
    let dashes = head[4] == b'-' && head[7] == b'-';
    let colons = head[13] == b':' && head[16] == b':';
    if !dashes || !colons || !matches!(head[10], b'T' | b' ') {
        return None;
    }
    let civil = Civil {
        year: Some(two(head[0], head[1])? * 100 + two(head[2], head[3])?),
        month: two(head[5], head[6])?,
        day: two(head[8], head[9])?,
        hour: two(head[11], head[12])?,
        minute: two(head[14], head[15])?,
        second: two(head[17], head[18])?,
        nanos: 0,
    };
    finish_common(19, text, civil, clock)
}

/// Every form that begins with the year.
pub(super) fn read(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let mut scan = Scan::new(text, 0);
    let digits = text.iter().take(18).take_while(|byte| byte.is_ascii_digit()).count();
    match digits {
        0 | 4 => separated(&mut scan, clock),
        7 | 13 => ordinal(&mut scan, digits, clock),
        8 | 14 | 17 => compact(&mut scan, digits, clock),
        12 if text.get(12) == Some(&b'Z') => {
            let date = Civil::on(century(scan.fixed(2)?), scan.fixed(2)?, scan.fixed(2)?);
            unseparated_time(scan, date, 6, clock)
        }
        _ => None,
    }
}

/// `2021/05/06 10:02:03`, `2021-126T10:02:03`
fn separated(scan: &mut Scan<'_>, clock: &Clock) -> Option<(Time, usize)> {
    let (year, digits) = scan.number(4)?;
    let mark = ["-", "/", ".", "／"].into_iter().find(|mark| scan.eat_any(&[mark]))?;
    let (month, width) = scan.number(3)?;
    if digits != 4 {
        return None;
    }
    if width == 3 {
        return timed(scan, on_day(year, month)?, clock);
    }
    scan.eat_any(&[mark]).then_some(())?;
    let (day, _) = scan.number(2)?;
    timed(scan, Civil::on(year, month, day), clock)
}

/// `20210506T010203Z`, `20210506 010203`, `20210506-10:02:03`, `20210506010203.123`
fn compact(scan: &mut Scan<'_>, digits: usize, clock: &Clock) -> Option<(Time, usize)> {
    let date = Civil::on(scan.fixed(4)?, scan.fixed(2)?, scan.fixed(2)?);
    if digits > 8 {
        return unseparated_time(*scan, date, digits - 8, clock);
    }
    timed(scan, date, clock)
}

/// `2021126T010203`, `2021126010203`
fn ordinal(scan: &mut Scan<'_>, digits: usize, clock: &Clock) -> Option<(Time, usize)> {
    let date = on_day(scan.fixed(4)?, scan.fixed(3)?)?;
    if digits > 7 {
        return unseparated_time(*scan, date, digits - 7, clock);
    }
    timed(scan, date, clock)
}

/// The date of a day of the year.
fn on_day(year: i64, mut day: i64) -> Option<Civil> {
    for month in 1..=12 {
        if day <= days_in(year, month) {
            return Some(Civil::on(year, month, day));
        }
        day -= days_in(year, month);
    }
    None
}

/// Reads the time of day behind a date.
pub(super) fn timed(scan: &mut Scan<'_>, mut date: Civil, clock: &Clock) -> Option<(Time, usize)> {
    if !date.is_day() {
        return None;
    }
    let hour_alone = gap(scan)?;
    let digits = scan.rest().iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 6 || (digits == 4 && hour_alone) {
        return unseparated_time(*scan, date, digits, clock);
    }
    time_of_day(scan, &mut date, hour_alone)?;
    finish(*scan, date, clock)
}

/// `010203`, `0102` or `010203123`
fn unseparated_time(
    mut scan: Scan<'_>,
    mut date: Civil,
    digits: usize,
    clock: &Clock,
) -> Option<(Time, usize)> {
    date.hour = scan.fixed(2)?;
    date.minute = scan.fixed(2)?;
    if digits > 4 {
        date.second = scan.fixed(2)?;
        date.nanos = fraction(&mut scan);
    }
    if digits == 9 {
        date.nanos = u32::try_from(scan.fixed(3)?).ok()? * 1_000_000;
    }
    finish(scan, date, clock)
}
