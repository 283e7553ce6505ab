//! Logs of many formats, in whatever they are packed and however they are encoded, give the same
//! events and findings; what cannot be read is named, and the rest is read.
//!
//! The seed is printed; `SEKISHO_SEED=number` runs it again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;
#[path = "common/pack.rs"]
mod pack;

use common::{
    Given, Options, START, check, gzip, in_order, line, log, prepare, seed, shuffle, word,
};
use sekisho::base::{Time, rfc3339};
use sekisho::detect::Seen;
use sekisho::engine::{JobKind, Memory, Places, Prepared, Settings, Visitor, read_job};
use sekisho::event::{Event, Field};
use sekisho::finding::SubjectKind;
use sekisho::format::FormatIndex;
use sekisho::report::{Report, StreamReport};
use sekisho::shard::Cuts;
use sekisho::train::Random;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A log as it was written.
struct Written {
    name: &'static str,
    format: &'static str,
    records: u64,
    text: String,
}

const USERS: [&str; 4] = ["佐藤", "鈴木健一", "経理部・田中", "高橋ソフィア"];

fn user(n: usize) -> &'static str {
    USERS[n % USERS.len()]
}

/// 2021-05-06T01:00:00Z and some seconds, as ISO 8601 writes it.
fn iso(seconds: usize) -> String {
    rfc3339(START + seconds as i64)
}

/// Ordinary requests, an attack that is answered like a find, and a configuration handed out.
fn access() -> String {
    let mut lines = Vec::new();
    for n in 0..120 {
        let page = format!("/search.php?q=chairs&page={n}");
        let client = format!("198.51.100.{}", n % 9);
        let size = 4_800 + n * 13;
        lines.push(line(&client, START + n, &page).bytes(size).user(user(n as usize)));
    }
    let union = "/search.php?q=1'%20union%20select%20login,password%20from%20members--%20-";
    lines.push(line("203.0.113.5", START + 130, union).bytes(91_234));
    lines.push(line("203.0.113.5", START + 131, union).status(403).bytes(612));
    lines.push(line("203.0.113.5", START + 140, "/.env").bytes(812));
    String::from_utf8(log(&lines)).unwrap()
}

/// Sign-ins to a server, without a year; every tenth line says that the one before was repeated.
fn sshd() -> String {
    let line = |n: usize| {
        let head = format!("May  6 10:{:02}:{:02} gate sshd[{}]:", n / 60, n % 60, 4_000 + n);
        let failed = format!("Failed password for {} from 203.0.113.9 port 50022 ssh2", user(n));
        match n % 10 {
            9 => format!("{head} message repeated 3 times: [ {failed}]\n"),
            5 => format!("{head} Accepted publickey for {} from 192.0.2.7 port 2 ssh2\n", user(n)),
            _ => format!("{head} {failed}\n"),
        }
    };
    (0..100).map(line).collect()
}

/// The columns change in the middle.
fn iis() -> String {
    let mut text = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n\
        #Date: 2021-05-06 01:00:00\n\
        #Fields: date time c-ip cs-username cs-method cs-uri-stem cs-uri-query sc-status sc-bytes\n"
        .to_owned();
    for n in 0..40 {
        let who = user(n);
        let row = format!("2021-05-06 01:01:{n:02} 192.0.2.4 {who} GET /p/{n} q={n} 200 {n}00\n");
        text += &row;
    }
    text += "#Fields: date time cs-uri-stem cs-method sc-status c-ip cs-username\n";
    for n in 0..20 {
        text += &format!("2021-05-06 01:02:{n:02} /q/{n} POST 302 192.0.2.5 {}\n", user(n));
    }
    text
}

/// Some notes hold line ends, separators and quotes.
fn csv() -> String {
    let row = |n: usize| {
        let note = match n % 3 {
            0 => "\"第一行\n第二行, \"\"引用\"\"\n\n末尾\"",
            1 => "\"一つ, 二つ\"",
            _ => "なし",
        };
        format!("{},{},203.0.113.{n},export,{note}\n", iso(n), user(n))
    };
    (0..60).map(row).fold("time,user,ip,action,note\n".to_owned(), |text, row| text + &row)
}

