//! Messages of many products with the fields that another program's parsers found in them: how many
//! of these the command line finds too. Of products that have samples among the formats nearly all
//! must be found, of all products most. What those parsers say without a reason stands in `DOUBTS`
//! and does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ask;
use super::doubts::{self, DOUBTS};
use crate::repo::{files_in, folders_in, read, remove_folder, write};
use crate::table;

/// Percent that must be found of a product that has samples among the formats.
const OF_LISTED: u64 = 95;
/// Percent that must be found of all.
const OF_ALL: u64 = 80;

const ASKED: [&str; 7] = ["time", "source.ip", "user.name", "action", "url", "status", "outcome"];

/// Fields found and expected.
#[derive(Clone, Copy, Default)]
struct Share {
    found: u64,
    expected: u64,
    /// Expected, not found, and in doubt.
    doubtful: u64,
}

impl Share {
    fn add(&mut self, other: Share) {
        self.found += other.found;
        self.expected += other.expected;
        self.doubtful += other.doubtful;
    }

    const fn counting(self) -> u64 {
        self.expected - self.doubtful
    }

    const fn reaches(self, percent: u64) -> bool {
        self.found * 100 >= self.counting() * percent
    }

    fn cells(self) -> [String; 4] {
        let share = 100.0 * self.found as f64 / self.counting().max(1) as f64;
        let numbers = [self.found, self.expected, self.doubtful].map(|number| number.to_string());
        let [found, expected, doubtful] = numbers;
        [found, expected, doubtful, format!("{share:.1} %")]
    }
}

/// Reads `dir/*.jsonl`: in each line a `message` and what is `expected` of it. `listed` are the
/// products that have samples among the formats.
pub fn run(binary: &Path, dir: &Path, work: &Path, listed: &BTreeSet<String>) -> Result<()> {
    let mut intakes = Vec::new();
    let mut fields = BTreeMap::<&str, Share>::new();
    let mut met = BTreeSet::new();
    for file in files_in(dir)? {
        if file.extension().is_none_or(|end| end != "jsonl") {
            continue;
        }
        let name = file.file_stem().context("a path has no name")?.to_string_lossy().into_owned();
        let mut intake = Share::default();
        for answer in compare(binary, &read(&file)?, work)? {
            let doubt = match answer.is_found {
                true => None,
                false => doubts::place(&name, answer.field, &answer.wanted),
            };
            met.extend(doubt);
            let share = Share {
                found: u64::from(answer.is_found),
                expected: 1,
                doubtful: u64::from(doubt.is_some()),
            };
            fields.entry(answer.field).or_default().add(share);
            intake.add(share);
        }
        intakes.push((name, intake));
    }
    ensure!(!intakes.is_empty(), "no messages under {}", dir.display());
    let total = intakes.iter().fold(Share::default(), |mut total, (_, share)| {
        total.add(*share);
        total
    });
    print(&intakes, &fields, total, listed);
    conclude(&intakes, total, listed, &met)
}

fn print(
    intakes: &[(String, Share)],
    fields: &BTreeMap<&str, Share>,
    total: Share,
    listed: &BTreeSet<String>,
) {
    let row = |name: &str, mark: &str, share: Share| {
        [name.to_owned(), mark.to_owned()].into_iter().chain(share.cells()).collect::<Vec<_>>()
    };
    let mark = |name: &String| if listed.contains(name) { "listed" } else { "" };
    let mut rows: Vec<_> =
        intakes.iter().map(|(name, share)| row(name, mark(name), *share)).collect();
    let asked = ASKED.iter().map(|field| (field, fields.get(field).copied().unwrap_or_default()));
    rows.extend(asked.map(|(field, share)| row(&format!("all: {field}"), "", share)));
    rows.push(row("all", "", total));
    table::print(&["intake", "", "found", "expected", "doubtful", "share"], &rows);
    for doubt in DOUBTS {
        println!("  doubtful: {}: {}", doubt.name(), doubt.reason);
    }
}

