//! What clients give back: no level tells more than it may, whatever a report holds; the same report
//! gives the same bytes; what is sealed is for one reader; and the results of 142 clients, of whom
//! the truth is known, make the right list.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{START, seed, shuffle};
use sekisho::base::Language;
use sekisho::engine::{Concluder, Meant, Prepared, Scanner, Settings, plan, survey};
use sekisho::finding::State;
use sekisho::input::ReadAt;
use sekisho::report::{Form, Report, written};
use sekisho::shard::Cuts;
use sekisho::share::{
    Answer, Day, Expected, Given, Giving, Level, NameKind, Naming, PseudonymKey, Recipient,
    ResultError, RollUp, SealError, SecretKey, Sufficiency, reduced, rollup, seal, unseal,
    unsealed,
};
use sekisho::train::Random;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const DAY: i64 = 86_400;
/// When documents are taken at a client that is struck.
const THEFT: i64 = START + 15 * DAY;

/// The program, with its formats compiled once.
struct Program {
    settings: Settings,
    meant: Meant,
    prepared: Prepared,
}

impl Program {
    fn new(settings: Settings) -> Self {
        let meant = settings.meant(&[]).unwrap();
        let nothing = plan(&settings, &[], Vec::new(), Cuts::Usual);
        let prepared = Prepared::new(nothing).unwrap();
        Self { settings, meant, prepared }
    }

    fn check(&mut self, name: &str, log: &str) -> Report {
        let bytes = log.as_bytes().to_vec();
        let survey = survey(name, bytes.len() as u64, Some(THEFT + DAY), &bytes, &self.meant);
        self.prepared.plan = plan(&self.settings, &[], vec![survey], Cuts::Usual);
        let mut concluder = Concluder::new(&self.prepared);
        let mut scanner = Scanner::new(&self.prepared);
        for job in &self.prepared.plan.jobs {
            scanner.run(job, &bytes, &mut |_| ());
        }
        concluder.add(scanner.finish());
        let source: &dyn ReadAt = &bytes;
        concluder.conclude(&[source]).report
    }
}

/// A record of an audit log.
fn record(at: i64, user: &str, org: &str, address: &str, action: &str, project: &str) -> String {
    let time = jiff::Timestamp::from_second(at).unwrap().to_string();
    let record = json!({
        "time": time, "username": user, "client_ip": address, "action": action,
        "organization_name": org, "project": project,
        "file_path": format!("/{project}/{user}-{at}.pdf"), "result": "success",
    });
    format!("{record}\n")
}

/// The people of a client, each with the organisation.
fn people(client: &str) -> [(String, String); 3] {
    ["sato@a", "kato@b", "ito@b"].map(|name| {
        let (_, org) = name.split_once('@').unwrap();
        (format!("{name}.{client}.example.jp"), format!("{org}-{client} KK"))
    })
}

/// Two weeks of ordinary work.
fn ordinary(client: &str) -> String {
    let mut log = String::new();
    for day in 0..14 {
        for (place, (user, org)) in people(client).iter().enumerate() {
            let (at, home) =
                (START + day * DAY + place as i64, format!("198.51.100.{}", place + 5));
            log += &record(at, user, org, &home, "login", "");
            log += &record(at + 60, user, org, &home, "document_viewed", "own");
        }
    }
    log
}

/// All accounts from one address that is new to each: sign-ins, views, downloads.
fn theft(client: &str, address: &str) -> String {
    let mut log = String::new();
    for (place, (user, org)) in people(client).iter().enumerate() {
        let at = THEFT + place as i64 * 900;
        log += &record(at, user, org, address, "login", "");
        for n in 0..4 {
            log += &record(at + 60 + n, user, org, address, "document_viewed", "P1");
            log += &record(at + 90 + n, user, org, address, "document_downloaded", "P2");
        }
    }
    log
}

/// A log that no detection of access judges.
fn blind() -> String {
    let line = |minute| format!("May  6 01:{minute:02}:00 gate CRON[77]: (root) CMD (run-parts)\n");
    (0..40).map(line).collect()
}

fn key() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

