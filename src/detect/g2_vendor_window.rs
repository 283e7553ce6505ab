//! G2: a vendor's account outside the times that were agreed.

use super::accounts::{Named, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{AccountStats, Mark};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use std::collections::BTreeMap;

/// The detection.
pub struct VendorWindow;

impl Detector for VendorWindow {
    type Partial = ();

    const CARD: Card = Card {
        id: "G2",
        name: Text::fixed(
            "Vendor's account outside its window",
            "委託先アカウントの作業時間外利用",
        ),
        what: Text::fixed(
            "A sign-in, documents or changes by an account that is declared as a vendor's, more than 30 minutes outside all windows that are declared for it or for all vendors. Of each day and network the first and the last record are compared.",
            "委託先として設定されたアカウントによる、当該アカウントまたは全委託先に設定された作業時間枠から30分を超えて外れたサインイン・文書の操作・変更。日・ネットワークごとに最初と最後の記録を比較します。",
        ),
        why: Text::fixed(
            "When a vendor works is agreed. Another time is either against the agreement or another person.",
            "委託先の作業時間は取り決められています。それ以外の利用は、取り決め違反か第三者によるものです。",
        ),
        innocent: Text::fixed(
            "An emergency: ask the vendor for its ticket, and declare the window.",
            "緊急対応(委託先に作業記録を確認し、正当であれば時間枠を設定に追加してください)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in or audit logs with account and client address; in the settings, the vendors' accounts and the windows in which they are to work.",
                "アカウント・接続元アドレスを記録した認証ログまたは監査ログ、および設定における委託先アカウントと作業時間枠。",
            ),
        },
        attack: &["T1199"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        if !context.declared.has_vendors_and_windows() {
            let reason = Text::fixed(
                "The vendors' accounts and the windows in which they are to work are not declared.",
                "委託先アカウントと作業時間枠が設定されていません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let activities = &context.baseline.activities;
        let mut outside = BTreeMap::<Fingerprint, Vec<Mark>>::new();
        for (_, entered) in activities.entered.sorted() {
            let Some(stats) = activities.accounts.get(entered.account) else { continue };
            let is_outside =
                |mark: &Mark| context.declared.is_in_window(&stats.name, mark.0) == Some(false);
            if context.declared.is_vendor(&stats.name) {
                let marks = entered.marks().map(|(mark, _)| mark).filter(is_outside);
                outside.entry(entered.account).or_default().extend(marks);
            }
        }
        let of = |(key, marks): (Fingerprint, Vec<Mark>)| {
            Some(finding(key, activities.accounts.get(key)?, marks))
        };
        let outside = outside.into_iter().filter(|(_, marks)| !marks.is_empty());
        let mut findings: Vec<_> = outside.filter_map(of).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("G2", activities.entered.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }
}

fn finding(key: Fingerprint, stats: &AccountStats, mut marks: Vec<Mark>) -> Finding {
    marks.sort_unstable();
    marks.dedup();
    let (name, count) = (visible(&stats.name), marks.len());
    let named = Named {
        key,
        account: &stats.name,
        marks,
        severity: Severity::Medium,
        title: Text::new(
            format!("{name}, a vendor's account, was used outside its windows"),
            format!("委託先アカウント {name} が作業時間枠外に使用されました"),
        ),
        reason: Text::new(
            format!(
                "{count} of the first and last records of a day and network lie more than 30 minutes outside the declared windows."
            ),
            format!(
                "日・ネットワークごとの最初と最後の記録のうち{count}件が、設定された作業時間枠から30分を超えて外れています。"
            ),
        ),
        speaks_to: &[(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
    };
    named.finding(&VendorWindow::CARD)
}
