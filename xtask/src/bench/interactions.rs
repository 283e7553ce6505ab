//! How soon the page shows what somebody did, how evenly it scrolls and how soon it answers, with a
//! report of 10,000 findings on a million events.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Benchmark, Options};
use crate::browsers::Browser;
use crate::command::node;
use crate::repo::{Repo, write};
use crate::wasm::{Care, Toolchain};
use crate::{dist, table};

pub const BENCHMARK: Benchmark = Benchmark {
    name: "interactions",
    about: "clicks, keys, scrolling and queries in Chromium with 10,000 findings and a million events",
    run,
};

const EVENTS: u32 = 1_000_000;
const FINDINGS: u32 = 10_000;
/// From a click or key to the next paint, at the 98th percentile.
const AT_MOST_MS: f64 = 200.0;
/// From one frame to the next while a list scrolls; the browser tells them to a tenth.
const FRAME_MS: f64 = 50.1;
/// From a query about a million events to its answer.
const ANSWER_MS: f64 = 100.0;

fn run(repo: &Repo, options: &Options) -> Result<Value> {
    if !options.no_build {
        dist::make(repo, &Toolchain::find(repo)?, Care::Release)?;
    }
    let answer = node()
        .arg(repo.drive("bench-interactions.mjs"))
        .args(log(repo)?)
        .env(Browser::Chromium.variable(), Browser::Chromium.find()?)
        .read()?;
    show(serde_json::from_str(&answer).context("the answer cannot be read")?)
}

/// An access log in which every hundredth request is from an address of a list, each from another.
fn log(repo: &Repo) -> Result<[PathBuf; 2]> {
    let (mut text, mut list) = (String::with_capacity(100 << 20), String::new());
    for at in 0..EVENTS {
        let client = at / (EVENTS / FINDINGS);
        let (high, low) = (client / 250, client % 250 + 1);
        let (hour, minute, second) = (at / 60_000 % 24, at / 1_000 % 60, at / 20 % 60);
        let address = match at % (EVENTS / FINDINGS) {
            0 => format!("198.18.{high}.{low}"),
            other => format!("10.1.{other}.{low}"),
        };
        if address.starts_with("198") {
            writeln!(list, "{address}")?;
        }
        let status = if at % 7 == 0 { 404 } else { 200 };
        writeln!(
            text,
            "{address} - - [06/May/2021:{hour:02}:{minute:02}:{second:02} +0900] \"GET /docs/{} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0\"",
            at % 977,
            500 + at % 9_000
        )?;
    }
    let paths = ["log", "txt"].map(|end| repo.target.join(format!("bench/interactions.{end}")));
    let [log_path, list_path] = &paths;
    write(log_path, text)?;
    write(list_path, list)?;
    Ok(paths)
}

fn show(mut measured: Value) -> Result<Value> {
    let all = measured["interactions"].as_array().context("no interactions")?;
    let of = |what: Option<&str>| -> Vec<f64> {
        let chosen = all.iter().filter(|one| what.is_none_or(|what| one["what"] == what));
        let mut found: Vec<f64> = chosen.filter_map(|one| one["ms"].as_f64()).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    let mut kinds: Vec<&str> = Vec::new();
    for what in all.iter().filter_map(|one| one["what"].as_str()) {
        if !kinds.contains(&what) {
            kinds.push(what);
        }
    }
    let mut rows: Vec<_> = kinds.iter().map(|what| row(what, &of(Some(what)))).collect();
    let whole = of(None);
    ensure!(!whole.is_empty(), "nothing was done");
    rows.push(row("all", &whole));
    println!("{} findings.", measured["findings"]);
    table::print(&["what", "times", "p50", "p98", "most"], &rows);
    let p98 = at_share(&whole, 98);
    let frame = frames(&measured)?;
    let answer = answers(&measured)?;
    let holds = [
        judged("p98 of interactions", p98, AT_MOST_MS),
        judged("the longest frame", frame, FRAME_MS),
        judged("the slowest answer", answer, ANSWER_MS),
    ];
    measured["p98_ms"] = json!(p98);
    measured["longest_frame_ms"] = json!(frame);
    measured["slowest_answer_ms"] = json!(answer);
    measured["holds"] = json!(!holds.contains(&false));
    Ok(measured)
}

fn judged(what: &str, ms: f64, at_most: f64) -> bool {
    let holds = ms <= at_most;
    let said = if holds { "holds" } else { "does NOT hold" };
    println!("{what}: {ms:.0} ms of {at_most:.0} ms: {said}.");
    holds
}

/// Shows how far apart frames are while lists scroll; gives the most.
fn frames(measured: &Value) -> Result<f64> {
    let scrolls = measured["scrolls"].as_array().context("nothing was scrolled")?;
    let mut rows = Vec::new();
    let mut most = 0.0_f64;
    for of in scrolls {
        let gaps = of["gaps"].as_array().context("no frames")?;
        let mut gaps: Vec<f64> = gaps.iter().filter_map(Value::as_f64).collect();
        gaps.sort_by(f64::total_cmp);
        ensure!(!gaps.is_empty(), "no frame was drawn");
        most = most.max(at_share(&gaps, 100));
        let long = gaps.iter().filter(|gap| **gap > FRAME_MS).count();
        let ms = [50, 98, 100].map(|share| format!("{:.1} ms", at_share(&gaps, share)));
        let what = format!("{}, {} px a frame", of["what"].as_str().unwrap_or_default(), of["by"]);
        let mut row = vec![what, gaps.len().to_string()];
        row.extend(ms);
        row.push(long.to_string());
        rows.push(row);
    }
    table::print(&["scrolling", "frames", "p50", "p98", "most", "over 50 ms"], &rows);
    Ok(most)
}

/// Shows how long queries took; gives the most, but for what is looked for in the files.
fn answers(measured: &Value) -> Result<f64> {
    let answers = measured["answers"].as_array().context("nothing was asked")?;
    let of = |one: &Value| one["ms"].as_f64().unwrap_or(f64::MAX);
    let is_sought = |one: &Value| one["isSought"] == true;
    let row = |one: &Value| {
        let place = if is_sought(one) { "the files" } else { "what is kept" };
        let query = one["query"].as_str().unwrap_or_default().to_owned();
        vec![query, place.to_owned(), format!("{:.0} ms", of(one))]
    };
    table::print(&["query", "looks in", "answer"], &answers.iter().map(row).collect::<Vec<_>>());
    Ok(answers.iter().filter(|one| !is_sought(one)).map(of).fold(0.0, f64::max))
}

fn row(what: &str, sorted: &[f64]) -> Vec<String> {
    let ms = |share| match at_share(sorted, share) {
        below if below < 16.0 => "< 16 ms".to_owned(),
        ms => format!("{ms:.0} ms"),
    };
    vec![what.to_owned(), sorted.len().to_string(), ms(50), ms(98), ms(100)]
}

/// The number below which so many in a hundred of them lie.
fn at_share(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::at_share;

    #[test]
    fn shares_are_those_of_the_sorted() {
        let sorted: Vec<f64> = (1..=200).map(f64::from).collect();
        let found = [50, 98, 100].map(|percent| at_share(&sorted, percent) as u32);
        assert_eq!(found, [100, 196, 200]);
        assert_eq!(at_share(&[7.0], 98) as u32, 7);
    }
}
