//! The one door of the tests: `check` takes files through survey, plan, scanners and concluder as
//! page and command line do, with the cuts, scanners and order of merging that a test asks for.
//!
//! Also a builder of log lines. Addresses are those for documentation (RFC 5737).

#![allow(dead_code, reason = "every test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use sekisho::base::Merge;
use sekisho::engine::{
    Concluded, Concluder, Digest, Job, JobKind, LoadedRules, Partial, Prepared, Row, RuleText,
    Scanner, Settings, Survey, plan, repeats, rows, survey,
};
use sekisho::finding::Place;
use sekisho::input::ReadAt;
use sekisho::intel::Lists;
use sekisho::report::Report;
use sekisho::shard::Cuts;
use sekisho::train::Random;
use std::collections::BTreeMap;
use std::fmt::Display;

/// How a check is run. None of it may change the report, the settings excepted.
#[derive(Clone, Debug)]
pub struct Options {
    /// Settings of the check.
    pub settings: Settings,
    /// The indicator lists.
    pub lists: Lists,
    /// Files of rules.
    pub rules: Vec<RuleText>,
    /// Tried on what is encrypted.
    pub passwords: Vec<String>,
    /// When every file was changed last, seconds since 1970.
    pub modified: i64,
    /// Where streams are cut.
    pub cuts: Cuts,
    /// Scanners that share the jobs.
    pub scanners: usize,
    /// What the dealing of jobs and the order of merging follow from; none keeps the plan's order.
    pub shuffle: Option<u64>,
    /// Whether partials are encoded and decoded on their way, as from worker to worker.
    pub encoded: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            lists: Lists::default(),
            rules: Vec::new(),
            passwords: Vec::new(),
            modified: MODIFIED,
            cuts: Cuts::Usual,
            scanners: 1,
            shuffle: None,
            encoded: false,
        }
    }
}

impl Options {
    /// Cut about every `mean` bytes at places drawn from `seed`, three scanners, shuffled, encoded.
    pub fn cut(mean: u64, seed: u64) -> Self {
        let cuts = Cuts::Drawn { mean, seed };
        Self { cuts, scanners: 3, shuffle: Some(seed), encoded: true, ..Self::default() }
    }
}

/// Something that is given to a check.
pub struct Given<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its size when it was given.
    pub size: u64,
    /// Its bytes.
    pub source: &'a dyn ReadAt,
}

/// A record that a finding rests on, found by opening the finding's count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// The finding's id.
    pub finding: String,
    /// Stream, offset, length.
    pub place: (u32, u64, u32),
    /// Line in its stream, from 1.
    pub line: u64,
    /// What it matched.
    pub category: Option<String>,
}

/// When every file of a test was changed last: 2021-06-01.
const MODIFIED: i64 = 1_622_505_600;

/// The report on some files.
pub fn check(files: &[(&str, &[u8])], options: &Options) -> Report {
    check_with_rows(files, options).0
}

/// The report on some files, and every row of every finding.
pub fn check_with_rows(files: &[(&str, &[u8])], options: &Options) -> (Report, Vec<Opened>) {
    let held: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    let given: Vec<Given<'_>> = files
        .iter()
        .zip(&held)
        .map(|((name, _), bytes)| Given { name, size: bytes.len() as u64, source: bytes })
        .collect();
    check_given(&given, options)
}

