//! The findings as one event for MISP, in the JSON that its import takes: an attribute for each
//! subject. Nothing is marked as fit for automatic detection: what a log check suspects is for
//! people to decide. The event is for the own organisation only, and not published.

use super::model::Report;
use super::share::{AddressKind, OWN, about, address_kind, identity, titled, uuid};
use crate::base::{Language, json_document};
use crate::finding::{Finding, Severity, Subject, SubjectKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Findings that a comment tells of.
const NAMED: usize = 10;

/// The event.
pub fn misp(report: &Report, language: Language) -> String {
    let of = identity(report);
    let first = report.coverage.first.as_deref().unwrap_or("1970-01-01");
    let mut subjects = BTreeMap::<&Subject, Vec<&Finding>>::new();
    for finding in &report.findings {
        subjects.entry(&finding.subject).or_default().push(finding);
    }
    let attribute = |(subject, of_subject): (&&Subject, &Vec<&Finding>)| {
        attribute(report, &of, subject, of_subject, language)
    };
    let answer = report.questions.first().map(|first| first.summary.in_language(language));
    let tags = ["sekisho"].into_iter().chain(report.training().map(|_| "sekisho:training"));
    json_document(json!({ "Event": {
        "uuid": uuid(OWN, &format!("misp {of}")),
        "info": titled(report, language, answer.unwrap_or("Sekisho")),
        "date": first.get(..10).unwrap_or("1970-01-01"),
        "threat_level_id": threat(report),
        "analysis": "1",
        "distribution": "0",
        "published": false,
        "Tag": tags.map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "Attribute": subjects.iter().map(attribute).collect::<Vec<_>>(),
    }}))
}

/// 1 high, 2 medium, 3 low, 4 undefined.
fn threat(report: &Report) -> &'static str {
    match report.findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Critical | Severity::High) => "1",
        Some(Severity::Medium) => "2",
        Some(Severity::Low | Severity::Info) => "3",
        None => "4",
    }
}

fn attribute(
    report: &Report,
    of: &str,
    subject: &Subject,
    findings: &[&Finding],
    language: Language,
) -> Value {
    let (kind, category) = match (subject.kind, address_kind(&subject.value)) {
        (SubjectKind::Address, AddressKind::V4 | AddressKind::V6) => ("ip-src", "Network activity"),
        (SubjectKind::Address, AddressKind::Name) => ("hostname", "Network activity"),
        (SubjectKind::Account, _) => ("target-user", "Targeting data"),
        (SubjectKind::LogSource | SubjectKind::Indicator, _) => ("text", "Other"),
    };
    let mut comment: Vec<_> =
        findings.iter().take(NAMED).map(|finding| about(report, finding, language)).collect();
    comment.extend((findings.len() > NAMED).then(|| format!("+{}", findings.len() - NAMED)));
    let name = serde_json::to_string(&(of, subject)).unwrap_or_default();
    let mut attribute = json!({
        "uuid": uuid(OWN, &format!("misp {name}")),
        "type": kind,
        "category": category,
        "value": subject.value,
        "to_ids": false,
        "distribution": "5",
        "comment": comment.join("\n\n"),
    });
    let first = findings.iter().filter_map(|finding| finding.first.as_ref()).min();
    let last = findings.iter().filter_map(|finding| finding.last.as_ref()).max();
    for (name, time) in [("first_seen", first), ("last_seen", last)] {
        if let Some(time) = time {
            attribute[name] = json!(time);
        }
    }
    attribute
}
