//! A6: hours at which an account was never seen, where something else speaks of it too.

use super::accounts::{Named, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::holidays::is_closed;
use crate::base::{Arrange, Fingerprint, Instant, Text, visible};
use crate::baseline::activity::{Entered, Mark};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Severity, SubjectKind};
use crate::judge::activity::pair_key;
use std::collections::BTreeMap;

/// The detection.
pub struct UnusualHours;

/// Earlier days of the kind, working or closed, that make a history.
const DAYS: usize = 14;
/// Seconds on either side of a finding that still are its time.
const AROUND_SECS: i64 = 3_600;
/// Hours of a day.
const HOURS: i64 = 24;

/// Hours of the day, in UTC, as bits.
type Hours = u32;

impl Detector for UnusualHours {
    type Partial = ();

    const CARD: Card = Card {
        id: "A6",
        name: Text::fixed("Unusual hours", "通常と異なる時間帯"),
        what: Text::fixed(
            "Records of an account at hours that lie, by an hour at least, outside all hours between its first and last record of each of 14 earlier days or more of the kind (working day, or Saturday, Sunday and Japanese holiday), while another finding of medium severity or above (D4 apart) is about the account within an hour. Never more than low: it strengthens the other.",
            "アカウントの記録が、過去14日以上の同種の日(平日、または土日・祝日)の各日の活動時間帯(最初の記録から最後の記録まで)から1時間以上外れた時間にあり、前後1時間以内に中以上の他の検知(D4を除く)の対象となっているもの。他の検知を補強するものであり、常に低とします。",
        ),
        why: Text::fixed(
            "Who has another's password works when its owner does not, often in another time zone.",
            "他人のアカウントは本人のいない時間に使われやすく、時差のある地域からの利用も現れます。",
        ),
        innocent: Text::fixed(
            "A release night, a journey to another time zone, a changed shift.",
            "夜間リリース、時差のある地域への出張、勤務時間の変更。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in or audit logs with account and client address, over two weeks or more.",
                "アカウント・接続元アドレスを記録した2週間以上の認証ログまたは監査ログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Low,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut by_account = BTreeMap::<Fingerprint, Vec<&Entered>>::new();
        for (_, entered) in context.baseline.activities.entered.sorted() {
            by_account.entry(entered.account).or_default().push(entered);
        }
        if by_account.values().all(|days| days.len() <= DAYS) {
            let reason = Text::fixed(
                "No account is known on more than 14 days.",
                "14日を超える記録のあるアカウントがありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let grave: Vec<_> = context
            .found()
            // D4 rests on the hours itself.
            .filter(|finding| finding.severity >= Severity::Medium && finding.detector != "D4")
            .filter_map(|finding| Some((finding, span(finding)?)))
            .collect();
        let found = by_account.iter_mut().filter_map(|(account, days)| {
            days.arrange_by_key(|entered| entered.day);
            judged(context, *account, days, &grave)
        });
        let mut findings: Vec<_> = found.collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("A6", context.baseline.activities.entered.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }
}

/// A finding's first and last instant.
fn span(finding: &Finding) -> Option<(Instant, Instant)> {
    let at =
        |text: &Option<String>| Some(text.as_ref()?.parse::<jiff::Timestamp>().ok()?.as_second());
    Some((at(&finding.first)?, at(&finding.last)?))
}

/// The account's records at hours at which it was never seen, within the time of a finding about it.
fn judged(
    context: &Conclusion<'_>,
    account: Fingerprint,
    days: &[&Entered],
    grave: &[(&Finding, (Instant, Instant))],
) -> Option<Finding> {
    let stats = context.baseline.activities.accounts.get(account)?;
    let is_told = |mark: Mark, network| {
        grave.iter().any(|(finding, (first, last))| {
            let groups = finding.scope.acted.iter().flat_map(|acted| &acted.groups);
            let own = [account, pair_key(account, network)];
            let is_subject = finding.subject.kind == SubjectKind::Account
                && finding.subject.value.eq_ignore_ascii_case(&stats.name);
            (first - AROUND_SECS..=last + AROUND_SECS).contains(&mark.0)
                && (is_subject || groups.into_iter().any(|of| own.contains(of)))
        })
    };
    let mut marks = Vec::new();
    for (at, entered) in days.iter().enumerate() {
        let told = entered.marks().filter(|(mark, network)| is_told(*mark, *network));
        let told: Vec<Mark> = told.map(|(mark, _)| mark).collect();
        // Few days are of a finding.
        let usual = (!told.is_empty()).then(|| usual(&days[..at], entered.day)).flatten();
        let is_off = |mark: &Mark| usual.is_some_and(|usual| usual & hour(mark.0) == 0);
        marks.extend(told.into_iter().filter(is_off));
    }
    let (name, count) = (visible(&stats.name), marks.len());
    let named = Named {
        key: account,
        account: &stats.name,
        marks,
        severity: Severity::Low,
        title: Text::new(
            format!("{name} was there at hours at which it never is"),
            format!("{name} が通常と異なる時間帯に使用されました"),
        ),
        reason: Text::new(
            format!(
                "{count} of the first and last records of a day and network are of hours at which the account was not seen on any earlier day of the kind."
            ),
            format!(
                "日・ネットワークごとの最初と最後の記録のうち{count}件が、過去の同種の日に活動のない時間帯のものです。"
            ),
        ),
        speaks_to: &[],
    };
    let finding = (count > 0).then(|| named.finding(&UnusualHours::CARD))?;
    Some(Finding { confidence: Confidence::Low, grade: Grade::E4, ..finding })
}

/// An hour of the day as a bit.
const fn hour(at: Instant) -> Hours {
    1 << at.div_euclid(3_600).rem_euclid(HOURS)
}

/// The hours at which the account was there on earlier days of the kind, and those beside them;
/// none where too little is known.
fn usual(earlier: &[&Entered], day: i32) -> Option<Hours> {
    let kind = is_closed(i64::from(day));
    let same = earlier.iter().filter(|entered| is_closed(i64::from(entered.day)) == kind);
    let hours: Vec<Hours> = same.filter_map(|entered| hours_of(entered)).collect();
    (hours.len() >= DAYS).then(|| hours.into_iter().fold(0, |all, one| all | one))
}

/// The hours from a day's first to its last record, and one on either side.
fn hours_of(entered: &Entered) -> Option<Hours> {
    let first = entered.networks.iter().map(|(_, first, _)| first.0).min()?;
    let last = entered.networks.iter().map(|(_, _, last)| last.0).max()?;
    let hours = (first.div_euclid(3_600) - 1)..=(last.div_euclid(3_600) + 1);
    Some(hours.take(HOURS as usize).fold(0, |all, one| all | hour(one * 3_600)))
}