fn struck() -> Report {
    let mut settings = Settings::default();
    let id = json!({"title": "Sign-ins of May", "vendor": "例示クラウド", "fingerprint": key().public().fingerprint()});
    settings.checker = serde_json::from_value(id).unwrap();
    let log = ordinary("c1") + &theft("c1", "203.0.113.7");
    Program::new(settings).check("audit.jsonl", &log)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn text(report: &Report, level: Level) -> String {
    text_of("Client 1", report, level)
}

fn text_of(client: &str, report: &Report, level: Level) -> String {
    let pseudonyms = &key().pseudonyms();
    Giving { report, level, client, asked: &[], pseudonyms, made_on: day("2021-06-01") }.text()
}

fn answer(text: &str) -> Answer {
    Answer::read(text, false).unwrap()
}

const LOWER: [Level; 3] = [Level::Verdict, Level::Counts, Level::Pseudonyms];

/// All texts in a JSON value, with the way to each.
fn leaves(value: &Value, way: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((way.to_owned(), text.clone())),
        Value::Array(items) => {
            items.iter().for_each(|item| leaves(item, &format!("{way}[]"), found));
        }
        Value::Object(parts) => {
            parts.iter().for_each(|(name, part)| leaves(part, &format!("{way}.{name}"), found));
        }
        _ => {}
    }
}

/// Puts a text in the place of all those to which one way leads.
fn replace(value: &mut Value, way: &str, wanted: &str, with: &str) {
    match value {
        Value::String(text) if way == wanted => with.clone_into(text),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| replace(item, &format!("{way}[]"), wanted, with));
        }
        Value::Object(parts) => parts
            .iter_mut()
            .for_each(|(name, part)| replace(part, &format!("{way}.{name}"), wanted, with)),
        _ => {}
    }
}

/// What every level tells: what made the report, and the checker, which is the vendor's own.
fn is_told(way: &str) -> bool {
    way.starts_with(".tool.")
        || way.starts_with(".settings.checker.")
        || way == ".settings.training"
}

#[test]
fn no_text_of_a_report_is_in_a_level_that_does_not_tell_it() {
    let report = struck();
    let mut found = Vec::new();
    leaves(&serde_json::to_value(&report).unwrap(), "", &mut found);
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    // The days of the logs are told, as the times are.
    let is_time = |text: &str| {
        text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
    };
    let named: BTreeSet<&String> = found
        .iter()
        .filter(|(way, text)| !is_told(way) && text.len() > 4 && !is_word(text) && !is_time(text))
        .map(|(_, text)| text)
        .collect();
    for wanted in ["203.0.113.7", "sato@a.c1.example.jp", "a-c1 KK", "audit.jsonl"] {
        assert!(named.iter().any(|text| text.contains(wanted)), "{wanted}");
    }
    for level in LOWER {
        let told = text(&report, level);
        for name in &named {
            assert!(!told.contains(name.as_str()), "{level:?} tells «{name}»:\n{told}");
        }
        for part in ["203.0.113", "sato", "c1.example", "KK", "jsonl", "P1", "C5-"] {
            assert!(!told.contains(part), "{level:?} tells «{part}»:\n{told}");
        }
    }
    assert!(text(&report, Level::Full).contains("sato@a.c1.example.jp"));
}

/// Whatever text stands in whatever place of a report, also where no check would put it.
#[test]
fn no_place_of_a_report_leaks_into_a_lower_level() {
    let report = serde_json::to_value(struck()).unwrap();
    let mut found = Vec::new();
    leaves(&report, "", &mut found);
    let ways: BTreeSet<String> = found.into_iter().map(|(way, _)| way).collect();
    let canary = "sato-203.0.113.7-漏";
    let mut tried = 0;
    for way in ways.iter().filter(|way| !is_told(way)) {
        let mut changed = report.clone();
        replace(&mut changed, "", way, canary);
        // Where only fixed words may stand, another one is no report.
        let Ok(report) = serde_json::from_value::<Report>(changed) else { continue };
        tried += 1;
        for level in LOWER {
            let told = text(&report, level);
            assert!(!told.contains("sato") && !told.contains('漏'), "{way}, {level:?}:\n{told}");
        }
    }
    assert!(tried > 60, "{tried} places of {}", ways.len());
}

