//! G1: a vendor's account from a network that nobody declared.

use super::accounts::{novelty, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{Novelty, Pair};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::What;

/// The detection.
pub struct VendorNetwork;

impl Detector for VendorNetwork {
    type Partial = ();

    const CARD: Card = Card {
        id: "G1",
        name: Text::fixed(
            "Vendor's account from an undeclared network",
            "委託先アカウントの申告外接続",
        ),
        what: Text::fixed(
            "A sign-in, or documents read or taken, by an account that is declared as a vendor's, from a network that is not among the declared ones. High where documents were read or taken from a network new to the account.",
            "委託先として設定されたアカウントによる、設定されたネットワーク以外からのサインインまたは文書の閲覧・取得。新しいネットワークから文書を閲覧・取得した場合は重大とします。",
        ),
        why: Text::fixed(
            "Where from a vendor works is agreed. Another network is either against the agreement or another person.",
            "委託先の接続元は取り決められています。それ以外からの接続は、取り決め違反か第三者によるものです。",
        ),
        innocent: Text::fixed(
            "An engineer at home or on a journey, an office that moved: ask the vendor, and declare the network.",
            "技術者の在宅勤務や出張、事業所の移転(委託先に確認し、正当であればネットワークを設定に追加してください)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in or audit logs with account and client address; in the settings, the vendors' accounts and the networks that they are to use.",
                "アカウント・接続元アドレスを記録した認証ログまたは監査ログ、および設定における委託先アカウントと接続元ネットワーク。",
            ),
        },
        attack: &["T1199"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        if !context.declared.has_vendors_and_networks() {
            let reason = Text::fixed(
                "The vendors' accounts and the networks that they are to use are not declared.",
                "委託先アカウントと接続元ネットワークが設定されていません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut pairs = context.baseline.activities.pairs.sorted();
        pairs.retain(|(_, pair)| {
            context.declared.is_vendor(&pair.name)
                && !context.declared.owns(pair.network)
                && pair.first_use().is_some()
        });
        pairs.arrange_by(|a, b| (&a.1.name, a.1.network).cmp(&(&b.1.name, b.1.network)));
        let findings = pairs.iter().map(|(key, pair)| finding(*key, pair, context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn finding(key: Fingerprint, pair: &Pair, context: &Conclusion<'_>) -> Finding {
    let entry = pair.signed_in();
    let is_new =
        entry.is_some_and(|day| novelty(context, pair.account, pair.network, day) == Novelty::New);
    let is_grave = is_new && pair.acts > 0;
    let entered: Vec<_> = pair.days.iter().map(|day| day.first).collect();
    let acted = pair.acts_span.into_iter();
    let span = entered.iter().map(|mark| (mark.0, mark.0)).chain(acted);
    let span = span.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (first, last) = span.map(stated).unwrap_or_default();
    let (name, network, acts, taken) = (visible(&pair.name), pair.network, pair.acts, pair.taken);
    let state = if is_grave { State::Likely } else { State::Possible };
    let mut places: Vec<_> = entered.iter().chain(&pair.acts_first).copied().collect();
    places.arrange();
    Finding {
        severity: if is_grave { Severity::High } else { Severity::Medium },
        confidence: if is_grave { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E1,
        subject: Subject { kind: SubjectKind::Account, value: pair.name.to_string() },
        first,
        last,
        count: acts + entered.len() as u64,
        reason: Text::new(
            format!(
                "{network} is not among the declared networks. From there: {acts} records of documents, {taken} of them taken. Of the sign-ins, the first of two days count."
            ),
            format!(
                "{network} は設定されたネットワークに含まれません。文書の記録{acts}件(うち取得{taken}件)。サインインは最初の2日の各1件を数えます。"
            ),
        ),
        scope: Scope {
            records: entered.iter().map(|mark| mark.1.key()).collect(),
            ..scope([key], What::TAKEN | What::READ)
        },
        places: places.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
        ..VendorNetwork::CARD.finding(Text::new(
            format!("{name}, a vendor's account, was used from {network}, which is not declared"),
            format!("委託先アカウント {name} を申告外の {network} から使用"),
        ))
    }
}
