//! `sekisho detections`: the detections in a list, one in full, or all of them as a page.

use super::commands::output;
use super::{Failure, Status};
use crate::base::{Text, grouped};
use crate::detect::{CARDS, Pack, packs};
use crate::finding::{Card, Severity};
use crate::intel;
use std::io::Write;

pub(super) fn detections(id: Option<&str>, as_page: bool) -> Result<Status, Failure> {
    let mut out = output(None)?;
    match id {
        None if as_page => write_page(&mut out)?,
        None => write_list(&mut out)?,
        Some(id) => write_card(&mut out, card(id)?)?,
    }
    out.flush()?;
    Ok(Status::NoEvidence)
}

/// What every detection and every sweep is.
fn cards() -> impl Iterator<Item = &'static Card> {
    CARDS.iter().chain(intel::CARDS)
}

fn card(id: &str) -> Result<&'static Card, Failure> {
    cards().find(|card| card.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        let ids: Vec<_> = cards().map(|card| card.id).collect();
        Failure::Usage(format!("there is no detection {id}; there are {}", ids.join(", ")))
    })
}

fn write_list(out: &mut dyn Write) -> Result<(), Failure> {
    Ok(cards()
        .try_for_each(|card| writeln!(out, "{}\t{}\t{}", card.id, card.name.en, card.name.ja))?)
}

fn write_card(out: &mut dyn Write, card: &Card) -> Result<(), Failure> {
    writeln!(out, "{} {} / {}", card.id, card.name.en, card.name.ja)?;
    writeln!(out, "ATT&CK {}", card.attack.join(", "))?;
    for (name, text) in parts(card) {
        writeln!(out, "\n{name}\n  {}\n  {}", text.en, text.ja)?;
    }
    if let Some(text) = measured(card) {
        writeln!(out, "\nMeasured\n  {}\n  {}", text.en, text.ja)?;
    }
    if card.id == "B2" {
        packs().iter().try_for_each(|pack| write_pack(out, pack))?;
    }
    Ok(())
}

/// What a card says beside its name, under the headings.
fn parts(card: &Card) -> [(&'static str, &Text); 4] {
    [
        ("What", &card.what),
        ("Why", &card.why),
        ("Innocent causes", &card.innocent),
        ("Needs", &card.needs.words),
    ]
}

/// What `cargo xtask corpus scenarios` measured: seeds, user-days of quiet cases, other cases; and
/// by detection its findings below medium and of medium or above in quiet ones and in the others,
/// and how many of the last are about the intruder or a defect of the logs.
const MEASURED: &str = include_str!("measured.tsv");

/// What a detection finds in cases that are made; none where these have nothing for it.
fn measured(card: &Card) -> Option<Text> {
    let ([user_days], [cases]) = (row("user_days")?, row("cases")?);
    let [quiet_minor, quiet, minor, grave, right] = row(card.id)?;
    let hundredths = quiet * 1_000_000 / user_days.max(1);
    let rate = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let (days, others) = (grouped(user_days), grave.saturating_sub(right));
    Some(Text::new(
        format!(
            "Findings on generated logs: in {days} user-days of quiet cases {quiet} of medium or above ({rate} per 10,000) and {quiet_minor} below; in {cases} cases of T1 to T6 {grave} of medium or above, of which {right} are about the intruder or a defect of the logs and {others} are not, and {minor} below."
        ),
        format!(
            "生成したログでの検知件数:平常時の{days}ユーザー日では重要度「中」以上が{quiet}件(1万ユーザー日当たり{rate}件)、「低」以下が{quiet_minor}件。シナリオT1~T6の{cases}ケースでは「中」以上が{grave}件(侵入者またはログの欠陥に関するもの{right}件、それ以外{others}件)、「低」以下が{minor}件。"
        ),
    ))
}

/// The numbers of a row of the table.
fn row<const N: usize>(name: &str) -> Option<[u64; N]> {
    let mut rows = MEASURED.lines().filter_map(|line| line.split_once('\t'));
    let (_, numbers) = rows.find(|(first, _)| *first == name)?;
    let numbers = numbers.split('\t').map(|cell| cell.parse().ok());
    numbers.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn write_pack(out: &mut dyn Write, pack: &Pack) -> Result<(), Failure> {
    writeln!(out, "\n{} {} ({})", pack.id, pack.product, pack.cves.join(", "))?;
    for text in [&pack.what, &pack.success, &pack.next] {
        writeln!(out, "  {}\n  {}", text.en, text.ja)?;
    }
    Ok(pack.references.iter().try_for_each(|link| writeln!(out, "  {link}"))?)
}

/// `docs/detections.md`.
fn write_page(out: &mut dyn Write) -> Result<(), Failure> {
    out.write_all(HEAD.as_bytes())?;
    for card in cards() {
        let (name, anchor) = (&card.name, card.id.to_lowercase());
        let severity = severity(card.severity);
        writeln!(out, "| [{}](#{anchor}) | {} | {} | {severity} |", card.id, name.en, name.ja)?;
    }
    for card in cards() {
        writeln!(out, "\n## {}\n\n**{} / {}**", card.id, card.name.en, card.name.ja)?;
        for (name, text) in parts(card) {
            writeln!(out, "\n*{name}.* {}\n{}", text.en, text.ja)?;
        }
        if let Some(text) = measured(card) {
            writeln!(out, "\n*Measured.* {}\n{}", text.en, text.ja)?;
        }
        if !card.attack.is_empty() {
            writeln!(out, "\nATT&CK: {}", card.attack.join(", "))?;
        }
    }
    Ok(())
}

const HEAD: &str = "\
# What is looked for

This page is made by `sekisho detections --page`. Severity is that of a usual finding; a finding may have another, and says why.
The first letter groups the detections: A sign-ins, B attacks on the web, C spread over projects and tenants, D leakage, E ways back, F the logs themselves, G vendors and supply chains, I indicators.

| id | name | 名称 | severity |
|---|---|---|---|
";

fn severity(severity: Severity) -> String {
    serde_json::to_value(severity)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detection_is_measured() {
        let rows = MEASURED.lines().skip(4).filter_map(|line| line.split('\t').next());
        let ids: Vec<_> = CARDS.iter().map(|card| card.id).collect();
        assert_eq!(rows.collect::<Vec<_>>(), ids);
        assert!(CARDS.iter().all(|card| measured(card).is_some()));
    }
}