#[test]
fn levels_tell_what_they_say_and_the_same_report_gives_the_same_bytes() {
    let report = struck();
    for level in Level::ALL {
        let told = text(&report, level);
        assert_eq!(told, text(&report, level));
        let read = answer(&told);
        assert_eq!((read.level, read.about.client.as_str()), (level, "Client 1"));
        assert_eq!(read.verdict, answer(&text(&report, Level::Verdict)).verdict);
        assert_eq!(read.counts.is_some(), level >= Level::Counts);
        assert_eq!(read.about.checker.unwrap().vendor, "例示クラウド");
        assert_eq!(Level::named(level.name()), Some(level));
    }
    let counts = answer(&text(&report, Level::Counts)).counts.unwrap();
    assert_eq!(answer(&text(&report, Level::Full)).counts.unwrap(), counts);
    assert_eq!((counts.accounts, counts.networks), (3, 1));
    assert_eq!(counts.since.unwrap().text(), "2021-05-21T01:00:00Z");
    let all: u64 = counts.findings.iter().map(|of| of.findings + of.benign).sum();
    assert_eq!(all, report.findings.len() as u64);
    let parties: u64 = counts.parties.iter().map(|of| of.parties).sum();
    assert_eq!(parties, report.affected.len() as u64);
}

/// What a person judged benign carries nothing.
#[test]
fn benign_findings_are_counted_apart_and_name_nobody() {
    let mut report = struck();
    let judged: Vec<_> = report
        .findings
        .iter()
        .map(|of| json!({"finding": of.id, "judged": "benign", "reason": "our move of offices"}))
        .collect();
    report.judge(&serde_json::from_value::<Vec<_>>(json!(judged)).unwrap()).unwrap();
    let read = answer(&text(&report, Level::Full));
    assert!(read.verdict.is_judged);
    assert_eq!(read.verdict.state(), State::NoEvidence);
    let counts = read.counts.unwrap();
    assert!(counts.findings.iter().all(|of| of.findings == 0 && of.benign > 0));
    assert_eq!((counts.accounts, counts.since, counts.parties.len()), (0, None, 0));
    let Naming::Plain(names) = read.naming else { panic!("the highest level names") };
    assert!(names.involved.is_empty() && names.parties.is_empty());
    assert!(!text(&report, Level::Pseudonyms).contains("offices"));
}

#[test]
fn pseudonyms_are_those_of_the_key_and_say_nothing_without_it() {
    let report = struck();
    let told = |key: &PseudonymKey| {
        let (level, client, asked) = (Level::Pseudonyms, "", &[][..]);
        Giving {
            report: &report,
            level,
            client,
            asked,
            pseudonyms: key,
            made_on: day("2021-06-01"),
        }
        .text()
    };
    let (own, other) = (key().pseudonyms(), PseudonymKey::new([9; 32]));
    assert_eq!(told(&own), text(&report, Level::Pseudonyms).replace("Client 1", ""));
    let named = |text: &str| -> BTreeSet<String> {
        let Naming::Pseudonyms { names, key } = answer(text).naming else { panic!("{text}") };
        assert!(!key.is_empty());
        names.involved.iter().map(|of| of.name.text().to_owned()).collect()
    };
    let network = own.of(NameKind::Network, "203.0.113.0/24");
    assert!(named(&told(&own)).contains(network.text()));
    assert!(named(&told(&own)).is_disjoint(&named(&told(&other))));
}

/// A report of a theft with accounts of these names.
fn stolen_from(names: [&str; 3]) -> Report {
    let log = ordinary("c") + &theft("c", "203.0.113.77");
    let log = ["sato@a", "kato@b", "ito@b"]
        .iter()
        .zip(names)
        .fold(log, |log, (from, to)| log.replace(&format!("{from}.c.example.jp"), to));
    Program::new(Settings::default()).check("audit.json", &log)
}