/// What can be read, checked; `open` sees what was concluded with the sources in the plan's order.
pub fn check_and_open<R>(
    given: &[Given<'_>],
    options: &Options,
    open: impl FnOnce(&Concluded<&Prepared>, &Prepared, &[&dyn ReadAt]) -> R,
) -> (Report, R) {
    let mut prepared = prepare(given, options);
    let sources = in_order(&prepared, given);
    let mut seen = scan(&prepared, &sources, options);
    if let Some(plan) = repeats(&prepared, &mut seen, &sources) {
        prepared.plan = plan;
        let rest = seen.rest();
        seen = scan(&prepared, &sources, options);
        seen.merge(rest);
    }
    let mut concluder = Concluder::new(&prepared);
    concluder.add(seen);
    let concluded = concluder.conclude(&sources);
    let opened = open(&concluded, &prepared, &sources);
    (concluded.report, opened)
}

/// The report on whatever can be read, and every row of every finding.
pub fn check_given(given: &[Given<'_>], options: &Options) -> (Report, Vec<Opened>) {
    check_and_open(given, options, |concluded, prepared, sources| {
        let mut opened = Vec::new();
        for job in &prepared.plan.jobs {
            let mut sink = |row: Row| {
                let finding = concluded.report.findings[row.finding].id.clone();
                let (line, _) = concluded.number(&row.place);
                let place = key(&row.place);
                opened.push(Opened { finding, place, line, category: row.category });
                true
            };
            rows(concluded, job, sources[job.source as usize], &|_| true, &mut sink, &mut |_| ());
        }
        opened.sort();
        opened
    })
}

/// What is given, surveyed and cut into jobs.
pub fn prepare(given: &[Given<'_>], options: &Options) -> Prepared {
    let Options { settings, lists, passwords, modified, cuts, encoded, .. } = options;
    let settings = &settings.clone().with_lists(lists).unwrap();
    let meant = settings.meant(passwords).unwrap();
    let surveys: Vec<Survey> = given
        .iter()
        .map(|given| survey(given.name, given.size, Some(*modified), given.source, &meant))
        .collect();
    let lists = match encoded {
        true => Lists::decode(&lists.encode().unwrap()).unwrap(),
        false => lists.clone(),
    };
    let rules = LoadedRules::new(options.rules.clone(), &settings.rules.lists);
    let plan = plan(settings, passwords, surveys, *cuts);
    Prepared::with_lists(plan, lists).unwrap().with_rules(rules)
}

/// The sources in the order of the plan.
pub fn in_order<'g>(prepared: &Prepared, given: &[Given<'g>]) -> Vec<&'g dyn ReadAt> {
    prepared.plan.sources.iter().map(|source| given[source.given as usize].source).collect()
}

/// Stream, offset and length of a place.
pub fn key(place: &Place) -> (u32, u64, u32) {
    (place.1.stream, place.1.offset, place.1.length)
}

/// What the scanners saw, merged in the order that the options ask for. A second scan does without
/// digests.
fn scan(prepared: &Prepared, sources: &[&dyn ReadAt], options: &Options) -> Partial {
    let mut random = Random::new(options.shuffle.unwrap_or(0));
    let mut jobs: Vec<Job> = prepared.plan.jobs.clone();
    jobs.retain(|job| job.kind == JobKind::Scan || prepared.plan.repeats.is_none());
    if options.shuffle.is_some() {
        shuffle(&mut jobs, &mut random);
    }
    let mut scanners: Vec<Scanner<'_>> =
        (0..options.scanners.max(1)).map(|_| Scanner::new(prepared)).collect();
    let many = scanners.len();
    let mut digests = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        let source = sources[job.source as usize];
        let dealt = if options.shuffle.is_some() { random.below(many as u64) as usize } else { at };
        let scanner = &mut scanners[dealt % many];
        match job.kind {
            // A digest may take what scans read, from any of them.
            JobKind::Digest if options.shuffle.is_some() => {
                digests.insert(job.source, Digest::new(*job));
            }
            JobKind::Scan if random.one_in(2) && digests.contains_key(&job.source) => {
                let digest = digests.get_mut(&job.source).unwrap();
                scanner.scan_with_digest(job, digest, source, &mut |_| ());
            }
            _ => scanner.run(job, source, &mut |_| ()),
        }
    }
    for (source, digest) in digests {
        scanners[0].complete(digest, sources[source as usize], &mut |_| ());
    }
    let mut partials: Vec<Partial> = scanners.into_iter().map(Scanner::finish).collect();
    if options.shuffle.is_some() {
        shuffle(&mut partials, &mut random);
    }
    if options.encoded {
        let through = |partial: Partial| Partial::decode(&partial.encode().unwrap()).unwrap();
        partials = partials.into_iter().flat_map(Partial::pieces).map(through).collect();
        shuffle(&mut partials, &mut random);
        partials = paired(partials);
    }
    partials.into_iter().fold(Partial::default(), |mut all, partial| {
        all.merge(partial);
        all
    })
}

