//! Benchmarks. Each measures all sides in one run, interleaved, and prints ratios: the absolute
//! numbers of a shared machine mean little.

mod access;
mod formats;
mod indicators;
mod interactions;
mod memory;
mod page;
mod patterns;
mod rules;
mod samples;
mod traffic;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Map, Value};

use crate::command::Program;
use crate::repo::{Repo, read, write};

#[derive(Args)]
pub struct Options {
    /// access, formats, indicators, interactions, memory, page or rules; all where none is named
    name: Option<String>,
    /// formats: only those whose ids hold this
    only: Option<String>,
    /// formats, interactions: takes dist/sekisho.html and the command line as they are, without building
    #[arg(long)]
    no_build: bool,
    /// formats: repeats the logs in the folders of this one, which are named after formats, instead
    /// of the examples of their descriptions
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Writes what was measured to this file as well
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

struct Benchmark {
    name: &'static str,
    about: &'static str,
    run: fn(&Repo, &Options) -> Result<Value>,
}

const ALL: &[Benchmark] = &[
    access::BENCHMARK,
    formats::BENCHMARK,
    indicators::BENCHMARK,
    interactions::BENCHMARK,
    memory::BENCHMARK,
    page::BENCHMARK,
    rules::BENCHMARK,
];

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    let mut measured = Map::new();
    for benchmark in chosen(options)? {
        println!("\n━━ {}: {} ━━", benchmark.name, benchmark.about);
        measured.insert(benchmark.name.to_owned(), (benchmark.run)(repo, options)?);
    }
    match &options.json {
        Some(path) => write(path, format!("{:#}\n", Value::Object(measured))),
        None => Ok(()),
    }
}

fn chosen(options: &Options) -> Result<Vec<&'static Benchmark>> {
    let Some(name) = &options.name else {
        return Ok(ALL.iter().collect());
    };
    let found: Vec<_> = ALL.iter().filter(|benchmark| benchmark.name == name).collect();
    if found.is_empty() {
        let names: Vec<_> = ALL.iter().map(|benchmark| benchmark.name).collect();
        bail!("no benchmark `{name}`; there are: {}", names.join(", "));
    }
    Ok(found)
}

/// CPU seconds of the command line in one thread: reading, scanning and detecting. What a check
/// does once at its end, and the SHA-256 of the file, have rows of their own in `--stats`.
fn native_seconds(repo: &Repo, binary: &Path, log: &Path) -> Result<f64> {
    let stats = repo.target.join("bench/stats.json");
    Program::new(binary)
        .args(["check", "--jobs", "1", "--format", "json", "--out"])
        .arg(repo.target.join("bench/report.json"))
        .arg("--stats")
        .arg(&stats)
        .arg(log)
        .read_if(|code| (0..=3).contains(&code))?;
    let told: Value = serde_json::from_str(&read(&stats)?)?;
    let bytes = told["bytes"].as_u64().unwrap_or_default();
    ensure!(bytes == fs::metadata(log)?.len(), "--stats tells of {bytes} bytes");
    told["stages"]["scan"]["cpu_secs"].as_f64().context("--stats tells no CPU time")
}

/// The middle of the numbers; 0 of none.
fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, median};

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = ALL.iter().map(|benchmark| benchmark.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
