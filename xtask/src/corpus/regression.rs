//! The regression data of SigmaHQ: each event log, in binary and in JSON, holds what its rule looks
//! for. Of all rules of the release, that one must match as many records as the manifest says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::Program;
use crate::repo::read;

/// Logs in which more records fit their rule than the manifest counts: how many do, and why.
const DIFFERING: &[(&str, u64, &str)] = &[
    ("0b9ad457-2554-44c1-82c2-d56a99c42377", 3, "three of its files have a name of the rule"),
    ("8fbf3271-1ef6-4e94-8210-03c2317947f6", 3, "three of its files have a name of the rule"),
    ("45e112d0-7759-4c2a-aa36-9f8fb79d3393", 3, "three of its values are of a zone"),
    ("c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e", 2, "both of its values are of the rule"),
];

/// A log with its rule, and how many records must match.
struct Case {
    id: String,
    log: PathBuf,
    count: Option<u64>,
}

/// Runs the rules of `dir/sigma-rules.zip` on the logs of `dir/manifest.tsv`.
pub fn run(binary: &Path, dir: &Path) -> Result<()> {
    let (mut known, mut wrong, mut all) = (Vec::new(), Vec::new(), 0);
    let cases = cases(dir)?;
    for notation in ["evtx", "json"] {
        let own: Vec<_> = cases.iter().filter(|case| has_ending(&case.log, notation)).collect();
        let logs: Vec<_> = own.iter().map(|case| case.log.as_path()).collect();
        let together = hits(binary, dir, &logs)?;
        for case in own {
            let name = case.log.file_name().context("a path has no name")?.to_string_lossy();
            let of = |hits: &Hits| hits.get(&(name.to_string(), case.id.clone())).copied();
            let differing = DIFFERING.iter().find(|(id, _, _)| *id == case.id);
            let expected = differing.map(|(_, count, _)| *count).or(case.count);
            let fits = |count: Option<u64>| count.is_some_and(|n| expected.is_none_or(|e| e == n));
            // Some recordings stand in two logs, and count once where both are given.
            let fits = fits(of(&together)) || fits(of(&hits(binary, dir, &[&case.log])?));
            all += 1;
            match (fits, differing) {
                (true, Some((_, _, reason))) => known.push(format!("{name}: {reason}")),
                (true, None) => {}
                (false, _) => wrong.push(format!("{name}: {expected:?} were expected")),
            }
        }
    }
    println!(
        "{} of {all} logs of SigmaHQ match their rule as often as stated.",
        all - known.len() - wrong.len()
    );
    known.iter().for_each(|differing| println!("  {differing}"));
    ensure!(all > 0, "no logs in {}", dir.join("manifest.tsv").display());
    ensure!(known.len() == 2 * DIFFERING.len(), "a log that differs is not there any more");
    ensure!(wrong.is_empty(), "rules and their logs:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// The cases of the manifest: each log in both notations.
fn cases(dir: &Path) -> Result<Vec<Case>> {
    let manifest = read(&dir.join("manifest.tsv"))?;
    let mut cases = Vec::new();
    for row in manifest.lines().skip(1) {
        let cells: Vec<_> = row.split('\t').collect();
        let [evtx, json, id, count, ..] = cells.as_slice() else { continue };
        for log in [evtx, json].into_iter().filter(|log| !log.is_empty()) {
            cases.push(Case {
                id: (*id).to_owned(),
                log: dir.join(log),
                count: count.parse().ok(),
            });
        }
    }
    Ok(cases)
}

fn has_ending(log: &Path, ending: &str) -> bool {
    log.extension().is_some_and(|end| end == ending)
}

/// By the name of a log and the id of a rule, how many records match.
type Hits = BTreeMap<(String, String), u64>;

fn hits(binary: &Path, dir: &Path, logs: &[&Path]) -> Result<Hits> {
    let printed = Program::new(binary)
        .args(["hits", "--no-builtin", "--rules"])
        .arg(dir.join("sigma-rules.zip"))
        .args(logs)
        .read_if(|code| (0..=3).contains(&code))?;
    let mut hits = Hits::new();
    for line in printed.lines() {
        let hit: Value = serde_json::from_str(line).context("a hit cannot be read")?;
        let text = |name: &str| hit[name].as_str().unwrap_or_default().to_owned();
        let source = text("source");
        let name = source.rsplit('/').next().unwrap_or_default().to_owned();
        *hits.entry((name, text("rule"))).or_default() += 1;
    }
    Ok(hits)
}
