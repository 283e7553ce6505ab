//! Days of the Japanese calendar on which offices are closed.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// Seconds by which Japan is east of UTC.
pub(super) const TOKYO: i64 = 9 * 3_600;
/// Monday, 1 March 2021, 00:00 in Tokyo.
const EARLIEST: i64 = 1_614_524_400;

/// National holidays, and the days in summer and at New Year on which most firms close.
const CLOSED: &[&str] = &[
    "2021-03-20",
    "2021-04-29",
    "2021-05-03",
    "2021-05-04",
    "2021-05-05",
    "2021-07-22",
    "2021-07-23",
    "2021-08-09",
    "2021-08-13",
    "2021-08-16",
    "2021-09-20",
    "2021-09-23",
    "2021-11-03",
    "2021-11-23",
    "2021-12-29",
    "2021-12-30",
    "2021-12-31",
    "2022-01-03",
    "2022-01-10",
    "2022-02-11",
    "2022-02-23",
    "2022-03-21",
    "2022-04-29",
    "2022-05-03",
    "2022-05-04",
    "2022-05-05",
    "2022-07-18",
    "2022-08-11",
    "2022-09-19",
    "2022-09-23",
    "2022-10-10",
    "2022-11-03",
    "2022-11-23",
];

/// The first second of the case of a seed: a Monday within a year from March 2021.
pub(super) const fn start(seed: u64) -> i64 {
    EARLIEST + (seed % 40) as i64 * 7 * DAY
}

/// A time in Tokyo as RFC 3339 without its zone.
pub(super) fn local(at: i64) -> String {
    crate::base::rfc3339(at + TOKYO).trim_end_matches('Z').to_owned()
}

/// Whether offices are open on the day that begins then.
pub(super) fn is_workday(midnight: i64) -> bool {
    // 1970-01-01 was a Thursday.
    let weekday = ((midnight + TOKYO).div_euclid(DAY) + 3).rem_euclid(7);
    let date = local(midnight);
    weekday < 5 && !CLOSED.iter().any(|closed| date.starts_with(closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_holidays_are_known() {
        assert!(is_workday(EARLIEST), "a Monday");
        assert!(!is_workday(EARLIEST + 5 * DAY), "a Saturday");
        assert!(!is_workday(EARLIEST + 59 * DAY), "29 April, a Thursday");
        assert_eq!(local(EARLIEST + 59 * DAY), "2021-04-29T00:00:00");
    }
}
