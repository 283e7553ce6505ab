//! D10: mail is sent elsewhere, or hidden from its owner.

use super::changes::{self, Around, Graded, NEW_NETWORK};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::baseline::activity::Changed;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct MailRule;

impl Detector for MailRule {
    type Partial = ();

    const CARD: Card = Card {
        id: "D10",
        name: Text::fixed("Mail forwarded or hidden", "メールの転送・隠蔽"),
        what: Text::fixed(
            "A rule, a setting of a mailbox or a transport rule that sends mail to another domain than the account's own and the declared ones; or a rule that deletes, moves or marks mail as read, made within a day of a sign-in from a network new to the account.",
            "自ドメインおよび設定済みドメイン以外へメールを送るルール・メールボックス設定・トランスポートルール、または新しいネットワークからのサインイン後1日以内に作られた、メールを削除・移動・既読にするルール。",
        ),
        why: Text::fixed(
            "All mail of the account goes on to the attacker, and the owner sees no warning.",
            "以後のメールが攻撃者に届き続け、警告メールは本人の目に触れません。",
        ),
        innocent: Text::fixed(
            "Forwarding while absent, to a private address.",
            "不在時の私用アドレスへの転送。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log or the servers' security logs.",
                "基盤の監査ログ、またはサーバーのセキュリティログ。",
            ),
        },
        attack: &["T1114.003", "T1098.002"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        changes::conclude(
            &Self::CARD,
            Change::MailRule,
            context,
            &[(Question::Q7, State::Possible), (Question::Q4, State::Possible)],
            &|around| grade(around, context),
        )
    }
}

fn grade(around: &Around<'_>, context: &Conclusion<'_>) -> Graded {
    let changed = around.changed;
    if let Some(to) = changed.forwards_to.as_deref().filter(|to| is_outside(to, changed, context)) {
        let to = crate::base::visible(to);
        let why = Text::new(
            format!("Mail goes to {to}, outside the organisation."),
            format!("メールが組織外の {to} に送られます。"),
        );
        return Some((Severity::High, why));
    }
    (changed.hides && around.is_new_network).then_some((Severity::High, NEW_NETWORK))
}

/// Whether an address is of another domain than those of the organisation. What is no mail address
/// names a mailbox inside.
fn is_outside(address: &str, changed: &Changed, context: &Conclusion<'_>) -> bool {
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    let end = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-');
    let domain = domain.split(end).next().unwrap_or(domain);
    let own = changed.domain.as_deref();
    // Without the account's own domain nothing tells inside from outside.
    own.is_some_and(|own| !own.eq_ignore_ascii_case(domain))
        && !context.declared.is_own_domain(domain)
}
