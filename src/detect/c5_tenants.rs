//! C5: one network takes documents of several organisations.

use super::a12_many_organisations::{organisations, strangers};
use super::accounts::{DAY_SECS, accounts, missing_successes, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::{Network, What};
use std::collections::BTreeSet;

/// The detection.
pub struct Tenants;

/// Days between the first documents of two organisations.
const DAYS: i64 = 7;

impl Detector for Tenants {
    type Partial = ();

    const CARD: Card = Card {
        id: "C5",
        name: Text::fixed(
            "Documents of several organisations",
            "同一ネットワークによる複数組織の文書取得",
        ),
        what: Text::fixed(
            "A network that A12 finds, and that takes documents with accounts of 2 organisations or more within 7 days.",
            "A12に該当するネットワークが、7日以内に2組織以上のアカウントで文書を取得したもの。",
        ),
        why: Text::fixed(
            "It is what happened at ProjectWEB: valid passwords of many customers, used from one place to take their documents.",
            "多数の顧客の正規のパスワードが1か所から使われ、文書が持ち出された事例と同じ形です。",
        ),
        innocent: Text::fixed(
            "An integrator that works for several customers from a new office: declare it as an own network.",
            "新拠点から複数の顧客の作業を行うSI事業者(自組織ネットワークとして設定してください)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in and audit logs with account, organisation, document and client address.",
                "アカウント・組織・文書・接続元アドレスを記録した認証ログと監査ログ。",
            ),
        },
        attack: &["T1199", "T1213"],
        severity: Severity::Critical,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        if let Some(verdict) = missing_successes(context, words) {
            return verdict;
        }
        if context.baseline.activities.acts == 0 {
            let reason = Text::fixed(
                "No record in these logs says that an account took a document.",
                "アカウントによる文書の取得の記録がありません。",
            );
            return unevaluable(reason, words);
        }
        let findings = strangers(context).into_iter().filter_map(|(network, mut of)| {
            of.retain(|(_, pair, _)| pair.taken > 0);
            let start =
                of.iter().filter_map(|(_, pair, _)| pair.taken_span).map(|span| span.0).min();
            let soon = |first: i64| start.is_some_and(|start| first - start <= DAYS * DAY_SECS);
            of.retain(|(_, pair, _)| pair.taken_span.is_some_and(|span| soon(span.0)));
            let tenants: BTreeSet<_> =
                of.iter().filter_map(|(_, pair, _)| pair.organisation.as_deref()).collect();
            (tenants.len() >= 2).then(|| finding(network, &of))
        });
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

fn finding(network: Network, of: &[super::a12_many_organisations::Stranger<'_>]) -> Finding {
    let taken: u64 = of.iter().map(|(_, pair, _)| pair.taken).sum();
    let spans = of.iter().filter_map(|(_, pair, _)| pair.taken_span);
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (first, last) = span.map(stated).unwrap_or_default();
    let mut marks: Vec<_> =
        of.iter().flat_map(|(_, pair, _)| pair.taken_first.iter().copied()).collect();
    marks.sort_unstable();
    let (names, tenants) = (accounts(of.iter().map(|(_, pair, _)| *pair)), organisations(of));
    Finding {
        severity: Severity::Critical,
        confidence: Confidence::Moderate,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: taken,
        reason: Text::new(
            format!(
                "{taken} documents taken with accounts to which the network is new: {names}. Organisations: {tenants}."
            ),
            format!(
                "このネットワークを使ったことのないアカウント({names})により{taken}件の文書を取得。組織:{tenants}。"
            ),
        ),
        scope: scope(of.iter().map(|(key, _, _)| *key), What::TAKEN),
        places: marks.into_iter().map(place).collect(),
        speaks_to: vec![
            (Question::Q1, State::Likely),
            (Question::Q3, State::Likely),
            (Question::Q4, State::Likely),
            (Question::Q6, State::Likely),
        ],
        ..Tenants::CARD.finding(Text::new(
            format!("{network} took {taken} documents of several organisations"),
            format!("{network} が複数組織の文書{taken}件を取得"),
        ))
    }
}
