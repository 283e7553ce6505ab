//! Findings about the same account or network, within a day of one another, are one incident.
//!
//! Only what tells parties apart joins: a network that is declared as an own one, or that several
//! accounts use habitually, joins nothing, nor does one that the account itself knows. Attempts
//! that failed join nothing either.

use crate::base::{Arrange, Gather, Instant, Text, visible};
use crate::baseline::activity::{Activities, Novelty};
use crate::detect::Declared;
use crate::finding::{Finding, Severity, Subject, SubjectKind, Tactic};
use crate::judge::activity::Network;
use crate::report::{Incident, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds between findings that belong together, at most.
const WINDOW: i64 = 86_400;
/// Accounts that use a network habitually, from which on it is one that many share.
const SHARED: usize = 3;
/// Names in a title.
const NAMES: usize = 3;

/// What findings have in common. Accounts are the same in whichever case they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Account(String),
    Network(Network),
}

/// A finding in time, with what may join it to others.
struct Member<'a> {
    finding: &'a Finding,
    span: (Instant, Instant),
    keys: BTreeSet<Key>,
}

/// The incidents of a report, the most severe first.
pub(super) fn incidents(
    findings: &[Finding],
    activities: &Activities,
    declared: &Declared,
) -> Vec<Incident> {
    let known = KnownParties::new(activities, declared);
    let mut members: Vec<_> = findings.iter().filter_map(|found| known.member(found)).collect();
    members.arrange_by_key(|member| member.span.0);
    let mut incidents: Vec<_> = joined(&members).iter().filter_map(|of| incident(of)).collect();
    incidents.arrange_by(|a, b| (b.severity, &a.first, &a.id).cmp(&(a.severity, &b.first, &b.id)));
    for (at, incident) in incidents.iter_mut().enumerate() {
        incident.id = format!("incident-{}", at + 1);
    }
    incidents
}

/// What the logs tell of accounts and networks.
struct KnownParties<'a> {
    activities: &'a Activities,
    declared: &'a Declared,
    by_name: BTreeMap<String, crate::base::Fingerprint>,
    /// Accounts that use a network habitually.
    habitual: BTreeMap<Network, usize>,
}

impl<'a> KnownParties<'a> {
    fn new(activities: &'a Activities, declared: &'a Declared) -> Self {
        let accounts = activities.accounts.sorted();
        let by_name =
            accounts.iter().map(|(key, stats)| (stats.name.to_lowercase(), *key)).gather();
        let mut habitual = BTreeMap::new();
        for (_, pair) in activities.pairs.sorted() {
            let stats = activities.accounts.get(pair.account);
            if stats.is_some_and(|stats| stats.is_habitual(pair.network)) {
                *habitual.entry(pair.network).or_default() += 1;
            }
        }
        Self { activities, declared, by_name, habitual }
    }

    fn member<'f>(&self, finding: &'f Finding) -> Option<Member<'f>> {
        if finding.severity == Severity::Info {
            return None;
        }
        let at = |text: &Option<String>| text.as_ref()?.parse::<jiff::Timestamp>().ok();
        let span = (at(&finding.first)?.as_second(), at(&finding.last)?.as_second());
        let mut keys = match finding.subject.kind {
            SubjectKind::Account => self.of_account(&finding.subject.value, span),
            SubjectKind::Address => self.of_network(finding, span),
            SubjectKind::LogSource | SubjectKind::Indicator => BTreeSet::new(),
        };
        keys.retain(|key| !self.is_shared(key));
        (!keys.is_empty()).then_some(Member { finding, span, keys })
    }

    fn is_shared(&self, key: &Key) -> bool {
        let Key::Network(network) = key else { return false };
        self.declared.owns(*network)
            || self.habitual.get(network).is_some_and(|accounts| *accounts >= SHARED)
    }

    /// An account, and the networks new to it from which it came within the day before or
    /// meanwhile.
    fn of_account(&self, name: &str, (from, until): (Instant, Instant)) -> BTreeSet<Key> {
        let name = name.to_lowercase();
        let key = self.by_name.get(&name).copied();
        let stats = key.and_then(|key| self.activities.accounts.get(key));
        let arrivals = stats.into_iter().flat_map(|stats| stats.arrivals(from - WINDOW, until));
        let new = arrivals.filter(|(network, day)| {
            let novelty = |key| self.activities.novelty(key, *network, day.first.0, day.day);
            key.map(novelty) == Some(Novelty::New)
        });
        let mut keys: BTreeSet<_> = new.map(|(network, _)| Key::Network(network)).gather();
        keys.insert(Key::Account(name));
        keys
    }

    /// A network, and the accounts that the finding is about and that it got into, where they do
    /// not know it.
    fn of_network(&self, finding: &Finding, (from, until): (Instant, Instant)) -> BTreeSet<Key> {
        let address = finding.subject.value.split('/').next().unwrap_or_default();
        let Some(network) = Network::of(address.as_bytes()) else { return BTreeSet::new() };
        // Without kinds, it rests on none of what they did.
        let rested_on = finding.scope.acted.iter().filter(|acted| acted.kinds != 0);
        let groups = rested_on.flat_map(|acted| &acted.groups);
        let pairs = groups.filter_map(|key| self.activities.pairs.get(*key));
        let entered = pairs.filter(|pair| {
            let day = pair.signed_in_within(from, until + WINDOW);
            day.is_some_and(|day| {
                let at = day.first.0;
                self.activities.novelty(pair.account, network, at, day.day) != Novelty::Known
            })
        });
        let mut keys: BTreeSet<_> =
            entered.map(|pair| Key::Account(pair.name.to_lowercase())).gather();
        keys.insert(Key::Network(network));
        keys
    }
}

