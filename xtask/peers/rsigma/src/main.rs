//! rsigma's library on logs of JSON lines, for `cargo xtask bench rules`:
//! `rsigma-peer RULES.zip LOG.json`. Prints a JSON object with the rules, the events, the matches,
//! and the CPU seconds of loading the rules and of evaluating the events, reading JSON included.

use std::error::Error;
use std::io::Read;
use std::{env, fs};

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [rules, log] = paths.as_slice() else { return Err("expected RULES.zip LOG.json".into()) };
    let texts = texts(rules)?;
    let start = cpu_seconds()?;
    let mut engine = Engine::new();
    let mut rules = Vec::new();
    for text in &texts {
        rules.extend(rsigma_parser::parse_sigma_yaml(text)?.rules);
    }
    // All at once, which makes the better index. Rules that rsigma cannot compile are left out, to
    // its advantage.
    let _ = engine.add_rules(&rules);
    let loaded = cpu_seconds()?;
    let log = fs::read_to_string(log)?;
    let begun = cpu_seconds()?;
    let (mut events, mut matches) = (0, 0);
    for line in log.lines() {
        let event: Value = serde_json::from_str(line)?;
        matches += engine.evaluate(&JsonEvent::borrow(&event)).len();
        events += 1;
    }
    let told = json!({
        "rules": engine.rule_count(), "events": events, "matches": matches,
        "load_secs": loaded - start, "match_secs": cpu_seconds()? - begun,
    });
    println!("{told}");
    Ok(())
}

/// The rules of an archive, in its order.
fn texts(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path)?)?;
    let mut texts = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        if file.name()?.ends_with(".yml") {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            texts.push(text);
        }
    }
    Ok(texts)
}

/// CPU seconds of this thread.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let told = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = told.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(nanos / 1e9)
}
