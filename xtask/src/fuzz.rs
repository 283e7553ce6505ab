//! `cargo xtask fuzz`: libFuzzer over every reader of untrusted input, guided by coverage, with the
//! stable compiler. The corpus grows under `target`; `--keep` takes what reaches new code over into
//! the repository, where the tests read it again.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::command::{Program, cargo};
use crate::repo::{Repo, files_in, folders_in, remove_folder};
use crate::{apt, table};

#[derive(Args)]
pub struct Options {
    /// A folder of fuzz/corpus; all, one after another, where none is named
    target: Option<String>,
    /// How long to run each target
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Afterwards, adds inputs that reach new code to fuzz/corpus
    #[arg(long)]
    keep: bool,
}

/// What cargo-fuzz passes for coverage without a sanitizer, which would need a nightly compiler.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
];

/// After so many seconds an input is given up. What is merely slow is told by CPU time, long before.
const TIMEOUT: &str = "-timeout=60";

/// Inputs that `--keep` adds at most, so that the corpus stays small.
const KEPT_AT_ONCE: usize = 30;

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    let names = chosen(repo, options)?;
    let fuzzer = Fuzzer { repo, program: build(repo)? };
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for name in &names {
        println!("\n━━ {name} ━━");
        let run = fuzzer.fuzz(name, options.seconds)?;
        if options.keep && run.crash.is_none() {
            fuzzer.keep(name)?;
        }
        rows.push(run.row(name));
        found.extend(run.crash);
    }
    println!();
    table::print(&["target", "runs", "a second", "coverage", "result"], &rows);
    ensure!(found.is_empty(), "inputs that break a target:\n{}", found.join("\n"));
    Ok(())
}

fn chosen(repo: &Repo, options: &Options) -> Result<Vec<String>> {
    let folders = folders_in(&repo.root.join("fuzz/corpus"))?;
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let all: Vec<String> = folders.iter().filter_map(name).collect();
    match &options.target {
        None => Ok(all),
        Some(target) if all.contains(target) => Ok(vec![target.clone()]),
        Some(target) => bail!("no target `{target}`; there are: {}", all.join(", ")),
    }
}

/// Builds the fuzzer. The flags are for the program alone, not for what runs while it is built.
fn build(repo: &Repo) -> Result<PathBuf> {
    if Program::new("c++").arg("--version").read().is_err() {
        apt::install(&["g++"], "building libFuzzer")?;
    }
    let version = Program::new("rustc").arg("-vV").inside(&repo.root).read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc names no host")?;
    cargo()
        .args(["build", "--locked", "--package", "sekisho-fuzz", "--features", "libfuzzer"])
        .args(["--profile", "fuzz", "--target", host])
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .inside(&repo.root)
        .run()?;
    Ok(repo.target.join(host).join("fuzz/sekisho-fuzz"))
}

struct Fuzzer<'r> {
    repo: &'r Repo,
    program: PathBuf,
}

