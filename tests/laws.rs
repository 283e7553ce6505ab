//! What holds for every log: cuts, scanners, the order of files and of merging change nothing;
//! packed or not, the findings are the same; every byte is accounted for; every count opens into
//! its rows; ordinary traffic raises nothing.
//!
//! The seed is printed; `SEKISHO_SEED=number` runs it again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{
    Given, Line, Opened, Options, check, check_given, check_with_rows, clf, gzip, json, line, log,
    seed, shuffle,
};
use sekisho::engine::read_list;
use sekisho::input::{ReadAt, ReadError};
use sekisho::intel::{Cost, Kind, Lists, PrivateList, SALT_BYTES};
use sekisho::report::Report;
use sekisho::shard::Cuts;
use sekisho::train::{Random, Traffic, write_traffic};
use std::collections::BTreeMap;

/// 2021-04-01 00:00 in Tokyo: where generated traffic starts.
const APRIL: i64 = 1_617_202_800;

fn traffic(seed: u64, bytes: u64, spacing_millis: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let traffic = Traffic { seed, bytes, spacing_millis, ..Traffic::default() };
    write_traffic(&traffic, &mut out).unwrap();
    out
}

/// Lines for which detections fire: payloads of several outcomes, a traversal, a configuration
/// handed out, a scanner with a find, a burst of downloads, large egress.
fn attacks() -> Vec<Line> {
    let at = APRIL + 600;
    let mut lines = Vec::new();
    for n in 0..40 {
        let page = format!("/search.php?q=chairs&page={n}");
        lines.push(line(&format!("198.51.100.{}", n % 9), at + n, &page).bytes(4_800 + n * 13));
        let union = format!("/search.php?q=-{n}'%20union%20select%20{n},version()--%20-");
        let status = if n < 20 { 403 } else { 200 };
        lines.push(line("203.0.113.5", at + n, &union).status(status).bytes(4_900));
        lines.push(line("203.0.113.6", at + n * 9, &format!("/admin-{n}/")).status(404).bytes(700));
        // At most 30 different ones: which of more are shown depends on the seed of the check.
        let plan = format!("/p/1/files/plan-{}.pdf", n % 30);
        lines.push(line("203.0.113.7", at + n, &plan).user("sato").bytes(40_000 + n));
        lines.push(line("203.0.113.8", at + n, "/p/1/export").bytes(9_000_000 + n));
    }
    let union = "/search.php?q=1'%20union%20select%20login,password%20from%20members--%20-";
    lines.push(line("203.0.113.5", at + 50, union).bytes(91_234));
    lines.push(line("203.0.113.5", at + 51, union).status(500).bytes(612));
    let passwd = "/cgi-bin/.%2e/.%2e/.%2e/etc/passwd";
    lines.push(line("203.0.113.5", at + 52, passwd).bytes(1_874));
    lines.push(line("203.0.113.5", at + 53, "/.env").bytes(812));
    lines.push(line("203.0.113.6", at + 400, "/console/").bytes(9_120));
    lines
}

/// Bytes that are no records, or hardly.
fn oddities(random: &mut Random) -> Vec<u8> {
    match random.below(9) {
        0 => b"\n\r\n\n".to_vec(),
        1 => b"# a comment\n".to_vec(),
        2 => b"kernel: out of memory\n".to_vec(),
        3 => vec![0; 300],
        4 => [vec![0; 50], b"\n".to_vec()].concat(),
        5 => (0..400).map(|_| random.next() as u8).collect(),
        6 => [vec![b'x'; 2_000_000], b"\n".to_vec()].concat(),
        7 => b"worker restarted\n".repeat(25),
        _ => (line("203.0.113.9", APRIL + 5, "/crlf").text() + "\r\n").into_bytes(),
    }
}

