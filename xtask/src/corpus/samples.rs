//! Samples of log formats, in folders named after the format: each must be recognised as it, and
//! nearly every record understood. What stands in `EXCEPTIONS` must come out just as it says there.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ask;
use super::exceptions::EXCEPTIONS;
use crate::repo::{files_in, folders_in};

/// Checks `dir/<format>/*`.
pub fn run(binary: &Path, dir: &Path) -> Result<()> {
    let (mut right, mut wrong) = (0, Vec::new());
    let mut met = Vec::new();
    for folder in folders_in(dir)? {
        let format = name_of(&folder)?;
        for file in files_in(&folder)? {
            let name = format!("{format}/{}", name_of(&file)?);
            let streams = Streams::of(binary, &file)?;
            let exception = EXCEPTIONS.iter().find(|exception| exception.sample == name);
            met.extend(exception.map(|exception| exception.sample));
            match exception {
                None if streams.are(&format) => right += 1,
                None => wrong.push(format!("{name}: {}", streams.told())),
                Some(known) if known.told == streams.told() => {}
                Some(known) => {
                    wrong.push(format!("{name}: {}, expected {}", streams.told(), known.told));
                }
            }
        }
    }
    let gone = EXCEPTIONS.iter().filter(|exception| !met.contains(&exception.sample));
    wrong.extend(gone.map(|exception| format!("{}: is not there", exception.sample)));
    println!("{right} samples are understood as their format; {} are known not to be:", met.len());
    for exception in EXCEPTIONS {
        println!("  {}: {} ({})", exception.sample, exception.told, exception.reason);
    }
    ensure!(
        wrong.is_empty(),
        "samples came out otherwise than expected:\n  {}",
        wrong.join("\n  ")
    );
    Ok(())
}

fn name_of(path: &Path) -> Result<String> {
    let name = path.file_name().context("a path has no name")?;
    Ok(name.to_string_lossy().into_owned())
}

/// Format, records understood and records of each stream of a file.
struct Streams(Vec<(String, u64, u64)>);

impl Streams {
    fn of(binary: &Path, file: &Path) -> Result<Streams> {
        let printed = ask(binary, &["check", "--format", "json"], file)?;
        let report: Value = serde_json::from_str(&printed).context("a report cannot be read")?;
        let sources = report["sources"].as_array().context("a report has no sources")?;
        let streams = sources.iter().filter_map(|source| source["streams"].as_array()).flatten();
        let counted = streams.map(|stream| {
            let count = |name: &str| stream[name].as_u64().unwrap_or(0);
            let format = stream["format"].as_str().unwrap_or("none").to_owned();
            (format, count("records") - count("unparsed"), count("records"))
        });
        Ok(Streams(counted.collect()))
    }

    /// Whether all are of a format, with at least 99 % of the records understood.
    fn are(&self, format: &str) -> bool {
        let is =
            |stream: &(String, u64, u64)| stream.0 == format && stream.1 * 100 >= stream.2 * 99;
        !self.0.is_empty() && self.0.iter().all(is)
    }

    fn told(&self) -> String {
        if self.0.is_empty() {
            return "no log".to_owned();
        }
        let tell = |(format, right, all): &(String, u64, u64)| format!("{format} {right}/{all}");
        self.0.iter().map(tell).collect::<Vec<_>>().join(", ")
    }
}
