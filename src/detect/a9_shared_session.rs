//! A9: one session used by two parties.

use super::accounts::{place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{Party, SessionStats};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::What;

/// The detection.
pub struct SharedSession;

/// Seconds within which both are there.
const TOGETHER_SECS: i64 = 1_800;

impl Detector for SharedSession {
    type Partial = ();

    const CARD: Card = Card {
        id: "A9",
        name: Text::fixed("Session used by two parties", "2者によるセッションの使用"),
        what: Text::fixed(
            "One session that is used within 30 minutes from two networks of the same IP version and with two browsers or systems. Another address or another version of the browser alone is not enough.",
            "1つのセッションが30分以内に、同じIPバージョンの2つのネットワークから、異なるブラウザーまたはOSで使用されたもの。アドレスやブラウザーのバージョンのみの違いは対象外です。",
        ),
        why: Text::fixed(
            "A browser does not change within a session. A stolen session needs neither password nor second factor.",
            "セッションの途中でブラウザーは変わりません。窃取されたセッションにはパスワードも多要素認証も不要です。",
        ),
        innocent: Text::fixed(
            "A gateway that rewrites user agents; a platform that gives one session id to all devices of an account.",
            "ユーザーエージェントを書き換える機器、アカウントの全端末に同じIDを付与する基盤。",
        ),
        needs: Needs {
            fields: &[Field::Session, Field::UserAgent],
            words: Text::fixed(
                "Audit logs with session, client address and user agent.",
                "セッション・接続元アドレス・ユーザーエージェントを記録した監査ログ。",
            ),
        },
        attack: &["T1539", "T1550.004"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let sessions = context.baseline.activities.sessions.sorted();
        if !sessions.iter().any(|(_, session)| !session.parties.is_empty()) {
            let reason = Text::fixed(
                "No record of an account's activity states session, address and browser.",
                "セッション・アドレス・ブラウザーを含むアカウントの活動記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut shared: Vec<_> = sessions
            .iter()
            .filter_map(|(key, session)| Some((*key, *session, together(session)?)))
            .collect();
        shared.arrange_by_key(|(_, _, (a, b))| (a.first, b.first));
        let findings = shared.iter().map(|(key, session, both)| finding(*key, session, *both));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

/// Two parties that were there at about the same time.
fn together(session: &SessionStats) -> Option<(&Party, &Party)> {
    let parties = &session.parties;
    let mut pairs = parties
        .iter()
        .enumerate()
        .flat_map(|(at, a)| parties[at + 1..].iter().map(move |b| (a, b)));
    pairs.find(|(a, b)| {
        let apart = (a.first.0.max(b.first.0)) - (a.last.0.min(b.last.0));
        a.network != b.network
            && a.network.is_comparable(b.network)
            && a.browser != b.browser
            && apart <= TOGETHER_SECS
    })
}

fn finding(key: Fingerprint, session: &SessionStats, (a, b): (&Party, &Party)) -> Finding {
    let (first, last) = stated((a.first.0.min(b.first.0), a.last.0.max(b.last.0)));
    let (name, records) = (visible(&session.account), session.records);
    let (one, other) = (a.network, b.network);
    let mut places = vec![a.first, b.first];
    places.arrange();
    Finding {
        severity: Severity::High,
        confidence: Confidence::Moderate,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: session.account.to_string() },
        first,
        last,
        count: records,
        reason: Text::new(
            format!(
                "One session, {records} records, from {one} and {other} within 30 minutes, with different browsers."
            ),
            format!(
                "1つのセッション({records}件)が30分以内に {one} と {other} から、異なるブラウザーで使用されました。"
            ),
        ),
        scope: scope([key], !What::REFUSED),
        places: places.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..SharedSession::CARD.finding(Text::new(
            format!("A session of {name} was used from two networks with two browsers"),
            format!("{name} のセッションが2つのネットワーク・2つのブラウザーで使用されました"),
        ))
    }
}
