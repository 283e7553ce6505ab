//! A12: one network signs in to accounts of several organisations.

use super::accounts::{
    DAY_SECS, accounts, missing_successes, novelty, place, scope, stated, unevaluable,
};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Instant, Text, visible};
use crate::baseline::activity::{Activities, DayUse, Novelty, Pair};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::{Network, What};
use std::collections::BTreeSet;

/// The detection.
pub struct ManyOrganisations;

impl Detector for ManyOrganisations {
    type Partial = ();

    const CARD: Card = Card {
        id: "A12",
        name: Text::fixed(
            "One network, many organisations",
            "同一ネットワークから複数組織へのサインイン",
        ),
        what: Text::fixed(
            "Successful sign-ins from one network to 3 accounts or more of 2 organisations or more, to all of which it is new, before it was used on two earlier days. The organisation is the one that the record states, or else the mail domain of the account.",
            "同一ネットワークから、2組織以上・3アカウント以上へのサインイン成功があり、そのネットワークがいずれのアカウントにとっても新しく、過去2日以上使われていないもの。組織は記録の記載、なければアカウントのメールドメインによります。",
        ),
        why: Text::fixed(
            "People of different organisations do not sit in one place. Whoever signs in to all of them holds a list of passwords, or the store of them: at ProjectWEB nothing else showed.",
            "異なる組織の利用者が同じ場所にいることは通常ありません。資格情報の一覧や保管先が漏えいした場合に現れる、ほぼ唯一の兆候です。",
        ),
        innocent: Text::fixed(
            "An integrator's new office, virtual desktops, a carrier's shared addresses: declare them as own networks.",
            "SI事業者の新拠点、仮想デスクトップ、通信事業者の共有アドレス(自組織ネットワークとして設定してください)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress],
            words: Text::fixed(
                "Sign-in logs with account, organisation, client address and result, over more than a week.",
                "アカウント・組織・接続元アドレス・成否を記録した1週間を超える認証ログ。",
            ),
        },
        attack: &["T1078", "T1199"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        if let Some(verdict) = missing_successes(context, words) {
            return verdict;
        }
        if let Some(reason) = missing(&context.baseline.activities) {
            return unevaluable(reason, words);
        }
        let all = strangers(context);
        let findings = all.iter().map(|(network, pairs)| finding(*network, pairs));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn missing(activities: &Activities) -> Option<Text> {
    let pairs = activities.pairs.sorted();
    let organisations: BTreeSet<_> =
        pairs.iter().filter_map(|(_, pair)| pair.organisation.as_deref()).collect();
    if organisations.len() < 2 {
        return Some(Text::fixed(
            "The sign-ins are of one organisation, or do not say of which.",
            "サインインが1組織のものに限られるか、組織が記録されていません。",
        ));
    }
    let accounts = activities.accounts.sorted();
    let end = activities.sign_in_span.map_or(Instant::MIN, |span| span.1);
    let has_history = accounts.iter().any(|(_, stats)| stats.has_history(end));
    (!has_history).then(|| {
        Text::fixed(
            "No account has ten sign-ins over seven days, which it takes to tell what is new to it.",
            "新しいネットワークかどうかを判定できる履歴(7日以上・10回以上のサインイン)を持つアカウントがありません。",
        )
    })
}

/// An account with its first sign-in from a network.
pub(super) type Stranger<'a> = (Fingerprint, &'a Pair, DayUse);

/// Networks that sign in to accounts of several organisations, to all of which they are new.
pub(super) fn strangers<'a>(context: &Conclusion<'a>) -> Vec<(Network, Vec<Stranger<'a>>)> {
    let networks = context.baseline.activities.by_network();
    let least = context.thresholds.shared_accounts as usize;
    let mut all = Vec::new();
    for (network, pairs) in networks {
        let mut days: Vec<i32> =
            pairs.iter().flat_map(|(_, pair)| pair.days.iter().map(|day| day.day)).collect();
        days.sort_unstable();
        days.dedup();
        // From its third day on it is one that is used.
        let last = days.get(1).or(days.first()).copied().unwrap_or(i32::MIN);
        let new: Vec<Stranger<'_>> = pairs
            .into_iter()
            .filter_map(|(key, pair)| Some((key, pair, pair.signed_in()?)))
            .filter(|(_, pair, day)| {
                day.day <= last && novelty(context, pair.account, network, *day) == Novelty::New
            })
            .collect();
        let organisations: BTreeSet<_> =
            new.iter().filter_map(|(_, pair, _)| pair.organisation.as_deref()).collect();
        if new.len() >= least && organisations.len() >= 2 {
            all.push((network, new));
        }
    }
    all
}

/// The organisations of accounts in words.
pub(super) fn organisations(of: &[Stranger<'_>]) -> String {
    let names: BTreeSet<_> =
        of.iter().filter_map(|(_, pair, _)| pair.organisation.as_deref()).collect();
    names.iter().take(5).map(|name| visible(name)).collect::<Vec<_>>().join(", ")
}

fn finding(network: Network, of: &[Stranger<'_>]) -> Finding {
    let mut marks: Vec<_> = of.iter().map(|(_, _, day)| day.first).collect();
    marks.sort_unstable();
    let span = marks.first().zip(marks.last()).map(|(first, last)| (first.0, last.0));
    let (first, last) = span.map(stated).unwrap_or_default();
    let is_quick = span.is_some_and(|(first, last)| last - first <= DAY_SECS);
    let (count, names) = (of.len(), accounts(of.iter().map(|(_, pair, _)| *pair)));
    let organisations = organisations(of);
    Finding {
        severity: Severity::High,
        confidence: if is_quick { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: marks.len() as u64,
        reason: Text::new(
            format!(
                "{count} accounts, to each of which the network is new: {names}. Organisations: {organisations}. Shown is the first sign-in to each."
            ),
            format!(
                "このネットワークを使ったことのない{count}アカウント:{names}。組織:{organisations}。各アカウントの最初のサインインを示します。"
            ),
        ),
        scope: crate::finding::Scope {
            records: marks.iter().map(|mark| mark.1.key()).collect(),
            ..scope([], What::SIGNED_IN)
        },
        places: marks.into_iter().map(place).collect(),
        speaks_to: vec![
            (Question::Q1, State::Possible),
            (Question::Q3, State::Possible),
            (Question::Q6, State::Possible),
        ],
        ..ManyOrganisations::CARD.finding(Text::new(
            format!("{network} signed in to {count} accounts of several organisations"),
            format!("{network} が複数組織の{count}アカウントにサインイン"),
        ))
    }
}