impl Fuzzer<'_> {
    fn kept(&self, name: &str) -> PathBuf {
        self.repo.root.join("fuzz/corpus").join(name)
    }

    fn grown(&self, name: &str) -> PathBuf {
        self.repo.target.join("fuzz/corpus").join(name)
    }

    fn target(&self, name: &str) -> Program {
        Program::new(&self.program).env("SEKISHO_FUZZ_TARGET", name).inside(&self.repo.root)
    }

    /// Fuzzes a target for a while; then reads the kept inputs repeated, for what shows in long
    /// inputs alone.
    fn fuzz(&self, name: &str, seconds: u64) -> Result<Run> {
        let grown = self.grown(name);
        fs::create_dir_all(&grown)?;
        let mut run = Run::default();
        let fuzz = self
            .target(name)
            .arg(format!("-max_total_time={seconds}"))
            .args(["-print_final_stats=1", "-reload=0"]);
        self.watch(name, fuzz, &[grown, self.kept(name)], &mut run)?;
        if run.crash.is_none() {
            let long = self.target(name).arg("-runs=0").env("SEKISHO_FUZZ_LONG", "1");
            self.watch(name, long, &[self.kept(name)], &mut run)?;
        }
        Ok(run)
    }

    /// Runs the fuzzer and notes what it says and finds.
    fn watch(&self, name: &str, program: Program, over: &[PathBuf], run: &mut Run) -> Result<()> {
        let broken = self.repo.target.join("fuzz/found").join(name);
        fs::create_dir_all(&broken)?;
        let before = files_in(&broken)?;
        let status = program
            .arg(TIMEOUT)
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .args(over)
            .watch_errors(|line| run.take(line))?;
        if !status.success() {
            let new = files_in(&broken)?.into_iter().find(|file| !before.contains(file));
            let what = new.map_or_else(|| status.to_string(), |file| file.display().to_string());
            run.crash = Some(format!("{name}: {what}"));
        }
        Ok(())
    }

    /// Adds inputs that reach what the kept ones do not: of as few as will do, those that reach most.
    fn keep(&self, name: &str) -> Result<()> {
        let (kept, merged) = (self.kept(name), self.repo.target.join("fuzz/merged").join(name));
        remove_folder(&merged)?;
        fs::create_dir_all(&merged)?;
        for file in files_in(&kept)? {
            fs::copy(&file, merged.join(file.file_name().unwrap_or_default()))?;
        }
        let before = files_in(&merged)?;
        let merge = self.target(name).args(["-set_cover_merge=1", "-use_counters=0", TIMEOUT]);
        merge.args([&merged, &self.grown(name)]).watch_errors(|_| ())?;
        let mut new = files_in(&merged)?;
        new.retain(|file| !before.contains(file));
        // It writes first what adds most.
        new.sort_by_key(|file| fs::metadata(file).and_then(|data| data.modified()).ok());
        for file in new.iter().take(KEPT_AT_ONCE) {
            fs::copy(file, kept.join(file.file_name().unwrap_or_default()))?;
        }
        println!("{} of {} inputs kept", new.len().min(KEPT_AT_ONCE), new.len());
        Ok(())
    }
}

/// What libFuzzer says of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Run {
    runs: u64,
    per_second: u64,
    /// Edges reached by the corpus at first, and at last.
    coverage: Option<(u64, u64)>,
    crash: Option<String>,
}

impl Run {
    /// Takes a line of its log, and shows those that say something.
    fn take(&mut self, line: &str) {
        if let Some((name, value)) = line.strip_prefix("stat::").and_then(|all| all.split_once(':'))
        {
            let value = value.trim().parse().unwrap_or(0);
            match name {
                "number_of_executed_units" => self.runs = value,
                "average_exec_per_sec" => self.per_second = value,
                _ => {}
            }
            return;
        }
        let is_step = line.starts_with('#');
        if let (true, Some(edges)) = (is_step, behind(line, " cov: ")) {
            let (first, last) = self.coverage.unwrap_or((edges, edges));
            self.coverage = Some((first, last.max(edges)));
        }
        let is_progress = is_step && (line.contains(" NEW ") || line.contains(" REDUCE "));
        if !is_progress {
            println!("{line}");
        }
    }

    fn row(&self, name: &str) -> Vec<String> {
        let coverage = self.coverage.map(|(first, last)| format!("{first} to {last}"));
        vec![
            name.to_owned(),
            self.runs.to_string(),
            self.per_second.to_string(),
            coverage.unwrap_or_default(),
            self.crash.as_ref().map_or("holds", |_| "BROKEN").to_owned(),
        ]
    }
}

/// The number behind a label.
fn behind(line: &str, label: &str) -> Option<u64> {
    line.split_once(label)?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Run;

    #[test]
    fn the_log_of_libfuzzer_is_understood() {
        let mut run = Run::default();
        for line in [
            "INFO: Seed: 7",
            "#3\tINITED cov: 120 ft: 200 corp: 3/9b exec/s: 0 rss: 41Mb",
            "#900\tNEW    cov: 131 ft: 220 corp: 4/12b lim: 4 exec/s: 9 rss: 41Mb L: 3/4 MS: 1 -",
            "#1024\tDONE   cov: 131 ft: 220 corp: 4/12b lim: 8 exec/s: 93 rss: 42Mb",
            "stat::number_of_executed_units: 1024",
            "stat::average_exec_per_sec:     93",
        ] {
            run.take(line);
        }
        let wanted = Run { runs: 1024, per_second: 93, coverage: Some((120, 131)), crash: None };
        assert_eq!(run, wanted);
    }
}
