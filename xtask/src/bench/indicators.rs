//! What a million indicators cost: how long they take to be read, and how much they slow the check
//! of an access log, natively in one thread. The runs with and without are interleaved.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Benchmark, Options, median, traffic};
use crate::command::Program;
use crate::native::{self, Profile};
use crate::repo::{Repo, read, write};
use crate::table;

pub const BENCHMARK: Benchmark =
    Benchmark { name: "indicators", about: "an access log with a million indicators", run };

const INDICATORS: u64 = 1_000_000;
const MEBIBYTES: u64 = 128;
const ROUNDS: usize = 5;
/// Seconds within which the indicators must be read.
const LOAD_SECS: f64 = 2.0;
/// How many times the CPU time without them a scan may take.
const SLOWED: f64 = 1.2;

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    let binary = native::command_line(repo, Profile::Release)?;
    let log = traffic::log(repo, MEBIBYTES, traffic::Kind::Usual)?;
    let list = list(repo)?;
    let (mut plain, mut swept, mut load) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let without = check(repo, &binary, &log, None)?;
        let with = check(repo, &binary, &log, Some(&list))?;
        let (scan, scan_with) = (cpu(&without, "scan")?, cpu(&with, "scan")?);
        let read = cpu(&with, "indicators")?;
        println!(
            "round {round}: scan {scan:.2} s, with indicators {scan_with:.2} s; read {read:.2} s"
        );
        plain.push(scan);
        swept.push(scan_with);
        load.push(read);
    }
    Ok(show(median(&plain), median(&swept), median(&load)))
}

/// A list of a million, half addresses, made when it is not there yet: the same bytes every time.
fn list(repo: &Repo) -> Result<PathBuf> {
    let path = repo.target.join("bench/indicators.txt");
    if !path.exists() {
        fs::create_dir_all(repo.target.join("bench"))?;
        let mut text = String::new();
        for n in 0..INDICATORS {
            // An odd factor visits every number once.
            let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let (b, c) = (mixed >> 48 & 255, mixed >> 40 & 255);
            let address = n * 786_431 % (20 << 16);
            match n % 10 {
                0..5 => writeln!(
                    text,
                    "198.{}.{}.{}",
                    20 + (address >> 16),
                    address >> 8 & 255,
                    address & 255
                )?,
                5..7 => writeln!(text, "h{mixed:x}.example.jp")?,
                7 => writeln!(text, "http://h{:x}.example.jp/{c}/x?id={b}", mixed >> 32)?,
                8 => writeln!(text, "{mixed:016x}{n:016x}")?,
                _ => {
                    writeln!(text, "2001:db8:{:x}:{:x}::{c:x}", mixed >> 48, mixed >> 32 & 0xffff)?
                }
            }
        }
        write(&path, text)?;
    }
    Ok(path)
}

/// One check in one thread: what each stage cost.
fn check(repo: &Repo, binary: &Path, log: &Path, list: Option<&Path>) -> Result<Value> {
    let stats = repo.target.join("bench/stats.json");
    let mut program = Program::new(binary).args(["check", "--jobs", "1", "--format", "json"]);
    if let Some(list) = list {
        program = program.arg("--iocs").arg(list);
    }
    program
        .arg("--out")
        .arg(repo.target.join("bench/report.json"))
        .arg("--stats")
        .arg(&stats)
        .arg(log)
        .read_if(|code| code <= 1)?;
    Ok(serde_json::from_str(&read(&stats)?)?)
}

fn cpu(stats: &Value, stage: &str) -> Result<f64> {
    let secs = stats["stages"][stage]["cpu_secs"].as_f64();
    secs.with_context(|| format!("--stats tells no CPU time of {stage}"))
}

fn show(plain: f64, swept: f64, load: f64) -> Value {
    let slowed = swept / plain;
    let row = |name: &str, figure: String, bound: String| vec![name.to_owned(), figure, bound];
    table::print(
        &["median of rounds", "CPU", "at most"],
        &[
            row("a million indicators read", format!("{load:.2} s"), format!("{LOAD_SECS} s")),
            row("scan without", format!("{plain:.2} s"), String::new()),
            row("scan with", format!("{swept:.2} s"), String::new()),
            row("with / without", format!("{slowed:.2}"), format!("{SLOWED}")),
        ],
    );
    let holds = load < LOAD_SECS && slowed < SLOWED;
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    json!({
        "unit": "CPU seconds",
        "holds": holds,
        "load": load,
        "scan_without": plain,
        "scan_with": swept,
        "slowed": slowed,
    })
}
