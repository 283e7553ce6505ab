//! Merges what the shards saw and concludes the report.

use super::coverage::{Coverage, Ledger, Why};
use super::exhibit::{Marking, exhibit};
use super::plan::{Job, PlannedSource, Stream};
use super::read::Prepared;
use super::scan::Partial;
use super::views::{Run, runs, stream_views};
use crate::base::networks::Located;
use crate::base::{Arrange, Fingerprint, Gather, Merge, Text, counted, hex, rfc3339, sorted};
use crate::baseline::{Baseline, ClientStats};
use crate::detect::{CARDS, Card, Conclusion, Site, StreamView, Verdict};
use crate::event::Field;
use crate::finding::{Evidence, Finding, Place, SubjectKind};
use crate::input::{Fault, FaultKind, ReadAt, Reason};
use crate::intel::{self, Hits, Trial};
use crate::report::{
    Bucket, ByteLedger, CalendarDay, Coverage as ReportCoverage, Entity, NotEvaluable, NotSwept,
    Problem, Repetition, Report, RulePack, SourceReport, StreamReport, Timeline, Tool, Unparsed,
    questions, secrets,
};
use crate::sigma::Found;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

mod activity;
mod affected;
mod incidents;
mod sources;

pub(super) use affected::is_of;

/// Merges partials, in any order.
pub struct Concluder<P> {
    prepared: P,
    partial: Partial,
    /// What trying values against private lists showed, once that is done.
    trial: Option<Trial>,
}

/// A report with what is needed to open its counts.
pub struct Concluded<P> {
    /// The report.
    pub report: Report,
    pub(super) prepared: P,
    pub(super) coverage: Coverage,
    /// What was counted for affected parties.
    pub(super) counted: affected::Counted,
}

impl<P: Deref<Target = Prepared>> Concluder<P> {
    /// Nothing merged yet.
    pub fn new(prepared: P) -> Self {
        Self { prepared, partial: Partial::default(), trial: None }
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

    /// Notes jobs that were not begun, since the check was ended before.
    pub fn ended(&mut self, jobs: &[Job]) {
        self.partial.ended(jobs);
    }

    /// Tries the values that were met against private lists, which takes some milliseconds each.
    /// `progress` is told how many are done and how many there are, and says whether to go on.
    /// Concluding does it otherwise.
    pub fn try_private(&mut self, progress: &mut dyn FnMut(u64, u64) -> bool) {
        if let Some(sweeper) = &self.prepared.sweeper {
            let hits = &self.partial.hits;
            self.trial = Some(intel::try_private(sweeper.lists(), hits, progress));
        }
    }

    /// Makes the report. `sources`, in the order of the plan, are read again for the evidence.
    pub fn conclude(self, sources: &[&dyn ReadAt]) -> Concluded<P> {
        let Self { prepared, partial, trial } = self;
        let Partial { coverage, mut baseline, states, identities, hits, found } = partial;
        let by_request = baseline.take_requested_sign_ins();
        let plan = &prepared.plan;
        let site = Site::new(&baseline);
        let streams = stream_views(plan, &coverage);
        let located = located(&prepared, &baseline);
        let context = Conclusion {
            thresholds: &plan.settings.thresholds,
            baseline: &baseline,
            site: &site,
            streams: &streams,
            declared: &prepared.meant.declared,
            located: &located,
            is_partial: coverage.is_partial(),
            earlier: &[],
        };
        let has = |field| coverage.streams.values().any(|ledger| ledger.has_field(field));
        let mut drawn = Drawn::default();
        let any_record = coverage.streams.values().any(|ledger| ledger.understood() > 0);
        if !plan.settings.rules.no_builtin {
            for (card, verdict) in states.conclude(&context, has) {
                drawn.take(card, verdict, any_record);
            }
            drawn.bound(&baseline);
        }
        if by_request {
            drawn.by_request();
        }
        for (card, verdict) in swept(&prepared, &hits, trial, &has) {
            drawn.sweeps.push(card.id);
            drawn.take(card, verdict, any_record);
        }
        drawn.rules(&prepared, &found, &streams);
        drawn.bound_repeats(identities.one_in(), coverage.is_uncompared);
        drawn.findings.arrange_by(Finding::order);
        number(&mut drawn.findings);
        name_accounts(&mut drawn.findings, &baseline);
        let affected = affected::affected(&drawn.findings, &baseline, &prepared);
        drawn.bounds.extend(affected.bounds);
        show(&prepared, &mut drawn.findings, &coverage, sources);
        let mut report = assemble(&prepared, &coverage, &baseline, &streams, drawn, sources);
        report.affected = affected.parties;
        report.secrets = secrets(&report);
        report.questions = questions::answer(&report);
        Concluded { report, prepared, coverage, counted: affected.counted }
    }
}

/// Where the networks are that accounts came from.
fn located(prepared: &Prepared, baseline: &Baseline) -> Located {
    let Some(sweeper) = &prepared.sweeper else { return Located::default() };
    let pairs = baseline.activities.pairs.sorted().into_iter();
    sweeper.lists().networks().locate(pairs.map(|(_, pair)| pair.network.address()))
}

/// What the sweeps for indicators concluded.
fn swept(
    prepared: &Prepared,
    hits: &Hits,
    trial: Option<Trial>,
    has: &dyn Fn(Field) -> bool,
) -> Vec<(&'static Card, Verdict)> {
    let Some(sweeper) = &prepared.sweeper else { return Vec::new() };
    let lists = sweeper.lists();
    let trial = trial.unwrap_or_else(|| intel::try_private(lists, hits, &mut |_, _| true));
    let all = intel::conclude(lists, hits, &trial, has).into_iter();
    all.map(|of| {
        let intel::Concluded { card, findings, not_evaluable, bounds } = of;
        (card, Verdict { findings, not_evaluable, bounds, ..Verdict::default() })
    })
    .collect()
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
            let marking = Marking::of(finding);
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

    /// Rows with their text, nothing in them marked.
    pub fn show_plain(&self, places: &[Place], sources: &[&dyn ReadAt]) -> Vec<Evidence> {
        let wanted: Vec<_> = places.iter().map(|place| (*place, Marking::Nothing)).collect();
        exhibit(&self.prepared, &self.coverage, sources, &wanted)
    }

    /// Rows with their text, for a finding of the report.
    pub fn show(
        &self,
        finding: &Finding,
        places: &[Place],
        sources: &[&dyn ReadAt],
    ) -> Vec<Evidence> {
        let marking = Marking::of(finding);
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
    /// Ids of the sweeps that the indicator lists ask for.
    sweeps: Vec<&'static str>,
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
            streams => counted(streams.len(), "log"),
        };
        let rules = &prepared.rules;
        let (findings, bounds) = found.conclude(&rules.rules, &of);
        self.findings.extend(findings);
        self.bounds.extend(bounds);
        self.not_evaluable.extend(rules.not_evaluable(found));
        self.by_rules = (found.requests, found.others);
    }