/// Generated traffic with attacks among it, oddities, a step back in time and a cut-off end.
fn mangled(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let ordinary = traffic(seed, 150_000, 400);
    let mut chunks: Vec<Vec<u8>> =
        ordinary.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let middle = chunks.len() / 2;
    chunks[middle..].rotate_left(30);
    for attack in attacks() {
        let at = random.below(chunks.len() as u64) as usize;
        chunks.insert(at, (attack.text() + "\n").into_bytes());
    }
    for _ in 0..12 {
        let at = random.below(chunks.len() as u64) as usize;
        chunks.insert(at, oddities(&mut random));
    }
    let mut bytes = chunks.concat();
    bytes.extend_from_slice(b"198.51.100.1 - - [01/Apr/2021:00:1");
    bytes
}

/// The same bytes as several gzip members, cut anywhere.
fn members(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut from = 0;
    while from < bytes.len() {
        let to = (from + 1 + random.below(90_000) as usize).min(bytes.len());
        packed.extend(gzip(&bytes[from..to]));
        from = to;
    }
    packed
}

struct Logs(Vec<(String, Vec<u8>)>);

impl Logs {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let rotated = [traffic(seed ^ 1, 60_000, 400), log(&attacks())].concat();
        let host = |text: String| format!("share.example.jp:443 {text}\n").into_bytes();
        let hosts = attacks().iter().map(|line| host(line.text())).collect::<Vec<_>>().concat();
        Self(vec![
            ("web1/access.log".to_owned(), mangled(seed)),
            ("web1/access.log.1.gz".to_owned(), members(&rotated, &mut random)),
            ("web2/access.log".to_owned(), hosts),
            ("web2/error.bin".to_owned(), (0..5_000).map(|_| random.next() as u8).collect()),
            ("web2/empty.log".to_owned(), Vec::new()),
        ])
    }

    fn given(&self) -> Vec<(&str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
    }
}

/// Indicators that the attacks meet: plain ones, some valid for a part of the time only, and a
/// private list.
fn lists() -> Lists {
    let mut lists = Lists::default();
    let csv = "type,value,valid_from,valid_until\nip,203.0.113.5,,\nip,203.0.113.6,2021-03-31T15:10:10Z,2021-03-31T15:12:00Z\nip,198.51.100.0/29,,\naccount,sato,2030-01-01,\nua,curl,,\nx,y,,\n";
    read_list(&mut lists, "list.csv", csv.as_bytes(), &mut |_| ());
    let values = [(Kind::Address, "203.0.113.7"), (Kind::Account, "sato")];
    let values = values.map(|(kind, text)| (kind, text.to_owned())).into();
    let cost = Cost { kib: 8, passes: 1 };
    let made = PrivateList::make(&values, [1; SALT_BYTES], cost, &mut |_| true);
    let text = made.unwrap().unwrap();
    read_list(&mut lists, "private.json", text.as_bytes(), &mut |_| ());
    lists
}

/// Where two texts begin to differ, for people.
fn difference(a: &str, b: &str) -> String {
    let at = a.bytes().zip(b.bytes()).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    let shown = |text: &str| {
        let bytes = text.as_bytes();
        String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + 100).min(bytes.len())])
            .into_owned()
    };
    format!("at byte {at}:\n  {}\n  {}", shown(a), shown(b))
}

#[test]
fn neither_cuts_nor_scanners_nor_any_order_change_a_report() {
    let seed = seed();
    let logs = Logs::new(seed);
    let swept = Options { lists: lists(), ..Options::default() };
    let (report, rows) = check_with_rows(&logs.given(), &swept);
    let whole = json(&report);
    for detector in ["I1", "I4", "I5"] {
        assert!(report.findings.iter().any(|finding| finding.detector == detector), "{detector}");
    }
    assert!(report.findings.len() >= 8, "too little is found for this to say anything");
    let mut random = Random::new(seed);
    for (round, mean) in [40_000, 3_000, 200_000, 11_000, 700].into_iter().enumerate() {
        for scanners in [1, 2, 7] {
            let mut given = logs.given();
            shuffle(&mut given, &mut random);
            let options = Options {
                cuts: Cuts::Drawn { mean, seed: random.next() },
                scanners,
                shuffle: Some(random.next()),
                encoded: round % 2 == 0,
                ..swept.clone()
            };
            let (cut, cut_rows) = check_with_rows(&given, &options);
            let cut = json(&cut);
            assert!(cut == whole, "SEKISHO_SEED={seed} {options:?}\n{}", difference(&cut, &whole));
            assert_eq!(cut_rows, rows, "SEKISHO_SEED={seed} {options:?}");
        }
    }
}