/// Groups of members that have a key in common within the window, each in order of time.
fn joined<'m, 'f>(members: &'m [Member<'f>]) -> Vec<Vec<&'m Member<'f>>> {
    let mut of: Vec<usize> = (0..members.len()).collect();
    let mut latest = BTreeMap::<&Key, (Instant, usize)>::new();
    for (at, member) in members.iter().enumerate() {
        for key in &member.keys {
            let (reach, before) = latest.get(key).copied().unwrap_or((Instant::MIN, at));
            if member.span.0.saturating_sub(WINDOW) <= reach {
                let (a, b) = (root(&mut of, before), root(&mut of, at));
                of[a.max(b)] = a.min(b);
            }
            latest.insert(key, (reach.max(member.span.1), at));
        }
    }
    let mut groups = BTreeMap::<usize, Vec<&Member<'_>>>::new();
    for (at, member) in members.iter().enumerate() {
        groups.entry(root(&mut of, at)).or_default().push(member);
    }
    groups.into_values().collect()
}

/// The first of the group that a member is in.
fn root(of: &mut [usize], mut at: usize) -> usize {
    while of[at] != at {
        of[at] = of[of[at]];
        at = of[at];
    }
    at
}

/// An incident of findings that belong together: of two kinds at least, or else their list says it
/// already.
fn incident(members: &[&Member<'_>]) -> Option<Incident> {
    let kinds: BTreeSet<_> =
        members.iter().map(|one| (&one.finding.detector, &one.finding.rule)).gather();
    if kinds.len() < 2 {
        return None;
    }
    let story: Vec<Step> = members.iter().filter_map(|member| step(member.finding)).collect();
    let worst = members.iter().map(|member| member.finding.severity).max()?;
    let groups: Vec<String> = groups(members).into_iter().collect();
    let is_raised = groups.len() > 1 && worst < Severity::Critical;
    let joined_by = joined_by(members);
    Some(Incident {
        id: members.first()?.finding.id.clone(),
        title: title(&joined_by, &story),
        severity: if is_raised { raised(worst) } else { worst },
        first: story.first()?.at.clone(),
        last: members.iter().filter_map(|member| member.finding.last.clone()).max()?,
        reason: reason(&groups, is_raised),
        joined_by,
        groups,
        story,
    })
}

/// Groups of detections that speak by themselves. Rules may match what a detection found as well,
/// and are no group of their own.
fn groups(members: &[&Member<'_>]) -> BTreeSet<String> {
    let speaking = members.iter().filter(|member| member.finding.severity >= Severity::Medium);
    let detectors = speaking.map(|member| &member.finding.detector);
    detectors
        .filter(|id| id.starts_with(|letter: char| letter.is_ascii_uppercase()))
        .filter_map(|id| id.get(..1))
        .map(str::to_owned)
        .gather()
}

const fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::Info => Severity::Low,
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

fn step(finding: &Finding) -> Option<Step> {
    Some(Step {
        at: finding.first.clone()?,
        finding: finding.id.clone(),
        tactic: finding.attack.iter().find_map(|technique| Tactic::of(technique)),
    })
}

/// What two findings or more have in common, accounts first.
fn joined_by(members: &[&Member<'_>]) -> Vec<Subject> {
    let mut counts = BTreeMap::<&Key, u32>::new();
    for key in members.iter().flat_map(|member| &member.keys) {
        *counts.entry(key).or_default() += 1;
    }
    let shared = counts.into_iter().filter(|(_, count)| *count > 1);
    let subject = |key: &Key| match key {
        Key::Account(name) => Subject { kind: SubjectKind::Account, value: name.clone() },
        Key::Network(of) => Subject { kind: SubjectKind::Address, value: of.to_string() },
    };
    shared.map(|(key, _)| subject(key)).collect()
}

fn title(joined_by: &[Subject], story: &[Step]) -> Text {
    let shown: Vec<_> = joined_by.iter().take(NAMES).map(|one| visible(&one.value)).collect();
    let more = joined_by.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    let mut tactics: Vec<&Tactic> = Vec::new();
    for tactic in story.iter().filter_map(|step| step.tactic.as_ref()) {
        if !tactics.contains(&tactic) {
            tactics.push(tactic);
        }
    }
    let names = |pick: fn(&Tactic) -> &str| {
        tactics.iter().map(|tactic| pick(tactic)).collect::<Vec<_>>().join(" → ")
    };
    Text::new(
        format!("{}{more}: {}", shown.join(", "), names(|tactic| &tactic.name.en)),
        format!("{}{more}:{}", shown.join("、"), names(|tactic| &tactic.name.ja)),
    )
}

fn reason(groups: &[String], is_raised: bool) -> Text {
    let joined = Text::fixed(
        "These findings concern the same account or network, each within 24 hours of another.",
        "同一のアカウントまたはネットワークに関する検知で、互いに24時間以内に発生しています。",
    );
    if !is_raised {
        return joined;
    }
    let letters = groups.join(", ");
    Text::new(
        format!(
            "{} Groups {letters} of the detections meet here, so that it is rated one step above its most severe finding.",
            joined.en
        ),
        format!(
            "{}異なる検知群({letters})が重なるため、最も重大な検知より1段階高く評価しています。",
            joined.ja
        ),
    )
}
