//! A2: a network tries accounts that do not exist, and then gets in.

use super::accounts::{
    DAY_SECS, accounts, missing_sign_ins, missing_successes, novelty, novelty_words, place, scope,
    stated,
};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text};
use crate::baseline::activity::{DayUse, Novelty, Pair, TRY_SECS, Tries};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::{Network, What};

/// The detection.
pub struct Stuffing;

impl Detector for Stuffing {
    type Partial = ();

    const CARD: Card = Card {
        id: "A2",
        name: Text::fixed("Credential stuffing with success", "リスト型攻撃の成功"),
        what: Text::fixed(
            "20 failed sign-ins or more from one network within 24 hours, of which 30 % or more are for accounts that do not exist, and then a sign-in from there to an account to which the network is new.",
            "同一ネットワークから24時間に20件以上のサインイン失敗(うち30%以上が存在しないアカウント)があり、その後、当該ネットワークを使ったことのないアカウントへのサインインに成功したもの。",
        ),
        why: Text::fixed(
            "Lists of passwords stolen elsewhere hold accounts that do not exist here. One that works is a way in with a valid password.",
            "他所で漏えいしたID・パスワードの一覧には存在しないアカウントが含まれます。有効なものが1件あれば正規のパスワードで侵入されます。",
        ),
        innocent: Text::fixed(
            "A partner's move to other account names, a test of the sign-in page.",
            "取引先のアカウント名の変更、サインイン画面の試験。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress],
            words: Text::fixed(
                "Sign-in logs with time, account, client address, result and the reason of failures, over a week or more.",
                "時刻・アカウント・接続元アドレス・成否・失敗の理由を記録した1週間以上の認証ログ。",
            ),
        },
        attack: &["T1110.004"],
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
        let findings =
            networks.iter().filter_map(|(network, pairs)| judged(*network, pairs, context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

/// A sign-in behind failures.
struct Entry<'a> {
    pair: &'a Pair,
    day: DayUse,
    is_new: bool,
}

fn judged(
    network: Network,
    pairs: &[(Fingerprint, &Pair)],
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let limits = context.thresholds;
    let mut entries = Vec::new();
    for (_, pair) in pairs {
        for day in &pair.days {
            let tries = before(pairs, *day);
            let is_known = || novelty(context, pair.account, network, *day);
            if tries.failed >= limits.stuffing_failures
                && u64::from(tries.unknown) * 100
                    >= u64::from(tries.failed) * u64::from(limits.stuffing_unknown_percent)
                && is_known() != Novelty::Known
            {
                let is_new = is_known() == Novelty::New;
                entries.push(Entry { pair, day: *day, is_new });
            }
        }
    }
    entries.arrange_by_key(|entry| entry.day.first);
    (!entries.is_empty()).then(|| finding(network, pairs, &entries))
}

/// The times of the 24 hours before a sign-in.
fn times(day: DayUse) -> (i32, i32) {
    let time = |at: i64| at.div_euclid(TRY_SECS) as i32;
    (time(day.first.0 - DAY_SECS), time(day.first.0))
}

/// The failures of all accounts in the 24 hours before a sign-in.
fn before(pairs: &[(Fingerprint, &Pair)], day: DayUse) -> Tries {
    let (from, to) = times(day);
    let each = pairs.iter().map(|(_, pair)| pair.tries(from, to));
    each.fold(Tries::default(), Tries::and)
}

fn finding(network: Network, pairs: &[(Fingerprint, &Pair)], entries: &[Entry<'_>]) -> Finding {
    let spans = entries.iter().map(|entry| times(entry.day));
    let (from, to) =
        spans.fold((i32::MAX, i32::MIN), |all, one| (all.0.min(one.0), all.1.max(one.1)));
    let tries =
        pairs.iter().map(|(_, pair)| pair.tries(from, to)).fold(Tries::default(), Tries::and);
    let is_new = entries.iter().any(|entry| entry.is_new);
    let marks: Vec<_> = entries.iter().map(|entry| entry.day.first).collect();
    let names = accounts(entries.iter().map(|entry| entry.pair));
    let span = (i64::from(from) * TRY_SECS, i64::from(to) * TRY_SECS + TRY_SECS - 1);
    let refused = pairs.iter().filter_map(|(_, pair)| pair.first_refused(span));
    let (first, last) = stated(span);
    let state = if is_new { State::Likely } else { State::Possible };
    let new = novelty_words(is_new);
    let (failed, unknown) = (tries.failed, tries.unknown);
    Finding {
        severity: if is_new { Severity::High } else { Severity::Medium },
        confidence: if is_new { Confidence::High } else { Confidence::Low },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: u64::from(tries.records) + marks.len() as u64,
        reason: Text::new(
            format!(
                "{failed} failed sign-ins, {unknown} of them for accounts that do not exist; then signed in to: {names}. {}",
                new.en
            ),
            format!(
                "サインイン失敗{failed}件(うち存在しないアカウント{unknown}件)の後にサインイン成功:{names}。{}",
                new.ja
            ),
        ),
        scope: Scope {
            span: Some(span),
            records: marks.iter().map(|mark| mark.1.key()).collect(),
            ..scope(pairs.iter().map(|(key, _)| *key), What::REFUSED)
        },
        places: marks.iter().copied().chain(refused).map(place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
        ..Stuffing::CARD.finding(Text::new(
            format!("{network} got in after trying accounts that do not exist"),
            format!("{network} が存在しないアカウントを試した後にサインインに成功"),
        ))
    }
}
