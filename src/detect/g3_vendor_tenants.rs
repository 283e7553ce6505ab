//! G3: an account that works for several organisations goes to more of them, from a new network.

use super::accounts::{novelty, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Gather, Text, visible};
use crate::baseline::activity::{Activities, DayUse, Novelty, Pair};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::What;
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct VendorTenants;

/// Accounts of one organisation that make a project its own.
const OWN: usize = 3;
/// Organisations whose projects are touched.
const TENANTS: usize = 3;
/// Projects that the account never used elsewhere.
const NEW_PROJECTS: usize = 3;

impl Detector for VendorTenants {
    type Partial = ();

    const CARD: Card = Card {
        id: "G3",
        name: Text::fixed("Vendor's account across organisations", "委託先アカウントの組織横断"),
        what: Text::fixed(
            "From a network new to it, an account of an organisation that has no projects of its own (or a declared vendor's) takes or reads documents in projects of 3 organisations or more, more than from all its other networks together, 3 or more of the projects never used before. A project is that of the organisation of most of its accounts, 3 or more.",
            "自らのプロジェクトを持たない組織のアカウント(または設定された委託先アカウント)が、新しいネットワークから、他のネットワークからの合計を超える3組織以上のプロジェクトの文書を取得・閲覧し、うち3以上のプロジェクトが初めてのもの。プロジェクトの所属は、最も多い(3以上の)アカウントの組織とします。",
        ),
        why: Text::fixed(
            "Vendors hold the keys of many customers. Who takes over one of their accounts looks at all of these.",
            "委託先は多数の顧客への権限を持つため、そのアカウントを奪った者は顧客を横断して探索します。",
        ),
        innocent: Text::fixed(
            "An engineer at home who repairs something at all customers: ask the vendor.",
            "在宅の技術者による全顧客への一斉対応(委託先に確認してください)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, organisation, project, action and client address, over a week or more.",
                "アカウント・組織・プロジェクト・操作・接続元アドレスを記録した1週間以上の監査ログ。",
            ),
        },
        attack: &["T1199"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let owners = Owners::of(&context.baseline.activities);
        if owners.of_project.is_empty() {
            let reason = Text::fixed(
                "These logs do not say of enough documents which project and organisation they belong to.",
                "文書のプロジェクト・組織の記録が不足しています。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut by_account = BTreeMap::<Fingerprint, Vec<(Fingerprint, &Pair)>>::new();
        for (key, pair) in context.baseline.activities.pairs.sorted() {
            by_account.entry(pair.account).or_default().push((key, pair));
        }
        let offices = context.baseline.activities.offices();
        let mut findings = Vec::new();
        for pairs in by_account.values() {
            for (key, pair) in pairs.iter().filter(|(_, pair)| !offices.contains(&pair.network)) {
                let others = || pairs.iter().filter(|(other, _)| other != key);
                let known: BTreeSet<_> =
                    others().flat_map(|(_, pair)| pair.projects.kept().iter().copied()).gather();
                if is_vendor(pair, &owners, context) && is_new(pair, context) {
                    findings.extend(judged(*key, pair, &known, &owners));
                }
            }
        }
        findings.arrange_by(|a: &Finding, b| a.subject.value.cmp(&b.subject.value));
        Verdict { findings, ..Verdict::default() }
    }
}

/// Which projects belong to whom, as far as accounts tell.
struct Owners<'a> {
    of_project: BTreeMap<Fingerprint, &'a str>,
    owning: BTreeSet<&'a str>,
}

impl<'a> Owners<'a> {
    fn of(activities: &'a Activities) -> Self {
        let mut workers = BTreeMap::<(Fingerprint, &str), BTreeSet<Fingerprint>>::new();
        for (_, pair) in activities.pairs.sorted() {
            let Some(organisation) = pair.organisation.as_deref() else { continue };
            for project in pair.projects.kept() {
                workers.entry((*project, organisation)).or_default().insert(pair.account);
            }
        }
        let mut most = BTreeMap::<Fingerprint, (usize, &str)>::new();
        let own = workers.iter().filter(|(_, accounts)| accounts.len() >= OWN);
        for ((project, organisation), accounts) in own {
            let this = (accounts.len(), *organisation);
            let known = most.entry(*project).or_insert(this);
            *known = this.max(*known);
        }
        let of_project: BTreeMap<_, _> =
            most.into_iter().map(|(project, (_, organisation))| (project, organisation)).gather();
        let owning = of_project.values().copied().collect();
        Self { of_project, owning }
    }

    fn tenants<'p>(&self, projects: impl Iterator<Item = &'p Fingerprint>) -> BTreeSet<&'a str> {
        projects.filter_map(|project| self.of_project.get(project).copied()).gather()
    }
}

fn is_vendor(pair: &Pair, owners: &Owners<'_>, context: &Conclusion<'_>) -> bool {
    let is_without = |name: &str| !owners.owning.contains(name);
    context.declared.is_vendor(&pair.name) || pair.organisation.as_deref().is_some_and(is_without)
}

fn is_new(pair: &Pair, context: &Conclusion<'_>) -> bool {
    let first = pair.signed_in().or_else(|| {
        let first = pair.first_use()?;
        Some(DayUse { day: day_of(first.0, 0), first })
    });
    first.is_some_and(|first| novelty(context, pair.account, pair.network, first) == Novelty::New)
}

fn judged(
    key: Fingerprint,
    pair: &Pair,
    known: &BTreeSet<Fingerprint>,
    owners: &Owners<'_>,
) -> Option<Finding> {
    let tenants = owners.tenants(pair.projects.kept().iter());
    let usual = owners.tenants(known.iter()).len();
    let new = pair.projects.kept().iter().filter(|project| !known.contains(*project)).count();
    if tenants.len() < TENANTS || tenants.len() <= usual || new < NEW_PROJECTS {
        return None;
    }
    let (first, last) = pair.acts_span.map(stated).unwrap_or_default();
    let (name, count, network) = (visible(&pair.name), tenants.len(), pair.network);
    let names = tenants.iter().take(5).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    Some(Finding {
        severity: Severity::High,
        confidence: Confidence::Moderate,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: pair.name.to_string() },
        first,
        last,
        count: pair.acts,
        reason: Text::new(
            format!(
                "From {network}, which is new to the account: projects of {count} organisations ({names}), of {usual} from all its other networks; {new} projects never used before; {} documents taken, {} records in all.",
                pair.taken, pair.acts
            ),
            format!(
                "当該アカウントにとって新しい {network} から、{count}組織({names})のプロジェクトを操作(他のネットワークからは計{usual}組織)。初めてのプロジェクト{new}件、取得した文書{}件、記録計{}件。",
                pair.taken, pair.acts
            ),
        ),
        scope: scope([key], What::TAKEN | What::READ),
        places: pair.acts_first.iter().copied().map(place).collect(),
        speaks_to: vec![
            (Question::Q1, State::Likely),
            (Question::Q3, State::Likely),
            (Question::Q4, State::Likely),
            (Question::Q6, State::Likely),
        ],
        ..VendorTenants::CARD.finding(Text::new(
            format!(
                "{name}, who works for others, went to {count} organisations from a new network"
            ),
            format!("委託先とみられる {name} が新しいネットワークから{count}組織にアクセス"),
        ))
    })
}
