//! Times as a pattern of strftime tells, read by jiff but for plain numbers.

use super::Clock;
use super::civil::{Civil, stamp};
use super::zone::Zone;
use crate::base::Time;
use crate::base::time::two;
use jiff::fmt::strtime::BrokenDownTime;

/// Whether a pattern holds directives, all of them known.
pub(super) fn is_usable(pattern: &str) -> bool {
    let sample = jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
    pattern.contains('%') && jiff::fmt::strtime::format(pattern, &sample).is_ok()
}

/// Reads a time by a pattern. One that states no date or no time of day is none.
pub(super) fn read(text: &[u8], pattern: &str, clock: &Clock) -> Option<(Time, usize)> {
    if let Some((civil, length)) = read_plain(text, pattern.as_bytes()) {
        return Some((civil.complete(Zone::Unstated, clock)?, length));
    }
    if !may_fit(text, pattern.as_bytes()) {
        return None;
    }
    let (parsed, length) = BrokenDownTime::parse_prefix(pattern, text).ok()?;
    Some((complete(&parsed, clock)?, length))
}

/// A time of numbers of full width, with the pattern's own signs between them, where the pattern
/// has nothing else. All others are left to jiff, which takes its time.
fn read_plain(text: &[u8], mut pattern: &[u8]) -> Option<(Civil, usize)> {
    let mut civil = Civil { hour: -1, ..Civil::default() };
    let mut rest = text;
    while !pattern.is_empty() {
        (pattern, rest) = match (pattern, rest) {
            ([b'%', b'Y', behind @ ..], [a, b, c, d, rest @ ..]) => {
                civil.year = Some(two(*a, *b)? * 100 + two(*c, *d)?);
                (behind, rest)
            }
            ([b'%', b'.', b'f', behind @ ..], rest) => {
                let (nanos, rest) = fraction(rest)?;
                civil.nanos = nanos;
                (behind, rest)
            }
            ([b'%', directive, behind @ ..], [tens, ones, rest @ ..]) => {
                let (part, most) = match directive {
                    b'm' => (&mut civil.month, 12),
                    b'd' => (&mut civil.day, 31),
                    b'H' => (&mut civil.hour, 23),
                    b'M' => (&mut civil.minute, 59),
                    b'S' => (&mut civil.second, 59),
                    _ => return None,
                };
                *part = two(*tens, *ones).filter(|number| *number <= most)?;
                (behind, rest)
            }
            ([b'%', ..], _) => return None,
            // A blank stands for any number of them.
            ([sign, ..], [_, blank, ..])
                if sign.is_ascii_whitespace() && blank.is_ascii_whitespace() =>
            {
                return None;
            }
            ([sign, behind @ ..], [same, rest @ ..]) if sign == same => (behind, rest),
            _ => return None,
        };
    }
    let is_whole = civil.year.is_some() && civil.month > 0 && civil.day > 0 && civil.hour >= 0;
    is_whole.then(|| (civil, text.len() - rest.len()))
}

/// The nanoseconds of a fraction that may begin a text, and what lies behind.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(count);
    let missing = 9_usize.checked_sub(count).filter(|missing| *missing < 9)?;
    let number = digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((number * 10_u32.pow(missing as u32), rest))
}

/// Whether a text may be read by a pattern, as far as its first numbers and the signs between them
/// tell: most that are tried are not, and an error of jiff costs more than this.
fn may_fit(mut text: &[u8], mut pattern: &[u8]) -> bool {
    loop {
        let (rest, behind) = match pattern {
            [b'%', b'Y', behind @ ..] => {
                let signed = matches!(text.first(), Some(b'+' | b'-'));
                (behind_number(&text[usize::from(signed)..], 4), behind)
            }
            [b'%', b'm' | b'd' | b'H' | b'M' | b'S' | b'y', behind @ ..] => {
                (behind_number(text, 2), behind)
            }
            [] | [b'%', ..] => return true,
            [blank, ..] if blank.is_ascii_whitespace() => return true,
            [sign, behind @ ..] => (text.strip_prefix(&[*sign]), behind),
        };
        let Some(rest) = rest else { return false };
        (text, pattern) = (rest, behind);
    }
}

/// What lies behind the number that a text begins with, of so many digits at most.
fn behind_number(text: &[u8], most: usize) -> Option<&[u8]> {
    let text = text.trim_ascii_start();
    let digits = text.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then(|| &text[digits..])
}

