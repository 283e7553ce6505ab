//! Zones: how records state them, and the offsets of those that they do not state.

use super::civil::END;
use super::scan::Scan;
use crate::base::short::{are_same, find_near};
use crate::base::time::two;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone of a time.
#[derive(Clone, Copy)]
pub(super) enum Zone<'a> {
    /// Seconds east of UTC.
    Stated(i32),
    /// A place of the zone database.
    Named(&'a str),
    /// None, or one that is not known.
    Unstated,
}

/// The offsets of a zone from 1970 to 2200, by local time.
#[derive(Clone, Debug)]
pub(super) struct Offsets {
    /// The offset before the first change.
    first: i32,
    /// The first local second at which an offset is used, and the offset; ascending.
    changes: Vec<(i64, i32)>,
    /// How many changes lie before each span of 2^24 s, some 194 days, so that a look-up passes
    /// over one or two of them.
    spans: Vec<usize>,
}

/// The binary logarithm of a span's seconds.
const SPAN: u32 = 24;

impl Offsets {
    pub(super) fn of(zone: &TimeZone) -> Self {
        let start = Timestamp::from_second(-2 * 86_400).unwrap_or_default();
        let first = zone.to_offset(start).seconds();
        let (mut before, mut changes) = (first, Vec::new());
        for change in zone.following(start) {
            let (at, after) = (change.timestamp().as_second(), change.offset().seconds());
            if at > END + 2 * 86_400 {
                break;
            }
            if after != before {
                // Whether local times are skipped or repeated, the offset before the change is
                // used up to the later of the two local times at the change.
                changes.push((at + i64::from(before.max(after)), after));
                before = after;
            }
        }
        let before = |span: i64| changes.partition_point(|(from, _)| *from <= span << SPAN);
        let spans = (0..=(END >> SPAN) + 1).map(before).collect();
        Self { first, changes, spans }
    }

    /// The offset at a local time, in seconds since 1970 of that zone.
    #[inline]
    pub(super) fn at_local(&self, local: i64) -> i32 {
        if self.changes.is_empty() {
            return self.first;
        }
        let span = usize::try_from(local >> SPAN).unwrap_or(0);
        let mut behind = self.spans.get(span).copied().unwrap_or(self.changes.len());
        if local < 0 {
            behind = 0;
        }
        while self.changes.get(behind).is_some_and(|(from, _)| *from <= local) {
            behind += 1;
        }
        behind.checked_sub(1).map_or(self.first, |at| self.changes[at].1)
    }
}

/// The offset of a place at a local time.
#[inline(never)]
pub(super) fn offset_at_local(place: &str, local: i64) -> Option<i32> {
    let zone = TimeZone::get(place).ok()?;
    let civil = jiff::tz::Offset::UTC.to_datetime(Timestamp::from_second(local).ok()?);
    let instant = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    i32::try_from(local - instant.as_second()).ok()
}

/// Reads the zone that may follow a time, and moves on behind it.
#[inline]
pub(super) fn read<'a>(scan: &mut Scan<'a>) -> Zone<'a> {
    match scan.peek() {
        b'Z' | b'z' if !scan.peek_at(1).is_ascii_alphanumeric() => {
            scan.at += 1;
            Zone::Stated(0)
        }
        b'+' | b'-' => match offset(scan, true) {
            Some(offset) => {
                comment(scan);
                Zone::Stated(offset)
            }
            None => Zone::Unstated,
        },
        b' ' if scan.peek_at(1).is_ascii_lowercase() => Zone::Unstated,
        b' ' | b'A'..=b'Z' | b'[' | b'(' => read_spaced(scan),
        _ => Zone::Unstated,
    }
}

fn read_spaced<'a>(scan: &mut Scan<'a>) -> Zone<'a> {
    let mut ahead = *scan;
    ahead.eat(b' ');
    let bracket = match ahead.peek() {
        b'[' => b']',
        b'(' => b')',
        _ => 0,
    };
    ahead.at += usize::from(bracket != 0);
    let zone = match ahead.peek() {
        b'+' | b'-' => offset(&mut ahead, false).map(Zone::Stated),
        b'A'..=b'Z' => place(&mut ahead).or_else(|| abbreviation(&mut ahead)),
        _ => None,
    };
    match zone {
        Some(zone) if bracket == 0 || ahead.eat(bracket) => {
            *scan = ahead;
            comment(scan);
            zone
        }
        _ => Zone::Unstated,
    }
}

