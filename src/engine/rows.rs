//! Opens a count: finds every record that findings rest on, by reading the streams again.

use super::conclude::Concluded;
use super::plan::{Job, JobKind, Stream};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use super::rules::Running;
use crate::base::{Arrange, Fingerprint, Instant, Location, Seed, Stamp};
use crate::detect::{Marks, Seen, acted, rests_on, wants};
use crate::event::{Event, Field};
use crate::finding::{Finding, Indicated, Place};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use crate::intel::Known;
use crate::judge::activity::Activity;
use crate::sigma::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, Range};

/// A record that a finding rests on.
#[derive(Clone, Debug)]
pub struct Row {
    /// Index of the finding in the report.
    pub finding: usize,
    /// The record.
    pub place: Place,
    /// What the record matched, where the detection has finer names.
    pub category: Option<String>,
}

/// Reads what a job covers again and hands on every record that a finding rests on, in the order
/// of the stream. `keep` says which findings to look for; `sink` returns whether more are wanted.
pub fn rows<P: Deref<Target = Prepared>>(
    concluded: &Concluded<P>,
    job: &Job,
    source: &dyn ReadAt,
    keep: &dyn Fn(&Finding) -> bool,
    sink: &mut dyn FnMut(Row) -> bool,
    progress: &mut dyn FnMut(u64),
) {
    if job.kind != JobKind::Scan {
        return;
    }
    let findings = concluded.report.findings.iter().enumerate();
    let findings: Vec<_> = findings.filter(|(_, finding)| keep(finding)).collect();
    let indicated = Indicators::of(&findings);
    let single = findings.iter().flat_map(|(_, what)| &what.scope.records).copied().collect();
    let damaged = findings.iter().filter(|(_, what)| what.detector == "F5").copied().collect();
    let (of_rules, findings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|(_, what)| what.scope.rule.is_some());
    let of_accounts = findings.iter().any(|(_, what)| what.scope.acted.is_some());
    let findings = findings.into_iter().map(|(at, what)| (at, what, wants(&what.detector)));
    let findings = findings.collect();
    let mut by_key = BTreeMap::<_, Vec<_>>::new();
    for (at, what) in of_rules {
        if let Some(rule) = what.scope.rule {
            by_key.entry((rule, what.scope.actor)).or_default().push((at, what));
        }
    }
    let run = || concluded.prepared.rules.run(concluded.prepared.plan.seed());
    let rules = (!by_key.is_empty()).then(run).flatten();
    let mut finder = Finder {
        findings,
        single,
        damaged,
        indicated,
        of_accounts,
        known: Known::default(),
        by_key,
        rules,
        job,
        prepared: &concluded.prepared,
        waiting: Vec::new(),
        sink,
        is_full: false,
    };
    read_job(&concluded.prepared, job, source, &mut Memory::default(), &mut finder, progress);
}

/// Findings about indicators, by what their records hold.
#[derive(Default)]
struct Indicators {
    listed: BTreeMap<(u32, bool), usize>,
    private: BTreeMap<Fingerprint, usize>,
}

impl Indicators {
    fn of(findings: &[(usize, &Finding)]) -> Self {
        let mut all = Self::default();
        for (at, finding) in findings {
            match finding.scope.indicator {
                Some(Indicated::Listed { id, is_valid }) => {
                    all.listed.insert((id, is_valid), *at);
                }
                Some(Indicated::Private(key)) => {
                    all.private.insert(key, *at);
                }
                None => {}
            }
        }
        all
    }
}

struct Finder<'f> {
    /// The findings with the marks of the events that they rest on.
    findings: Vec<(usize, &'f Finding, Marks)>,
    /// Records that some finding names one by one.
    single: BTreeSet<(u32, u64)>,
    /// The findings that rest on lines that were not understood, which no visitor sees.
    damaged: Vec<(usize, &'f Finding)>,
    indicated: Indicators,
    /// Whether some finding rests on what accounts did.
    of_accounts: bool,
    known: Known,
    /// The findings of rules, by what they rest on.
    by_key: BTreeMap<Key, Vec<(usize, &'f Finding)>>,
    rules: Option<Running>,
    /// The job, which says what range of the stream counts.
    job: &'f Job,
    prepared: &'f Prepared,
    /// Rows of the stream at hand that wait for their place in its order, the last one first: of
    /// such lines, and of what holds an indicator.
    waiting: Vec<Row>,
    sink: &'f mut dyn FnMut(Row) -> bool,
    is_full: bool,
}

impl Visitor for Finder<'_> {
    fn begin(&mut self, stream: u32, _: u64) {
        // A stream that is read as a whole may be longer than its job's range, which is then
        // stated in bytes of the source.
        let is_cut = self.prepared.stream(stream).is_some_and(Stream::can_be_cut);
        let range = if is_cut { self.job.start..self.job.end } else { 0..u64::MAX };
        self.waiting = damaged(&self.damaged, stream, &range);
    }

    fn end(&mut self) {
        self.hand_on_before(u64::MAX);
    }

    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        for finding in self.indicated(event) {
            let place = (event.time.stamp().map(|stamp| stamp.at), event.location);
            self.wait(Row { finding, place, category: self.category_of(finding) });
        }
        for row in self.matched(event, format) {
            self.wait(row);
        }
    }

    fn seen(&mut self, seen: &Seen<'_>, _: Places) {
        self.hand_on_before(seen.event.location.offset);
        let is_named = self.single.contains(&seen.event.location.key());
        let activity = self.activity(seen.event, seen.marks.meet(Marks::SIGN_IN));
        for at in 0..self.findings.len() {
            let (finding, what, wants) = self.findings[at];
            // Nearly every record is none of nearly every finding's, and is passed over here.
            let may_rest =
                seen.marks.meet(wants) || (wants.is_empty() && what.scope.actor.is_some());
            let is_acted = activity.is_some_and(|did| acted(&did, self.seed(), &what.scope));
            if is_acted || ((is_named || may_rest) && rests_on(seen, what)) {
                let place = (Some(seen.at), seen.event.location);
                self.hand_on(Row { finding, place, category: category(seen, what) });
            }
        }
    }

    fn other<'e>(&mut self, event: &'e Event<'e>, stamp: Stamp, _: Option<Fingerprint>) {
        let location = event.location;
        self.hand_on_before(location.offset);
        let activity = self.activity(event, false);
        if activity.is_none() && !self.single.contains(&location.key()) {
            return;
        }
        for at in 0..self.findings.len() {
            let (finding, what, _) = self.findings[at];
            let is_acted = activity.is_some_and(|did| acted(&did, self.seed(), &what.scope));
            if is_acted || what.scope.records.contains(&location.key()) {
                let place = (Some(stamp.at), location);
                self.hand_on(Row { finding, place, category: what.category.clone() });
            }
        }
    }
}

