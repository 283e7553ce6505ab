//! Hints of three levels: where to look, by which filter, and a record that shows it.

use super::questions::Asked;
use crate::base::{Language, Text};
use crate::train::{Scenario, Shows, Step, Truth, Wanted};
use std::collections::BTreeSet;

/// How much a hint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Where to look.
    Where = 1,
    /// By which filter.
    Filter = 2,
    /// A record.
    Row = 3,
}

impl Level {
    /// The level of a number, 1 to 3.
    pub const fn numbered(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Where),
            2 => Some(Self::Filter),
            3 => Some(Self::Row),
            _ => None,
        }
    }
}

/// A hint to a question.
pub(super) fn hint(asked: Asked, level: Level, wanted: &Wanted, truth: &Truth) -> Text {
    match level {
        Level::Where => place(asked),
        Level::Filter => filtered(asked, wanted, truth),
        Level::Row => row(asked, truth),
    }
}

const fn place(asked: Asked) -> Text {
    match asked {
        Asked::Happened | Asked::Accounts => Text::fixed(
            "Compare, for each account, the networks from which it usually comes with all others: in the findings, and in the sign-in log.",
            "アカウントごとに、普段の接続元ネットワークとそれ以外を比較してください。検出結果とサインインログが手掛かりになります。",
        ),
        Asked::Addresses => Text::fixed(
            "Look at which address the acts of the accounts in question come from, in the audit log and in the web log.",
            "該当アカウントの操作がどのアドレスから行われたかを、監査ログとWebログで確認してください。",
        ),
        Asked::First => Text::fixed(
            "Look at the first record of it, and at whether the logs begin before it: on the first day nobody can tell.",
            "最初の記録と、ログの開始時期を確認してください。ログの初日からの記録では、開始時期は分かりません。",
        ),
        Asked::Last => Text::fixed(
            "Sort what comes from the addresses in question by time, in all logs.",
            "該当アドレスからの記録を、すべてのログについて時刻順に並べてください。",
        ),
        Asked::Entry => Text::fixed(
            "What came directly before the first act: a sign-in, without failures before it, or a request that no browser makes? What do the logs not record of it?",
            "最初の操作の直前の記録を確認してください。失敗のないサインインか、通常のブラウザーが送らないリクエストか、ログに記録されない部分は何かを考えてください。",
        ),
        Asked::Viewed | Asked::Downloaded => Text::fixed(
            "Count in the audit log what the accounts did from the addresses in question; where it contradicts the web log, count there.",
            "監査ログで、該当アカウントが該当アドレスから行った操作を数えてください。Webログと食い違う場合はWebログで数えてください。",
        ),
        Asked::Projects | Asked::Documents => Text::fixed(
            "The audit log names the project and the path of each document.",
            "監査ログに、文書のプロジェクトとパスが記録されています。",
        ),
        Asked::WayBack => Text::fixed(
            "Look for what still works without the account: programs in folders for files, keys, new accounts.",
            "アカウントがなくても使えるもの(ファイル用フォルダーのプログラム、鍵、新しいアカウント)を探してください。",
        ),
        Asked::Logs => Text::fixed(
            "Look at the calendar of coverage in the report, and at where two logs of the same acts disagree.",
            "レポートの記録状況カレンダーと、同じ操作を記録した2種類のログの食い違いを確認してください。",
        ),
    }
}

fn filtered(asked: Asked, wanted: &Wanted, truth: &Truth) -> Text {
    match filter(asked, wanted, truth) {
        Some(filter) => Text::new(
            format!("In the table of all events: {filter}"),
            format!("全イベントの表で次の条件を指定してください:{filter}"),
        ),
        None => Text::fixed(
            "No filter shows what is not there: look at hours without any record, and compare the records of one account in two logs.",
            "存在しない記録は条件では見つかりません。記録が1件もない時間帯を探し、同じアカウントの記録を2種類のログで比較してください。",
        ),
    }
}

