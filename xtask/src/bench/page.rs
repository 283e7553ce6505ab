//! How the page behaves: with logs of 1 GiB in Chromium (time, memory of all its processes, the
//! longest task on a main thread, how soon a cancel answers), and how soon it can be used.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Benchmark, Options, median, traffic};
use crate::browsers::Browser;
use crate::command::node;
use crate::repo::Repo;
use crate::wasm::{Care, Toolchain};
use crate::{dist, table};

pub const BENCHMARK: Benchmark =
    Benchmark { name: "page", about: "1 GiB in Chromium, and how soon the page can be used", run };

const MEBIBYTES: u64 = 1024;

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
    let usual = traffic::log(repo, MEBIBYTES, traffic::Kind::Usual)?;
    let varied = traffic::log(repo, MEBIBYTES, traffic::Kind::Varied)?;
    let answer = node()
        .arg(repo.drive("bench-page.mjs"))
        .args([&usual, &varied])
        .env(Browser::Chromium.variable(), Browser::Chromium.find()?)
        .read()?;
    let measured: Value = serde_json::from_str(&answer).context("the answer cannot be read")?;
    let size = std::fs::metadata(repo.dist().join("sekisho.html"))?.len();
    show(measured, size as f64)
}

/// What is bounded: a name, where it stands in what was measured, its unit, the most it may be.
const BOUNDS: [(&str, &str, &str, f64); 7] = [
    ("1 GiB: memory of all processes", "memory_mib", "MiB", 1024.0),
    ("the same, 60,000 clients and 400,000 documents", "varied_memory_mib", "MiB", 1024.0),
    ("longest task on a main thread, of both", "longest_task_ms", "ms", 100.0),
    ("cancel answers after", "cancel_ms", "ms", 500.0),
    ("a second check begins after", "again_ms", "ms", 500.0),
    ("open to usable, median of 10", "usable_median_ms", "ms", 500.0),
    ("sekisho.html", "page_bytes", "bytes", 3_000_000.0),
];

fn show(mut measured: Value, size: f64) -> Result<Value> {
    let starts: Vec<f64> = serde_json::from_value(measured["usable_ms"].clone())?;
    measured["page_bytes"] = json!(size);
    measured["usable_median_ms"] = json!(median(&starts));
    let number = |name: &str| measured[name].as_f64().with_context(|| format!("no {name}"));
    println!(
        "1 GiB took {:.1} s, {:.1} s of CPU; with many clients and documents {:.1} s, {:.1} s of CPU. An empty page takes {:.0} MiB.",
        number("seconds")?,
        number("cpu_seconds")?,
        number("varied_seconds")?,
        number("varied_cpu_seconds")?,
        number("idle_memory_mib")?
    );
    let mut holds = true;
    let mut rows = Vec::new();
    for (name, key, unit, at_most) in BOUNDS {
        let found = number(key)?;
        let keeps = found <= at_most;
        holds &= keeps;
        rows.push(vec![
            name.to_owned(),
            format!("{found:.0} {unit}"),
            format!("{at_most:.0} {unit}"),
            if keeps { "" } else { "TOO MUCH" }.to_owned(),
        ]);
    }
    table::print(&["what", "measured", "at most", ""], &rows);
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    measured["holds"] = json!(holds);
    Ok(measured)
}
