//! Tests of other programs' detections, and logs of attacks that were carried out on purpose: where
//! `coverage.tsv` says that a detection or a public Sigma rule covers one, it must fire on it, and
//! on no test of the same name that expects nothing. `docs/coverage.md` is made of the table.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::ask;
use crate::repo::{Repo, read, write};

const TABLE: &str = include_str!("coverage.tsv");

/// A set of tests: its name here, what it is, and whether the table names each of its detections.
const SETS: [(&str, &str, bool); 3] = [
    ("panther", "tests of panther-analysis' detections", false),
    ("crowdsec", "tests of the scenarios of CrowdSec's hub", true),
    (
        "aws-stratus",
        "CloudTrail logs of attacks by Stratus Red Team, each behind sixteen days on which its \
        accounts signed in",
        true,
    ),
];

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    set: &'static str,
    theirs: &'static str,
    /// Id of a detection or of a Sigma rule; none where nothing fires.
    ours: Option<&'static str>,
    name: &'static str,
}

fn rows() -> Result<Vec<Row>> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('\t').collect();
        let [set, theirs, ours, name] = cells[..] else { bail!("four cells in «{line}»") };
        Ok(Row { set, theirs, ours: (ours != "-").then_some(ours), name })
    };
    TABLE.lines().skip(1).map(row).collect()
}

/// Writes `docs/coverage.md` anew.
pub fn document(repo: &Repo) -> Result<()> {
    write(&repo.root.join("docs/coverage.md"), text(&rows()?))
}

/// The document.
fn text(rows: &[Row]) -> String {
    let mut text = String::from(
        "# What others' tests find\n\n\
        Detections of other programs whose tests give the expected result here: the detection or \
        public Sigma rule named beside them fires on each test that expects it, and on none that \
        expects nothing. `cargo xtask corpus FOLDER --only coverage` runs them and writes this \
        table; the folder is described in CONTRIBUTING.md.\n",
    );
    for (set, what, is_whole) in SETS {
        let of: Vec<_> = rows.iter().filter(|row| row.set == set).collect();
        text += &format!("\n## {set}\n\nFrom {what}. ");
        let names = |covered: bool| -> BTreeSet<&str> {
            let of = of.iter().filter(|row| row.ours.is_some() == covered);
            of.map(|row| row.theirs).collect()
        };
        let (covered, others) = (names(true), names(false));
        text += &match is_whole {
            true => format!("Covered: {} of {}.\n", covered.len(), covered.len() + others.len()),
            false => format!("Covered: {}; the others are not listed.\n", covered.len()),
        };
        text += "\n| theirs | here | id |\n|---|---|---|\n";
        for row in of.iter().filter(|row| row.ours.is_some()) {
            text += &format!("| {} | {} | {} |\n", row.theirs, row.name, row.ours.unwrap_or("-"));
        }
        if !others.is_empty() {
            let others: Vec<_> = others.into_iter().collect();
            text += &format!("\nNothing fires on: {}.\n", others.join(", "));
        }
    }
    text
}

/// Runs what the table says of the sets that are there.
pub fn run(repo: &Repo, binary: &Path, dir: &Path, work: &Path) -> Result<()> {
    let rows = rows()?;
    let (mut right, mut wrong, mut more) = (0, Vec::new(), Vec::new());
    for (set, _, _) in SETS.iter().filter(|(set, ..)| dir.join(set).exists()) {
        let tests = tests(set, dir, work)?;
        for row in rows.iter().filter(|row| row.set == *set) {
            let of: Vec<_> = tests.iter().filter(|test| test.name == row.theirs).collect();
            ensure!(!of.is_empty(), "{set} has no {}", row.theirs);
            for test in of {
                let fired = fired(binary, &test.log, row.ours, dir)?;
                match row.ours {
                    Some(ours) if fired.contains(ours) == test.is_expected => right += 1,
                    Some(ours) => wrong.push(format!("{set}: {}: {ours}", row.theirs)),
                    None if fired.is_empty() => {}
                    None => more.push(format!("{set}: {}: {fired:?}", row.theirs)),
                }
            }
        }
    }
    println!("{right} tests give the result that the table of coverage expects.");
    if !more.is_empty() {
        println!("Not in the table, but fires:\n  {}", more.join("\n  "));
    }
    ensure!(wrong.is_empty(), "other than the table of coverage says:\n  {}", wrong.join("\n  "));
    document(repo)
}

/// A log with what it is a test of, and whether that is to be found.
struct Test {
    name: String,
    log: PathBuf,
    is_expected: bool,
}

fn tests(set: &str, dir: &Path, work: &Path) -> Result<Vec<Test>> {
    match set {
        "panther" => of_panther(&dir.join(set), work),
        "crowdsec" => of_crowdsec(&dir.join(set)),
        _ => of_stratus(&dir.join(set), work),
    }
}

