//! rsigma's library on logs of JSON lines, for `cargo xtask`:
//!
//! `rsigma-peer time RULES LOG.json` prints a JSON object with the rules, the events, the
//! matches, and the CPU seconds of loading the rules and of evaluating the events, reading JSON
//! included.
//!
//! `rsigma-peer matches RULES LOG.json SOURCES.toml` prints a line for each match of a rule on
//! an event of its log source: the event's line, a tab, and the rule's id.
//!
//! Rules are a zip, or a folder.

mod gate;

use std::error::Error;
use std::io::Read;
use std::path::Path;
use std::{env, fs};

use gate::Sources;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::SigmaRule;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["time", rules, log] => time(rules, log),
        ["matches", rules, log, sources] => matches(rules, log, sources),
        _ => Err("expected: time RULES LOG.json, or matches RULES LOG.json SOURCES.toml".into()),
    }
}

fn time(rules: &str, log: &str) -> Result<(), Box<dyn Error>> {
    let texts = texts(rules)?;
    let start = cpu_seconds()?;
    let engine = engine(&parsed(&texts)?);
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

fn matches(rules: &str, log: &str, sources: &str) -> Result<(), Box<dyn Error>> {
    let rules = parsed(&texts(rules)?)?;
    let sources = Sources::read(sources)?;
    let engine = engine(&rules);
    let by_id = |id: &str| rules.iter().find(|rule| rule.id.as_deref() == Some(id));
    for (line, text) in (1..).zip(fs::read_to_string(log)?.lines()) {
        let mut event: Value = serde_json::from_str(text)?;
        let kind = sources.kind(&event);
        sources.name_fields(&kind, &mut event);
        for found in engine.evaluate(&JsonEvent::borrow(&event)) {
            let id = found.header.rule_id.unwrap_or_default();
            let rule = by_id(&id).ok_or_else(|| format!("{} has no id", found.header.rule_title))?;
            if sources.is_of(&kind, &rule.logsource) {
                println!("{line}\t{id}");
            }
        }
    }
    Ok(())
}

/// All at once, which makes the better index. Rules that rsigma cannot compile are left out, to its
/// advantage.
fn engine(rules: &[SigmaRule]) -> Engine {
    let mut engine = Engine::new();
    let _ = engine.add_rules(rules);
    engine
}

fn parsed(texts: &[String]) -> Result<Vec<SigmaRule>, Box<dyn Error>> {
    let mut rules = Vec::new();
    for text in texts {
        rules.extend(rsigma_parser::parse_sigma_yaml(text)?.rules);
    }
    Ok(rules)
}

/// The rules of an archive, in its order, or of a folder.
fn texts(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    if fs::metadata(path)?.is_dir() { in_folder(Path::new(path)) } else { in_archive(path) }
}

fn in_folder(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        if path.is_dir() {
            texts.extend(in_folder(&path)?);
        } else if path.extension().is_some_and(|end| end == "yml") {
            texts.push(fs::read_to_string(path)?);
        }
    }
    Ok(texts)
}

fn in_archive(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
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
