//! F1: a log is emptied, or recording is switched off.

use super::changes::{self, Around, Graded};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Cleared;

impl Detector for Cleared {
    type Partial = ();

    const CARD: Card = Card {
        id: "F1",
        name: Text::fixed("Log cleared or recording stopped", "ログの消去・記録の停止"),
        what: Text::fixed(
            "A record that an account emptied a security or system log of Windows, or stopped or deleted the recording of a cloud platform (trail, flow log, sink, diagnostic setting). Medium where the record says only that recording was changed, and the account had signed in from a network new to it within the day before.",
            "Windowsのセキュリティログ・システムログの消去、またはクラウド基盤の記録設定(証跡、フローログ、シンク、診断設定)の停止・削除を示す記録。記録設定の変更とのみ示す記録は、直前1日以内に新しいネットワークからサインインしたアカウントによるものを中とします。",
        ),
        why: Text::fixed(
            "What was recorded before is gone, or what followed was never recorded. Whoever does it has something to hide, or makes it impossible to tell.",
            "以前の記録が失われるか、以後の記録が残りません。隠蔽の意図の有無にかかわらず、その期間の事実確認が困難になります。",
        ),
        innocent: Text::fixed(
            "The set-up of a server, a change of the logging agent, an environment that was taken down.",
            "サーバーの初期構築、ログ収集エージェントの入れ替え、環境の廃止。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The servers' security and system logs, or the platform's audit log.",
                "サーバーのセキュリティログ・システムログ、または基盤の監査ログ。",
            ),
        },
        attack: &["T1070.001", "T1562.008"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let of = |change, state, grade: &dyn Fn(&Around<'_>) -> Graded| {
            changes::conclude(&Self::CARD, change, context, &[(Question::Q8, state)], grade)
        };
        let stopped = |_: &Around<'_>| Some((Severity::High, RECORDED));
        let mut verdict = of(Change::AuditStopped, State::Likely, &stopped);
        let changed = of(Change::AuditChanged, State::Possible, &|around| {
            let is_told = around.is_new_network && !around.is_usual;
            is_told.then_some((Severity::Medium, changes::NEW_NETWORK))
        });
        verdict.findings.extend(changed.findings);
        verdict
    }
}

/// Every such change matters, whoever made it.
const RECORDED: Text = Text::fixed(
    "The log itself records it: ask who did it and why, and look for a copy held elsewhere.",
    "ログ自体に記録された事実です。実施者と理由を確認し、別に保管された写しの有無を確認してください。",
);
