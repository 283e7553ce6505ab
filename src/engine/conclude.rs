//! Merges what the shards saw and concludes the report.

use super::coverage::{Coverage, Ledger, Why};
use super::digest::hex;
use super::exhibit::{Marking, exhibit};
use super::plan::{PlannedSource, Stream};
use super::read::Prepared;
use super::scan::Partial;
use super::views::{Run, runs, stream_views};
use crate::base::{Merge, Text, counted, rfc3339};
use crate::baseline::{Baseline, ClientStats};
use crate::detect::{CARDS, Card, Conclusion, Site, StreamView, Verdict};
use crate::finding::{Evidence, Finding, Place, SubjectKind};
use crate::input::{Fault, FaultKind, ReadAt, Reason};
use crate::report::{
    Bucket, ByteLedger, CalendarDay, Coverage as ReportCoverage, Entity, NotEvaluable, Problem,
    Report, RulePack, SourceReport, StreamReport, Timeline, Tool, Unparsed, questions,
};
use crate::sigma::Found;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Deref;

mod activity;
mod sources;

/// Merges partials, in any order.
pub struct Concluder<P> {
    prepared: P,
    partial: Partial,
}

/// A report with what is needed to open its counts.
pub struct Concluded<P> {
    /// The report.
    pub report: Report,
    pub(super) prepared: P,
    pub(super) coverage: Coverage,
}

impl<P: Deref<Target = Prepared>> Concluder<P> {
    /// Nothing merged yet.
    pub fn new(prepared: P) -> Self {
        Self { prepared, partial: Partial::default() }
    }

    /// Takes in what some shards saw.
    pub fn add(&mut self, partial: Partial) {
        self.partial.merge(partial);
    }

    /// Notes a job that could not be done.
    pub fn lost(&mut self, job: u32, what: &str) {
        if let Some(job) = self.prepared.plan.jobs.get(job as usize) {
            self.partial.lost(job, what);
        }
    }

    /// Makes the report. `sources`, in the order of the plan, are read again for the evidence.
    pub fn conclude(self, sources: &[&dyn ReadAt]) -> Concluded<P> {
        let Self { prepared, partial: Partial { coverage, baseline, states, found } } = self;
        let plan = &prepared.plan;
        let site = Site::new(&baseline);
        let streams = stream_views(plan, &coverage);
        let context = Conclusion {
            thresholds: &plan.settings.thresholds,
            baseline: &baseline,
            site: &site,
            streams: &streams,
        };
        let has = |field| coverage.streams.values().any(|ledger| ledger.has_field(field));
        let mut drawn = Drawn::default();
        if !plan.settings.rules.no_builtin {
            let any_record = coverage.streams.values().any(|ledger| ledger.understood() > 0);
            for (card, verdict) in states.conclude(&context, has) {
                drawn.take(card, verdict, any_record);
            }
            drawn.bound(&baseline);
        }
        drawn.rules(&prepared, &found, &streams);
        drawn.findings.sort_by(Finding::order);
        number(&mut drawn.findings);
        show(&prepared, &mut drawn.findings, &coverage, sources);
        let report = assemble(&prepared, &coverage, &baseline, &streams, drawn, sources);
        Concluded { report, prepared, coverage }
    }
}

/// Gives findings their evidence, read again from the sources.
fn show(
    prepared: &Prepared,
    findings: &mut [Finding],
    coverage: &Coverage,
    sources: &[&dyn ReadAt],
) {
    let shown = |finding: &Finding| finding.places.len().min(crate::base::limits::EVIDENCE);
    let wanted: Vec<(Place, Marking)> = findings
        .iter()
        .flat_map(|finding| {
            let marking = Marking::of(&finding.detector);
            finding.places.iter().take(shown(finding)).map(move |place| (*place, marking))
        })
        .collect();
    let mut evidence = exhibit(prepared, coverage, sources, &wanted).into_iter();
    for finding in findings {
        finding.evidence = evidence.by_ref().take(shown(finding)).collect();
    }
}

impl<P: Deref<Target = Prepared>> Concluded<P> {
    /// Line and record of a place in its stream, both from 1.
    pub fn number(&self, place: &Place) -> (u64, u64) {
        self.coverage.number(&place.1)
    }

    /// Rows with their text, for a finding of the report.
    pub fn show(
        &self,
        finding: &Finding,
        places: &[Place],
        sources: &[&dyn ReadAt],
    ) -> Vec<Evidence> {
        let marking = Marking::of(&finding.detector);
        let wanted: Vec<_> = places.iter().map(|place| (*place, marking)).collect();
        exhibit(&self.prepared, &self.coverage, sources, &wanted)
    }
}

/// Everything that the detections concluded.
#[derive(Default)]
struct Drawn {
    findings: Vec<Finding>,
    not_evaluable: Vec<NotEvaluable>,
    gaps: Vec<crate::finding::Gap>,
    bounds: Vec<Text>,
    /// Requests and other records that were compared with rules.
    by_rules: (u64, u64),
}

impl Drawn {
    fn take(&mut self, card: &Card, verdict: Verdict, any_record: bool) {
        self.findings.extend(verdict.findings);
        self.gaps.extend(verdict.gaps);
        self.bounds.extend(verdict.bounds);
        let no_record = (
            Text::fixed("No record was understood.", "読み取れた記録がありません。"),
            card.needs.words.clone(),
        );
        let reason = if any_record { verdict.not_evaluable } else { Some(no_record) };
        if let Some((reason, needs)) = reason {
            let (id, name) = (card.id.to_owned(), card.name.clone());
            self.not_evaluable.push(NotEvaluable { id, name, reason, needs, rules: Vec::new() });
        }
    }

