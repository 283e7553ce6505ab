//! The report for a terminal. Log text is shown with its control characters made visible.

use super::model::{Report, SourceReport};
use super::parties::{ACTS, kind as kind_of_party};
use super::secrets::kind as kind_of_secret;
use super::share::path_of;
use super::words::{confidence, judgement, line_said, outcome, pick, severity, state, training};
use crate::base::{Arrange, Language, Text, counted, grouped, visible};
use crate::finding::Finding;
use std::fmt::{Result, Write};

/// Findings that are written out.
const LEADING: usize = 7;
/// Steps of an incident that are written out.
const STEPS: usize = 12;
/// Records shown under a finding.
const RECORDS: usize = 3;

/// The report as text.
pub fn text(report: &Report, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, report, language);
    out
}

/// A statement, which may name what a log or a file system named.
fn said(text: &Text, lang: Language) -> String {
    visible(text.in_language(lang))
}

fn write(out: &mut String, report: &Report, lang: Language) -> Result {
    if let Some(case) = report.training() {
        writeln!(out, "{}\n", said(&training(case), lang))?;
    }
    if let Some(checker) = report.checker() {
        writeln!(out, "{}\n", said(&checker, lang))?;
    }
    if let Some(how) = &report.reduced {
        writeln!(out, "{}\n", said(how, lang))?;
    }
    for answer in &report.questions {
        writeln!(out, "{} {}", answer.id, said(&answer.question, lang))?;
        let label = state(answer.state);
        writeln!(out, "   {}: {}", label.in_language(lang), said(&answer.summary, lang))?;
        let ids = answer.findings.iter().take(LEADING).cloned().collect::<Vec<_>>();
        if !ids.is_empty() {
            writeln!(out, "   → {}", ids.join(", "))?;
        }
    }
    writeln!(out)?;
    write_incidents(out, report, lang)?;
    let (shown, all) = (report.findings.len().min(LEADING), report.findings.len());
    writeln!(out, "{} {shown}/{all}", pick(lang, "Findings", "検知"))?;
    for finding in report.findings.iter().take(LEADING) {
        write_finding(out, report, finding, lang)?;
    }
    write_affected(out, report, lang)?;
    write_secrets(out, report, lang)?;
    writeln!(out, "\n{}", pick(lang, "Sources", "ソース"))?;
    for source in &report.sources {
        write_source(out, report, source, lang)?;
    }
    if !report.not_evaluable.is_empty() {
        writeln!(out, "\n{}", pick(lang, "Could not be evaluated", "評価できなかった検知"))?;
    }
    write_not_evaluable(out, report, lang)?;
    write_not_swept(out, report, lang)?;
    for bound in &report.coverage.bounds {
        writeln!(out, "  {}", said(bound, lang))?;
    }
    for of in &report.judgements_set_aside {
        let what = pick(lang, "judged, and not in this report", "判断済み(本レポートにない検知)");
        writeln!(out, "  {} {what}: {}", visible(&of.finding), visible(&judgement(of, lang)))?;
    }
    let tool = &report.tool;
    writeln!(out, "\n{} {} ({})", tool.name, tool.version, tool.build)
}

/// Findings that belong together, each told in order of time.
fn write_incidents(out: &mut String, report: &Report, lang: Language) -> Result {
    let (shown, all) = (report.incidents.len().min(LEADING), report.incidents.len());
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "{} {shown}/{all}", pick(lang, "Incidents", "インシデント"))?;
    for incident in report.incidents.iter().take(LEADING) {
        let grave = severity(incident.severity);
        writeln!(out, "  [{}] {}", grave.in_language(lang), said(&incident.title, lang))?;
        writeln!(out, "      {}", said(&incident.reason, lang))?;
        for step in incident.story.iter().take(STEPS) {
            let found = report.findings.iter().find(|finding| finding.id == step.finding);
            let title = found.map(|finding| said(&finding.title, lang)).unwrap_or_default();
            let tactic = step.tactic.as_ref().map_or("–", |tactic| tactic.name.in_language(lang));
            writeln!(out, "      {}  {tactic}: {title} ({})", step.at, step.finding)?;
        }
        if let more @ 1.. = incident.story.len().saturating_sub(STEPS) {
            writeln!(out, "      +{more}")?;
        }
    }
    writeln!(out)
}

/// Whose data accounts reached, with the first of them.
fn write_affected(out: &mut String, report: &Report, lang: Language) -> Result {
    let (shown, all) = (report.affected.len().min(LEADING), report.affected.len());
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\n{} {shown}/{all}", pick(lang, "Whose data", "誰のデータか"))?;
    for party in report.affected.iter().take(LEADING) {
        let counts = ACTS.iter().zip(party.counts()).filter(|(_, count)| *count > 0);
        let counts: Vec<_> =
            counts.map(|((en, ja), count)| format!("{} {count}", pick(lang, en, ja))).collect();
        let of = kind_of_party(party.kind);
        let within = party.within.as_deref().map(|name| format!(" ({})", visible(name)));
        writeln!(
            out,
            "  {} {}{}: {}",
            of.in_language(lang),
            visible(&party.name),
            within.unwrap_or_default(),
            counts.join(", "),
        )?;
    }
    Ok(())
}