fn ndjson() -> String {
    let row = |n: usize| {
        let (time, user) = (iso(n * 2), user(n));
        format!(
            "{{\"ts\":\"{time}\",\"user\":\"{user}\",\"client\":{{\"ip\":\"203.0.113.{n}\"}},\"action\":\"閲覧\",\"result\":\"ok\"}}\n"
        )
    };
    (0..50).map(row).collect()
}

/// One document, on several lines, without a line end behind it.
fn trail() -> String {
    let row = |n: usize| {
        let (time, user) = (iso(n * 3), user(n));
        format!(
            "{{\"eventVersion\":\"1.08\",\n \"userIdentity\":{{\"type\":\"IAMUser\",\"userName\":\"{user}\"}},\
             \"eventTime\":\"{time}\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\
             \"awsRegion\":\"ap-northeast-1\",\"sourceIPAddress\":\"203.0.113.{n}\"}}"
        )
    };
    format!("{{\"Records\":[{}]}}", (0..30).map(row).collect::<Vec<_>>().join(",\n"))
}

/// Every third record goes on for two lines more.
fn application() -> String {
    let record = |n: usize| {
        let head = format!("2021-05-06 01:03:{n:02},250 ERROR [main] Share: {}の図面", user(n));
        match n % 3 {
            0 => format!(
                "{head}\njava.io.IOException: 途中で終わりました\n\tat jp.example.Share.read(Share.java:7)\n"
            ),
            _ => format!("{head}\n"),
        }
    };
    (0..45).map(record).collect()
}

fn written() -> Vec<Written> {
    let of = |name, format, records, text| Written { name, format, records, text };
    vec![
        of("access.log", "apache_combined", 123, access()),
        of("secure", "sshd_3164", 100, sshd()),
        of("u_ex210506.log", "iis_w3c", 60, iis()),
        of("export.csv", "csv", 60, csv()),
        of("share.ndjson", "jsonl", 50, ndjson()),
        of("trail.json", "cloudtrail", 30, trail()),
        of("app.log", "multiline", 45, application()),
    ]
}

/// Files as they are given.
type Files = Vec<(String, Vec<u8>)>;

fn given(files: &Files) -> Vec<(&str, &[u8])> {
    files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
}

fn plain() -> Files {
    written().into_iter().map(|log| (log.name.to_owned(), log.text.into_bytes())).collect()
}

/// Every way to pack the logs.
fn packed() -> Vec<(&'static str, Files)> {
    let plain = plain();
    let each = |end: &str, pack: fn(&[u8]) -> Vec<u8>| -> Files {
        plain.iter().map(|(name, bytes)| (format!("{name}{end}"), pack(bytes))).collect()
    };
    let one = |name: &str, bytes: Vec<u8>| vec![(name.to_owned(), bytes)];
    let members = given(&plain);
    let inner = pack::zip(&members);
    vec![
        ("gzip", each(".gz", gzip)),
        ("xz", each(".xz", pack::xz)),
        ("zip", one("logs.zip", inner.clone())),
        ("stored zip", one("logs.zip", pack::stored_zip(&members))),
        ("zip in zip", one("case.zip", pack::zip(&[("logs.zip", &inner)]))),
        ("tar.gz", one("logs.tar.gz", pack::tar_gz(&members))),
        ("7z", one("logs.7z", pack::seven(&members))),
    ]
}

/// Times without a year are read as of 2021 whatever the archive says of its members.
fn options() -> Options {
    let settings = Settings { latest: Some("2021-06-01".into()), ..Settings::default() };
    Options { settings, ..Options::default() }
}

/// An event without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    format: String,
    time: String,
    is_yearless: bool,
    count: u32,
    fields: BTreeMap<&'static str, String>,
}

/// The events of every stream, by the last part of its path without the marks of packing.
type Events = BTreeMap<String, Vec<Told>>;

struct Listener<'p> {
    prepared: &'p Prepared,
    events: Events,
}

impl Visitor for Listener<'_> {
    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        let name = self.prepared.plan.name(event.location.stream).unwrap();
        let texts = Field::ALL.iter().filter_map(|field| {
            let text = event.fields.text(*field)?;
            Some((field.name(), String::from_utf8_lossy(text).replace("\r\n", "\n")))
        });
        let told = Told {
            format: self.prepared.format_id(format).unwrap().to_owned(),
            time: event.time.stamp().map(|stamp| rfc3339(stamp.at)).unwrap_or_default(),
            is_yearless: matches!(event.time, Time::Yearless(..)),
            count: event.count,
            fields: texts.collect(),
        };
        self.events.entry(base_name(&name).to_owned()).or_default().push(told);
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

