//! The findings as a bundle of STIX 2.1: observed data with a note for each finding, the ATT&CK
//! techniques, an opinion for each judgement, and a report around them. The times of objects are
//! those of the logs, since a report has no clock; identifiers follow from what they stand for.

use super::judge::{Judged, Judgement};
use super::model::{Report, SourceReport};
use super::share::{
    AddressKind, OWN, about, address_kind, identity, is_technique, source_of, titled, uuid,
};
use super::words::judgement;
use crate::base::{Arrange, Gather, Language, json_document, visible};
use crate::finding::{Finding, Subject, SubjectKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The name space of observables (STIX 2.1, section 2.9).
const OBSERVABLES: [u8; 16] = *b"\x00\xab\xed\xb4\xaa\x42\x46\x6c\x9c\x01\xfe\xd2\x33\x15\xa9\xb7";
/// What `number_observed` may be at most.
const MOST_OBSERVED: u64 = 999_999_999;
/// Where no record states a time.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// The bundle.
pub fn stix(report: &Report, language: Language) -> String {
    let of = identity(report);
    let last = report.coverage.last.as_deref().unwrap_or(NO_TIME).to_owned();
    let mut bundle = Bundle { report, language, of, last, objects: BTreeMap::new() };
    let author = bundle.author();
    for finding in &report.findings {
        bundle.finding(&author, finding);
    }
    bundle.report(&author);
    let Bundle { of, objects, .. } = bundle;
    json_document(json!({
        "type": "bundle",
        "id": format!("bundle--{}", uuid(OWN, &format!("bundle {of}"))),
        "objects": objects.into_values().collect::<Vec<_>>(),
    }))
}

struct Bundle<'r> {
    report: &'r Report,
    language: Language,
    of: String,
    last: String,
    /// By their ids.
    objects: BTreeMap<String, Value>,
}

impl Bundle<'_> {
    /// Adds an object that has times and an author; `name` tells it apart in the report.
    fn add(&mut self, kind: &str, name: &str, author: Option<&str>, mut object: Value) -> String {
        let id = format!("{kind}--{}", uuid(OWN, &format!("{kind} {name} {}", self.of)));
        object["type"] = json!(kind);
        object["spec_version"] = json!("2.1");
        object["id"] = json!(id);
        object["created"] = json!(self.last);
        object["modified"] = json!(self.last);
        if let Some(author) = author {
            object["created_by_ref"] = json!(author);
        }
        if self.report.training().is_some() {
            object["labels"] = json!(["training"]);
        }
        self.objects.insert(id.clone(), object);
        id
    }

    /// Adds an observable; `by` are the properties that identify it.
    fn observe(&mut self, kind: &str, by: &Value) -> String {
        let id = format!("{kind}--{}", uuid(OBSERVABLES, &by.to_string()));
        let mut object = by.clone();
        object["type"] = json!(kind);
        object["spec_version"] = json!("2.1");
        object["id"] = json!(id);
        self.objects.insert(id.clone(), object);
        id
    }

    fn author(&mut self) -> String {
        self.add("identity", "", None, json!({ "name": "Sekisho", "identity_class": "system" }))
    }

    fn finding(&mut self, author: &str, finding: &Finding) {
        let first = finding.first.as_deref().unwrap_or(NO_TIME);
        let data = json!({
            "first_observed": first,
            "last_observed": finding.last.as_deref().unwrap_or(first),
            "number_observed": finding.count.clamp(1, MOST_OBSERVED),
            "object_refs": self.observables(finding),
        });
        let observed = self.add("observed-data", &finding.id, Some(author), data);
        let mut speaks_of = vec![observed.clone()];
        for technique in finding.attack.iter().filter(|text| is_technique(text)) {
            speaks_of.push(self.technique(author, technique));
        }
        let note = json!({
            "abstract": visible(finding.title.in_language(self.language)),
            "content": about(self.report, finding, self.language),
            "object_refs": speaks_of,
        });
        self.add("note", &finding.id, Some(author), note);
        if let Some(of) = self.report.judgement(&finding.id) {
            self.opinion(author, of, &observed);
        }
    }

    /// Whom a finding is about, and the files that its records stand in.
    fn observables(&mut self, finding: &Finding) -> Vec<String> {
        let subject = self.subject(&finding.subject);
        let streams: BTreeSet<_> = finding.evidence.iter().map(|of| of.stream).gather();
        let report = self.report;
        let mut all: Vec<_> = streams
            .into_iter()
            .filter_map(|stream| source_of(report, stream))
            .map(|source| self.file(source))
            .chain(subject)
            .collect();
        if all.is_empty() {
            all.push(self.observe("file", &json!({ "name": finding.subject.value })));
        }
        all.arrange();
        all.dedup();
        all
    }

    fn subject(&mut self, subject: &Subject) -> Option<String> {
        let value = json!({ "value": subject.value });
        Some(match (subject.kind, address_kind(&subject.value)) {
            (SubjectKind::Account, _) => {
                self.observe("user-account", &json!({ "account_login": subject.value }))
            }
            (SubjectKind::Address, AddressKind::V4) => self.observe("ipv4-addr", &value),
            (SubjectKind::Address, AddressKind::V6) => self.observe("ipv6-addr", &value),
            (SubjectKind::Address, AddressKind::Name) => self.observe("domain-name", &value),
            (SubjectKind::LogSource | SubjectKind::Indicator, _) => return None,
        })
    }

    fn file(&mut self, source: &SourceReport) -> String {
        let name = &source.name;
        match &source.sha256 {
            Some(digest) => {
                self.observe("file", &json!({ "hashes": { "SHA-256": digest }, "name": name }))
            }
            None => self.observe("file", &json!({ "name": name })),
        }
    }

    fn technique(&mut self, author: &str, id: &str) -> String {
        let reference = json!([{ "source_name": "mitre-attack", "external_id": id }]);
        let pattern = json!({ "name": id, "external_references": reference });
        self.add("attack-pattern", id, Some(author), pattern)
    }

    fn opinion(&mut self, author: &str, of: &Judgement, observed: &str) {
        let opinion = match of.judged {
            Judged::Open => "neutral",
            Judged::Confirmed => "strongly-agree",
            Judged::Benign { .. } => "strongly-disagree",
        };
        let said = json!({
            "opinion": opinion,
            "explanation": visible(&judgement(of, self.language)),
            "object_refs": [observed],
        });
        self.add("opinion", &of.finding, Some(author), said);
    }

    fn report(&mut self, author: &str) {
        let answer = self.report.questions.first();
        let answer = answer.map(|first| first.summary.in_language(self.language));
        let all: Vec<_> = self.objects.keys().cloned().collect();
        let report = json!({
            "name": titled(self.report, self.language, "Sekisho"),
            "description": visible(answer.unwrap_or_default()),
            "report_types": ["observed-data"],
            "published": self.last,
            "object_refs": all,
        });
        self.add("report", "", Some(author), report);
    }
}