/// Merges the first two of three or more, so that merging is not only ever done one by one.
fn paired(mut partials: Vec<Partial>) -> Vec<Partial> {
    if partials.len() > 2 {
        let mut first = partials.remove(0);
        first.merge(partials.remove(0));
        partials.push(first);
    }
    partials
}

/// Puts things into an order that follows from `random`.
pub fn shuffle<T>(things: &mut [T], random: &mut Random) {
    for at in (1..things.len()).rev() {
        things.swap(at, random.below(at as u64 + 1) as usize);
    }
}

/// The report as it is handed over.
pub fn json(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

/// `high`, `likely_succeeded`, `no_evidence`: a value as the report's JSON writes it.
pub fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(word) => word,
        serde_json::Value::Null => "-".to_owned(),
        other => panic!("{other} is no word"),
    }
}

/// The seed of a test: from `SEKISHO_SEED` where that is set, else from the process. Printed, so
/// that a failure can be run again.
pub fn seed() -> u64 {
    let given = std::env::var("SEKISHO_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| Random::new(u64::from(std::process::id())).next() >> 32);
    #[expect(clippy::print_stderr, reason = "shown when a test fails, to run it again")]
    {
        eprintln!("SEKISHO_SEED={seed}");
    }
    seed
}

/// 2021-05-06T01:00:00Z, a Thursday.
pub const START: i64 = 1_620_262_800;

/// A line of an access log in combined format.
#[derive(Clone, Debug)]
pub struct Line {
    client: String,
    user: String,
    at: i64,
    method: String,
    target: String,
    status: u16,
    bytes: String,
    referrer: String,
    agent: String,
}

/// A request for `target` by a browser at `client`, answered with 200 and 5,000 bytes.
pub fn line(client: &str, at: i64, target: &str) -> Line {
    Line {
        client: client.to_owned(),
        user: "-".to_owned(),
        at,
        method: "GET".to_owned(),
        target: target.to_owned(),
        status: 200,
        bytes: "5000".to_owned(),
        referrer: "-".to_owned(),
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)".to_owned(),
    }
}

impl Line {
    /// Another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Another size.
    pub fn bytes(mut self, bytes: impl Display) -> Self {
        self.bytes = bytes.to_string();
        self
    }

    /// An account.
    pub fn user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// Another method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Another program.
    pub fn agent(mut self, agent: &str) -> Self {
        agent.clone_into(&mut self.agent);
        self
    }

    /// The page that linked here.
    pub fn referrer(mut self, referrer: &str) -> Self {
        referrer.clone_into(&mut self.referrer);
        self
    }

    /// The line without its end.
    pub fn text(&self) -> String {
        let Self { client, user, method, target, status, bytes, referrer, agent, .. } = self;
        let time = clf(self.at, 0);
        format!(
            "{client} - {user} [{time}] \"{method} {target} HTTP/1.1\" {status} {bytes} \"{referrer}\" \"{agent}\""
        )
    }
}

/// An instant as access logs write it, `offset` hours east of UTC.
pub fn clf(at: i64, offset: i8) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(offset));
    let time = jiff::Timestamp::from_second(at).unwrap().to_zoned(zone);
    time.strftime("%d/%b/%Y:%H:%M:%S %z").to_string()
}

/// Lines as a log, every one with its end.
pub fn log(lines: &[Line]) -> Vec<u8> {
    lines.iter().map(|line| line.text() + "\n").collect::<String>().into_bytes()
}

/// Bytes as one member of a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