/// The query that shows it.
fn filter(asked: Asked, wanted: &Wanted, truth: &Truth) -> Option<String> {
    let own = match wanted.scenario {
        Scenario::Quiet => "outcome:failure",
        Scenario::T1 => "ip:203.0.113.0/24 action:LOGIN",
        Scenario::T2 => "url~human2.aspx status:200",
        Scenario::T3 => "user~yashima -ip:198.18.3.10",
        Scenario::T4 => "status:403 url~/files/",
        Scenario::T5 => "user~batch-migrate",
        Scenario::T6 => "url~tmp7f.php",
    };
    let one_of = |name: &str, values: &BTreeSet<String>| {
        let conditions: Vec<_> = values.iter().map(|value| format!("{name}:{value}")).collect();
        if values.is_empty() { String::new() } else { format!(" ({})", conditions.join(" or ")) }
    };
    let by = |action: &str| {
        let (accounts, addresses) = (&truth.entities.accounts, &truth.entities.addresses);
        format!("{action}{}{}", one_of("user", accounts), one_of("ip", addresses))
    };
    Some(match asked {
        // The audit log has lost records.
        Asked::Downloaded if wanted.scenario == Scenario::T6 => by("url~/files/ status:200"),
        Asked::Logs => return None,
        Asked::Viewed => by("action:document_viewed"),
        Asked::Downloaded | Asked::Projects | Asked::Documents => by("action:document_downloaded"),
        Asked::WayBack if wanted.scenario == Scenario::T3 => "action:api_key_created".to_owned(),
        Asked::WayBack if !matches!(wanted.scenario, Scenario::T2 | Scenario::T6) => {
            "action:*created".to_owned()
        }
        _ => own.to_owned(),
    })
}

fn row(asked: Asked, truth: &Truth) -> Text {
    let shown = exhibits(asked, truth).next();
    match shown {
        Some(Step { log, line: Some(line), text, .. }) => {
            Text::new(format!("{log}, line {line}: {text}"), format!("{log} {line}行目:{text}"))
        }
        Some(Step { time, .. }) => Text::new(
            format!("The record of {time} that showed it was removed."),
            format!("これを示す{time}の記録は削除されています。"),
        ),
        None if asked == Asked::Logs && !truth.defects.is_empty() => {
            let said = |language| {
                let texts = truth.defects.iter().map(|text| text.in_language(language));
                texts.collect::<Vec<_>>().join("; ")
            };
            let (en, ja) = (said(Language::En), said(Language::Ja));
            Text::new(format!("What is wrong: {en}."), format!("ログの不備:{ja}。"))
        }
        None => Text::fixed(
            "No record in these logs shows such a thing.",
            "これらのログに、該当する記録はありません。",
        ),
    }
}

/// The records that show the answer to a question, the best first.
pub(super) fn exhibits(asked: Asked, truth: &Truth) -> impl Iterator<Item = &Step> {
    let shows = move |step: &Step| match asked {
        Asked::Happened | Asked::Accounts | Asked::Addresses | Asked::First | Asked::Last => true,
        Asked::Entry => step.shows == Shows::Entry,
        Asked::Viewed => step.shows == Shows::Viewed,
        Asked::Downloaded | Asked::Projects | Asked::Documents => step.shows == Shows::Downloaded,
        Asked::WayBack => step.shows == Shows::WayBack,
        Asked::Logs => false,
    };
    let is_named = move |step: &Step| asked != Asked::Accounts || step.account != "-";
    let mut of: Vec<&Step> = truth
        .timeline
        .iter()
        .filter(|step| !step.is_decoy && shows(step) && is_named(step))
        .collect();
    if asked == Asked::Last {
        of.reverse();
    }
    // What stands in a log goes before what was removed from it.
    let (there, gone): (Vec<_>, Vec<_>) = of.into_iter().partition(|step| step.line.is_some());
    there.into_iter().chain(gone)
}

/// The detections that show it, where one does.
pub(super) const fn detections(asked: Asked, scenario: Scenario) -> &'static [&'static str] {
    match (asked, scenario) {
        (Asked::Logs, Scenario::T5) => &["F2"],
        (Asked::Logs, Scenario::T6) => &["F7", "F2"],
        (Asked::Logs, _) | (_, Scenario::Quiet | Scenario::T5) => &[],
        (Asked::WayBack, Scenario::T3) => &["E3"],
        (Asked::WayBack, Scenario::T2) => &["B2"],
        (Asked::WayBack, Scenario::T6) => &["B4"],
        (Asked::WayBack, _) => &[],
        (_, Scenario::T1) => &["A12", "C5"],
        (Asked::Entry, Scenario::T2) => &["B2", "A13"],
        (_, Scenario::T2) => &["B2", "A13", "D1"],
        (_, Scenario::T3) => &["G3", "D8"],
        (_, Scenario::T4) => &["C3", "D1"],
        (_, Scenario::T6) => &["B4", "D1"],
    }
}
