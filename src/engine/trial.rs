//! Tries rules on logs that were checked: which records they match and why, and which they nearly
//! match. Correlations are told by group: what was counted, against what is asked, and which of
//! their rules matched when. Nothing of it enters a report.

use super::conclude::Concluded;
use super::exhibit::{Marking, exhibit};
use super::load::LoadedRules;
use super::plan::{Job, JobKind};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use super::rules::CheckRules;
use crate::base::{Fingerprint, Instant, Location, Seed, rfc3339};
use crate::detect::Seen;
use crate::event::Event;
use crate::finding::{Evidence, Place};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use crate::sigma::correlate::{
    Correlation, Correlations, FieldOf, GroupExplained, Notes, Predicate, explain,
};
use crate::sigma::{Explained, LogSource, Matcher, RuleIndex, RuleKind};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

/// Rules tried at most.
const RULES: usize = 50;
/// Matches kept of a rule.
const MATCHES: usize = 50;
/// Near misses kept of a rule.
const NEAR: usize = 5;
/// Records that are asked how near they come to a rule.
const COMPARED: u64 = 20_000;

/// Groups shown of a correlation that match, and of those that do not.
const GROUPS: (usize, usize) = (20, 5);
/// Records shown of a group.
const OF_GROUP: usize = 20;
/// Records kept for the groups of correlations.
const HEARD: usize = 100_000;

/// Rules as they are tried.
pub struct RuleTrial {
    of: Arc<CheckRules>,
    matcher: Matcher,
    seed: Seed,
    tried: Vec<Kept>,
    heard: HeardByCorrelations,
}

/// A record that a rule of a correlation matched: when, where, and which rule.
type Heard = (Instant, Location, RuleIndex);

/// What records say to the correlations that are tried.
#[derive(Default)]
struct HeardByCorrelations {
    notes: Notes,
    /// By correlation that is tried, the rules that it rests on.
    base: BTreeMap<RuleIndex, BTreeSet<RuleIndex>>,
    /// By correlation and group.
    records: BTreeMap<(RuleIndex, Fingerprint), Vec<Heard>>,
    kept: usize,
}

/// What is kept of a rule.
struct Kept {
    rule: RuleIndex,
    judged: u64,
    matched: u64,
    matches: Vec<Case>,
    /// Those that come nearest, the nearest first.
    near: Vec<Case>,
    compared: u64,
}

/// A record beside a rule.
struct Case {
    place: Place,
    explained: Explained,
}

/// What trying a rule has shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleTried {
    /// The rule's id.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// Whether it is about what other rules match, and so matches no record by itself.
    pub is_correlation: bool,
    /// Its log source.
    pub source: String,
    /// Records of its log source.
    pub judged: u64,
    /// Of these, those that it matches.
    pub matched: u64,
    /// The first of them.
    pub matches: Vec<RecordTried>,
    /// Of the first others, those that come nearest.
    pub near: Vec<RecordTried>,
    /// Of a correlation, the groups for which it matches, then those that come nearest.
    pub groups: Vec<GroupTried>,
    /// Of a correlation, how many groups there are for which it matches.
    pub groups_matched: u64,
}

/// A group beside a correlation, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupTried {
    /// The fields of `group-by`, each with its value.
    pub group: Vec<(String, String)>,
    /// Whether the correlation matches.
    pub holds: bool,
    /// The first second of the time that is told of: the first in which it matches, or the one that
    /// comes nearest.
    pub first: String,
    /// Its last second.
    pub last: String,
    /// What was counted, summed or found in it, as a decimal number.
    pub figure: Option<String>,
    /// What is asked of that.
    pub asked: Vec<String>,
    /// What of it does not hold.
    pub unmet: Vec<String>,
    /// Titles of rules that did not match and are asked for.
    pub absent: Vec<String>,
    /// The rules that it rests on, with how many records they matched in that time.
    pub rules: Vec<(String, u64)>,
    /// The first of these records, each with the rule's title.
    pub records: Vec<(String, Evidence)>,
    /// Whether not all of these records were kept, so that `rules` and `records` tell of the first
    /// ones only.
    pub is_cut: bool,
}

/// A record beside a rule, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordTried {
    /// The record.
    pub record: Evidence,
    /// What the rule says of it.
    pub explained: Explained,
}

impl RuleTrial {
    /// Readies rules of their own.
    pub fn new(prepared: &Prepared, loaded: LoadedRules) -> Self {
        let settings = &prepared.plan.settings.rules;
        let of = CheckRules::new(loaded, settings, &prepared.meant.reader);
        let rules = 0..of.rules.set.rules().len().min(RULES) as RuleIndex;
        Self::of(prepared, Arc::new(of), rules)
    }

    /// Readies a rule of the check, by its id.
    pub fn of_check(prepared: &Prepared, id: &str) -> Self {
        let of = Arc::clone(&prepared.rules);
        let at = of.rules.set.rules().iter().position(|rule| rule.id == id);
        Self::of(prepared, of, at.map(|at| at as RuleIndex).into_iter())
    }

