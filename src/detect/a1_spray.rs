//! A1: one network tries few passwords on many accounts.

use super::accounts::{DAY_SECS, accounts, missing_sign_ins, novelty, place, scope, stated};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Instant, Text};
use crate::baseline::activity::{Novelty, Pair, TRY_SECS};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::{Network, What};
use std::collections::BTreeMap;

/// The detection.
pub struct Spray;

/// Tries for each account, in the middle, above which it is guessing rather than spraying.
const TRIES: u32 = 3;
/// Percent of the accounts concerned that may use a network habitually.
const HABITUAL_PERCENT: usize = 60;

impl Detector for Spray {
    type Partial = ();

    const CARD: Card = Card {
        id: "A1",
        name: Text::fixed("Password spraying", "パスワードスプレー"),
        what: Text::fixed(
            "Failed sign-ins from one network (IPv4 /24, IPv6 /48) to 10 accounts or more within 60 minutes, or 20 within 24 hours, with at most 3 tries for most of them, and to more accounts than it signs in to. Networks that most of these accounts use habitually are left out.",
            "同一ネットワーク(IPv4 /24、IPv6 /48)から60分間に10以上、または24時間に20以上のアカウントへのサインイン失敗で、大半が3回以下の試行であり、成功したアカウント数を上回るもの。対象アカウントの大半が常用するネットワークは除きます。",
        ),
        why: Text::fixed(
            "One usual password tried on many accounts stays below every limit on failures and needs only one careless account.",
            "よくあるパスワードを多数のアカウントに試す手口で、ロックアウトを避けつつ1件の甘いパスワードを探します。",
        ),
        innocent: Text::fixed(
            "A proxy shared by many, an identity provider that was down, a vulnerability scanner.",
            "多人数が共有するプロキシ、認証基盤の障害、脆弱性診断。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress],
            words: Text::fixed(
                "Sign-in logs with time, account, client address and result, of failures as well.",
                "時刻・アカウント・接続元アドレス・成否(失敗を含む)を記録した認証ログ。",
            ),
        },
        attack: &["T1110.003"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        if let Some(verdict) = missing_sign_ins(context, &Self::CARD.needs.words) {
            return verdict;
        }
        let networks = context.baseline.activities.by_network();
        let foreign = networks.iter().filter(|(network, _)| !context.declared.owns(*network));
        let findings = foreign.filter_map(|(network, pairs)| judged(*network, pairs, context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

/// Pairs with their keys.
type Keyed<'a> = (Fingerprint, &'a Pair);

fn judged(network: Network, pairs: &[Keyed<'_>], context: &Conclusion<'_>) -> Option<Finding> {
    let limits = context.thresholds;
    let hour = 3_600 / TRY_SECS as i32;
    let fast = window(pairs, hour, limits.spray_accounts as usize);
    let (from, to) =
        fast.or_else(|| window(pairs, 24 * hour, limits.slow_spray_accounts as usize))?;
    let failed: Vec<_> =
        pairs.iter().filter(|(_, pair)| pair.tries(from, to).failed > 0).copied().collect();
    let mut tries: Vec<u32> = failed.iter().map(|(_, pair)| pair.tries(from, to).failed).collect();
    tries.arrange();
    let median = tries.get(tries.len() / 2).copied().unwrap_or(0);
    let span = (i64::from(from) * TRY_SECS, i64::from(to) * TRY_SECS + TRY_SECS - 1);
    let succeeded =
        pairs.iter().filter(|(_, pair)| pair.signed_in_within(span.0, span.1).is_some());
    let is_habitual = |pair: &Pair| {
        let stats = context.baseline.activities.accounts.get(pair.account);
        stats.is_some_and(|stats| stats.is_habitual(network))
    };
    let habitual = failed.iter().filter(|(_, pair)| is_habitual(pair)).count();
    if median > TRIES
        || failed.len() <= succeeded.count()
        || habitual * 100 > failed.len() * HABITUAL_PERCENT
    {
        return None;
    }
    let entered: Vec<_> = pairs.iter().filter(|(_, pair)| entered(pair, span, context)).collect();
    Some(finding(network, &failed, &entered, (span, (from, to)), context))
}

/// Whether an account was signed in to during the spray or within a day of it, from a network that
/// it does not use.
fn entered(pair: &Pair, span: (Instant, Instant), context: &Conclusion<'_>) -> bool {
    pair.signed_in_within(span.0, span.1 + DAY_SECS)
        .is_some_and(|day| novelty(context, pair.account, pair.network, day) != Novelty::Known)
}

/// From the first to the last time within which so many accounts were tried in so many times.
fn window(pairs: &[Keyed<'_>], width: i32, least: usize) -> Option<(i32, i32)> {
    let mut series: Vec<(i32, usize)> = pairs
        .iter()
        .enumerate()
        .flat_map(|(index, (_, pair))| pair.times().map(move |time| (time, index)))
        .collect();
    series.arrange();
    let mut found: Option<(i32, i32)> = None;
    let mut inside = BTreeMap::<usize, u32>::new();
    let mut from = 0;
    for (time, index) in &series {
        *inside.entry(*index).or_default() += 1;
        while series[from].0 <= time - width {
            let left = series[from].1;
            if let Some(count) = inside.get_mut(&left) {
                *count -= 1;
                if *count == 0 {
                    inside.remove(&left);
                }
            }
            from += 1;
        }
        if inside.len() >= least {
            found = Some((found.map_or(series[from].0, |(first, _)| first), *time));
        }
    }
    found
}

fn finding(
    network: Network,
    failed: &[Keyed<'_>],
    entered: &[&Keyed<'_>],
    (span, (from, to)): ((Instant, Instant), (i32, i32)),
    context: &Conclusion<'_>,
) -> Finding {
    let records: u64 = failed.iter().map(|(_, pair)| u64::from(pair.tries(from, to).records)).sum();
    let marks: Vec<_> = entered
        .iter()
        .filter_map(|(_, pair)| pair.signed_in_within(span.0, span.1 + DAY_SECS))
        .map(|day| day.first)
        .collect();
    let is_new = entered.iter().any(|(_, pair)| {
        pair.signed_in_within(span.0, span.1 + DAY_SECS)
            .is_some_and(|day| novelty(context, pair.account, network, day) == Novelty::New)
    });
    let (first, last) = stated(span);
    let (all, names) = (failed.len(), accounts(entered.iter().map(|(_, pair)| *pair)));
    let outcome = match entered.is_empty() {
        true => Text::fixed(
            "None of them is seen to be signed in to from there.",
            "そのネットワークからのサインイン成功は見られません。",
        ),
        false => Text::new(
            format!("Signed in to from there within a day: {names}."),
            format!("1日以内にそこからサインインされたアカウント:{names}。"),
        ),
    };
    let mut places: Vec<_> = marks.iter().map(|mark| place(*mark)).collect();
    let refused = failed.iter().filter_map(|(_, pair)| pair.first_refused(span));
    places.extend(refused.map(place));
    let base = scope(failed.iter().map(|(key, _)| *key), What::REFUSED);
    let records_of = marks.iter().map(|mark| mark.1.key()).collect();
    Finding {
        severity: if entered.is_empty() { Severity::Medium } else { Severity::High },
        confidence: if is_new { Confidence::High } else { Confidence::Moderate },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: records + marks.len() as u64,
        reason: Text::new(
            format!("{records} failed sign-ins to {all} accounts. {}", outcome.en),
            format!("{all}アカウントへのサインイン失敗{records}件。{}", outcome.ja),
        ),
        scope: Scope { span: Some(span), records: records_of, ..base },
        places,
        speaks_to: speaks_to(!entered.is_empty(), is_new),
        ..Spray::CARD.finding(Text::new(
            format!("{network} tried {all} accounts"),
            format!("{network} が{all}アカウントにサインインを試行"),
        ))
    }
}

/// A spray that gets nobody in is an attempt, and speaks to no question.
fn speaks_to(is_entered: bool, is_new: bool) -> Vec<(Question, State)> {
    let state = if is_new { State::Likely } else { State::Possible };
    if is_entered { vec![(Question::Q1, state), (Question::Q3, state)] } else { Vec::new() }
}
