//! Whose data was reached, what to change, what to ask for, what to fill in, what has changed: what
//! a report says beyond its findings, and that its counts open into their records.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Given, Options, START, check, check_and_open, json};
use sekisho::base::Language;
use sekisho::engine::{act_named, party_rows};
use sekisho::report::{
    Affected, Cause, Form, Judged, Judgement, Kind, PartyKind, Report, SecretKind, diff, diff_html,
    diff_text, worksheets, written,
};
use serde_json::json as value;

const DAY: i64 = 86_400;
const ACTS: [&str; 5] = ["viewed", "searched", "listed", "downloaded", "exported"];

/// A record of an audit log.
fn record(
    at: i64,
    (user, org): (&str, &str),
    address: &str,
    action: &str,
    project: &str,
) -> String {
    let time = jiff::Timestamp::from_second(at).unwrap().to_string();
    let (file, tenant) = (format!("/{project}/{user}-{at}.pdf"), format!("{org} KK"));
    let record = value!({
        "time": time, "username": user, "client_ip": address, "action": action,
        "organization_name": tenant, "project": project, "file_path": file, "result": "success",
    });
    format!("{record}\n")
}

const PEOPLE: [(&str, &str); 3] =
    [("sato@a.example.jp", "a"), ("kato@b.example.jp", "b"), ("ito@b.example.jp", "b")];

/// Two weeks at home, each day a document viewed.
fn ordinary() -> String {
    let mut log = String::new();
    for day in 0..14 {
        for (place, who) in PEOPLE.into_iter().enumerate() {
            let (at, home) =
                (START + day * DAY + place as i64, format!("198.51.100.{}", place + 5));
            log += &record(at, who, &home, "login", "");
            log += &record(at + 60, who, &home, "document_viewed", "own");
        }
    }
    log
}

/// All of them from one network that is new to each: views, then downloads.
fn theft() -> String {
    let mut log = String::new();
    let at = START + 15 * DAY;
    for (place, who) in PEOPLE.into_iter().enumerate() {
        let at = at + place as i64 * 900;
        log += &record(at, who, "203.0.113.7", "login", "");
        for n in 0..4 {
            log += &record(at + 60 + n, who, "203.0.113.7", "document_viewed", "P1");
        }
        for n in 0..3 {
            log += &record(at + 90 + n, who, "203.0.113.7", "document_downloaded", "P2");
        }
        // At home on the same day: somebody else's work, in front of the same counter.
        log +=
            &record(at + 200, who, &format!("198.51.100.{}", place + 5), "document_viewed", "own");
    }
    log
}

fn whole() -> Vec<u8> {
    (ordinary() + &theft()).into_bytes()
}

fn report() -> Report {
    check(&[("audit.jsonl", &whole())], &Options::default())
}

fn party<'r>(
    report: &'r Report,
    kind: PartyKind,
    name: &str,
    within: Option<&str>,
) -> &'r Affected {
    let is_it =
        |of: &&Affected| of.kind == kind && of.name == name && of.within.as_deref() == within;
    report.affected.iter().find(is_it).unwrap_or_else(|| panic!("{name}: {:#?}", report.affected))
}

#[test]
fn parties_are_told_by_domain_organisation_and_project_with_acts_apart() {
    let report = report();
    assert!(
        report.findings.iter().any(|finding| finding.detector == "C5"),
        "{:?}",
        report.questions
    );
    let counts = |kind, name, within| party(&report, kind, name, within).counts();
    assert_eq!(counts(PartyKind::Domain, "a.example.jp", None), [4, 0, 0, 3, 0]);
    assert_eq!(counts(PartyKind::Domain, "b.example.jp", None), [8, 0, 0, 6, 0]);
    assert_eq!(counts(PartyKind::Tenant, "b KK", None), [8, 0, 0, 6, 0]);
    assert_eq!(counts(PartyKind::Project, "P1", Some("b KK")), [8, 0, 0, 0, 0]);
    assert_eq!(counts(PartyKind::Project, "P2", Some("a KK")), [0, 0, 0, 3, 0]);
    assert!(report.affected.iter().all(|of| of.name != "own"), "what was done at home is no part");
    let tenant = party(&report, PartyKind::Tenant, "a KK", None);
    assert!(tenant.findings.iter().any(|id| id.starts_with("C5")), "{tenant:?}");
    assert_eq!(tenant.first.as_deref(), Some("2021-05-21T01:01:00Z"));
    assert_eq!(tenant.last.as_deref(), Some("2021-05-21T01:01:32Z"));
    let people = &report.questions[4].summary;
    assert!(
        people.en.contains("data of 2 mail domains, 2 organisations and 4 projects"),
        "{people:?}"
    );
}

#[test]
fn what_is_ordinary_affects_nobody() {
    let report = check(&[("audit.jsonl", ordinary().as_bytes())], &Options::default());
    assert_eq!((report.affected.len(), report.secrets.len()), (0, 0));
}

