//! C5: one network takes documents of several organisations.

use super::accounts::{DAY_SECS, missing_successes, place, scope, stated, unevaluable};
use super::parties::{self, Party};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Text};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::What;

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
            "A network that A12 would rate high, whether or not its sign-ins are recorded, and that takes or reads documents with accounts of 2 organisations or more, within 7 days or meeting again and again.",
            "A12で重大とされるネットワーク(サインイン記録の有無を問わない)が、7日以内に、または繰り返し、2組織以上のアカウントで文書を取得・閲覧したもの。",
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
        let findings = parties::parties(context)
            .into_iter()
            .filter(|party| party.signs().len() > 1)
            .filter_map(|party| takers(party, context))
            .map(|party| finding(&party));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

/// The party with those of its accounts that take or read documents, soon after the first where
/// they do not meet again.
fn takers<'a>(party: Party<'a>, context: &Conclusion<'_>) -> Option<Party<'a>> {
    let is_recurring = party.is_recurring;
    let begins = party.members.iter().filter_map(|one| one.pair.acts_span).map(|span| span.0).min();
    party.with(context, |pair| {
        pair.acts_span
            .zip(begins)
            .is_some_and(|(span, begins)| is_recurring || span.0 - begins <= DAYS * DAY_SECS)
    })
}

fn finding(party: &Party<'_>) -> Finding {
    let pairs = || party.members.iter().map(|one| one.pair);
    let (taken, acts) =
        (pairs().map(|pair| pair.taken).sum::<u64>(), pairs().map(|pair| pair.acts).sum::<u64>());
    let spans = pairs().filter_map(|pair| pair.acts_span);
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (first, last) = span.map(stated).unwrap_or_default();
    let mut marks: Vec<_> = pairs().flat_map(|pair| pair.acts_first.iter().copied()).collect();
    marks.arrange();
    let (network, telling) = (party.network, party.telling());
    let (names, tenants) = (party.names(), party.organisations());
    let signs = parties::joined(&party.signs());
    let mut speaks_to = vec![
        (Question::Q1, State::Likely),
        (Question::Q3, State::CannotDetermine),
        (Question::Q4, State::Likely),
        (Question::Q6, State::Likely),
    ];
    if telling > 0 {
        speaks_to.push((Question::Q9, State::Possible));
    }
    Finding {
        severity: Severity::Critical,
        confidence: Confidence::Moderate,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: network.to_string() },
        first,
        last,
        count: acts,
        reason: Text::new(
            format!(
                "{taken} documents taken, {acts} records with views, searches and lists, by accounts none of which is at home in this network: {names}. Organisations: {tenants}. {telling} of the documents are on systems, mail or people by their names. {}",
                signs.en
            )
            .trim_end()
            .to_owned(),
            format!(
                "このネットワークを普段使わないアカウント({names})により{taken}件の文書を取得(閲覧・検索・一覧を含む記録{acts}件)。組織:{tenants}。名称からシステム・メール・名簿に関する文書{telling}件。{}",
                signs.ja
            ),
        ),
        scope: scope(party.members.iter().map(|one| one.key), What::TAKEN | What::READ),
        places: marks.into_iter().map(place).collect(),
        speaks_to,
        ..Tenants::CARD.finding(Text::new(
            format!("{network} took or read documents of several organisations"),
            format!("{network} が複数組織の文書を取得・閲覧"),
        ))
    }
}
