//! A roll-up for a terminal. Names are shown with their control characters made visible.

use super::words::{acts, kind, moment, names, party, shown};
use super::{Client, RollUp};
use crate::base::{Language, Text, visible};
use crate::finding::State;
use crate::report::{pick, severity_words, state_words};
use std::fmt::{Result, Write};

/// Rows that are written out of each part; JSON and CSV have all.
const ROWS: usize = 200;

/// The roll-up as text.
pub fn text(rollup: &RollUp, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, rollup, language);
    out
}

fn said(text: &Text, lang: Language) -> String {
    visible(text.in_language(lang))
}

fn write(out: &mut String, of: &RollUp, lang: Language) -> Result {
    for note in &of.notes {
        writeln!(out, "{}", said(note, lang))?;
    }
    write_states(out, of, lang)?;
    title(out, lang, ("Answers", "回答"), of.clients.len())?;
    for client in of.clients.iter().take(ROWS) {
        write_client(out, client, lang)?;
    }
    more(out, of.clients.len())?;
    write_shared(out, of, lang)?;
    write_open(out, of, lang)?;
    title(out, lang, ("Not answered", "未回答"), of.not_answered.len())?;
    for name in of.not_answered.iter().take(ROWS) {
        writeln!(out, "  {}", visible(name))?;
    }
    more(out, of.not_answered.len())?;
    title(out, lang, ("Files that are not counted", "集計対象外のファイル"), of.set_aside.len())?;
    for file in of.set_aside.iter().take(ROWS) {
        writeln!(out, "  {}: {}", visible(&file.file), said(&file.why, lang))?;
        writeln!(out, "      → {}", said(&file.todo, lang))?;
    }
    more(out, of.set_aside.len())?;
    write_timeline(out, of, lang)?;
    write_notify(out, of, lang)
}

fn title(
    out: &mut String,
    lang: Language,
    (en, ja): (&'static str, &'static str),
    all: usize,
) -> Result {
    writeln!(out, "\n{} ({all})", pick(lang, en, ja))
}

fn more(out: &mut String, all: usize) -> Result {
    match all.saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "  +{more}"),
    }
}

fn write_states(out: &mut String, of: &RollUp, lang: Language) -> Result {
    for state in STATES {
        let count = of.clients.iter().filter(|client| client.state == state).count();
        writeln!(out, "{count:>6}  {}", state_words(state).in_language(lang))?;
    }
    Ok(())
}

/// In the order of what is to be done about them.
const STATES: [State; 5] =
    [State::Confirmed, State::Likely, State::Possible, State::CannotDetermine, State::NoEvidence];

fn write_client(out: &mut String, client: &Client, lang: Language) -> Result {
    let state = state_words(client.state);
    writeln!(out, "  [{}] {}", state.in_language(lang), visible(&client.client))?;
    let [networks, accounts] =
        client.counted.map_or([None; 2], |[networks, accounts]| [Some(networks), Some(accounts)]);
    if client.state != State::NoEvidence && client.state != State::CannotDetermine {
        let (since, until) = (moment(client.since.as_ref()), moment(client.until.as_ref()));
        writeln!(out, "      {}: {since} – {until}", pick(lang, "period", "期間"))?;
        let which = names(&client.networks, networks, lang);
        writeln!(out, "      {}: {which}", pick(lang, "networks", "ネットワーク"))?;
        let which = names(&client.accounts, accounts, lang);
        writeln!(out, "      {}: {which}", pick(lang, "accounts", "アカウント"))?;
    }
    writeln!(out, "      {}: {}", pick(lang, "logs", "ログ"), said(&client.logs, lang))?;
    if let Some(day) = client.made_on {
        writeln!(out, "      {}: {day}", pick(lang, "made on (UTC)", "作成日(UTC)"))?;
    }
    for note in &client.notes {
        writeln!(out, "      {}", said(note, lang))?;
    }
    Ok(())
}

fn write_shared(out: &mut String, of: &RollUp, lang: Language) -> Result {
    title(out, lang, ("What clients share", "取引先間の共通点"), of.shared.len())?;
    for shared in of.shared.iter().take(ROWS) {
        let (what, grave) = (kind(shared.shown.kind), severity_words(shared.severity));
        let (what, grave) = (what.in_language(lang), grave.in_language(lang));
        let (first, last) = (moment(shared.first.as_ref()), moment(shared.last.as_ref()));
        writeln!(out, "  [{grave}] {what} {}: {first} – {last}", shown(&shared.shown, lang))?;
        let clients: Vec<_> = shared.clients.iter().map(|name| visible(name)).collect();
        writeln!(out, "      {}: {}", clients.len(), clients.join(", "))?;
        if shared.may_differ {
            writeln!(out, "      {}", MAY_DIFFER.in_language(lang))?;
        }
    }
    more(out, of.shared.len())
}

/// What is said of accounts without a domain.
pub const MAY_DIFFER: Text = Text::fixed(
    "a name without a domain: it may be another account at each client",
    "ドメインのない名前のため、取引先ごとに別のアカウントである可能性があります",
);

fn write_open(out: &mut String, of: &RollUp, lang: Language) -> Result {
    let names = ("Logs that cannot tell what was asked", "ログが不足し判定できない取引先");
    title(out, lang, names, of.insufficient.len())?;
    for name in of.insufficient.iter().take(ROWS) {
        writeln!(out, "  {}", visible(name))?;
    }
    more(out, of.insufficient.len())
}

fn write_timeline(out: &mut String, of: &RollUp, lang: Language) -> Result {
    title(out, lang, ("Timeline (UTC)", "時系列(UTC)"), of.timeline.len())?;
    for period in of.timeline.iter().take(ROWS) {
        let found = &period.found;
        let (first, last) = (moment(found.first.as_ref()), moment(found.last.as_ref()));
        let grave = severity_words(found.severity);
        let (id, client) = (found.detection.text(), visible(&period.client));
        writeln!(
            out,
            "  {first} – {last}  [{}] {id} ×{}  {client}",
            grave.in_language(lang),
            found.findings
        )?;
    }
    more(out, of.timeline.len())
}

fn write_notify(out: &mut String, of: &RollUp, lang: Language) -> Result {
    let names =
        ("Whose data was reached, as the clients report it", "誰のデータか(取引先の報告による)");
    title(out, lang, names, of.notify.len())?;
    for row in of.notify.iter().take(ROWS) {
        let client = visible(&row.client);
        writeln!(out, "  {client}: {} – {}", party(row, lang), acts(row, lang))?;
    }
    more(out, of.notify.len())
}
