//! E3: a key that outlives a change of password.

use super::changes;
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Credential;

impl Detector for Credential {
    type Partial = ();

    const CARD: Card = Card {
        id: "E3",
        name: Text::fixed("Key or token added", "鍵・トークンの追加"),
        what: Text::fixed(
            "An API key, token, password of an application, second factor or SSH key added, or one of others shown in the clear, trust in an identity provider changed, or a session opened as somebody else, within a day of a sign-in from a network new to the account, or for the first time by an account known for two weeks.",
            "新しいネットワークからのサインイン後1日以内、または2週間以上の記録があるアカウントによる初めての、APIキー・トークン・アプリパスワード・多要素認証手段・SSH鍵の追加、他者の鍵・パスワードの表示、IDプロバイダーとの信頼設定の変更、または他者としてのセッションの開始。",
        ),
        why: Text::fixed(
            "Keys and tokens open the door after the password was changed, and ask for no second factor.",
            "鍵やトークンはパスワード変更後も有効で、多要素認証も求められません。",
        ),
        innocent: Text::fixed(
            "The set-up of a build server, a new telephone.",
            "CI環境の構築、携帯電話の機種変更。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs.",
                "基盤の監査ログ、またはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1098.001", "T1098.004"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        changes::conclude(
            &Self::CARD,
            Change::CredentialAdded,
            context,
            &[(Question::Q7, State::Possible)],
            &changes::way_back,
        )
    }
}