/// The finer name of what a record matched.
fn category(seen: &Seen<'_>, finding: &Finding) -> Option<String> {
    match finding.detector.as_str() {
        "B1" => seen.payloads.names().next().map(str::to_owned),
        _ => finding.category.clone(),
    }
}

impl Finder<'_> {
    fn seed(&self) -> Seed {
        self.prepared.plan.seed()
    }

    /// What an event says that somebody did, where a finding may rest on that.
    fn activity<'e>(&self, event: &'e Event<'e>, is_sign_in: bool) -> Option<Activity<'e>> {
        if !self.of_accounts {
            return None;
        }
        if is_sign_in {
            return Activity::of_request(event, self.seed());
        }
        let is_asked = event.fields.has(Field::Action);
        is_asked.then(|| Activity::of(event, self.seed())).flatten()
    }

    /// The findings about indicators that a record holds.
    fn indicated(&mut self, event: &Event<'_>) -> Vec<usize> {
        let Some(sweeper) = &self.prepared.sweeper else { return Vec::new() };
        let at = event.time.stamp().map(|stamp| stamp.at);
        let mut findings = Vec::new();
        if !self.indicated.listed.is_empty() {
            for (id, _) in sweeper.listed(event, &mut self.known) {
                let of = (*id, sweeper.is_valid(*id, at));
                findings.extend(self.indicated.listed.get(&of));
            }
        }
        if !self.indicated.private.is_empty() {
            for (key, _) in sweeper.met(event, &mut self.known) {
                findings.extend(self.indicated.private.get(&key));
            }
        }
        findings
    }

    /// The kind of indicator that a finding is about.
    fn category_of(&self, finding: usize) -> Option<String> {
        let at = self.findings.binary_search_by_key(&finding, |(at, _, _)| *at).ok()?;
        self.findings.get(at).and_then(|(_, finding, _)| finding.category.clone())
    }

    fn hand_on(&mut self, row: Row) {
        if !self.is_full {
            self.is_full = !(self.sink)(row);
        }
    }

    /// Keeps a row until those on records before it are handed on: events come a little before the
    /// requests that are handed on in batches.
    fn wait(&mut self, row: Row) {
        let behind =
            self.waiting.partition_point(|other| other.place.1.offset > row.place.1.offset);
        self.waiting.insert(behind, row);
    }

    /// The rows of the findings of rules that an event is one of.
    fn matched(&mut self, event: &Event<'_>, format: FormatIndex) -> Vec<Row> {
        let Some(rules) = &mut self.rules else { return Vec::new() };
        let at = event.time.stamp().map(|stamp| stamp.at);
        let is_within =
            |(from, until): (Instant, Instant)| at.is_some_and(|at| (from..=until).contains(&at));
        let keys = rules.keys(event, format);
        let findings = keys.into_iter().flat_map(|key| self.by_key.get(&key).into_iter().flatten());
        let findings = findings.filter(|(_, what)| what.scope.span.is_none_or(is_within));
        let place = (at, event.location);
        findings
            .map(|(finding, what)| Row {
                finding: *finding,
                place,
                category: what.category.clone(),
            })
            .collect()
    }

    /// Hands on the waiting rows that stand before a place.
    fn hand_on_before(&mut self, offset: u64) {
        while let Some(row) = self.waiting.pop_if(|row| row.place.1.offset < offset) {
            self.hand_on(row);
        }
    }
}

/// The rows of findings about damage in a range of a stream.
fn damaged(findings: &[(usize, &Finding)], stream: u32, range: &Range<u64>) -> Vec<Row> {
    let is_here =
        |location: &Location| location.stream == stream && range.contains(&location.offset);
    let mut rows: Vec<_> = findings
        .iter()
        .flat_map(|(finding, what)| what.places.iter().map(move |place| (*finding, *place)))
        .filter(|(_, place)| is_here(&place.1))
        .map(|(finding, place)| Row { finding, place, category: None })
        .collect();
    rows.arrange_by_key(|row| std::cmp::Reverse(row.place.1.offset));
    rows
}