/// Whether the goals are reached, and every doubt is still one. Of a share of the products none
/// may be there; a doubt about one that is not there is not asked for.
fn conclude(
    intakes: &[(String, Share)],
    total: Share,
    listed: &BTreeSet<String>,
    met: &BTreeSet<usize>,
) -> Result<()> {
    let short =
        intakes.iter().filter(|(name, share)| listed.contains(name) && !share.reaches(OF_LISTED));
    let mut wrong: Vec<String> =
        short.map(|(name, _)| format!("{name}: less than {OF_LISTED} %")).collect();
    if !total.reaches(OF_ALL) {
        wrong.push(format!("all: less than {OF_ALL} %"));
    }
    let gone = DOUBTS.iter().enumerate().filter(|(place, doubt)| {
        !met.contains(place) && intakes.iter().any(|(name, _)| name == doubt.intake)
    });
    wrong.extend(gone.map(|(_, doubt)| format!("{}: no doubt any more", doubt.name())));
    ensure!(wrong.is_empty(), "fields of messages:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// The products that have samples in `dir/<format>/sekoia-<product>.*`.
pub fn listed(dir: &Path) -> Result<BTreeSet<String>> {
    let mut listed = BTreeSet::new();
    for folder in folders_in(dir)? {
        for file in files_in(&folder)? {
            let name = file.file_name().context("a path has no name")?.to_string_lossy();
            let product = name.strip_prefix("sekoia-").and_then(|name| name.split('.').next());
            listed.extend(product.map(str::to_owned));
        }
    }
    Ok(listed)
}

/// For every field that is expected of the messages of an intake, whether it is found.
fn compare(binary: &Path, lines: &str, work: &Path) -> Result<Vec<Answer>> {
    remove_folder(work)?;
    let mut expected = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let mut line: Value = serde_json::from_str(line).context("a message cannot be read")?;
        write(&work.join(format!("{at:04}.log")), line["message"].as_str().unwrap_or_default())?;
        expected.push(line["expected"].take());
    }
    let mut firsts = BTreeMap::new();
    for line in ask(binary, &["events"], work)?.lines() {
        let event: Value = serde_json::from_str(line).context("an event cannot be read")?;
        let source = event["source"].as_str().unwrap_or_default().to_owned();
        let name = source.rsplit('/').next().unwrap_or_default().to_owned();
        firsts.entry(name).or_insert(event);
    }
    let nothing = Value::Null;
    let compared = expected.iter().enumerate().flat_map(|(at, expected)| {
        let event = firsts.get(&format!("{at:04}.log")).unwrap_or(&nothing);
        Asked { expected, event }.all()
    });
    Ok(compared.collect())
}

/// A field that is expected of a message.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    field: &'static str,
    wanted: String,
    is_found: bool,
}

/// What is expected of a message, and what was read.
struct Asked<'v> {
    expected: &'v Value,
    event: &'v Value,
}

