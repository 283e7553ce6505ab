//! A5: an account from a country where it never was, or from servers for hire.

use super::accounts::{Named, missing_successes, novelty};
use super::places::{about, kind, missing_table, named};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::networks::{About, NetworkKind};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{HABIT, Mark, Novelty, Pair};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct NewPlace;

/// Other accounts from which on a country or an owner is usual here.
const USUAL: usize = 3;

impl Detector for NewPlace {
    type Partial = ();

    const CARD: Card = Card {
        id: "A5",
        name: Text::fixed("New country or hosting", "新しい国・ホスティング事業者からのサインイン"),
        what: Text::fixed(
            "A sign-in from a network new to the account, in a country from which the account never came before and fewer than three others come on three days or more; or in a network of hosting, a VPN, a proxy or Tor whose owner fewer than three others come by on three days or more. Low; medium from hosting, and where country and such a network meet.",
            "当該アカウントにとって新しいネットワークからのサインインで、過去に使用のない国(3日以上使用する他のアカウントが3未満)からのもの、またはホスティング・VPN・プロキシ・Torのネットワーク(同じ所有者を3日以上使用する他のアカウントが3未満)からのもの。通常は低、ホスティングからの場合、および新しい国とこれらのネットワークが重なる場合は中とします。",
        ),
        why: Text::fixed(
            "Who has stolen a password seldom sits where its owner does, and often works by servers that are hired.",
            "盗んだパスワードの利用者が本人と同じ場所にいることは少なく、借りたサーバーを経由することも多くあります。",
        ),
        innocent: Text::fixed(
            "A journey, a new provider, a private VPN, a wrong entry in the table.",
            "出張、通信事業者の変更、個人契約のVPN、表の誤り。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in logs with account and client address over a week or more, and a table of networks with their countries or owners (--networks, or given with the logs).",
                "アカウント・接続元アドレスを記録した1週間以上の認証ログ、およびネットワークと国または所有者の対応表(--networksで指定、またはログとともに投入)。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Low,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        let missing = missing_table(context, words).or_else(|| missing_successes(context, words));
        if let Some(verdict) = missing {
            return verdict;
        }
        let mut used = Used::default();
        let mut by_account = BTreeMap::<Fingerprint, Vec<(Fingerprint, Mark, &Pair)>>::new();
        for (key, pair) in context.baseline.activities.pairs.sorted() {
            let Some(first) = pair.first_use() else { continue };
            if let Some(about) = about(context, pair.network) {
                used.note(pair, about);
            }
            by_account.entry(pair.account).or_default().push((key, first, pair));
        }
        let mut findings = Vec::new();
        for pairs in by_account.values_mut() {
            pairs.arrange_by_key(|(key, first, _)| (*first, *key));
            let mut countries = BTreeSet::new();
            for (key, _, pair) in pairs.iter() {
                let Some(about) = about(context, pair.network) else { continue };
                let is_new_country = about
                    .country
                    .is_some_and(|of| !countries.is_empty() && !countries.contains(&of));
                countries.extend(about.country);
                findings.extend(judged(context, (*key, pair), about, (is_new_country, &used)));
            }
        }
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, ..Verdict::default() }
    }
}

/// On which days accounts come from each country and by each owner.
#[derive(Default)]
struct Used<'a> {
    countries: BTreeMap<[u8; 2], Days>,
    owners: BTreeMap<(Option<u32>, Option<&'a str>), Days>,
}

/// Days by account.
type Days = BTreeMap<Fingerprint, BTreeSet<i32>>;

fn owner(about: &About) -> (Option<u32>, Option<&str>) {
    match (about.asn, &about.owner) {
        (None, Some(owner)) => (None, Some(owner)),
        (asn, _) => (asn, None),
    }
}

impl<'a> Used<'a> {
    fn note(&mut self, pair: &Pair, about: &'a About) {
        let add = |days: &mut Days| {
            days.entry(pair.account).or_default().extend(pair.used.iter().copied());
        };
        if let Some(country) = about.country {
            add(self.countries.entry(country).or_default());
        }
        add(self.owners.entry(owner(about)).or_default());
    }

    fn is_rare_country(&self, account: Fingerprint, about: &About) -> bool {
        let country = about.country.and_then(|country| self.countries.get(&country));
        country.is_none_or(|days| is_rare(account, days))
    }

    /// Where nobody says whose a network is, it is its own.
    fn is_rare_owner(&self, account: Fingerprint, about: &About) -> bool {
        let owner = Some(owner(about)).filter(|owner| *owner != (None, None));
        owner.and_then(|owner| self.owners.get(&owner)).is_none_or(|days| is_rare(account, days))
    }
}

/// Whether few others are used to it. Who comes for a day or two makes nothing usual: of the
/// accounts that an intruder takes over each would hide the others.
fn is_rare(account: Fingerprint, days: &Days) -> bool {
    let is_used =
        |(other, days): &(&Fingerprint, &BTreeSet<i32>)| **other != account && days.len() >= HABIT;
    days.iter().filter(is_used).count() < USUAL
}

fn judged(
    context: &Conclusion<'_>,
    (key, pair): (Fingerprint, &Pair),
    about: &About,
    (is_new_country, used): (bool, &Used<'_>),
) -> Option<Finding> {
    let day = pair.signed_in()?;
    if novelty(context, pair.account, pair.network, day) != Novelty::New {
        return None;
    }
    let is_abroad = is_new_country && used.is_rare_country(pair.account, about);
    let is_hired = about
        .kind
        .filter(|kind| *kind != NetworkKind::Mobile && used.is_rare_owner(pair.account, about));
    let severity = match (is_abroad, is_hired) {
        (_, Some(NetworkKind::Hosting)) | (true, Some(_)) => Severity::Medium,
        (true, None) | (false, Some(_)) => Severity::Low,
        (false, None) => return None,
    };
    let (name, from) = (visible(&pair.name), named(pair.network, about));
    let kind = is_hired.map(kind).unwrap_or(Text::fixed("a new country", "新しい国"));
    let (acts, taken) = (pair.acts, pair.taken);
    let told = Named {
        key,
        account: &pair.name,
        marks: pair.days.iter().map(|day| day.first).collect(),
        severity,
        title: Text::new(
            format!("{name} signed in from {from}: {}", kind.en),
            format!("{name} が {from} からサインイン({})", kind.ja),
        ),
        reason: Text::new(
            format!(
                "The network is new to the account. From there: {acts} records of documents, {taken} of them taken. Of the sign-ins, the first of two days count."
            ),
            format!(
                "このネットワークは当該アカウントにとって新しいものです。文書の記録{acts}件(うち取得{taken}件)。サインインは最初の2日の各1件を数えます。"
            ),
        ),
        speaks_to: match severity {
            Severity::Low => &[],
            _ => &[(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        },
    };
    Some(told.finding(&NewPlace::CARD))
}