#[test]
fn a_report_with_less_personal_data_names_nobody_and_stays_the_same_report_otherwise() {
    let own = ["sato@a.c.example.jp", "kato@b.c.example.jp", "ito@b.c.example.jp"];
    // The others are called as words of reports are.
    let words = [
        ["high", "medium", "open"],
        ["Q1", "sigma", "B1"],
        ["likely", "project", "failed"],
        ["low", "e3", "tenant"],
        ["domain", "log_source", "confirmed"],
        ["moderate", "credential_access", "certain_password"],
        ["佐藤", "a b", "<x>"],
    ];
    for names in [own].into_iter().chain(words) {
        let report = stolen_from(names);
        let accounts: BTreeSet<_> =
            report.findings.iter().flat_map(|finding| &finding.accounts).collect();
        assert!(accounts.len() == 3 && !report.affected.is_empty(), "{names:?}");
        let less = reduced(&report, &PseudonymKey::new([5; 32])).unwrap();
        let values = less.findings.iter().flat_map(|finding| {
            [&finding.subject.value].into_iter().chain(&finding.accounts).cloned()
        });
        for value in values.chain(less.affected.iter().map(|party| party.name.clone())) {
            assert!(!names.contains(&&*value) && !value.contains("203.0.113.77"), "{value}");
        }
        let count = |report: &Report| -> Vec<_> {
            report.findings.iter().map(|of| (of.id.clone(), of.count, of.severity)).collect()
        };
        assert_eq!(count(&less), count(&report));
        let states = |report: &Report| -> Vec<_> {
            report.questions.iter().map(|answer| answer.state).collect()
        };
        assert_eq!(states(&less), states(&report));
        assert!(report.reduced.is_none() && less.reduced.is_some());
    }
    let report = stolen_from(own);
    let [one, same, other] = [5, 5, 6].map(|byte| {
        let less = reduced(&report, &PseudonymKey::new([byte; 32])).unwrap();
        let forms = Form::ALL.iter().map(|(_, form)| written(&less, *form, Language::Ja));
        forms.chain([serde_json::to_string(&less).unwrap()]).collect::<Vec<_>>()
    });
    assert!(one == same && one != other);
    let is_told = |name: &str| one.iter().any(|text| text.to_lowercase().contains(name));
    for name in own.into_iter().chain(["203.0.113.77", "a-c kk", "b-c kk", "c.example.jp"]) {
        assert!(!is_told(name), "{name}");
    }
    assert!(is_told("203.0.113.0/24") && is_told("account-") && is_told("個人データ"));
}

#[test]
fn a_sealed_result_is_for_one_reader_and_not_one_byte_of_it_changes() {
    let told = text(&struck(), Level::Pseudonyms);
    let sealed = seal(told.as_bytes(), &key().public(), [3; 32]).unwrap();
    assert_eq!(unsealed(&sealed, Some(&key())).unwrap(), told);
    assert_eq!(unseal(&sealed, &key()).unwrap(), told.as_bytes());
    let fingerprint = key().public().fingerprint();
    assert_eq!(unsealed(&sealed, None).unwrap_err(), ResultError::NoKey(fingerprint.clone()));
    let other = SecretKey::from_seed([8; 32]);
    let expected = ResultError::Sealed(SealError::OtherKey(fingerprint));
    assert_eq!(unsealed(&sealed, Some(&other)).unwrap_err(), expected);
    let mut random = Random::new(seed());
    for _ in 0..200 {
        let mut changed = sealed.clone();
        let at = random.below(changed.len() as u64) as usize;
        changed[at] ^= 1 << random.below(8);
        let read = unsealed(&changed, Some(&key())).and_then(|text| Answer::read(&text, true));
        assert!(read.is_err(), "byte {at}");
    }
}

#[test]
fn what_is_no_result_is_named_with_what_to_do() {
    let report = struck();
    let told = text(&report, Level::Counts);
    let wrong = |text: &str| Answer::read(text, false).unwrap_err();
    assert_eq!(wrong("not JSON"), ResultError::Other);
    assert_eq!(wrong("{\"client\":1}"), ResultError::Other);
    assert_eq!(wrong(&serde_json::to_string(&report).unwrap()), ResultError::Report);
    let newer = told.replace("\"sekisho_result\": 1", "\"sekisho_result\": 2");
    assert_eq!(wrong(&newer), ResultError::Newer(2));
    assert_eq!(wrong(&newer.replace("counts", "dreams")), ResultError::Newer(2));
    for length in [30, 200, told.len() - 5] {
        assert!(matches!(wrong(&told[..length]), ResultError::Damaged(_)), "{length}");
    }
    assert!(matches!(wrong(&told.replace("cannot_determine", "fine")), ResultError::Damaged(_)));
    // As an editor of Windows saves it.
    let marked = format!("\u{feff}{}", told.replace('\n', "\r\n"));
    let read = unsealed(marked.as_bytes(), None).unwrap();
    assert_eq!(answer(&read), answer(&told));
}

