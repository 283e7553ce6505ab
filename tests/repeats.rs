//! Records that are there more than once are counted once: whole files, logs that overlap, events
//! that an export lists again. What only looks alike is counted as often as it stands there.
//!
//! The seed is printed; `SEKISHO_SEED=number` runs it again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;
#[path = "common/pack.rs"]
#[allow(dead_code, reason = "every test program uses a part of this")]
mod pack;

use common::{Line, Opened, Options, START, check_with_rows, gzip, json, line, log, seed, shuffle};
use sekisho::report::{Report, StreamReport};
use sekisho::shard::Cuts;
use sekisho::train::Random;
use std::collections::BTreeMap;

type Files<'f> = [(&'f str, &'f [u8])];

/// The report, which is the same however the files are cut and ordered, accounts for every byte,
/// and opens every count into its rows.
fn checked(files: &Files<'_>) -> (Report, Vec<Opened>) {
    let (report, rows) = check_with_rows(files, &Options::default());
    let (seed, mut random) = (seed(), Random::new(seed()));
    for (mean, scanners) in [(700, 2), (9_000, 5)] {
        let mut given = files.to_vec();
        shuffle(&mut given, &mut random);
        let cuts = Cuts::Drawn { mean, seed: random.next() };
        let shuffle = Some(random.next());
        let options = Options { cuts, scanners, shuffle, encoded: true, ..Options::default() };
        let (cut, cut_rows) = check_with_rows(&given, &options);
        assert!(json(&cut) == json(&report), "SEKISHO_SEED={seed} {options:?}");
        assert_eq!(cut_rows, rows, "SEKISHO_SEED={seed} {options:?}");
    }
    for stream in streams(&report) {
        let bytes = stream.bytes;
        let sum = bytes.parsed + bytes.blank + bytes.unparsed + bytes.repeated + bytes.unread;
        assert_eq!(sum, stream.size);
        let told: u64 = stream.repeats.iter().map(|repeats| repeats.records).sum();
        assert_eq!(told, stream.repeated);
    }
    let mut counts = BTreeMap::<&str, u64>::new();
    rows.iter().for_each(|row| *counts.entry(&row.finding).or_default() += 1);
    for finding in &report.findings {
        assert_eq!(counts.get(finding.id.as_str()).copied().unwrap_or(0), finding.count);
    }
    (report, rows)
}

fn streams(report: &Report) -> impl Iterator<Item = &StreamReport> {
    report.sources.iter().flat_map(|source| &source.streams)
}

/// What was counted: records, repeated ones, and by detection how many records findings rest on.
fn counted(report: &Report) -> (u64, u64, BTreeMap<&str, u64>) {
    let mut found = BTreeMap::new();
    for finding in &report.findings {
        *found.entry(finding.detector.as_str()).or_default() += finding.count;
    }
    (report.coverage.records, report.coverage.repeated, found)
}

/// Requests of an hour, with attacks at every tenth, and some asked twice within a second.
fn requests() -> Vec<Line> {
    let of = |n: i64| {
        let client = format!("198.51.100.{}", n % 7);
        let attack = format!("/search.php?q=1'%20union%20select%20{n},version()--%20-");
        match n % 10 {
            3 => line("203.0.113.5", START + n * 9, &attack).bytes(900 + n),
            4 | 5 => line("198.51.100.9", START + n / 10 * 90, "/status").bytes(12),
            _ => line(&client, START + n * 9, &format!("/p/{n}")).bytes(5_000 + n),
        }
    };
    (0..400).map(of).collect()
}

#[test]
fn a_file_that_is_given_twice_is_counted_once() {
    let text = log(&requests());
    let (once, _) = checked(&[("access.log", &text)]);
    let (records, _, found) = counted(&once);
    assert!(records == 400 && found["B1"] == 40);
    let packed = gzip(&text);
    let tar = pack::tar_gz(&[("var/access.log", &text), ("var/other.log", b"nothing of it\n")]);
    for (name, bytes) in [("copy.log", &text), ("copy.gz", &packed), ("case.tgz", &tar)] {
        let (report, _) = checked(&[("access.log", &text), (name, bytes)]);
        let other = u64::from(name == "case.tgz");
        assert_eq!(counted(&report), (400 + other, 400, found.clone()), "{name}");
        let copy = &report.sources[1].streams[0];
        assert_eq!((copy.records, copy.repeated, copy.repeats[0].of), (0, 400, 0), "{name}");
        assert_eq!(copy.format.as_deref(), Some("apache_combined"));
        assert!(report.sources.iter().all(|source| source.problems.is_empty() || other > 0));
    }
}

