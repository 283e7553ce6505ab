//! A8: one account works in two places at once.

use super::accounts::{by_lower_name, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{Party, SessionStats};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::What;
use crate::judge::agent::is_mobile;
use std::collections::BTreeMap;

/// The detection.
pub struct TwoPlaces;

/// Seconds that both sessions go on together.
const TOGETHER_SECS: i64 = 600;

/// A session with one of its users.
type Used<'a> = (Fingerprint, &'a SessionStats, &'a Party);

impl Detector for TwoPlaces {
    type Partial = ();

    const CARD: Card = Card {
        id: "A8",
        name: Text::fixed("Account in two places at once", "アカウントの2か所での同時使用"),
        what: Text::fixed(
            "Two sessions of one account that are used at the same time for ten minutes or more, from two networks of the same IP version and with two browsers or systems, none of them a telephone's, where one of the networks is new to the account.",
            "1アカウントの2つのセッションが10分以上にわたり同時に、同じIPバージョンの2つのネットワークから、異なるブラウザーまたはOS(携帯端末を除く)で使用され、一方のネットワークが当該アカウントにとって新しいもの。",
        ),
        why: Text::fixed(
            "A person is in one place. The other session belongs to whoever has the password or the session.",
            "1人が同時に2か所にいることはなく、他方はパスワードやセッションを得た第三者のものである可能性があります。",
        ),
        innocent: Text::fixed(
            "A computer left on in the office while its owner works on a journey, an account that a team shares.",
            "出張中に事務所の端末が接続されたままの場合、チームで共有しているアカウント。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action, Field::Session, Field::UserAgent],
            words: Text::fixed(
                "Audit or sign-in logs with session, address and user agent.",
                "セッション・アドレス・ユーザーエージェントを含む監査ログまたは認証ログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let sessions = context.baseline.activities.sessions.sorted();
        let mut by_account = BTreeMap::<String, Vec<Used<'_>>>::new();
        for (key, session) in &sessions {
            let lasting = session.parties.iter().filter(|party| {
                party.last.0 - party.first.0 >= TOGETHER_SECS && !is_mobile(party.browser)
            });
            let of = by_account.entry(session.account.to_lowercase()).or_default();
            of.extend(lasting.map(|party| (*key, *session, party)));
        }
        if sessions.iter().all(|(_, session)| session.parties.is_empty()) {
            let reason = Text::fixed(
                "No record of an account's activity states session, address and browser.",
                "セッション・アドレス・ブラウザーを含むアカウントの活動記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let accounts = by_lower_name(context);
        let found = by_account.iter().filter_map(|(name, used)| {
            let (key, _) = accounts.get(name)?;
            both(used, |party| {
                let from = (party.first, Some(party.network));
                let day = day_of(party.first.0, 0);
                super::accounts::new_network(context, *key, from, day).is_some()
            })
        });
        let mut findings: Vec<_> = found.map(|(a, b)| finding(a, b)).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, ..Verdict::default() }
    }
}

/// The earliest two sessions that go on together, the first of them in a network that is new.
fn both<'u, 'a>(
    used: &'u [Used<'a>],
    is_new: impl Fn(&Party) -> bool,
) -> Option<(&'u Used<'a>, &'u Used<'a>)> {
    let pairs = used.iter().filter(|one| is_new(one.2)).filter_map(|one| {
        let other = used.iter().filter(|other| is_together(one, other));
        Some((one, other.min_by_key(|other| (other.2.first, other.0))?))
    });
    pairs.min_by_key(|(one, _)| (one.2.first, one.0))
}

fn is_together((key, _, a): &Used<'_>, (other, _, b): &Used<'_>) -> bool {
    let together = a.last.0.min(b.last.0) - a.first.0.max(b.first.0);
    key != other
        && a.network != b.network
        && a.network.is_comparable(b.network)
        && a.browser != b.browser
        && together >= TOGETHER_SECS
}

fn finding(one: &Used<'_>, other: &Used<'_>) -> Finding {
    let (a, b) = (one.2, other.2);
    let (first, last) = stated((a.first.0.min(b.first.0), a.last.0.max(b.last.0)));
    let name = visible(&one.1.account);
    let (there, here) = (a.network, b.network);
    let minutes = (a.last.0.min(b.last.0) - a.first.0.max(b.first.0)) / 60;
    let mut places = vec![a.first, b.first];
    places.arrange();
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: one.1.account.to_string() },
        first,
        last,
        count: one.1.records + other.1.records,
        reason: Text::new(
            format!(
                "Two sessions go on together for {minutes} minutes, from {there}, which is new to the account, and from {here}, with different browsers."
            ),
            format!(
                "2つのセッションが{minutes}分間同時に、新しいネットワーク {there} と {here} から、異なるブラウザーで使用されました。"
            ),
        ),
        scope: scope([one.0, other.0], !What::REFUSED),
        places: places.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..TwoPlaces::CARD.finding(Text::new(
            format!("{name} was used in two places at once"),
            format!("{name} が2か所で同時に使用されました"),
        ))
    }
}