/// What is true of a client that is made up.
struct Truth {
    name: String,
    /// From where it was struck.
    struck: Option<&'static str>,
    is_blind: bool,
    level: Level,
}

const CLIENTS: u64 = 142;
/// The first two are in one network, which is what the findings name.
const ADDRESSES: [&str; 4] = ["203.0.113.7", "203.0.113.90", "198.18.7.1", "2001:db8:77::5"];

fn network(address: &str) -> &str {
    match address {
        "198.18.7.1" => "198.18.7.0/24",
        "2001:db8:77::5" => "2001:db8:77::/48",
        _ => "203.0.113.0/24",
    }
}

fn client(program: &mut Program, random: &mut Random, nth: u64) -> (Truth, Vec<u8>) {
    let name = format!("取引先 {nth:03} KK");
    let org = format!("c{nth}");
    let draw = random.below(10);
    let struck = (draw < 4).then(|| ADDRESSES[random.below(4) as usize]);
    let is_blind = draw >= 8;
    let log = match struck {
        Some(address) => ordinary(&org) + &theft(&org, address),
        None if is_blind => blind(),
        None => ordinary(&org),
    };
    let report = program.check("audit.log", &log);
    // One of them tells all, so that pseudonyms of the others can be told too.
    let level = if nth == 0 { Level::Full } else { Level::ALL[random.below(4) as usize] };
    let told = text_of(&name, &report, level);
    let bytes = match random.one_in(2) {
        true => {
            let mut once = [0; 32];
            once.iter_mut().for_each(|byte| *byte = random.below(256) as u8);
            seal(told.as_bytes(), &key().public(), once).unwrap()
        }
        false => told.into_bytes(),
    };
    (Truth { name, struck, is_blind, level }, bytes)
}

/// Files beside the results: each must be named.
fn others(results: &[Vec<u8>]) -> Vec<(&'static str, Vec<u8>)> {
    let plain = results.iter().find(|bytes| bytes.starts_with(b"{")).unwrap();
    let text = String::from_utf8(plain.clone()).unwrap();
    let other = SecretKey::from_seed([8; 32]).public();
    vec![
        ("cut.json", plain[..plain.len() / 2].to_vec()),
        ("newer.json", text.replace("\"sekisho_result\": 1", "\"sekisho_result\": 7").into_bytes()),
        ("notes.txt", b"call them on Monday".to_vec()),
        ("other.sealed", seal(plain, &other, [1; 32]).unwrap()),
        // The first by name is the one that counts.
        ("sent-again.json", plain.clone()),
    ]
}

fn put_together(files: &[(String, Vec<u8>)], expected: &Expected) -> RollUp {
    let given: Vec<_> = files.iter().map(|(name, bytes)| Given { name, bytes }).collect();
    rollup(&given, Some(&key()), expected)
}

#[test]
fn the_results_of_142_clients_make_the_right_list() {
    let mut random = Random::new(seed());
    let mut program = Program::new(Settings::default());
    let (truth, results): (Vec<_>, Vec<_>) =
        (0..CLIENTS).map(|nth| client(&mut program, &mut random, nth)).unzip();
    let others = others(&results);
    let named = results.into_iter().enumerate().map(|(at, bytes)| (format!("r{at:03}"), bytes));
    let strange = others.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
    let mut files: Vec<_> = named.chain(strange).collect();
    let late = (CLIENTS..CLIENTS + 8).map(|nth| format!("取引先 {nth:03} KK"));
    let late: Vec<String> = late.collect();
    let names: Vec<String> = truth.iter().map(|of| of.name.to_uppercase()).collect();
    let expected = Expected::read(&[names.join("\r\n"), late.join("\n")].join("\n# late\n\n"));

    let begun = Instant::now();
    let all = put_together(&files, &expected);
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    shuffle(&mut files, &mut random);
    assert_eq!(put_together(&files, &expected).json(), all.json(), "in any order");

    is_right(&all, &truth);
    is_shared(&all, &truth);
    assert_eq!(all.not_answered, late);
    let aside: Vec<&str> = all.set_aside.iter().map(|of| of.file.as_str()).collect();
    let expected: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
    assert_eq!(aside, expected);
    for language in [Language::En, Language::Ja] {
        let names = |text: String, of: &Truth| assert!(text.contains(&of.name), "{text}");
        for of in &truth {
            names(all.text(language), of);
            names(all.csv(language), of);
        }
        for of in truth.iter().filter(|of| is_told(of)) {
            names(all.parties(language), of);
        }
    }

    fn is_told(of: &Truth) -> bool {
        of.struck.is_some() && of.level > Level::Verdict
    }
}

