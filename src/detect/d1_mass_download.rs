//! D1: far more documents in a day than the account and its peers take.

use super::days::{self, AccountDay, OWN_DAYS, Told, quantile};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Finding, Severity};
use crate::judge::activity::What;

/// The detection.
pub struct MassDownload;

/// Days of other accounts that make a norm of the peers.
const PEER_DAYS: usize = 20;

impl Detector for MassDownload {
    type Partial = ();

    const CARD: Card = Card {
        id: "D1",
        name: Text::fixed("Mass download", "大量ダウンロード"),
        what: Text::fixed(
            "50 different documents or more in a day, more than three times the 95th percentile of the account's other days (14 or more with activity) and more than the 99th percentile of the other accounts' days. High only from a network new to the account, or by a vendor's.",
            "1日に50以上の異なる文書の取得で、本人の他の日(活動のある日が14日以上)の95パーセンタイルの3倍、および他アカウントの日の99パーセンタイルを超えるもの。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。",
        ),
        why: Text::fixed(
            "Who wants everything takes it at once. The count bounds what was taken.",
            "まとめて持ち出す行為は量に現れます。件数は被害の上限を示します。",
        ),
        innocent: Text::fixed(
            "A hand-over, a release, a backup by hand.",
            "引き継ぎ、リリース作業、手動のバックアップ。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document and client address, over two weeks or more.",
                "アカウント・操作・文書・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1213", "T1530"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let days = match days::all(context, &Self::CARD) {
            Err(verdict) => return *verdict,
            Ok(days) => days,
        };
        let has_history = |day: &AccountDay<'_>| day.stats.days.len() > OWN_DAYS;
        if !days.iter().any(has_history) {
            let reason = Text::fixed(
                "No account has fourteen days of activity to compare a day with.",
                "比較に必要な14日以上の活動履歴を持つアカウントがありません。",
            );
            return super::accounts::unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut all: Vec<_> =
            days.iter().map(|day| (day.acts.documents.count(), day.key)).collect();
        all.sort_unstable();
        let least = u64::from(context.thresholds.mass_documents);
        let large =
            days.iter().filter(|day| has_history(day) && day.acts.documents.count() >= least);
        let findings = large.filter_map(|day| judged(day, &all));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn judged(day: &AccountDay<'_>, all: &[(u64, u64)]) -> Option<Finding> {
    let documents = day.acts.documents.count();
    let mut own: Vec<u64> = day.others().map(|acts| acts.documents.count()).collect();
    own.sort_unstable();
    let own = quantile(&own, 950)?;
    let peers: Vec<u64> =
        all.iter().filter(|(_, key)| *key != day.key).map(|(count, _)| *count).collect();
    let peers = (peers.len() >= PEER_DAYS).then(|| quantile(&peers, 990)).flatten();
    if documents <= own.saturating_mul(3) || peers.is_some_and(|peers| documents <= peers) {
        return None;
    }
    let (taken, name) = (day.acts.taken, day.name());
    let norm = peers.map_or_else(|| "–".to_owned(), |peers| peers.to_string());
    Some(day.finding(
        &MassDownload::CARD,
        Told {
            title: Text::new(
                format!("{name} took {documents} documents in one day"),
                format!("{name} が1日に{documents}件の文書を取得"),
            ),
            reason: Text::new(
                format!("{documents} different documents, {taken} records, {} bytes as far as stated. 95th percentile of its other days: {own}; 99th percentile of the other accounts' days: {norm}.", day.acts.bytes),
                format!("異なる文書{documents}件({taken}記録、記載分{}バイト)。本人の他の日の95パーセンタイル:{own}、他アカウントの日の99パーセンタイル:{norm}。", day.acts.bytes),
            ),
            severity: Severity::Medium,
            count: taken,
            span: day.acts.span,
            kinds: What::TAKEN,
            named: &[],
            shown: day.acts.first.clone(),
        },
    ))
}