/// Findings as they stand in the report's JSON.
fn findings(report: &Report) -> String {
    serde_json::to_string(&report.findings).unwrap()
}

#[test]
fn packed_or_not_a_log_gives_the_same_findings_and_rows() {
    let seed = seed();
    let plain = mangled(seed);
    let of = |bytes: &[u8]| check_with_rows(&[("access.log", bytes)], &Options::default());
    let (report, rows) = of(&plain);
    for packed in [gzip(&plain), members(&plain, &mut Random::new(seed))] {
        let (again, again_rows) = of(&packed);
        assert_eq!(again.sources[0].streams[0].container, "gzip");
        let (found, before) = (findings(&again), findings(&report));
        assert!(found == before, "SEKISHO_SEED={seed} {}", difference(&found, &before));
        assert!(again.unparsed == report.unparsed, "SEKISHO_SEED={seed}");
        assert_eq!(again_rows.len(), rows.len(), "SEKISHO_SEED={seed}");
        assert!(again_rows == rows, "SEKISHO_SEED={seed}");
    }
}

fn assert_every_byte_is_accounted_for(report: &Report) {
    let mut total = 0;
    for source in &report.sources {
        for stream in &source.streams {
            let bytes = stream.bytes;
            let sum = bytes.parsed + bytes.blank + bytes.unparsed + bytes.repeated + bytes.unread;
            assert_eq!(sum, stream.size, "{}", source.name);
            // Bytes of a log that is encoded otherwise count as decoded; so garbage may be taken.
            if stream.container == "plain" && stream.encoding == "utf-8" {
                assert_eq!(stream.size, source.size, "{}", source.name);
            }
            total += stream.size;
        }
    }
    let bytes = report.coverage.bytes;
    assert_eq!(bytes.parsed + bytes.blank + bytes.unparsed + bytes.repeated + bytes.unread, total);
    let listed: u64 = report.unparsed.iter().map(|run| run.length).sum();
    assert_eq!(listed, bytes.unparsed, "every byte that was not understood is listed");
}

#[test]
fn every_byte_of_every_stream_is_accounted_for() {
    let seed = seed();
    for round in 0..4 {
        let logs = Logs::new(seed.wrapping_add(round));
        assert_every_byte_is_accounted_for(&check(&logs.given(), &Options::cut(5_000, seed)));
    }
}

/// A file that became shorter after it was given.
struct Shorter(Vec<u8>);

impl ReadAt for Shorter {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        self.0.read_at(offset, into)
    }
}

#[test]
fn bytes_that_are_gone_are_accounted_for_as_unread() {
    let bytes = mangled(7);
    let kept = bytes.len() - bytes.len() / 4;
    let source = Shorter(bytes[..kept].to_vec());
    for options in [Options::default(), Options::cut(9_000, 3)] {
        let given = [Given { name: "access.log", size: bytes.len() as u64, source: &source }];
        let report = check_given(&given, &options).0;
        assert_every_byte_is_accounted_for(&report);
        assert!(report.coverage.bytes.unread >= (bytes.len() - kept) as u64);
    }
}

