//! A11: a first sign-in in a way that asks for no second factor, or with a code passed on.

use super::accounts::{Named, missing_successes, new_network, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::AccountStats;
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::Method;

/// The detection.
pub struct WeakMethod;

/// One in so many accounts that use a way make it usual here.
const USUAL: usize = 5;

impl Detector for WeakMethod {
    type Partial = ();

    const CARD: Card = Card {
        id: "A11",
        name: Text::fixed(
            "Sign-in by legacy protocol or device code",
            "レガシー認証・デバイスコードによるサインイン",
        ),
        what: Text::fixed(
            "The first sign-in of an account, known for ten sign-ins over a week, by a mail protocol, by name and password handed over by a program (ROPC) or with a device code, from a network new to the account. Medium where one in five accounts or more uses that way; low from a network that the account knows.",
            "1週間以上・10回以上の記録があるアカウントによる、メールプロトコル、プログラムからのパスワード送信(ROPC)またはデバイスコードを用いた初めてのサインインで、新しいネットワークからのもの。5アカウントに1つ以上が同じ方法を使う場合は中、既知のネットワークからの場合は低とします。",
        ),
        why: Text::fixed(
            "Old protocols ask for no second factor. A device code that the owner is talked into entering signs in somebody else.",
            "古いプロトコルでは多要素認証が求められません。デバイスコードは、本人に入力させることで第三者がサインインできます。",
        ),
        innocent: Text::fixed(
            "A scanner that sends mail, an old mail program, a television in a meeting room.",
            "メール送信する複合機、古いメールソフト、会議室の表示端末。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "Sign-in logs that state the protocol or the program of each sign-in (in Entra ID, clientAppUsed or authenticationProtocol).",
                "サインインごとのプロトコルまたはクライアントの種類(Entra IDではclientAppUsed、authenticationProtocol)を記録した認証ログ。",
            ),
        },
        attack: &["T1078.004", "T1528"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        if let Some(verdict) = missing_successes(context, words) {
            return verdict;
        }
        let accounts = context.baseline.activities.by_name();
        let told: Vec<_> =
            accounts.into_iter().filter(|(_, stats)| !stats.ways.methods.is_empty()).collect();
        if told.is_empty() {
            let reason = Text::fixed(
                "No sign-in in these logs states by which protocol it was made.",
                "サインインのプロトコルが記録されていません。",
            );
            return unevaluable(reason, words);
        }
        let uses = |method| {
            let users = told.iter().filter(|(_, stats)| stats.ways.methods.contains_key(&method));
            let users = users.count();
            users >= 2 && users * USUAL >= told.len()
        };
        let mut findings = Vec::new();
        for method in [Method::Legacy, Method::DeviceCode] {
            let is_usual = uses(method);
            let one = |(key, stats): &(Fingerprint, &AccountStats)| {
                judged(*key, stats, (method, is_usual), context)
            };
            findings.extend(told.iter().filter_map(one));
        }
        Verdict { findings, ..Verdict::default() }
    }
}

fn judged(
    key: Fingerprint,
    stats: &AccountStats,
    (method, is_usual): (Method, bool),
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let from = *stats.ways.methods.get(&method)?.first.first()?;
    let (mark, network) = from;
    if !stats.has_history(mark.0) {
        return None;
    }
    let is_new = new_network(context, key, from, day_of(mark.0, 0)).is_some();
    let severity = match (is_new, is_usual) {
        (true, false) => Severity::High,
        (true, true) => Severity::Medium,
        (false, false) => Severity::Low,
        (false, true) => return None,
    };
    let (en, ja) = match method {
        Method::DeviceCode => ("with a device code", "デバイスコード"),
        _ => ("by a protocol that asks for no second factor", "多要素認証が求められない方式"),
    };
    let name = visible(&stats.name);
    let network = network.map(|network| network.to_string()).unwrap_or_default();
    let new = if is_new { NEW } else { Text::fixed("", "") };
    let state = [(Question::Q1, State::Possible), (Question::Q3, State::Possible)];
    let named = Named {
        key,
        account: &stats.name,
        marks: vec![mark],
        severity,
        title: Text::new(
            format!("{name} signed in {en} for the first time"),
            format!("{name} が初めて{ja}でサインイン"),
        ),
        reason: Text::new(
            format!("The first sign-in of this account {en}, from {network}. {}", new.en),
            format!("当該アカウントの{ja}による初めてのサインイン(接続元 {network})。{}", new.ja),
        ),
        speaks_to: if is_new { &state } else { &[] },
    };
    Some(named.finding(&WeakMethod::CARD))
}

const NEW: Text = Text::fixed(
    "The network is new to the account.",
    "このネットワークは当該アカウントにとって新しいものです。",
);
