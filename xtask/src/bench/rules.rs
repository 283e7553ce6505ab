//! What it costs to run all of a set of Sigma rules on Windows events: the command line in one
//! thread, beside rsigma's library on the same unpacked logs and rules. CPU seconds, interleaved.
//!
//! The folder that `SEKISHO_DATA` names holds `sigma/sigma-rules.zip` and `windows-jsonl/*.zip`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Benchmark, Options, median};
use crate::command::{Program, cargo};
use crate::native::{self, Profile};
use crate::repo::{Repo, files_in, read};
use crate::table;

pub const BENCHMARK: Benchmark =
    Benchmark { name: "rules", about: "Sigma rules on Windows events, beside rsigma", run };

const ROUNDS: usize = 3;
/// The share of rsigma's CPU time that must not be passed.
const MOST: f64 = 0.1;

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    let Some(data) = env::var_os("SEKISHO_DATA") else {
        println!("Left out: SEKISHO_DATA names no folder.");
        return Ok(Value::Null);
    };
    let sides = Sides::prepare(repo, &PathBuf::from(data))?;
    let (mut rows, mut told, mut holds) = (Vec::new(), Vec::new(), true);
    for log in &sides.logs {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(sides.ours(log)?);
            theirs.push(sides.theirs(log)?);
        }
        let (ours, theirs) = (median(&ours), median(&theirs));
        let name = log.file_name().context("a log has no name")?.to_string_lossy().into_owned();
        holds &= ours <= MOST * theirs;
        let share = format!("{:.3}", ours / theirs);
        rows.push(vec![name.clone(), format!("{ours:.2}"), format!("{theirs:.2}"), share]);
        told.push(json!({ "log": name, "secs": ours, "rsigma_secs": theirs }));
    }
    table::print(&["log", "CPU seconds", "rsigma's", "share"], &rows);
    println!("At most {MOST} must be: {}.", if holds { "holds" } else { "does NOT hold" });
    Ok(json!({ "unit": "CPU seconds", "holds": holds, "logs": told }))
}

/// Everything that the rounds need, built before the first.
struct Sides {
    rules: PathBuf,
    logs: Vec<PathBuf>,
    binary: PathBuf,
    peer: PathBuf,
    scratch: PathBuf,
}

impl Sides {
    fn prepare(repo: &Repo, data: &Path) -> Result<Sides> {
        let scratch = repo.target.join("bench/rules");
        fs::create_dir_all(&scratch)?;
        let peer = scratch.join("peer");
        cargo()
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(repo.root.join("xtask/peers/rsigma/Cargo.toml"))
            .arg("--target-dir")
            .arg(&peer)
            .inside(&repo.root)
            .run()?;
        let mut logs = Vec::new();
        for packed in files_in(&data.join("windows-jsonl"))? {
            Program::new("unzip").args(["-q", "-o"]).arg(&packed).arg("-d").arg(&scratch).run()?;
        }
        for file in files_in(&scratch)? {
            if file.extension().is_some_and(|end| end == "json")
                && file != scratch.join("stats.json")
            {
                logs.push(file);
            }
        }
        ensure!(!logs.is_empty(), "no logs in {}", data.join("windows-jsonl").display());
        Ok(Sides {
            rules: data.join("sigma/sigma-rules.zip"),
            logs,
            binary: native::command_line(repo, Profile::Release)?,
            peer: peer.join("release/rsigma-peer"),
            scratch,
        })
    }

    /// Reading and scanning with the rules alone.
    fn ours(&self, log: &Path) -> Result<f64> {
        let stats = self.scratch.join("stats.json");
        Program::new(&self.binary)
            .args(["check", "--jobs", "1", "--no-builtin", "--format", "json", "--rules"])
            .arg(&self.rules)
            .arg("--out")
            .arg(self.scratch.join("report.txt"))
            .arg("--stats")
            .arg(&stats)
            .arg(log)
            .read_if(|code| code <= 3)?;
        let told: Value = serde_json::from_str(&read(&stats)?)?;
        told["stages"]["scan"]["cpu_secs"].as_f64().context("--stats tells no CPU time")
    }

    /// Reading and evaluating.
    fn theirs(&self, log: &Path) -> Result<f64> {
        let told = Program::new(&self.peer).arg(&self.rules).arg(log).read()?;
        let told: Value = serde_json::from_str(&told)?;
        told["match_secs"].as_f64().context("rsigma's side tells no CPU time")
    }
}