#[test]
fn what_is_no_log_is_known_again_by_its_digest() {
    let noise: Vec<u8> = (0..4_000u32).map(|n| (n * n / 7) as u8).collect();
    let (report, _) = checked(&[("a.bin", &noise), ("b.bin", &noise)]);
    let of = |at: usize| report.sources[at].streams[0].clone();
    assert_eq!(of(1).repeated, of(0).records);
    assert_eq!((of(1).records, of(1).unparsed), (0, 0));
}

#[test]
fn rotated_files_that_overlap_are_one_log() {
    let lines = requests();
    let (whole, _) = checked(&[("access.log", &log(&lines))]);
    let (_, _, found) = counted(&whole);
    let (older, newer) = (log(&lines[..260]), log(&lines[213..]));
    let mut unfinished = log(&lines[..260]);
    unfinished.truncate(older.len() - 30);
    let (packed_older, packed_newer) = (gzip(&older), gzip(&newer));
    let case = pack::zip(&[("access.log.1", &older), ("access.log", &newer)]);
    let pairs: [&Files<'_>; 5] = [
        &[("access.log.1", &older), ("access.log", &newer)],
        &[("a.log", &older), ("b.log", &newer)],
        &[("access.log.2.gz", &packed_older), ("access.log.1", &newer)],
        &[("access.log.2.gz", &packed_older), ("access.log.1.gz", &packed_newer)],
        &[("case.zip", &case)],
    ];
    for files in pairs {
        let (report, _) = checked(files);
        assert_eq!(counted(&report), (400, 47, found.clone()), "{}", files[0].0);
    }
    // The line that was cut off when the older file was copied stands whole in the newer one.
    for names in [("a.log", "b.log"), ("b.log", "a.log")] {
        let (report, _) = checked(&[(names.0, &unfinished), (names.1, &newer)]);
        assert_eq!(counted(&report), (400, 47, found.clone()));
    }
}

#[test]
fn a_log_that_was_copied_while_it_grew_is_counted_once() {
    let lines = requests();
    let (early, late) = (log(&lines[..150]), log(&lines));
    let part = log(&lines[90..160]);
    let files: &Files<'_> = &[("monday/a.log", &early), ("tuesday/a.log", &late), ("x.log", &part)];
    let (report, _) = checked(files);
    assert_eq!((report.coverage.records, report.coverage.repeated), (400, 220));
}

#[test]
fn headers_and_other_encodings_do_not_hide_an_overlap() {
    let rows: Vec<String> = (0..90)
        .map(|n| {
            let (at, user) =
                (sekisho::base::rfc3339(START + n * 30), ["佐藤", "鈴木"][n as usize % 2]);
            format!("{at},{user},203.0.113.{n},export,\"第{n}版,\n改\"\n")
        })
        .collect();
    let of = |rows: &[String]| format!("time,user,ip,action,note\n{}", rows.concat());
    let (older, newer) = (of(&rows[..60]), of(&rows[41..]));
    let (report, _) = checked(&[("1.csv", older.as_bytes()), ("2.csv", newer.as_bytes())]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (90, 19));
    let sjis = |text: &str| encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    let (report, _) = checked(&[("1.csv", &sjis(&older)), ("2.csv", newer.as_bytes())]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (90, 19));
}

/// Rows of a Microsoft 365 export, each with its number in the export, which no two share.
fn export(events: impl Iterator<Item = usize>) -> Vec<u8> {
    let head = "RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,Identity\n";
    let row = |(index, n): (usize, usize)| {
        let at = sekisho::base::rfc3339(START + n as i64 * 20);
        let at = at.trim_end_matches('Z');
        let id = format!("8f1c0a52-0000-4000-8000-{n:012}");
        format!(
            "SharePointFileOperation,{at},sato@example.jp,FileDownloaded,\"{{\"\"CreationTime\"\":\"\"{at}\"\",\"\"Id\"\":\"\"{id}\"\",\"\"Operation\"\":\"\"FileDownloaded\"\",\"\"Workload\"\":\"\"OneDrive\"\",\"\"ClientIP\"\":\"\"203.0.113.7:50022\"\",\"\"UserId\"\":\"\"sato@example.jp\"\",\"\"SourceFileName\"\":\"\"plan.pdf\"\"}}\",{index},{id}\n"
        )
    };
    events.enumerate().map(row).fold(head.to_owned(), |text, row| text + &row).into_bytes()
}

