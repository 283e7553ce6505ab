//! `inspect`: what stands in files that may have leaked, and who took them.

use super::args::{InputOptions, InspectFormat, InspectOptions};
use super::commands::output;
use super::session::Session;
use super::{Failure, Status};
use crate::engine::taken;
use crate::input::native::{Given, NativeFile, gather};
use crate::inspect::{self, Inspection, Inspector, Taken};
use crate::shard::Cuts;
use std::collections::BTreeSet;
use std::io::Write;

pub(super) fn inspect(options: &InspectOptions) -> Result<Status, Failure> {
    let mut inspector = Inspector::new(&options.own_domains, &options.passwords);
    let given = gather(&options.paths);
    if given.is_empty() {
        return Err(Failure::Usage("there is no file in what was given".to_owned()));
    }
    given.into_iter().for_each(|given| one(&mut inspector, given));
    let names = inspector.names();
    let mut inspection = inspector.finish();
    if !options.logs.is_empty() {
        inspection.taken = of_logs(options, &names)?;
    }
    let mut out = output(options.out.as_deref())?;
    match options.format {
        InspectFormat::Text => {
            out.write_all(inspect::text(&inspection, options.lang.into()).as_bytes())?
        }
        InspectFormat::Csv => {
            out.write_all(inspect::csv(&inspection, options.lang.into()).as_bytes())?
        }
        InspectFormat::Json => {
            serde_json::to_writer(&mut out, &inspection)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(status(&inspection))
}

fn status(inspection: &Inspection) -> Status {
    match (inspection.found.is_empty(), inspection.not_inspected.is_empty()) {
        (false, _) => Status::Evidence,
        (true, false) => Status::Partial,
        (true, true) => Status::NoEvidence,
    }
}

fn one(inspector: &mut Inspector, given: Given) {
    match given {
        Given::Bytes { name, bytes } => inspector.file(&name, bytes.len() as u64, &bytes),
        Given::File { name, path, size, .. } => match NativeFile::open(&path) {
            Ok(file) => inspector.file(&name, size, &file),
            Err(error) => inspector.unreadable(&name, &error.to_string()),
        },
        Given::Unreadable { name, what } => inspector.unreadable(&name, &what),
    }
}

/// The records of the logs that name the files, in order.
fn of_logs(options: &InspectOptions, names: &BTreeSet<String>) -> Result<Vec<Taken>, Failure> {
    let input = InputOptions {
        paths: options.logs.clone(),
        zone: options.zone.clone(),
        log_formats: Vec::new(),
        mappings: Vec::new(),
        passwords: options.passwords.clone(),
        day_first: false,
        latest: None,
        since: None,
        until: None,
        settings: None,
        out: None,
    };
    let session = Session::new(&input, Cuts::Usual)?;
    let mut found = Vec::new();
    for job in &session.plan().jobs {
        let Some(source) = session.source(job.source) else { continue };
        found.extend(taken(&session.prepared, job, source, names, &mut |_| ()));
    }
    found.sort();
    Ok(found)
}
