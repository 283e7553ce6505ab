//! `sekisho detections`: the detections in a list, one in full, or all of them as a page.

use super::commands::output;
use super::{Failure, Status};
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
    if card.id == "B2" {
        packs().iter().try_for_each(|pack| write_pack(out, pack))?;
    }
    Ok(())
}

/// What a card says beside its name, under the headings.
fn parts(card: &Card) -> [(&'static str, &crate::base::Text); 4] {
    [
        ("What", &card.what),
        ("Why", &card.why),
        ("Innocent causes", &card.innocent),
        ("Needs", &card.needs.words),
    ]
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
