//! Days on which offices in Japan are closed, worked out from the rules of the law on national
//! holidays (as in force from 2007 on), with the days about New Year and in August on which most
//! offices close as well. Exact for 2007 to 2099.

use super::civil_day;
use super::time::date_of;

/// Seconds by which Japan is east of UTC.
pub const JAPAN_SECS: i64 = 9 * 3_600;

/// Whether offices in Japan are usually closed on a day, counted from 1970-01-01.
pub fn is_closed(day: i64) -> bool {
    let (year, month, date) = date_of(day);
    let is_weekend = weekday(day) >= 5;
    let is_customary = matches!((month, date), (12, 29..=31) | (1, 1..=3) | (8, 13..=16));
    is_weekend || is_customary || is_holiday(year, day)
}

/// Monday is 0, Sunday 6. 1970-01-01 was a Thursday.
pub const fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// A national holiday, one in lieu, or a day between two holidays.
fn is_holiday(year: i64, day: i64) -> bool {
    let days = named(year);
    let is_named = |day: i64| days.contains(&day);
    // One that falls on a Sunday moves to the next day that is none.
    let in_lieu = |day: i64| {
        let mut before = day - 1;
        while is_named(before) && weekday(before) != 6 {
            before -= 1;
        }
        is_named(before)
    };
    is_named(day) || in_lieu(day) || (is_named(day - 1) && is_named(day + 1))
}

/// The holidays of a year that have names.
fn named(year: i64) -> Vec<i64> {
    let on = |month, date| civil_day(year, month, date);
    // The n-th Monday of a month.
    let monday = |month, n: i64| {
        let first = civil_day(year, month, 1);
        first + (7 - weekday(first)) % 7 + (n - 1) * 7
    };
    let emperor =
        if year >= 2020 { Some(on(2, 23)) } else { Some(on(12, 23)).filter(|_| year < 2019) };
    let mountain = match year {
        2020 => Some(on(8, 10)),
        2021 => Some(on(8, 8)),
        _ => Some(on(8, 11)).filter(|_| year >= 2016),
    };
    // Moved for the games in Tokyo.
    let (sea, sports) = match year {
        2020 => (on(7, 23), on(7, 24)),
        2021 => (on(7, 22), on(7, 23)),
        _ => (monday(7, 3), monday(10, 2)),
    };
    let accession = (year == 2019).then(|| [on(5, 1), on(10, 22)]);
    let fixed = [(1, 1), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23)];
    let fixed = fixed.into_iter().map(|(month, date)| on(month, date));
    let moving = [monday(1, 2), sea, monday(9, 3), sports];
    let equinoxes = [on(3, equinox(year, 20_843_100)), on(9, equinox(year, 23_248_800))];
    let others = emperor.into_iter().chain(mountain).chain(accession.into_iter().flatten());
    fixed.chain(moving).chain(equinoxes).chain(others).collect()
}

/// The date of an equinox in Japan, by the usual approximation for 1980 to 2099, in millionths.
const fn equinox(year: i64, in_1980: i64) -> i64 {
    let years = year - 1980;
    (in_1980 + 242_194 * years) / 1_000_000 - years.div_euclid(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_follow_from_the_law() {
        let closed = |year, month, date| is_closed(civil_day(year, month, date));
        for (year, month, date) in [
            (2021, 5, 3),
            (2021, 7, 22),
            (2021, 8, 9),
            (2021, 9, 23),
            (2022, 3, 21),
            (2023, 1, 2),
            (2019, 4, 30),
            (2019, 5, 6),
            (2015, 9, 22),
            (2024, 2, 12),
            (2026, 9, 22),
            (2020, 5, 6),
        ] {
            assert!(closed(year, month, date), "{year}-{month}-{date}");
        }
        for (year, month, date) in [
            (2021, 4, 30),
            (2021, 7, 19),
            (2021, 10, 11),
            (2022, 2, 24),
            (2024, 9, 24),
            (2020, 5, 7),
        ] {
            assert!(!closed(year, month, date), "{year}-{month}-{date}");
        }
    }
}
