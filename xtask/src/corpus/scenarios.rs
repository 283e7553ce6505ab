//! `cargo xtask corpus scenarios`: cases that `sekisho generate` makes, through the checker. For
//! each scenario: how much of the incident the findings of medium severity or above rest on, how
//! much of what they rest on is of the incident, which answers are those of the truth, and which
//! detections speak. Figures, not limits; those of each detection are kept in `measured.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::measured::Measured;
use crate::command::Program;
use crate::repo::{Repo, read};
use crate::table;

const SCENARIOS: [&str; 7] = ["quiet", "T1", "T2", "T3", "T4", "T5", "T6"];
const KINDS: [&str; 4] = ["accounts", "networks", "projects", "documents"];

/// What records name, by kind.
pub type Named = BTreeMap<&'static str, BTreeSet<String>>;

/// What all cases of a scenario come to.
#[derive(Default)]
struct Sum {
    /// By kind: of the incident and found, found, of the incident.
    named: BTreeMap<&'static str, (usize, usize, usize)>,
    /// By question: answers that are those of the truth.
    right: BTreeMap<String, u64>,
    /// By detection: findings of medium and of high severity or above.
    findings: BTreeMap<String, (u64, u64)>,
    user_days: u64,
    /// Cases that began before their logs do, and of these, those that the report says so of.
    early: (u64, u64),
}

/// Runs every scenario with so many seeds.
pub fn run(repo: &Repo, binary: &Path, work: &Path, seeds: u64) -> Result<()> {
    let (mut rows, mut measured) = (Vec::new(), Measured::default());
    for scenario in SCENARIOS {
        let mut sum = Sum::default();
        for seed in 1..=seeds {
            let case = make(binary, work, scenario, seed)?;
            sum.add(binary, &case, &mut measured)?;
            fs::remove_dir_all(&case).context("a case cannot be removed")?;
        }
        rows.push(sum.row(scenario, seeds));
        sum.print(scenario, seeds);
    }
    let head = ["scenario"].into_iter().chain(KINDS);
    let head: Vec<_> =
        head.chain(["answers", "medium or above /10,000 user-days", "high or above"]).collect();
    println!("\nRecall / precision of what the findings rest on, over {seeds} seeds each:");
    table::print(&head, &rows);
    measured.finish(repo, seeds)
}

fn make(binary: &Path, work: &Path, scenario: &str, seed: u64) -> Result<PathBuf> {
    let case = work.join(format!("{scenario}-{seed}"));
    if case.exists() {
        fs::remove_dir_all(&case).context("an old case cannot be removed")?;
    }
    fs::create_dir_all(work).context("no folder for the cases")?;
    let seed = seed.to_string();
    let made = Program::new(binary).args(["generate", "--scenario", scenario, "--seed", &seed]);
    made.arg("--out").arg(&case).run()?;
    Ok(case)
}

/// What the checker prints of a case.
fn ask(binary: &Path, case: &Path, arguments: &[&str]) -> Result<String> {
    let asked = Program::new(binary).args(arguments).arg("logs").inside(case);
    asked.read_if(|code| (0..=3).contains(&code))
}

impl Sum {
    fn add(&mut self, binary: &Path, case: &Path, measured: &mut Measured) -> Result<()> {
        let json = |text: &str| serde_json::from_str::<Value>(text).context("no JSON");
        let truth = json(&read(&case.join("truth.json"))?)?;
        let report = json(&ask(binary, case, &["check", "--format", "json"])?)?;
        self.user_days +=
            truth["users"].as_u64().unwrap_or(0) * truth["days"].as_u64().unwrap_or(0);
        for finding in report["findings"].as_array().into_iter().flatten() {
            let of = self.findings.entry(text(&finding["detector"])).or_default();
            match finding["severity"].as_str() {
                Some("medium") => of.0 += 1,
                Some("high" | "critical") => of.1 += 1,
                _ => {}
            }
        }
        for answer in report["questions"].as_array().into_iter().flatten() {
            let id = text(&answer["id"]);
            let is_right = answer["state"] == truth["questions"][&id];
            *self.right.entry(id).or_default() += u64::from(is_right);
        }
        if truth["began_before"] == true {
            self.early.0 += 1;
            self.early.1 += u64::from(is_early(&report, &truth));
        }
        let found = found(case, &ask(binary, case, &["hits"])?)?;
        let incident = incident(&truth);
        measured.add(&report, &truth, &incident);
        for kind in KINDS {
            let (found, incident) = (&found[kind], &incident[kind]);
            let sum = self.named.entry(kind).or_default();
            sum.0 += found.intersection(incident).count();
            sum.1 += found.len();
            sum.2 += incident.len();
        }
        Ok(())
    }

