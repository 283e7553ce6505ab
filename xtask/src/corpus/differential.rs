//! The rule engine beside rsigma's, on the same logs, with the same names of fields and the same
//! gating by log source: both must find the same rules in the same records, but for the rules that
//! are listed here.
//!
//! Few records are of the log source of many rules. So the same is asked once more with rules that
//! are about every record of Windows, whatever their log source is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::Program;
use crate::repo::{Repo, read};
use crate::rsigma;

/// Rules that one of the two alone finds, and why.
struct Differing {
    rule: &'static str,
    side: Side,
    /// Whether only where rules are asked of every record.
    only_of_all: bool,
    reason: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Ours,
    Theirs,
}

const DIFFERING: &[Differing] = &[
    Differing {
        rule: "94309181-d345-4cbf-b5fe-061769bdf9cb",
        side: Side::Theirs,
        only_of_all: false,
        reason: "asks for a list that is not given; by the specification, expand stands for the \
                 values of one, and rsigma looks for the placeholder's name",
    },
    Differing {
        rule: "28870ae4-6a13-4616-bd1a-235a7fad7458",
        side: Side::Theirs,
        only_of_all: true,
        reason: "the same",
    },
    Differing {
        rule: "7e4bfe58-4a47-4709-828d-d86c78b7cc1f",
        side: Side::Ours,
        only_of_all: true,
        reason: "asks for a field of the event model, which rsigma is not told of",
    },
];

/// A record's line, and the rule that it matches.
type Matches = BTreeSet<(u64, String)>;

/// Compares all rules of `data/sigma` on the logs of `data/windows-jsonl`.
pub fn run(repo: &Repo, binary: &Path, data: &Path) -> Result<()> {
    let peer = rsigma::build(repo)?;
    let logs = rsigma::logs(repo, data)?;
    let rules = data.join("sigma/sigma-rules.zip");
    let of_all = of_every_record(&rules, &repo.target.join("peers/rules-of-all"))?;
    let mut wrong = Vec::new();
    for (rules, is_of_all, named) in
        [(&rules, false, "of their log source"), (&of_all, true, "of every record")]
    {
        let mut met = BTreeMap::<(&str, Side), usize>::new();
        let mut same = 0;
        for log in &logs {
            let ours = ours(binary, rules, log)?;
            let theirs = theirs(repo, &peer, rules, log)?;
            same += ours.intersection(&theirs).count();
            let sides =
                [(Side::Ours, ours.difference(&theirs)), (Side::Theirs, theirs.difference(&ours))];
            for (side, (line, rule)) in
                sides.into_iter().flat_map(|(side, all)| all.map(move |one| (side, one)))
            {
                match DIFFERING.iter().find(|one| one.rule == rule && one.side == side) {
                    Some(one) => *met.entry((one.rule, side)).or_default() += 1,
                    None => wrong.push(format!(
                        "{side:?} alone: {rule} in line {line} of {}",
                        log.display()
                    )),
                }
            }
        }
        println!("{same} matches of rules {named} are rsigma's too.");
        for one in DIFFERING.iter().filter(|one| is_of_all || !one.only_of_all) {
            match met.get(&(one.rule, one.side)) {
                Some(count) => {
                    println!("  {:?} alone, {count} times: {} {}", one.side, one.rule, one.reason)
                }
                None => wrong.push(format!("{} differs no more, {named}", one.rule)),
            }
        }
        ensure!(same > 0, "no rule matches");
    }
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>();
    ensure!(wrong.is_empty(), "{} differences to rsigma:\n  {}", wrong.len(), shown.join("\n  "));
    Ok(())
}

fn ours(binary: &Path, rules: &Path, log: &Path) -> Result<Matches> {
    let printed = Program::new(binary)
        .args(["hits", "--no-builtin", "--rules"])
        .arg(rules)
        .arg(log)
        .read_if(|code| (0..=3).contains(&code))?;
    let matches = printed.lines().map(|line| {
        let hit: Value = serde_json::from_str(line).context("a hit cannot be read")?;
        let rule = hit["rule"].as_str().unwrap_or_default().to_owned();
        Ok((hit["line"].as_u64().context("a hit has no line")?, rule))
    });
    matches.collect()
}

fn theirs(repo: &Repo, peer: &Path, rules: &Path, log: &Path) -> Result<Matches> {
    let printed = Program::new(peer)
        .arg("matches")
        .arg(rules)
        .arg(log)
        .arg(repo.root.join("src/sigma/sources.toml"))
        .read()?;
    let matches = printed.lines().map(|line| {
        let (line, rule) = line.split_once('\t').context("a match cannot be read")?;
        Ok((line.parse()?, rule.to_owned()))
    });
    matches.collect()
}

/// The rules with `product: windows` as their whole log source.
fn of_every_record(rules: &Path, folder: &Path) -> Result<PathBuf> {
    for path in rsigma::unpacked(rules, folder)? {
        fs::write(&path, with_source(&read(&path)?))?;
    }
    Ok(folder.to_path_buf())
}

fn with_source(rule: &str) -> String {
    let (mut text, mut is_source) = (String::new(), false);
    for line in rule.lines() {
        if !line.starts_with([' ', '-', '#']) && !line.is_empty() {
            is_source = line.starts_with("logsource:");
            if is_source {
                text += "logsource:\n    product: windows\n";
            }
        }
        if !is_source {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_source;

    #[test]
    fn a_rule_gets_another_log_source() {
        let rule = "title: a\nlogsource:\n    product: linux\n    # why\n    service: x\ndetection:\n    s: 1\n";
        let other = "title: a\nlogsource:\n    product: windows\ndetection:\n    s: 1\n";
        assert_eq!(with_source(rule), other);
    }
}