/// Each client's row says what is true of it.
fn is_right(all: &RollUp, truth: &[Truth]) {
    assert_eq!(all.clients.len(), truth.len());
    let rows: BTreeMap<&str, _> = all.clients.iter().map(|of| (of.client.as_str(), of)).collect();
    for of in truth {
        let row = rows[of.name.as_str()];
        let is_found = matches!(row.state, State::Confirmed | State::Likely | State::Possible);
        assert_eq!(is_found, of.struck.is_some(), "{}: {:?}", of.name, row.state);
        let is_open = row.sufficiency == Sufficiency::CannotTell;
        assert_eq!(is_open && !is_found, of.is_blind, "{}: {:?}", of.name, row.lacks);
        assert_eq!(all.insufficient.contains(&of.name), is_open);
        assert_eq!(row.level, of.level);
        let is_dated = of.struck.is_some() && of.level > Level::Verdict;
        assert_eq!(row.since.is_some(), is_dated, "{}", of.name);
        assert!(row.since.as_ref().is_none_or(|since| since.day() == "2021-05-21"));
        let names = if of.struck.is_some() && of.level >= Level::Pseudonyms { 3 } else { 0 };
        assert_eq!(row.accounts.len(), names, "{}", of.name);
    }
    let first = all.clients.iter().position(|of| of.state == State::NoEvidence).unwrap();
    assert!(all.clients[first..].iter().all(|of| of.state == State::NoEvidence), "worst first");
}

/// What is listed as shared is what two clients or more have in common, with just these clients.
fn is_shared(all: &RollUp, truth: &[Truth]) {
    let tells = |of: &&Truth| of.level >= Level::Pseudonyms;
    let mut expected = BTreeMap::<&str, BTreeSet<&str>>::new();
    for of in truth.iter().filter(tells) {
        let Some(address) = of.struck else { continue };
        expected.entry(network(address)).or_default().insert(&of.name);
    }
    let expected: BTreeSet<BTreeSet<&str>> =
        expected.into_values().filter(|clients| clients.len() > 1).collect();
    let listed: BTreeSet<BTreeSet<&str>> =
        all.shared.iter().map(|of| of.clients.iter().map(String::as_str).collect()).collect();
    assert_eq!(listed, expected);
    // What one client gave in plain is known of the others too.
    let plain = truth.iter().filter(|of| of.level == Level::Full);
    let plain: BTreeSet<&str> = plain.filter_map(|of| of.struck).map(network).collect();
    for of in &all.shared {
        assert_eq!(of.shown.is_pseudonym, !plain.contains(of.shown.name.as_str()), "{of:?}");
    }
}

/// An access log with a traversal that worked.
fn traversal(address: &str) -> String {
    let line = |at: i64, from: &str, doc: &str, bytes: i64| {
        let target = format!("/show.php?doc={doc}");
        common::line(from, START + at * 60, &target).bytes(bytes).text() + "\n"
    };
    let mut log: String = (0..25)
        .map(|n| {
            line(n, &format!("198.51.100.{}", n % 9 + 1), &format!("minutes-{n}"), n * 90 + 48_000)
        })
        .collect();
    log += &line(26, address, "..%2f..%2f..%2f..%2fetc%2fpasswd", 1_874);
    log
}

