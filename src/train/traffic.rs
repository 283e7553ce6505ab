//! The ordinary traffic of an information-sharing platform, as an access log in combined format:
//! people reading pages and documents in office hours, crawlers, monitors, broken links.
//! Nobody attacks.

use super::Random;
use crate::base::rfc3339;
use std::io::{self, Write};

/// How much traffic.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    /// What everything follows from.
    pub seed: u64,
    /// Bytes to be written; the last line may reach over.
    pub bytes: u64,
    /// First second, UTC.
    pub start: i64,
    /// Seconds between two requests on average at noon of a workday.
    pub spacing_millis: u64,
    /// Client addresses.
    pub clients: u64,
    /// Documents that are asked for.
    pub documents: u64,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            seed: 1,
            bytes: 1 << 20,
            start: 1_617_202_800, // 2021-04-01 00:00 in Tokyo
            spacing_millis: 400,
            clients: 5_000,
            documents: 40_000,
        }
    }
}

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.93 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.212 Safari/537.36 Edg/90.0.818.62",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:88.0) Gecko/20100101 Firefox/88.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 14_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.com/about)",
    "monitor/3.2",
];

const STATIC: &[&str] = &[
    "/assets/app.4f2c1d.css",
    "/assets/app.91ab03.js",
    "/assets/vendor.77c2e9.js",
    "/assets/logo.svg",
    "/assets/icons.woff2",
    "/favicon.ico",
];

const QUERIES: &[&str] = &[
    "page=2&sort=updated",
    "q=%E6%A7%8B%E6%88%90%E5%9B%B3&limit=20",
    "q=meeting+minutes+2021&order=desc",
    "from=2021-04-01&to=2021-04-30&view=list",
    "tab=members&page=3",
    "rev=12&diff=11",
];

/// Writes the log. Returns how many lines it has.
pub fn write_traffic(traffic: &Traffic, out: &mut dyn Write) -> io::Result<u64> {
    let mut random = Random::new(traffic.seed);
    let mut clock = traffic.start * 1_000;
    let (mut written, mut lines) = (0, 0);
    let mut line = Vec::with_capacity(512);
    while written < traffic.bytes {
        clock += pause(clock / 1_000, traffic.spacing_millis, &mut random);
        line.clear();
        request(traffic, clock / 1_000, &mut random, &mut line)?;
        out.write_all(&line)?;
        written += line.len() as u64;
        lines += 1;
    }
    Ok(lines)
}

/// Milliseconds to the next request: short in office hours, long at night and at weekends.
fn pause(at: i64, spacing: u64, random: &mut Random) -> i64 {
    let local = at + 9 * 3_600;
    let (hour, day) =
        (local.rem_euclid(86_400) / 3_600, (local.div_euclid(86_400) + 4).rem_euclid(7));
    let slower = match (hour, day) {
        (_, 0 | 6) => 6,
        (9..=17, _) => 1,
        (7..=21, _) => 3,
        _ => 10,
    };
    (1 + random.below(2 * spacing * slower)) as i64
}

/// One line.
fn request(traffic: &Traffic, at: i64, random: &mut Random, out: &mut Vec<u8>) -> io::Result<()> {
    let client = random.mostly_small(traffic.clients);
    let agent = usize::try_from(client % AGENTS.len() as u64).unwrap_or(0);
    address(client, out)?;
    match random.one_in(3) {
        true => write!(out, " - user{:04} ", client % 4_000)?,
        false => out.extend_from_slice(b" - - "),
    }
    clf_time(at, out)?;
    out.extend_from_slice(b" \"GET ");
    let (status, bytes) = target(traffic, random, out)?;
    write!(out, " HTTP/1.1\" {status} {bytes} \"")?;
    match random.below(4) {
        0 => out.push(b'-'),
        1 => write!(out, "https://share.example.jp/p/{}/list", random.mostly_small(900))?,
        _ => out.extend_from_slice(b"https://share.example.jp/"),
    }
    writeln!(out, "\" \"{}\"", AGENTS.get(agent).copied().unwrap_or("-"))
}

/// An address of the ranges for documentation and benchmarks (RFC 5737, RFC 2544, RFC 3849).
fn address(client: u64, out: &mut Vec<u8>) -> io::Result<()> {
    match client % 20 {
        0 => write!(out, "2001:db8:{:x}::{:x}", client / 256 % 65_536, client % 256),
        _ => {
            write!(out, "198.{}.{}.{}", 18 + client / 65_536 % 2, client / 256 % 256, client % 256)
        }
    }
}

fn clf_time(at: i64, out: &mut Vec<u8>) -> io::Result<()> {
    const MONTHS: &[&str; 12] =
        &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // RFC 3339 of the local time, taken apart: `2021-04-01T00:00:00Z`.
    let local = rfc3339(at + 9 * 3_600);
    let month = local.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let month = MONTHS.get(month - 1).copied().unwrap_or("Jan");
    let part = |range| local.get(range).unwrap_or("00");
    write!(out, "[{}/{month}/{}:{} +0900]", part(8..10), part(0..4), part(11..19))
}

/// What is asked for; its status and size.
fn target(traffic: &Traffic, random: &mut Random, out: &mut Vec<u8>) -> io::Result<(u16, u64)> {
    match random.below(100) {
        0..=39 => {
            let name = random.pick(STATIC).copied().unwrap_or("/");
            out.extend_from_slice(name.as_bytes());
            Ok((if random.one_in(3) { 304 } else { 200 }, 900 + name.len() as u64 * 731))
        }
        40..=69 => {
            let document = random.mostly_small(traffic.documents);
            let project = document % 900;
            write!(out, "/p/{project}/docs/{document}/view")?;
            Ok((200, 6_000 + document % 997 * 11 + random.below(60)))
        }
        70..=79 => {
            let query = random.pick(QUERIES).copied().unwrap_or("page=1");
            write!(out, "/p/{}/list?{query}", random.mostly_small(900))?;
            Ok((200, 9_000 + random.below(4_000)))
        }
        80..=82 => {
            let document = random.mostly_small(traffic.documents);
            write!(out, "/p/{}/files/report-{document}.pdf", document % 900)?;
            Ok((200, 40_000 + document % 9_973 * 37))
        }
        83 => {
            write!(out, "/p/{}/docs/{}/edit", random.below(900), random.below(traffic.documents))?;
            Ok((302, 0))
        }
        84 => {
            write!(out, "/old/page{}.html", random.below(3_000))?;
            Ok((404, 1_245))
        }
        85..=89 => {
            out.extend_from_slice(b"/healthz");
            Ok((200, 2))
        }
        _ => {
            write!(out, "/p/{}", random.mostly_small(900))?;
            Ok((200, 7_000 + random.below(300)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let of = |seed| {
            let mut out = Vec::new();
            let traffic = Traffic { seed, bytes: 50_000, ..Traffic::default() };
            let lines = write_traffic(&traffic, &mut out).unwrap();
            assert_eq!(lines as usize, out.iter().filter(|byte| **byte == b'\n').count());
            out
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
