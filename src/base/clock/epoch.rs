//! Times that are counted: from 1970, 1601 or year 1, in seconds or decimal parts of them.

use super::civil::stamp;
use super::scan::Scan;
use super::zone::numeric_offset;
use crate::base::{Stamp, Time};

/// What a count is of.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    /// 10^-n seconds.
    Decimal(u32),
    /// Seconds, ms, µs or ns, by how large the count is.
    ByMagnitude,
}

/// Seconds from 1601-01-01 to 1970-01-01.
pub(super) const SINCE_1601: i64 = 11_644_473_600;
/// Seconds from 0001-01-01 to 1970-01-01.
pub(super) const SINCE_YEAR_1: i64 = 62_135_596_800;

const BILLION: u64 = 1_000_000_000;

/// A decimal number: the digits before the point, and up to nine behind it as 10^-9.
struct Decimal {
    whole: u64,
    billionths: u32,
    length: usize,
}

impl Decimal {
    /// Reads a number that ends where a word would.
    fn read(text: &[u8]) -> Option<Self> {
        let mut scan = Scan::new(text, 0);
        let whole = digits(&mut scan)?;
        let mut billionths = 0;
        if scan.peek() == b'.' && scan.peek_at(1).is_ascii_digit() {
            scan.at += 1;
            let mut unit = 100_000_000;
            while scan.peek().is_ascii_digit() {
                billionths += u32::from(scan.peek() - b'0') * unit;
                unit /= 10;
                scan.at += 1;
            }
        }
        let next = scan.peek();
        // A hyphen joins numbers of other kinds: telephones, identifiers, ranges.
        let joined = next.is_ascii_alphanumeric() || matches!(next, b'.' | b'-' | b'_' | b'/');
        (!joined).then_some(Self { whole, billionths, length: scan.at })
    }

    /// The instant of so many units of 10^-`digits` seconds since the epoch less `since`.
    fn since(&self, digits: u32, since: i64) -> Option<(Time, usize)> {
        let stamp = counted(self.whole, self.billionths, digits, since)?;
        Some((Time::Zoned(stamp), self.length))
    }
}

/// ASCII digits that fit 64 bits.
fn digits(scan: &mut Scan<'_>) -> Option<u64> {
    let from = scan.at;
    let mut value = 0u64;
    while scan.peek().is_ascii_digit() {
        value = value.checked_mul(10)?.checked_add(u64::from(scan.peek() - b'0'))?;
        scan.at += 1;
    }
    (scan.at > from).then_some(value)
}

fn counted(whole: u64, billionths: u32, digits: u32, since: i64) -> Option<Stamp> {
    let unit = 10u64.pow(digits);
    let at = i64::try_from(whole / unit).ok()?.checked_sub(since)?;
    let nanos = whole % unit * (BILLION / unit) + u64::from(billionths) / unit;
    stamp(at, u32::try_from(nanos).ok()?, 0)
}

const fn unit_of(whole: u64) -> u32 {
    match whole {
        0..100_000_000_000 => 0,
        100_000_000_000..100_000_000_000_000 => 3,
        100_000_000_000_000..100_000_000_000_000_000 => 6,
        _ => 9,
    }
}

/// A count since 1970.
pub(super) fn read(text: &[u8], unit: Unit) -> Option<(Time, usize)> {
    let number = Decimal::read(text).or_else(|| scientific(text))?;
    let digits = match unit {
        Unit::Decimal(digits) => digits,
        Unit::ByMagnitude => unit_of(number.whole),
    };
    number.since(digits, 0)
}

/// A count since an earlier time.
pub(super) fn read_since(text: &[u8], digits: u32, since: i64) -> Option<(Time, usize)> {
    Decimal::read(text)?.since(digits, since)
}