/// Seconds from UTC at most, as in all other forms; jiff would read up to 25 hours.
const OFFSET_SECS: i32 = 19 * 3_600 - 1;

fn complete(parsed: &BrokenDownTime, clock: &Clock) -> Option<Time> {
    let offset = parsed.offset().map(|offset| offset.seconds());
    if offset.is_some_and(|seconds| seconds.abs() > OFFSET_SECS) {
        return None;
    }
    if let Some(instant) = parsed.timestamp() {
        let nanos = u32::try_from(instant.subsec_nanosecond()).ok()?;
        return Some(Time::Zoned(stamp(instant.as_second(), nanos, offset.unwrap_or(0))?));
    }
    let zone = match (offset, parsed.iana_time_zone()) {
        (Some(offset), _) => Zone::Stated(offset),
        (None, Some(name)) => Zone::Named(name),
        (None, None) => Zone::Unstated,
    };
    let number = |part: Option<i8>| part.map(i64::from);
    let mut civil = Civil {
        hour: number(parsed.hour())?,
        minute: number(parsed.minute()).unwrap_or(0),
        second: number(parsed.second()).unwrap_or(0),
        nanos: parsed.subsec_nanosecond().and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        ..Civil::default()
    };
    if let (None, Some(month), Some(day)) = (parsed.year(), parsed.month(), parsed.day()) {
        (civil.month, civil.day) = (i64::from(month), i64::from(day));
    } else {
        let date = parsed.to_date().ok()?;
        civil.year = Some(i64::from(date.year()));
        (civil.month, civil.day) = (i64::from(date.month()), i64::from(date.day()));
    }
    civil.complete(zone, clock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Random;

    /// Times, damaged and whole, with patterns that may fit them.
    fn drawn() -> impl Iterator<Item = (Vec<u8>, &'static str)> {
        let patterns = [
            "%Y/%m/%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%d.%m.%Y %H:%M ",
            "%d-%b-%Y %H:%M:%S",
            "%Y%m%d%H%M%S",
            "%y%m%d\t%H%M",
            "%Y/%m/%d",
            "at %H.%M",
        ];
        let texts = [
            "2021/05/06 10:02:03.5",
            "2021/02/29 23:59:60.123456789",
            "2020/02/29 24:00:00",
            "1969-12-31T23:59:59.",
            "06.05.2021 10:02 ",
            "-21/ 5/6 10:02:03",
            "06-May-2021 10:02:03",
            "20210506100203",
            "210506  1002",
            "at 10.02",
            "",
        ];
        let mut random = Random::new(5);
        (0..30_000).map(move |_| {
            let mut text = random.pick(&texts).unwrap().as_bytes().to_vec();
            for _ in 0..random.below(3) {
                let at = random.below(text.len() as u64 + 1) as usize;
                match random.below(2) {
                    0 => text.insert(at, *random.pick(b"0 /-+:M\t7").unwrap()),
                    _ => text.truncate(text.len() - at / 4),
                }
            }
            (text, *random.pick(&patterns).unwrap())
        })
    }

    #[test]
    fn what_may_not_fit_is_not_read() {
        let mut refused = 0;
        for (text, pattern) in drawn() {
            let may = may_fit(&text, pattern.as_bytes());
            let is_read = BrokenDownTime::parse_prefix(pattern, &text).is_ok();
            assert!(may || !is_read, "{pattern}: {:?}", String::from_utf8_lossy(&text));
            refused += usize::from(!may);
        }
        assert!(refused > 10_000);
    }

    #[test]
    fn plain_times_are_read_as_jiff_reads_them() {
        let (clock, mut plain) = (Clock::default(), 0);
        for (text, pattern) in drawn() {
            let Some((civil, length)) = read_plain(&text, pattern.as_bytes()) else { continue };
            let own = civil.complete(Zone::Unstated, &clock).map(|time| (time, length));
            let parsed = BrokenDownTime::parse_prefix(pattern, &text).ok();
            let read =
                parsed.and_then(|(parsed, length)| Some((complete(&parsed, &clock)?, length)));
            assert_eq!(own, read, "{pattern}: {:?}", String::from_utf8_lossy(&text));
            plain += 1;
        }
        assert!(plain > 500, "{plain}");
    }
}
