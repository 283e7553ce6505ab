//! Benchmarks. Each measures all sides in one run, interleaved, and prints ratios: the absolute
//! numbers of a shared machine mean little.

mod access;
mod page;
mod patterns;
mod rules;
mod traffic;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Map, Value};

use crate::repo::{Repo, write};

#[derive(Args)]
pub struct Options {
    /// access, page or rules; all where none is named
    name: Option<String>,
    /// Writes what was measured to this file as well
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

struct Benchmark {
    name: &'static str,
    about: &'static str,
    run: fn(&Repo) -> Result<Value>,
}

const ALL: &[Benchmark] = &[access::BENCHMARK, page::BENCHMARK, rules::BENCHMARK];

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    let mut measured = Map::new();
    for benchmark in chosen(options)? {
        println!("\n━━ {}: {} ━━", benchmark.name, benchmark.about);
        measured.insert(benchmark.name.to_owned(), (benchmark.run)(repo)?);
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
