//! A7: an account that was silent for long takes documents.

use super::accounts::{DAY_SECS, named, new_networks, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Instant, Text, visible};
use crate::baseline::activity::{AccountStats, Mark};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::What;

/// The detection.
pub struct Dormant;

/// Days behind the silence on which documents count.
const DAYS: i32 = 2;
/// Other accounts that must have been there meanwhile: else the log was silent, not the account.
const OTHERS: usize = 3;

impl Detector for Dormant {
    type Partial = ();

    const CARD: Card = Card {
        id: "A7",
        name: Text::fixed("Dormant account awakened", "休眠アカウントの再使用"),
        what: Text::fixed(
            "An account without any activity for 90 days or more, while others were active, that then takes documents within two days.",
            "他のアカウントに活動がある間に90日以上活動のなかったアカウントが、再開後2日以内に文書を取得したもの。",
        ),
        why: Text::fixed(
            "Nobody notices what happens to an account that nobody uses. People who left often keep one.",
            "使われていないアカウントの悪用は気付かれません。退職者のアカウントが残っていることもあります。",
        ),
        innocent: Text::fixed(
            "Leave, a task that is done once a year.",
            "休職からの復帰、年次の作業。",
        ),
        needs: Needs {
            fields: &[Field::UserName],
            words: Text::fixed(
                "Sign-in and audit logs over more than 90 days.",
                "90日を超える期間の認証ログと監査ログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let all = context.baseline.activities.by_name();
        let days = i64::from(context.thresholds.dormant_days);
        if let Some(reason) = missing(context, days) {
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let others = |from, until| all.iter().filter(|(_, of)| of.was_active(from, until)).count();
        let mut verdict = Verdict::default();
        for (key, stats) in &all {
            for (silent, mark) in stats.silences(days) {
                let slept = (mark.0 - silent * DAY_SECS, mark.0);
                if others(slept.0, slept.1) >= OTHERS {
                    verdict.findings.extend(judged(*key, stats, silent, mark, context));
                }
            }
        }
        verdict
    }
}

fn missing(context: &Conclusion<'_>, days: i64) -> Option<Text> {
    let activities = &context.baseline.activities;
    let spans = context.streams.iter().filter_map(|stream| stream.span);
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    if activities.acts == 0 {
        return Some(Text::fixed(
            "No record in these logs says that an account took or read a document.",
            "アカウントによる文書の取得・閲覧の記録がありません。",
        ));
    }
    span.is_none_or(|(first, last)| last - first < days * DAY_SECS).then(|| {
        Text::new(
            format!("The logs reach over less than {days} days."),
            format!("ログの期間が{days}日未満です。"),
        )
    })
}

fn judged(
    key: Fingerprint,
    stats: &AccountStats,
    silent: i64,
    mark: Mark,
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let until: Instant = mark.0 + i64::from(DAYS) * DAY_SECS;
    let start = mark.0.div_euclid(DAY_SECS) as i32 - 1;
    let days = stats.days.range(start..=start + DAYS + 1);
    let days: Vec<_> = days
        .filter(|(_, acts)| acts.span.is_some_and(|span| span.0 >= mark.0 && span.0 <= until))
        .collect();
    let (day, acts) = days.first()?;
    let (span, taken) = (acts.span?, acts.taken);
    let networks = new_networks(context, key, **day, acts);
    let (is_new, from) = (!networks.is_empty(), named(&networks));
    let (first, last) = stated(span);
    let name = visible(&stats.name);
    let new = match is_new {
        true => Text::new(
            format!(" From {from}, which is new to it."),
            format!("接続元 {from} は新しいネットワークです。"),
        ),
        false => Text::fixed("", ""),
    };
    Some(Finding {
        severity: if is_new { Severity::High } else { Severity::Medium },
        confidence: if is_new { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: stats.name.to_string() },
        first,
        last,
        count: taken,
        reason: Text::new(
            format!(
                "No activity for {silent} days; then {taken} documents taken on the first day with any.{}",
                new.en
            ),
            format!("{silent}日間活動がなく、再開後の最初の日に{taken}件の文書を取得。{}", new.ja),
        ),
        scope: Scope { day: Some(**day), ..scope([key], What::TAKEN) },
        places: acts.first.iter().copied().map(place).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q4, State::Possible)],
        ..Dormant::CARD.finding(Text::new(
            format!("{name} took {taken} documents after {silent} days of silence"),
            format!("{name} が{silent}日ぶりの活動で{taken}件の文書を取得"),
        ))
    })
}
