//! E2: a right over others is granted.

use super::changes::{self, Around, Graded, NEW_NETWORK};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct RoleChange;

impl Detector for RoleChange {
    type Partial = ();

    const CARD: Card = Card {
        id: "E2",
        name: Text::fixed("Privilege granted", "権限の付与"),
        what: Text::fixed(
            "A role or group granted by an account to itself, or a privileged one (administrator, owner and the like) granted to anybody.",
            "自分自身へのロール・グループの付与、または特権(管理者・所有者など)の付与。",
        ),
        why: Text::fixed(
            "Rights that were granted stay, and with them the way to everything else.",
            "付与された権限は残り、他のすべてへの足がかりになります。",
        ),
        innocent: Text::fixed(
            "A change in the organisation, the activation of a role for an hour's work.",
            "組織変更、作業のための一時的な権限の有効化。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs.",
                "基盤の監査ログ、またはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1098.003"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        changes::conclude(
            &Self::CARD,
            Change::RoleGranted,
            context,
            &[(Question::Q7, State::Possible)],
            &grade,
        )
    }
}

fn grade(around: &Around<'_>) -> Graded {
    let changed = around.changed;
    match (changed.is_to_self, changed.is_privileged, around.is_new_network) {
        (_, _, true) => Some((Severity::High, NEW_NETWORK)),
        (true, _, _) => {
            let why = Text::fixed("Granted to itself.", "自分自身への付与です。");
            Some((Severity::High, why))
        }
        (false, true, false) => {
            let why = Text::fixed("A role that rules over others.", "他を管理できる権限です。");
            Some((Severity::Medium, why))
        }
        (false, false, false) => None,
    }
}
