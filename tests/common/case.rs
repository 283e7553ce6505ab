//! Reads case files: Markdown with the logs of a case and what must be concluded from them.
//! `tests/cases/README.md` describes the notation.

use crate::common::{START, clf, gzip};
use sekisho::engine::{Settings, read_list};
use sekisho::intel::{Cost, Lists, PrivateList, SALT_BYTES};
use std::fmt::Write;
use std::path::Path;

/// What a case shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The detection fires.
    Fires,
    /// It does not, though the log differs in one thing only.
    Twin,
}

/// One case of a file.
#[derive(Clone, Debug)]
pub struct Case {
    /// The detection that the file is about.
    pub detector: String,
    /// What it shows.
    pub kind: Kind,
    /// Its heading.
    pub title: String,
    /// Files by name.
    pub files: Vec<(String, Vec<u8>)>,
    /// Indicator lists.
    pub lists: Lists,
    /// Files of rules by name.
    pub rules: Vec<(String, Vec<u8>)>,
    /// Settings of the check.
    pub settings: Settings,
    /// What must be concluded, line by line.
    pub expected: Vec<String>,
}

/// The cases of a file, whose name is that of the detection.
pub fn read(path: &Path) -> Vec<Case> {
    let detector = path.file_stem().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            cases.push(Case::headed(&detector, heading));
        } else if let Some(fence) = line.strip_prefix("```") {
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let case = cases.last_mut().unwrap_or_else(|| panic!("{detector}: no heading yet"));
            case.take(fence, &inside);
        }
    }
    cases
}

impl Case {
    fn headed(detector: &str, heading: &str) -> Self {
        let (kind, title) = match heading.split_once(": ") {
            Some(("Fires", title)) => (Kind::Fires, title),
            Some(("Twin", title)) => (Kind::Twin, title),
            _ => panic!("{detector}: «{heading}» begins with neither «Fires: » nor «Twin: »"),
        };
        let (detector, title) = (detector.to_owned(), title.to_owned());
        Self {
            detector,
            kind,
            title,
            files: Vec::new(),
            rules: Vec::new(),
            lists: Lists::default(),
            settings: Settings::default(),
            expected: Vec::new(),
        }
    }

    fn take(&mut self, fence: &str, inside: &[&str]) {
        let mut words = fence.split(' ');
        match words.next() {
            Some("log") => {
                let name = words.next().unwrap_or_else(|| panic!("{}: no file name", self.title));
                let bytes = words.fold(Log::default().write(inside), treated);
                self.files.push((name.to_owned(), bytes));
            }
            Some("iocs") => {
                let name = words.next().unwrap_or_else(|| panic!("{}: no list name", self.title));
                let text = inside.join("\n");
                let text = if words.next() == Some("private") { private(&text) } else { text };
                read_list(&mut self.lists, name, text.as_bytes(), &mut |_| ());
            }
            Some("rule") => {
                let name = words.next().unwrap_or_else(|| panic!("{}: no rule name", self.title));
                self.rules.push((name.to_owned(), (inside.join("\n") + "\n").into_bytes()));
            }
            Some("settings") => {
                self.settings = serde_json::from_str(&inside.join("\n")).unwrap();
            }
            Some("expect") => self.expected.extend(inside.iter().map(|line| (*line).to_owned())),
            _ => {}
        }
    }

    /// `B1, Fires: the answer is far larger`
    pub fn name(&self) -> String {
        format!("{}, {:?}: {}", self.detector, self.kind, self.title)
    }

    /// The files in the shape that `check` takes.
    pub fn given(&self) -> Vec<(&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
    }
}

/// A private list of what a list holds, with digests that cost little.
fn private(text: &str) -> String {
    let mut lists = Lists::default();
    read_list(&mut lists, "values", text.as_bytes(), &mut |_| ());
    let values = (0..lists.len() as u32).filter_map(|id| lists.value(id));
    let values = values.map(|(kind, _, text)| (kind, text.to_owned())).collect();
    let cost = Cost { kib: 32, passes: 1 };
    PrivateList::make(&values, [1; SALT_BYTES], cost, &mut |_| true).unwrap().unwrap()
}

/// What a word behind the file's name does to its bytes.
fn treated(mut bytes: Vec<u8>, word: &str) -> Vec<u8> {
    match word {
        "unended" => drop(bytes.pop()),
        "gzip" => bytes = gzip(&bytes),
        "cut" => bytes.truncate(bytes.len() - bytes.len() / 3),
        "bad-crc" => {
            let at = bytes.len() - 8;
            bytes[at] ^= 0xff;
        }
        other => panic!("«{other}» is no word for a log"),
    }
    bytes
}

/// A log in the making, with its clock.
struct Log {
    out: String,
    clock: i64,
}

impl Default for Log {
    fn default() -> Self {
        Self { out: String::new(), clock: START }
    }
}

impl Log {
    fn write(mut self, lines: &[&str]) -> Vec<u8> {
        for line in lines {
            if let Some(time) = line.strip_prefix("at ") {
                self.clock = time.parse::<jiff::Timestamp>().unwrap().as_second();
            } else if let Some(secs) = line.strip_prefix("wait ") {
                self.clock += secs.parse::<i64>().unwrap();
            } else if let Some(repeat) = line.strip_prefix("repeat ") {
                let (how, line) = repeat.split_once(": ").unwrap();
                let (times, every) = how.split_once(" every ").unwrap();
                for n in 0..times.parse().unwrap() {
                    self.line(line, n);
                    self.clock += every.parse::<i64>().unwrap();
                }
            } else {
                self.line(line, 0);
            }
        }
        self.out.into_bytes()
    }

    fn line(&mut self, line: &str, n: u64) {
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('{') {
            self.out.push_str(before);
            let filled = behind
                .split_once('}')
                .and_then(|(inside, behind)| Some((self.filled(inside, n)?, behind)));
            match filled {
                Some((text, behind)) => {
                    self.out.push_str(&text);
                    rest = behind;
                }
                None => {
                    self.out.push('{');
                    rest = behind;
                }
            }
        }
        writeln!(self.out, "{rest}").unwrap();
    }

    /// What stands for `{inside}`; none when it is part of the log.
    fn filled(&self, inside: &str, n: u64) -> Option<String> {
        if inside == "time" {
            return Some(clf(self.clock, 0));
        }
        if let Some(times) = inside.strip_prefix("nul*") {
            return Some("\0".repeat(times.parse().ok()?));
        }
        let mut value = n;
        let mut rest = inside.strip_prefix('n')?;
        while let Some(operator) = rest.chars().next() {
            let digits =
                rest[1..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |at| at + 1);
            let number: u64 = rest[1..digits].parse().ok()?;
            value = match operator {
                '+' => value + number,
                '*' => value * number,
                '%' => value % number,
                '/' => value / number,
                _ => return None,
            };
            rest = &rest[digits..];
        }
        Some(value.to_string())
    }
}
