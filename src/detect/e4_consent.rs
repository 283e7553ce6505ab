//! E4: an application is let in.

use super::changes;
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Consent;

impl Detector for Consent {
    type Partial = ();

    const CARD: Card = Card {
        id: "E4",
        name: Text::fixed("Application consented to", "アプリケーションへの同意"),
        what: Text::fixed(
            "Consent to an application, a role granted to one, or a role or function of a cloud opened to others, within a day of a sign-in from a network new to the account, or for the first time by an account known for two weeks.",
            "新しいネットワークからのサインイン後1日以内、または2週間以上の記録があるアカウントによる初めての、アプリケーションへの同意・権限付与、またはクラウドのロール・関数の他者への開放。",
        ),
        why: Text::fixed(
            "An application that was let in reads mail and files without any further sign-in.",
            "許可されたアプリケーションは、以後サインインなしでメールやファイルを読めます。",
        ),
        innocent: Text::fixed(
            "An application that the IT department approved.",
            "情報システム部門が承認したアプリケーション。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs.",
                "基盤の監査ログ、またはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1528", "T1098"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        changes::conclude(
            &Self::CARD,
            Change::ConsentGiven,
            context,
            &[(Question::Q7, State::Possible)],
            &changes::way_back,
        )
    }
}
