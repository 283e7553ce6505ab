//! Tries rules on logs that were checked: which records they match and why, and which they nearly
//! match. Nothing of it enters a report.

use super::conclude::Concluded;
use super::exhibit::{Marking, exhibit};
use super::load::LoadedRules;
use super::plan::{Job, JobKind};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use super::rules::CheckRules;
use crate::base::Location;
use crate::detect::Seen;
use crate::event::Event;
use crate::finding::{Evidence, Place};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use crate::sigma::{Explained, LogSource, Matcher, RuleIndex, RuleKind};
use serde::Serialize;
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

/// Rules as they are tried.
pub struct RuleTrial {
    of: Arc<CheckRules>,
    matcher: Matcher,
    tried: Vec<Kept>,
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

    fn of(
        prepared: &Prepared,
        of: Arc<CheckRules>,
        rules: impl Iterator<Item = RuleIndex>,
    ) -> Self {
        let matcher = Matcher::new(Arc::clone(&of.rules.set), prepared.plan.seed());
        let kept = |rule| Kept {
            rule,
            judged: 0,
            matched: 0,
            matches: Vec::new(),
            near: Vec::new(),
            compared: 0,
        };
        Self { of, matcher, tried: rules.map(kept).collect() }
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
        let RuleTrial { of, matcher, tried } = &mut *self.trial;
        let Some(source) = of.sources.get(usize::from(format)) else { return };
        if !(self.keep)(&event.location) {
            return;
        }
        let matched = matcher.matches(event, source).to_vec();
        if matcher.was_judged() {
            for kept in tried {
                kept.take(of, event, source, matched.contains(&kept.rule));
            }
        }
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
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
            Some(RuleTried {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                is_correlation: rule.kind == RuleKind::Correlation,
                source: rule.source.name(),
                judged: kept.judged,
                matched: kept.matched,
                matches: show(&kept.matches),
                near: show(&kept.near),
            })
        });
        tried.collect()
    }
}
