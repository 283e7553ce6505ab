//! A10: the second factor is taken off, or its owner is worn down until it is given.

use super::accounts::BehindTries;
use super::changes::{self, Around, FIRST, Graded, NEW_NETWORK};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::{Novelty, Pair, TRY_SECS};
use crate::event::Field;
use crate::finding::{Finding, Grade, Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Factor;

/// Times in which denials are counted, back from the sign-in: an hour.
const WIDTH: i32 = 12;

impl Detector for Factor {
    type Partial = ();

    const CARD: Card = Card {
        id: "A10",
        name: Text::fixed("Second factor weakened or worn down", "多要素認証の弱体化・疲労攻撃"),
        what: Text::fixed(
            "A second factor removed, reset or switched off, or another demand on signing in lowered (passwords, length of sessions, single sign-on, networks), within a day of a sign-in from a network new to the account, or that of another account by one known for two weeks that never did so; or 5 second factors denied within an hour, and then a sign-in of the same account from the same network, which is not known to it. What is added is E3's.",
            "新しいネットワークからのサインイン後1日以内の多要素認証の解除・リセット・無効化またはその他のサインイン要件(パスワード、セッションの長さ、シングルサインオン、接続元)の緩和、または2週間以上の記録があるアカウントによる初めての他者の多要素認証の解除。あるいは、1時間に5回以上の多要素認証の拒否の後、当該アカウントの既知でない同一ネットワークからサインインが成功したもの。追加はE3が対象です。",
        ),
        why: Text::fixed(
            "Who has the password needs only the second factor: it is taken off, or asked for until somebody gives in.",
            "パスワードを得た者に残る障壁は多要素認証だけであり、解除するか、本人が根負けして承認するまで要求を繰り返します。",
        ),
        innocent: Text::fixed(
            "A new telephone, which the help desk has a ticket for; a telephone without reception while its owner is on a journey.",
            "ヘルプデスクに記録のある機種変更、出張中の電波不良。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The sign-in and audit logs of the identity provider, with denied second factors and changes of them.",
                "多要素認証の拒否と変更を記録した、ID基盤の認証ログおよび監査ログ。",
            ),
        },
        attack: &["T1556.006", "T1621"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let speaks_to = [(Question::Q1, State::Possible), (Question::Q7, State::Possible)];
        let mut verdict =
            changes::conclude(&Self::CARD, Change::FactorWeakened, context, &speaks_to, &grade);
        let networks = context.baseline.activities.by_network();
        let pairs = networks.iter().flat_map(|(_, pairs)| pairs);
        verdict.findings.extend(pairs.filter_map(|(key, pair)| worn(*key, pair, context)));
        verdict
    }
}

/// Who takes off the own factor, from where it usually is, has a new telephone.
fn grade(around: &Around<'_>) -> Graded {
    let is_own = around.changed.target.is_empty() || around.changed.is_to_self;
    match (around.is_new_network, around.is_first && !is_own) {
        _ if around.is_usual => None,
        (true, _) => Some((Severity::High, NEW_NETWORK)),
        (false, true) => Some((Severity::Medium, FIRST)),
        (false, false) => None,
    }
}

/// A sign-in behind many denials from a network that is not known to the account.
fn worn(key: Fingerprint, pair: &Pair, context: &Conclusion<'_>) -> Option<Finding> {
    pair.days.iter().find_map(|day| {
        let last = day.first.0.div_euclid(TRY_SECS) as i32;
        let times = (last - WIDTH + 1, last);
        let is_many = pair.tries(times.0, times.1).denied >= context.thresholds.factor_denials;
        let novelty = super::accounts::novelty(context, pair.account, pair.network, *day);
        (is_many && novelty != Novelty::Known)
            .then_some(BehindTries { key, pair, day: *day, times, is_new: novelty == Novelty::New })
            .map(|behind| finding(&behind))
    })
}

fn finding(behind: &BehindTries<'_>) -> Finding {
    let (denied, pair) = (behind.tries().denied, behind.pair);
    let (name, network) = (visible(&pair.name), pair.network);
    behind.finding(
        &Factor::CARD,
        Grade::E1,
        Text::new(
            format!(
                "{name} was signed in to from {} after {denied} denied second factors",
                pair.address
            ),
            format!("{name} に{denied}回の多要素認証拒否の後 {} からサインイン", pair.address),
        ),
        Text::new(
            format!("{denied} second factors denied within an hour, then a sign-in that succeeded, from {network}."),
            format!("{network} から1時間に{denied}回の多要素認証が拒否された後、サインインに成功。"),
        ),
    )
}