fn base_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.trim_end_matches(".gz").trim_end_matches(".xz")
}

fn events(files: &[(&str, &[u8])], options: &Options) -> Events {
    let held: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    let given: Vec<Given<'_>> = files
        .iter()
        .zip(&held)
        .map(|((name, _), bytes)| Given { name, size: bytes.len() as u64, source: bytes })
        .collect();
    let prepared = prepare(&given, options);
    let sources = in_order(&prepared, &given);
    let mut jobs = prepared.plan.jobs.clone();
    jobs.retain(|job| job.kind == JobKind::Scan);
    jobs.sort_by_key(|job| (job.stream, job.start));
    let mut listener = Listener { prepared: &prepared, events: Events::new() };
    for job in &jobs {
        let source = sources[job.source as usize];
        read_job(&prepared, job, source, &mut Memory::default(), &mut listener, &mut |_| ());
    }
    listener.events
}

fn streams(report: &Report) -> impl Iterator<Item = (&str, &StreamReport)> {
    report.sources.iter().flat_map(|source| {
        let name = source.name.as_str();
        source
            .streams
            .iter()
            .map(move |stream| (base_name(stream.path_inside.as_deref().unwrap_or(name)), stream))
    })
}

/// What a report says, without places in bytes and the names of what was given.
fn said(report: &Report) -> Vec<String> {
    let mut said: Vec<String> = streams(report)
        .map(|(name, stream)| {
            let StreamReport { format, records, unparsed, lines, first, last, .. } = stream;
            format!("{name}: {format:?} {records} {unparsed} {lines} {first:?} {last:?}")
        })
        .collect();
    for finding in &report.findings {
        let records: Vec<_> = finding
            .evidence
            .iter()
            .map(|one| (one.line, one.record, one.time.as_deref()))
            .collect();
        // A log source is named after its file.
        let who = (finding.subject.kind != SubjectKind::LogSource).then_some(&finding.subject);
        said.push(format!(
            "{} {:?} {} {} {:?} {} {:?} {:?} {} {records:?}",
            finding.detector,
            finding.category,
            word(finding.severity),
            word(finding.confidence),
            who,
            word(finding.outcome),
            finding.first,
            finding.last,
            finding.count,
        ));
    }
    said.sort();
    said
}

fn assert_every_byte_is_accounted_for(report: &Report) {
    let mut unparsed = 0;
    for (name, stream) in streams(report) {
        let bytes = stream.bytes;
        let sum = bytes.parsed + bytes.blank + bytes.unparsed + bytes.repeated + bytes.unread;
        assert_eq!(sum, stream.size, "{name}");
        unparsed += bytes.unparsed;
    }
    let listed: u64 = report.unparsed.iter().map(|run| run.length).sum();
    assert_eq!(listed, unparsed);
}

