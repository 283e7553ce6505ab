//! Tables that say where networks are and whose: as databases of countries, cities and autonomous
//! systems are handed out, as registries list what they gave out, or as somebody writes them.
//!
//! A row begins with a range: a network, `192.0.2.0/24`, or its first and last address, also as
//! whole numbers. Columns are told by the names of a first row, or else by what stands in them.

use super::csv::cells;
use super::{Broken, Out, types};
use crate::base::networks::{About, NetworkKind};
use crate::intel::refusal::Why;
use bumpalo::Bump;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Rows that must be of a table for a text to be one.
const ROWS: usize = 8;
/// Characters of an owner's name that are kept.
const OWNER: usize = 60;

/// Where what stands.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    first: usize,
    last: Option<usize>,
    country: Option<usize>,
    north: Option<usize>,
    east: Option<usize>,
    asn: Option<usize>,
    owner: Option<usize>,
    kind: Option<usize>,
}

/// Whether a text is such a table: its first row names the columns, it is a registry's, or its first
/// rows hold ranges one behind the other, which no log does.
pub(super) fn fits(text: &str) -> bool {
    let mut rows = text.lines().filter(|line| !is_skipped(line)).take(ROWS).peekable();
    let Some(first) = rows.peek() else { return false };
    let arena = Bump::new();
    let cells_of = |row| cells(row, separator(row), &arena);
    let head = cells_of(first);
    if Columns::named(&head).is_some() || is_summary(&head) {
        return true;
    }
    let mut before = None;
    let ranges = rows.map_while(|row| {
        let cells = cells_of(row);
        let (first, last, about) = read_row(None, &cells)?;
        let is_behind = before.replace(last).is_none_or(|before| before < first);
        (is_behind && says(&about) && address(cells[1]).is_some()).then_some(())
    });
    ranges.count() == ROWS
}

fn says(about: &About) -> bool {
    about.country.is_some() || about.asn.is_some()
}

fn is_skipped(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// What a registry writes of its whole list: its version, and how much of each sort there is.
fn is_summary(cells: &[&str]) -> bool {
    let is_version =
        cells.len() >= 6 && cells[0].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.'));
    let is_sum = cells.last() == Some(&"summary");
    let is_asn = cells.get(2) == Some(&"asn");
    is_registry(cells.get(1)) && is_version || is_registry(cells.first()) && (is_sum || is_asn)
}

fn is_registry(cell: Option<&&str>) -> bool {
    cell.is_some_and(|name| {
        ["apnic", "arin", "ripencc", "lacnic", "afrinic", "iana", "nro"].contains(name)
    })
}

fn separator(row: &str) -> u8 {
    [b'|', b'\t', b';'].into_iter().find(|by| row.as_bytes().contains(by)).unwrap_or(b',')
}

impl Columns {
    /// The columns of a row of names; none where no name says where ranges and what is said of them
    /// stand.
    fn named(names: &[&str]) -> Option<Self> {
        let names: Vec<String> = names.iter().map(|name| types::plain(name)).collect();
        let of = |wanted: &[&str]| {
            let place = |name: &&str| names.iter().position(|known| known == *name);
            wanted.iter().find_map(place)
        };
        let columns = Self {
            first: of(&[
                "network", "cidr", "prefix", "range", "first", "start", "start-ip", "ip-from",
            ])?,
            last: of(&["last", "end", "end-ip", "ip-to"]),
            country: of(&["country-code", "country-iso-code", "cc", "country"]),
            north: of(&["latitude", "lat"]),
            east: of(&["longitude", "lon", "lng"]),
            asn: of(&["asn", "as-number", "autonomous-system-number"]),
            owner: of(&["owner", "as-name", "organization", "organisation", "as", "isp"]),
            kind: of(&["kind", "usage-type", "usage"]),
        };
        // Feeds of bad networks say for each why it is bad.
        let is_feed = of(&["type", "attacks", "threat", "malware", "description", "confidence"]);
        (columns.country.or(columns.asn).is_some() && is_feed.is_none()).then_some(columns)
    }

    /// The columns of a row without names.
    fn guessed(cells: &[&str]) -> Self {
        let last = cells.get(1).filter(|cell| address(cell).is_some()).map(|_| 1);
        let behind = last.unwrap_or(0) + 1;
        let find = |from: usize, is: &dyn Fn(&str) -> bool| {
            let mut rest = cells.iter().enumerate().skip(from);
            rest.find(|(_, cell)| is(cell)).map(|(at, _)| at)
        };
        let country = find(behind, &|cell| code(cell).is_some());
        // A continent stands in front of the country.
        let next = country.filter(|at| cells.get(at + 1).is_some_and(|cell| code(cell).is_some()));
        let north = find(behind, &|cell| cell.contains('.') && degrees(cell).is_some());
        let asn = find(behind, &|cell| number(cell).is_some());
        Self {
            first: 0,
            last,
            country: next.map(|at| at + 1).or(country),
            north,
            east: north.map(|at| at + 1),
            asn,
            owner: asn.map(|at| at + 1),
            kind: find(behind, &|cell| kind(cell).is_some()),
        }
    }
}

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    let mut arena = Bump::new();
    let mut columns = None;
    let mut is_first = true;
    for (line, row) in (1..).zip(text.lines()) {
        if is_skipped(row) {
            continue;
        }
        arena.reset();
        let cells = cells(row, separator(row), &arena);
        if std::mem::take(&mut is_first) {
            columns = Columns::named(&cells);
            if columns.is_some() {
                continue;
            }
        }
        if is_summary(&cells) {
            continue;
        }
        match read_row(columns.as_ref(), &cells) {
            Some((first, last, about)) if about != About::default() => {
                if !out.lists.add_networks(first, last, about) {
                    return Err((line, "there are more ranges than can be held".to_owned()));
                }
            }
            // Ranges of no country are nobody's.
            Some(_) => {}
            None => out.refuse(line, row, Why::NoRange),
        }
    }
    Ok(())
}