    fn row(&self, scenario: &str, seeds: u64) -> Vec<String> {
        let percent = |part: usize, all: usize| match all {
            0 => "–".to_owned(),
            all => format!("{} %", part * 100 / all),
        };
        let named = KINDS.iter().map(|kind| {
            let (both, found, incident) = self.named.get(kind).copied().unwrap_or_default();
            format!("{} / {}", percent(both, incident), percent(both, found))
        });
        let right: u64 = self.right.values().sum();
        let asked = seeds * self.right.len() as u64;
        let (medium, high) =
            self.findings.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        let tenths = (medium + high) * 100_000 / self.user_days.max(1);
        let rest = [
            format!("{right}/{asked}"),
            format!("{}.{}", tenths / 10, tenths % 10),
            high.to_string(),
        ];
        [scenario.to_owned()].into_iter().chain(named).chain(rest).collect()
    }

    fn print(&self, scenario: &str, seeds: u64) {
        let speaking = self.findings.iter().filter(|(_, counts)| **counts != (0, 0));
        let speaking: Vec<_> =
            speaking.map(|(id, (medium, high))| format!("{id} {medium}+{high}")).collect();
        println!("{scenario}: findings of medium + of high or above: {}", speaking.join(", "));
        let wrong = self.right.iter().filter(|(_, right)| **right < seeds);
        let wrong: Vec<_> = wrong.map(|(id, right)| format!("{id} {right}/{seeds}")).collect();
        println!("{scenario}: answers as in the truth, where not all: {}", wrong.join(", "));
        if self.early.0 > 0 {
            let (all, said) = self.early;
            println!(
                "{scenario}: said to be there at or before the start of the logs: {said}/{all}"
            );
        }
    }
}

/// Whether a network of the incident is said to be there when the logs begin.
fn is_early(report: &Value, truth: &Value) -> bool {
    let networks = &incident(truth)["networks"];
    report["entities"].as_array().into_iter().flatten().any(|entity| {
        let address = text(&entity["value"]);
        let address = address.split('/').next().unwrap_or_default();
        entity["at_log_start"] == true && networks.contains(&network(address))
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The /24 or /48 that an address lies in.
fn network(address: &str) -> String {
    match address.rsplit_once('.') {
        Some((network, _)) => network.to_owned(),
        None => address.split(':').take(3).collect::<Vec<_>>().join(":"),
    }
}

fn incident(truth: &Value) -> Named {
    let of = |kind: &str| truth["entities"][kind].as_array().into_iter().flatten().map(text);
    BTreeMap::from([
        ("accounts", of("accounts").collect()),
        ("networks", of("addresses").map(|address| network(&address)).collect()),
        ("projects", of("projects").collect()),
        ("documents", of("documents").collect()),
    ])
}

/// What the records name that findings of medium severity or above rest on. Those of group F are
/// about the logs themselves.
fn found(case: &Path, hits: &str) -> Result<Named> {
    let mut found: Named = KINDS.iter().map(|kind| (*kind, BTreeSet::new())).collect();
    let mut logs = BTreeMap::new();
    for line in hits.lines() {
        let hit: Value = serde_json::from_str(line).context("a hit cannot be read")?;
        let is_weak = matches!(hit["severity"].as_str(), Some("info" | "low"));
        if is_weak || text(&hit["detector"]).starts_with('F') {
            continue;
        }
        let source = text(&hit["source"]);
        if !logs.contains_key(&source) {
            logs.insert(source.clone(), fs::read(case.join(&source))?);
        }
        let number = |name: &str| hit[name].as_u64().unwrap_or(0) as usize;
        let record = logs[&source].get(number("offset")..number("offset") + number("length"));
        name(&String::from_utf8_lossy(record.unwrap_or_default()), &mut found);
    }
    Ok(found)
}

/// Notes what a record names.
pub fn name(record: &str, found: &mut Named) {
    let mut add = |kind: &'static str, name: String| {
        if !name.is_empty() && name != "-" {
            found.entry(kind).or_default().insert(name);
        }
    };
    let Ok(json) = serde_json::from_str::<Value>(record) else {
        let words: Vec<_> = record.split(' ').collect();
        add("networks", network(words.first().unwrap_or(&"")));
        add("accounts", (*words.get(2).unwrap_or(&"")).to_owned());
        return;
    };
    add("accounts", text(&json["user"]) + &text(&json["details"]["username"]));
    add("networks", network(&(text(&json["client_ip"]) + &text(&json["ipAddress"]))));
    add("projects", text(&json["project"]));
    add("documents", text(&json["file_path"]));
}