fn assert_same(events: &Events, before: &Events, way: &str) {
    assert_eq!(events.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{way}");
    for (name, told) in events {
        let known = &before[name];
        let differing = told.iter().zip(known).find(|(a, b)| a != b);
        assert!(differing.is_none(), "{way}, {name}: {differing:#?}");
        assert_eq!(told.len(), known.len(), "{way}, {name}");
    }
}

#[test]
fn every_log_is_understood_in_full() {
    let files = plain();
    let report = check(&given(&files), &options());
    let events = events(&given(&files), &options());
    assert_every_byte_is_accounted_for(&report);
    for log in written() {
        let (_, stream) = streams(&report).find(|(name, _)| *name == log.name).unwrap();
        assert_eq!(stream.format.as_deref(), Some(log.format), "{}", log.name);
        assert_eq!((stream.records, stream.unparsed), (log.records, 0), "{}", log.name);
        assert_eq!(stream.size, log.text.len() as u64, "{}", log.name);
        let told = &events[log.name];
        assert_eq!(told.len() as u64, log.records, "{}", log.name);
        let with_users = told.iter().filter(|told| {
            told.fields.get("user.name").is_some_and(|name| USERS.contains(&name.as_str()))
        });
        let wanted = match log.name {
            "app.log" => 0,
            "access.log" => 120,
            _ => log.records as usize,
        };
        assert_eq!(with_users.count(), wanted, "{}", log.name);
        let is_timed = |told: &&Told| told.time.starts_with("2021-05-06T");
        assert_eq!(told.iter().filter(is_timed).count(), told.len(), "{}", log.name);
    }
    for detector in ["B1", "B6"] {
        assert!(report.findings.iter().any(|finding| finding.detector == detector), "{detector}");
    }
}

#[test]
fn however_they_are_packed_logs_give_the_same_events_and_findings() {
    let files = plain();
    let before = said(&check(&given(&files), &options()));
    let known = events(&given(&files), &options());
    for (way, files) in packed() {
        let report = check(&given(&files), &options());
        assert_every_byte_is_accounted_for(&report);
        assert!(report.sources.iter().all(|source| source.problems.is_empty()), "{way}");
        assert_eq!(said(&report), before, "{way}");
        assert_same(&events(&given(&files), &options()), &known, way);
    }
}

#[test]
fn neither_cuts_nor_scanners_nor_any_order_change_what_is_said() {
    let seed = seed();
    let mut random = Random::new(seed);
    let mut ways = packed();
    ways.push(("plain", plain()));
    for (way, files) in ways {
        let whole = common::json(&check(&given(&files), &options()));
        let known = events(&given(&files), &options());
        for (mean, scanners) in [(3_000, 2), (200, 7)] {
            let mut files = given(&files);
            shuffle(&mut files, &mut random);
            let options = Options {
                settings: options().settings,
                scanners,
                ..Options::cut(mean, random.next())
            };
            let report = check(&files, &options);
            assert_every_byte_is_accounted_for(&report);
            assert!(common::json(&report) == whole, "SEKISHO_SEED={seed} {way} {options:?}");
            assert_same(&events(&files, &options), &known, way);
        }
    }
}

/// Connections of a gateway, whose values stand in quotes.
fn gate() -> String {
    let line = |n: usize| {
        format!(
            "date=2021-05-06 time=10:00:{n:02} tz=\"+0900\" devname=\"gate\" devid=\"FG100\" \
             logid=\"0101039426\" type=\"event\" subtype=\"vpn\" vd=\"root\" \
             action=\"ssl-login-fail\" remip=203.0.113.{n} user=\"{}\" msg=\"was refused\"\n",
            user(n)
        )
    };
    (0..40).map(line).collect()
}

/// What platforms for logs make of lines when they export them, by whose it is.
fn exports(lines: &str) -> Vec<(&'static str, String)> {
    let json = |of: fn(&str) -> serde_json::Value| {
        lines.lines().map(|line| format!("{}\n", of(line))).collect::<String>()
    };
    let csv = |head: &str, of: fn(&str) -> String| {
        lines.lines().fold(head.to_owned(), |text, line| text + &of(&line.replace('"', "\"\"")))
    };
    vec![
        (
            "splunk.json",
            json(|line| json!({ "preview": false, "result": { "_raw": line, "_time": AT } })),
        ),
        (
            "elastic.ndjson",
            json(
                |line| json!({ "_index": "logs", "_source": { "message": line, "@timestamp": AT } }),
            ),
        ),
        (
            "filebeat.ndjson",
            json(|line| json!({ "@timestamp": AT, "event": { "original": line } })),
        ),
        (
            "loki.jsonl",
            json(|line| json!({ "line": line, "timestamp": "1620262800000000000", "fields": {} })),
        ),
        (
            "graylog.jsonl",
            json(
                |line| json!({ "host": "www", "short_message": line, "timestamp": 1_620_262_800 }),
            ),
        ),
        ("fluent.jsonl", json(|line| json!({ "date": 1_620_262_800, "log": line }))),
        (
            "datadog.jsonl",
            json(|line| json!({ "id": "a", "content": { "message": line, "timestamp": AT } })),
        ),
        (
            "docker.log",
            json(|line| json!({ "log": format!("{line}\n"), "stream": "stdout", "time": AT })),
        ),
        (
            "splunk.csv",
            csv("\"_time\",host,\"_raw\"\n", |line| format!("\"{AT}\",www,\"{line}\"\n")),
        ),
        (
            "kibana.csv",
            csv("\"@timestamp\",message\n", |line| {
                format!("\"May 6, 2021 @ 10:00:00.000\",\"{line}\"\n")
            }),
        ),
        (
            "insights.csv",
            csv("@timestamp,@message\n", |line| format!("2021-05-06 01:00:00.000,\"{line}\"\n")),
        ),
        ("grafana.csv", csv("Time,Line,id\n", |line| format!("{AT},\"{line}\",7\n"))),
    ]
}

/// When the platforms received it.
const AT: &str = "2021-05-06T01:00:00Z";

#[test]
fn whoever_exported_them_records_are_those_inside() {
    let told = |name: &str, text: &str| {
        let events = events(&[(name, text.as_bytes())], &options());
        let [told] = events.into_values().collect::<Vec<_>>().try_into().unwrap();
        let asked = |told: Told| {
            let names = ["user.name", "source.ip", "event.action", "event.outcome", "url.original"];
            let fields = names.map(|name| told.fields.get(name).cloned());
            (told.time, fields)
        };
        told.into_iter().map(asked).collect::<Vec<_>>()
    };
    let logs = [("apache_combined", access()), ("sshd_3164", sshd()), ("fortigate", gate())];
    for (format, lines) in logs {
        let plain = told("plain.log", &lines);
        for (name, text) in exports(&lines) {
            let report = check(&[(name, text.as_bytes())], &options());
            let stream = streams(&report).next().unwrap().1;
            assert_eq!(stream.format.as_deref(), Some(format), "{name}");
            assert_eq!(told(name, &text), plain, "{name}: {format}");
        }
    }
}

#[test]
fn a_document_of_a_search_engine_is_read_as_what_it_was() {
    let document = |n: usize| {
        let name = user(n);
        json!({
            "@timestamp": iso(n),
            "event": { "action": "logon-failed", "outcome": "failure", "code": "4625" },
            "winlog": {
                "event_id": 4625, "channel": "Security",
                "provider_name": "Microsoft-Windows-Security-Auditing",
                "event_data": { "TargetUserName": name, "IpAddress": "203.0.113.7", "LogonType": "3" },
            },
            "agent": { "type": "winlogbeat" },
        })
    };
    let found =
        |n: usize| json!({ "_index": "logs", "_id": n.to_string(), "_source": document(n) });
    let lines = |of: &dyn Fn(usize) -> serde_json::Value| {
        (0..20).map(|n| format!("{}\n", of(n))).collect::<String>()
    };
    let hits: Vec<_> = (0..20).map(found).collect();
    let answer = json!({ "took": 1, "hits": { "total": { "value": 20 }, "hits": hits } });
    let told = |text: &str| events(&[("logs.json", text.as_bytes())], &options());
    let plain = told(&lines(&document));
    assert_eq!(plain["logs.json"].len(), 20);
    assert!(plain["logs.json"].iter().all(|told| told.format == "winlogbeat"), "{plain:#?}");
    assert_same(&told(&lines(&found)), &plain, "a document on each line");
    assert_same(&told(&answer.to_string()), &plain, "an answer with all of them");
    assert_same(&told(&format!("{answer:#}")), &plain, "the same on many lines");
}

/// Text in every encoding, by its name in reports.
fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    vec![
        ("utf-8", ["\u{feff}", text].concat().into_bytes()),
        ("utf-16le", utf16(u16::to_le_bytes)),
        ("utf-16be", utf16(u16::to_be_bytes)),
        ("shift_jis", encoding_rs::SHIFT_JIS.encode(text).0.into_owned()),
        ("euc-jp", encoding_rs::EUC_JP.encode(text).0.into_owned()),
        ("iso-2022-jp", encoding_rs::ISO_2022_JP.encode(text).0.into_owned()),
    ]
}

