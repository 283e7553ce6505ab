//! Whose data the findings are about: the parties that accounts reached while a finding says that
//! somebody else may have been at work with them, with what was done counted apart.
//!
//! A finding names accounts, or accounts in networks. What these did counts by whole days: on the
//! day that the finding is about; from its first record on, where it names accounts in networks;
//! else on the days on which its records are. Where it is about some hours of a day, the parties
//! reached at other times only are left out.

use super::{Baseline, Finding, Prepared, rfc3339};
use crate::base::{Fingerprint, Instant, Merge, Text, grouped};
use crate::baseline::activity::{Acts, Owner, Touched};
use crate::detect::Declared;
use crate::finding::{Question, State};
use crate::report::{Affected, PartyKind};
use std::collections::{BTreeMap, BTreeSet};

/// Days of accounts in networks whose acts are counted, each with the parties that are.
pub(in crate::engine) type Counted = BTreeMap<(Fingerprint, i32), BTreeSet<Fingerprint>>;

/// A party by what it is: kind, name in small letters, and what it lies within.
type PartyKey = (PartyKind, String, String);

/// The affected parties, what of the logs was counted for them, and what was not.
#[derive(Default)]
pub(super) struct AffectedParties {
    pub(super) parties: Vec<Affected>,
    pub(super) counted: Counted,
    pub(super) bounds: Vec<Text>,
}

/// What findings say of whose data was reached.
pub(super) fn affected(
    findings: &[Finding],
    baseline: &Baseline,
    prepared: &Prepared,
) -> AffectedParties {
    let carrying: Vec<_> = findings.iter().filter(|finding| carries(finding)).collect();
    let mut gathered = Gathered::default();
    for (key, touched) in baseline.activities.touched.sorted() {
        for (day, acts) in &touched.days {
            let of: Vec<&Finding> = carrying
                .iter()
                .copied()
                .filter(|finding| is_about(finding, key, touched, (*day, acts.all.span)))
                .collect();
            if of.is_empty() {
                continue;
            }
            gathered.left_out += acts.left_out();
            let counted = gathered.counted.entry((key, *day)).or_default();
            for (party, acts) in &acts.parties {
                let reaching: Vec<&str> =
                    of.iter().filter(|of| reaches(of, acts.span)).map(|of| &*of.id).collect();
                let owner = baseline.activities.owners.get(*party);
                if let Some(owner) = owner.filter(|_| !reaching.is_empty()) {
                    counted.insert(*party);
                    gathered.parties.add(owner, *acts, &reaching);
                }
            }
        }
    }
    let bounds = gathered.bounds(baseline);
    let parties = gathered.parties.listed(&prepared.meant.declared);
    AffectedParties { parties, bounds, counted: gathered.counted }
}

/// Whether a finding says that what its accounts did may have been done by somebody else.
fn carries(finding: &Finding) -> bool {
    let speaks = finding.speaks_to.iter().any(|(question, state)| {
        matches!(question, Question::Q1 | Question::Q4 | Question::Q6)
            && matches!(state, State::Confirmed | State::Likely | State::Possible)
    });
    speaks && finding.scope.acted.is_some()
}

/// Whether a finding is about what an account did from a network on a day.
fn is_about(
    finding: &Finding,
    key: Fingerprint,
    touched: &Touched,
    (day, span): (i32, Option<(Instant, Instant)>),
) -> bool {
    let Some(acted) = &finding.scope.acted else { return false };
    let is_pair = acted.groups.contains(&key);
    if !is_pair && !acted.groups.contains(&touched.account) {
        return false;
    }
    if let Some(of) = finding.scope.day {
        return of == day;
    }
    let Some((first, last)) = span else { return false };
    let at =
        |text: &Option<String>| Some(text.as_ref()?.parse::<jiff::Timestamp>().ok()?.as_second());
    let from = at(&finding.first).unwrap_or(Instant::MIN);
    let until = if is_pair { Instant::MAX } else { at(&finding.last).unwrap_or(Instant::MAX) };
    first <= until && last >= from
}