/// A network is listed beside its addresses only where it says more than they do.
#[test]
fn addresses_are_shared_and_networks_where_they_say_more() {
    let mut program = Program::new(Settings::default());
    let mut file = |client: &str, address: &str, level: Level| {
        let report = program.check("access.log", &traversal(address));
        (client.to_owned(), text_of(client, &report, level).into_bytes())
    };
    let one = file("one", "203.0.113.7", Level::Full);
    let two = file("two", "203.0.113.7", Level::Pseudonyms);
    let three = file("three", "203.0.113.90", Level::Pseudonyms);
    let shared = |files: &[(String, Vec<u8>)]| -> Vec<(NameKind, String, usize)> {
        let all = put_together(files, &Expected::default());
        let of = |of: &_| {
            let sekisho::share::Shared { shown, clients, .. } = of;
            (shown.kind, shown.name.clone(), clients.len())
        };
        all.shared.iter().map(of).collect()
    };
    let address = (NameKind::Address, "203.0.113.7".to_owned(), 2);
    let network = (NameKind::Network, "203.0.113.0/24".to_owned(), 3);
    assert_eq!(shared(&[one.clone(), two.clone()]), std::slice::from_ref(&address));
    assert_eq!(shared(&[one, two, three]), [network, address]);
}

/// An inner address is another machine at each client, and an account without a domain may be.
#[test]
fn what_is_only_called_the_same_is_not_shared() {
    let mut program = Program::new(Settings::default());
    let mut of = |org: &str, address: &str| {
        let log = (ordinary(org) + &theft(org, address))
            .replace(&format!("sato@a.{org}.example.jp"), "admin");
        let report = program.check("audit.log", &log);
        text_of(org, &report, Level::Full).into_bytes()
    };
    let inner = [("one", of("one", "10.9.8.7")), ("two", of("two", "10.9.8.7"))];
    let files = inner.map(|(name, bytes)| (name.to_owned(), bytes));
    let all = put_together(&files, &Expected::default());
    let shared: Vec<_> =
        all.shared.iter().map(|of| (of.shown.name.as_str(), of.may_differ)).collect();
    assert_eq!(shared, [("admin", true)]);
    assert!(all.text(Language::En).contains("without a domain"));
}

/// Each answer says when it was made and with which edition of the checker, so that old ones and
/// those of another key are seen.
#[test]
fn days_and_editions_of_answers_are_told() {
    let file = |name: &str, client: &str, on: &str, edition: &str| {
        let mut settings = Settings::default();
        let fingerprint = key().public().fingerprint();
        let id =
            json!({"title": "t", "vendor": "v", "fingerprint": fingerprint, "edition": edition});
        settings.checker = serde_json::from_value(id).unwrap();
        let report = Program::new(settings).check("audit.log", &ordinary(client));
        let (level, pseudonyms, made_on) = (Level::Verdict, &key().pseudonyms(), day(on));
        let told =
            Giving { report: &report, level, client, asked: &[], pseudonyms, made_on }.text();
        assert!(told.contains(&format!("\"made_on\": \"{on}\"")), "the client sees it: {told}");
        (name.to_owned(), told.into_bytes())
    };
    let files = [
        file("1", "one", "2021-06-01", "aa11"),
        file("2", "one", "2021-06-09", "bb22"),
        file("3", "two", "2021-06-09", "bb22"),
    ];
    let all = put_together(&files, &Expected::default());
    let said = |of: &sekisho::share::Client| -> String {
        of.notes.iter().map(|note| note.en.to_string()).collect()
    };
    let of = |name: &str| said(all.clients.iter().find(|of| of.file == name).unwrap());
    assert!(of("1").contains("a result of a later day") && of("1").contains("edition aa11"));
    assert!(!of("2").contains("later day") && of("2").contains("edition bb22"));
    let text = all.text(Language::En);
    assert!(text.contains("from 2021-06-01 to 2021-06-09"), "{text}");
    assert!(text.contains("Edition bb22") && text.contains("2 results, 2021-06-09 – 2021-06-09"));
    assert!(all.csv(Language::En).contains("2021-06-09"));
    let same = put_together(&files[1..], &Expected::default());
    assert_eq!(same.notes.iter().filter(|note| note.en.contains("dition")).count(), 0);
    assert!(same.clients.iter().all(|of| !said(of).contains("edition")));
}