#[test]
fn however_they_are_encoded_logs_give_the_same_events_and_findings() {
    let files = plain();
    let report = check(&given(&files), &options());
    let before = said(&report);
    let known = events(&given(&files), &options());
    let ways = encoded("").into_iter().map(|(encoding, _)| encoding);
    for (at, encoding) in ways.enumerate() {
        let files: Files = written()
            .into_iter()
            .map(|log| (log.name.to_owned(), encoded(&log.text).swap_remove(at).1))
            .collect();
        for options in [options(), Options { settings: options().settings, ..Options::cut(700, 5) }]
        {
            let report = check(&given(&files), &options);
            for (name, stream) in streams(&report) {
                assert_eq!(stream.encoding, encoding, "{name}");
            }
            assert_every_byte_is_accounted_for(&report);
            assert_eq!(said(&report), before, "{encoding}");
            assert_same(&events(&given(&files), &options), &known, encoding);
        }
    }
}

#[test]
fn a_file_of_which_an_encoding_was_given_is_read_in_it() {
    let text = sshd();
    let bytes = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    let mut options = options();
    let read = |options: &Options| events(&[("secure", &bytes)], options);
    let known = read(&options);
    let wrong = serde_json::from_str("\"euc_jp\"").unwrap();
    options.settings.encodings.insert("secure".into(), wrong);
    assert_ne!(read(&options), known);
    let right = serde_json::from_str("\"shift_jis\"").unwrap();
    options.settings.encodings.insert("secure".into(), right);
    assert_same(&read(&options), &known, "given");
}