/// A range, and what is said of it; none where the row begins with no range.
fn read_row(columns: Option<&Columns>, cells: &[&str]) -> Option<(IpAddr, IpAddr, About)> {
    if is_registry(cells.first()) {
        let (first, last) = given_out(cells.get(2)?, cells.get(3)?, cells.get(4)?)?;
        let country = code(cells.get(1)?);
        return Some((first, last, About { country, ..About::default() }));
    }
    let columns = columns.copied().unwrap_or_else(|| Columns::guessed(cells));
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().unwrap_or("");
    let start = cell(Some(columns.first));
    let (first, last) = match columns.last {
        Some(last) => (address(start)?, address(cell(Some(last)))?),
        None => network(start)?,
    };
    let owner = cell(columns.owner);
    let about = About {
        country: code(cell(columns.country)),
        at: degrees(cell(columns.north)).zip(degrees(cell(columns.east))),
        asn: number(cell(columns.asn)),
        owner: (!owner.is_empty()).then(|| owner.chars().take(OWNER).collect()),
        kind: kind(cell(columns.kind)).or_else(|| kind_of_owner(owner)),
    };
    (first <= last && first.is_ipv4() == last.is_ipv4()).then_some((first, last, about))
}

/// What a registry gave out: a first address, and how many there are or how long its prefix is.
fn given_out(version: &str, first: &str, size: &str) -> Option<(IpAddr, IpAddr)> {
    match version {
        "ipv4" => {
            let first: Ipv4Addr = first.parse().ok()?;
            let more = size.parse::<u32>().ok()?.checked_sub(1)?;
            let last = Ipv4Addr::from_bits(first.to_bits().checked_add(more)?);
            Some((first.into(), last.into()))
        }
        "ipv6" => network(&format!("{first}/{size}")),
        _ => None,
    }
}

/// An address, as text or as a whole number.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let number: u128 = text.parse().ok()?;
    let short = u32::try_from(number).ok().map(|bits| Ipv4Addr::from_bits(bits).into());
    Some(short.unwrap_or_else(|| IpAddr::from(Ipv6Addr::from_bits(number)).to_canonical()))
}

/// A network with its prefix, or a single address.
fn network(text: &str) -> Option<(IpAddr, IpAddr)> {
    let (first, prefix) = text.split_once('/').unwrap_or((text, ""));
    let first: IpAddr = first.trim().parse().ok()?;
    let most = if first.is_ipv4() { 32 } else { 128 };
    let prefix = if prefix.is_empty() { most } else { prefix.trim().parse::<u32>().ok()? };
    let free = most.checked_sub(prefix)?;
    match first {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
            let bits = address.to_bits() & !host;
            Some((Ipv4Addr::from_bits(bits).into(), Ipv4Addr::from_bits(bits | host).into()))
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(128 - free).unwrap_or(0);
            let bits = address.to_bits() & !host;
            Some((Ipv6Addr::from_bits(bits).into(), Ipv6Addr::from_bits(bits | host).into()))
        }
    }
}

/// A country's two letters; `ZZ` and `EU` are none.
fn code(text: &str) -> Option<[u8; 2]> {
    let code: [u8; 2] = text.as_bytes().try_into().ok()?;
    let is_code =
        code.iter().all(u8::is_ascii_uppercase) && !matches!(&code, b"ZZ" | b"EU" | b"AP");
    is_code.then_some(code)
}

