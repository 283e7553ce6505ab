//! A check on the command line: sources opened, jobs on threads.

use super::Failure;
use super::args::{CheckOptions, InputOptions};
use super::commands::cuts;
use super::progress::Progress;
use super::rules::load;
use super::stats::Stats;
use crate::base::Merge;
use crate::engine::{
    Concluded, Concluder, JobKind, Partial, Plan, PlannedSource, Prepared, Scanner, Settings,
    Survey, plan, repeats, survey, unreadable,
};
use crate::format::Definition;
use crate::input::native::{Given, NativeFile, gather};
use crate::input::{ReadAt, ReadError};
use crate::intel::Lists;
use crate::shard::Cuts;
use rayon::prelude::*;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What was given, ready to be read.
pub(super) struct Session {
    pub(super) prepared: Prepared,
    /// The sources in the order of the plan.
    sources: Vec<Opened>,
}

/// An opened source.
enum Opened {
    File(NativeFile),
    Bytes(Vec<u8>),
    None(String),
}

impl ReadAt for Opened {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        match self {
            Self::File(file) => file.read_at(offset, into),
            Self::Bytes(bytes) => bytes.read_at(offset, into),
            Self::None(what) => Err(ReadError { offset, what: what.clone() }),
        }
    }
}

/// The settings of a file, where one is given.
pub(super) fn read_settings(path: Option<&Path>) -> Result<Settings, Failure> {
    let Some(path) = path else { return Ok(Settings::default()) };
    let failed = |what: String| Failure::File { path: path.display().to_string(), what };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}

/// The settings of a file and of the command line together.
fn settings(options: &InputOptions) -> Result<Settings, Failure> {
    let mut settings = read_settings(options.settings.as_deref())?;
    let typed = options;
    settings.zone = typed.zone.clone().or(settings.zone);
    settings.since = typed.since.clone().or(settings.since);
    settings.until = typed.until.clone().or(settings.until);
    if !typed.log_formats.is_empty() {
        settings.log_formats.clone_from(&typed.log_formats);
    }
    for path in &typed.mappings {
        let failed = |what: String| Failure::File { path: path.display().to_string(), what };
        let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        Definition::parse(&text).map_err(|error| failed(error.to_string()))?;
        settings.mappings.push(text);
    }
    settings.day_first |= typed.day_first;
    settings.latest = typed.latest.clone().or(settings.latest);
    Ok(settings)
}

impl Session {
    /// Finds and surveys what was given, and plans the work.
    pub(super) fn new(options: &InputOptions, cuts: Cuts) -> Result<Self, Failure> {
        Self::with(options, settings(options)?, cuts, Lists::default())
    }

    /// The same for a check, which may sweep for indicators and have rules.
    pub(super) fn for_check(options: &CheckOptions, stats: &mut Stats) -> Result<Self, Failure> {
        let mut lists = match options.iocs.is_empty() {
            true => Lists::default(),
            false => stats
                .stage("indicators", || super::iocs::read_lists(&options.iocs, &mut |_, _| ()))?,
        };
        super::iocs::read_networks(&mut lists, &options.networks)?;
        let mut settings = settings(&options.input)?.with_lists(&lists)?;
        settings.rules.no_builtin |= options.no_builtin;
        options.which.apply(&mut settings.rules);
        let rules = stats.stage("rules", || load(&options.rules, &settings))?;
        let mut session = Self::with(&options.input, settings, cuts(options), lists)?;
        session.prepared = session.prepared.with_rules(rules);
        Ok(session)
    }

    fn with(
        options: &InputOptions,
        settings: Settings,
        cuts: Cuts,
        lists: Lists,
    ) -> Result<Self, Failure> {
        let passwords = &options.passwords;
        let meant = settings.meant(passwords)?;
        let given = gather(&options.paths);
        if given.is_empty() {
            return Err(Failure::Usage("there is no file in what was given".to_owned()));
        }
        let mut surveys = Vec::new();
        let mut opened = Vec::new();
        for given in given {
            let (source, looked_at) = open(given, &meant);
            surveys.push(looked_at);
            opened.push(Some(source));
        }
        let plan = plan(&settings, passwords, surveys, cuts);
        let prepared = Prepared::with_lists(plan, lists)?;
        let take = |source: &PlannedSource| {
            let taken = opened.get_mut(source.given as usize).and_then(Option::take);
            taken.unwrap_or_else(|| Opened::None("it was not given".to_owned()))
        };
        let sources = prepared.plan.sources.iter().map(take).collect();
        Ok(Self { prepared, sources })
    }

