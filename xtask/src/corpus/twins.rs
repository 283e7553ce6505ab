//! Windows event logs in binary, each with a twin in JSON: both must give the same records.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::ask;
use crate::repo::files_in;

/// The twins that differ, and why.
const DIFFERING: &[(&str, &str)] = &[(
    "ad691d92-15f2-4181-9aa4-723c74f9ddc3.evtx",
    "the twins state another time and command line: they are of two recordings",
)];

/// Compares `dir/*.evtx` with `dir/*.json`.
pub fn run(binary: &Path, dir: &Path) -> Result<()> {
    let (mut same, mut records) = (0, 0);
    let (mut known, mut wrong) = (Vec::new(), Vec::new());
    for binary_log in files_in(dir)? {
        let twin = binary_log.with_extension("json");
        if binary_log.extension().is_none_or(|end| end != "evtx") || !twin.exists() {
            continue;
        }
        let name = binary_log.file_name().context("a path has no name")?.to_string_lossy();
        let events = events(binary, &binary_log)?;
        let are_same = !events.is_empty() && events == self::events(binary, &twin)?;
        let differing = DIFFERING.iter().find(|(twin, _)| *twin == name);
        records += events.len();
        match (are_same, differing) {
            (true, None) => same += 1,
            (false, Some(differing)) => known.push(differing),
            (true, Some(_)) => wrong.push(format!("{name} is the same, unexpectedly")),
            (false, None) => wrong.push(format!("{name} differs")),
        }
    }
    println!(
        "{same} event logs of {} ({records} records) are read like their twins.",
        same + known.len() + wrong.len()
    );
    for (name, reason) in known {
        println!("  {name} differs: {reason}");
    }
    ensure!(same > 0, "no twins under {}", dir.display());
    ensure!(wrong.is_empty(), "event logs and their twins:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// Time and pairs of every record, in an order of their own.
fn events(binary: &Path, log: &Path) -> Result<Vec<String>> {
    let printed = ask(binary, &["events"], log)?;
    let told = printed.lines().map(|line| {
        let event: Value = serde_json::from_str(line).context("an event cannot be read")?;
        Ok(json!([event["time"], event["pairs"]]).to_string())
    });
    let mut told = told.collect::<Result<Vec<_>>>()?;
    told.sort();
    Ok(told)
}
