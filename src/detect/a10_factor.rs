//! A10: the second factor is taken off, or its owner is worn down until it is given.

use super::accounts::{place, scope, stated};
use super::changes::{self, Around, FIRST, Graded, NEW_NETWORK};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::{DayUse, Novelty, Pair, TRY_SECS};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::{Change, What};

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
            "A second factor removed, reset or switched off within a day of a sign-in from a network new to the account, or that of another account by one known for two weeks that never did so; or 5 second factors denied within an hour, and then a sign-in of the same account from the same network, which is not known to it. What is added is E3's.",
            "新しいネットワークからのサインイン後1日以内の多要素認証の解除・リセット・無効化、または2週間以上の記録があるアカウントによる初めての他者の多要素認証の解除。あるいは、1時間に5回以上の多要素認証の拒否の後、当該アカウントの既知でない同一ネットワークからサインインが成功したもの。追加はE3が対象です。",
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
            changes::conclude(&Self::CARD, Change::FactorWeakened, context, &speaks_to, grade);
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
            .then(|| finding(key, pair, *day, times, novelty == Novelty::New))
    })
}

fn finding(
    key: Fingerprint,
    pair: &Pair,
    day: DayUse,
    (from, to): (i32, i32),
    is_new: bool,
) -> Finding {
    let tries = pair.tries(from, to);
    let span = (i64::from(from) * TRY_SECS, i64::from(to) * TRY_SECS + TRY_SECS - 1);
    let (first, last) = stated((span.0, span.1.max(day.first.0)));
    let (name, network, denied) = (visible(&pair.name), pair.network, tries.denied);
    let state = if is_new { State::Likely } else { State::Possible };
    let new = super::accounts::novelty_words(is_new);
    Finding {
        severity: if is_new { Severity::High } else { Severity::Medium },
        confidence: if is_new { Confidence::High } else { Confidence::Moderate },
        grade: Grade::E1,
        subject: Subject { kind: SubjectKind::Account, value: pair.name.to_string() },
        first,
        last,
        count: u64::from(tries.records) + 1,
        reason: Text::new(
            format!(
                "{denied} second factors denied within an hour, then a sign-in that succeeded, from {network}. {}",
                new.en
            ),
            format!(
                "{network} から1時間に{denied}回の多要素認証が拒否された後、サインインに成功。{}",
                new.ja
            ),
        ),
        scope: Scope {
            span: Some(span),
            records: [day.first.1.key()].into(),
            ..scope([key], What::REFUSED)
        },
        places: std::iter::once(day.first).chain(pair.first_refused(span)).map(place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
        ..Factor::CARD.finding(Text::new(
            format!(
                "{name} was signed in to from {} after {denied} denied second factors",
                pair.address
            ),
            format!("{name} に{denied}回の多要素認証拒否の後 {} からサインイン", pair.address),
        ))
    }
}