/// A count of 10, 13, 16, 18 or 19 digits that can hardly be anything but a time: since 1970 from
/// 2001-09-09 to 2033-05-18, or of Windows.
pub(super) fn read_auto(text: &[u8], digits: usize) -> Option<(Time, usize)> {
    let number = Decimal::read(text)?;
    match digits {
        18 if (125..190).contains(&(number.whole / 1_000_000_000_000_000)) => {
            number.since(7, SINCE_1601)
        }
        18 if number.whole / 10_000_000_000_000_000 >= 62 => number.since(7, SINCE_YEAR_1),
        18 => None,
        _ if text.first() == Some(&b'1') => number.since(unit_of(number.whole), 0),
        _ => None,
    }
}

/// `1.620262923E9`, of a count as [`read_auto`] takes it.
pub(super) fn read_scientific(text: &[u8]) -> Option<(Time, usize)> {
    let number = scientific(text)?;
    let in_range = (1_000_000_000..2_000_000_000).contains(&number.whole)
        || (1_000_000_000_000..2_000_000_000_000).contains(&number.whole);
    in_range.then(|| number.since(unit_of(number.whole), 0)).flatten()
}

fn scientific(text: &[u8]) -> Option<Decimal> {
    let mut scan = Scan::new(text, 0);
    let first = scan.fixed(1)?;
    scan.eat(b'.').then_some(())?;
    let from = scan.at;
    while scan.peek().is_ascii_digit() {
        scan.at += 1;
    }
    let decimals = &text[from..scan.at];
    (scan.eat(b'E') || scan.eat(b'e')).then_some(())?;
    scan.eat(b'+');
    let (exponent, _) = scan.number(2)?;
    let exponent = usize::try_from(exponent).ok().filter(|exponent| *exponent <= 18)?;
    if scan.peek().is_ascii_alphanumeric() {
        return None;
    }
    let digit = |at: usize| u64::from(decimals.get(at).map_or(0, |byte| byte - b'0'));
    let whole = (0..exponent).fold(u64::try_from(first).ok()?, |sum, at| sum * 10 + digit(at));
    let billionths = (exponent..exponent + 9).fold(0, |sum, at| sum * 10 + digit(at));
    Some(Decimal { whole, billionths: u32::try_from(billionths).ok()?, length: scan.at })
}

/// `/Date(1620262923123)/`, also with escaped slashes and an offset, which tells how it was shown.
pub(super) fn read_json_date(text: &[u8]) -> Option<(Time, usize)> {
    let mut scan = Scan::new(text, 0);
    scan.eat_any(&["/Date(", "\\/Date("]).then_some(())?;
    let millis = digits(&mut scan)?;
    let mut offset = 0;
    if matches!(scan.peek(), b'+' | b'-') {
        (offset, scan.at) = numeric_offset(text, scan.at)?;
    }
    scan.eat_any(&[")/", ")\\/"]).then_some(())?;
    let mut stamp = counted(millis, 0, 3, 0)?;
    stamp.offset_secs = offset;
    Some((Time::Zoned(stamp), scan.at))
}

/// What daemontools adds to seconds since 1970: 2^62, and 10 s whatever the leap seconds.
const TAI_LABEL: u64 = (1 << 62) + 10;

/// `@` and 24 hexadecimal digits: seconds, then nanoseconds.
pub(super) fn read_tai64n(text: &[u8]) -> Option<(Time, usize)> {
    let label = text.strip_prefix(b"@")?.first_chunk::<24>()?;
    if text.get(25).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let at = hexadecimal(&label[..16])?.checked_sub(TAI_LABEL)?;
    let nanos = u32::try_from(hexadecimal(&label[16..])?).ok()?;
    if u64::from(nanos) >= BILLION {
        return None;
    }
    Some((Time::Zoned(stamp(i64::try_from(at).ok()?, nanos, 0)?), 25))
}

fn hexadecimal(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |value, byte| {
        char::from(*byte).to_digit(16).map(|digit| value << 4 | u64::from(digit))
    })
}
