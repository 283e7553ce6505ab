//! Broken input: each kind is named in the report with what to do about it, and a good file beside
//! it is checked all the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Given, Options, START, check, check_given, gzip, in_order, line, log, prepare};
use sekisho::engine::{Concluder, Job, JobKind, Scanner};
use sekisho::finding::State;
use sekisho::input::{ReadAt, ReadError};
use sekisho::report::Report;
use std::sync::atomic::{AtomicU64, Ordering};

/// A log with one thing to find in it.
fn good() -> Vec<u8> {
    let mut lines: Vec<_> =
        (0..200).map(|n| line("198.51.100.7", START + n, "/news").bytes(6_000 + n)).collect();
    lines.push(line("203.0.113.6", START + 300, "/.env").bytes(812));
    log(&lines)
}

fn found_what_is_in_the_good_one(report: &Report) -> bool {
    report.findings.iter().any(|finding| finding.detector == "B6")
}

/// The kinds of problem of a source.
fn kinds(report: &Report, name: &str) -> Vec<String> {
    let source = report.sources.iter().find(|source| source.name == name).unwrap();
    for problem in &source.problems {
        for text in [&problem.what, &problem.todo] {
            assert!(!text.en.is_empty() && !text.ja.is_empty(), "{}", problem.kind);
        }
    }
    source.problems.iter().map(|problem| problem.kind.clone()).collect()
}

/// Checks a broken file alone and beside a good one.
fn assert_is_named(name: &str, bytes: &[u8], kind: &str) {
    for options in [Options::default(), Options::cut(30_000, 4)] {
        let alone = check(&[(name, bytes)], &options);
        assert_eq!(kinds(&alone, name), [kind], "{name} alone");
        let good = good();
        let both = check(&[("good.log", &good), (name, bytes)], &options);
        assert_eq!(kinds(&both, name), [kind], "{name} beside a good one");
        assert_eq!(kinds(&both, "good.log"), Vec::<String>::new());
        assert!(both.is_partial() && !both.is_empty(), "{name}: exit status 3");
        assert!(found_what_is_in_the_good_one(&both), "{name}");
    }
}

fn assert_nothing_could_be_checked(name: &str, bytes: &[u8]) {
    let report = check(&[(name, bytes)], &Options::default());
    assert!(report.is_empty(), "{name}: exit status 2");
    assert!(report.findings.is_empty(), "{name}");
    let states: Vec<_> = report.questions[..2].iter().map(|a| common::word(a.state)).collect();
    assert_eq!(states, ["cannot_determine", "cannot_determine"], "{name}");
}

#[test]
fn a_gzip_that_ends_early_is_named_and_read_as_far_as_it_goes() {
    let packed = gzip(&good().repeat(20));
    for cut in [packed.len() / 2, packed.len() - 3, 12] {
        assert_is_named("a.gz", &packed[..cut], "truncated");
    }
    let report = check(&[("a.gz", &packed[..packed.len() * 3 / 4])], &Options::default());
    assert!(report.coverage.records > 100, "{}", report.coverage.records);
    assert_nothing_could_be_checked("a.gz", &packed[..12]);
}

/// What a report says first.
fn first_words(files: &[(&str, &[u8])]) -> [String; 2] {
    let summary = check(files, &Options::default()).questions[0].summary.clone();
    [summary.en.into_owned(), summary.ja.into_owned()]
}

