//! The commands but `hits`.

use super::args::{CheckOptions, EventsOptions, TrafficOptions};
use super::bundle::random;
use super::session::Session;
use super::stats::Stats;
use super::{Failure, Status};
use crate::base::{Time, ZoneSource, json_line, rfc3339_exact};
use crate::detect::Seen;
use crate::engine::{Ledger, Matched, Memory, Places, SettingsError, Visitor, read_job};
use crate::event::{Event, Field, Value};
use crate::format::{FormatIndex, ReaderError, definitions};
use crate::query::Query;
use crate::report::{self, Judgement, Report};
use crate::shard::Cuts;
use crate::share::{self, PseudonymKey};
use crate::train::{Traffic, write_traffic};
use core::net::IpAddr;
use serde_json::map::Entry;
use serde_json::{Map, Value as Json, json};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Where output goes.
pub(super) fn output(path: Option<&Path>) -> Result<Box<dyn Write>, Failure> {
    Ok(match path {
        None => Box::new(BufWriter::new(io::stdout().lock())),
        Some(path) => {
            let failed = |error: io::Error| Failure::File {
                path: path.display().to_string(),
                what: error.to_string(),
            };
            Box::new(BufWriter::new(File::create(path).map_err(failed)?))
        }
    })
}

/// Where shards are cut.
pub(super) fn cuts(options: &CheckOptions) -> Cuts {
    match options.cut_seed {
        Some(seed) => Cuts::Drawn { mean: options.cut_bytes, seed },
        None => Cuts::Usual,
    }
}

/// The exit status that a report asks for.
pub(super) fn status(report: &Report) -> Status {
    if report.is_empty() || report.is_unjudged() {
        Status::Nothing
    } else if report.has_evidence() {
        // Evidence counts more than a file that could not be read: the report names both.
        Status::Evidence
    } else if report.is_partial() {
        Status::Partial
    } else {
        Status::NoEvidence
    }
}

pub(super) fn check(options: &CheckOptions) -> Result<Status, Failure> {
    let mut stats = Stats::new();
    let mut session = Session::for_check(options, &mut stats)?;
    let scanned = session.scan(options, &mut stats)?;
    let mut concluded = session.conclude(scanned, &mut stats);
    if let Some(path) = &options.judgements {
        judge(&mut concluded.report, path)?;
    }
    if options.reduced {
        let key = PseudonymKey::new(random()?);
        let reduced = share::reduced(&concluded.report, &key);
        concluded.report =
            reduced.ok_or_else(|| Failure::Usage("the report cannot be reduced".to_owned()))?;
    }
    let report = &concluded.report;
    let mut out = output(options.input.out.as_deref())?;
    match options.format.form() {
        Some(report::Form::Worksheets) => {
            let known = options.known_at.as_deref().map(str::parse).transpose();
            let known: Option<report::Knowing> =
                known.map_err(|error: report::KnowingError| Failure::Usage(error.to_string()))?;
            out.write_all(report::worksheets(report, options.lang.into(), known).as_bytes())?
        }
        Some(form) => {
            out.write_all(report::written(report, form, options.lang.into()).as_bytes())?
        }
        None => {
            serde_json::to_writer(&mut out, report)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    if let Some(path) = &options.stats {
        stats.write(path, report)?;
    }
    Ok(status(report))
}

/// Takes the judgements of a file into account.
fn judge(report: &mut Report, path: &Path) -> Result<(), Failure> {
    let failed = |what: String| Failure::File { path: path.display().to_string(), what };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let judgements: Vec<Judgement> =
        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    report.judge(&judgements).map_err(|error| failed(error.to_string()))
}

/// Writes events as they are read.
struct Writer<'w> {
    session: &'w Session,
    out: &'w mut dyn Write,
    /// Which records are written; all where nothing is asked.
    asked: Option<&'w mut Matched>,
    failure: Option<Failure>,
}

impl Visitor for Writer<'_> {
    fn judges(&self) -> bool {
        false
    }

    fn record(&mut self, text: Option<&[u8]>) {
        if let Some(asked) = &mut self.asked {
            asked.record(text);
        }
    }

    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        if self.failure.is_none() && self.asks_for(event, format) {
            self.failure = self.write(event, format).err();
        }
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

impl Writer<'_> {
    fn asks_for(&mut self, event: &Event<'_>, format: FormatIndex) -> bool {
        let Some(asked) = &mut self.asked else { return true };
        let log = self.session.plan().name(event.location.stream).unwrap_or_default();
        asked.asks_for(event, self.session.prepared.format_id(format).unwrap_or_default(), &log)
    }

    fn write(&mut self, event: &Event<'_>, format: FormatIndex) -> Result<(), Failure> {
        let plan = self.session.plan();
        let stream = plan.streams.get(event.location.stream as usize);
        let source = stream.and_then(|stream| plan.sources.get(stream.of as usize));
        let zone = match event.time.zone() {
            Some(ZoneSource::Stated) => "stated",
            Some(ZoneSource::Assumed) => "assumed",
            None => "none",
        };
        let stamp = event.time.stamp();
        let line = json!({
            "source": source.map(|source| &source.name),
            "path_inside": stream.and_then(|stream| stream.found.path_inside.as_ref()),
            "offset": event.location.offset,
            "length": event.location.length,
            "format": self.session.prepared.format_id(format),
            "time": stamp.map(rfc3339_exact),
            "offset_secs": stamp.map(|stamp| stamp.offset_secs),
            "zone": zone,
            "year": if matches!(event.time, Time::Yearless(..)) { "inferred" } else { "stated" },
            "count": event.count,
            "fields": fields(event),
            "pairs": pairs(event),
        });
        Ok(self.out.write_all(json_line(line).as_bytes())?)
    }
}

