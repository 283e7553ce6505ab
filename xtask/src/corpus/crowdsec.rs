//! Logs of another program's tests with what its parsers find in them: the fields that some record
//! must have, and the addresses from which attacks must come.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ask;
use crate::repo::read;
use crate::table;

/// Percent that must be found.
const GOAL: usize = 95;

/// What the manifest calls a field, and what it is here.
const FIELDS: [(&str, &str); 8] = [
    ("timestamp", "time"),
    ("source_ip", "source.ip"),
    ("target_user", "user.name"),
    ("username", "user.name"),
    ("user", "user.name"),
    ("http_verb", "http.request.method"),
    ("http_path", "url.original"),
    ("http_status", "http.response.status_code"),
];

/// Reads `dir/manifest.tsv`, which names the logs.
pub fn run(binary: &Path, dir: &Path) -> Result<()> {
    let manifest = read(&dir.join("manifest.tsv"))?;
    let (mut asked, mut lacking) = (BTreeMap::<&str, (usize, usize)>::new(), Vec::new());
    for test in tests(&manifest) {
        let said = Said::by(binary, &dir.join(test.log))?;
        let mut lacks = Vec::new();
        for (name, wanted) in test.wanted() {
            let is_found = said.has(name, wanted);
            let (found, all) = asked.entry(name).or_default();
            *all += 1;
            *found += usize::from(is_found);
            if !is_found {
                lacks.push(if wanted.is_empty() { name } else { wanted });
            }
        }
        if !lacks.is_empty() {
            lacking.push(format!("{} ({}): {}", test.name, test.kind, lacks.join(", ")));
        }
    }
    let (found, all) = asked.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let row = |name: &str, found: usize, all: usize| {
        let share = format!("{:.1} %", 100.0 * found as f64 / all.max(1) as f64);
        vec![name.to_owned(), found.to_string(), all.to_string(), share]
    };
    let mut rows: Vec<_> =
        asked.iter().map(|(name, (found, all))| row(name, *found, *all)).collect();
    rows.push(row("all", found, all));
    table::print(&["crowdsec", "found", "expected", "share"], &rows);
    println!("Not found:\n  {}", lacking.join("\n  "));
    ensure!(found * 100 >= all * GOAL, "fields of crowdsec's tests: less than {GOAL} %");
    Ok(())
}

/// A test of the manifest.
struct Test<'m> {
    name: &'m str,
    log: &'m str,
    kind: &'m str,
    sources: &'m str,
    fields: &'m str,
}

/// The rows of the manifest: test, kind, log, lines, log type, parsers, scenarios, overflows,
/// expected scenarios, expected sources, number of asserts, asserted fields.
fn tests(manifest: &str) -> impl Iterator<Item = Test<'_>> {
    manifest.lines().skip(1).filter_map(|row| {
        let cells: Vec<_> = row.split('\t').collect();
        let cell = |at: usize| cells.get(at).copied();
        Some(Test {
            name: cell(0)?,
            log: cell(2)?,
            kind: cell(4)?,
            sources: cell(9)?,
            fields: cell(11)?,
        })
    })
}

impl<'m> Test<'m> {
    /// Fields with what they must hold, nothing where any value will do. A source that is no
    /// address is something else that the test groups by.
    fn wanted(&self) -> BTreeSet<(&'static str, &'m str)> {
        let is_address = |source: &&str| source.parse::<std::net::IpAddr>().is_ok();
        let sources = self.sources.split(',').filter(is_address);
        let sources = sources.map(|source| ("source.ip, of attacks", source));
        let named = |name: &str| FIELDS.iter().find(|(theirs, _)| *theirs == name);
        let fields = self.fields.split(',').filter_map(named).map(|(_, ours)| (*ours, ""));
        fields.chain(sources).collect()
    }
}

/// What the records of a log say.
struct Said(BTreeMap<String, BTreeSet<String>>);

impl Said {
    fn by(binary: &Path, log: &Path) -> Result<Said> {
        let mut said = BTreeMap::<String, BTreeSet<String>>::new();
        for line in ask(binary, &["events"], log)?.lines() {
            let event: Value = serde_json::from_str(line).context("an event cannot be read")?;
            if event["time"].is_string() {
                said.entry("time".to_owned()).or_default();
            }
            for (name, value) in event["fields"].as_object().into_iter().flatten() {
                let value = value.as_str().unwrap_or_default().to_owned();
                said.entry(name.clone()).or_default().insert(value);
            }
        }
        Ok(Said(said))
    }

    fn has(&self, name: &str, wanted: &str) -> bool {
        let name = name.split(',').next().unwrap_or(name);
        self.0.get(name).is_some_and(|values| {
            let wanted = wanted.strip_prefix("::ffff:").unwrap_or(wanted);
            wanted.is_empty() || values.contains(wanted)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_asks_for_fields_and_sources() {
        let manifest = "test\n\
            bf\tscenario\tlogs/bf.log\t6\tx\tp\ts\t1\tc\t192.0.2.7,sato\t9\tmachine,target_user,timestamp";
        let tests: Vec<_> = tests(manifest).collect();
        let wanted: Vec<_> = tests[0].wanted().into_iter().collect();
        let expected = [("source.ip, of attacks", "192.0.2.7"), ("time", ""), ("user.name", "")];
        assert_eq!((tests.len(), tests[0].log), (1, "logs/bf.log"));
        assert_eq!(wanted, expected);
    }
}