/// Where the data of a stored member begin.
fn place_of(archive: &[u8], data: &[u8]) -> usize {
    archive.windows(60).position(|window| window == &data[..60]).unwrap()
}

#[test]
fn a_damaged_member_is_named_and_the_others_are_checked() {
    let (one, two, three) = (access(), sshd(), iis());
    let members = [
        ("a/access.log", one.as_bytes()),
        ("a/secure", two.as_bytes()),
        ("a/iis.log", three.as_bytes()),
    ];
    let mut archive = pack::stored_zip(&members);
    let at = place_of(&archive, two.as_bytes());
    archive[at + 500] ^= 0x01;
    let report = check(&[("case.zip", &archive)], &options());
    let problems = &report.sources[0].problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].kind, "corrupt");
    assert_eq!(problems[0].path_inside.as_deref(), Some("a/secure"));
    assert!(!problems[0].what.en.is_empty() && !problems[0].todo.ja.is_empty());
    let records: Vec<_> = streams(&report).map(|(_, stream)| stream.records).collect();
    assert_eq!((records[0], records[2]), (123, 60));
    assert!(report.is_partial());
    assert!(report.findings.iter().any(|finding| finding.detector == "B1"));
}

#[test]
fn an_encrypted_archive_asks_for_its_password() {
    let text = access();
    let archive = pack::locked_zip(&[("access.log", text.as_bytes())], "himitsu");
    let read = |passwords: &[&str]| {
        let passwords = passwords.iter().map(|password| (*password).to_owned()).collect();
        check(&[("case.zip", &archive)], &Options { passwords, ..options() })
    };
    for (passwords, kind) in [
        (&[][..], "password_needed"),
        (&["wrong"], "password_wrong"),
        (&["", "x"], "password_wrong"),
    ] {
        let report = read(passwords);
        let problems = &report.sources[0].problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].kind, kind);
        assert_eq!(problems[0].path_inside.as_deref(), Some("access.log"));
        assert!(report.findings.is_empty());
    }
    let report = read(&["wrong", "himitsu"]);
    assert!(report.sources[0].problems.is_empty());
    assert_eq!(said(&report), said(&check(&[("access.log", text.as_bytes())], &options())));
    assert!(!common::json(&report).contains("himitsu"));
}

#[test]
fn names_that_climb_out_are_text() {
    let text = access();
    let name = "../../etc/cron.d/access.log";
    for archive in [pack::zip(&[(name, text.as_bytes())]), pack::tar_gz(&[(name, text.as_bytes())])]
    {
        let report = check(&[("case", &archive)], &options());
        let stream = &report.sources[0].streams[0];
        assert_eq!(stream.path_inside.as_deref(), Some(name));
        assert_eq!((stream.records, stream.unparsed), (123, 0));
    }
}