#[test]
fn the_answer_begins_with_the_files_that_are_missing_from_it() {
    let quiet = log(&(0..40).map(|n| line("198.51.100.7", START + n, "/news")).collect::<Vec<_>>());
    let packed = gzip(&quiet.repeat(400));
    let cut = &packed[..packed.len() / 2];
    let [en, ja] = first_words(&[("a.log", &quiet), ("b.gz", cut), ("c.txt", b"Dear all,\n")]);
    let begins = "1 of 3 files could not be read to the end, 1 could hardly be understood or not at all: signs in what is missing would not show";
    assert!(en.starts_with(begins), "{en}");
    assert!(
        ja.starts_with(
            "3ファイル中1ファイルは最後まで読めず、1ファイルは大半またはすべてを解釈できず、"
        ),
        "{ja}"
    );
    let [en, _] = first_words(&[("a.log", &good()), ("b.gz", cut)]);
    assert!(en.starts_with("1 of 2 files could not be read to the end: there may be more"), "{en}");
    // What is no log ends in the middle of nothing.
    let garbage: Vec<u8> =
        (0..60_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let [en, _] = first_words(&[("a.bin", &garbage)]);
    assert!(en.starts_with("1 of 1 file could hardly be understood or not at all"), "{en}");
    let half = &quiet[..quiet.len() - 110];
    let [en, _] = first_words(&[("a.log", half)]);
    assert!(en.starts_with("1 of 1 file could not be read to the end: signs"), "{en}");
    let [en, ja] = first_words(&[("a.log", &quiet)]);
    assert!(en.starts_with("In the logs given") && ja.starts_with("提供されたログ"), "{en} {ja}");
}

#[test]
fn a_gzip_with_a_wrong_checksum_is_named_and_read() {
    let mut packed = gzip(&good());
    let at = packed.len() - 8;
    packed[at] ^= 0xff;
    assert_is_named("a.gz", &packed, "corrupt");
    let report = check(&[("a.gz", &packed)], &Options::default());
    assert_eq!(report.coverage.records, 201);
    assert!(found_what_is_in_the_good_one(&report));
}

#[test]
fn bytes_behind_a_gzip_are_named() {
    let packed = [gzip(&good()), b"and then no gzip at all, for a while".to_vec()].concat();
    assert_is_named("a.gz", &packed, "trailing_bytes");
}

#[test]
fn binary_garbage_is_named_and_every_byte_of_it_listed() {
    let mut random = sekisho::train::Random::new(11);
    let garbage: Vec<u8> =
        std::iter::once(7).chain((0..60_000).map(|_| random.next() as u8)).collect();
    assert_is_named("garbage.bin", &garbage, "no_format");
    assert_nothing_could_be_checked("garbage.bin", &garbage);
    let report = check(&[("garbage.bin", &garbage)], &Options::default());
    let bytes = report.coverage.bytes;
    assert_eq!(bytes.blank + bytes.unparsed, garbage.len() as u64);
}

#[test]
fn text_that_is_no_log_is_named() {
    let prose = "Dear all,\nplease find the minutes attached.\n";
    assert_is_named("minutes.txt", prose.as_bytes(), "no_format");
    assert_nothing_could_be_checked("minutes.txt", prose.as_bytes());
}

#[test]
fn an_empty_file_is_named() {
    assert_is_named("empty.log", b"", "empty");
    assert_nothing_could_be_checked("empty.log", b"");
    let report = check(&[("empty.log", b"")], &Options::default());
    let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(report.sources[0].sha256.as_deref(), Some(of_nothing));
}

#[test]
fn a_line_of_ten_mebibytes_is_listed_with_its_place() {
    let long = vec![b'x'; 10 << 20];
    assert_is_named("long.log", &long, "no_format");
    assert_nothing_could_be_checked("long.log", &long);
    let amid = [good(), long.clone(), b"\n".to_vec(), good()].concat();
    for options in [Options::default(), Options::cut(900_000, 5)] {
        let report = check(&[("amid.log", &amid)], &options);
        assert_eq!(report.coverage.records, 403);
        let run = &report.unparsed[0];
        assert_eq!((run.kind.as_str(), run.line, run.lines), ("too_long", 202, 1));
        assert_eq!((run.offset, run.length), (good().len() as u64, (10 << 20) + 1));
        assert!(found_what_is_in_the_good_one(&report));
    }
}

#[test]
fn other_kinds_of_file_are_recognised() {
    let of = |magic: &[u8]| [magic, &[0x55; 4_000][..]].concat();
    let kinds: &[(&str, Vec<u8>, &str)] = &[
        ("report.pdf", of(b"%PDF-1.7"), "PDF"),
        ("logs.rar", of(b"Rar!\x1a\x07"), "RAR"),
        ("access.log.Z", of(b"\x1f\x9d"), "compress"),
        ("history.db", of(b"SQLite format 3\0"), "SQLite"),
        ("log.access.vc0", [&b"\x05\0\0\0\x01"[..], &[0; 9_000], b"text"].concat(), "Pulse"),
    ];
    for (name, bytes, kind) in kinds {
        assert_is_named(name, bytes, "container_not_read");
        assert_nothing_could_be_checked(name, bytes);
        let report = check(&[(*name, bytes)], &Options::default());
        let problem = &report.sources[0].problems[0];
        assert!(problem.what.en.contains(kind) && problem.what.ja.contains(kind), "{name}");
        assert_eq!(report.coverage.bytes.unread, bytes.len() as u64, "{name}");
    }
}

#[test]
fn what_only_a_name_tells_is_said_as_what_to_do() {
    let noise: Vec<u8> = (0..4_000u32).map(|n| (n * n / 7) as u8).collect();
    for (name, says) in [("access.log.br", true), ("access.bin", false)] {
        let report = check(&[(name, &noise)], &Options::default());
        let problem = report.sources[0].problems.iter().find(|problem| problem.kind == "no_format");
        assert_eq!(problem.unwrap().todo.en.contains("Brotli"), says, "{name}");
    }
}

#[test]
fn what_of_a_packed_log_was_not_unpacked_is_unread() {
    let text = good();
    let mut packed = gzip(&text);
    packed.extend_from_slice(&[0x55; 700]);
    let report = check(&[("access.log.gz", &packed)], &Options::default());
    let stream = &report.sources[0].streams[0];
    assert_eq!((stream.bytes.unread, stream.size), (700, text.len() as u64 + 700));
}

#[test]
fn packed_files_that_are_broken_from_the_start_are_named() {
    let of = |magic: &[u8]| [magic, &[0x55; 4_000][..]].concat();
    for (name, magic) in [
        ("logs.zip", &b"PK\x03\x04"[..]),
        ("logs.7z", b"7z\xbc\xaf\x27\x1c"),
        ("access.log.xz", b"\xfd7zXZ\0"),
        ("access.log.zst", b"\x28\xb5\x2f\xfd"),
        ("access.log.bz2", b"BZh91AY&SY"),
    ] {
        let report = check(&[(name, &of(magic))], &Options::default());
        assert!(!report.sources[0].problems.is_empty(), "{name}");
        assert_nothing_could_be_checked(name, &of(magic));
    }
}

/// A source that changes after so many reads.
struct Changing<F> {
    bytes: Vec<u8>,
    reads: AtomicU64,
    after: u64,
    then: F,
}

impl<F: Fn(&[u8], u64, &mut [u8]) -> Result<usize, ReadError>> ReadAt for Changing<F> {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        match self.reads.fetch_add(1, Ordering::Relaxed) < self.after {
            true => self.bytes.read_at(offset, into),
            false => (self.then)(&self.bytes, offset, into),
        }
    }
}