#[test]
fn an_export_that_lists_events_again_counts_them_once() {
    let once = export(0..300);
    let paged = export((0..300).chain((0..300).step_by(2)));
    let side_by_side = export((0..300).flat_map(|n| [n, n]));
    for (text, repeated) in [(once, 0), (paged, 150), (side_by_side, 300)] {
        let (report, _) = checked(&[("audit.csv", &text)]);
        assert_eq!((report.coverage.records, report.coverage.repeated), (300, repeated));
        let stream = &report.sources[0].streams[0];
        assert_eq!(stream.format.as_deref(), Some("m365_ual_csv"));
        assert!(stream.repeats.iter().all(|repeats| repeats.of == stream.id));
    }
    let (april, may) = (export(0..200), export(150..300));
    let (report, _) = checked(&[("april.csv", &april), ("may.csv", &may)]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (300, 50));
    let shares: Vec<u64> = streams(&report).map(|stream| stream.repeated).collect();
    assert_eq!(shares, [0, 50]);
}

#[test]
fn an_identity_that_other_fields_contradict_is_none() {
    let event = |n: usize, what: &str| {
        let at = sekisho::base::rfc3339(START + n as i64);
        format!(
            "{{\"eventVersion\":\"1.08\",\"userIdentity\":{{\"type\":\"IAMUser\",\"userName\":\"sato\"}},\"eventTime\":\"{at}\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"{what}\",\"awsRegion\":\"ap-northeast-1\",\"sourceIPAddress\":\"203.0.113.7\",\"eventID\":\"8f1c0a52\"}}\n"
        )
    };
    let text: String = (0..40).map(|n| event(n / 2, ["GetObject", "PutObject"][n % 2])).collect();
    let (report, _) = checked(&[("trail.json", text.as_bytes())]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (40, 0));
    let twice = text.clone() + &text;
    let (report, _) = checked(&[("trail.json", twice.as_bytes())]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (40, 40));
}

#[test]
fn requests_that_look_alike_are_each_counted() {
    let at = |n: i64| START + n;
    let beat = |from: i64| -> Vec<Line> {
        (0..60).map(|n| line("203.0.113.5", at(from + n / 20), "/login").status(401)).collect()
    };
    let login = |ids: &str| {
        let row = |n: i64| {
            let time = sekisho::base::rfc3339(at(n / 30));
            format!(
                "{{\"time\":\"{time}\",\"remote_addr\":\"203.0.113.5\",\"request\":\"POST /login HTTP/1.1\",\"status\":401,\"body_bytes_sent\":300,\"request_id\":\"{ids}\"}}\n"
            )
        };
        (0..60).map(row).collect::<String>().into_bytes()
    };
    // In one file, be it with a request id that the client chose.
    for text in [log(&beat(0)), login("aaaa")] {
        let (report, _) = checked(&[("access.log", &text)]);
        assert_eq!((report.coverage.records, report.coverage.repeated), (60, 0));
    }
    // On both sides of a rotation within a second of a burst.
    let burst: Vec<Line> =
        (0..100).map(|_| line("203.0.113.5", at(50), "/login").status(401)).collect();
    let (older, newer) =
        ([log(&beat(0)), log(&burst)].concat(), [log(&burst), log(&beat(60))].concat());
    let (report, _) = checked(&[("access.log.1", &older), ("access.log", &newer)]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (320, 0));
    // Two servers of which one's log holds a stretch of the other's, and goes on otherwise.
    let (one, two) = (requests(), requests());
    let own: Vec<Line> =
        (0..200).map(|n| line("198.51.100.77", at(900 + n * 13), &format!("/own/{n}"))).collect();
    let mixed = [log(&two[20..60]), log(&own)].concat();
    let (report, _) = checked(&[("web1.log", &log(&one)), ("web2.log", &mixed)]);
    assert_eq!((report.coverage.records, report.coverage.repeated), (640, 0));
}
