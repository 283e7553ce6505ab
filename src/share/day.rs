//! A day of the calendar, as a shell tells it: the core has no clock.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day, 2027-03-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

/// A text that is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no date: expected 2027-03-31")]
pub struct NoDay(String);

impl Day {
    /// The day of a date.
    pub const fn of(date: Date) -> Self {
        Self(date)
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let day = text.parse().map(Self).ok();
        // The library takes a time of day behind it as well.
        day.filter(|day| day.to_string() == text).ok_or_else(|| NoDay(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn a_day_is_written_as_it_is_read() {
        let day: Day = "2027-03-31".parse().unwrap();
        assert_eq!(day.to_string(), "2027-03-31");
        for text in ["", "31.3.2027", "2027-02-30", "2027-03-31T10:00:00", "2027-3-1"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("2027-03-31".parse::<Day>().unwrap() > "2026-12-31".parse().unwrap());
    }
}