#[test]
fn thousands_of_members_are_all_read() {
    let texts: Vec<(String, String)> = (0..2_000)
        .map(|n| {
            let line = line("198.51.100.1", START + n, &format!("/p/{n}")).text();
            (format!("logs/{n:04}/access.log"), line + "\n")
        })
        .collect();
    let members: Vec<(&str, &[u8])> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    for archive in [pack::zip(&members), pack::tar_gz(&members)] {
        let report = check(&[("case", &archive)], &options());
        assert_eq!(report.sources[0].streams.len(), 2_000);
        assert!(report.sources[0].problems.is_empty());
        assert_eq!((report.coverage.records, report.coverage.unparsed), (2_000, 0));
        assert_every_byte_is_accounted_for(&report);
    }
}

/// Ten zips in each zip, six deep; at the bottom 10 MB of zeros.
#[test]
fn a_nested_bomb_ends_soon_and_the_log_beside_it_is_checked() {
    let zeros = vec![0; 10_000_000];
    let mut bomb = pack::zip(&[("zeros", &zeros)]);
    for _ in 0..6 {
        let names: Vec<String> = (0..10).map(|n| format!("{n}.zip")).collect();
        let members: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), bomb.as_slice())).collect();
        bomb = pack::zip(&members);
    }
    let text = access();
    let case = pack::zip(&[("bomb.zip", &bomb), ("access.log", text.as_bytes())]);
    let begun = Instant::now();
    let report = check(&[("case.zip", &case)], &options());
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
    let kinds: Vec<&str> =
        report.sources[0].problems.iter().map(|problem| problem.kind.as_str()).collect();
    assert!(kinds.contains(&"too_deep"), "{kinds:?}");
    let (_, stream) = streams(&report).find(|(name, _)| *name == "access.log").unwrap();
    assert_eq!((stream.records, stream.unparsed), (123, 0));
}

fn times(text: &str, name: &str, options: &Options) -> Vec<String> {
    let mut events = events(&[(name, text.as_bytes())], options);
    events.remove(name).unwrap().into_iter().map(|told| told.time).collect()
}

#[test]
fn a_year_that_is_not_stated_follows_from_the_file_or_the_settings() {
    let text = "Dec 31 23:59:50 gate sshd[7]: Accepted password for sato from 192.0.2.7 port 2 ssh2\n\
        Jan  1 00:00:10 gate sshd[7]: Accepted password for sato from 192.0.2.7 port 2 ssh2\n";
    let modified = |year: i16| jiff::civil::date(year, 1, 1).at(0, 5, 0, 0);
    for year in [2019, 2021, 2024] {
        let at = modified(year).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        let options = Options { modified: at, ..Options::default() };
        let expected = [format!("{}-12-31T23:59:50Z", year - 1), format!("{year}-01-01T00:00:10Z")];
        assert_eq!(times(text, "secure", &options), expected);
        let settings = Settings { latest: Some("2015-01-02".into()), ..Settings::default() };
        let options = Options { settings, modified: at, ..Options::default() };
        let expected = ["2014-12-31T23:59:50Z", "2015-01-01T00:00:10Z"];
        assert_eq!(times(text, "secure", &options), expected);
    }
    let told = events(&[("secure", text.as_bytes())], &Options::default());
    assert!(told["secure"].iter().all(|told| told.is_yearless));
}

#[test]
fn zones_are_those_of_the_file_else_of_the_settings() {
    let text = "2021-05-06 10:00:00,250 ERROR [main] Share: cut off\n\
        2021-05-06 10:00:01,250 INFO [main] Share: goes on\n";
    let archive = pack::zip(&[("app.log", text.as_bytes()), ("b/app2.log", text.as_bytes())]);
    let files = [
        ("tokyo.log", text.as_bytes()),
        ("berlin.log", text.as_bytes()),
        ("case.zip", archive.as_slice()),
    ];
    let mut settings = Settings { zone: Some("Asia/Tokyo".into()), ..Settings::default() };
    settings.zones.insert("berlin.log".into(), "Europe/Berlin".into());
    settings.zones.insert("case.zip/app.log".into(), "UTC".into());
    let told = events(&files, &Options { settings, ..Options::default() });
    let first = |name: &str| told[name][0].time.clone();
    assert_eq!(first("tokyo.log"), "2021-05-06T01:00:00Z");
    assert_eq!(first("berlin.log"), "2021-05-06T08:00:00Z");
    assert_eq!(first("app.log"), "2021-05-06T10:00:00Z");
    assert_eq!(first("app2.log"), "2021-05-06T01:00:00Z");
}

