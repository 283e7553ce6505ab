//! Dates with the month as a word: access logs, syslog, ctime, RFC 2822.

use super::Clock;
use super::civil::{Civil, century, finish, finish_common, gap, time_of_day};
use super::months::{is_weekday, month};
use super::scan::Scan;
use crate::base::Time;
use crate::base::time::{month as english_month, two};

/// `06/May/2021:10:02:03` and what may follow, without a look at anything rarer.
#[inline]
pub(super) fn read_common(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let head: &[u8; 20] = text.first_chunk()?;
    let slashes = head[2] == b'/' && head[6] == b'/';
    if !slashes || head[11] != b':' || head[14] != b':' || head[17] != b':' {
        return None;
    }
    let civil = Civil {
        year: Some(two(head[7], head[8])? * 100 + two(head[9], head[10])?),
        month: english_month(&[head[3], head[4], head[5]])?,
        day: two(head[0], head[1])?,
        hour: two(head[12], head[13])?,
        minute: two(head[15], head[16])?,
        second: two(head[18], head[19])?,
        nanos: 0,
    };
    finish_common(20, text, civil, clock)
}

/// `May  6 10:02:03` and what may follow, without a look at anything rarer.
#[inline]
pub(super) fn read_syslog(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let head: &[u8; 15] = text.first_chunk()?;
    let blanks = head[3] == b' ' && head[6] == b' ';
    if !blanks || head[9] != b':' || head[12] != b':' {
        return None;
    }
    let tens = if head[4] == b' ' { b'0' } else { head[4] };
    let civil = Civil {
        year: None,
        month: english_month(&[head[0], head[1], head[2]])?,
        day: two(tens, head[5])?,
        hour: two(head[7], head[8])?,
        minute: two(head[10], head[11])?,
        second: two(head[13], head[14])?,
        nanos: 0,
    };
    finish_common(15, text, civil, clock)
}

/// `06/May/2021:10:02:03`, `06-May-2021 10:02:03.123`, `6. Mai 2021 10:02:03`
pub(super) fn day_first(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    read_day_first(Scan::new(text, 0), clock)
}

fn read_day_first(mut scan: Scan<'_>, clock: &Clock) -> Option<(Time, usize)> {
    let (day, _) = scan.number(2)?;
    between(&mut scan)?;
    scan.eat_any(&["de "]);
    let month = month(scan.word())?;
    let mut date = Civil { month, day, ..Civil::default() };
    between(&mut scan)?;
    scan.eat_any(&["de "]);
    let behind_month = scan;
    let (number, digits) = scan.number(4)?;
    if scan.peek() == b':' && digits <= 2 && date.is_day() {
        scan = behind_month;
        time_of_day(&mut scan, &mut date, false)?;
        return finish(scan, date, clock);
    }
    date.year = Some(year(number, digits)?);
    gap(&mut scan)?;
    time_of_day(&mut scan, &mut date, false)?;
    finish(scan, date, clock)
}

/// One of the marks between day, month and year, with blanks or without.
fn between(scan: &mut Scan<'_>) -> Option<()> {
    let from = scan.at;
    if !(scan.eat(b'/') || scan.eat(b'-')) {
        scan.eat(b'.');
        scan.blanks();
    }
    (scan.at > from).then_some(())
}

const fn year(number: i64, digits: usize) -> Option<i64> {
    match digits {
        4 => Some(number),
        2 => Some(century(number)),
        _ => None,
    }
}

/// `May  6 10:02:03`, `May 6 2021 10:02:03`, `May 6, 2021 10:02:03 AM`, `*May  6 10:02:03.123`
pub(super) fn month_first(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    // Cisco marks clocks that are not set, or not in step, with an asterisk or a dot.
    let marked = matches!(text.first(), Some(b'*' | b'.'));
    read_month_first(Scan::new(text, usize::from(marked)), clock)
}

fn read_month_first(mut scan: Scan<'_>, clock: &Clock) -> Option<(Time, usize)> {
    let month = month(scan.word())?;
    scan.eat(b'.');
    (scan.blanks() > 0 || scan.eat(b'-') || scan.eat(b'/')).then_some(())?;
    let (day, _) = scan.number(2)?;
    let mut date = Civil { month, day, ..Civil::default() };
    if !date.is_day() {
        return None;
    }
    gap(&mut scan)?;
    let behind_day = scan;
    let (number, digits) = scan.number(4)?;
    if digits == 4 {
        date.year = Some(number);
        gap(&mut scan)?;
    } else {
        scan = behind_day;
    }
    time_of_day(&mut scan, &mut date, false)?;
    finish(scan, date, clock)
}

/// `Thu May  6 10:02:03 2021`, `Thu, 06 May 2021 10:02:03 +0900`
pub(super) fn weekday_first(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let mut scan = Scan::new(text, 0);
    if !is_weekday(scan.word()) {
        return None;
    }
    scan.eat(b'.');
    scan.eat(b',');
    (scan.blanks() > 0).then_some(())?;
    match scan.at_digit() {
        true => read_day_first(scan, clock),
        false => read_month_first(scan, clock),
    }
}
