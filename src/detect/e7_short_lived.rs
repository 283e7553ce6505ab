//! E7: what is made, used and taken away again within a day.

use super::accounts::{ByName, Named, by_lower_name};
use super::changes::{FIRST, NEW_NETWORK, around};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Text, visible};
use crate::baseline::activity::{Changed, Changes};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::Change;
use std::collections::BTreeMap;

/// The detection.
pub struct ShortLived;

/// Seconds within which it is gone again.
const GONE_SECS: i64 = super::accounts::DAY_SECS;

/// What takes away what a change made.
const fn undone_by(change: Change) -> Option<Change> {
    match change {
        Change::AccountCreated => Some(Change::AccountRemoved),
        Change::MailRule => Some(Change::RuleRemoved),
        Change::Shared => Some(Change::ShareRemoved),
        _ => None,
    }
}

impl Detector for ShortLived {
    type Partial = ();

    const CARD: Card = Card {
        id: "E7",
        name: Text::fixed("Made and removed within a day", "短時間での作成と削除"),
        what: Text::fixed(
            "An account, a mail rule or a share that is made and removed again within a day, where one of these holds: it was made by an account that had come from a network new to it within the day before; it is the first of its kind by an account known for two weeks; the account made was used in between. High in the first case, or where the other two meet. An account that makes such things on three earlier days or more is left out.",
            "作成から1日以内に削除されたアカウント・メールルール・共有で、次のいずれかに該当するもの:作成者が直前1日以内に新しいネットワークからサインインしていた、2週間以上の記録がある作成者による初めての作成、作成されたアカウントが削除までに使用された。1つ目の場合、または残る2つが重なる場合は重大とします。過去3日以上同種の作成をしているアカウントは除きます。",
        ),
        why: Text::fixed(
            "Who works for a while only and tidies up leaves nothing that a later look at the settings would show: only the log has it.",
            "一時的に作成して消されたものは後から設定を見ても分からず、ログにのみ残ります。",
        ),
        innocent: Text::fixed(
            "A test, a slip that was put right, a share for one meeting.",
            "動作確認、誤操作の訂正、会議のための一時的な共有。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs, which name what was made and removed.",
                "作成・削除の対象を記録した、基盤の監査ログまたはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1136", "T1070"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let activities = &context.baseline.activities;
        if activities.changed == 0 {
            let reason = Text::fixed(
                "No record in these logs is a change of accounts, rights or rules.",
                "アカウント・権限・ルールの変更の記録がありません。",
            );
            return super::accounts::unevaluable(reason, &Self::CARD.needs.words);
        }
        let accounts = by_lower_name(context);
        let all = activities.changes.sorted();
        let mut gone = BTreeMap::<(Change, String), Vec<&Changed>>::new();
        for (_, changes) in &all {
            for changed in changes.first.iter().filter(|changed| changed.is_exact) {
                let key = (changes.change, changed.target.to_lowercase());
                gone.entry(key).or_default().push(changed);
            }
        }
        let mut findings: Vec<_> = all
            .iter()
            .filter_map(|(_, changes)| {
                let by = undone_by(changes.change)?;
                let removed = |made: &Changed| {
                    let all = gone.get(&(by, made.target.to_lowercase()))?;
                    let soon = made.mark.0 + 1..=made.mark.0 + GONE_SECS;
                    all.iter().copied().filter(|one| soon.contains(&one.mark.0)).min()
                };
                judged(changes, &removed, &accounts, context)
            })
            .collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, ..Verdict::default() }
    }
}

/// What one account made that was gone again soon.
fn judged<'c>(
    changes: &Changes,
    removed: &dyn Fn(&Changed) -> Option<&'c Changed>,
    accounts: &ByName<'_>,
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let mut marks = Vec::new();
    let (mut worst, mut why, mut names) = (Severity::Info, FIRST, Vec::new());
    for made in changes.first.iter().filter(|made| made.is_exact) {
        let Some(gone) = removed(made) else { continue };
        let user = accounts.get(&made.target.to_lowercase());
        let is_used = changes.change == Change::AccountCreated
            && user.is_some_and(|(_, user)| user.was_active(made.mark.0, gone.mark.0));
        let around = around(changes, made, context);
        let (severity, reason) = match (around.is_new_network, around.is_first, is_used) {
            _ if around.is_usual => continue,
            (true, _, _) => (Severity::High, NEW_NETWORK),
            (false, true, true) => (Severity::High, USED),
            (false, false, true) => (Severity::Medium, USED),
            (false, true, false) => (Severity::Medium, FIRST),
            (false, false, false) => continue,
        };
        marks.extend([made.mark, gone.mark]);
        names.push(visible(&made.target));
        if severity > worst {
            (worst, why) = (severity, reason);
        }
    }
    let name = visible(&changes.name);
    let (count, targets) = (names.len(), names.into_iter().take(5).collect::<Vec<_>>().join(", "));
    let is_sure = worst >= Severity::High;
    let state = if is_sure { State::Likely } else { State::Possible };
    let named = Named {
        key: changes.account,
        account: &changes.name,
        marks,
        severity: worst,
        title: Text::new(
            format!("{name} made something that was removed within a day"),
            format!("{name} が作成したものが1日以内に削除されました"),
        ),
        reason: Text::new(
            format!("Made and removed within a day: {count} ({targets}). {}", why.en),
            format!("1日以内に作成・削除されたもの{count}件({targets})。{}", why.ja),
        ),
        speaks_to: &[(Question::Q7, state), (Question::Q1, State::Possible)],
    };
    (count > 0).then(|| named.finding(&ShortLived::CARD))
}

const USED: Text = Text::fixed(
    "The account made was used in between.",
    "作成されたアカウントが削除までに使用されています。",
);
