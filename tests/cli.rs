//! The command line as people and scripts use it: exit status, every form of output, `hits`,
//! `events`, wrong use.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Line, START, gzip, line, log};
use sekisho::finding::State;
use sekisho::report::Report;
use sekisho::train::{Traffic, write_traffic};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// A folder of a test's own, empty.
struct Folder(PathBuf);

/// Tests run side by side.
static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        assert!(TAKEN.lock().unwrap().insert(name.to_owned()), "two tests use the folder {name}");
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Runs the command line here.
    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that does not read its input closes it.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        command.args(arguments).current_dir(&self.0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// What a run left behind.
#[derive(Debug)]
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn report(&self) -> Report {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn ordinary() -> Vec<u8> {
    let mut out = Vec::new();
    write_traffic(&Traffic { bytes: 60_000, ..Traffic::default() }, &mut out).unwrap();
    out
}

fn attack_lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for n in 0..40 {
        lines.push(line(&format!("198.51.100.{}", n % 7), START + n * 5, "/news").bytes(6_000 + n));
        let scan = format!("/admin-{n}/?id=1'%20union%20select%20{n},2--%20-");
        lines.push(line("203.0.113.6", START + n * 5, &scan).status(404).bytes(700));
    }
    lines.push(line("203.0.113.6", START + 300, "/.env").bytes(812));
    lines
}

fn attacked() -> Vec<u8> {
    log(&attack_lines())
}

#[test]
fn the_exit_status_says_what_was_found() {
    let folder = Folder::new("status")
        .with("ordinary.log", ordinary())
        .with("attacked.log", attacked())
        .with("garbage.bin", b"\x01\x02\x03 no log at all\n\xff\xfe");
    for command in ["check", "hits"] {
        let status = |paths: &[&str]| folder.run(&[&[command], paths].concat()).status;
        assert_eq!(status(&["ordinary.log"]), Some(0));
        assert_eq!(status(&["attacked.log"]), Some(1));
        assert_eq!(status(&["attacked.log", "ordinary.log"]), Some(1));
        assert_eq!(status(&["garbage.bin"]), Some(2));
        assert_eq!(status(&["missing.log"]), Some(2));
        assert_eq!(status(&["garbage.bin", "missing.log"]), Some(2));
        assert_eq!(status(&["ordinary.log", "missing.log"]), Some(3));
        assert_eq!(status(&["attacked.log", "garbage.bin"]), Some(1));
    }
}

#[test]
fn wrong_use_says_what_was_expected_and_writes_no_report() {
    let folder = Folder::new("wrong")
        .with("a.log", attacked())
        .with("slip.json", r#"{"zoen": "Asia/Tokyo"}"#)
        .with("slip-inside.json", r#"{"thresholds": {"norm_answer": 3}}"#)
        .with("out-of-range.json", r#"{"thresholds": {"scan_refused": 500}}"#)
        .with("no.json", "{")
        .with("nothing/below/.keep", "");
    fs::remove_file(folder.0.join("nothing/below/.keep")).unwrap();
    let wrong: &[(&[&str], &str)] = &[
        (&["check", "a.log", "--zone", "Asia/Tokio"], "Asia/Tokio"),
        (&["check", "a.log", "--since", "yesterday"], "2021-05-06"),
        (&["check", "a.log", "--since", "2021-05-07", "--until", "2021-05-06"], "empty"),
        (&["check", "a.log", "--log-format", "no field"], "no field"),
        (&["check", "a.log", "--log-format", "%h%u %t"], "%h"),
        (&["check", "a.log", "--log-format", "%h \"%r\" %>s"], "no time"),
        (&["check", "a.log", "--settings", "slip.json"], "zoen"),
        (&["check", "a.log", "--settings", "slip-inside.json"], "norm_answer"),
        (&["check", "a.log", "--settings", "out-of-range.json"], "scan_refused"),
        (&["check", "a.log", "--settings", "no.json"], "no.json"),
        (&["check", "a.log", "--settings", "missing.json"], "missing.json"),
        (&["check", "a.log", "--out", "no/such/folder/report"], "no/such/folder"),
        (&["check", "a.log", "--format", "pdf"], "pdf"),
        (&["check"], "PATH"),
        (&["chekc", "a.log"], "chekc"),
        (&["detections", "Z9"], "Z9"),
        (&["events", "a.log", "--zone", "nowhere"], "nowhere"),
        (&["events", "a.log", "--where", "nosuch:1"], "nosuch"),
    ];
    for (arguments, said) in wrong {
        let ran = folder.run(arguments);
        assert_eq!(ran.status, Some(2), "{arguments:?} {ran:?}");
        assert!(ran.err.contains(said), "{arguments:?} {ran:?}");
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn a_folder_without_files_is_not_passed_over() {
    let folder = Folder::new("hollow").with("good.log", ordinary());
    fs::create_dir_all(folder.0.join("hollow/inner")).unwrap();
    assert_eq!(folder.run(&["check", "hollow"]).status, Some(2));
    let both = folder.run(&["check", "good.log", "hollow", "--format", "json"]);
    assert_eq!(both.status, Some(3), "{}", both.err);
    let report = both.report();
    let hollow = report.sources.iter().find(|source| source.name == "hollow").unwrap();
    assert_eq!(hollow.problems[0].kind, "unreadable");
}

#[test]
fn help_and_version_are_no_failures() {
    let folder = Folder::new("help");
    assert_eq!(folder.run(&["--help"]).status, Some(0));
    let version = folder.run(&["--version"]);
    assert_eq!((version.status, version.out.trim()), (Some(0), "sekisho 0.1.0"));
}

#[test]
fn every_form_says_the_same_in_both_languages() {
    let folder = Folder::new("forms").with("access.log", attacked());
    let run = |form: &str, lang: &str| {
        let ran = folder.run(&["check", "access.log", "--format", form, "--lang", lang]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(1), ""), "{form} {lang}");
        ran
    };
    let report = run("json", "en").report();
    assert_eq!(run("json", "ja").out, run("json", "en").out);
    for (lang, is_japanese) in [("en", false), ("ja", true)] {
        let (text, html, csv) =
            (run("text", lang).out, run("html", lang).out, run("csv", lang).out);
        for answer in &report.questions {
            let summary = if is_japanese { &answer.summary.ja } else { &answer.summary.en };
            assert!(text.contains(summary.as_ref()), "{summary}");
        }
        for finding in &report.findings {
            let title = if is_japanese { &finding.title.ja } else { &finding.title.en };
            assert!(text.contains(title.as_ref()), "{title}");
            assert!(csv.contains(title.as_ref()), "{title}");
            assert!(html.contains(&format!("id=\"{}\"", finding.id)), "{title}");
        }
        let rows: usize = report.findings.iter().map(|finding| finding.evidence.len()).sum();
        assert_eq!(csv.matches("\r\n").count(), 1 + rows, "a head, and a row for each record");
        assert!(csv.starts_with('\u{feff}'), "a mark for spreadsheets");
        assert!(html.starts_with(&format!("<!doctype html><html lang=\"{lang}\">")));
        assert!(html.contains("default-src 'none'"));
    }
    let plain = folder.run(&["check", "access.log"]);
    assert_eq!(plain.out, run("text", "en").out, "text and English are what is written unasked");
}

#[test]
fn output_and_cost_go_where_they_are_asked_to() {
    let folder = Folder::new("out").with("access.log", attacked());
    let ran = folder.run(&[
        "check",
        "access.log",
        "--format",
        "json",
        "--out",
        "report.json",
        "--stats",
        "stats.json",
    ]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    let report: Report =
        serde_json::from_slice(&fs::read(folder.0.join("report.json")).unwrap()).unwrap();
    let stats: Value =
        serde_json::from_slice(&fs::read(folder.0.join("stats.json")).unwrap()).unwrap();
    assert_eq!(stats["bytes"], attacked().len());
    assert_eq!(stats["records"], report.coverage.records);
    assert!(stats["stages"]["scan"]["wall_secs"].is_number());
}

#[test]
fn threads_and_cuts_change_nothing() {
    let folder = Folder::new("threads").with("access.log", attacked()).with("b.log", ordinary());
    let base = ["check", "access.log", "b.log", "--format", "json"];
    let whole = folder.run(&[&base[..], &["--jobs", "1"]].concat()).out;
    for more in [["--jobs", "2"], ["--jobs", "7"], ["--cut-seed", "5"]] {
        assert_eq!(folder.run(&[&base[..], &more].concat()).out, whole, "{more:?}");
    }
    let turned = ["check", "b.log", "access.log", "--format", "json"];
    assert_eq!(folder.run(&turned).out, whole, "the order of what is given");
}

/// The line at a place, and its number, counted in the slow way.
fn line_at(bytes: &[u8], offset: usize) -> (usize, &[u8]) {
    let number = bytes[..offset].iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!(offset == 0 || bytes[offset - 1] == b'\n', "no line begins at byte {offset}");
    let rest = &bytes[offset..];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = &rest[..end];
    (number, line.strip_suffix(b"\r").unwrap_or(line))
}

const HIT_FIELDS: [&str; 12] = [
    "source",
    "path_inside",
    "line",
    "record",
    "offset",
    "length",
    "time",
    "detector",
    "category",
    "rule",
    "severity",
    "outcome",
];

fn assert_hits_point_at_their_lines(hits: &Ran, unpacked: &[u8]) {
    assert!(!hits.lines().is_empty());
    for (text, hit) in hits.out.lines().zip(hits.lines()) {
        let places: Vec<_> =
            HIT_FIELDS.iter().map(|field| text.find(&format!("\"{field}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "the order of fields: {text}");
        assert_eq!(hit.as_object().unwrap().len(), HIT_FIELDS.len(), "{text}");
        let (number, line) = line_at(unpacked, hit["offset"].as_u64().unwrap() as usize);
        assert_eq!(hit["line"], number, "{text}");
        assert_eq!(hit["length"], line.len(), "{text}");
        assert!(hit["record"].as_u64() <= hit["line"].as_u64(), "{text}");
        assert!(hit["path_inside"].is_null() && hit["rule"].is_null(), "{text}");
    }
}

/// Sorted: lines about damage come first in their shard.
fn sorted(hits: &Ran) -> Vec<String> {
    let mut lines: Vec<_> = hits.out.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn hits_point_at_the_bytes_they_speak_of_however_the_log_is_cut_or_packed() {
    let lines = attack_lines();
    let mut text = b"\n# a comment\r\n".to_vec();
    for (number, line) in lines.iter().enumerate() {
        text.extend_from_slice(line.text().as_bytes());
        text.extend_from_slice(if number % 3 == 0 { b"\r\n\n" } else { b"\n" });
    }
    text.extend_from_slice(b"noise\n\0\0\0\n203.0.113.7 - - [06/Ma");
    let packed = [gzip(&text[..5_000]), gzip(&text[5_000..])].concat();
    let folder = Folder::new("hits").with("a/access.log", &text).with("b/access.log", packed);
    let whole = folder.run(&["hits", "a/access.log"]);
    assert_eq!((whole.status, whole.err.as_str()), (Some(1), ""));
    assert_hits_point_at_their_lines(&whole, &text);
    for seed in ["1", "2", "3"] {
        let cut = folder.run(&["hits", "a/access.log", "--cut-seed", seed, "--cut-bytes", "400"]);
        assert_eq!(sorted(&cut), sorted(&whole), "--cut-seed {seed}");
    }
    let packed = folder.run(&["hits", "b/access.log"]);
    assert_hits_point_at_their_lines(&packed, &text);
    let renamed: Vec<_> =
        sorted(&packed).iter().map(|line| line.replace("b/access.log", "a/access.log")).collect();
    assert_eq!(renamed, sorted(&whole));
    let report = folder.run(&["check", "a/access.log", "--format", "json"]).report();
    let count: u64 = report.findings.iter().map(|finding| finding.count).sum();
    assert_eq!(whole.lines().len() as u64, count, "a line for each record of each finding");
}

#[test]
fn a_hit_says_what_the_record_matched() {
    let folder = Folder::new("hit").with("access.log", attacked());
    let hits = folder.run(&["hits", "access.log"]).lines();
    let of = |detector: &str| -> Vec<&Value> {
        hits.iter().filter(|hit| hit["detector"] == detector).collect()
    };
    assert_eq!(of("B1").len(), 40);
    for hit in of("B1") {
        assert_eq!(hit["category"], "sqli");
        assert_eq!((&hit["severity"], &hit["outcome"]), (&"info".into(), &"failed".into()));
    }
    let env = of("B6");
    assert_eq!(env.len(), 1);
    assert_eq!(env[0]["time"], "2021-05-06T01:05:00Z");
    assert_eq!(env[0]["outcome"], "likely_succeeded");
    assert_eq!(of("B8").len(), 41);
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = Folder::new("stdin").with("access.log", attacked());
    let piped = folder.run_with(&["check", "-", "--format", "json"], &attacked());
    assert_eq!(piped.status, Some(1));
    let (piped, named) =
        (piped.report(), folder.run(&["check", "access.log", "--format", "json"]).report());
    assert_eq!(piped.sources[0].name, "-");
    assert_eq!(piped.sources[0].sha256, named.sources[0].sha256);
    assert_eq!(piped.findings.len(), named.findings.len());
    let packed = folder.run_with(&["hits", "-"], &gzip(&attacked()));
    assert_eq!(packed.lines().len(), folder.run(&["hits", "access.log"]).lines().len());
}

#[test]
fn a_folder_is_every_file_below_it() {
    let folder = Folder::new("folder")
        .with("logs/web1/access.log", ordinary())
        .with("logs/web1/access.log.1.gz", gzip(&ordinary()))
        .with("logs/web2/access.log", attacked());
    let report = folder.run(&["check", "./logs/", "--format", "json"]).report();
    let names: Vec<_> = report.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(
        names,
        ["logs/web1/access.log", "logs/web1/access.log.1.gz", "logs/web2/access.log"]
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_above_is_not_followed_for_ever() {
    let folder = Folder::new("loop").with("logs/access.log", attacked());
    std::os::unix::fs::symlink("..", folder.0.join("logs/above")).unwrap();
    let report = folder.run(&["check", "logs", "--format", "json"]).report();
    let readable = report.sources.iter().filter(|source| source.problems.is_empty()).count();
    assert_eq!(readable, 1, "the file is read once");
}

#[test]
fn events_are_the_records_as_understood() {
    let text = [
        line("203.0.113.5", START, "/p/1?tab=members").user("sato").text(),
        line("203.0.113.6", START + 1, "/x")
            .bytes("-")
            .referrer("https://share.example.jp/")
            .text(),
        "no record".to_owned(),
    ];
    let folder = Folder::new("events").with("access.log", text.join("\n") + "\n");
    let ran = folder.run(&["events", "access.log"]);
    assert_eq!(ran.status, Some(0));
    let events = ran.lines();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["time"], "2021-05-06T01:00:00Z");
    assert_eq!(
        (&events[0]["zone"], &events[0]["format"]),
        (&"stated".into(), &"apache_combined".into())
    );
    let fields = &events[0]["fields"];
    assert_eq!(fields["user.name"], "sato");
    assert_eq!(fields["url.original"], "/p/1?tab=members");
    assert_eq!(fields["http.response.bytes"], "5000");
    assert!(events[1]["fields"]["user.name"].is_null(), "empty is not absent");
    assert!(events[1]["fields"].get("user.name").is_some());
    assert!(events[1]["fields"].get("url.domain").is_none());
    assert_eq!(events[1]["offset"], text[0].len() + 1);
}

#[test]
fn formats_and_detections_list_themselves() {
    let folder = Folder::new("lists");
    let formats = folder.run(&["formats"]);
    assert_eq!(formats.status, Some(0));
    assert!(formats.out.lines().any(|line| line.starts_with("apache_combined\t")));
    let detections = folder.run(&["detections"]);
    assert!(detections.out.lines().any(|line| line.starts_with("B6\t")));
    let page = folder.run(&["detections", "--page"]).out;
    let hint = "run: sekisho detections --page > docs/detections.md";
    assert!(
        page == include_str!("../docs/detections.md"),
        "docs/detections.md is not current; {hint}"
    );
    let card = folder.run(&["detections", "b6"]).out;
    for part in ["B6", "What", "Why", "Innocent causes", "Needs", "T1552.001", ".env"] {
        assert!(card.contains(part), "{part}");
    }
    let packs = folder.run(&["detections", "B2"]).out;
    for part in ["moveit-2023-34362", "CVE-2023-34362", "https://nvd.nist.gov/"] {
        assert!(packs.contains(part), "{part}");
    }
}

#[test]
fn since_and_until_leave_records_out_and_say_how_many() {
    let folder = Folder::new("period").with("access.log", attacked());
    let report = |more: &[&str]| {
        folder.run(&[&["check", "access.log", "--format", "json"], more].concat()).report()
    };
    let whole = report(&[]);
    assert_eq!(whole.coverage.outside_period, 0);
    let early = report(&["--until", "2021-05-06T01:01:00Z"]);
    assert_eq!(early.coverage.outside_period, whole.coverage.records - 24);
    assert!(early.findings.iter().all(|finding| finding.detector != "B6"));
    let tokyo = report(&["--zone", "Asia/Tokyo", "--until", "2021-05-06T10:01:00"]);
    assert_eq!(tokyo.coverage.outside_period, early.coverage.outside_period);
    let late = report(&["--since", "2021-05-06T01:05:00Z"]);
    assert_eq!(late.coverage.outside_period, whole.coverage.records - 1);
    let hits = folder.run(&["hits", "access.log", "--since", "2021-05-06T01:05:00Z"]).lines();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0]["detector"], "B6");
}

#[test]
fn settings_come_from_a_file_and_options_win() {
    let folder = Folder::new("settings").with("access.log", attacked()).with(
        "settings.json",
        r#"{"until": "2021-05-06T01:01:00Z", "thresholds": {"scan_refused": 5}}"#,
    );
    let with = |more: &[&str]| {
        let base = ["check", "access.log", "--format", "json", "--settings", "settings.json"];
        folder.run(&[&base[..], more].concat()).report()
    };
    assert_eq!(with(&[]).settings["thresholds"]["scan_refused"], 5);
    assert!(with(&[]).coverage.outside_period > 0);
    let later = with(&["--until", "2021-05-07"]);
    assert_eq!(later.coverage.outside_period, 0);
    assert_eq!(later.settings["thresholds"]["scan_refused"], 5);
}

#[test]
fn log_formats_of_apache_and_nginx_can_be_given() {
    let apache = r#"LogFormat "%a|%{%Y-%m-%d %H:%M:%S}t|%r|%>s|%B|%{User-Agent}i" piped"#;
    let nginx = "log_format main '$time_iso8601 $remote_addr \"$request\" $status '\n  '$body_bytes_sent rt=$request_time';";
    let folder = Folder::new("custom")
        .with(
            "piped.log",
            "203.0.113.5|2021-05-06 10:00:00|GET /.env HTTP/1.1|200|812|curl/7.68.0\n",
        )
        .with(
            "main.log",
            "2021-05-06T10:00:00+09:00 203.0.113.5 \"GET /.env HTTP/1.1\" 200 812 rt=0.004\n",
        );
    for (file, format) in [("piped.log", apache), ("main.log", nginx)] {
        assert_eq!(folder.run(&["check", file]).status, Some(2), "{file} fits no built-in format");
        let ran = folder.run(&[
            "check",
            file,
            "--log-format",
            format,
            "--zone",
            "Asia/Tokyo",
            "--format",
            "json",
        ]);
        assert_eq!(ran.status, Some(1), "{file} {}", ran.err);
        let report = ran.report();
        assert_eq!(report.sources[0].streams[0].format.as_deref(), Some("custom_1"));
        assert_eq!(report.coverage.first.as_deref(), Some("2021-05-06T01:00:00Z"), "{file}");
        assert!(report.findings.iter().any(|finding| finding.detector == "B6"), "{file}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new("pipe").with("access.log", attacked().repeat(60));
    for arguments in [
        &["check", "access.log"][..],
        &["check", "access.log", "--format", "json"],
        &["check", "access.log", "--format", "html"],
        &["hits", "access.log"],
        &["events", "access.log"],
    ] {
        let mut child = folder.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn indicator_lists_are_looked_through_line_by_line() {
    let list = "203.0.113.5\nnonsense\n8.8.8.8\n";
    let folder = Folder::new("iocs-lint").with("lists/a.txt", list).with("good.txt", "203.0.113.5");
    let ran = folder.run(&["iocs", "--lint", "lists", "good.txt"]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].contains("a.txt:2: «nonsense» It has the shape of no"), "{ran:?}");
    assert!(lines[1].contains("a.txt:3: «8.8.8.8» It is a public resolver"), "{ran:?}");
    assert!(lines[2].contains("swept: address 1; repeated: 0; not swept: noisy 1, shape 1"));
    assert!(lines[3].contains("not swept: 0"), "{ran:?}");
    assert_eq!(folder.run(&["iocs", "--lint", "good.txt"]).status, Some(0));
    let japanese = folder.run(&["iocs", "--lint", "--lang", "ja", "lists"]);
    assert!(japanese.out.contains("公開DNSリゾルバー"), "{japanese:?}");
    assert_eq!(folder.run(&["iocs", "good.txt"]).status, Some(2));
    assert_eq!(folder.run(&["iocs", "--lint", "nowhere.txt"]).status, Some(2));
}

#[test]
fn a_rule_is_explained_where_it_matches_and_where_it_nearly_does() {
    let requests = ["/a/secret", "/b/other", "/a/other"];
    let access = log(&requests.map(|path| line("192.0.2.1", START, path)));
    let rule = "title: Secrets\nid: r-1\nstatus: test\nlogsource:\n  category: webserver\n\
        detection:\n  folder:\n    c-uri|startswith: /a/\n  name:\n    c-uri|contains: secret\n  \
        condition: folder and name\nlevel: high\n";
    let folder = Folder::new("explain").with("access.log", access).with("rule.yml", rule);
    let explain = |more: &[&str]| {
        let given = ["explain", "--rules", "rule.yml", "--rule", "r-1", "access.log"];
        folder.run(&[&given[..], more].concat())
    };
    let ran = explain(&["--format", "json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&told["judged"], &told["matched"]), (&3.into(), &1.into()));
    let lines = |part: &str| -> Vec<_> {
        let all = told[part].as_array().unwrap().iter();
        all.map(|one| [&one["record"]["line"], &one["explained"]["parts_off"]].map(|n| n.as_u64()))
            .collect()
    };
    assert_eq!(lines("matches"), [[Some(1), Some(1)]]);
    assert_eq!(lines("near"), [[Some(3), Some(1)], [Some(2), Some(2)]], "the nearest first");
    let failed = &told["near"][0]["explained"]["searches"][1];
    assert_eq!((&failed["name"], &failed["holds"]), (&"name".into(), &false.into()));
    assert_eq!(failed["items"][0]["values"], serde_json::json!(["/a/other"]));
    assert_eq!(failed["items"][0]["asked"], serde_json::json!(["*secret*"]));
    let one = explain(&["--line", "2"]);
    assert_eq!(one.status, Some(0), "{one:?}");
    assert!(one.out.contains("access.log:2") && !one.out.contains("access.log:3"), "{one:?}");
    assert!(one.out.contains("does not hold: c-uri is «/b/other»"), "{one:?}");
    assert!(explain(&["--lang", "ja"]).out.contains("不成立:c-uri は"));
    let none = folder.run(&["explain", "--rules", "rule.yml", "--rule", "r-2", "access.log"]);
    assert_eq!((none.status, none.out.as_str()), (Some(2), ""), "{none:?}");
}

#[test]
fn a_correlation_is_explained_by_group_with_what_is_missing() {
    let requests = [("192.0.2.1", 3), ("192.0.2.2", 2), ("192.0.2.3", 0)];
    let of = |(client, secrets): (&str, i64)| -> Vec<common::Line> {
        (0..4)
            .map(|at| {
                let path = if at < secrets { "/a/secret" } else { "/a/other" };
                line(client, START + at * 60, path)
            })
            .collect()
    };
    let access = log(&requests.into_iter().flat_map(of).collect::<Vec<_>>());
    let rules = "title: Secrets\nid: r-1\nstatus: test\nlogsource:\n  category: webserver\n\
        detection:\n  s:\n    c-uri|contains: secret\n  condition: s\nlevel: low\n---\n\
        title: Many secrets\nid: c-1\nstatus: test\ncorrelation:\n  type: event_count\n  \
        rules:\n    - r-1\n  group-by:\n    - c-ip\n  timespan: 10m\n  condition:\n    \
        gte: 3\nlevel: high\n";
    let folder = Folder::new("correlated").with("access.log", access).with("rule.yml", rules);
    let explain = |more: &[&str]| {
        let given = ["explain", "--rules", "rule.yml", "--rule", "c-1", "access.log"];
        folder.run(&[&given[..], more].concat())
    };
    let ran = explain(&["--format", "json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["groups_matched"], 1);
    let groups = told["groups"].as_array().unwrap();
    let said = |at: usize| {
        let group = &groups[at];
        let records = group["records"].as_array().unwrap().len();
        (group["group"][0][1].as_str(), group["holds"].as_bool(), group["figure"].as_str(), records)
    };
    assert_eq!(groups.len(), 2, "a client without a match is no group");
    assert_eq!(said(0), (Some("192.0.2.1"), Some(true), Some("3"), 3));
    assert_eq!(said(1), (Some("192.0.2.2"), Some(false), Some("2"), 2));
    assert_eq!(groups[1]["unmet"], serde_json::json!(["≥ 3"]));
    assert_eq!(groups[0]["rules"], serde_json::json!([["Secrets", 3]]));
    let text = explain(&[]).out;
    assert!(text.contains("Does not match: c-ip «192.0.2.2»"), "{text}");
    assert!(text.contains("found 2, asked ≥ 3"), "{text}");
    assert!(text.contains("access.log:1 Secrets"), "{text}");
    assert!(explain(&["--lang", "ja"]).out.contains("結果 2、条件 ≥ 3"));
    assert_eq!(explain(&["--line", "1"]).status, Some(2), "it is about several records");
}

#[test]
fn a_check_sweeps_for_lists_plain_and_private() {
    let access = log(&[line("203.0.113.5", START, "/a"), line("192.0.2.1", START, "/b")]);
    let folder =
        Folder::new("iocs").with("access.log", access).with("list.txt", "203.0.113.5\nx\n");
    let made = folder.run(&["iocs", "--private", "list.txt", "--out", "private.json"]);
    assert_eq!(made.status, Some(3), "{made:?}");
    assert!(!fs::read_to_string(folder.0.join("private.json")).unwrap().contains("203.0"));
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "--iocs",
        "list.txt",
        "--iocs",
        "private.json",
        "access.log",
    ]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let report = ran.report();
    let found: Vec<_> = report.findings.iter().map(|f| (f.detector.as_str(), f.count)).collect();
    assert_eq!(found, [("I1", 1), ("I5", 1)]);
    assert_eq!(report.findings[0].evidence[0].mark, Some([0, 11]));
    assert_eq!(report.not_swept.len(), 1);
    let hits = folder.run(&["hits", "--iocs", "list.txt", "access.log"]).lines();
    assert_eq!(hits.len(), 1);
    assert!(hits[0]["detector"] == "I1" && hits[0]["category"] == "address", "{hits:?}");
    // The settings of a report name its lists: another list under them is refused.
    fs::write(folder.0.join("settings.json"), report.settings.to_string()).unwrap();
    let again =
        folder.run(&["check", "--settings", "settings.json", "--iocs", "list.txt", "access.log"]);
    assert!(again.status == Some(2) && again.err.contains("private.json"), "{again:?}");
}

#[test]
fn a_case_is_written_into_an_empty_folder_only() {
    let folder = Folder::new("generate");
    let make = ["generate", "--scenario", "t4", "--days", "30", "--users", "80", "--out", "case"];
    let made = folder.run(&make);
    assert_eq!((made.status, &*made.err), (Some(0), ""));
    let truth = fs::read_to_string(folder.0.join("case/truth.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&truth).unwrap()["scenario"], "T4");
    assert!(folder.0.join("case/logs/synthetic-audit.jsonl").exists());
    let again = folder.run(&make);
    assert_eq!(again.status, Some(2));
    assert!(again.err.contains("case: it is not an empty folder"), "{}", again.err);
    let unknown = folder.run(&["generate", "--scenario", "T9", "--out", "other"]);
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.err.contains("expected quiet, or one of T1 to T6"), "{}", unknown.err);
    assert!(!folder.0.join("other").exists());
}

#[test]
fn a_case_to_practise_on_is_marked_in_every_form() {
    let folder = Folder::new("training")
        .with("access.log", attacked())
        .with("settings.json", r#"{"training":"T1-<b>"}"#);
    let written = |form: &str, lang: &str| {
        let command = [
            "check",
            "--settings",
            "settings.json",
            "--format",
            form,
            "--lang",
            lang,
            "access.log",
        ];
        folder.run(&command).out
    };
    let mark = "TRAINING: synthetic logs, case T1-<b>";
    assert!(written("text", "en").starts_with(mark));
    assert!(written("text", "ja").starts_with("訓練用:合成ログ"));
    assert!(written("html", "en").contains("TRAINING: synthetic logs, case T1-&lt;b&gt;"));
    assert!(written("csv", "en").lines().skip(1).all(|row| row.contains("\"T1-<b>\"")));
    assert_eq!(
        folder
            .run(&["check", "--settings", "settings.json", "--format", "json", "access.log"])
            .report()
            .training(),
        Some("T1-<b>")
    );
    assert!(!folder.run(&["check", "--format", "html", "access.log"]).out.contains("TRAINING"));
}

/// The report on the attacked log, with judgements.
fn judged(folder: &Folder, judgements: &Value) -> Ran {
    fs::write(folder.0.join("judgements.json"), judgements.to_string()).unwrap();
    let command = ["check", "--judgements", "judgements.json", "--format", "json", "access.log"];
    folder.run(&command)
}

fn state(report: &Report, question: &str) -> State {
    report.questions.iter().find(|answer| answer.id == question).unwrap().state
}

#[test]
fn a_benign_finding_stays_and_carries_no_answer() {
    let folder = Folder::new("benign").with("access.log", attacked());
    let plain = folder.run(&["check", "--format", "json", "access.log"]);
    assert_eq!(plain.status, Some(1));
    let before = plain.report();
    let all: Vec<_> = before
        .findings
        .iter()
        .map(|finding| json!({ "finding": finding.id, "judged": "benign", "reason": "our <own> scanner" }))
        .collect();
    let ran = judged(&folder, &json!(all));
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let after = ran.report();
    assert_eq!(after.findings, before.findings);
    assert_eq!(after.judgements.len(), before.findings.len());
    assert_eq!(state(&after, "Q1"), State::NoEvidence);
    let first = &after.questions[0];
    assert!(first.summary.en.contains("benign"), "{}", first.summary.en);
    assert!(first.summary.ja.contains("無害"), "{}", first.summary.ja);
    assert!(first.because.iter().any(|text| text.en.contains("our <own> scanner")));
    let written = |form: &str| {
        let command = ["check", "--judgements", "judgements.json", "--format", form, "access.log"];
        folder.run(&command).out
    };
    assert!(written("html").contains("our &lt;own&gt; scanner"));
    assert!(written("text").contains("judged: benign – our <own> scanner"));
    assert!(written("csv").contains("\"benign\",\"our <own> scanner\""));
    assert!(written("timesketch").contains("judged-benign"));
    assert!(written("stix").contains("strongly-disagree"));
    assert!(written("navigator").contains("\"score\": 0"));
    assert!(written("misp").contains("our <own> scanner"));
    assert!(written("ocsf").contains("\"status_id\":3"));
}

#[test]
fn a_confirmed_finding_carries_its_answers_one_state_further() {
    let folder = Folder::new("confirmed").with("access.log", attacked());
    let before = folder.run(&["check", "--format", "json", "access.log"]).report();
    let strongest = before.questions[0].findings[0].clone();
    let judgement =
        json!([{ "finding": strongest, "judged": "confirmed", "note": "seen on the server" }]);
    let after = judged(&folder, &judgement).report();
    let further = match state(&before, "Q1") {
        State::Possible => State::Likely,
        State::Likely => State::Confirmed,
        other => panic!("{other:?}"),
    };
    assert_eq!(state(&after, "Q1"), further);
    assert_eq!(after.judgements[0].note, "seen on the server");
    assert!(after.questions[0].summary.en.contains("1 confirmed, 0 benign"));
    // Taken back, the report is what it was.
    let mut again = after;
    again.judge(&[]).unwrap();
    assert_eq!(again, before);
}

#[test]
fn a_judgement_follows_its_finding_by_what_it_is_about() {
    let folder = Folder::new("marks").with("access.log", attacked());
    let judgement =
        |report: &Report| json!([{ "finding": report.findings[0].id, "judged": "confirmed" }]);
    let before = folder.run(&["check", "--format", "json", "access.log"]).report();
    let report = judged(&folder, &judgement(&before)).report();
    let mut kept = report.judgements.clone();
    kept[0].finding = "B1-99".to_owned();
    let mut again = before.clone();
    again.judge(&kept).unwrap();
    assert_eq!(again.judgements, report.judgements);
    kept[0].mark = Some("0".to_owned());
    again.judge(&kept).unwrap();
    assert_eq!((again.judgements.len(), &again.judgements_set_aside), (0, &kept));
    assert_eq!(again.questions, before.questions);
}

#[test]
fn a_judgement_that_cannot_be_applied_is_refused() {
    let folder = Folder::new("misjudged").with("access.log", attacked());
    for (judgements, what) in [
        (json!([{ "finding": "X9-1", "judged": "confirmed" }]), "no such finding"),
        (json!([{ "finding": "B1-1", "judged": "benign", "reason": " " }]), "without a reason"),
        (json!([{ "finding": "B1-1", "judged": "benign" }]), "reason"),
        (json!([{ "finding": "B1-1", "judged": "maybe" }]), "maybe"),
        (
            json!([{ "finding": "B1-1", "judged": "confirmed" }, { "finding": "B1-1", "judged": "confirmed" }]),
            "two of them",
        ),
    ] {
        let ran = judged(&folder, &judgements);
        assert_eq!(ran.status, Some(2), "{judgements}");
        assert!(ran.err.contains(what), "{judgements}: {}", ran.err);
        assert!(ran.out.is_empty());
    }
}

#[test]
fn forms_for_other_tools_have_what_those_ask_for() {
    let folder = Folder::new("given-forms").with("access.log", attacked());
    let written = |form: &str| folder.run(&["check", "--format", form, "access.log"]).out;
    let document = |form: &str| -> Value { serde_json::from_str(&written(form)).unwrap() };
    let report = folder.run(&["check", "--format", "json", "access.log"]).report();
    let records: usize = report.findings.iter().map(|finding| finding.evidence.len()).sum();

    let lines = written("timesketch");
    assert_eq!(lines.lines().count(), report.findings.len() + records);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        for field in ["message", "datetime", "timestamp_desc"] {
            assert!(line[field].is_string(), "{field} in {line}");
        }
        assert!(line["datetime"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    }

    let layer = document("navigator");
    assert_eq!(layer["versions"]["layer"], "4.5");
    let techniques: Vec<_> = layer["techniques"].as_array().unwrap().iter().collect();
    assert!(
        techniques.iter().any(|of| of["techniqueID"] == "T1190" && of["score"].as_u64() > Some(0))
    );

    let event = &document("misp")["Event"];
    let attributes = event["Attribute"].as_array().unwrap();
    assert!(attributes.iter().any(|of| of["type"] == "ip-src" && of["to_ids"] == false));
    assert_eq!(event["published"], false);

    let bundle = document("stix");
    let objects = bundle["objects"].as_array().unwrap();
    let ids: std::collections::BTreeSet<_> =
        objects.iter().map(|object| object["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), objects.len());
    let count = |kind: &str| objects.iter().filter(|object| object["type"] == kind).count();
    assert_eq!(count("observed-data"), report.findings.len());
    assert_eq!((count("note"), count("report"), count("identity")), (report.findings.len(), 1, 1));
    for object in objects {
        assert!(object["id"].as_str().unwrap().starts_with(object["type"].as_str().unwrap()));
        for reference in object["object_refs"].as_array().into_iter().flatten() {
            assert!(ids.contains(reference.as_str().unwrap()), "{reference}");
        }
    }
    for form in ["timesketch", "navigator", "misp", "stix", "ocsf"] {
        assert_eq!(written(form), written(form), "{form}");
    }
}

#[test]
fn findings_are_events_of_ocsf() {
    let folder = Folder::new("ocsf").with("access.log", attacked());
    let events = folder.run(&["check", "--format", "ocsf", "access.log"]).out;
    let report = folder.run(&["check", "--format", "json", "access.log"]).report();
    assert_eq!(events.lines().count(), report.findings.len());
    for (line, finding) in events.lines().zip(&report.findings) {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&event["class_uid"], &event["type_uid"]), (&json!(2004), &json!(200_401)));
        assert_eq!(event["count"], finding.count);
        assert!(event["time"].as_i64() > Some(1_600_000_000_000), "{}", event["time"]);
        for (object, field) in
            [("metadata", "version"), ("finding_info", "uid"), ("finding_info", "title")]
        {
            assert!(event[object][field].is_string(), "{object}.{field} in {line}");
        }
        assert_eq!(event["evidences"].as_array().unwrap().len(), finding.evidence.len());
    }
}

#[test]
fn events_are_those_that_a_query_asks_for() {
    let folder = Folder::new("where").with("access.log", attacked()).with("other.log", ordinary());
    let count = |query: &str| {
        // With the sign, so that a query may begin with a dash.
        let asked = format!("--where={query}");
        let ran = folder.run(&["events", "access.log", "other.log", &asked]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{query}");
        ran.out.lines().count()
    };
    let all = count("");
    assert!(all > 0);
    assert_eq!(count("log:access.log") + count("log:other.log"), all);
    assert_eq!(count("status>=400") + count("not status>=400"), all);
    assert_eq!(count("GET") + count("-get"), all, "a word has no case");
    assert_eq!(count("nowhere-to-be-found"), 0);
}

#[test]
fn leaked_files_are_inspected_with_the_logs_that_name_them() {
    let taken = "{\"time\":\"2021-05-06T01:00:00Z\",\"username\":\"sato\",\"client_ip\":\"203.0.113.7\",\"action\":\"download\",\"file_path\":\"/P1/List.csv\",\"result\":\"success\"}\n";
    let folder = Folder::new("inspect")
        .with("list.csv", "氏名,メール,パスワード\n佐藤,sato@city.example.lg.jp,Yama-4821\n")
        .with("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\0")
        .with("quiet.txt", "nothing to see\n")
        .with("logs/audit.jsonl", taken);
    let ran =
        folder.run(&["inspect", "--logs", "logs", "--format", "json", "list.csv", "photo.png"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["domains"][0]["class"], "government");
    assert_eq!(found["taken"][0]["account"], "sato");
    assert_eq!(found["not_inspected"][0]["file"], "photo.png");
    assert!(!ran.out.contains("4821"), "{}", ran.out);
    for lang in ["en", "ja"] {
        let ran = folder.run(&["inspect", "--lang", lang, "list.csv", "photo.png"]);
        assert!(ran.out.contains("city.example.lg.jp") && ran.out.contains("photo.png"), "{ran:?}");
    }
    assert_eq!(folder.run(&["inspect", "quiet.txt"]).status, Some(0));
    assert_eq!(folder.run(&["inspect", "quiet.txt", "photo.png"]).status, Some(3));
    assert_eq!(folder.run(&["inspect", "--format", "csv", "list.csv"]).out.lines().count(), 2);
}

#[test]
fn two_reports_are_compared() {
    let quiet: Vec<Line> = (0..40).map(|n| line("198.51.100.7", START + n, "/news")).collect();
    let folder = Folder::new("diff")
        .with("a.log", log(&quiet))
        .with("b.log", log(&[line("203.0.113.6", START + 300, "/.env").bytes(812)]))
        .with("no.json", "{}");
    for (out, logs) in [("one.json", &["a.log"][..]), ("two.json", &["a.log", "b.log"])] {
        let check = ["check", "--format", "json", "--out", out];
        folder.run(&[&check[..], logs].concat());
    }
    let ran = folder.run(&["diff", "--format", "json", "one.json", "two.json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let changed: Value = serde_json::from_str(&ran.out).unwrap();
    let new = changed["changes"].as_array().unwrap().iter();
    assert!(new.clone().any(|one| one["part"] == "source" && one["what"]["en"] == "b.log"));
    assert!(
        new.clone().any(|one| one["part"] == "finding" && one["causes"] == json!(["more_logs"]))
    );
    assert!(
        folder.run(&["diff", "--lang", "ja", "one.json", "two.json"]).out.contains("ログの追加")
    );
    assert_eq!(folder.run(&["diff", "one.json", "one.json"]).status, Some(0));
    let wrong = folder.run(&["diff", "one.json", "no.json"]);
    assert!(wrong.status == Some(2) && wrong.err.contains("no.json"), "{wrong:?}");
    let sheet = ["check", "--format", "worksheets", "a.log", "--known-at"];
    let known = |at| folder.run(&[&sheet[..], &[at]].concat());
    assert!(known("2021-05-25").out.contains("2021-07-23"));
    assert_eq!(known("yesterday").status, Some(2));
}

#[test]
fn an_exercise_goes_from_the_sheet_to_the_class() {
    let folder =
        Folder::new("exercise").with("own.toml", "campaign = \"T3\"\ndays = 30\nusers = 80\n");
    let case = "T3-1,days=30,users=80";
    let run = |arguments: &[&str]| folder.run(&[&["exercise"], arguments].concat());
    let asked = run(&["questions", "own.toml", "--lang", "ja"]);
    assert_eq!(asked.status, Some(0));
    assert!(asked.out.contains(case) && asked.out.contains("訓練用"), "{}", asked.out);
    assert_eq!(run(&["sheet", case, "--out", "sheet.json"]).status, Some(0));

    // A hint stands in the sheet from then on.
    let hint = run(&["hint", "sheet.json", "accounts", "2"]);
    assert!(hint.out.contains("user~yashima"), "{}", hint.out);
    let text = fs::read_to_string(folder.0.join("sheet.json")).unwrap();
    let mut sheet: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sheet["answers"]["accounts"]["hints"], 2);
    sheet["trainee"] = json!("Sato\u{1b}[2J");
    sheet["answers"]["happened"]["answer"] = json!({ "choice": "evidence" });
    fs::write(folder.0.join("sheet.json"), sheet.to_string()).unwrap();
    let scored = run(&["score", "sheet.json", "--result", "one.json"]);
    assert_eq!(scored.status, Some(0));
    assert!(scored.out.contains("100.00 %: right") && !scored.out.contains('\u{1b}'));

    // The digest that a class is shown is that of what is opened afterwards.
    folder.run(&["key", "--out", "instructor.key"]);
    let key = run(&["key", case, "--to", "instructor.key", "--out", "sealed"]);
    let digest = key.err.trim().rsplit(' ').next().unwrap();
    assert_eq!(digest.len(), 64);
    assert!(scored.out.contains(digest), "the debrief ends with it");
    let opened = run(&["open", "sealed", "--key", "instructor.key"]);
    assert_eq!(opened.out, run(&["key", case, "--format", "json"]).out);
    folder.run(&["key", "--out", "other.key"]);
    assert_eq!(run(&["open", "sealed", "--key", "other.key"]).status, Some(2));

    let class = run(&["class", "one.json", "--format", "csv"]);
    assert_eq!((class.status, class.out.lines().count()), (Some(0), 2));
    assert_eq!(run(&["class", "one.json", "own.toml"]).status, Some(3));
    assert_eq!(run(&["class", "own.toml"]).status, Some(2));
    for wrong in [&["sheet", "T9-1"][..], &["hint", "sheet.json", "colour", "1"]] {
        let ran = run(wrong);
        assert_eq!(ran.status, Some(2), "{wrong:?}");
        assert!(!ran.err.is_empty());
    }
}