    /// Readies what says of a single record why it is under a finding of a rule of the check: the
    /// rule, or, of a correlation, the rules that it rests on.
    pub fn of_record(prepared: &Prepared, id: &str) -> Self {
        let of = Arc::clone(&prepared.rules);
        let at = of.rules.set.rules().iter().position(|rule| rule.id == id);
        let rule = at.map(|at| at as RuleIndex);
        let mut rules = BTreeSet::from_iter(rule);
        let correlations = of.rules.correlations();
        if let Some(rule) = rule.filter(|rule| correlations.of_rule(*rule).is_some()) {
            rules = correlations.base_of(rule);
        }
        Self::of(prepared, of, rules.into_iter())
    }

    fn of(
        prepared: &Prepared,
        of: Arc<CheckRules>,
        rules: impl Iterator<Item = RuleIndex>,
    ) -> Self {
        let matcher = Matcher::new(Arc::clone(&of.rules.set), prepared.plan.seed());
        let tried: Vec<RuleIndex> = rules.collect();
        let correlations = of.rules.correlations();
        let is_one = |rule: &&RuleIndex| correlations.of_rule(**rule).is_some();
        let base = tried.iter().filter(is_one).map(|rule| (*rule, correlations.base_of(*rule)));
        let heard = HeardByCorrelations { base: base.collect(), ..Default::default() };
        let kept = |rule| Kept {
            rule,
            judged: 0,
            matched: 0,
            matches: Vec::new(),
            near: Vec::new(),
            compared: 0,
        };
        let tried = tried.into_iter().map(kept).collect();
        Self { of, matcher, seed: prepared.plan.seed(), tried, heard }
    }

    /// The jobs of a check that read a record.
    pub fn jobs_of(prepared: &Prepared, stream: u32, offset: u64) -> Vec<&Job> {
        let Some(of) = prepared.stream(stream) else { return Vec::new() };
        let reads = |job: &&Job| {
            let is_here = job.stream == stream && (job.start..job.end).contains(&offset);
            job.kind == JobKind::Scan && job.source == of.of && (is_here || !of.can_be_cut())
        };
        prepared.plan.jobs.iter().filter(reads).collect()
    }

    /// Tries the rules on the records of a job for which `keep` holds. Jobs come in the order of
    /// their streams.
    pub fn run(
        &mut self,
        prepared: &Prepared,
        job: &Job,
        source: &dyn ReadAt,
        keep: &dyn Fn(&Location) -> bool,
        progress: &mut dyn FnMut(u64),
    ) {
        if job.kind == JobKind::Scan {
            let mut trying = Trying { trial: self, keep };
            read_job(prepared, job, source, &mut Memory::default(), &mut trying, progress);
        }
    }
}

/// A trial while it reads.
struct Trying<'t> {
    trial: &'t mut RuleTrial,
    keep: &'t dyn Fn(&Location) -> bool,
}

impl Visitor for Trying<'_> {
    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        let RuleTrial { of, matcher, seed, tried, heard } = &mut *self.trial;
        let Some(source) = of.sources.get(usize::from(format)) else { return };
        if !(self.keep)(&event.location) {
            return;
        }
        let matched = matcher.matches(event, source).to_vec();
        if matcher.was_judged() {
            for kept in tried {
                kept.take(of, event, source, matched.contains(&kept.rule));
            }
            let field = |name: &str| {
                let values = matcher.values(event, source, name);
                values.first().copied().map(Cow::Borrowed)
            };
            heard.take(of.rules.correlations(), &matched, event, &field, *seed);
        }
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

impl HeardByCorrelations {
    fn take(
        &mut self,
        correlations: &Correlations,
        matched: &[RuleIndex],
        event: &Event<'_>,
        field: FieldOf<'_>,
        seed: Seed,
    ) {
        let is_heard = |rule: &RuleIndex| self.base.values().any(|base| base.contains(rule));
        if !matched.iter().any(is_heard) {
            return;
        }
        let at = event.time.stamp().map(|stamp| stamp.at);
        self.notes.observe(correlations, matched, (at, event.location), field, seed);
        let Some(at) = at else { return };
        for (correlation, group) in correlations.groups(matched, field, seed) {
            let Some(base) = self.base.get(&correlation) else { continue };
            for rule in matched.iter().filter(|rule| base.contains(rule)) {
                if self.kept < HEARD {
                    let records = self.records.entry((correlation, group)).or_default();
                    records.push((at, event.location, *rule));
                }
                self.kept += 1;
            }
        }
    }
}

