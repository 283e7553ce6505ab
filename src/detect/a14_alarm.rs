//! A14: the service itself says that something was stolen or used by somebody else.

use super::changes::{self, Around, Graded};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Alarm;

impl Detector for Alarm {
    type Partial = ();

    const CARD: Card = Card {
        id: "A14",
        name: Text::fixed("Alarm of the service itself", "サービス自身による警告"),
        what: Text::fixed(
            "A record in which the identity provider or the platform itself says that a token was used twice, a password or key leaked, a request for the second factor was reported as fraud, or a sign-in was suspicious. High within a day of a sign-in from a network new to the account.",
            "トークンの再使用、パスワード・鍵の漏えい、多要素認証の要求に対する不正の申告、不審なサインインなどを、ID基盤またはサービス自身が示した記録。新しいネットワークからのサインイン後1日以内の場合は重大とします。",
        ),
        why: Text::fixed(
            "The service sees what its log does not show, such as a token that was used before or a list of leaked passwords.",
            "サービスは、使用済みトークンや漏えいパスワードの一覧など、ログに現れない情報に基づいて判定しています。",
        ),
        innocent: Text::fixed(
            "A program that repeats a request, somebody who travels, a key published by mistake.",
            "プログラムによる要求の再送、出張、鍵の誤公開。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The audit log of the identity provider or the platform, with its alarms.",
                "警告を含む、ID基盤またはサービスの監査ログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let speaks_to = [(Question::Q1, State::Possible)];
        changes::conclude(&Self::CARD, Change::AlarmRaised, context, &speaks_to, &grade)
    }
}

fn grade(around: &Around<'_>) -> Graded {
    match around.is_new_network {
        true => Some((Severity::High, changes::NEW_NETWORK)),
        false => Some((Severity::Medium, SAID)),
    }
}

const SAID: Text = Text::fixed(
    "The service itself says so: look up its own report of it.",
    "サービス自身が示した警告です。サービス側の詳細を確認してください。",
);
