//! How fast each format is scanned: natively in one thread and in one Chromium worker, from what
//! lies in its memory, beside a plain count of the lines of the same file. Rates are MB (10^6
//! bytes) per CPU second; the rounds of both sides take turns. Much of what a record costs does not
//! grow with its length, so the lines of a CPU millisecond stand beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::samples::{self, Sample, Source};
use super::{Benchmark, Options, median, native_seconds};
use crate::browsers::Browser;
use crate::command::node;
use crate::native::{self, Profile};
use crate::repo::{Repo, read_bytes};
use crate::wasm::{Care, Toolchain};
use crate::{dist, table};

pub const BENCHMARK: Benchmark =
    Benchmark { name: "formats", about: "every text format, beside a count of lines", run };

const ROUNDS: usize = 3;
/// What a worker must reach with each text format.
const LEAST: f64 = 60.0;
/// The count of lines is so short that the quickest of some is one that nothing disturbed.
const COUNTS: usize = 8;

/// The rates of one sample, a number for each round.
#[derive(Default)]
struct Rates {
    /// Bytes from line to line.
    line_length: f64,
    lines: Vec<f64>,
    native: Vec<f64>,
    chromium: Vec<f64>,
}

fn run(repo: &Repo, options: &Options) -> Result<Value> {
    let source = options.logs.as_deref().map_or(Source::Examples, Source::Found);
    let samples = samples::make(repo, source, options.only.as_deref().unwrap_or_default())?;
    ensure!(!samples.is_empty(), "no format has this in its id");
    let binary = match options.no_build {
        true => repo.root.join("target/release/sekisho"),
        false => {
            dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
            native::command_line(repo, Profile::Release)?
        }
    };
    let mut rates: Vec<Rates> = samples.iter().map(|_| Rates::default()).collect();
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        for (sample, rates) in samples.iter().zip(&mut rates) {
            let (lines, rate) = count_lines(&sample.path)?;
            rates.line_length = megabytes(&sample.path)? * 1e6 / lines as f64;
            rates.lines.push(rate);
            rates
                .native
                .push(megabytes(&sample.path)? / native_seconds(repo, &binary, &sample.path)?);
        }
        for (rates, rate) in rates.iter_mut().zip(in_chromium(repo, &samples)?) {
            rates.chromium.push(rate);
        }
    }
    show(&samples, &rates)
}

/// Line ends searched with memchr, and nothing else: how many there are, and the rate.
fn count_lines(path: &Path) -> Result<(usize, f64)> {
    let bytes = read_bytes(path)?;
    let mut lines = 0;
    let mut count = || {
        let start = Instant::now();
        lines = std::hint::black_box(memchr::memchr_iter(b'\n', &bytes).count());
        start.elapsed().as_secs_f64()
    };
    let quickest = (0..COUNTS).map(|_| count()).fold(f64::INFINITY, f64::min);
    Ok((lines, bytes.len() as f64 / 1e6 / quickest))
}

fn in_chromium(repo: &Repo, samples: &[Sample]) -> Result<Vec<f64>> {
    let paths: Vec<&PathBuf> = samples.iter().map(|sample| &sample.path).collect();
    let answer = node()
        .arg(repo.drive("bench-formats.mjs"))
        .args(&paths)
        .env(Browser::Chromium.variable(), Browser::Chromium.find()?)
        .read()?;
    let seconds: Vec<f64> = serde_json::from_str(&answer).context("the answer cannot be read")?;
    ensure!(seconds.len() == samples.len(), "times of {} files", seconds.len());
    paths.iter().zip(seconds).map(|(path, seconds)| Ok(megabytes(path)? / seconds)).collect()
}

fn megabytes(path: &Path) -> Result<f64> {
    Ok(fs::metadata(path)?.len() as f64 / 1e6)
}

/// A sample's name with the medians of its rates.
struct Row {
    name: String,
    line_length: f64,
    lines: f64,
    native: f64,
    chromium: f64,
}

const HEAD: [&str; 8] = [
    "format",
    "native MB/s",
    "of line count",
    "Chromium MB/s",
    "of line count",
    "bytes a line",
    "Chromium lines/ms",
    "",
];

fn show(samples: &[Sample], rates: &[Rates]) -> Result<Value> {
    let row = |(sample, rates): (&Sample, &Rates)| Row {
        name: sample.name.clone(),
        line_length: rates.line_length,
        lines: median(&rates.lines),
        native: median(&rates.native),
        chromium: median(&rates.chromium),
    };
    let mut rows: Vec<Row> = samples.iter().zip(rates).map(row).collect();
    rows.sort_by(|a, b| a.chromium.total_cmp(&b.chromium));
    table::print(&HEAD, &rows.iter().map(Row::cells).collect::<Vec<_>>());
    let slow = rows.iter().filter(|row| row.is_slow()).count();
    match slow {
        0 => println!("What must hold, holds: {LEAST} MB/s and more in a worker."),
        _ => println!("What must hold does NOT hold: {slow} are below {LEAST} MB/s in a worker."),
    }
    let told = rows.iter().map(|row| {
        let side = |rate: f64| json!({ "rate": rate, "of_lines": rate / row.lines });
        let sides = json!({
            "bytes_per_line": row.line_length,
            "lines": row.lines,
            "native": side(row.native),
            "chromium": side(row.chromium),
        });
        (row.name.clone(), sides)
    });
    Ok(json!({
        "unit": "MB per CPU second",
        "holds": slow == 0,
        "formats": told.collect::<serde_json::Map<_, _>>(),
    }))
}

impl Row {
    fn is_slow(&self) -> bool {
        self.chromium < LEAST
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            format!("{:.0}", self.native),
            format!("{:.3}", self.native / self.lines),
            format!("{:.0}", self.chromium),
            format!("{:.3}", self.chromium / self.lines),
            format!("{:.0}", self.line_length),
            format!("{:.0}", self.chromium * 1e3 / self.line_length),
            if self.is_slow() { "TOO SLOW" } else { "" }.to_owned(),
        ]
    }
}
