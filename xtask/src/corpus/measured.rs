//! What each detection finds in cases that are made, quiet ones and others, and
//! `src/cli/measured.tsv`, from which `sekisho detections` says it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::Value;

use super::scenarios::{Named, name};
use crate::repo::{Repo, read, write};
use crate::table;

const TABLE: &str = "src/cli/measured.tsv";
const HEAD: [&str; 6] = ["id", "quiet_minor", "quiet", "minor", "grave", "right"];

/// What was measured: the cases, and by detection what it found.
#[derive(Default)]
pub struct Measured {
    /// User-days of the quiet cases.
    user_days: u64,
    /// The other cases: with an intruder, or with decoys and defects of the logs.
    cases: u64,
    found: BTreeMap<String, Found>,
}

/// Findings of a detection, by severity: below medium, medium, and above.
#[derive(Clone, Copy, Default)]
struct Found {
    quiet: [u64; 3],
    others: [u64; 3],
    /// Of those of medium or above in the others: about the intruder, or a defect of the logs.
    right: u64,
}

impl Measured {
    /// Adds what a report says of a case.
    pub fn add(&mut self, report: &Value, truth: &Value, incident: &Named) {
        let is_quiet = truth["scenario"] == "quiet";
        let number = |name: &str| truth[name].as_u64().unwrap_or(0);
        match is_quiet {
            true => self.user_days += number("users") * number("days"),
            false => self.cases += 1,
        }
        let has_defects = truth["defects"].as_array().is_some_and(|all| !all.is_empty());
        for finding in report["findings"].as_array().into_iter().flatten() {
            let id = finding["detector"].as_str().unwrap_or_default();
            let grade = match finding["severity"].as_str() {
                Some("high" | "critical") => 2,
                Some("medium") => 1,
                _ => 0,
            };
            let of = self.found.entry(id.to_owned()).or_default();
            let counts = if is_quiet { &mut of.quiet } else { &mut of.others };
            counts[grade] += 1;
            let is_right = is_about(finding, incident) || (id.starts_with('F') && has_defects);
            of.right += u64::from(!is_quiet && grade > 0 && is_right);
        }
    }

    /// Prints what was measured, and compares it with the table where that is of as many seeds.
    /// A table that says something else is written anew.
    pub fn finish(&self, repo: &Repo, seeds: u64) -> Result<()> {
        let row = |(id, of): (&String, &Found)| {
            let all = of.quiet.iter().chain(&of.others).chain([&of.right]);
            [id.clone()].into_iter().chain(all.map(u64::to_string)).collect::<Vec<_>>()
        };
        let rows: Vec<_> = self.found.iter().map(row).collect();
        println!(
            "\nFindings by detection, in {} user-days of quiet cases and {} cases of the others:",
            self.user_days, self.cases
        );
        let head = ["id", "quiet: low", "medium", "high", "others: low", "medium", "high"];
        table::print(&head.into_iter().chain(["right"]).collect::<Vec<_>>(), &rows);
        let kept = read(&repo.root.join(TABLE))?;
        if kept.lines().next() != Some(&format!("seeds\t{seeds}")) {
            println!("{TABLE} is of other seeds, and not compared.");
            return Ok(());
        }
        let new = self.text(&kept, seeds);
        let is_current = new == kept;
        write(&repo.root.join(TABLE), new)?;
        ensure!(
            is_current,
            "{TABLE} was not current and is written anew: build, and write docs/detections.md"
        );
        Ok(())
    }

    /// The table, with the detections in the order in which it has them.
    fn text(&self, kept: &str, seeds: u64) -> String {
        let mut text = format!(
            "seeds\t{seeds}\nuser_days\t{}\ncases\t{}\n{}\n",
            self.user_days,
            self.cases,
            HEAD.join("\t")
        );
        let ids = kept.lines().skip(4).filter_map(|line| line.split('\t').next());
        for id in ids {
            let of = self.found.get(id).copied().unwrap_or_default();
            let ([quiet_minor, quiet @ ..], [minor, grave @ ..]) = (of.quiet, of.others);
            let (quiet, grave) = (quiet.iter().sum::<u64>(), grave.iter().sum::<u64>());
            text += &format!("{id}\t{quiet_minor}\t{quiet}\t{minor}\t{grave}\t{}\n", of.right);
        }
        text
    }
}

/// Whether a record that a finding shows names an account or a network of the incident.
fn is_about(finding: &Value, incident: &Named) -> bool {
    let mut named: Named = incident.keys().map(|kind| (*kind, BTreeSet::new())).collect();
    let evidence = finding["evidence"].as_array().into_iter().flatten();
    evidence.filter_map(|one| one["text"].as_str()).for_each(|text| name(text, &mut named));
    ["accounts", "networks"].iter().any(|kind| !named[kind].is_disjoint(&incident[kind]))
}
