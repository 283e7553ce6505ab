//! Dates in digits that do not begin with a year of four digits, and dates in Japanese.

use super::Clock;
use super::civil::{Civil, DateOrder, century, finish, gap, shift, time_of_day};
use super::iso::timed;
use super::scan::Scan;
use crate::base::Time;

/// `5/6/2021 1:02:03 PM`, `06.05.2021 13:02:03`, `21/05/06 10:02:03`, `210506 10:02:03`,
/// `05-06 10:02:03`
pub(super) fn read(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let mut scan = Scan::new(text, 0);
    let (first, width) = scan.number(6)?;
    if width == 6 {
        let date = Civil::on(century(first / 10_000), first / 100 % 100, first % 100);
        (scan.peek() == b' ').then_some(())?;
        return timed(&mut scan, date, clock);
    }
    let mark = ["/", "-", ".", "／"].into_iter().find(|mark| scan.eat_any(&[mark]))?;
    let (second, second_width) = scan.number(2)?;
    if width > 2 {
        return None;
    }
    if !scan.eat_any(&[mark]) {
        let both = width == 2 && second_width == 2 && mark != ".";
        return both.then(|| without_year(scan, first, second, clock)).flatten();
    }
    let (third, third_width) = scan.number(4)?;
    if mark == "-" && scan.peek() == b'-' {
        // Addresses of network cards, groups of digits.
        return None;
    }
    let order = if mark == "." { DateOrder::DayFirst } else { clock.date_order };
    let date = match (width, second_width, third_width) {
        (_, _, 4) => year_last(first, second, third, order),
        (2, 2, 2) => short_year(first, second, third, order),
        (_, _, 2) if mark == "/" => short_year(first, second, third, order),
        _ => None,
    };
    timed(&mut scan, date?, clock)
}

/// A day and a month, as logcat and some appliances write them.
fn without_year(
    mut scan: Scan<'_>,
    first: i64,
    second: i64,
    clock: &Clock,
) -> Option<(Time, usize)> {
    let (month, day) = match clock.date_order {
        DateOrder::DayFirst => (second, first),
        DateOrder::MonthFirst | DateOrder::YearFirst => (first, second),
    };
    let mut date = Civil { month, day, ..Civil::default() };
    // Only a blank, and all of the time: 12/24 and 10-12 are more often something else.
    (scan.peek() == b' ' && date.is_day()).then_some(())?;
    scan.at += 1;
    let from = scan.at;
    time_of_day(&mut scan, &mut date, false)?;
    (scan.at - from == 8).then(|| finish(scan, date, clock)).flatten()
}

/// The reading of the clock's order, or else the other, where only one of them is a date.
fn year_last(first: i64, second: i64, year: i64, order: DateOrder) -> Option<Civil> {
    let (month, day) = (Civil::on(year, first, second), Civil::on(year, second, first));
    let readings = match order {
        DateOrder::DayFirst => [day, month],
        DateOrder::MonthFirst | DateOrder::YearFirst => [month, day],
    };
    readings.into_iter().find(Civil::is_day)
}

fn short_year(first: i64, second: i64, third: i64, order: DateOrder) -> Option<Civil> {
    let year = Civil::on(century(first), second, third);
    let month = Civil::on(century(third), first, second);
    let day = Civil::on(century(third), second, first);
    let readings = match order {
        DateOrder::YearFirst => [year, month, day],
        DateOrder::MonthFirst => [month, year, day],
        DateOrder::DayFirst => [day, year, month],
    };
    readings.into_iter().find(Civil::is_day)
}

/// The eras that logs can speak of, with the year before their first.
const ERAS: [(&str, i64); 4] = [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("Reiwa ", 2018)];

/// `2021年5月6日 10時02分03秒`, `2021年05月06日(木) 10:02:03`, `令和3年5月6日 午前10時02分`
pub(super) fn read_japanese(text: &[u8], clock: &Clock) -> Option<(Time, usize)> {
    let mut scan = Scan::new(text, 0);
    let era = ERAS.iter().find(|(name, _)| scan.eat_any(&[name]));
    let (year, digits) = match era {
        Some(_) if scan.eat_any(&["元"]) => (1, 2),
        _ => scan.number(4)?,
    };
    let year = match (era, digits) {
        (Some((_, before)), 1 | 2) => before + year,
        (None, 4) => year,
        (None, 2) => century(year),
        _ => return None,
    };
    let month = part(&mut scan, "年", "月")?;
    let day = part(&mut scan, "月", "日")?;
    scan.eat_any(&["日"]).then_some(())?;
    let mut date = Civil::on(year, month, day);
    // A time may follow the day at once.
    gap(&mut scan);
    let afternoon = [("午前", false), ("午後", true)]
        .into_iter()
        .find_map(|(half, afternoon)| scan.eat_any(&[half]).then_some(afternoon));
    scan.blanks();
    time_of_day(&mut scan, &mut date, false)?;
    if let Some(afternoon) = afternoon {
        shift(&mut date, afternoon)?;
    }
    finish(scan, date, clock)
}

/// A number behind one unit and before another; blanks may pad it.
fn part(scan: &mut Scan<'_>, unit: &str, next: &str) -> Option<i64> {
    scan.eat_any(&[unit]).then_some(())?;
    scan.blanks();
    let (value, _) = scan.number(2)?;
    scan.rest().starts_with(next.as_bytes()).then_some(value)
}
