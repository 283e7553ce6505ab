//! `hits`: one line of JSON per record and detection that it matched. The streams are read twice:
//! what a record means is known only when all were seen.

use super::args::CheckOptions;
use super::commands::{output, status};
use super::session::Session;
use super::stats::Stats;
use super::{Failure, Status};
use crate::base::rfc3339;
use crate::engine::{Concluded, Prepared, Row, rows};
use crate::finding::{Outcome, Severity};
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
struct Hit<'a> {
    source: &'a str,
    path_inside: Option<&'a str>,
    line: u64,
    record: u64,
    offset: u64,
    length: u32,
    time: Option<String>,
    detector: &'a str,
    category: Option<&'a str>,
    rule: Option<&'a str>,
    severity: Severity,
    outcome: Option<Outcome>,
}

pub(super) fn hits(options: &CheckOptions) -> Result<Status, Failure> {
    let session = Session::of_check(options)?;
    let mut stats = Stats::new();
    let concluded = session.check(options, &mut stats)?;
    let mut out = output(options.input.out.as_deref())?;
    stats.stage("hits", || write_all(&session, &concluded, &mut out))?;
    out.flush()?;
    if let Some(path) = &options.stats {
        stats.write(path, &concluded.report)?;
    }
    Ok(status(&concluded.report))
}

fn write_all(
    session: &Session,
    concluded: &Concluded<&Prepared>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut jobs = session.plan().jobs.clone();
    jobs.sort_by_key(|job| (job.stream, job.start));
    for job in &jobs {
        let Some(source) = session.source(job.source) else { continue };
        let mut failure = None;
        let mut sink = |row: Row| {
            failure = write_one(session, concluded, &row, out).err();
            failure.is_none()
        };
        rows(concluded, job, source, &|_| true, &mut sink, &mut |_| ());
        if let Some(failure) = failure {
            return Err(failure);
        }
    }
    Ok(())
}

fn write_one(
    session: &Session,
    concluded: &Concluded<&Prepared>,
    row: &Row,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let Some(finding) = concluded.report.findings.get(row.finding) else { return Ok(()) };
    let (line, record) = concluded.number(&row.place);
    let (at, location) = row.place;
    let stream = session.plan().streams.get(location.stream as usize);
    let source = stream.and_then(|stream| session.plan().sources.get(stream.of as usize));
    let hit = Hit {
        source: source.map_or("-", |source| source.name.as_str()),
        path_inside: stream.and_then(|stream| stream.found.path_inside.as_deref()),
        line,
        record,
        offset: location.offset,
        length: location.length,
        time: at.map(rfc3339),
        detector: &finding.detector,
        category: row.category.as_deref(),
        rule: finding.rule.as_deref(),
        severity: finding.severity,
        outcome: finding.outcome,
    };
    serde_json::to_writer(&mut *out, &hit)?;
    out.write_all(b"\n")?;
    Ok(())
}