fn gone(_: &[u8], offset: u64, _: &mut [u8]) -> Result<usize, ReadError> {
    Err(ReadError { offset, what: "the file is gone".to_owned() })
}

fn shorter(bytes: &[u8], offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
    bytes[..bytes.len() / 2].read_at(offset, into)
}

/// Checks a source that changes after `after` reads, beside a good one.
fn check_changing(
    name: &str,
    bytes: Vec<u8>,
    after: u64,
    then: impl Fn(&[u8], u64, &mut [u8]) -> Result<usize, ReadError>,
) -> Report {
    let (size, good) = (bytes.len() as u64, good());
    let changing = Changing { bytes, reads: AtomicU64::new(0), after, then };
    let given = [
        Given { name, size, source: &changing },
        Given { name: "good.log", size: good.len() as u64, source: &good },
    ];
    check_given(&given, &Options { scanners: 2, ..Options::default() }).0
}

#[test]
fn a_file_that_is_deleted_while_it_is_read_is_named() {
    for (name, bytes) in [("a.log", good().repeat(40)), ("a.gz", gzip(&good()))] {
        for after in 0..3 {
            let report = check_changing(name, bytes.clone(), after, gone);
            let kinds = kinds(&report, name);
            assert!(
                !kinds.is_empty() && kinds.iter().all(|kind| kind == "unreadable"),
                "{kinds:?}"
            );
            assert!(
                report.is_partial() && found_what_is_in_the_good_one(&report),
                "{name} {after}"
            );
            let source = report.sources.iter().find(|source| source.name == name).unwrap();
            let said = &source.problems[0].what;
            assert!(said.en.contains("the file is gone") && said.ja.contains("the file is gone"));
        }
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_named_and_read_as_far_as_it_goes() {
    let report = check_changing("a.log", good().repeat(40), 1, shorter);
    let kinds = kinds(&report, "a.log");
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| kind == "shrank"), "{kinds:?}");
    assert!(report.is_partial() && found_what_is_in_the_good_one(&report));
    assert!(report.sources[0].streams[0].records > 1_000);
    assert_eq!(report.sources[0].sha256, None, "no digest of bytes that were not read");
}

#[test]
fn what_cannot_be_opened_at_all_is_named() {
    // The page gives a folder as a file that fails on the first read.
    let report = check_changing("folder", vec![0; 4_096], 0, gone);
    assert_eq!(kinds(&report, "folder"), ["unreadable"]);
    assert!(report.is_partial() && found_what_is_in_the_good_one(&report));
}

