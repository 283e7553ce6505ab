//! `cargo xtask corpus DIR`: over a folder of logs, the reports of the command line with 1, 2 and
//! 7 jobs, of the page with 1, 2 and 7 workers, and of the page with shards cut at random places
//! must be the same bytes. Where they are there, also samples of formats, messages with known
//! fields, logs with known attackers, Windows event logs with twins in JSON, event logs with the
//! rules that they are of, rsigma's matches, and tests of others' detections.
//!
//! `cargo xtask corpus scenarios`: cases that are made, with the truth about them.
//! `cargo xtask corpus outcomes`: what is said of payload requests to sites that are made.

mod coverage;
mod crowdsec;
mod differential;
mod doubts;
mod exceptions;
mod measured;
mod regression;
mod samples;
mod scenarios;
mod sekoia;
mod twins;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::browsers::Browser;
use crate::command::{Program, cargo, node};
use crate::native::{self, Profile};
use crate::pack::sha256_hex;
use crate::repo::{Repo, read, write};
use crate::wasm::{Care, Toolchain};
use crate::{dist, table};

#[derive(Args)]
pub struct Options {
    /// A folder with web/*.log, crowdsec/manifest.tsv that names web logs, formats/samples/,
    /// sekoia/events/, sigma/ or windows-jsonl/; or the word scenarios or outcomes, for cases and sites that are made
    dir: PathBuf,
    /// Seed of the random cuts; another at each run where none is given
    #[arg(long)]
    seed: Option<u32>,
    /// Takes dist/sekisho.html and the command line as they are, without building them
    #[arg(long)]
    no_build: bool,
    /// Runs one step: sekoia, crowdsec, coverage, twins, sigma, rsigma, samples or web
    #[arg(long, value_name = "STEP", value_parser = STEPS)]
    only: Option<String>,
    /// Seeds of each scenario
    #[arg(long, default_value_t = 20)]
    seeds: u64,
}

const STEPS: [&str; 8] =
    ["sekoia", "crowdsec", "coverage", "twins", "sigma", "rsigma", "samples", "web"];

const JOBS: [&str; 3] = ["1", "2", "7"];

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    if options.dir == Path::new("scenarios") {
        let binary = native::command_line(repo, Profile::Dev)?;
        let work = repo.target.join("corpus/scenarios");
        return scenarios::run(repo, &binary, &work, options.seeds);
    }
    if options.dir == Path::new("outcomes") {
        let test = ["test", "--package", "sekisho", "--test", "outcomes"];
        let how = ["--", "--ignored", "--nocapture"];
        return cargo().args(test).args(how).inside(&repo.root).run();
    }
    let is_wanted = |step: &str| options.only.as_deref().is_none_or(|only| only == step);
    // A step runs where what it is about is there.
    let at = |step: &str, path: &str| {
        Some(options.dir.join(path)).filter(|path| is_wanted(step) && path.exists())
    };
    let logs = if is_wanted("web") { logs(&options.dir)? } else { Vec::new() };
    let binary = native::command_line(repo, Profile::Release)?;
    let work = repo.target.join("corpus");
    let mut done = Vec::new();
    if let Some(dir) = at("sekoia", "sekoia/events") {
        let samples = Some(options.dir.join("formats/samples")).filter(|dir| dir.exists());
        let listed = samples.as_deref().map_or_else(|| Ok(BTreeSet::new()), sekoia::listed)?;
        done.push(sekoia::run(&binary, &dir, &work.join("messages"), &listed));
    }
    done.extend(
        at("crowdsec", "crowdsec/manifest.tsv")
            .map(|_| crowdsec::run(&binary, &options.dir.join("crowdsec"))),
    );
    done.extend(
        at("coverage", "sigma/sigma-rules.zip")
            .map(|_| coverage::run(repo, &binary, &options.dir, &work.join("coverage"))),
    );
    done.extend(at("twins", "sigma/events").map(|dir| twins::run(&binary, &dir)));
    done.extend(
        at("sigma", "sigma/manifest.tsv")
            .map(|_| regression::run(&binary, &options.dir.join("sigma"))),
    );
    done.extend(
        at("rsigma", "windows-jsonl").map(|_| differential::run(repo, &binary, &options.dir)),
    );
    done.extend(at("samples", "formats/samples").map(|dir| samples::run(&binary, &dir)));
    if !logs.is_empty() {
        done.push(web(repo, options, &binary, &logs, &work));
    }
    ensure!(!done.is_empty(), "nothing to compare under {}", options.dir.display());
    let failed = done.into_iter().filter_map(Result::err).map(|error| format!("{error:#}"));
    let failed = failed.collect::<Vec<_>>();
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// Compares the reports of command line and page on web logs.
fn web(repo: &Repo, options: &Options, binary: &Path, logs: &[PathBuf], work: &Path) -> Result<()> {
    if !options.no_build {
        dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
    }
    let seed = options.seed.unwrap_or_else(std::process::id);
    println!("{} logs; cuts with seed {seed} (--seed {seed} repeats them)", logs.len());
    let checked = logs.iter().map(|log| Checked::by_command_line(binary, log, work));
    let checked = checked.collect::<Result<Vec<_>>>()?;
    let pages = by_page(repo, work, &checked, seed)?;
    conclude(&options.dir, &checked, &pages)
}

