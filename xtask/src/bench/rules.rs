//! What it costs to run all of a set of Sigma rules on Windows events: the command line in one
//! thread and one Chromium worker, beside rsigma's library on the same unpacked logs and rules; what
//! twice as many rules cost; and how long the browser takes to read the rules. CPU seconds of
//! interleaved runs.
//!
//! The folder that `SEKISHO_DATA` names holds `sigma/sigma-rules.zip` and `windows-jsonl/*.zip`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Benchmark, Options, median};
use crate::browsers::Browser;
use crate::command::{Program, node};
use crate::native::{self, Profile};
use crate::repo::{Repo, read};
use crate::wasm::{Care, Toolchain};
use crate::{dist, rsigma, table};

pub const BENCHMARK: Benchmark =
    Benchmark { name: "rules", about: "Sigma rules on Windows events, beside rsigma", run };

const ROUNDS: usize = 3;

/// What is measured, and the bound that must hold: shares of rsigma's CPU time, a factor, seconds.
const NATIVE: (&str, f64) = ("native / rsigma", 0.1);
const CHROMIUM: (&str, f64) = ("Chromium worker / rsigma", 1.0 / 6.0);
const DOUBLED: (&str, f64) = ("twice as many rules / native", 1.3);
const LOAD: (&str, f64) = ("rules read in Chromium, seconds", 0.4);

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    let Some(data) = env::var_os("SEKISHO_DATA") else {
        println!("Left out: SEKISHO_DATA names no folder.");
        return Ok(Value::Null);
    };
    let sides = Sides::prepare(repo, &PathBuf::from(data))?;
    let mut runs: Vec<Runs> = sides.logs.iter().map(|_| Runs::default()).collect();
    let (mut load, mut load_cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let browser = sides.browser()?;
        load.push(browser["load_wall"].as_f64().context("the page tells no time of the rules")?);
        load_cpu.push(browser["load_cpu"].as_f64().context("the page tells no CPU time")?);
        for (at, (log, runs)) in sides.logs.iter().zip(&mut runs).enumerate() {
            runs.native.push(sides.ours(log, &sides.rules)?);
            runs.rsigma.push(sides.theirs(log)?);
            runs.doubled.push(sides.ours(log, &sides.doubled)?);
            let scan = browser["scans"][at].as_f64().context("the page tells no time of a scan")?;
            runs.chromium.push(scan);
        }
    }
    println!("Reading the rules in Chromium: {:.2} s of CPU", median(&load_cpu));
    show(&sides, &runs, median(&load))
}

/// CPU seconds on one log.
#[derive(Default)]
struct Runs {
    native: Vec<f64>,
    rsigma: Vec<f64>,
    doubled: Vec<f64>,
    chromium: Vec<f64>,
}

fn show(sides: &Sides, runs: &[Runs], load: f64) -> Result<Value> {
    let mut lines = Vec::new();
    for (log, runs) in sides.logs.iter().zip(runs) {
        let name = log.file_name().context("a log has no name")?.to_string_lossy().into_owned();
        let (native, rsigma) = (median(&runs.native), median(&runs.rsigma));
        println!("{name}: native {native:.2} s, rsigma {rsigma:.2} s of CPU");
        lines.push((name.clone(), NATIVE, native / rsigma));
        lines.push((name.clone(), CHROMIUM, median(&runs.chromium) / rsigma));
        lines.push((name, DOUBLED, median(&runs.doubled) / native));
    }
    lines.push((String::new(), LOAD, load));
    let row = |(log, (what, most), figure): &(String, (&str, f64), f64)| {
        vec![(*what).to_owned(), format!("{figure:.3}"), format!("{most:.3}"), log.clone()]
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    table::print(&["median of rounds", "figure", "at most", "log"], &rows);
    let holds = lines.iter().all(|(_, (_, most), figure)| figure <= most);
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    let told: Vec<_> = lines
        .iter()
        .map(|(log, (what, most), figure)| {
            json!({ "what": what, "log": log, "figure": figure, "at_most": most })
        })
        .collect();
    Ok(json!({ "holds": holds, "figures": told }))
}

/// Everything that the rounds need, built before the first.
struct Sides<'a> {
    repo: &'a Repo,
    rules: PathBuf,
    doubled: PathBuf,
    logs: Vec<PathBuf>,
    binary: PathBuf,
    peer: PathBuf,
    chromium: PathBuf,
    scratch: PathBuf,
}

impl<'a> Sides<'a> {
    fn prepare(repo: &'a Repo, data: &Path) -> Result<Sides<'a>> {
        let scratch = repo.target.join("bench/rules");
        fs::create_dir_all(&scratch)?;
        let peer = rsigma::build(repo)?;
        let logs = rsigma::logs(repo, data)?;
        dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
        let rules = data.join("sigma/sigma-rules.zip");
        Ok(Sides {
            repo,
            doubled: doubled(&rules, &scratch)?,
            rules,
            logs,
            chromium: Browser::Chromium.find()?,
            binary: native::command_line(repo, Profile::Release)?,
            peer,
            scratch,
        })
    }

    /// Reading and scanning with the rules alone.
    fn ours(&self, log: &Path, rules: &Path) -> Result<f64> {
        let stats = self.scratch.join("stats.json");
        Program::new(&self.binary)
            .args(["check", "--jobs", "1", "--no-builtin", "--format", "json", "--rules"])
            .arg(rules)
            .arg("--out")
            .arg(self.scratch.join("report.txt"))
            .arg("--stats")
            .arg(&stats)
            .arg(log)
            .read_if(|code| code <= 3)?;
        let told: Value = serde_json::from_str(&read(&stats)?)?;
        told["stages"]["scan"]["cpu_secs"].as_f64().context("--stats tells no CPU time")
    }

    /// Reading the rules and scanning each log, in one worker.
    fn browser(&self) -> Result<Value> {
        let answer = node()
            .arg(self.repo.drive("bench-rules.mjs"))
            .arg(&self.rules)
            .args(&self.logs)
            .env(Browser::Chromium.variable(), &self.chromium)
            .read()?;
        serde_json::from_str(&answer).context("the page's answer cannot be read")
    }

    /// Reading and evaluating.
    fn theirs(&self, log: &Path) -> Result<f64> {
        let told = Program::new(&self.peer).arg("time").arg(&self.rules).arg(log).read()?;
        let told: Value = serde_json::from_str(&told)?;
        told["match_secs"].as_f64().context("rsigma's side tells no CPU time")
    }
}

/// A folder with the rules and another one for each, which has another id and asks for other texts.
fn doubled(rules: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = scratch.join("doubled");
    for path in rsigma::unpacked(rules, &folder)? {
        fs::write(path.with_extension("other.yml"), other(&read(&path)?))?;
    }
    Ok(folder)
}

/// A rule like another one: what its detection asks for in quotes ends in a text of its own.
fn other(rule: &str) -> String {
    let mut is_detection = false;
    let mut text = String::new();
    for line in rule.lines() {
        if !line.starts_with([' ', '-', '#']) {
            is_detection = line.starts_with("detection:");
        }
        let line = match line.strip_prefix("id: ") {
            // The first digit of an id is one of sixteen; z is none.
            Some(id) => format!("id: z{}", id.get(1..).unwrap_or_default()),
            None => line.to_owned(),
        };
        let asked = line.trim_end().strip_suffix('\'').filter(|_| is_detection);
        text += &asked.map_or_else(|| line.clone(), |asked| format!("{asked}zq'"));
        text.push('\n');
    }
    text
}
