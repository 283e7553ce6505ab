//! The findings as events of OCSF 1.3 (class Detection Finding, 2004), one JSON object a as data
//! lakes and SIEMs take them. A finding judged benign is a suppressed one.

use super::judge::Judged;
use super::model::Report;
use super::share::{OWN, about, identity, path_of, titled, uuid};
use super::words::severity;
use crate::base::{Language, json_line, visible};
use crate::finding::{Confidence, Evidence, Finding, Severity, Subject, SubjectKind};
use serde_json::{Value, json};

const CLASS: u32 = 2004;
const CREATED: u32 = 1;

/// The events, in the order of the report.
pub fn ocsf(report: &Report, language: Language) -> String {
    let of = identity(report);
    let lines = report.findings.iter().map(|finding| event(report, &of, finding, language));
    lines.map(json_line).collect()
}

fn event(report: &Report, of: &str, finding: &Finding, language: Language) -> Value {
    let grave = severity(finding.severity);
    let (status, comment) = judged(report, finding);
    let at = millis(finding.last.as_deref()).or_else(|| millis(report.coverage.last.as_deref()));
    let records = finding.evidence.iter().map(|record| evidence(report, record));
    let mut event = json!({
        "category_uid": 2,
        "class_uid": CLASS,
        "activity_id": CREATED,
        "type_uid": CLASS * 100 + CREATED,
        // What has no time at all lies at the beginning of time.
        "time": at.unwrap_or(0),
        "severity_id": severity_id(finding.severity),
        "severity": grave.in_language(language),
        "confidence_id": confidence_id(finding.confidence),
        "status_id": status,
        "count": finding.count,
        "message": titled(report, language, finding.title.in_language(language)),
        "metadata": metadata(report, of, finding),
        "finding_info": info(report, of, finding, language),
        "observables": observables(finding),
        "evidences": records.collect::<Vec<_>>(),
    });
    if let Some(comment) = comment {
        event["comment"] = json!(comment);
    }
    event
}

fn metadata(report: &Report, of: &str, finding: &Finding) -> Value {
    let labels: Vec<_> = report.training().map(|_| "training").into_iter().collect();
    json!({
        "version": "1.3.0",
        "uid": uuid(OWN, &format!("ocsf {of} {}", finding.id)),
        "labels": labels,
        "product": {
            "name": "Sekisho",
            "vendor_name": "Sekisho",
            "version": report.tool.version,
        },
    })
}

fn info(report: &Report, of: &str, finding: &Finding, language: Language) -> Value {
    let techniques = finding.attack.iter().map(|id| json!({ "technique": { "uid": id } }));
    let mut info = json!({
        "uid": uuid(OWN, &format!("ocsf finding {of} {}", finding.id)),
        "title": visible(finding.title.in_language(language)),
        "desc": about(report, finding, language),
        "attacks": techniques.collect::<Vec<_>>(),
        // A rule: what was looked for is known beforehand.
        "analytic": {
            "type_id": 1,
            "uid": finding.rule.as_ref().unwrap_or(&finding.detector),
            "name": finding.detector,
            "category": finding.category,
        },
    });
    let times = [("first_seen_time", &finding.first), ("last_seen_time", &finding.last)];
    for (name, time) in times {
        if let Some(time) = millis(time.as_deref()) {
            info[name] = json!(time);
        }
    }
    info
}

/// New, in progress or suppressed, and why.
fn judged(report: &Report, finding: &Finding) -> (u8, Option<String>) {
    match report.judgement(&finding.id).map(|of| &of.judged) {
        Some(Judged::Confirmed) => (2, None),
        Some(Judged::Benign { reason }) => (3, Some(visible(reason))),
        Some(Judged::Open) | None => (1, None),
    }
}

/// Who it is about and the accounts that it rests on. Each stands once.
fn observables(finding: &Finding) -> Vec<Value> {
    let Subject { kind, value } = &finding.subject;
    let (name, type_id) = match kind {
        SubjectKind::Address => ("src_endpoint.ip", 2),
        SubjectKind::Account => ("actor.user.name", 4),
        SubjectKind::LogSource | SubjectKind::Indicator => ("unmapped.subject", 99),
    };
    let subject = json!({ "name": name, "type_id": type_id, "value": visible(value) });
    let others = finding.accounts.iter().filter(|account| *account != value);
    let account = |account: &String| json!({ "name": "actor.user.name", "type_id": 4, "value": visible(account) });
    [subject].into_iter().chain(others.map(account)).collect()
}

fn evidence(report: &Report, record: &Evidence) -> Value {
    json!({ "data": {
        "file": path_of(report, record.stream),
        "offset": record.offset,
        "line": (record.line > 0).then_some(record.line),
        "time": record.time,
        "record": record.text.as_deref().map(visible),
    }})
}

fn millis(time: Option<&str>) -> Option<i64> {
    time?.parse::<jiff::Timestamp>().ok().map(|time| time.as_second() * 1_000)
}

const fn severity_id(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

const fn confidence_id(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Low => 1,
        Confidence::Moderate => 2,
        Confidence::High => 3,
    }
}