/// What the command line prints of a file or folder, whatever it finds there.
fn ask(binary: &Path, arguments: &[&str], path: &Path) -> Result<String> {
    Program::new(binary).args(arguments).arg(path).read_if(|code| (0..=3).contains(&code))
}

/// Web logs: every `web/*.log`, and those that the manifest of crowdsec/ calls nginx or Apache.
fn logs(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut logs = Vec::new();
    if let Ok(files) = std::fs::read_dir(dir.join("web")) {
        let files = files.flatten().map(|file| file.path());
        logs.extend(files.filter(|path| path.extension().is_some_and(|end| end == "log")));
    }
    let manifest = dir.join("crowdsec/manifest.tsv");
    if manifest.exists() {
        logs.extend(in_manifest(&read(&manifest)?).map(|name| dir.join("crowdsec").join(name)));
    }
    logs.sort();
    logs.dedup();
    Ok(logs)
}

fn in_manifest(manifest: &str) -> impl Iterator<Item = &str> {
    let rows = manifest.lines().map(|row| row.split('\t').collect::<Vec<_>>());
    rows.filter_map(|cells| {
        let (log, kind) = (*cells.get(2)?, *cells.get(4)?);
        (kind.starts_with("nginx") || kind.starts_with("apache")).then_some(log)
    })
}

/// A log, and whether the command line says the same of it with any number of jobs.
struct Checked<'a> {
    log: &'a Path,
    report: PathBuf,
    same: bool,
}

impl<'a> Checked<'a> {
    fn by_command_line(binary: &Path, log: &'a Path, work: &Path) -> Result<Checked<'a>> {
        let reports = JOBS.iter().map(|jobs| report(binary, log, jobs));
        let reports = reports.collect::<Result<Vec<_>>>()?;
        let name = sha256_hex(log.to_string_lossy().as_bytes());
        let kept = work.join(format!("{name}.json"));
        write(&kept, &reports[0])?;
        let same = reports.iter().all(|report| *report == reports[0]);
        Ok(Checked { log, report: kept, same })
    }
}

/// The command line's report. The page knows a file by its name alone, so the folder is left out.
fn report(binary: &Path, log: &Path, jobs: &str) -> Result<String> {
    let (folder, name) = (log.parent().context("no folder")?, log.file_name().context("no name")?);
    let printed = Program::new(binary)
        .args(["check", "--format", "json", "--jobs", jobs])
        .arg(name)
        .inside(folder)
        .read_if(|code| (0..=3).contains(&code))?;
    Ok(printed.trim_end_matches('\n').to_owned())
}

/// What one load of the page says of every log: an object of ways and whether each is the same.
fn by_page(repo: &Repo, work: &Path, checked: &[Checked<'_>], seed: u32) -> Result<Vec<Value>> {
    let files: Vec<Value> =
        checked.iter().map(|one| json!({ "log": one.log, "report": one.report })).collect();
    let request = work.join("request.json");
    write(&request, json!({ "files": files, "seed": seed }).to_string())?;
    let answer = node()
        .arg(repo.drive("corpus.mjs"))
        .arg(&request)
        .env(Browser::Chromium.variable(), Browser::Chromium.find()?)
        .read()?;
    serde_json::from_str(&answer).context("the page's answer cannot be read")
}

fn conclude(dir: &Path, checked: &[Checked<'_>], pages: &[Value]) -> Result<()> {
    ensure!(checked.len() == pages.len(), "the page answered for {} logs", pages.len());
    let word = |same: bool| if same { "same" } else { "DIFFERS" }.to_owned();
    let mut rows = Vec::new();
    let mut differ = 0;
    for (one, page) in checked.iter().zip(pages) {
        let ways = ["1", "2", "7", "cuts"].map(|way| page[way].as_bool() == Some(true));
        let all = one.same && ways.iter().all(|same| *same);
        differ += usize::from(!all);
        let name = one.log.strip_prefix(dir).unwrap_or(one.log).display().to_string();
        rows.push([name, word(one.same)].into_iter().chain(ways.map(word)).collect());
    }
    let head = ["log", "jobs 1, 2, 7", "page, 1 worker", "2 workers", "7 workers", "random cuts"];
    table::print(&head, &rows);
    ensure!(differ == 0, "{differ} of {} logs have differing reports", checked.len());
    println!("All {} reports are byte-identical.", checked.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::in_manifest;

    #[test]
    fn web_logs_are_found_in_a_manifest() {
        let manifest = "test\tkind\tlog\tlines\tlog_type\n\
            a\tx\tlogs/a.log\t1\tnginx\nb\tx\tlogs/b.log\t1\tsyslog\nc\tx\tlogs/c.log\t2\tapache2\n";
        assert_eq!(in_manifest(manifest).collect::<Vec<_>>(), ["logs/a.log", "logs/c.log"]);
    }
}
