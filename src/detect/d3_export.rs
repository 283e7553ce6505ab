//! D3: an export by an account that never made one.

use super::changes;
use super::days::{self, AccountDay, OWN_DAYS, Told};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Finding, Severity};
use crate::judge::activity::What;

/// The detection.
pub struct Export;

impl Detector for Export {
    type Partial = ();

    const CARD: Card = Card {
        id: "D3",
        name: Text::fixed("Bulk export", "一括出力"),
        what: Text::fixed(
            "An export or archive, or a copy of a database or its log, made by an account that made none on its earlier days, of which there are 14 or more; or from a network new to the account, or where the record names no network, within a day of a sign-in from one.",
            "活動のある日が14日以上あり、これまで出力(エクスポート・一括アーカイブ、データベースやそのログの写し)をしたことのないアカウントによる出力、または新しいネットワークからの(記録に接続元がない場合は、新しいネットワークからのサインイン後1日以内の)出力。",
        ),
        why: Text::fixed(
            "One request takes all of a project, where downloads leave a line for each document.",
            "1回の操作でプロジェクト全体が持ち出され、文書ごとの記録は残りません。",
        ),
        innocent: Text::fixed("The end of the month, a migration.", "月末処理、移行作業。"),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document and client address, over two weeks or more.",
                "アカウント・操作・文書・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1560"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        match days::all(context, &Self::CARD) {
            Err(verdict) => *verdict,
            Ok(days) => {
                let findings = days.iter().filter_map(|day| judged(day, context));
                Verdict { findings: findings.collect(), ..Verdict::default() }
            }
        }
    }
}

fn judged(day: &AccountDay<'_>, context: &Conclusion<'_>) -> Option<Finding> {
    let exported = day.acts.exported;
    let is_known = day.earlier().count() >= OWN_DAYS;
    let is_first = day.earlier().all(|acts| acts.exported == 0);
    let is_graver = day.graver.is_some() || day.has_arrived(context);
    if exported == 0 || !(is_graver || (is_known && is_first)) {
        return None;
    }
    let name = day.name();
    let first = match (is_known && is_first, day.graver.is_some()) {
        (true, _) => {
            Text::fixed("The first of this account.", "当該アカウントによる初めての出力です。")
        }
        (false, true) => Text::fixed("", ""),
        (false, false) => changes::NEW_NETWORK,
    };
    Some(day.finding(
        &Export::CARD,
        Told {
            title: Text::new(format!("{name} exported in bulk"), format!("{name} が一括出力")),
            reason: Text::new(
                format!("{exported} exports in one day. {}", first.en).trim_end().to_owned(),
                format!("1日に{exported}件の出力。{}", first.ja),
            ),
            severity: Severity::Medium,
            count: exported,
            span: day.acts.exports.first().zip(day.acts.exports.last()).map(|(a, b)| (a.0, b.0)),
            kinds: What::EXPORTED,
            named: &[],
            is_elsewhere: false,
            shown: day.acts.exports.clone(),
            beyond: Vec::new(),
        },
    ))
}