    /// What the rules found.
    fn rules(&mut self, prepared: &Prepared, found: &Found, streams: &[StreamView]) {
        let of = match streams {
            [only] => only.log_source.clone(),
            streams => counted(streams.len() as u64, "log"),
        };
        let rules = &prepared.rules;
        let (findings, bounds) = found.conclude(&rules.rules, &of);
        self.findings.extend(findings);
        self.bounds.extend(bounds);
        self.not_evaluable.extend(rules.not_evaluable(found));
        self.by_rules = (found.requests, found.others);
    }

    fn bound(&mut self, baseline: &Baseline) {
        let tables = [
            (baseline.paths.one_in(), "paths", "パス"),
            (baseline.clients.one_in(), "clients", "クライアント"),
        ];
        for (one_in, en, ja) in tables.into_iter().filter(|(one_in, _, _)| *one_in > 1) {
            self.bounds.push(Text::new(
                format!("What is usual is known for one in {one_in} {en} only: there are more than can be held."),
                format!("通常の状態を把握できたのは{ja}{one_in}件に1件のみです(保持できる上限を超過)。"),
            ));
        }
    }
}

/// Gives findings their ids, in the order of the report.
fn number(findings: &mut [Finding]) {
    let mut counts = BTreeMap::<String, u32>::new();
    for finding in findings {
        let count = counts.entry(finding.detector.clone()).or_default();
        *count += 1;
        finding.id = format!("{}-{count}", finding.detector);
    }
}

fn assemble(
    prepared: &Prepared,
    coverage: &Coverage,
    baseline: &Baseline,
    streams: &[StreamView],
    drawn: Drawn,
    sources: &[&dyn ReadAt],
) -> Report {
    let plan = &prepared.plan;
    let reports = sources::reports(prepared, coverage);
    let mut total = activity::total(&reports, coverage, streams, baseline, &drawn);
    let has_detections = !plan.settings.rules.no_builtin;
    total.judged_by_rules = drawn.by_rules.1;
    if !has_detections {
        total.judged_by_rules += drawn.by_rules.0;
        total.unjudged = total.records - total.unparsed;
    }
    total.unjudged = total.unjudged.saturating_sub(total.judged_by_rules);
    let mut report = Report {
        tool: tool(prepared),
        settings: serde_json::to_value(&plan.settings).unwrap_or_default(),
        sources: reports,
        questions: Vec::new(),
        entities: entities(&drawn.findings, baseline, &total),
        findings: drawn.findings,
        timeline: activity::timeline(baseline),
        coverage: total,
        not_evaluable: drawn.not_evaluable,
        unparsed: sources::unparsed(prepared, coverage, sources),
    };
    let cards = if has_detections { CARDS } else { &[] };
    report.questions =
        questions::answer(&report, &cards.iter().map(|card| card.id).collect::<Vec<_>>());
    report
}

fn tool(prepared: &Prepared) -> Tool {
    let cards = serde_json::to_vec(CARDS).unwrap_or_default();
    let built_in = RulePack {
        name: questions::BUILT_IN.to_owned(),
        rules: u32::try_from(CARDS.len()).unwrap_or(u32::MAX),
        sha256: hex(&Sha256::digest(&cards)),
    };
    let has_detections = !prepared.plan.settings.rules.no_builtin;
    Tool {
        name: "sekisho".to_owned(),
        version: crate::VERSION.to_owned(),
        build: crate::BUILD.to_owned(),
        rule_packs: has_detections
            .then_some(built_in)
            .into_iter()
            .chain(prepared.rules.pack())
            .collect(),
    }
}

/// The addresses and accounts that findings name, most severe first.
fn entities(findings: &[Finding], baseline: &Baseline, total: &ReportCoverage) -> Vec<Entity> {
    let clients = baseline.clients.sorted();
    let by_name: BTreeMap<&str, &ClientStats> =
        clients.iter().map(|(_, client)| (client.name.as_ref(), *client)).collect();
    let mut entities = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.subject.kind != SubjectKind::LogSource) {
        let client = by_name.get(finding.subject.value.as_str()).copied();
        let entity = entities
            .entry(finding.subject.clone())
            .or_insert_with(|| entity(finding, client, total.first.as_deref()));
        entity.severity = entity.severity.max(finding.severity);
        entity.findings.push(finding.id.clone());
    }
    let mut entities: Vec<Entity> = entities.into_values().collect();
    entities.sort_by(|a, b| (b.severity, &a.subject).cmp(&(a.severity, &b.subject)));
    entities
}

fn entity(finding: &Finding, client: Option<&ClientStats>, log_start: Option<&str>) -> Entity {
    let is_address = finding.subject.kind == SubjectKind::Address;
    let client = client.filter(|_| is_address);
    let first = client.map_or(finding.first.clone(), |client| Some(rfc3339(client.first)));
    Entity {
        subject: finding.subject.clone(),
        at_log_start: within_a_day(log_start, first.as_deref()),
        last: client.map_or(finding.last.clone(), |client| Some(rfc3339(client.last))),
        first,
        records: client.map_or(finding.count, |client| client.records),
        bytes_out: client.map_or(0, ClientStats::bytes_out),
        severity: finding.severity,
        findings: Vec::new(),
    }
}

fn within_a_day(start: Option<&str>, first: Option<&str>) -> bool {
    let instant = |text: Option<&str>| text?.parse::<jiff::Timestamp>().ok();
    instant(start)
        .zip(instant(first))
        .is_some_and(|(start, first)| first.as_second() - start.as_second() < 86_400)
}