impl Kept {
    fn take(&mut self, of: &CheckRules, event: &Event<'_>, source: &LogSource, is_match: bool) {
        let set = &of.rules.set;
        if !set.is_about(self.rule, event, source) {
            return;
        }
        self.judged += 1;
        self.matched += u64::from(is_match);
        let is_wanted = match is_match {
            true => self.matches.len() < MATCHES,
            false => self.compared < COMPARED,
        };
        self.compared += u64::from(!is_match);
        if let Some(explained) = is_wanted.then(|| set.explain(self.rule, event, source)).flatten()
        {
            let at = event.time.stamp().map(|stamp| stamp.at);
            let case = Case { place: (at, event.location), explained };
            match is_match {
                true => self.matches.push(case),
                false => self.note_near(case),
            }
        }
    }

    fn note_near(&mut self, case: Case) {
        let off = case.explained.parts_off;
        let behind = self.near.partition_point(|known| known.explained.parts_off <= off);
        if behind < NEAR {
            self.near.insert(behind, case);
            self.near.truncate(NEAR);
        }
    }
}

impl<P: Deref<Target = Prepared>> Concluded<P> {
    /// What trying rules has shown. `sources`, in the order of the plan, are read again.
    pub fn tried(&self, trial: &RuleTrial, sources: &[&dyn ReadAt]) -> Vec<RuleTried> {
        let show = |cases: &[Case]| -> Vec<RecordTried> {
            let wanted: Vec<_> = cases.iter().map(|case| (case.place, Marking::Nothing)).collect();
            let records = exhibit(&self.prepared, &self.coverage, sources, &wanted);
            let cases = cases.iter().map(|case| case.explained.clone());
            let pairs = records.into_iter().zip(cases);
            pairs.map(|(record, explained)| RecordTried { record, explained }).collect()
        };
        let rules = &trial.of.rules.set;
        let tried = trial.tried.iter().filter_map(|kept| {
            let rule = rules.rule(kept.rule)?;
            let (groups, groups_matched) = self.groups(trial, kept.rule, sources);
            Some(RuleTried {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                is_correlation: rule.kind == RuleKind::Correlation,
                source: rule.source.name(),
                judged: kept.judged,
                matched: kept.matched,
                matches: show(&kept.matches),
                near: show(&kept.near),
                groups,
                groups_matched,
            })
        });
        tried.collect()
    }

    /// The groups of a correlation that are shown, and for how many it matches.
    fn groups(
        &self,
        trial: &RuleTrial,
        rule: RuleIndex,
        sources: &[&dyn ReadAt],
    ) -> (Vec<GroupTried>, u64) {
        let correlations = trial.of.rules.correlations();
        let Some(correlation) = correlations.of_rule(rule) else { return (Vec::new(), 0) };
        let explained = explain(correlations, &trial.heard.notes, rule);
        let matched = explained.iter().filter(|group| group.holds).count();
        let shown = matched.min(GROUPS.0);
        let near = explained.iter().skip(matched).take(GROUPS.1);
        let told = explained.iter().take(shown).chain(near);
        let groups = told.map(|group| self.group(trial, correlation, group, sources)).collect();
        (groups, matched as u64)
    }

    fn group(
        &self,
        trial: &RuleTrial,
        correlation: &Correlation,
        explained: &GroupExplained,
        sources: &[&dyn ReadAt],
    ) -> GroupTried {
        let set = &trial.of.rules.set;
        let title = |rule: RuleIndex| set.rule(rule).map_or("", |rule| &rule.title).to_owned();
        let GroupExplained { span, .. } = *explained;
        let all = trial.heard.records.get(&(correlation.rule, explained.group));
        let inside = |(at, ..): &&Heard| (span.0..=span.1).contains(at);
        let mut records: Vec<_> = all.into_iter().flatten().filter(inside).copied().collect();
        records.sort_unstable();
        let count = |rule: &RuleIndex| records.iter().filter(|(.., of)| of == rule).count() as u64;
        let base = trial.heard.base.get(&correlation.rule).into_iter().flatten();
        let rules = base.map(|rule| (title(*rule), count(rule))).collect();
        records.truncate(OF_GROUP);
        let wanted = records.iter().map(|(at, place, _)| ((Some(*at), *place), Marking::Nothing));
        let wanted: Vec<_> = wanted.collect();
        let shown = exhibit(&self.prepared, &self.coverage, sources, &wanted);
        let of = records.iter().map(|(.., rule)| title(*rule));
        let asked = |(order, than): &Predicate| format!("{} {than}", order.sign());
        let names = explained.names.iter().map(ToString::to_string);
        let absent = explained.absent.iter().filter_map(|at| correlation.of.get(usize::from(*at)));
        GroupTried {
            group: correlation.group_by.iter().cloned().zip(names).collect(),
            holds: explained.holds,
            first: rfc3339(span.0),
            last: rfc3339(span.1),
            figure: explained.figure.map(|figure| figure.to_string()),
            asked: correlation.condition.predicates.iter().map(asked).collect(),
            unmet: explained.unmet.iter().map(asked).collect(),
            absent: absent.map(|referred| title(referred.rule)).collect(),
            rules,
            records: of.zip(shown).collect(),
            is_cut: trial.heard.kept > HEARD,
        }
    }
}