    /// Sign-ins were taken from requests to web servers.
    fn by_request(&mut self) {
        for finding in &mut self.findings {
            if let Some(acted) = &mut finding.scope.acted {
                acted.by_request = true;
            }
        }
        self.bounds.push(Text::fixed(
            "No log of sign-ins was given. What is said of sign-ins follows from requests to sign-in pages in the access logs, which name the account: 400, 401, 422 and 423 count as refused, a page or a redirect as let in.",
            "認証ログの提供がないため、サインインに関する判定は、アカウントを記録したアクセスログのサインインページへの要求に基づきます(400・401・422・423は拒否、ページの表示またはリダイレクトは成功とみなします)。",
        ));
    }

    fn bound(&mut self, baseline: &Baseline) {
        let tables = [
            (baseline.paths.one_in(), "paths", "パス"),
            (baseline.clients.one_in(), "clients", "クライアント"),
            (
                baseline.activities.one_in(),
                "accounts with their networks and sessions",
                "アカウント(ネットワーク・セッション別)",
            ),
        ];
        for (one_in, en, ja) in tables.into_iter().filter(|(one_in, _, _)| *one_in > 1) {
            self.bounds.push(Text::new(
                format!("What is usual is known for one in {one_in} {en} only: there are more than can be held."),
                format!("通常の状態を把握できたのは{ja}{one_in}件に1件のみです(保持できる上限を超過)。"),
            ));
        }
    }
}

