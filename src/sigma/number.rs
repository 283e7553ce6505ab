//! Decimal numbers, compared exactly.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// Digits of a number at most; what is longer is no number.
const DIGITS: usize = 64;

/// A decimal number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Number {
    is_negative: bool,
    /// Without zeros at the start.
    whole: Box<str>,
    /// Without zeros at the end.
    fraction: Box<str>,
}

impl Number {
    /// Reads `-12.50`.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= DIGITS)?;
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let is_zero = whole.is_empty() && fraction.is_empty();
        let is_negative = text.starts_with('-') && !is_zero;
        Some(Self { is_negative, whole: whole.into(), fraction: fraction.into() })
    }

    fn size(&self) -> (usize, &str, &str) {
        (self.whole.len(), &self.whole, &self.fraction)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &*self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{}", self.fraction)
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        let whole = number.unsigned_abs().to_string();
        Self {
            is_negative: number < 0,
            whole: whole.trim_start_matches('0').into(),
            fraction: "".into(),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.size().cmp(&other.size()),
            (true, true) => other.size().cmp(&self.size()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_what_they_are() {
        let number = |text: &str| Number::parse(text.as_bytes()).unwrap();
        let ordered = [
            "-10",
            "-9.5",
            "-0.01",
            "0",
            "0.5",
            "1",
            "1.05",
            "1.5",
            "9",
            "10",
            "123456789012345678901",
        ];
        for pair in ordered.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert_eq!(number("-0"), number("00.00"));
        assert_eq!(number("+1.50"), number("1.5"));
        assert_eq!(Number::from(-7), number("-7"));
        for text in ["", "-", ".", "1e3", "0x10", " 1", "1.2.3", "٣"] {
            assert_eq!(Number::parse(text.as_bytes()), None, "{text}");
        }
    }
}
