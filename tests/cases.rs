//! Every case file: what its logs say and what must be concluded from them, exactly.
//!
//! `SEKISHO_CASE=text` runs only the cases whose name holds the text. The logs are left under
//! `target/*/tmp/cases` for other test programs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "common/case.rs"]
mod case;
mod common;

use case::{Case, Kind};
use common::{Options, check, check_with_rows, json, seed, word};
use sekisho::detect::{CARDS, packs};
use sekisho::report::Report;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let is_case = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "md") && !path.ends_with("README.md")
    };
    let files: BTreeSet<PathBuf> = entries.filter(is_case).collect();
    files.iter().flat_map(|path| case::read(path)).collect()
}

/// How a case is checked.
fn options(case: &Case, how: Options) -> Options {
    Options { lists: case.lists.clone(), settings: case.settings.clone(), ..how }
}

/// What was found, in the notation of the case files.
fn found(report: &Report) -> Vec<String> {
    let each = |f: &sekisho::finding::Finding| {
        let (severity, outcome) = (word(f.severity), word(f.outcome));
        format!("{} {severity} {outcome} {} ×{}", f.detector, f.subject.value, f.count)
    };
    report.findings.iter().map(each).collect()
}

/// What else was concluded, in the notation of the case files.
fn answered(report: &Report) -> Vec<String> {
    let answers = report.questions.iter().map(|a| format!("{} {}", a.id, word(a.state)));
    let not = report.not_evaluable.iter().map(|n| format!("not evaluable: {}", n.id));
    let incidents = report.incidents.iter().map(|incident| {
        let ids: Vec<&str> = incident.story.iter().map(|step| &*step.finding).collect();
        format!("incident: {} {}", word(incident.severity), ids.join(" "))
    });
    let count = format!("incidents: {}", report.incidents.len());
    answers.chain(not).chain(incidents).chain([count]).collect()
}

/// What is wrong with a report, if anything is.
fn wrong(case: &Case, report: &Report) -> Option<String> {
    let is_answer = |line: &&String| {
        ["Q", "not evaluable: ", "incident"].iter().any(|start| line.starts_with(start))
    };
    let (asked, expected): (Vec<&String>, Vec<&String>) = case.expected.iter().partition(is_answer);
    let (found, answered) = (found(report), answered(report));
    let agrees =
        expected.iter().copied().eq(&found) && asked.iter().all(|line| answered.contains(line));
    let shown = || {
        let said = found.iter().chain(&answered).cloned().collect::<Vec<_>>().join("\n  ");
        format!("{}\n  {said}\n", case.name())
    };
    (!agrees).then(shown)
}

#[test]
fn every_case_concludes_what_its_file_says() {
    let wanted = std::env::var("SEKISHO_CASE").unwrap_or_default();
    let cases: Vec<Case> = all().into_iter().filter(|c| c.name().contains(&wanted)).collect();
    let each = |case: &Case| {
        let options = options(case, Options::default());
        wrong(case, &check(&case.given(), &options))
    };
    let wrong: Vec<String> = cases.iter().filter_map(each).collect();
    assert!(wrong.is_empty(), "concluded instead:\n\n{}", wrong.join("\n"));
}

#[test]
fn no_cut_changes_a_case() {
    let seed = seed();
    for case in all() {
        let whole = json(&check(&case.given(), &options(&case, Options::default())));
        let cut = json(&check(&case.given(), &options(&case, Options::cut(1_500, seed))));
        assert!(whole == cut, "{}: another report when cut by SEKISHO_SEED={seed}", case.name());
    }
}

#[test]
fn every_count_of_a_case_opens_into_its_rows() {
    for case in all() {
        let options = options(&case, Options::cut(1_500, seed()));
        let (report, rows) = check_with_rows(&case.given(), &options);
        for finding in &report.findings {
            let own: BTreeSet<_> = rows
                .iter()
                .filter(|row| row.finding == finding.id)
                .map(|row| (row.place.0, row.place.1))
                .collect();
            let opened = rows.iter().filter(|row| row.finding == finding.id).count() as u64;
            assert_eq!(opened, finding.count, "{}: {}", case.name(), finding.title.en);
            let shown = finding.evidence.iter().map(|shown| (shown.stream, shown.offset));
            assert!(shown.into_iter().all(|place| own.contains(&place)), "{}", case.name());
        }
    }
}

#[test]
fn every_detection_has_a_case_that_fires_and_an_innocent_twin() {
    let cases = all();
    let detectors = |kind| -> BTreeSet<String> {
        cases.iter().filter(|c| c.kind == kind).map(|c| c.detector.clone()).collect()
    };
    let cards = CARDS.iter().chain(sekisho::intel::CARDS);
    let incidents = ["incidents".to_owned()];
    let cards: BTreeSet<String> = cards.map(|card| card.id.to_owned()).chain(incidents).collect();
    assert_eq!(detectors(Kind::Fires), cards, "with a case that fires");
    assert_eq!(detectors(Kind::Twin), cards, "with an innocent twin");
}

#[test]
fn every_pack_has_a_case_that_fires_and_an_innocent_twin() {
    let cases = all();
    for pack in packs().iter() {
        for kind in [Kind::Fires, Kind::Twin] {
            let is_its_own =
                |c: &&Case| c.kind == kind && c.title.starts_with(&format!("{}: ", pack.id));
            assert!(cases.iter().any(|case| is_its_own(&case)), "{}: no case, {kind:?}", pack.id);
        }
    }
}

/// A twin may leave a note of the severity `info`: an attempt without a sign of success.
#[test]
fn cases_that_fire_expect_their_detection_and_twins_do_not() {
    for case in all() {
        let begins = match case.detector.as_str() {
            "incidents" => "incident:",
            detector => detector,
        };
        let own: Vec<&String> =
            case.expected.iter().filter(|line| line.split(' ').next() == Some(begins)).collect();
        match case.kind {
            Kind::Fires => assert!(!own.is_empty(), "{}", case.name()),
            Kind::Twin => {
                assert!(own.iter().all(|line| line.contains(" info ")), "{}", case.name());
            }
        }
    }
}

#[test]
fn every_case_uses_addresses_for_documentation() {
    for case in all() {
        for (name, bytes) in &case.files {
            let text = String::from_utf8_lossy(bytes);
            let client = |line: &str| {
                let first = line.split(' ').next().unwrap_or("");
                first.trim_start_matches('\0').to_owned()
            };
            let is_for_documentation = |client: &str| {
                ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|net| client.starts_with(net))
            };
            let strange = text
                .lines()
                .map(client)
                .find(|client| client.split('.').count() == 4 && !is_for_documentation(client));
            assert_eq!(strange, None, "{} {name}", case.name());
        }
    }
}

#[test]
fn the_logs_are_left_for_other_test_programs() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
    for (number, case) in all().iter().enumerate() {
        let own = folder.join(format!("{}-{number}", case.detector));
        fs::create_dir_all(&own).unwrap();
        for (name, bytes) in &case.files {
            fs::write(own.join(name), bytes).unwrap();
        }
    }
}