/// A result of before, without a day, is read; one with a day that is none is damaged.
#[test]
fn a_day_may_be_missing_and_not_wrong() {
    let told = text(&struck(), Level::Verdict);
    let without = told.replace("\"made_on\": \"2021-06-01\"", "\"made_on\": null");
    assert_ne!(told, without);
    assert_eq!(answer(&without).about.made_on, None);
    let wrong = told.replace("2021-06-01", "2021-13-01");
    assert!(Answer::read(&wrong, false).is_err());
}

/// Results of cases to practise on are never taken for others.
#[test]
fn results_of_cases_to_practise_on_say_so_and_the_others_do_not() {
    let settings = Settings { training: Some("T1-7".to_owned()), ..Settings::default() };
    let file = |settings: Settings, client: &str| {
        let log = ordinary(client) + &theft(client, "203.0.113.7");
        let report = Program::new(settings).check("audit.log", &log);
        (client.to_owned(), text_of(client, &report, Level::Counts).into_bytes())
    };
    let files = [file(settings, "one"), file(Settings::default(), "two")];
    let all = put_together(&files, &Expected::default());
    let is_marked = |line: &&str| line.contains("T1-7");
    for (text, of) in [(all.csv(Language::En), "one"), (all.parties(Language::En), "one")] {
        assert!(text.lines().filter(is_marked).count() > 0, "{text}");
        let own = format!("\"{of}\"");
        assert!(text.lines().filter(is_marked).all(|line| line.contains(&own)), "{text}");
    }
    assert!(all.text(Language::En).starts_with("TRAINING: 1 of 2"));
}

/// A folder for the command line.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("results").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("answers")).unwrap();
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        let output = command.args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

#[test]
fn the_command_line_gives_results_and_puts_them_together() {
    let folder = Folder::new("line");
    let write = |name: &str, text: &str| fs::write(folder.0.join(name), text).unwrap();
    write("audit.jsonl", &(ordinary("c1") + &theft("c1", "203.0.113.7")));
    write("expected.txt", "Client 1\nClient 2\n");
    let ok = |arguments: &[&str], status| {
        let (code, out, err) = folder.run(arguments);
        assert_eq!(code, Some(status), "{arguments:?}: {err}");
        (out, err)
    };
    ok(&["check", "--format", "json", "--out", "report.json", "audit.jsonl"], 1);
    ok(&["key", "--out", "vendor.key", "--public", "clients.json"], 0);
    ok(&["key", "--from", "vendor.key", "--public", "again.json"], 0);
    let read = |name: &str| fs::read_to_string(folder.0.join(name)).unwrap();
    assert_eq!(read("clients.json"), read("again.json"));
    let to = ["--to", "clients.json", "--level", "pseudonyms", "--name", "Client 1"];
    let made = [&["result", "report.json", "--out", "answers/1"][..], &to].concat();
    let (_, err) = ok(&made, 0);
    let secret = SecretKey::read(&read("vendor.key")).unwrap();
    assert!(err.contains(&secret.public().fingerprint()), "{err}");
    assert_eq!(Recipient::read(&read("clients.json")).unwrap(), Recipient::of(&secret));
    let bytes = fs::read(folder.0.join("answers/1")).unwrap();
    assert!(unsealed(&bytes, Some(&secret)).unwrap().contains("\"Client 1\""));
    let expected = ["--expected", "expected.txt"];
    let (_, err) = ok(&["rollup", "answers"], 2);
    assert_eq!(err, "");
    let (out, _) = ok(&[&["rollup", "answers", "--key", "vendor.key"][..], &expected].concat(), 1);
    assert!(out.contains("Client 2") && out.contains("pseudonym:"), "{out}");
    for (form, part) in
        [("json", "{\"sekisho_rollup\":1"), ("csv", "\"Client 2\""), ("parties", "Client 1")]
    {
        let arguments = ["rollup", "answers", "--key", "vendor.key", "--format", form];
        let (out, _) = ok(&[&arguments[..], &expected].concat(), 1);
        assert!(out.contains(part), "{form}: {out}");
    }
    let (out, err) = ok(&["result", "report.json"], 0);
    assert!(out.starts_with("{\n  \"sekisho_result\": 1") && err.contains("--to"), "{err}");
    let (_, err) = ok(&["result", "audit.jsonl"], 2);
    assert!(err.contains("audit.jsonl"), "{err}");
}
