//! A roll-up as tables (RFC 4180, UTF-8 with mark): the answers, and whom to notify. No cell is a
//! formula.

use super::words::{moment, names, shown};
use super::{Client, Notify, RollUp};
use crate::base::Language;
use crate::report::{ACTS, kind_of_party, pick, row, state_words};

/// The answers, one row for each; then those who have not answered and the files that are not
/// counted, so that the table leaves nobody out.
pub fn csv(rollup: &RollUp, lang: Language) -> String {
    let mut out = String::from("\u{feff}");
    row(&mut out, head(lang).into_iter());
    for client in &rollup.clients {
        row(&mut out, cells(client, lang).into_iter());
    }
    let blank = |name: &str, state: &str, file: &str, notes: String| {
        let mut cells = vec![String::new(); 14];
        for (at, text) in [(0, name), (1, state), (9, file), (13, &notes)] {
            if let Some(cell) = cells.get_mut(at) {
                text.clone_into(cell);
            }
        }
        cells
    };
    for name in &rollup.not_answered {
        let state = pick(lang, "Not answered", "未回答");
        row(&mut out, blank(name, state, "", String::new()).into_iter());
    }
    for file in &rollup.set_aside {
        let state = pick(lang, "Not counted", "集計対象外");
        let (why, todo) = (file.why.in_language(lang), file.todo.in_language(lang));
        row(&mut out, blank("", state, &file.file, format!("{why} → {todo}")).into_iter());
    }
    out
}

fn head(lang: Language) -> [String; 14] {
    [
        ("Client", "取引先"),
        ("Answer", "回答"),
        ("Since (UTC)", "最初(UTC)"),
        ("Until (UTC)", "最後(UTC)"),
        ("Networks", "ネットワーク"),
        ("Accounts", "アカウント"),
        ("Logs from (UTC)", "ログの最初(UTC)"),
        ("Logs until (UTC)", "ログの最後(UTC)"),
        ("Can the logs tell?", "ログで判定できるか"),
        ("File", "ファイル"),
        ("Level", "開示範囲"),
        ("Made on (UTC)", "作成日(UTC)"),
        ("Made by", "作成した版"),
        ("Notes", "備考"),
    ]
    .map(|(en, ja)| pick(lang, en, ja).to_owned())
}

fn cells(client: &Client, lang: Language) -> [String; 14] {
    let [networks, accounts] =
        client.counted.map_or([None; 2], |[networks, accounts]| [Some(networks), Some(accounts)]);
    let notes = client.notes.iter().map(|note| note.in_language(lang).to_owned());
    let notes: Vec<_> = notes.collect();
    [
        client.client.clone(),
        state_words(client.state).in_language(lang).to_owned(),
        moment(client.since.as_ref()).to_owned(),
        moment(client.until.as_ref()).to_owned(),
        names(&client.networks, networks, lang),
        names(&client.accounts, accounts, lang),
        moment(client.logs_from.as_ref()).to_owned(),
        moment(client.logs_until.as_ref()).to_owned(),
        client.logs.in_language(lang).to_owned(),
        client.file.clone(),
        client.level.said().in_language(lang).to_owned(),
        client.made_on.map(|day| day.to_string()).unwrap_or_default(),
        client.made_by.clone(),
        notes.join(" "),
    ]
}

/// The notification list, one row for each party that is named, or for those of one kind that are
/// only counted.
pub fn parties(rollup: &RollUp, lang: Language) -> String {
    let mut out = String::from("\u{feff}");
    let say = |en, ja| pick(lang, en, ja).to_owned();
    let head = [
        say("Client", "取引先"),
        say("Kind", "種別"),
        say("Name", "名称"),
        say("Within", "所属"),
        say("Parties", "件数"),
    ];
    let behind = [
        say("First (UTC)", "最初(UTC)"),
        say("Last (UTC)", "最後(UTC)"),
        say("Own", "自組織"),
        say("Training case", "訓練用ケース"),
    ];
    let acts = ACTS.map(|(en, ja)| say(en, ja));
    row(&mut out, head.into_iter().chain(acts).chain(behind));
    for of in &rollup.notify {
        let client = rollup.clients.iter().find(|client| client.client == of.client);
        let training = client.and_then(|client| client.training.clone()).unwrap_or_default();
        row(&mut out, notified(of, lang).into_iter().chain([training]));
    }
    out
}

fn notified(of: &Notify, lang: Language) -> Vec<String> {
    let name = |name: Option<&super::Shown>| name.map(|name| shown(name, lang)).unwrap_or_default();
    let head = [
        of.client.clone(),
        kind_of_party(of.kind).in_language(lang).to_owned(),
        name(of.party.as_ref()),
        name(of.within.as_ref()),
        of.parties.to_string(),
    ];
    let own = if of.is_own { pick(lang, "yes", "はい") } else { "" };
    let behind =
        [moment(of.first.as_ref()).to_owned(), moment(of.last.as_ref()).to_owned(), own.to_owned()];
    head.into_iter().chain(of.acts.map(|count| count.to_string())).chain(behind).collect()
}
