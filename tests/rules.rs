//! Rules on logs: what each case of `tests/rules` concludes, and that cuts, order and the opening
//! of counts hold with rules as they hold without.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "common/case.rs"]
mod case;
mod common;

use case::{Case, Kind};
use common::{Options, check_with_rows, json, log, seed, shuffle, word};
use common::{START, line};
use sekisho::report::Report;
use sekisho::train::Random;
use std::collections::BTreeMap;
use std::path::Path;

fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    ["web.md", "correlations.md"].iter().flat_map(|name| case::read(&folder.join(name))).collect()
}

fn options(case: &Case) -> Options {
    Options { rules: case.rules.clone(), ..Options::default() }
}

/// What the rules found, in the notation of the cases.
fn found(report: &Report) -> Vec<String> {
    let of_rules = report.findings.iter().filter(|finding| finding.detector == "sigma");
    let each = |f: &sekisho::finding::Finding| {
        let (severity, outcome) = (word(f.severity), word(f.outcome));
        let rule = f.rule.as_deref().unwrap_or("-");
        format!("sigma {severity} {outcome} {} ×{} {rule}", f.subject.value, f.count)
    };
    of_rules.map(each).collect()
}

#[test]
fn every_case_concludes_what_its_file_says() {
    for case in all() {
        let (report, _) = check_with_rows(&case.given(), &options(&case));
        let found = found(&report);
        let answers: Vec<_> =
            report.questions.iter().map(|a| format!("{} {}", a.id, word(a.state))).collect();
        let (asked, expected): (Vec<&String>, Vec<&String>) =
            case.expected.iter().partition(|line| line.starts_with('Q'));
        assert!(expected.iter().copied().eq(&found), "{}: {found:#?}", case.name());
        for line in asked {
            assert!(answers.contains(line), "{}: {answers:?}", case.name());
        }
        let speaks = found.iter().any(|line| !line.contains(" info "));
        assert_eq!(speaks, case.kind == Kind::Fires, "{}", case.name());
    }
}

/// Rules that match much of a log, and correlations of every type over them.
fn busy() -> Vec<(String, Vec<u8>)> {
    let mut text = String::new();
    for (name, uri) in [("pages", "/page/"), ("files", "/files/"), ("signs", "/sign-in")] {
        text += &format!(
            "title: Of {name}\nid: {name}\nname: {name}\nlogsource:\n    category: webserver\ndetection:\n    selection:\n        c-uri|contains: {uri}\n    condition: selection\nlevel: medium\n---\n"
        );
    }
    let types = [
        ("event_count", "files", "gte: 5"),
        ("value_count", "files", "field: c-uri\n        gte: 4"),
        ("value_sum", "files", "field: sc-bytes\n        gte: 20000"),
        ("value_avg", "files", "field: sc-bytes\n        gt: 4000"),
        ("value_median", "files", "field: sc-bytes\n        gt: 4000"),
        ("value_percentile", "files", "field: sc-bytes\n        percentile: 90\n        gt: 6000"),
        ("temporal", "pages, files, signs", "gte: 3"),
        ("temporal_ordered", "signs, files, pages", "gte: 3"),
        ("temporal", "of_event_count, of_value_sum", "gte: 2"),
    ];
    for (at, (kind, rules, condition)) in types.into_iter().enumerate() {
        let name = if at < 8 { format!("of_{kind}") } else { "of_both".to_owned() };
        text += &format!(
            "title: {name}\nid: {name}\nname: {name}\ngenerate: true\ncorrelation:\n    type: {kind}\n    rules: [{rules}]\n    group-by: [c-ip]\n    timespan: 2m\n    condition:\n        {condition}\nlevel: high\n---\n"
        );
    }
    vec![("busy.yml".to_owned(), text.into_bytes())]
}

fn traffic(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let lines: Vec<_> = (0..900)
        .map(|n| {
            let at = START + n * 3 + random.below(40) as i64;
            let client = format!("203.0.113.{}", random.below(4));
            let target = match random.below(8) {
                0..3 => format!("/page/{}", random.below(9)),
                3..6 => format!("/files/{}", random.below(9)),
                6 => "/sign-in".to_owned(),
                _ => "/".to_owned(),
            };
            line(&client, at, &target).bytes(random.below(9_000))
        })
        .collect();
    log(&lines)
}

#[test]
fn neither_cuts_nor_order_change_what_rules_find_and_every_count_opens() {
    let seed = seed();
    let mut random = Random::new(seed);
    let (one, two) = (traffic(seed), traffic(seed ^ 1));
    let mut given = vec![("a/access.log", one.as_slice()), ("b/access.log", two.as_slice())];
    let whole = Options { rules: busy(), ..Options::default() };
    let (report, rows) = check_with_rows(&given, &whole);
    let ids: std::collections::BTreeSet<_> =
        report.findings.iter().filter_map(|finding| finding.rule.as_deref()).collect();
    assert_eq!(ids.len(), 12, "{ids:?}");
    let mut counts = BTreeMap::<&str, u64>::new();
    rows.iter().for_each(|row| *counts.entry(&row.finding).or_default() += 1);
    for finding in &report.findings {
        let opened = counts.get(finding.id.as_str()).copied().unwrap_or(0);
        assert_eq!(opened, finding.count, "{}: {}", finding.id, finding.title.en);
    }
    for mean in [40_000, 3_000, 900] {
        shuffle(&mut given, &mut random);
        let cut = Options { rules: busy(), ..Options::cut(mean, random.next()) };
        let (again, again_rows) = check_with_rows(&given, &cut);
        assert!(json(&again) == json(&report), "SEKISHO_SEED={seed} {mean}");
        assert!(again_rows == rows, "SEKISHO_SEED={seed} {mean}");
    }
}

#[test]
fn rules_that_miss_their_log_source_are_told_together() {
    let rule = |id: usize, source: &str| {
        format!(
            "title: Rule {id}\nid: r{id}\nlogsource:\n    {source}\ndetection:\n    selection:\n        A: b\n    condition: selection\n---\n"
        )
    };
    let text: String = (0..30).map(|id| rule(id, "product: windows")).collect();
    let broken = "title: Broken\nid: broken\nlogsource:\n    product: windows\n";
    let rules = vec![
        ("windows.yml".to_owned(), text.into_bytes()),
        ("broken.yml".to_owned(), broken.as_bytes().to_vec()),
    ];
    let options = Options { rules, ..Options::default() };
    let given = traffic(1);
    let (report, _) = check_with_rows(&[("access.log", given.as_slice())], &options);
    let of_rules: Vec<_> = report.not_evaluable.iter().filter(|n| n.id == "sigma").collect();
    assert_eq!(of_rules.iter().map(|n| n.rules.len()).collect::<Vec<_>>(), [30, 1]);
    assert_eq!(of_rules[1].rules, ["broken"]);
    let pack = report.tool.rule_packs.iter().find(|pack| pack.name == "sigma").unwrap();
    assert_eq!((pack.rules, pack.sha256.len()), (31, 64));
    assert_eq!(report.coverage.judged_by_rules, 0);
}

#[test]
fn without_the_own_detections_only_rules_speak() {
    let case = &all()[0];
    let mut options = options(case);
    options.settings.rules.no_builtin = true;
    let (report, _) = check_with_rows(&case.given(), &options);
    assert!(report.findings.iter().all(|finding| finding.detector == "sigma"));
    assert!(report.tool.rule_packs.iter().all(|pack| pack.name == "sigma"));
    assert!(report.coverage.judged_by_rules > 0);
}
