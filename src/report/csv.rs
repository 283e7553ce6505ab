//! The findings as CSV, one row for each record shown (RFC 4180, UTF-8 with mark, so that
//! spreadsheets read Japanese).

use super::judge::Judged;
use super::model::{Report, SourceReport};
use super::words::{judged, line_said, outcome, pick, severity};
use crate::base::{Gather, Language, visible};
use crate::finding::Finding;
use std::collections::BTreeMap;

const HEAD_EN: [&str; 19] = [
    "finding",
    "detection",
    "severity",
    "outcome",
    "title",
    "subject",
    "first",
    "last",
    "count",
    "file",
    "line",
    "offset",
    "time",
    "record",
    "rule",
    "training",
    "judged",
    "reason",
    "note",
];
const HEAD_JA: [&str; 19] = [
    "番号",
    "検知",
    "重大度",
    "結果",
    "内容",
    "対象",
    "最初",
    "最後",
    "件数",
    "ファイル",
    "行",
    "バイト位置",
    "時刻",
    "記録",
    "ルール",
    "訓練用ケース",
    "判断",
    "判断の理由",
    "メモ",
];

/// The findings with their evidence.
pub fn csv(report: &Report, language: Language) -> String {
    let head = match language {
        Language::En => HEAD_EN,
        Language::Ja => HEAD_JA,
    };
    let names = stream_names(report);
    let mut out = String::from("\u{feff}");
    row(&mut out, head.iter().map(|text| (*text).to_owned()));
    for finding in &report.findings {
        let own = own_cells(finding, language);
        let behind = last_cells(report, finding, language);
        for evidence in &finding.evidence {
            let record = [
                names.get(&evidence.stream).copied().unwrap_or("-").to_owned(),
                line_said(evidence.line),
                evidence.offset.to_string(),
                evidence.time.clone().unwrap_or_default(),
                evidence.text.clone().unwrap_or_else(|| not_read(language)),
            ];
            row(&mut out, own.iter().cloned().chain(record).chain(behind.iter().cloned()));
        }
        if finding.evidence.is_empty() {
            let none = std::iter::repeat_n(String::new(), 5);
            row(&mut out, own.iter().cloned().chain(none).chain(behind.iter().cloned()));
        }
    }
    out
}

/// The cells that every row of a finding begins with.
fn own_cells(finding: &Finding, language: Language) -> [String; 9] {
    let ended = finding.outcome.map(outcome);
    [
        finding.id.clone(),
        finding.detector.clone(),
        severity(finding.severity).in_language(language).to_owned(),
        ended.map_or_else(String::new, |text| text.in_language(language).to_owned()),
        finding.title.in_language(language).to_owned(),
        finding.subject.value.clone(),
        finding.first.clone().unwrap_or_default(),
        finding.last.clone().unwrap_or_default(),
        finding.count.to_string(),
    ]
}

/// The cells that every row of a finding ends with.
fn last_cells(report: &Report, finding: &Finding, language: Language) -> [String; 5] {
    let judgement = report.judgement(&finding.id);
    let how = judgement.map(|of| judged(&of.judged).in_language(language).to_owned());
    let reason = judgement.and_then(|of| match &of.judged {
        Judged::Benign { reason } => Some(reason.clone()),
        Judged::Open | Judged::Confirmed => None,
    });
    [
        finding.rule.clone().unwrap_or_default(),
        report.training().unwrap_or_default().to_owned(),
        how.unwrap_or_default(),
        reason.unwrap_or_default(),
        judgement.map(|of| of.note.clone()).unwrap_or_default(),
    ]
}

fn not_read(language: Language) -> String {
    pick(language, "(could not be read again)", "(再読み取り不可)").to_owned()
}

fn stream_names(report: &Report) -> BTreeMap<u32, &str> {
    let of = |source: &SourceReport| -> Vec<u32> { source.streams.iter().map(|s| s.id).collect() };
    let sources = report.sources.iter();
    sources.flat_map(|source| of(source).into_iter().map(|id| (id, source.name.as_str()))).gather()
}

/// Writes one row.
pub fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.map(|text| cell(&text)).collect();
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe.
pub(crate) fn cell(text: &str) -> String {
    let text = visible(text);
    let begins_like_formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let is_lone_dash = text == "-";
    let mark = if begins_like_formula && !is_lone_dash { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_text_for_a_spreadsheet() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("+1"), "\"'+1\"");
        assert_eq!(cell("@sum"), "\"'@sum\"");
        assert_eq!(cell("a,\"b\"\n"), "\"a,\"\"b\"\"␊\"");
        assert_eq!(cell("-"), "\"-\"");
    }
}
