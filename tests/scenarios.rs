//! Cases to practise on: the same from the same seed, read as the formats that they are written
//! in, and with a truth whose names are in the logs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use sekisho::base::Bilingual;
use sekisho::train::{CaseFile, Scenario, Wanted, generate};
use serde_json::Value;

/// Formats that the logs are written in.
const FORMATS: &[(&str, &str)] = &[
    ("logs/synthetic-web-access.log", "apache_combined"),
    ("logs/synthetic-sign-in.jsonl", "keycloak"),
    ("logs/synthetic-audit.jsonl", "jsonl"),
    ("logs/synthetic-mail.log", "postfix"),
    ("logs/synthetic-proxy.log", "squid"),
];

fn small(scenario: Scenario, seed: u64) -> Vec<CaseFile> {
    generate(&Wanted { days: 40, users: 80, ..Wanted::new(scenario, seed) }).unwrap()
}

fn text(files: &[CaseFile], name: &str) -> String {
    let file = files.iter().find(|file| file.name == name).unwrap();
    String::from_utf8(file.bytes.clone()).unwrap()
}

fn truth(files: &[CaseFile]) -> Value {
    serde_json::from_str(&text(files, "truth.json")).unwrap()
}

#[test]
fn a_seed_is_a_case() {
    let bytes = |scenario, seed| -> Vec<_> {
        small(scenario, seed).into_iter().map(|file| (file.name, file.bytes)).collect()
    };
    for scenario in Scenario::ALL {
        assert_eq!(bytes(scenario, 3), bytes(scenario, 3), "{scenario}");
    }
    for ((name, one), (_, other)) in bytes(Scenario::T1, 3).into_iter().zip(bytes(Scenario::T1, 4))
    {
        assert_ne!(one, other, "{name}");
    }
}

#[test]
fn a_name_is_a_case_of_the_usual_size() {
    let named: Wanted = "t1-7".parse().unwrap();
    assert_eq!((named.scenario, named.seed), (Scenario::T1, 7));
    assert_eq!((named.days, named.users), (90, 320));
    assert_eq!(named.to_string(), "T1-7");
    assert_eq!("quiet-0".parse::<Wanted>().unwrap().to_string(), "quiet-0");
    for wrong in ["", "T1", "T1-", "T8-1", "T1-+1", "T1-1-1", "T1 -1", "T1-18446744073709551616"] {
        let told = wrong.parse::<Wanted>().unwrap_err().told();
        assert!(told.en.ends_with("such as T1-7"), "{wrong}");
        assert!(told.ja.ends_with("(例:T1-7)を指定してください。"), "{wrong}");
    }
}

#[test]
fn what_is_out_of_range_is_refused() {
    let days = Wanted { days: 3, ..Wanted::new(Scenario::T1, 1) };
    assert_eq!(generate(&days).unwrap_err().to_string(), "3 days: a case has 30 to 366");
    let users = Wanted { users: 9_000, ..Wanted::new(Scenario::T1, 1) };
    assert_eq!(generate(&users).unwrap_err().to_string(), "9000 users: a case has 80 to 5000");
    assert!("T7".parse::<Scenario>().is_err());
}

#[test]
fn the_logs_are_read_as_the_formats_that_they_are_written_in() {
    for scenario in Scenario::ALL {
        let files = small(scenario, 5);
        let logs: Vec<_> = files.iter().filter(|file| file.name.starts_with("logs/")).collect();
        let given: Vec<_> = logs.iter().map(|file| (&*file.name, &*file.bytes)).collect();
        let report = common::check(&given, &common::Options::default());
        assert_eq!(report.sources.len(), FORMATS.len(), "{scenario}");
        for source in &report.sources {
            let (_, format) = FORMATS.iter().find(|(name, _)| *name == source.name).unwrap();
            let [stream] = source.streams.as_slice() else { panic!("{}", source.name) };
            assert_eq!(stream.format.as_deref(), Some(*format), "{scenario}: {}", source.name);
            assert!(stream.records > 30, "{scenario}: {}", source.name);
            assert!(stream.unparsed * 100 <= stream.records, "{scenario}: {}", source.name);
        }
    }
}

#[test]
fn the_truth_names_what_stands_in_the_logs() {
    for scenario in Scenario::ALL {
        let files = small(scenario, 6);
        let truth = truth(&files);
        let logs = |file: &&CaseFile| file.name.starts_with("logs/");
        let logs: Vec<_> = files.iter().filter(logs).collect();
        let logs: String = logs.iter().map(|file| text(&files, &file.name)).collect();
        let is_incident = !matches!(scenario, Scenario::Quiet | Scenario::T5);
        for kind in ["accounts", "addresses", "organisations", "projects"] {
            let names = truth["entities"][kind].as_array().unwrap();
            assert_eq!(!names.is_empty(), is_incident, "{scenario}: {kind}");
            for name in names {
                assert!(logs.contains(name.as_str().unwrap()), "{scenario}: {name}");
            }
        }
        assert_eq!(truth["questions"].as_object().unwrap().len(), 12);
        assert_eq!(truth["synthetic"], true);
        // Where the logs begin after it did, nothing in them says when it began.
        let is_first_known = is_incident && scenario != Scenario::T1;
        assert_eq!(truth["first"].is_string(), is_first_known, "{scenario}");
    }
}
