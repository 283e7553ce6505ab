//! E1: an account that somebody made who does not usually, or who has just come from elsewhere.

use super::changes;
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct NewAccount;

impl Detector for NewAccount {
    type Partial = ();

    const CARD: Card = Card {
        id: "E1",
        name: Text::fixed("New account", "アカウントの作成"),
        what: Text::fixed(
            "An account created by one that signed in from a network new to it within the day before, or by one that is known for two weeks and never created any. An account that did so on three earlier days is left out: that is its work.",
            "直前1日以内に新しいネットワークからサインインしたアカウント、または2週間以上の記録がありこれまで作成したことのないアカウントによる、アカウントの作成。過去3日以上で作成しているアカウントは、通常の業務とみなし除きます。",
        ),
        why: Text::fixed(
            "A second account stays when the password of the first is changed.",
            "元のアカウントのパスワードを変更しても、別に作成されたアカウントは残ります。",
        ),
        innocent: Text::fixed("Onboarding, a new administrator.", "入社手続き、新任の管理者。"),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs.",
                "基盤の監査ログ、またはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1136"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        changes::conclude(
            &Self::CARD,
            Change::AccountCreated,
            context,
            &[(Question::Q7, State::Possible)],
            &changes::way_back,
        )
    }
}