/// Whether a finding that is about some hours of a day is about what was done to a party then.
fn reaches(finding: &Finding, span: Option<(Instant, Instant)>) -> bool {
    let of_day = finding.scope.span.filter(|_| finding.scope.day.is_some());
    of_day.zip(span).is_none_or(|(of, span)| span.0 <= of.1 && span.1 >= of.0)
}

#[derive(Default)]
struct Gathered {
    parties: Parties,
    counted: Counted,
    /// Records about parties that are not kept apart.
    left_out: u64,
}

impl Gathered {
    fn bounds(&self, baseline: &Baseline) -> Vec<Text> {
        let mut bounds = Vec::new();
        if self.left_out > 0 {
            bounds.push(Text::new(
                format!(
                    "Of days with more than 64 parties, {} records are not among those counted for affected parties.",
                    grouped(self.left_out)
                ),
                format!(
                    "1日に64を超える関係先がある場合、影響を受けた関係先の件数に{}件の記録が含まれていません。",
                    grouped(self.left_out)
                ),
            ));
        }
        let activities = &baseline.activities;
        let one_in = activities.touched.one_in().max(activities.owners.one_in());
        if one_in > 1 {
            bounds.push(Text::new(
                format!("Affected parties are known for one in {one_in} accounts or parties only: there are more than can be held."),
                format!("影響を受けた関係先を把握できたのは、アカウントまたは関係先の{one_in}件に1件のみです(保持できる上限を超過)。"),
            ));
        }
        bounds
    }
}

/// Parties with what was done to their data.
#[derive(Default)]
struct Parties(BTreeMap<PartyKey, Party>);

struct Party {
    name: String,
    within: Option<String>,
    acts: Acts,
    findings: BTreeSet<String>,
}

impl Parties {
    fn add(&mut self, owner: &Owner, acts: Acts, findings: &[&str]) {
        for (kind, name, within) in names(owner) {
            let key = (kind, name.to_lowercase(), within.unwrap_or_default().to_lowercase());
            let party = self.0.entry(key).or_insert_with(|| Party {
                name: name.to_owned(),
                within: within.map(str::to_owned),
                acts: Acts::default(),
                findings: BTreeSet::new(),
            });
            party.acts.merge(acts);
            party.findings.extend(findings.iter().map(|id| (*id).to_owned()));
        }
    }

    fn listed(self, declared: &Declared) -> Vec<Affected> {
        let listed = self.0.into_iter().enumerate().map(|(at, ((kind, ..), party))| {
            let [viewed, searched, listed, downloaded, exported] = party.acts.records;
            Affected {
                id: format!("party-{}", at + 1),
                kind,
                is_own: kind == PartyKind::Domain && declared.is_own_domain(&party.name),
                name: party.name,
                within: party.within,
                viewed,
                searched,
                listed,
                downloaded,
                exported,
                first: party.acts.span.map(|span| rfc3339(span.0)),
                last: party.acts.span.map(|span| rfc3339(span.1)),
                findings: party.findings.into_iter().collect(),
            }
        });
        listed.collect()
    }
}

/// The parties that an owner is, each with what it lies within.
fn names(owner: &Owner) -> impl Iterator<Item = (PartyKind, &str, Option<&str>)> {
    let (tenant, domain) = (owner.tenant.as_deref(), owner.domain.as_deref());
    let of_domain = domain.map(|name| (PartyKind::Domain, name, None));
    let of_tenant = tenant.map(|name| (PartyKind::Tenant, name, None));
    let project = owner.project.as_deref();
    let of_project = project.map(|name| (PartyKind::Project, name, tenant.or(domain)));
    [of_domain, of_tenant, of_project].into_iter().flatten()
}

/// Whether records about an owner are counted for a party.
pub(in crate::engine) fn is_of(owner: &Owner, party: &Affected) -> bool {
    let is_same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    names(owner).any(|(kind, name, within)| {
        kind == party.kind
            && is_same(name, &party.name)
            && is_same(within.unwrap_or_default(), party.within.as_deref().unwrap_or_default())
    })
}
