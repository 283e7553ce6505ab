//! G5: one account is used in the offices of two organisations at the same time.

use super::accounts::{Named, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Gather, Text, visible};
use crate::baseline::activity::{AccountStats, Mark};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::Network;
use std::collections::BTreeMap;

/// The detection.
pub struct TwoOrganisations;

/// Accounts at home in a network that make it an organisation's.
const AT_HOME: usize = 2;
/// Seconds in which nobody gets from one office to another.
const SOON_SECS: i64 = 900;
/// Days on which it happens, from which on the account is shared by custom.
const CUSTOM_DAYS: usize = 5;

impl Detector for TwoOrganisations {
    type Partial = ();

    const CARD: Card = Card {
        id: "G5",
        name: Text::fixed("Account used in two organisations", "2組織でのアカウントの共用"),
        what: Text::fixed(
            "Documents read, searched or taken by one account within 15 minutes in the networks of two organisations. A network is an organisation's where two other accounts or more are at home, all of that organisation. Low where it happens on five days or more: the account is shared by custom.",
            "1アカウントが15分以内に2つの組織のネットワークから文書を閲覧・検索・取得したもの。ネットワークは、他の2以上のアカウント(すべて同一組織)が常用する場合に、その組織のものとみなします。5日以上にわたる場合は、慣行による共用とみなし低とします。",
        ),
        why: Text::fixed(
            "Nobody is in two offices at once: the password is known in both, and nobody can be held to account for what was done.",
            "同時に2つの事業所にいることはできません。双方でパスワードが知られており、誰の操作かを特定できません。",
        ),
        innocent: Text::fixed(
            "An account that is shared on purpose: give each person one. A remote desktop of another organisation, a consultant's VPN.",
            "意図的な共用アカウント(個人別に分けてください)、他組織のリモートデスクトップ、委託先のVPN。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "The platform's audit log with accounts of several organisations (stated, or by the domains of their names), client address and action.",
                "複数組織のアカウント(組織の記載またはドメインで判別)・接続元アドレス・操作を記録した基盤の監査ログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let homes = homes(context);
        let names: std::collections::BTreeSet<&str> =
            homes.values().flat_map(BTreeMap::keys).copied().gather();
        if names.len() < 2 {
            let reason = Text::fixed(
                "These logs do not show the usual networks of two organisations.",
                "2つの組織の常用ネットワークを判別できる記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let accounts = context.baseline.activities.by_name();
        let found = accounts.iter().filter_map(|(key, stats)| judged(*key, stats, &homes, context));
        let mut findings: Vec<_> = found.collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, ..Verdict::default() }
    }
}

/// Accounts that are at home in each network, by organisation.
type Homes<'a> = BTreeMap<Network, BTreeMap<&'a str, Vec<Fingerprint>>>;

fn homes<'a>(context: &Conclusion<'a>) -> Homes<'a> {
    let activities = &context.baseline.activities;
    let main = activities.main_networks();
    let mut homes = Homes::new();
    for (_, pair) in activities.pairs.sorted() {
        let is_main = main.get(&pair.account).is_some_and(|(main, _)| *main == pair.network);
        // Records of one tenant may state its name here and its number there: the domain of the
        // account's name is the same in all.
        let domain = pair.name.rsplit_once('@').map(|(_, domain)| domain);
        let organisation = domain.or(pair.organisation.as_deref());
        if let (true, Some(organisation)) = (is_main, organisation) {
            let there = homes.entry(pair.network).or_default();
            there.entry(organisation).or_default().push(pair.account);
        }
    }
    homes
}

/// Whose network it is, as the other accounts tell.
fn organisation<'a>(homes: &Homes<'a>, network: Network, account: Fingerprint) -> Option<&'a str> {
    let mut others = homes.get(&network)?.iter().filter_map(|(name, accounts)| {
        let count = accounts.iter().filter(|other| **other != account).count();
        (count > 0).then_some((*name, count))
    });
    let (name, count) = others.next()?;
    (count >= AT_HOME && others.next().is_none()).then_some(name)
}

fn judged(
    key: Fingerprint,
    stats: &AccountStats,
    homes: &Homes<'_>,
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let mut days = Vec::new();
    for acts in stats.days.values() {
        let mut marks: Vec<(Mark, Network, &str)> = Vec::new();
        for (network, part) in &acts.networks {
            let of = organisation(homes, *network, key);
            let of = of.filter(|_| !context.declared.owns(*network));
            marks.extend(
                of.into_iter()
                    .flat_map(|of| part.all.first.iter().map(move |mark| (*mark, *network, of))),
            );
        }
        marks.arrange();
        let near = marks
            .windows(2)
            .find(|two| two[0].2 != two[1].2 && two[1].0.0 - two[0].0.0 <= SOON_SECS);
        days.extend(near.and_then(|two| Some((*two.first()?, *two.last()?))));
    }
    let (one, other) = *days.first()?;
    let count = days.len();
    let name = visible(&stats.name);
    let (here, there) = (visible(one.2), visible(other.2));
    let is_custom = count >= CUSTOM_DAYS;
    let named = Named {
        key,
        account: &stats.name,
        marks: days.iter().flat_map(|(a, b)| [a.0, b.0]).take(20).collect(),
        severity: if is_custom { Severity::Low } else { Severity::Medium },
        title: Text::new(
            format!("{name} was used in two organisations within 15 minutes"),
            format!("{name} が15分以内に2つの組織から使用されました"),
        ),
        reason: Text::new(
            format!("From {} of {here} and from {} of {there}; on {count} days.", one.1, other.1),
            format!("{here} の {} と {there} の {} から使用({count}日)。", one.1, other.1),
        ),
        speaks_to: if is_custom {
            &[]
        } else {
            &[(Question::Q1, State::Possible), (Question::Q6, State::Possible)]
        },
    };
    Some(named.finding(&TwoOrganisations::CARD))
}
