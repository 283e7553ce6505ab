//! A3: many failed sign-ins to one account, and then one that succeeds.

use super::accounts::{
    missing_sign_ins, missing_successes, novelty, novelty_words, place, scope, stated,
};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::{DayUse, Novelty, Pair, TRY_SECS};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::What;

/// The detection.
pub struct Guessing;

/// Times of five minutes in which failures count together.
const WIDTH: i32 = 3;
/// Seconds from the last failures to the sign-in.
const SOON_SECS: i64 = 1_800;

impl Detector for Guessing {
    type Partial = ();

    const CARD: Card = Card {
        id: "A3",
        name: Text::fixed("Guessing, then success", "総当たりの後の成功"),
        what: Text::fixed(
            "10 failed sign-ins or more to one account within 15 minutes, and within 30 minutes a sign-in from the same network, which is new to the account.",
            "15分間に1アカウントへ10件以上のサインイン失敗があり、その後30分以内に、当該アカウントにとって新しい同じネットワークからサインインに成功したもの。",
        ),
        why: Text::fixed(
            "The password was guessed, or found in a list of likely ones.",
            "パスワードが推測された、または候補の一覧から見つけられた可能性があります。",
        ),
        innocent: Text::fixed(
            "A forgotten password while travelling; a program with an old password on a device that is then corrected.",
            "出張先でのパスワード忘れ、古いパスワードを保存したプログラムの修正。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress],
            words: Text::fixed(
                "Sign-in logs with time, account, client address and result, over a week or more.",
                "時刻・アカウント・接続元アドレス・成否を記録した1週間以上の認証ログ。",
            ),
        },
        attack: &["T1110.001"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        if let Some(verdict) =
            missing_sign_ins(context, words).or_else(|| missing_successes(context, words))
        {
            return verdict;
        }
        let networks = context.baseline.activities.by_network();
        let pairs = networks.iter().flat_map(|(_, pairs)| pairs);
        let findings = pairs.filter_map(|(key, pair)| judged(*key, pair, context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn judged(key: Fingerprint, pair: &Pair, context: &Conclusion<'_>) -> Option<Finding> {
    for day in &pair.days {
        let Some((from, to)) = guessed(pair, *day, context.thresholds.guessing_failures) else {
            continue;
        };
        match novelty(context, pair.account, pair.network, *day) {
            Novelty::Known => {}
            novelty => return Some(finding(key, pair, *day, (from, to), novelty == Novelty::New)),
        }
    }
    None
}

/// The times of the failures before a sign-in, where there are enough of them.
fn guessed(pair: &Pair, day: DayUse, least: u32) -> Option<(i32, i32)> {
    let last = day.first.0.div_euclid(TRY_SECS) as i32;
    let soonest = (day.first.0 - SOON_SECS).div_euclid(TRY_SECS) as i32;
    let ends = (soonest..=last).rev();
    let mut windows = ends.map(|end| (end - WIDTH + 1, end));
    windows.find(|(from, to)| pair.tries(*from, *to).failed >= least)
}

fn finding(
    key: Fingerprint,
    pair: &Pair,
    day: DayUse,
    (from, to): (i32, i32),
    is_new: bool,
) -> Finding {
    let tries = pair.tries(from, to);
    let span = (i64::from(from) * TRY_SECS, i64::from(to) * TRY_SECS + TRY_SECS - 1);
    let (first, last) = stated((span.0, span.1.max(day.first.0)));
    let (name, network) = (visible(&pair.name), pair.network);
    let state = if is_new { State::Likely } else { State::Possible };
    let new = novelty_words(is_new);
    let failed = tries.failed;
    let places = std::iter::once(day.first).chain(pair.first_refused(span));
    Finding {
        severity: if is_new { Severity::High } else { Severity::Medium },
        confidence: if is_new { Confidence::High } else { Confidence::Moderate },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: pair.name.to_string() },
        first,
        last,
        count: u64::from(tries.records) + 1,
        reason: Text::new(
            format!(
                "{failed} failed sign-ins within 15 minutes, then one that succeeded, from {network}. {}",
                new.en
            ),
            format!("{network} から15分間に{failed}件のサインイン失敗の後、成功。{}", new.ja),
        ),
        scope: Scope {
            span: Some(span),
            records: [day.first.1.key()].into(),
            ..scope([key], What::REFUSED)
        },
        places: places.map(place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
        ..Guessing::CARD.finding(Text::new(
            format!("{name} was signed in to from {} after {failed} failures", pair.address),
            format!("{name} に{failed}回の失敗の後 {} からサインイン", pair.address),
        ))
    }
}
