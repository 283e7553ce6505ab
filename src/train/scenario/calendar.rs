//! The days of a case: when it begins, and when offices are open.

use crate::base::holidays::{JAPAN_SECS, is_closed};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// Seconds by which Japan is east of UTC.
pub(super) const TOKYO: i64 = JAPAN_SECS;
/// Monday, 1 March 2021, 00:00 in Tokyo.
const EARLIEST: i64 = 1_614_524_400;

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
    !is_closed((midnight + TOKYO).div_euclid(DAY))
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
