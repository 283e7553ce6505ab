//! F7: documents that one log says an account was handed, and of which the other log knows little.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Fingerprint, Instant, Text, visible};
use crate::baseline::activity::{AccountStats, Requested};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::pair_key;
use std::collections::BTreeSet;

/// The detection.
pub struct Contradiction;

/// Days of accounts with documents in the access log that show that both logs record the same.
const USUAL: usize = 20;
/// Documents of a day from which on it shows.
const FEW: u64 = 3;
/// Percent of these days on which the logs must agree.
const USUAL_PERCENT: usize = 90;
/// Documents of a day that must be missing.
const MISSING: u64 = 20;
/// Of so many documents, the other log knows fewer than one.
const SHARE: u64 = 3;

impl Detector for Contradiction {
    type Partial = ();

    const CARD: Card = Card {
        id: "F7",
        name: Text::fixed("Logs contradict one another", "ログ間の矛盾"),
        what: Text::fixed(
            "A day on which the access log shows 20 documents or more handed out to an account beyond those in the audit log, which knows fewer than a third of them; where on 90 % of the days of accounts (20 at least, with 3 documents or more each) the audit log knows 70 % or more.",
            "アクセスログではアカウントに渡された文書が監査ログより20件以上多く、監査ログの記録がその3分の1未満の日。通常は(文書3件以上のアカウント・日が20以上あり、その90%で)監査ログに70%以上が記録されている場合に限ります。",
        ),
        why: Text::fixed(
            "Whoever edits one log rarely edits all of them. What one of them still says shows what was taken out of the other.",
            "1つのログを改ざんしても、他のログまでは消し切れないことが多く、残った記録が削除された内容を示します。",
        ),
        innocent: Text::fixed(
            "A log that was sampled, or whose files are not all there; requests answered from a cache.",
            "抽出(サンプリング)されたログ、一部のみ提出されたログ、キャッシュからの応答。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, and the platform's audit log, of the same days.",
                "同じ日の、アカウントを記録したアクセスログと基盤の監査ログ。",
            ),
        },
        attack: &["T1070"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::EMPTY;
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let accounts = context.baseline.activities.by_name();
        let days = || {
            accounts.iter().flat_map(|(key, stats)| {
                let days = stats.requested.iter();
                days.map(|(day, asked)| Day { key: *key, stats, day: *day, asked: asked.whole() })
            })
        };
        let telling: Vec<_> = days().filter(|day| day.asked() >= FEW).collect();
        let agree = telling.iter().filter(|day| day.known() * 10 >= day.asked() * 7).count();
        if agree < USUAL || agree * 100 < telling.len() * USUAL_PERCENT {
            let reason = Text::fixed(
                "Access and audit logs do not usually record the same documents of the same accounts and days.",
                "アクセスログと監査ログが、通常は同じアカウント・日の同じ文書を記録していません。",
            );
            return super::accounts::unevaluable(reason, &Self::CARD.needs.words);
        }
        let findings = telling.iter().filter_map(|day| {
            let (asked, known) = (day.asked(), day.known());
            let is_missing = asked >= known + MISSING && known * SHARE < asked;
            is_missing.then(|| day.finding())
        });
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        is_handed(seen, &finding.scope)
    }
}

/// Whether a request is one by which an account was handed a document, in the networks and on the
/// day of a scope.
pub(super) fn is_handed(seen: &Seen<'_>, scope: &Scope) -> bool {
    let is_of = |groups: &BTreeSet<Fingerprint>| {
        seen.handed_to().is_some_and(|(account, network)| {
            scope.actor == Some(account)
                && (groups.contains(&account) || groups.contains(&pair_key(account, network)))
        })
    };
    scope.acted.as_ref().is_some_and(|acted| is_of(&acted.groups))
        && scope.span.is_none_or(|(from, until)| (from..=until).contains(&seen.at))
        && scope.day == Some(day_of(seen.at, seen.offset_secs))
}

/// A day of an account with requests.
struct Day<'a> {
    key: Fingerprint,
    stats: &'a AccountStats,
    day: i32,
    asked: Requested,
}

impl Day<'_> {
    fn asked(&self) -> u64 {
        self.asked.documents.count()
    }

    fn known(&self) -> u64 {
        self.stats.days.get(&self.day).map_or(0, |acts| acts.documents.count())
    }

    fn finding(&self) -> Finding {
        let (asked, known, name) = (self.asked(), self.known(), visible(&self.stats.name));
        let span = self.asked.span;
        let (first, last) = span.map(super::accounts::stated).unwrap_or_default();
        let places = self.asked.first.iter().copied();
        let mut finding = Finding {
            severity: Severity::High,
            confidence: Confidence::Moderate,
            grade: Grade::E2,
            subject: Subject { kind: SubjectKind::Account, value: self.stats.name.to_string() },
            first,
            last,
            count: self.asked.records,
            reason: Text::new(
                format!(
                    "The access log shows {asked} different documents handed out to the account that day, the audit log {known}. On other days the two agree."
                ),
                format!(
                    "アクセスログではこの日に{asked}件の異なる文書が渡されていますが、監査ログの記録は{known}件です。他の日は両者が一致しています。"
                ),
            ),
            scope: Scope {
                actor: Some(self.key),
                day: Some(self.day),
                ..super::accounts::scope([self.key], 0)
            },
            places: places.map(super::accounts::place).collect(),
            speaks_to: vec![
                (Question::Q1, State::Likely),
                (Question::Q4, State::Likely),
                (Question::Q8, State::Likely),
            ],
            ..Contradiction::CARD.finding(Text::new(
                format!("The audit log lacks most of the {asked} documents handed out to {name}"),
                format!("{name} に渡された{asked}件の文書の大半が監査ログにありません"),
            ))
        };
        if let Some(span) = self.lacking() {
            super::d1_mass_download::narrow(&mut finding, span, self.asked.takes.within(span));
        }
        finding
    }

    /// From when to when the audit log lacks documents: stretches of work that both have are not
    /// what is found.
    fn lacking(&self) -> Option<(Instant, Instant)> {
        let known = |span| self.stats.days.get(&self.day).map_or(0, |acts| acts.takes.within(span));
        let is_lacking =
            |span: &(Instant, Instant)| self.asked.takes.within(*span) >= known(*span) + MISSING;
        self.asked.takes.stretches().filter(is_lacking).reduce(|first, last| (first.0, last.1))
    }
}
