//! A13: activity in a session that nobody signed in to.

use super::accounts::{DAY_SECS, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Instant, Text, visible};
use crate::baseline::activity::SessionStats;
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::What;

/// The detection.
pub struct NoLogin;

/// Sessions with a sign-in that show that sign-ins are recorded with their session.
const USUAL: usize = 20;
/// Seconds behind a hole in the logs for which a session may have begun in it.
const LASTS: i64 = 43_200;
/// Percent of all sessions that must have one.
const USUAL_PERCENT: usize = 90;

impl Detector for NoLogin {
    type Partial = ();

    const CARD: Card = Card {
        id: "A13",
        name: Text::fixed("Session without a sign-in", "サインイン記録のないセッション"),
        what: Text::fixed(
            "Documents or changes in a session without a recorded sign-in, where 90 % or more of the sessions (20 at least) have one. The first 24 hours of the sign-in log are left out, and sessions that begin in a hole that F2 finds or within 12 hours behind one: their sign-in may have been lost.",
            "90%以上(20件以上)のセッションにサインイン記録があるログで、サインイン記録のないセッションによる文書の取得・変更。認証ログの最初の24時間と、F2の空白の間およびその後12時間以内に始まるセッション(サインイン記録が失われた可能性)は除きます。",
        ),
        why: Text::fixed(
            "A session that was forged, with a stolen key for instance, shows just so: activity that no sign-in precedes.",
            "鍵の窃取などで偽造されたセッションは、サインインのない活動として現れます。",
        ),
        innocent: Text::fixed(
            "A sign-in that is recorded elsewhere, such as single sign-on; sessions that last for weeks.",
            "別システム(SSOなど)でのサインイン、数週間続くセッション。",
        ),
        needs: Needs {
            fields: &[Field::Session],
            words: Text::fixed(
                "Sign-in and audit logs that name the same sessions, over more than a day.",
                "同じセッションIDを記録した、1日を超える認証ログと監査ログ。",
            ),
        },
        attack: &["T1606.001"],
        severity: Severity::High,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let activities = &context.baseline.activities;
        let start = activities.sign_in_span.map(|span| span.0 + DAY_SECS);
        let sessions = activities.sessions.sorted();
        let later: Vec<_> = sessions
            .iter()
            .filter(|(_, of)| of.acts_span.zip(start).is_some_and(|(span, start)| span.0 >= start))
            .collect();
        let usual = later.iter().filter(|(_, session)| session.is_signed_in).count();
        if usual < USUAL || usual * 100 < later.len() * USUAL_PERCENT {
            let reason = Text::fixed(
                "Sign-ins and activity do not name the same sessions, or not often enough to tell what is missing.",
                "サインインと活動の記録に共通するセッションIDが少なく、欠けているものを判定できません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let holes = super::f2_gap::spans(context);
        let in_hole =
            |at: Instant| holes.iter().any(|(from, until)| (*from..=until + LASTS).contains(&at));
        let mut strange: Vec<_> = later
            .iter()
            .filter(|(_, session)| !session.is_signed_in)
            .filter(|(_, session)| !session.acts_span.is_some_and(|span| in_hole(span.0)))
            .collect();
        strange.arrange_by_key(|(_, session)| session.acts_first.first().copied());
        let findings = strange.iter().map(|(key, session)| finding(*key, session, usual));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn finding(key: Fingerprint, session: &SessionStats, usual: usize) -> Finding {
    let (first, last) = session.acts_span.map(stated).unwrap_or_default();
    let (name, acts) = (visible(&session.account), session.acts);
    Finding {
        severity: Severity::High,
        confidence: Confidence::Moderate,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: session.account.to_string() },
        first,
        last,
        count: acts,
        reason: Text::new(
            format!(
                "{acts} records of documents or changes in a session without a sign-in; {usual} other sessions have one."
            ),
            format!(
                "サインイン記録のないセッションで{acts}件の文書操作・変更。他の{usual}セッションにはサインイン記録があります。"
            ),
        ),
        scope: scope([key], What::TAKEN | What::READ | What::CHANGED),
        places: session.acts_first.iter().copied().map(place).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..NoLogin::CARD.finding(Text::new(
            format!("{name} was active in a session without a sign-in"),
            format!("{name} がサインイン記録のないセッションで活動"),
        ))
    }
}