/// The fields of an event, and its addresses under their names in ECS where they are addresses.
fn fields(event: &Event<'_>) -> Map<String, Json> {
    let mut fields = Map::new();
    for field in Field::ALL {
        match event.fields.get(field) {
            Value::Absent => {}
            Value::Null => drop(fields.insert(field.name().to_owned(), json!(null))),
            Value::Text(text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                let address = match field {
                    Field::SourceAddress => Some("source.ip"),
                    Field::DestinationAddress => Some("destination.ip"),
                    _ => None,
                };
                if let Some(name) = address.filter(|_| text.parse::<IpAddr>().is_ok()) {
                    fields.insert(name.to_owned(), json!(text));
                }
                fields.insert(field.name().to_owned(), json!(text));
            }
        }
    }
    fields
}

/// What the record says under its own names. Of a name that stands more than once, all.
fn pairs(event: &Event<'_>) -> Map<String, Json> {
    let mut all = Map::<String, Json>::new();
    for pair in event.fields.pairs() {
        let value = pair.value.text().map(String::from_utf8_lossy);
        let value = value.map_or(json!(null), |text| json!(text));
        match all.entry(String::from_utf8_lossy(pair.key).into_owned()) {
            Entry::Vacant(place) => drop(place.insert(value)),
            Entry::Occupied(mut place) => match place.get_mut() {
                Json::Array(values) => values.push(value),
                one => *one = json!([one.take(), value]),
            },
        }
    }
    all
}

pub(super) fn events(options: &EventsOptions) -> Result<Status, Failure> {
    let wrong = |error| Failure::Usage(format!("--where: {error}"));
    let asked = options.asked.as_deref().map(Query::parse).transpose().map_err(wrong)?;
    let mut asked = asked.map(Matched::new);
    let session = Session::new(&options.input, Cuts::Usual)?;
    let mut out = output(options.input.out.as_deref())?;
    let mut jobs = session.plan().jobs.clone();
    jobs.retain(|job| job.kind == crate::engine::JobKind::Scan);
    jobs.sort_by_key(|job| (job.stream, job.start));
    let mut parsed = 0;
    let mut is_partial = session.plan().sources.iter().any(|source| source.fault.is_some());
    for job in &jobs {
        let Some(source) = session.source(job.source) else { continue };
        let asked = asked.as_mut();
        let mut writer = Writer { session: &session, out: &mut out, asked, failure: None };
        let mut memory = Memory::default();
        let ledgers =
            read_job(&session.prepared, job, source, &mut memory, &mut writer, &mut |_| ());
        if let Some(failure) = writer.failure {
            return Err(failure);
        }
        parsed += ledgers.streams.values().map(Ledger::understood).sum::<u64>();
        is_partial |= ledgers.is_partial();
    }
    out.flush()?;
    Ok(match (parsed, is_partial) {
        (0, _) => Status::Nothing,
        (_, true) => Status::Partial,
        (_, false) => Status::NoEvidence,
    })
}

pub(super) fn formats() -> Result<Status, Failure> {
    let mut out = output(None)?;
    for (_, format) in definitions() {
        let format = format.map_err(ReaderError::from).map_err(SettingsError::from)?;
        if format.part_of.is_empty() {
            let source = format.logsource.name();
            writeln!(out, "{}\t{}\t{}\t{source}", format.id, format.name, format.what.en)?;
        }
    }
    out.flush()?;
    Ok(Status::NoEvidence)
}

pub(super) fn traffic(options: &TrafficOptions) -> Result<Status, Failure> {
    let mut out = output(options.out.as_deref())?;
    let traffic = Traffic {
        seed: options.seed,
        bytes: options.mib << 20,
        clients: options.clients.max(1),
        documents: options.documents.max(1),
        ..Traffic::default()
    };
    write_traffic(&traffic, &mut out)?;
    out.flush()?;
    Ok(Status::NoEvidence)
}

/// The schema of the report, in builds that have it.
#[cfg(feature = "schema")]
pub(super) fn schema() -> Result<Status, Failure> {
    let mut out = output(None)?;
    serde_json::to_writer_pretty(&mut out, &schemars::schema_for!(Report))?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(Status::NoEvidence)
}

/// The schema is published beside the page; shipped builds do without it.
#[cfg(not(feature = "schema"))]
pub(super) fn schema() -> Result<Status, Failure> {
    Err(Failure::Usage("this build has no schema: it is in www/report.schema.json".to_owned()))
}
