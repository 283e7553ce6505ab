//! How the page behaves: with a log of 1 GiB in Chromium (time, memory of all its processes, the
//! longest task on a main thread, how soon a cancel answers), and how soon it can be used.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Benchmark, median, traffic};
use crate::browsers::Browser;
use crate::command::node;
use crate::repo::Repo;
use crate::wasm::{Care, Toolchain};
use crate::{dist, table};

pub const BENCHMARK: Benchmark =
    Benchmark { name: "page", about: "1 GiB in Chromium, and how soon the page can be used", run };

const MEBIBYTES: u64 = 1024;

fn run(repo: &Repo) -> Result<Value> {
    dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
    let log = traffic::log(repo, MEBIBYTES)?;
    let answer = node()
        .arg(repo.drive("bench-page.mjs"))
        .arg(&log)
        .env(Browser::Chromium.variable(), Browser::Chromium.find()?)
        .read()?;
    let measured: Value = serde_json::from_str(&answer).context("the answer cannot be read")?;
    let size = std::fs::metadata(repo.dist().join("sekisho.html"))?.len();
    show(&measured, size as f64)
}

/// What was measured, and the bound that must hold, in one unit.
struct Bound {
    name: &'static str,
    found: f64,
    unit: &'static str,
    at_most: f64,
}

fn show(measured: &Value, size: f64) -> Result<Value> {
    let number = |name: &str| measured[name].as_f64().with_context(|| format!("no {name}"));
    let starts: Vec<f64> = serde_json::from_value(measured["usable_ms"].clone())?;
    let bounds = [
        Bound {
            name: "1 GiB: memory of all processes",
            found: number("memory_mib")?,
            unit: "MiB",
            at_most: 1024.0,
        },
        Bound {
            name: "1 GiB: longest task on a main thread",
            found: number("longest_task_ms")?,
            unit: "ms",
            at_most: 100.0,
        },
        Bound {
            name: "cancel answers after",
            found: number("cancel_ms")?,
            unit: "ms",
            at_most: 500.0,
        },
        Bound {
            name: "a second check begins after",
            found: number("again_ms")?,
            unit: "ms",
            at_most: 500.0,
        },
        Bound {
            name: "open to usable, median of 10",
            found: median(&starts),
            unit: "ms",
            at_most: 500.0,
        },
        Bound { name: "sekisho.html", found: size, unit: "bytes", at_most: 3_000_000.0 },
    ];
    let rows: Vec<Vec<String>> = bounds.iter().map(row).collect();
    println!("1 GiB took {:.1} s, {:.1} s of CPU", number("seconds")?, number("cpu_seconds")?);
    table::print(&["what", "measured", "at most", ""], &rows);
    let holds = bounds.iter().all(|bound| bound.found <= bound.at_most);
    println!("{}", if holds { "What must hold, holds." } else { "What must hold does NOT hold." });
    let mut all = measured.clone();
    all["page_bytes"] = json!(size);
    all["usable_median_ms"] = json!(median(&starts));
    all["holds"] = json!(holds);
    Ok(all)
}

fn row(bound: &Bound) -> Vec<String> {
    let verdict = if bound.found <= bound.at_most { "" } else { "TOO MUCH" };
    let unit = bound.unit;
    vec![
        bound.name.to_owned(),
        format!("{:.0} {unit}", bound.found),
        format!("{:.0} {unit}", bound.at_most),
        verdict.to_owned(),
    ]
}