/// Whole degrees of a decimal number, rounded down.
fn degrees(text: &str) -> Option<i16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let degrees: i16 = whole.parse().ok()?;
    let is_part = part.bytes().all(|byte| byte.is_ascii_digit());
    let below = i16::from(whole.starts_with('-') && part.bytes().any(|byte| byte != b'0'));
    (is_part && (-180..=180).contains(&degrees)).then_some(degrees - below)
}

/// The number of an autonomous system, with or without its letters.
fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("AS").unwrap_or(text);
    digits.parse().ok().filter(|number| *number > 0)
}

fn kind(text: &str) -> Option<NetworkKind> {
    match text.to_ascii_lowercase().as_str() {
        "hosting" | "dch" | "datacenter" | "data center" | "cloud" => Some(NetworkKind::Hosting),
        "vpn" | "proxy" | "tor" | "relay" | "anonymous" => Some(NetworkKind::Relay),
        "mobile" | "mob" | "isp/mob" | "cellular" => Some(NetworkKind::Mobile),
        _ => None,
    }
}

/// What an owner's name says that it is.
fn kind_of_owner(owner: &str) -> Option<NetworkKind> {
    let lower = owner.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["vpn", "tor exit", "proxy"]) {
        Some(NetworkKind::Relay)
    } else if has(&["hosting", "datacenter", "data center", "colocation", "vps", "cloud"]) {
        Some(NetworkKind::Hosting)
    } else {
        has(&["mobile", "cellular", "wireless"]).then_some(NetworkKind::Mobile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str) -> Vec<(String, String, About)> {
        let mut columns = None;
        let arena = Bump::new();
        let rows = text.lines().filter_map(|row| {
            let cells = cells(row, separator(row), &arena);
            if let Some(named) = Columns::named(&cells) {
                columns = Some(named);
                return None;
            }
            let (first, last, about) = read_row(columns.as_ref(), &cells)?;
            Some((first.to_string(), last.to_string(), about))
        });
        rows.collect()
    }

    #[test]
    fn tables_are_read_as_they_are_handed_out() {
        for (text, country, asn, at) in [
            ("198.51.100.0,198.51.100.255,JP", Some("JP"), None, None),
            (
                "198.51.100.0,198.51.100.255,AS,JP,Tokyo,Chiyoda,35.6895,139.692",
                Some("JP"),
                None,
                Some((35, 139)),
            ),
            ("198.51.100.0,198.51.100.255,64500,Example Net", None, Some(64_500), None),
            ("\"3325256704\",\"3325256959\",\"JP\",\"Japan\"", Some("JP"), None, None),
            ("apnic|JP|ipv4|198.51.100.0|256|20110412|allocated", Some("JP"), None, None),
            (
                "network,country,country_code,asn,as_name\n198.51.100.0/24,Japan,JP,AS64500,Example",
                Some("JP"),
                Some(64_500),
                None,
            ),
        ] {
            let [(first, last, about)] = &about(text)[..] else { panic!("{text}") };
            assert_eq!(
                (first.as_str(), last.as_str()),
                ("198.51.100.0", "198.51.100.255"),
                "{text}"
            );
            assert_eq!((about.country(), about.asn, about.at), (country, asn, at), "{text}");
        }
        let rows = |step: u8| -> String {
            (0..9).map(|n| format!("198.51.{}.0,198.51.{}.255,JP\n", n * step, n * step)).collect()
        };
        assert!(fits(&rows(1)) && !fits(&rows(0)));
        assert!(fits("network,country_code\n198.51.100.0/24,JP"));
        assert!(fits("2|apnic|20260101|9|19830613|20260101|+1000\napnic|*|asn|*|9|summary"));
        for text in [
            "network,country,description\n",
            "203.0.113.5,malware,high",
            "time,client,status",
            "2021-05-06,203.0.113.5,JP",
            "value,type\n1.2.3.4,ip",
        ] {
            assert!(!fits(text), "{text}");
        }
    }

    #[test]
    fn a_network_s_ends_are_those_of_its_prefix() {
        let ends = |text: &str| network(text).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(ends("192.0.2.9/23").as_deref(), Some("192.0.2.0 192.0.3.255"));
        assert_eq!(ends("0.0.0.0/0").as_deref(), Some("0.0.0.0 255.255.255.255"));
        assert_eq!(ends("2001:db8::/127").as_deref(), Some("2001:db8:: 2001:db8::1"));
        assert_eq!(ends("192.0.2.9").as_deref(), Some("192.0.2.9 192.0.2.9"));
        assert_eq!(ends("192.0.2.0/33"), None);
        assert_eq!(
            (degrees("-0.5"), degrees("35"), degrees("-75.0"), degrees("x")),
            (Some(-1), Some(35), Some(-75), None)
        );
    }
}