#[test]
fn whether_the_day_comes_first_is_a_setting() {
    let text =
        "time,user,action\n05/06/2021 10:00:00,sato,export\n05/06/2021 10:00:01,abe,export\n";
    let mut options = Options::default();
    assert_eq!(times(text, "a.csv", &options)[0], "2021-05-06T10:00:00Z");
    options.settings.day_first = true;
    assert_eq!(times(text, "a.csv", &options)[0], "2021-06-05T10:00:00Z");
}

#[test]
fn a_repeated_message_is_one_record_that_counts_as_often_as_it_was_said() {
    let text = sshd();
    let told = events(&[("secure", text.as_bytes())], &options());
    let counts: Vec<u32> = told["secure"].iter().map(|told| told.count).collect();
    assert_eq!(counts.len(), 100);
    assert_eq!(counts.iter().filter(|count| **count == 3).count(), 10);
    assert_eq!(counts.iter().sum::<u32>(), 90 + 3 * 10);
    let bytes = text.into_bytes();
    let given = [Given { name: "secure", size: bytes.len() as u64, source: &bytes }];
    for cuts in [Cuts::Usual, Cuts::Drawn { mean: 300, seed: 4 }] {
        let prepared = prepare(&given, &Options { cuts, ..options() });
        let (mut records, mut counted) = (0, 0);
        for job in prepared.plan.jobs.iter().filter(|job| job.kind == JobKind::Scan) {
            let mut listener = Listener { prepared: &prepared, events: Events::new() };
            let memory = &mut Memory::default();
            let ledgers = read_job(&prepared, job, &bytes, memory, &mut listener, &mut |_| ());
            records += ledgers.streams.values().map(|ledger| ledger.understood()).sum::<u64>();
            counted += ledgers.streams.values().map(|ledger| ledger.events).sum::<u64>();
        }
        assert_eq!((records, counted), (100, 120));
    }
}

const MAPPING: &str = r#"
id = "gate_house"
name = "Gate house"
what = { en = "Doors and who went through", ja = "扉と通った人" }
kind = "text"
rank = 10

[[pattern]]
match = "@<<<@timestamp>> door <device:word> :: <user.name> :: <state:OPEN|REFUSED>"
set = { "event.action" = "door" }
"#;

#[test]
fn a_described_format_is_understood() {
    let text = "@<2021-05-06T10:00:00Z> door 7 :: 佐藤 :: OPEN\n@<2021-05-06T10:00:01Z> door 8 :: 田中 :: REFUSED\n"
        .repeat(10);
    let read = |options: &Options| check(&[("doors.txt", text.as_bytes())], options);
    assert_ne!(
        read(&Options::default()).sources[0].streams[0].format.as_deref(),
        Some("gate_house")
    );
    let settings = Settings { mappings: vec![MAPPING.into()], ..Settings::default() };
    let options = Options { settings, ..Options::default() };
    let stream = &read(&options).sources[0].streams[0];
    assert_eq!(stream.format.as_deref(), Some("gate_house"));
    assert_eq!((stream.records, stream.unparsed), (20, 0));
    let told = events(&[("doors.txt", text.as_bytes())], &options);
    assert_eq!(told["doors.txt"][0].fields["user.name"], "佐藤");
    assert_eq!(told["doors.txt"][1].time, "2021-05-06T10:00:01Z");
}

#[test]
fn a_wrong_description_says_what_was_expected() {
    let wrong = [
        ("kind = \"text\"", "kind = \"prose\"", "layout"),
        ("rank = 10", "rnak = 10", "rank"),
        ("<device:word>", "<device:wrod>", "word"),
        ("\"event.action\" = \"door\"", "\"event.acton\" = \"door\"", "event.acton"),
        ("<state:OPEN|REFUSED>", "<state:OPEN|REFUSED", "state"),
    ];
    for (right, slip, said) in wrong {
        assert!(MAPPING.contains(right));
        let mappings = vec![MAPPING.replace(right, slip)];
        let error = Settings { mappings, ..Settings::default() }.meant(&[]).unwrap_err();
        assert!(error.to_string().contains(said), "{slip}: {error}");
    }
}
