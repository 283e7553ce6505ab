//! D4: documents taken at hours at which the account was never seen.

use super::d1_mass_download::narrow;
use super::days::{self, AccountDay, OWN_DAYS, Told};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::holidays::is_closed;
use crate::base::{Instant, Text};
use crate::baseline::activity::DayOfActs;
use crate::event::Field;
use crate::finding::{Finding, Severity};
use crate::judge::activity::What;

/// The detection.
pub struct OffHours;

/// Hours of a day.
const HOURS: usize = 24;
/// Days that offices are closed, among those that an account was known over, before one on which
/// it works says something.
const CLOSED_DAYS: usize = 8;

impl Detector for OffHours {
    type Partial = ();

    const CARD: Card = Card {
        id: "D4",
        name: Text::fixed("Documents taken off hours", "時間外の文書取得"),
        what: Text::fixed(
            "25 documents or more taken in hours that lie, by an hour at least, outside all hours between the first and the last record of each of 14 earlier days or more of the account; or on a Saturday, Sunday or Japanese holiday by an account that did nothing on any of 8 such days or more. High only from a network new to the account, or by a vendor's.",
            "本人の過去14日以上の各日の活動時間帯(最初の記録から最後の記録まで)から1時間以上外れた時間に25件以上の文書を取得したもの。または、8日以上の休業日に一度も活動のないアカウントが土日・祝日に取得したもの。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。",
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
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document and client address, over two weeks or more.",
                "アカウント・操作・文書・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1020"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        match days::all(context, &Self::CARD) {
            Err(verdict) => *verdict,
            Ok(days) => {
                let least = u64::from(context.thresholds.burst_documents);
                let findings = days.iter().filter_map(|day| judged(day, least));
                Verdict { findings: findings.collect(), ..Verdict::default() }
            }
        }
    }
}

/// Hours of the day, in UTC, as bits.
type Hours = u32;

fn judged(day: &AccountDay<'_>, least: u64) -> Option<Finding> {
    if day.acts.taken < least || day.earlier().count() < OWN_DAYS {
        return None;
    }
    let usual = usual(day)?;
    let taken = &day.acts.takes;
    let off_hours = taken.in_hours(|hour| usual & 1 << hour == 0);
    let off = off_hours.count();
    if off < least {
        return None;
    }
    let (name, all) = (day.name(), day.acts.taken);
    let mut finding = day.finding(
        &OffHours::CARD,
        Told {
            title: Text::new(
                format!("{name} took {off} documents off hours"),
                format!("{name} が時間外に{off}件の文書を取得"),
            ),
            reason: Text::new(
                format!("{off} of {all} records of documents taken that day are of hours at which the account was not seen on any earlier day of the kind."),
                format!("この日の文書取得{all}件のうち{off}件が、過去の同種の日に活動のない時間帯のものです。"),
            ),
            severity: Severity::Medium,
            count: all,
            span: day.acts.span,
            kinds: What::TAKEN,
            named: &[],
            is_elsewhere: false,
            shown: day.acts.first.clone(),
            beyond: Vec::new(),
        },
    );
    // What was taken at usual hours is the day's own work.
    let is_off = |span: &(Instant, Instant)| off_hours.within(*span) * 2 >= taken.within(*span);
    let span = taken.stretches().filter(is_off).reduce(|first, last| (first.0, last.1));
    if let Some(span) = span.filter(|_| finding.count == all) {
        narrow(&mut finding, span, taken.within(span));
    }
    Some(finding)
}

/// The hours at which the account was there on earlier days of the kind, and those beside them;
/// none where too little is known.
fn usual(day: &AccountDay<'_>) -> Option<Hours> {
    let kind = is_closed(i64::from(day.day));
    let same = day.stats.days.range(..day.day).filter(|(of, _)| is_closed(i64::from(**of)) == kind);
    let hours: Vec<Hours> = same.filter_map(|(_, acts)| hours_of(acts)).collect();
    let is_known = if kind && hours.is_empty() {
        let first = day.stats.days.first_key_value().map_or(day.day, |(first, _)| *first);
        let closed = (first..day.day).filter(|of| is_closed(i64::from(*of))).count();
        closed >= CLOSED_DAYS
    } else {
        hours.len() >= OWN_DAYS
    };
    is_known.then(|| hours.into_iter().fold(0, |all, one| all | one))
}

/// The hours from a day's first to its last record, and one on either side.
fn hours_of(acts: &DayOfActs) -> Option<Hours> {
    let (first, last) = acts.all?;
    let (first, last) = (first.div_euclid(3_600) - 1, last.div_euclid(3_600) + 1);
    let hours = (first..=last).take(HOURS).map(|hour| 1 << hour.rem_euclid(HOURS as i64));
    Some(hours.fold(0, |all, one| all | one))
}
