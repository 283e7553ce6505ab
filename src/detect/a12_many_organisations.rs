//! A12: one network signs in to accounts of several organisations.

use super::accounts::{missing_successes, place, scope, stated, unevaluable};
use super::parties::{self, Party};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Gather, Instant, Text};
use crate::baseline::activity::Activities;
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
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
            "Successful sign-ins from one network to 3 accounts or more of 2 organisations or more: to all of which it is new, before its third day of use; or that meet there on 3 days or more, each at home elsewhere, and make up most of its use. High where two of these meet: all within an hour; all from one address; they keep meeting; two or more search for what leads further, read documents on systems or people, or take 20. Else low. The organisation is the one that the record states, or else the mail domain of the account.",
            "同一ネットワークから2組織以上・3アカウント以上へのサインイン成功があり、いずれのアカウントにとっても新しいもの(使用3日目より前)、または普段は別の場所で作業するアカウントが3日以上そろって現れ、その利用の大半を占めるもの。1時間以内・同一アドレス・繰り返し・情報収集(機微な語の検索、システムや名簿の文書の閲覧、20件以上の取得)のうち2つ以上が重なる場合は重大、それ以外は軽微とします。組織は記録の記載、なければアカウントのメールドメインによります。",
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
        let parties = parties::parties(context).into_iter();
        let signed_in =
            parties.filter_map(|party| party.with(context, |pair| !pair.days.is_empty()));
        let findings = signed_in.map(|party| finding(&party));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn missing(activities: &Activities) -> Option<Text> {
    let pairs = activities.pairs.sorted();
    let organisations: BTreeSet<_> =
        pairs.iter().filter_map(|(_, pair)| pair.organisation.as_deref()).gather();
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

fn finding(party: &Party<'_>) -> Finding {
    let first = party.members.iter().filter_map(|one| Some(one.pair.signed_in()?.first));
    let mut marks: Vec<_> = first.collect();
    marks.arrange();
    let span = marks.first().zip(marks.last()).map(|(first, last)| (first.0, last.0));
    let (first, last) = span.map(stated).unwrap_or_default();
    let signs = party.signs();
    let is_one_party = signs.len() > 1;
    let (network, count) = (party.network, party.members.len());
    let (names, organisations, signs) =
        (party.names(), party.organisations(), parties::joined(&signs));
    Finding {
        severity: if is_one_party { Severity::High } else { Severity::Low },
        confidence: if is_one_party { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: marks.len() as u64,
        reason: Text::new(
            format!(
                "{count} accounts, none of which is at home in this network: {names}. Organisations: {organisations}. {} Shown is the first sign-in to each.",
                signs.en
            ),
            format!(
                "このネットワークを普段使わない{count}アカウント:{names}。組織:{organisations}。{}各アカウントの最初のサインインを示します。",
                signs.ja
            ),
        ),
        scope: crate::finding::Scope {
            records: marks.iter().map(|mark| mark.1.key()).gather(),
            // It rests on these records alone; the groups say whose acts it puts in doubt.
            ..scope(party.members.iter().map(|one| one.key), 0)
        },
        places: marks.into_iter().map(place).collect(),
        // Where the passwords are from, sign-ins do not say.
        speaks_to: match is_one_party {
            true => vec![
                (Question::Q1, State::Possible),
                (Question::Q3, State::CannotDetermine),
                (Question::Q6, State::Possible),
            ],
            false => Vec::new(),
        },
        ..ManyOrganisations::CARD.finding(Text::new(
            format!("{network} signed in to {count} accounts of several organisations"),
            format!("{network} が複数組織の{count}アカウントにサインイン"),
        ))
    }
}