#[test]
fn every_count_of_a_party_opens_into_as_many_records_however_the_log_is_cut() {
    let bytes = whole();
    let given = [Given { name: "audit.jsonl", size: bytes.len() as u64, source: &bytes }];
    let expected = json(&report());
    for options in [Options::default(), Options::cut(900, 3), Options::cut(4_000, 8)] {
        let (report, opened) = check_and_open(&given, &options, |concluded, prepared, sources| {
            let mut opened = Vec::new();
            for party in &concluded.report.affected {
                let mut counts = [0_u64; 5];
                for (count, act) in counts.iter_mut().zip(ACTS) {
                    let act = act_named(act).unwrap();
                    for job in &prepared.plan.jobs {
                        let source = sources[job.source as usize];
                        let mut sink = |_| {
                            *count += 1;
                            true
                        };
                        party_rows(concluded, job, source, (party, act), &mut sink, &mut |_| ());
                    }
                }
                opened.push(counts);
            }
            opened
        });
        assert!(json(&report) == expected, "{options:?}");
        let counted: Vec<_> = report.affected.iter().map(Affected::counts).collect();
        assert_eq!(opened, counted);
    }
}

#[test]
fn what_to_change_follows_the_findings_and_their_judgement() {
    let mut report = report();
    let accounts = |report: &Report| -> Vec<String> {
        let of = report.secrets.iter().filter(|secret| secret.kind == SecretKind::Account);
        of.map(|secret| secret.name.en.to_string()).collect()
    };
    assert_eq!(accounts(&report), ["ito@b.example.jp", "kato@b.example.jp", "sato@a.example.jp"]);
    let benign = |id: &String| Judgement {
        finding: id.clone(),
        mark: None,
        judged: Judged::Benign { reason: "the integrator's new office".to_owned() },
        note: String::new(),
    };
    let all: Vec<_> = report.findings.iter().map(|finding| benign(&finding.id)).collect();
    report.judge(&all).unwrap();
    assert!(report.secrets.is_empty(), "{:?}", report.secrets);
    let list = written(&report, Form::Parties, Language::En);
    let rows = list.lines().filter(|line| line.contains("\"benign\"")).count();
    assert_eq!(rows, report.affected.len(), "{list}");
}

#[test]
fn the_list_to_notify_by_is_a_table() {
    let report = report();
    for (language, head) in
        [(Language::En, "\"Kind\",\"Name\""), (Language::Ja, "\"種別\",\"名称\"")]
    {
        let list = written(&report, Form::Parties, language);
        assert!(list.trim_start_matches('\u{feff}').starts_with(head), "{list}");
        assert_eq!(list.lines().count(), report.affected.len() + 1);
    }
}

#[test]
fn the_letter_asks_for_what_is_missing_with_period_fields_and_reason() {
    let mut log = whole();
    log.extend_from_slice(b"{\"time\":\"2021-05-2");
    let report = check(&[("audit.jsonl", &log), ("empty.log", b"")], &Options::default());
    for (language, says) in [
        (
            Language::En,
            ["Subject: Request for logs", "empty.log", "before 2021-05-06", "Why: ", "SHA-256"],
        ),
        (Language::Ja, ["件名:", "empty.log", "2021-05-06", "理由:", "ローテーション"]),
    ] {
        let letter = written(&report, Form::Letter, language);
        for text in says {
            assert!(letter.contains(text), "{text}: {letter}");
        }
        for lacking in report.not_evaluable.iter() {
            assert!(letter.contains(&*lacking.id), "{}: {letter}", lacking.id);
        }
    }
}

#[test]
fn worksheets_are_prefilled_and_say_what_they_are_not() {
    let report = report();
    for (language, advice) in
        [(Language::En, "no legal advice"), (Language::Ja, "法的助言ではありません")]
    {
        let known = "2021-05-25T10:30:00+09:00".parse().unwrap();
        let sheet = worksheets(&report, language, Some(known));
        for text in
            [advice, "2021-05-29", "2021-07-23", "2021-05-28 10:30", "b.example.jp", "_____", "Q1"]
        {
            assert!(sheet.contains(text), "{text}");
        }
        let blank = written(&report, Form::Worksheets, language);
        assert!(!blank.contains("2021-07-23") && blank.contains(advice));
    }
}

#[test]
fn a_report_on_more_logs_says_what_is_new_and_why() {
    let earlier = check(&[("home.jsonl", ordinary().as_bytes())], &Options::default());
    let (home, more) = (ordinary(), theft());
    let logs = [("home.jsonl", home.as_bytes()), ("more.jsonl", more.as_bytes())];
    let later = check(&logs, &Options::default());
    let changed = diff(&earlier, &later);
    let of = |part: &'static str, kind| {
        changed.changes.iter().filter(move |one| one.part == part && one.kind == kind)
    };
    assert!(
        changed.causes.contains(&Cause::MoreLogs) && changed.causes.contains(&Cause::WiderWindow)
    );
    assert!(!changed.causes.contains(&Cause::OtherRules));
    assert_eq!(of("finding", Kind::New).count(), later.findings.len());
    assert!(of("finding", Kind::New).all(|one| one.causes == [Cause::MoreLogs]));
    assert_eq!(of("party", Kind::New).count(), later.affected.len());
    assert_eq!(of("source", Kind::New).count(), 1);
    assert!(of("question", Kind::Changed).any(|one| one.what.en.starts_with("Q1 ")));
    let back = diff(&later, &earlier);
    assert_eq!(
        back.changes.iter().filter(|one| one.part == "finding").count(),
        later.findings.len()
    );
    assert!(back.changes.iter().all(|one| one.part != "finding" || one.kind == Kind::Gone));
    assert!(diff(&later, &later).is_empty());
    for language in [Language::En, Language::Ja] {
        let (text, page) = (diff_text(&changed, language), diff_html(&changed, language));
        assert!(text.lines().count() > changed.changes.len() && page.contains("203.0.113.0/24"));
    }
}