impl Asked<'_> {
    fn all(&self) -> Vec<Answer> {
        let same = |name: &str| {
            let wanted = self.wanted(name)?;
            let is_found = self.has(name, &wanted);
            Some((wanted, is_found))
        };
        let answers = [
            self.wanted("@timestamp").map(|wanted| {
                let is_found = self.is_at(&wanted);
                (wanted, is_found)
            }),
            same("source.ip"),
            same("user.name"),
            self.does(),
            self.is_of_url(),
            same("http.response.status_code"),
            same("event.outcome"),
        ];
        let asked = ASKED.into_iter().zip(answers);
        let answered = asked.filter_map(|(field, answer)| {
            let (wanted, is_found) = answer?;
            Some(Answer { field, wanted, is_found })
        });
        answered.collect()
    }

    /// What is expected under a name, which may stand as a whole or by its parts.
    fn wanted(&self, name: &str) -> Option<String> {
        let by_parts = || name.split('.').try_fold(self.expected, |value, part| value.get(part));
        match self.expected.get(name).or_else(by_parts)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            _ => None,
        }
    }

    fn read(&self, name: &str) -> &str {
        self.event["fields"][name].as_str().unwrap_or_default()
    }

    fn has(&self, name: &str, wanted: &str) -> bool {
        self.read(name).to_lowercase() == wanted.to_lowercase()
    }

    /// Within a second.
    fn is_at(&self, wanted: &str) -> bool {
        let read = self.event["time"].as_str().and_then(instant);
        let both = read.zip(instant(wanted));
        both.is_some_and(|(read, wanted)| (read - wanted).abs() < 1_000_000_000)
    }

    fn does(&self) -> Option<(String, bool)> {
        let wanted = ["event.action", "http.request.method"]
            .into_iter()
            .filter_map(|name| Some((self.wanted(name)?, name)))
            .collect::<Vec<_>>();
        let is_found = wanted.iter().any(|(wanted, name)| self.has(name, wanted));
        wanted.into_iter().next().map(|(wanted, _)| (wanted, is_found))
    }

    fn is_of_url(&self) -> Option<(String, bool)> {
        let names = ["url.original", "url.full", "url.path"];
        let wanted: Vec<String> = names.iter().filter_map(|name| self.wanted(name)).collect();
        let is_it = |url: &String| is_url(url, self.read("url.domain"), self.read("url.original"));
        let is_found = wanted.iter().any(is_it);
        wanted.into_iter().next().map(|url| (url, is_found))
    }
}

/// Whether a URL, or a part of one, is that of a domain and a target.
fn is_url(url: &str, domain: &str, target: &str) -> bool {
    let path = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
    let bare = |text: &str| text.rsplit("://").next().unwrap_or_default().to_owned();
    let (whole, short) = (format!("{domain}{target}"), format!("{domain}{}", path(target)));
    let behind_host =
        url.split_once("://").map(|(_, rest)| rest.find('/').map_or("", |slash| &rest[slash..]));
    [target, &path(target), &whole].contains(&url)
        || [&whole, &short].contains(&&bare(url))
        || bare(&path(url)).trim_end_matches('/') == short.trim_end_matches('/')
        || behind_host == Some(target)
}

/// Nanoseconds since 1970. A time without zone is in UTC.
fn instant(text: &str) -> Option<i128> {
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let local = || {
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    Some(zoned.or_else(local)?.as_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn expected_fields_are_compared_with_those_read() {
        let expected = json!({
            "@timestamp": "2021-05-06T10:02:03.5+09:00", "source": { "ip": "192.0.2.7" },
            "user": { "name": "SATO" }, "event.outcome": "failure",
            "http": { "response": { "status_code": 403 } }, "event": { "action": "open" },
        });
        let event = json!({
            "time": "2021-05-06T01:02:03Z",
            "fields": {
                "source.ip": "192.0.2.7", "user.name": "sato", "event.outcome": "success",
                "http.response.status_code": "403",
            },
        });
        let answers = Asked { expected: &expected, event: &event }.all();
        let answers: Vec<_> =
            answers.iter().map(|answer| (answer.field, answer.is_found)).collect();
        let told = [
            ("time", true),
            ("source.ip", true),
            ("user.name", true),
            ("action", false),
            ("status", true),
            ("outcome", false),
        ];
        assert_eq!(answers, told);
    }

    #[test]
    fn a_url_is_the_same_with_or_without_scheme_host_and_query() {
        let is = |url| is_url(url, "www.example.jp", "/p/1?q=2");
        for url in ["/p/1?q=2", "/p/1", "https://www.example.jp/p/1?q=2", "www.example.jp/p/1/"] {
            assert!(is(url), "{url}");
        }
        assert!(is("http://other.example.jp/p/1?q=2"));
        assert!(!is("/p/2") && !is("https://www.example.jp/"));
    }
}