/// `+0900` or `+09:00` at a place of a text, and where it ends. No other form.
#[inline]
pub(super) fn numeric_offset(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let digits = text.get(at..)?;
    let (hours, minutes, length) = match *digits {
        [_, a, b, b':', c, d, ..] => (two(a, b)?, two(c, d)?, 6),
        [_, a, b, c, d, ..] => (two(a, b)?, two(c, d)?, 5),
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Some((if digits[0] == b'-' { -seconds } else { seconds }, at + length))
}

/// `+09:00`, `+0900`, `+09:00:00`; and `+09` where the sign follows the time at once.
fn offset(scan: &mut Scan<'_>, at_once: bool) -> Option<i32> {
    let mut ahead = *scan;
    let sign = if ahead.peek() == b'-' { -1 } else { 1 };
    ahead.at += 1;
    let (number, digits) = ahead.number(4)?;
    let (hours, minutes, seconds) = match digits {
        4 => (number / 100, number % 100, 0),
        2 if ahead.peek() == b':' && ahead.peek_at(1).is_ascii_digit() => {
            let (minutes, seconds) = sexagesimal(&mut ahead)?;
            (number, minutes, seconds)
        }
        2 if at_once => (number, 0, 0),
        _ => return None,
    };
    let fits = hours <= 18 && minutes <= 59 && !ahead.peek().is_ascii_alphanumeric();
    if !fits {
        return None;
    }
    *scan = ahead;
    i32::try_from(sign * (hours * 3_600 + minutes * 60 + seconds)).ok()
}

/// `:30` or `:30:15`.
fn sexagesimal(scan: &mut Scan<'_>) -> Option<(i64, i64)> {
    scan.at += 1;
    let minutes = scan.fixed(2)?;
    let mut seconds = 0;
    if scan.peek() == b':' && scan.peek_at(1).is_ascii_digit() && scan.peek_at(2).is_ascii_digit() {
        scan.at += 1;
        seconds = scan.fixed(2)?;
    }
    (seconds <= 59).then_some((minutes, seconds))
}

/// `UTC`, `JST`, `GMT+9`, `UTC+09:00`. An ambiguous abbreviation is passed over.
fn abbreviation(scan: &mut Scan<'_>) -> Option<Zone<'static>> {
    let mut ahead = *scan;
    let word = ahead.word();
    if word.len() > 5 || ahead.at_digit() || ahead.peek() == b'_' {
        return None;
    }
    let known = ABBREVIATIONS.iter().find(|(name, _)| are_same(name.as_bytes(), word));
    let zone = match known {
        Some((_, minutes)) => Zone::Stated(minutes * 60),
        None if AMBIGUOUS.iter().any(|name| are_same(name.as_bytes(), word)) => Zone::Unstated,
        None => return None,
    };
    *scan = ahead;
    if matches!(word, b"UTC" | b"GMT") && matches!(scan.peek(), b'+' | b'-') {
        return Some(Zone::Stated(hours(scan).unwrap_or(0)));
    }
    Some(zone)
}

/// What may follow `GMT`: an offset, or hours of one or two digits.
fn hours(scan: &mut Scan<'_>) -> Option<i32> {
    if let Some(offset) = offset(scan, true) {
        return Some(offset);
    }
    let mut ahead = *scan;
    let sign = if ahead.peek() == b'-' { -1 } else { 1 };
    ahead.at += 1;
    let (number, digits) = ahead.number(2)?;
    let minutes = match ahead.peek() {
        b':' if digits == 1 => sexagesimal(&mut ahead)?.0,
        _ => 0,
    };
    if number > 18 || minutes > 59 || ahead.peek().is_ascii_alphanumeric() {
        return None;
    }
    *scan = ahead;
    i32::try_from(sign * (number * 3_600 + minutes * 60)).ok()
}

/// `Asia/Tokyo`, as PHP and Java write it.
fn place<'a>(scan: &mut Scan<'a>) -> Option<Zone<'a>> {
    let rest = scan.rest();
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'/' | b'_' | b'-' | b'+');
    let length = rest.iter().take(40).take_while(is_part).count();
    // Mostly it is no place but a word, such as a level.
    find_near(b'/', &rest[..length])?;
    let name = str::from_utf8(&rest[..length]).ok()?;
    let (area, _) = name.split_once('/')?;
    if !AREAS.contains(&area) {
        return None;
    }
    TimeZone::get(name).ok()?;
    scan.at += length;
    Some(Zone::Named(name))
}

/// What may repeat an offset that was stated: ` (JST)`, ` (Japan Standard Time)`, `[Asia/Tokyo]`.
fn comment(scan: &mut Scan<'_>) {
    let mut ahead = *scan;
    ahead.eat(b' ');
    let close = match ahead.peek() {
        b'(' => b')',
        b'[' => b']',
        _ => return,
    };
    ahead.at += 1;
    // Mostly it is no zone but the number of a process.
    if ahead.at_digit() {
        return;
    }
    let rest = ahead.rest();
    let Some(end) = rest.iter().take(48).position(|byte| *byte == close) else {
        return;
    };
    let inside = &rest[..end];
    let is_zone = ABBREVIATIONS.iter().any(|(name, _)| name.as_bytes() == inside)
        || AMBIGUOUS.iter().any(|name| name.as_bytes() == inside)
        || inside.ends_with(b" Time")
        || inside.ends_with("時".as_bytes())
        || AREAS.iter().any(|area| {
            inside.strip_prefix(area.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
        });
    if is_zone {
        scan.at = ahead.at + end + 1;
    }
}

const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Etc",
    "Europe",
    "Indian",
    "Pacific",
];

/// Abbreviations that stand for one offset, in minutes east of UTC.
const ABBREVIATIONS: [(&str, i32); 40] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("UT", 0),
    ("JST", 540),
    ("KST", 540),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("NST", -210),
    ("NDT", -150),
    ("BRT", -180),
    ("ART", -180),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("SAST", 120),
    ("WIB", 420),
    ("ICT", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("AWST", 480),
    ("ACST", 570),
    ("ACDT", 630),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
];

/// Abbreviations that stand for several offsets.
const AMBIGUOUS: [&str; 9] = ["AST", "ADT", "BST", "CST", "GST", "IST", "PKT", "SST", "WST"];