/// One record each: a line of a file, written to a file of its own when it is in the table.
fn of_panther(dir: &Path, work: &Path) -> Result<Vec<Test>> {
    let known: BTreeSet<_> = rows()?.into_iter().map(|row| row.theirs).collect();
    let manifest = read(&dir.join("manifest.tsv"))?;
    let mut tests = Vec::new();
    for (at, row) in manifest.lines().enumerate().skip(1) {
        let cells: Vec<_> = row.split('\t').collect();
        let [name, _, file, line, expected, ..] = cells[..] else { bail!("cells of {row}") };
        if !known.contains(name) {
            continue;
        }
        let events = read(&dir.join("events").join(file))?;
        let line: usize = line.parse().with_context(|| format!("a number in {row}"))?;
        let record = events.split('\n').nth(line - 1).context("no such line")?;
        let log = work.join(format!("panther-{at}.jsonl"));
        write(&log, format!("{record}\n"))?;
        tests.push(Test { name: name.to_owned(), log, is_expected: expected == "True" });
    }
    Ok(tests)
}

fn of_crowdsec(dir: &Path) -> Result<Vec<Test>> {
    let manifest = read(&dir.join("manifest.tsv"))?;
    let rows = manifest.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    let scenarios = rows.filter(|cells| cells.get(1) == Some(&"scenario"));
    let test = |cells: Vec<&str>| {
        let (name, log) = (cells.first()?, cells.get(2)?);
        Some(Test { name: (*name).to_owned(), log: dir.join(log), is_expected: true })
    };
    Ok(scenarios.filter_map(test).collect())
}

fn of_stratus(dir: &Path, work: &Path) -> Result<Vec<Test>> {
    let logs = crate::repo::files_in(&dir.join("stratus-detonation-logs"))?;
    let test = |log: PathBuf| {
        let name = log.file_stem().context("a log has no name")?.to_string_lossy().into_owned();
        let records: Vec<Value> = serde_json::from_str(&read(&log)?).context("no records")?;
        let log = work.join(format!("{name}.json"));
        write(&log, serde_json::to_string(&with_history(records)?)?)?;
        Ok(Test { name, log, is_expected: true })
    };
    logs.into_iter().map(test).collect()
}

/// Days on which accounts sign in before something is done with them: what is unusual can only be
/// told from what is usual.
const HISTORY_DAYS: i64 = 16;

/// Records of CloudTrail behind sign-ins of the accounts that they name.
fn with_history(records: Vec<Value>) -> Result<Vec<Value>> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for record in &records {
        if !known.insert(record["userIdentity"].to_string()) {
            continue;
        }
        let at: jiff::Timestamp = record["eventTime"].as_str().context("no time")?.parse()?;
        for day in 1..=HISTORY_DAYS {
            let at = at - jiff::SignedDuration::from_hours(24 * day);
            let id = format!("{:08x}-{:04x}-4000-8000-000000000000", all.len(), day);
            let mut record = record.clone();
            let fields = record.as_object_mut().context("a record is no object")?;
            fields.remove("errorCode");
            fields.remove("errorMessage");
            fields.extend([
                ("eventName".to_owned(), "ConsoleLogin".into()),
                ("eventSource".to_owned(), "signin.amazonaws.com".into()),
                ("eventTime".to_owned(), at.to_string().into()),
                ("eventID".to_owned(), id.into()),
                ("requestParameters".to_owned(), Value::Null),
                ("responseElements".to_owned(), serde_json::json!({"ConsoleLogin": "Success"})),
                ("additionalEventData".to_owned(), serde_json::json!({"MFAUsed": "Yes"})),
            ]);
            all.push(record);
        }
    }
    all.extend(records);
    Ok(all)
}

/// The detections, or for a Sigma rule the rules, that fire on a log.
fn fired(binary: &Path, log: &Path, ours: Option<&str>, dir: &Path) -> Result<BTreeSet<String>> {
    let rules = dir.join("sigma/sigma-rules.zip");
    let rules = rules.to_string_lossy();
    let is_rule = ours.is_some_and(|ours| ours.contains('-'));
    let printed = match is_rule {
        true => ask(binary, &["hits", "--no-builtin", "--rules", &rules], log)?,
        false => ask(binary, &["hits"], log)?,
    };
    let mut fired = BTreeSet::new();
    for line in printed.lines() {
        let hit: Value = serde_json::from_str(line).context("a hit cannot be read")?;
        let by = hit[if is_rule { "rule" } else { "detector" }].as_str().unwrap_or_default();
        // Gaps and steps of time say nothing of what a test is about.
        if !matches!(by, "F2" | "F4" | "F5") {
            fired.insert(by.to_owned());
        }
    }
    Ok(fired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_the_document_is_made_of_it() {
        let rows = rows().unwrap();
        assert!(rows.is_sorted() && rows.iter().all(|row| SETS.iter().any(|set| set.0 == row.set)));
        let kept = include_str!("../../../docs/coverage.md");
        assert_eq!(text(&rows), kept, "`cargo xtask corpus FOLDER --only coverage` writes it anew");
    }
}