/// What is to be changed, with the first of it.
fn write_secrets(out: &mut String, report: &Report, lang: Language) -> Result {
    let (shown, all) = (report.secrets.len().min(LEADING), report.secrets.len());
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\n{} {shown}/{all}", pick(lang, "To be changed", "変更が必要なもの"))?;
    for secret in report.secrets.iter().take(LEADING) {
        let of = kind_of_secret(secret.kind);
        let (of, name) = (of.in_language(lang), said(&secret.name, lang));
        writeln!(
            out,
            "  {of} {name}: {} ({})",
            said(&secret.todo, lang),
            secret.findings.join(", ")
        )?;
    }
    Ok(())
}

/// How much of the indicator lists is not swept for, with the first of it.
fn write_not_swept(out: &mut String, report: &Report, lang: Language) -> Result {
    if !report.not_swept.is_empty() {
        writeln!(out, "\n{}", pick(lang, "Indicators not swept for", "照合しない指標"))?;
    }
    for part in report.not_swept.iter().take(LEADING) {
        let reason = said(&part.reason, lang);
        writeln!(out, "  {}:{} {} {reason}", visible(&part.list), part.line, visible(&part.text))?;
    }
    match report.not_swept.len().saturating_sub(LEADING) {
        0 => Ok(()),
        more => writeln!(out, "  +{more}"),
    }
}

fn write_not_evaluable(out: &mut String, report: &Report, lang: Language) -> Result {
    let (mut of_rules, of_detections): (Vec<_>, Vec<_>) =
        report.not_evaluable.iter().partition(|lacking| !lacking.rules.is_empty());
    of_rules.arrange_by_key(|lacking| std::cmp::Reverse(lacking.rules.len()));
    for lacking in of_detections.iter().chain(of_rules.iter().take(LEADING)) {
        let (name, reason) = (said(&lacking.name, lang), said(&lacking.reason, lang));
        writeln!(out, "  {} {name}: {reason}", lacking.id)?;
    }
    let more: usize = of_rules.iter().skip(LEADING).map(|lacking| lacking.rules.len()).sum();
    if more > 0 {
        let words = pick(
            lang,
            "more rules: see the JSON or HTML report",
            "件のルール(JSON・HTMLレポートを参照)",
        );
        writeln!(out, "  sigma {more} {words}")?;
    }
    Ok(())
}

fn write_finding(out: &mut String, report: &Report, finding: &Finding, lang: Language) -> Result {
    let (grave, sure) = (severity(finding.severity), confidence(finding.confidence));
    let title = said(&finding.title, lang);
    writeln!(out, "  {} [{}] {title}", finding.id, grave.in_language(lang))?;
    writeln!(out, "      {}", said(&finding.reason, lang))?;
    let ended = finding.outcome.map(outcome);
    let ended = ended.as_ref().map_or("–", |text| text.in_language(lang));
    let span = [&finding.first, &finding.last].map(|at| at.as_deref().unwrap_or("–"));
    let records = format!("{}件", grouped(finding.count));
    let records = Text::new(counted(finding.count, "record"), records);
    let words = (pick(lang, "confidence", "確度"), pick(lang, "outcome", "結果"));
    writeln!(
        out,
        "      {}, {} – {}, {} {}, {} {ended}",
        records.in_language(lang),
        span[0],
        span[1],
        words.0,
        sure.in_language(lang),
        words.1,
    )?;
    if let Some(of) = report.judgement(&finding.id) {
        let line = visible(&judgement(of, lang));
        writeln!(out, "      {}: {line}", pick(lang, "judged", "判断"))?;
    }
    for evidence in finding.evidence.iter().take(RECORDS) {
        let name = stream_name(report, evidence.stream);
        let record = evidence.text.as_deref().map(visible).unwrap_or_default();
        let short: String = record.chars().take(200).collect();
        writeln!(out, "      {}:{}  {short}", visible(name), line_said(evidence.line))?;
    }
    Ok(())
}

fn stream_name(report: &Report, stream: u32) -> &str {
    let holds = |source: &&SourceReport| source.streams.iter().any(|known| known.id == stream);
    report.sources.iter().find(holds).map_or("-", |source| source.name.as_str())
}

fn write_source(
    out: &mut String,
    report: &Report,
    source: &SourceReport,
    lang: Language,
) -> Result {
    writeln!(
        out,
        "  {} ({} {})",
        visible(&source.name),
        source.size,
        pick(lang, "bytes", "バイト")
    )?;
    for problem in &source.problems {
        let (what, todo) = (said(&problem.what, lang), said(&problem.todo, lang));
        writeln!(out, "    ! {what} {todo}")?;
    }
    for stream in &source.streams {
        let format = visible(stream.format.as_deref().unwrap_or("–"));
        let parsed = stream.records - stream.unparsed;
        writeln!(
            out,
            "    {format}: {parsed}/{} {}, {} – {}",
            stream.records,
            pick(lang, "records understood", "件を解釈"),
            stream.first.as_deref().unwrap_or("–"),
            stream.last.as_deref().unwrap_or("–"),
        )?;
        for repeats in &stream.repeats {
            let (records, name) = (repeats.records, visible(&path_of(report, repeats.of)));
            let said = match repeats.of == stream.id {
                true => Text::new(
                    format!("{records} more tell an event again, and are not counted again"),
                    format!("ほか{records}件は同じイベントの重複(計上せず)"),
                ),
                false => Text::new(
                    format!("{records} more are also in {name}, and counted there only"),
                    format!("ほか{records}件は{name}と重複(そちらでのみ計上)"),
                ),
            };
            writeln!(out, "      {}", said.in_language(lang))?;
        }
    }
    Ok(())
}
