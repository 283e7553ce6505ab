//! D1: far more documents in a day than the account and its peers take.

use super::days::{self, AccountDay, OWN_DAYS, Told, quantile};
use super::{Card, Conclusion, Detector, Needs, Seen, Verdict};
use crate::base::{Instant, Merge, Text, rfc3339};
use crate::baseline::activity::{AccountStats, Requested, RequestedDay, Takes};
use crate::event::Field;
use crate::finding::{Finding, Place, Severity};
use crate::judge::activity::What;

/// The detection.
pub struct MassDownload;

/// Documents of a stretch of work that are not many, whatever the account usually takes.
const FEW: u64 = 5;
/// Days of other accounts that make a norm of the peers.
const PEER_DAYS: usize = 20;

impl Detector for MassDownload {
    type Partial = ();

    const CARD: Card = Card {
        id: "D1",
        name: Text::fixed("Mass download", "大量ダウンロード"),
        what: Text::fixed(
            "50 different documents or more in a day, as the audit log or an access log that names accounts says, more than three times the 95th percentile of the account's other days (14 or more with activity) and more than the 99th percentile of the other accounts' days. High only from a network new to the account, or by a vendor's.",
            "1日に50以上の異なる文書の取得(監査ログ、またはアカウントを記録したアクセスログによる)で、本人の他の日(活動のある日が14日以上)の95パーセンタイルの3倍、および他アカウントの日の99パーセンタイルを超えるもの。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。",
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

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        super::f7_contradiction::is_handed(seen, &finding.scope)
    }

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
            days.iter().map(|day| (documents(day.stats, day.day), day.key)).collect();
        all.sort_unstable();
        let least = u64::from(context.thresholds.mass_documents);
        let large =
            days.iter().filter(|day| has_history(day) && documents(day.stats, day.day) >= least);
        let findings = large.filter_map(|day| judged(day, &all));
        let has_more = |day: &AccountDay<'_>| {
            day.stats.requested.get(&day.day).is_some_and(RequestedDay::has_more)
        };
        let bounded = days.iter().filter(|day| has_more(day)).count();
        let bounds = (bounded > 0).then(|| networks_bounded(bounded)).into_iter().collect();
        Verdict { findings: findings.collect(), bounds, ..Verdict::default() }
    }
}

/// What to say of days with more networks than are told apart.
fn networks_bounded(days: usize) -> Text {
    Text::new(
        format!(
            "On {days} days of accounts, web servers handed documents to one account in more than 8 networks: D1 counts these by network from the audit log only."
        ),
        format!(
            "{days}アカウント・日で、Webサーバーが8を超えるネットワークから1アカウントに文書を渡しています。これらの日のD1のネットワーク別件数は監査ログのみによります。"
        ),
    )
}

/// Different documents of a day: as the audit log says, or the access log where that has more.
fn documents(stats: &AccountStats, day: i32) -> u64 {
    let taken = stats.days.get(&day).map_or(0, |acts| acts.documents.count());
    let handed = stats.requested.get(&day).map_or(0, |asked| asked.whole().documents.count());
    taken.max(handed)
}

