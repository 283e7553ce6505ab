//! How fast an access log is checked: natively and in one Chromium worker, beside ripgrep that
//! searches 300 patterns in the same file. Rates are MB (10^6 bytes) per CPU second, so that a
//! busy machine changes them little; the runs of all sides are interleaved.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Benchmark, median, patterns, traffic};
use crate::browsers::Browser;
use crate::command::{Program, node};
use crate::native::{self, Profile};
use crate::repo::{Repo, read};
use crate::wasm::{Care, Toolchain};
use crate::{apt, dist, table};

pub const BENCHMARK: Benchmark =
    Benchmark { name: "access", about: "an access log, beside ripgrep with 300 patterns", run };

const MEBIBYTES: u64 = 512;
const ROUNDS: usize = 5;

/// What must hold now, as shares of ripgrep's rate.
const NATIVE_AT_LEAST: f64 = 0.6;
const CHROMIUM_AT_LEAST: f64 = 0.4;

fn run(repo: &Repo) -> Result<Value> {
    let sides = Sides::prepare(repo)?;
    let mut rates: [Vec<f64>; 4] = Default::default();
    for round in 1..=ROUNDS {
        let [ripgrep, native, scan, file] = sides.measure()?;
        println!(
            "round {round}: ripgrep {ripgrep:.0}, native {native:.0}, Chromium scan {scan:.0}, from File {file:.0} MB/s of CPU"
        );
        for (all, one) in rates.iter_mut().zip([ripgrep, native, scan, file]) {
            all.push(one);
        }
    }
    show(&rates.map(|rates| median(&rates)))
}

/// Everything that the rounds need, built before the first.
struct Sides<'a> {
    repo: &'a Repo,
    log: PathBuf,
    patterns: PathBuf,
    binary: PathBuf,
    chromium: PathBuf,
    megabytes: f64,
}

impl<'a> Sides<'a> {
    fn prepare(repo: &'a Repo) -> Result<Sides<'a>> {
        if !Path::new("/usr/bin/rg").exists() {
            apt::install(&["ripgrep"], "the comparison with ripgrep")?;
        }
        dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
        let log = traffic::log(repo, MEBIBYTES)?;
        let megabytes = fs::metadata(&log)?.len() as f64 / 1e6;
        Ok(Sides {
            repo,
            megabytes,
            log,
            patterns: patterns::file(repo)?,
            binary: native::command_line(repo, Profile::Release)?,
            chromium: Browser::Chromium.find()?,
        })
    }

    /// One round: each side once.
    fn measure(&self) -> Result<[f64; 4]> {
        let ripgrep = self.megabytes / self.ripgrep()?;
        let native = self.megabytes / self.native()?;
        let browser = self.browser()?;
        let seconds = |name: &str| browser[name].as_f64().context("the page gave no time");
        Ok([ripgrep, native, self.megabytes / seconds("scan")?, self.megabytes / seconds("file")?])
    }

    fn ripgrep(&self) -> Result<f64> {
        let program = Program::new("/usr/bin/rg")
            .args(["--threads", "1", "-F", "-i", "-c", "-f"])
            .args([&self.patterns, &self.log]);
        cpu_seconds_of(|| program.read_if(|code| code <= 1).map(drop))
    }

    /// The command line in one thread: reading, scanning and detecting. What a check does once at
    /// its end, and the SHA-256 of the file, have rows of their own in `--stats` and are not part of
    /// what ripgrep does.
    fn native(&self) -> Result<f64> {
        let stats = self.repo.target.join("bench/stats.json");
        Program::new(&self.binary)
            .args(["check", "--jobs", "1", "--format", "json", "--out"])
            .arg(self.repo.target.join("bench/report.json"))
            .arg("--stats")
            .arg(&stats)
            .arg(&self.log)
            .read_if(|code| code <= 1)?;
        let told: Value = serde_json::from_str(&read(&stats)?)?;
        let bytes = told["bytes"].as_f64().unwrap_or_default();
        ensure!((bytes / 1e6 - self.megabytes).abs() < 1.0, "--stats tells of {bytes} bytes");
        told["stages"]["scan"]["cpu_secs"].as_f64().context("--stats tells no CPU time")
    }

    fn browser(&self) -> Result<Value> {
        let answer = node()
            .arg(self.repo.drive("bench-access.mjs"))
            .arg(&self.log)
            .env(Browser::Chromium.variable(), &self.chromium)
            .read()?;
        serde_json::from_str(&answer).context("the page's answer cannot be read")
    }
}

/// CPU seconds of the processes that `work` runs and waits for.
fn cpu_seconds_of(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = children_seconds()?;
    work()?;
    let seconds = children_seconds()? - before;
    ensure!(seconds > 0.0, "the run was too short to be measured");
    Ok(seconds)
}

/// User and system time of all children that were waited for, from /proc/self/stat.
fn children_seconds() -> Result<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = read(Path::new("/proc/self/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat has another form")?;
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: f64 = ticks.map(|field| field.parse::<f64>().unwrap_or_default()).sum();
    Ok(ticks / TICKS_PER_SECOND)
}

fn show(rates: &[f64; 4]) -> Result<Value> {
    let [ripgrep, native, scan, file] = *rates;
    let row = |name: &str, rate: f64, least: &str| {
        vec![
            name.to_owned(),
            format!("{rate:.0}"),
            format!("{:.2}", rate / ripgrep),
            least.to_owned(),
        ]
    };
    table::print(
        &["side (median of rounds)", "MB per CPU second", "of ripgrep", "at least"],
        &[
            row("ripgrep, 300 patterns", ripgrep, ""),
            row("native scan, one thread", native, "0.6"),
            row("Chromium worker, scan alone", scan, "0.4"),
            row("Chromium, whole browser, from File", file, ""),
        ],
    );
    let holds = native >= NATIVE_AT_LEAST * ripgrep && scan >= CHROMIUM_AT_LEAST * ripgrep;
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    Ok(json!({
        "unit": "MB per CPU second",
        "ripgrep": ripgrep, "native": native, "chromium_scan": scan, "chromium_from_file": file,
        "native_of_ripgrep": native / ripgrep,
        "chromium_scan_of_ripgrep": scan / ripgrep,
        "chromium_from_file_of_ripgrep": file / ripgrep,
        "holds": holds,
    }))
}