impl Drawn {
    fn bound_repeats(&mut self, one_in: u64, is_uncompared: bool) {
        if one_in > 1 {
            self.bounds.push(Text::new(
                format!("Repeated records were looked for among one in {one_in} of those with an identity of their own: there are more than can be held."),
                format!("重複の確認は、固有IDを持つ記録の{one_in}件に1件のみで行いました(保持できる上限を超過)。"),
            ));
        }
        if is_uncompared {
            self.bounds.push(Text::fixed(
                "Not all logs of the same period were compared for records in common: there are too many.",
                "期間の重なるログが多いため、重複の確認は一部の組み合わせのみで行いました。",
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

/// Accounts of a finding that are named.
const ACCOUNTS_NAMED: usize = 200;

/// Names the accounts that findings rest on. Of those that were only tried, none.
fn name_accounts(findings: &mut [Finding], baseline: &Baseline) {
    let activities = &baseline.activities;
    let name = |key: &Fingerprint| -> Option<String> {
        let of_pair = activities.pairs.get(*key);
        if let Some(pair) = of_pair {
            return (pair.signed_in().is_some() || pair.acts > 0).then(|| pair.name.to_string());
        }
        let of_session = activities.sessions.get(*key).map(|session| session.account.to_string());
        let of_account = activities.accounts.get(*key).map(|account| account.name.to_string());
        of_account.or(of_session)
    };
    for finding in findings {
        let groups = finding.scope.acted.iter().flat_map(|acted| &acted.groups);
        let names: BTreeSet<String> = groups.filter_map(name).gather();
        finding.accounts = names.into_iter().take(ACCOUNTS_NAMED).collect();
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
    Report {
        tool: tool(prepared, &drawn.sweeps),
        settings: sorted(serde_json::to_value(&plan.settings).unwrap_or_default()),
        sources: reports,
        questions: Vec::new(),
        entities: entities(&drawn.findings, baseline, &total),
        incidents: incidents::incidents(
            &drawn.findings,
            &baseline.activities,
            &prepared.meant.declared,
        ),
        findings: drawn.findings,
        affected: Vec::new(),
        secrets: Vec::new(),
        timeline: activity::timeline(baseline),
        coverage: total,
        not_evaluable: drawn.not_evaluable,
        unparsed: sources::unparsed(prepared, coverage, sources),
        not_swept: not_swept(prepared),
        judgements: Vec::new(),
        judgements_set_aside: Vec::new(),
        reduced: None,
    }
}

/// What of the indicator lists is not swept for.
fn not_swept(prepared: &Prepared) -> Vec<NotSwept> {
    let lists = prepared.sweeper.iter().flat_map(|sweeper| sweeper.lists().refused());
    lists
        .map(|(list, refused)| NotSwept {
            list: list.to_owned(),
            line: u64::from(refused.line),
            text: refused.text.clone(),
            reason: refused.why.said(),
            todo: refused.why.todo(),
        })
        .collect()
}

fn tool(prepared: &Prepared, sweeps: &[&str]) -> Tool {
    let cards = serde_json::to_vec(CARDS).unwrap_or_default();
    let built_in = RulePack {
        name: questions::BUILT_IN.to_owned(),
        rules: u32::try_from(CARDS.len()).unwrap_or(u32::MAX),
        sha256: hex(&Sha256::digest(&cards)),
    };
    let has_detections = !prepared.plan.settings.rules.no_builtin;
    let asked = CARDS.iter().filter(|_| has_detections).map(|card| &card.id);
    Tool {
        name: "sekisho".to_owned(),
        version: crate::VERSION.to_owned(),
        build: crate::BUILD.to_owned(),
        rule_packs: has_detections
            .then_some(built_in)
            .into_iter()
            .chain(prepared.rules.pack())
            .collect(),
        detections: asked.chain(sweeps).map(|id| (*id).to_owned()).collect(),
    }
}

/// The addresses and accounts that findings name, most severe first.
fn entities(findings: &[Finding], baseline: &Baseline, total: &ReportCoverage) -> Vec<Entity> {
    let clients = baseline.clients.sorted();
    let by_name: BTreeMap<&str, &ClientStats> =
        clients.iter().map(|(_, client)| (client.name.as_ref(), *client)).gather();
    let mut entities = BTreeMap::new();
    let is_entity = |finding: &&Finding| {
        matches!(finding.subject.kind, SubjectKind::Address | SubjectKind::Account)
    };
    for finding in findings.iter().filter(is_entity) {
        let client = by_name.get(finding.subject.value.as_str()).copied();
        let entity = entities
            .entry(finding.subject.clone())
            .or_insert_with(|| entity(finding, client, total.first.as_deref()));
        entity.severity = entity.severity.max(finding.severity);
        entity.findings.push(finding.id.clone());
    }
    let mut entities: Vec<Entity> = entities.into_values().collect();
    entities.arrange_by(|a, b| (b.severity, &a.subject).cmp(&(a.severity, &b.subject)));
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
        bytes_out: client.map_or(0, |client| client.bytes),
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