    /// The plan.
    pub(super) fn plan(&self) -> &Plan {
        &self.prepared.plan
    }

    /// A source by its place in the plan.
    pub(super) fn source(&self, id: u32) -> Option<&dyn ReadAt> {
        self.sources.get(id as usize).map(|source| source as &dyn ReadAt)
    }

    /// Runs all jobs; those that scan once more when records are there more than once.
    pub(super) fn scan(
        &mut self,
        options: &CheckOptions,
        stats: &mut Stats,
    ) -> Result<Partial, Failure> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs.unwrap_or(0))
            .build()
            .map_err(|error| Failure::Usage(format!("--jobs: {error}")))?;
        let progress = Progress::new(self.plan().jobs.iter().map(|job| job.bytes).sum());
        let mut scanned = stats.stage("scan", || self.run(JobKind::Scan, &pool, &progress));
        scanned.merge(stats.stage("digest", || self.run(JobKind::Digest, &pool, &progress)));
        progress.finish();
        let again =
            stats.stage("compare", || repeats(&self.prepared, &mut scanned, &self.sources()));
        let Some(plan) = again else { return Ok(scanned) };
        self.prepared.plan = plan;
        let rest = scanned.rest();
        let scans = self.plan().jobs.iter().filter(|job| job.kind == JobKind::Scan);
        let progress = Progress::new(scans.map(|job| job.bytes).sum());
        let mut scanned = stats.stage("scan_again", || self.run(JobKind::Scan, &pool, &progress));
        progress.finish();
        scanned.merge(rest);
        Ok(scanned)
    }

    /// Concludes from what was scanned.
    pub(super) fn conclude(&self, scanned: Partial, stats: &mut Stats) -> Concluded<&Prepared> {
        let mut concluder = Concluder::new(&self.prepared);
        concluder.add(scanned);
        if self.prepared.has_private_lists() {
            stats.stage("private_lists", || try_private(&mut concluder));
        }
        stats.stage("conclude", || concluder.conclude(&self.sources()))
    }

    pub(super) fn sources(&self) -> Vec<&dyn ReadAt> {
        self.sources.iter().map(|source| source as &dyn ReadAt).collect()
    }

    /// Runs all jobs of a kind.
    fn run(&self, kind: JobKind, pool: &rayon::ThreadPool, progress: &Progress) -> Partial {
        let next = AtomicUsize::new(0);
        let partials: Vec<Partial> = pool.install(|| {
            let workers = 0..rayon::current_num_threads();
            workers.into_par_iter().map(|_| self.work(kind, &next, progress)).collect()
        });
        partials.into_iter().fold(Partial::default(), |mut all, partial| {
            all.merge(partial);
            all
        })
    }

    /// Takes jobs of a kind until there is none left.
    fn work(&self, kind: JobKind, next: &AtomicUsize, progress: &Progress) -> Partial {
        let mut scanner = Scanner::new(&self.prepared);
        while let Some(job) = self.plan().jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let source = self.source(job.source).filter(|_| job.kind == kind);
            let Some(source) = source else { continue };
            let mut before = 0;
            scanner.run(job, source, &mut |done| {
                progress.add(done.saturating_sub(before));
                before = before.max(done);
            });
        }
        scanner.finish()
    }
}

/// Tries the values that were met against private lists.
fn try_private(concluder: &mut Concluder<&Prepared>) {
    let mut progress: Option<Progress> = None;
    concluder.try_private(&mut |done, all| {
        progress.get_or_insert_with(|| Progress::new(all)).add(u64::from(done > 0));
        true
    });
    progress.iter().for_each(Progress::finish);
}

fn open(given: Given, meant: &crate::engine::Meant) -> (Opened, Survey) {
    match given {
        Given::Bytes { name, bytes } => {
            let looked_at = survey(&name, bytes.len() as u64, None, &bytes, meant);
            (Opened::Bytes(bytes), looked_at)
        }
        Given::File { name, path, size, modified } => match NativeFile::open(&path) {
            Ok(file) => {
                let looked_at = survey(&name, size, modified, &file, meant);
                (Opened::File(file), looked_at)
            }
            Err(error) => {
                let what = error.to_string();
                (Opened::None(what.clone()), unreadable(&name, &what))
            }
        },
        Given::Unreadable { name, what } => (Opened::None(what.clone()), unreadable(&name, &what)),
    }
}
