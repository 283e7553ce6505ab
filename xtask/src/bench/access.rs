//! How fast an access log is checked: natively and in one Chromium worker, beside ripgrep that
//! searches 300 patterns in the same file. Rates are MB (10^6 bytes) per CPU second, so that a
//! busy machine changes them little; the runs of all sides are interleaved.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Benchmark, Options, median, native_seconds, patterns, traffic};
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

/// What is measured: a name for scripts, one for people, and the share of ripgrep's rate that must
/// be reached.
const SIDES: [(&str, &str, Option<f64>); 7] = [
    ("ripgrep", "ripgrep, 300 patterns", None),
    ("native", "native scan, one thread", Some(0.6)),
    ("chromium_scan", "Chromium worker: scan alone", Some(0.4)),
    ("chromium_from_file", "Chromium worker: scan from File", Some(0.4)),
    ("chromium_check", "Chromium worker: whole check from File, with SHA-256", None),
    ("browser_from_file", "whole browser: scan from File", None),
    ("browser_check", "whole browser: whole check from File, with SHA-256", None),
];

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    let sides = Sides::prepare(repo)?;
    let mut rates: [Vec<f64>; SIDES.len()] = Default::default();
    for round in 1..=ROUNDS {
        let measured = sides.measure()?;
        let told: Vec<String> = measured.iter().map(|rate| format!("{rate:.0}")).collect();
        println!("round {round}: {} MB/s of CPU", told.join(", "));
        for (all, one) in rates.iter_mut().zip(measured) {
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
        let log = traffic::log(repo, MEBIBYTES, traffic::Kind::Usual)?;
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

    /// One round: the rate of each side, in the order of `SIDES`.
    fn measure(&self) -> Result<[f64; SIDES.len()]> {
        let (ripgrep, browser) = (self.ripgrep()?, self.browser()?);
        let native = native_seconds(self.repo, &self.binary, &self.log)?;
        let of = |name: &str| browser[name].as_f64().with_context(|| format!("no time of {name}"));
        let seconds = [
            ripgrep,
            native,
            of("scan")?,
            of("scan_file")?,
            of("check")?,
            of("scan_file_browser")?,
            of("check_browser")?,
        ];
        Ok(seconds.map(|seconds| self.megabytes / seconds))
    }

    fn ripgrep(&self) -> Result<f64> {
        let program = Program::new("/usr/bin/rg")
            .args(["--threads", "1", "-F", "-i", "-c", "-f"])
            .args([&self.patterns, &self.log]);
        cpu_seconds_of(|| program.read_if(|code| code <= 1).map(drop))
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

fn show(rates: &[f64; SIDES.len()]) -> Result<Value> {
    let ripgrep = rates[0];
    let sides = || SIDES.iter().zip(rates);
    let rows: Vec<Vec<String>> = sides()
        .map(|((_, name, least), rate)| {
            vec![
                (*name).to_owned(),
                format!("{rate:.0}"),
                format!("{:.2}", rate / ripgrep),
                least.map_or_else(String::new, |least| least.to_string()),
            ]
        })
        .collect();
    table::print(
        &["side (median of rounds)", "MB per CPU second", "of ripgrep", "at least"],
        &rows,
    );
    let holds =
        sides().all(|((_, _, least), rate)| least.is_none_or(|least| *rate >= least * ripgrep));
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    let mut all = json!({ "unit": "MB per CPU second", "holds": holds });
    for ((id, _, _), rate) in sides() {
        all[*id] = json!({ "rate": rate, "of_ripgrep": rate / ripgrep });
    }
    Ok(all)
}
