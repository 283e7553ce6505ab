//! Opens a count: finds every record that findings rest on, by reading the streams again.

use super::conclude::Concluded;
use super::plan::{Job, JobKind, Stream};
use super::read::{Memory, Prepared, Visitor, read_job};
use super::rules::Running;
use crate::base::{Fingerprint, Instant, Location, Stamp};
use crate::detect::{Marks, Seen, rests_on, wants};
use crate::event::Event;
use crate::finding::{Finding, Place};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use crate::sigma::Key;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    let single = findings.iter().flat_map(|(_, what)| &what.scope.records).copied().collect();
    let damaged = findings.iter().filter(|(_, what)| what.detector == "F5").copied().collect();
    let (of_rules, findings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|(_, what)| what.scope.rule.is_some());
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
        by_key,
        rules,
        matched: VecDeque::new(),
        job,
        prepared: &concluded.prepared,
        waiting: Vec::new(),
        sink,
        is_full: false,
    };
    read_job(&concluded.prepared, job, source, &mut Memory::default(), &mut finder, progress);
}

struct Finder<'f> {
    /// The findings with the marks of the events that they rest on.
    findings: Vec<(usize, &'f Finding, Marks)>,
    /// Records that some finding names one by one.
    single: BTreeSet<(u32, u64)>,
    /// The findings that rest on lines that were not understood, which no visitor sees.
    damaged: Vec<(usize, &'f Finding)>,
    /// The findings of rules, by what they rest on.
    by_key: BTreeMap<Key, Vec<(usize, &'f Finding)>>,
    rules: Option<Running<'f>>,
    /// Rows of these that wait for those of detections on records before.
    matched: VecDeque<Row>,
    /// The job, which says what range of the stream counts.
    job: &'f Job,
    prepared: &'f Prepared,
    /// Rows of such lines in the stream at hand, the last one first.
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

    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        let Some(rules) = &mut self.rules else { return };
        let at = event.time.stamp().map(|stamp| stamp.at);
        for key in rules.keys(event, format) {
            for (finding, what) in self.by_key.get(&key).into_iter().flatten() {
                let is_within = |(from, until): (Instant, Instant)| {
                    at.is_some_and(|at| (from..=until).contains(&at))
                };
                if what.scope.span.is_none_or(is_within) {
                    let (place, category) = ((at, event.location), what.category.clone());
                    self.matched.push_back(Row { finding: *finding, place, category });
                }
            }
        }
    }

    fn end(&mut self) {
        self.rows_before(u64::MAX);
    }

    fn seen(&mut self, seen: &Seen<'_>) {
        self.rows_before(seen.event.location.offset);
        let is_named = self.single.contains(&seen.event.location.key());
        for at in 0..self.findings.len() {
            let (finding, what, wants) = self.findings[at];
            // Nearly every record is none of nearly every finding's, and is passed over here.
            let may_rest =
                seen.marks.meet(wants) || (wants.is_empty() && what.scope.actor.is_some());
            if (is_named || may_rest) && rests_on(seen, what) {
                let place = (Some(seen.at), seen.event.location);
                self.hand_on(Row { finding, place, category: category(seen, what) });
            }
        }
    }

    fn other(&mut self, event: &Event<'_>, stamp: Stamp, _: Option<Fingerprint>) {
        let location = event.location;
        self.rows_before(location.offset);
        if !self.single.contains(&location.key()) {
            return;
        }
        for at in 0..self.findings.len() {
            let (finding, what, _) = self.findings[at];
            if what.scope.records.contains(&location.key()) {
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
    fn hand_on(&mut self, row: Row) {
        if !self.is_full {
            self.is_full = !(self.sink)(row);
        }
    }

    /// Hands on the damaged lines, and what rules matched, that stand before a place.
    fn rows_before(&mut self, offset: u64) {
        loop {
            let damaged = self.waiting.last().map_or(u64::MAX, |row| row.place.1.offset);
            let is_before = |row: &mut Row| row.place.1.offset < offset.min(damaged);
            let row = self.matched.pop_front_if(is_before);
            let row = row.or_else(|| self.waiting.pop_if(|row| row.place.1.offset < offset));
            let Some(row) = row else { return };
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
    rows.sort_by_key(|row| std::cmp::Reverse(row.place.1.offset));
    rows
}