fn judged(day: &AccountDay<'_>, all: &[(u64, u64)]) -> Option<Finding> {
    let count = documents(day.stats, day.day);
    let others = day.stats.days.keys().filter(|other| **other != day.day);
    let mut own: Vec<u64> = others.map(|other| documents(day.stats, *other)).collect();
    own.sort_unstable();
    let own = quantile(&own, 950)?;
    let peers: Vec<u64> =
        all.iter().filter(|(_, key)| *key != day.key).map(|(count, _)| *count).collect();
    let peers = (peers.len() >= PEER_DAYS).then(|| quantile(&peers, 990)).flatten();
    if count <= own.saturating_mul(3) || peers.is_some_and(|peers| count <= peers) {
        return None;
    }
    let (taken, name) = (day.acts.taken, day.name());
    let norm = peers.map_or_else(|| "–".to_owned(), |peers| peers.to_string());
    let asked = asked(day, count);
    let is_more = asked.is_some();
    let asked = asked.unwrap_or_default();
    let requests: u64 = asked.iter().map(|asked| asked.records).sum();
    let spans = day.acts.span.into_iter().chain(asked.iter().filter_map(|asked| asked.span));
    let beyond = asked.iter().flat_map(|asked| asked.first.iter().copied()).collect();
    let mut finding = day.finding(
        &MassDownload::CARD,
        Told {
            title: Text::new(
                format!("{name} took {count} documents in one day"),
                format!("{name} が1日に{count}件の文書を取得"),
            ),
            reason: Text::new(
                format!("{count} different documents: {taken} records of the audit log, {} bytes as far as stated, and {requests} requests of the access log beyond these. 95th percentile of its other days: {own}; 99th percentile of the other accounts' days: {norm}.", day.acts.bytes),
                format!("異なる文書{count}件(監査ログ{taken}記録、記載分{}バイト。ほかにアクセスログの要求{requests}件)。本人の他の日の95パーセンタイル:{own}、他アカウントの日の99パーセンタイル:{norm}。", day.acts.bytes),
            ),
            severity: Severity::Medium,
            count: taken + requests,
            span: spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
            kinds: What::TAKEN,
            named: &[],
            is_elsewhere: false,
            shown: day.acts.first.clone(),
            beyond,
        },
    );
    finding.scope.actor = is_more.then_some(day.key);
    let mut by_time = Takes::default();
    asked.into_iter().for_each(|asked| by_time.merge(asked.takes));
    // Where it rests on some networks only, these tell the day's own work from the rest.
    let rests_on_all = finding.count == taken + requests;
    let large = large_stretches(&day.acts.takes, &by_time, own).filter(|_| rests_on_all);
    if let Some(span) = large {
        narrow(&mut finding, span, day.acts.takes.within(span) + by_time.within(span));
    }
    Some(finding)
}

/// What the audit log does not say and the access log does, of the networks that the finding rests
/// on; none where the audit log has it all.
fn asked(day: &AccountDay<'_>, count: u64) -> Option<Vec<Requested>> {
    let requested = day.stats.requested.get(&day.day)?;
    let networks = day.resting_on(What::TAKEN).map(|(networks, _)| networks);
    // Of networks that are not told apart, what was handed out in some cannot be counted.
    let can_count = networks.is_none() || !requested.has_more();
    (can_count && count > day.acts.documents.count()).then(|| match &networks {
        None => vec![requested.whole()],
        Some(networks) => {
            let meant = requested.networks().filter(|(of, _)| networks.contains(of));
            meant.map(|(_, asked)| asked.clone()).collect()
        }
    })
}

/// From when to when more was taken in a stretch of work than the account's large days have in
/// all: the day's ordinary work is not what is found.
fn large_stretches(taken: &Takes, asked: &Takes, own: u64) -> Option<(Instant, Instant)> {
    let mut all = taken.clone();
    all.merge(asked.clone());
    let is_large =
        |span: &(Instant, Instant)| taken.within(*span).max(asked.within(*span)) > own.max(FEW);
    all.stretches().filter(is_large).reduce(|first, last| (first.0, last.1))
}

/// Lets a finding about a day be about a part of it, where records of that part can be shown.
pub(super) fn narrow(finding: &mut Finding, span: (Instant, Instant), count: u64) {
    let is_then = |place: &Place| place.0.is_some_and(|at| (span.0..=span.1).contains(&at));
    if count == finding.count || !finding.places.iter().any(is_then) {
        return;
    }
    let (first, last) = (rfc3339(span.0), rfc3339(span.1));
    finding.places.retain(is_then);
    finding.first = finding.first.take().map(|of| of.max(first));
    finding.last = finding.last.take().map(|of| of.min(last));
    finding.count = count;
    finding.scope.span = Some(span);
}
