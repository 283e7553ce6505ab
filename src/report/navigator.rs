//! A layer for the ATT&CK Navigator (layer format 4.5): the techniques of the findings, scored by the
//! worst severity. Findings judged benign score nothing and stand in the comment.

use super::judge::Judged;
use super::model::Report;
use super::share::{is_technique, titled};
use super::words::severity;
use crate::base::{Language, json_document, visible};
use crate::finding::{Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Findings that a comment names.
const NAMED: usize = 20;

/// The layer.
pub fn navigator(report: &Report, language: Language) -> String {
    let mut techniques = BTreeMap::<&str, Vec<&Finding>>::new();
    for finding in &report.findings {
        for technique in finding.attack.iter().filter(|text| is_technique(text)) {
            techniques.entry(technique).or_default().push(finding);
        }
    }
    let shown = techniques.iter().map(|(id, of)| technique(report, id, of, language));
    let answer = report.questions.first().map(|first| first.summary.in_language(language));
    json_document(json!({
        "name": titled(report, language, "Sekisho"),
        "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "domain": "enterprise-attack",
        "description": titled(report, language, answer.unwrap_or_default()),
        "sorting": 3,
        "techniques": shown.collect::<Vec<_>>(),
        "gradient": { "colors": ["#fff3d6", "#b9331a"], "minValue": 0, "maxValue": 5 },
        "legendItems": [],
    }))
}

fn technique(report: &Report, id: &str, of: &[&Finding], language: Language) -> Value {
    let is_benign = |finding: &&&Finding| {
        let judgement = report.judgement(&finding.id);
        judgement.is_some_and(|of| matches!(of.judged, Judged::Benign { .. }))
    };
    let worst = of.iter().filter(|finding| !is_benign(finding)).map(|f| score(f.severity)).max();
    let line = |finding: &&Finding| {
        let grave = severity(finding.severity);
        let title = visible(finding.title.in_language(language));
        format!("{} [{}] {title}", finding.id, grave.in_language(language))
    };
    let mut lines: Vec<_> = of.iter().take(NAMED).map(line).collect();
    lines.extend((of.len() > NAMED).then(|| format!("+{}", of.len() - NAMED)));
    json!({
        "techniqueID": id,
        "score": worst.unwrap_or(0),
        "enabled": true,
        "comment": lines.join("\n"),
        "metadata": [
            { "name": "findings", "value": of.len().to_string() },
            { "name": "judged benign", "value": of.iter().filter(is_benign).count().to_string() },
        ],
    })
}

/// From 1, the least, to 5.
const fn score(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}
