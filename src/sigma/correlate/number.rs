//! Decimal numbers of records, exact to a millionth: no floating-point number decides anything.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Millionths of one.
const ONE: i128 = 1_000_000;
/// Digits behind the point that count.
const FRACTION: usize = 6;
/// Digits before the point at most: sums of ten thousand million such numbers still fit.
const WHOLE: usize = 18;

/// A decimal number, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decimal(i128);

impl Decimal {
    /// The number that a text is: a sign, at most 18 digits, and a point with more digits. Those
    /// behind the sixth are left out.
    pub fn read(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (sign, digits) = match text {
            [b'-', rest @ ..] => (-1, rest),
            [b'+', rest @ ..] => (1, rest),
            rest => (1, rest),
        };
        let point = digits.iter().position(|digit| *digit == b'.');
        let (whole, fraction) = digits.split_at(point.unwrap_or(digits.len()));
        let fraction = fraction.get(1..).unwrap_or_default();
        let is_number = (1..=WHOLE).contains(&whole.len())
            && (point.is_none() || !fraction.is_empty())
            && [whole, fraction].concat().iter().all(u8::is_ascii_digit);
        if !is_number {
            return None;
        }
        let padded = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(FRACTION);
        let all = whole.iter().copied().chain(padded);
        Some(Self(sign * all.fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0'))))
    }

    /// A whole number.
    pub const fn whole(number: u64) -> Self {
        Self(number as i128 * ONE)
    }

    /// The sum. Wraps where it would not fit, so that any order of adding gives the same.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The difference.
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// The whole number that is not below it; 0 for a negative one.
    pub fn whole_above(self) -> u64 {
        u64::try_from(self.0.saturating_add(ONE - 1).max(0) / ONE).unwrap_or(u64::MAX)
    }

    /// One of so many equal parts, towards zero.
    pub const fn part(self, of: u64) -> Self {
        Self(if of == 0 { 0 } else { self.0 / of as i128 })
    }

    /// So many times the number.
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor as i128))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, all) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let one = ONE.unsigned_abs();
        write!(f, "{sign}{}", all / one)?;
        match all % one {
            0 => Ok(()),
            rest => write!(f, ".{}", format!("{rest:06}").trim_end_matches('0')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for text in ["0", "12", "-0.25", "3.123456", "-7", "100.5"] {
            assert_eq!(Decimal::read(text.as_bytes()).unwrap().to_string(), text);
        }
        assert_eq!(Decimal::whole(10).part(4).to_string(), "2.5");
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        let read = |text: &str| Decimal::read(text.as_bytes()).map(|number| number.0);
        assert_eq!(read("12"), Some(12_000_000));
        assert_eq!(read(" -0.25"), Some(-250_000));
        assert_eq!(read("+3.1234567"), Some(3_123_456));
        assert_eq!(read("999999999999999999"), Some(999_999_999_999_999_999_000_000));
        for text in ["", "-", ".", "1.", ".5", "1e3", "0x10", "1,5", "1000000000000000000"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