fn assert_every_count_opens(report: &Report, rows: &[Opened]) {
    let mut counts = BTreeMap::<&str, u64>::new();
    for row in rows {
        *counts.entry(&row.finding).or_default() += 1;
    }
    for finding in &report.findings {
        let opened = counts.get(finding.id.as_str()).copied().unwrap_or(0);
        assert_eq!(opened, finding.count, "{}: {}", finding.id, finding.title.en);
    }
}

#[test]
fn every_count_opens_into_as_many_rows() {
    let seed = seed();
    for round in 0..3 {
        let logs = Logs::new(seed.wrapping_add(round));
        let options = Options { lists: lists(), ..Options::cut(20_000, seed) };
        let (report, rows) = check_with_rows(&logs.given(), &options);
        let mut once = rows.clone();
        once.dedup_by_key(|row| (row.finding.clone(), row.place));
        assert_eq!(once.len(), rows.len(), "a row is listed twice");
        assert_every_count_opens(&report, &rows);
    }
}

#[test]
fn steps_back_that_follow_one_another_open_into_their_rows() {
    let at = |hour: i64, n: i64| APRIL + 90_000 - hour * 3_600 + n;
    let stairs =
        (0..5).flat_map(|hour| (0..2).map(move |n| line("198.51.100.1", at(hour * 2 + n, 0), "/")));
    let level = (0..30).map(|n| line("198.51.100.1", at(12, n), "/"));
    let early = std::iter::once(line("198.51.100.1", APRIL, "/"));
    let lines: Vec<Line> = early.chain(stairs).chain(level).collect();
    let (report, rows) = check_with_rows(&[("access.log", &log(&lines))], &Options::default());
    assert!(report.findings.iter().any(|finding| finding.detector == "F4"));
    assert_every_count_opens(&report, &rows);
}

/// One client in files whose clocks are in different zones: its day in one file overlaps the next
/// day of another.
#[test]
fn days_of_different_zones_open_into_their_rows() {
    let record = |at: i64, zone: i8| {
        let time = clf(at, zone);
        format!(
            "203.0.113.8 - - [{time}] \"GET /p/1/export HTTP/1.1\" 200 9000000 \"-\" \"curl\"\n"
        )
    };
    let of = |zone: i8, from: i64| -> Vec<u8> {
        (0..60).map(|n| record(from + n * 600, zone)).collect::<String>().into_bytes()
    };
    let (tokyo, utc) = (of(9, APRIL), of(0, APRIL + 300));
    let given = [("tokyo.log", tokyo.as_slice()), ("utc.log", utc.as_slice())];
    let (report, rows) = check_with_rows(&given, &Options::default());
    assert!(report.findings.iter().any(|finding| finding.detector == "D5"));
    assert_every_count_opens(&report, &rows);
}

#[test]
fn damage_deep_inside_a_packed_file_opens_into_its_rows() {
    let mut text = traffic(3, 400_000, 400);
    text.extend_from_slice(b"\0\0\0\0\0\0\n");
    text.extend(traffic(4, 20_000, 400));
    let (report, rows) = check_with_rows(&[("access.log.gz", &gzip(&text))], &Options::default());
    assert!(report.findings.iter().any(|finding| finding.detector == "F5"));
    assert_every_count_opens(&report, &rows);
}

#[test]
fn ordinary_traffic_raises_no_finding() {
    let seed = seed();
    for (seed, bytes, spacing) in
        [(1, 2 << 20, 400), (2, 1 << 20, 3_000), (seed, 1 << 20, 400), (seed ^ 9, 3 << 20, 60_000)]
    {
        let report = check(&[("access.log", &traffic(seed, bytes, spacing))], &Options::default());
        let titles: Vec<_> = report.findings.iter().map(|finding| &finding.title.en).collect();
        assert!(titles.is_empty(), "SEKISHO_SEED={seed}, {spacing} ms: {titles:?}");
        assert!(!report.has_evidence() && !report.is_partial());
        assert_eq!(report.coverage.unparsed, 0);
    }
}