#[test]
fn evidence_that_cannot_be_read_again_is_left_empty() {
    // Survey, digest and scan read it; the evidence does not. It is of another hour: the same log
    // twice would be counted once.
    let later = String::from_utf8(good()).unwrap().replace(":01:", ":02:").into_bytes();
    let report = check_changing("a.log", later, 4, gone);
    let finding = report.findings.iter().find(|finding| finding.detector == "B6").unwrap();
    assert_eq!(finding.count, 2);
    assert!(finding.evidence.iter().any(|evidence| evidence.text.is_none()));
    assert!(finding.evidence.iter().any(|evidence| evidence.text.is_some()));
}

/// The report of a check that was ended before the jobs of some places were begun.
fn ended(bytes: &Vec<u8>, is_undone: impl Fn(usize) -> bool) -> Report {
    let given = [Given { name: "access.log", size: bytes.len() as u64, source: bytes }];
    let prepared = prepare(&given, &Options::cut(30_000, 4));
    let sources = in_order(&prepared, &given);
    let mut scans: Vec<&Job> =
        prepared.plan.jobs.iter().filter(|job| job.kind == JobKind::Scan).collect();
    scans.sort_by_key(|job| job.start);
    let (mut scanner, mut undone) = (Scanner::new(&prepared), Vec::new());
    for (at, job) in scans.into_iter().enumerate() {
        match is_undone(at) {
            true => undone.push(*job),
            false => scanner.run(job, sources[0], &mut |_| ()),
        }
    }
    let mut concluder = Concluder::new(&prepared);
    concluder.add(scanner.finish());
    concluder.ended(&undone);
    concluder.conclude(&sources).report
}

#[test]
fn sign_ins_without_a_time_are_told_from_none_at_all() {
    let why = |records: &[&str]| {
        let bytes = records.join("\n").into_bytes();
        let report = check(&[("signins.jsonl", &bytes)], &Options::default());
        let of = |id: &str| report.not_evaluable.iter().find(|one| one.id == id);
        [of("A1"), of("A3")].map(|one| one.unwrap().reason.en.to_string())
    };
    let record = |time: &str, action: &str| {
        format!(
            r#"{{{time}"user": "sato", "src_ip": "203.0.113.7", "action": "{action}", "result": "ok"}}"#
        )
    };
    let timeless = record("", "login");
    let other = record(r#""ts": "2021-05-06T01:02:03Z", "#, "restart");
    assert!(why(&[&timeless, &other]).iter().all(|why| why.contains("do not say when")));
    assert!(why(&[&other]).iter().all(|why| why.contains("No record in these logs")));
}

#[test]
fn where_no_record_has_a_time_the_answer_says_so() {
    let answer = |record: &str| {
        let report = check(&[("signins.jsonl", record.as_bytes())], &Options::default());
        let answer = &report.questions[0];
        (answer.state, answer.summary.en.to_string())
    };
    let (state, said) = answer(r#"{"user": "sato", "action": "restart"}"#);
    assert_eq!(state, State::CannotDetermine);
    assert!(said.contains("states a time"), "{said}");
    let timed = r#"{"ts": "2021-05-06T01:02:03Z", "user": "sato", "action": "restart"}"#;
    let (state, said) = answer(timed);
    assert_eq!(state, State::CannotDetermine);
    assert!(!said.contains("states a time"), "{said}");
}

#[test]
fn a_check_that_is_ended_early_says_what_it_did_not_read_and_takes_it_for_no_gap() {
    // A record every ten minutes over 40 days, and something to find in the last of them.
    let steady = (0..5_760).map(|n| line("198.51.100.7", START + n * 600, "/news").bytes(6_000));
    let late = line("203.0.113.6", START + 5_760 * 600, "/.env").bytes(812);
    let bytes = log(&steady.chain([late]).collect::<Vec<_>>());
    let whole = ended(&bytes, |_| false);
    let part = ended(&bytes, |at| (9..12).contains(&at));
    let ids = |report: &Report| -> Vec<_> {
        report.findings.iter().map(|found| found.detector.clone()).collect()
    };
    assert_eq!(ids(&whole), ["B6"], "nothing is missing");
    assert_eq!(ids(&part), ["B6"], "what was not read is no gap in the log");
    let blind = |report: &Report| report.not_evaluable.iter().any(|one| one.id == "F2");
    assert!(blind(&part) && !blind(&whole));
    assert_eq!(
        (kinds(&whole, "access.log"), kinds(&part, "access.log")),
        (vec![], vec!["ended".to_owned()])
    );
    assert!(part.is_partial() && part.coverage.records < whole.coverage.records);
    let lines = |report: &Report| report.findings[0].evidence[0].line;
    assert_eq!((lines(&whole), lines(&part)), (5_761, 0), "lines before it were not counted");
    assert!(part.questions[0].summary.en.contains("could not be read to the end"));
}
