//! `diff`: what has changed between two reports.

use super::args::{DiffFormat, DiffOptions};
use super::commands::output;
use super::{Failure, Status};
use crate::report::{self, Report};
use std::fs;
use std::io::Write;
use std::path::Path;

pub(super) fn diff(options: &DiffOptions) -> Result<Status, Failure> {
    let (earlier, later) = (read(&options.earlier)?, read(&options.later)?);
    let changed = report::diff(&earlier, &later);
    let mut out = output(options.out.as_deref())?;
    match options.format {
        DiffFormat::Text => {
            out.write_all(report::diff_text(&changed, options.lang.into()).as_bytes())?
        }
        DiffFormat::Html => {
            out.write_all(report::diff_html(&changed, options.lang.into()).as_bytes())?
        }
        DiffFormat::Json => {
            serde_json::to_writer(&mut out, &changed)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(if changed.is_empty() { Status::NoEvidence } else { Status::Evidence })
}

/// The report in a file.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let failed = |what: String| Failure::File { path: path.display().to_string(), what };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(format!("no report of sekisho: {error}")))
}
