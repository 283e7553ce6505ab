//! The findings and their records as JSON lines for Timesketch: each line has `message`, `datetime`
//! and `timestamp_desc`, as its importer asks. What has no time cannot stand on a timeline: records
//! without one are told by their finding's findings without one are left to the other forms.

use super::model::Report;
use super::share::{about, path_of, titled};
use super::words::{judged, severity};
use crate::base::{Language, Text, json_line, visible};
use crate::finding::{Evidence, Finding};
use serde_json::{Value, json};

/// The lines, in the order of the report.
pub fn timesketch(report: &Report, language: Language) -> String {
    let lines = report.findings.iter().flat_map(|finding| {
        let own = of_finding(report, finding, language);
        let records = finding.evidence.iter();
        own.into_iter()
            .chain(records.filter_map(move |of| of_record(report, finding, of, language)))
    });
    lines.map(json_line).collect()
}

/// The line of a finding itself, at its first record.
fn of_finding(report: &Report, finding: &Finding, language: Language) -> Option<Value> {
    let at = finding.first.as_deref()?;
    let mut line = common(report, finding, language);
    let title = format!("{} {}", finding.id, finding.title.in_language(language));
    line["message"] = json!(titled(report, language, &title));
    line["datetime"] = json!(at);
    line["timestamp_desc"] = json!("Finding, first record");
    line["last"] = json!(finding.last);
    line["records"] = json!(finding.count);
    line["about"] = json!(about(report, finding, language));
    Some(line)
}

/// The line of a record.
fn of_record(
    report: &Report,
    finding: &Finding,
    record: &Evidence,
    language: Language,
) -> Option<Value> {
    let at = record.time.as_deref()?;
    let mut line = common(report, finding, language);
    let text = visible(record.text.as_deref().unwrap_or("–"));
    line["message"] = json!(titled(report, language, &text));
    line["datetime"] = json!(at);
    line["timestamp_desc"] = json!("Record");
    line["file"] = json!(path_of(report, record.stream));
    line["line"] = json!((record.line > 0).then_some(record.line));
    line["offset"] = json!(record.offset);
    line["decoded"] = json!(record.decoded.as_deref().map(visible));
    Some(line)
}

fn common(report: &Report, finding: &Finding, language: Language) -> Value {
    const ENGLISH: Language = Language::En;
    let word = |text: Text| text.in_language(ENGLISH).to_lowercase();
    let judged = report.judgement(&finding.id).map(|of| word(judged(&of.judged)));
    let tags = ["sekisho".to_owned(), finding.detector.clone(), word(severity(finding.severity))];
    let judged = judged.map(|how| format!("judged-{how}"));
    let training = report.training().map(|_| "training".to_owned());
    json!({
        "data_type": "sekisho:finding",
        "finding": finding.id,
        "detector": finding.detector,
        "rule": finding.rule,
        "title": visible(finding.title.in_language(language)),
        "subject": finding.subject.value,
        "attack": finding.attack,
        "tag": tags.into_iter().chain(judged).chain(training).collect::<Vec<_>>(),
    })
}
