//! F9: two logs tell of the same things at different times.

use super::accounts::{place, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Text, rfc3339};
use crate::baseline::activity::{AccountStats, Mark};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};

/// The detection.
pub struct ClockDoubt;

/// Days of accounts that must tell.
const DAYS: usize = 20;
/// Seconds that clocks may differ by, and an offset vary by.
const TOLERATED: i64 = 60;
/// Percent of the days that must agree about the offset.
const AGREE_PERCENT: usize = 60;
/// Days whose records are shown.
const SHOWN: usize = 5;
/// Zones differ by whole times of this.
const ZONE_SECS: i64 = 900;

impl Detector for ClockDoubt {
    type Partial = ();

    const CARD: Card = Card {
        id: "F9",
        name: Text::fixed("Clocks of two logs differ", "ログ間の時刻のずれ"),
        what: Text::fixed(
            "The first document of a day that the access log shows handed to an account, and the first that the audit log says it took, are apart by about the same time of more than 60 seconds (60 seconds to either side) on 60 % of the days of accounts, 20 or more.",
            "アクセスログでアカウントに渡された1日の最初の文書と、監査ログでの最初の取得が、アカウント・日(20以上)の60%で、60秒を超えるほぼ同じ時間(±60秒)だけずれているもの。",
        ),
        why: Text::fixed(
            "What came first, and what belongs together, cannot be told across logs until the offset is corrected: set the zone of the file, or say by how much its clock was wrong.",
            "ずれを補正しない限り、ログをまたぐ前後関係や対応は判断できません。ファイルのタイムゾーンの設定を確認してください。",
        ),
        innocent: Text::fixed(
            "A zone that the log does not state and that was taken wrongly, a clock that is not synchronised.",
            "ログに明記されずに誤って解釈されたタイムゾーン、同期されていない時計。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, and the platform's audit log, of the same days.",
                "同じ日の、アカウントを記録したアクセスログと基盤の監査ログ。",
            ),
        },
        attack: &["T1070.006"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let accounts = context.baseline.activities.by_name();
        let mut pairs: Vec<_> =
            accounts.iter().flat_map(|(_, stats)| first_of_days(stats)).collect();
        if pairs.len() < DAYS {
            let reason = Text::fixed(
                "Access and audit logs do not record documents of the same accounts and days often enough to compare their clocks.",
                "時刻の比較に必要な、アクセスログと監査ログに共通するアカウント・日の文書の記録が不足しています。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        pairs.arrange_by_key(|(requested, told)| (told.0 - requested.0, *requested));
        let (requested, told) = &pairs[pairs.len() / 2];
        let offset = told.0 - requested.0;
        let agree: Vec<_> = pairs
            .iter()
            .filter(|(requested, told)| (told.0 - requested.0 - offset).abs() <= TOLERATED)
            .collect();
        let is_off = offset.abs() > TOLERATED && agree.len() * 100 >= pairs.len() * AGREE_PERCENT;
        let findings = is_off.then(|| finding(offset, &agree, pairs.len(), context));
        Verdict { findings: findings.into_iter().collect(), ..Verdict::default() }
    }
}

/// The first documents of the days on which both logs tell of some.
fn first_of_days(stats: &AccountStats) -> impl Iterator<Item = (Mark, Mark)> {
    stats.days.iter().filter_map(|(day, acts)| {
        let requested = stats.requested.get(day)?.whole();
        Some((*requested.first.first()?, *acts.first.first()?))
    })
}

fn finding(offset: i64, agree: &[&(Mark, Mark)], all: usize, context: &Conclusion<'_>) -> Finding {
    let mut shown: Vec<Mark> =
        agree.iter().take(SHOWN).flat_map(|(requested, told)| [*requested, *told]).collect();
    shown.arrange();
    shown.dedup();
    let name = |mark: &Mark| {
        let stream = context.streams.iter().find(|stream| stream.id == mark.1.stream);
        stream.map_or("-", |stream| stream.log_source.as_str())
    };
    let (web, audit) = agree.first().map_or(("-", "-"), |(a, b)| (name(a), name(b)));
    let (secs, agreeing) = (offset.abs(), agree.len());
    let (later, zone) = (offset > 0, (secs + TOLERATED) % ZONE_SECS <= 2 * TOLERATED);
    let (sign_en, sign_ja) =
        if later { ("ahead of", "進んで") } else { ("behind", "遅れて") };
    let zone = match zone && secs >= ZONE_SECS {
        true => Text::fixed(
            " That is a difference of zones: one of them was probably taken wrongly.",
            "タイムゾーンの差とみられ、いずれかのゾーンの解釈が誤っている可能性があります。",
        ),
        false => Text::fixed("", ""),
    };
    Finding {
        confidence: Confidence::Moderate,
        grade: Grade::E2,
        subject: Subject { kind: SubjectKind::LogSource, value: audit.to_owned() },
        first: shown.first().map(|mark| rfc3339(mark.0)),
        last: shown.last().map(|mark| rfc3339(mark.0)),
        count: shown.len() as u64,
        reason: Text::new(
            format!(
                "On {agreeing} of {all} days of accounts, {audit} is {secs} seconds {sign_en} {web} about the first document.{}",
                zone.en
            ),
            format!(
                "{all}アカウント・日のうち{agreeing}で、最初の文書の時刻が {audit} は {web} より{secs}秒{sign_ja}います。{}",
                zone.ja
            ),
        ),
        scope: Scope {
            records: shown.iter().map(|mark| mark.1.key()).collect(),
            ..Scope::default()
        },
        places: shown.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q8, State::Likely)],
        ..ClockDoubt::CARD.finding(Text::new(
            format!("The clocks of {audit} and {web} differ by {secs} seconds"),
            format!("{audit} と {web} の時刻が{secs}秒ずれています"),
        ))
    }
}
