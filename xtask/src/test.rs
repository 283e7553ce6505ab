//! `cargo xtask test`: everything that must hold, step by step, and at the end a table of what
//! ran, what failed, and what could not run and why. Unattended (`CI`), a step that could not run
//! counts as failed.

use std::cell::{OnceCell, RefCell};
use std::env::current_exe;
use std::fmt;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use clap::Args;

use crate::browsers::{self, Browser};
use crate::command::{Program, cargo, in_ci, node};
use crate::native::{self, Profile};
use crate::repo::Repo;
use crate::wasm::{self, Care, Toolchain};
use crate::{dist, table, www};

#[derive(Args)]
pub struct Options {
    /// Leaves out what needs the page's module or a browser
    #[arg(long)]
    quick: bool,
    /// Runs the steps whose name holds this; where no step's does, the Rust tests whose name does
    filter: Option<String>,
}

/// One thing that must hold.
struct Step {
    name: &'static str,
    /// Whether `--quick` runs it.
    quick: bool,
    run: fn(&Tests) -> Result<()>,
}

const fn quick(name: &'static str, run: fn(&Tests) -> Result<()>) -> Step {
    Step { name, quick: true, run }
}

const fn slow(name: &'static str, run: fn(&Tests) -> Result<()>) -> Step {
    Step { name, quick: false, run }
}

/// The step that the build of the page is done for while others run.
const PAGE_BUILD: &str = "page: build as released";

const STEPS: &[Step] = &[
    quick("format", Tests::format),
    quick("lints, native", Tests::lints),
    slow("lints, wasm32", Tests::lints_for_wasm),
    quick("Rust tests", Tests::rust_tests),
    quick("tests of xtask", Tests::own_tests),
    slow(PAGE_BUILD, Tests::page_build),
    // Behind that build: both write the bundles.
    quick("page: types", Tests::types),
    quick("page: unit tests", Tests::page_unit_tests),
    slow("cases in WASM", Tests::cases_in_wasm),
    slow("privacy, in browsers", |tests| tests.in_browsers("privacy")),
    slow("page, in browsers", |tests| tests.in_browsers("page")),
    slow("analyst, in browsers", |tests| tests.in_browsers("analyst")),
    slow("screens, in browsers", |tests| tests.in_browsers("screens")),
    slow("hostile text, in browsers", |tests| tests.in_browsers("hostile")),
    slow("checker, in browsers", |tests| tests.in_browsers("checker")),
    slow("vendor, in browsers", |tests| tests.in_browsers("vendor")),
    slow("results, in browsers", |tests| tests.in_browsers("results")),
    slow("exercise, in browsers", |tests| tests.in_browsers("exercise")),
    slow("handing over, in browsers", |tests| tests.in_browsers("handing")),
];

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    let (steps, rust_filter) = chosen(options);
    let tests = Tests::new(repo, rust_filter);
    let builds_page = |step: &&Step| step.name == PAGE_BUILD;
    if steps.iter().skip(1).any(builds_page) {
        tests.build_page_ahead();
    }
    let results: Vec<Outcome> = steps.into_iter().map(|step| tests.outcome(step)).collect();
    conclude(&results)
}

/// The steps to run, and the filter that is left for the Rust tests.
fn chosen(options: &Options) -> (Vec<&'static Step>, Option<String>) {
    let all = STEPS.iter().filter(|step| step.quick || !options.quick);
    let Some(filter) = &options.filter else {
        return (all.collect(), None);
    };
    let wanted = filter.to_lowercase();
    let named: Vec<_> = all.filter(|step| step.name.to_lowercase().contains(&wanted)).collect();
    if named.is_empty() {
        let rust_tests = STEPS.iter().filter(|step| step.name == "Rust tests");
        return (rust_tests.collect(), Some(filter.clone()));
    }
    (named, None)
}

/// Says that a step could not run, which is not the same as that it failed.
#[derive(Debug)]
struct CannotRun(String);

impl fmt::Display for CannotRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CannotRun {}

fn cannot_run(error: &anyhow::Error) -> anyhow::Error {
    CannotRun(format!("{error:#}")).into()
}

struct Outcome {
    name: &'static str,
    result: Result<()>,
    took: Duration,
}

/// What the steps share.
struct Tests {
    repo: Repo,
    rust_filter: Option<String>,
    toolchain: OnceCell<Result<Toolchain, String>>,
    page: OnceCell<Result<(), String>>,
    /// The page, while it is built beside other steps.
    page_ahead: RefCell<Option<JoinHandle<Told>>>,
}

/// What a program printed, and how it ended.
type Told = (String, Result<()>);

impl Tests {
    fn new(repo: &Repo, rust_filter: Option<String>) -> Tests {
        let repo = repo.clone();
        let (toolchain, page, page_ahead) = Default::default();
        Tests { repo, rust_filter, toolchain, page, page_ahead }
    }

    /// Begins to build the page beside the steps before its own: it keeps one core busy for long,
    /// and they seldom keep two. Where it cannot be begun, its step says why.
    fn build_page_ahead(&self) {
        if self.toolchain().is_err() || www::install(&self.repo).is_err() {
            return;
        }
        let Ok(own) = current_exe() else { return };
        let build = Program::new(own).arg("dist").inside(&self.repo.root);
        *self.page_ahead.borrow_mut() = Some(thread::spawn(|| build.told()));
    }

    fn outcome(&self, step: &Step) -> Outcome {
        println!("\n━━ {} ━━", step.name);
        let start = Instant::now();
        let result = (step.run)(self);
        if let Err(error) = &result {
            println!("{error:#}");
        }
        Outcome { name: step.name, result, took: start.elapsed() }
    }

    fn cargo(&self, arguments: &[&str]) -> Program {
        cargo().args(arguments).inside(&self.repo.root)
    }

    fn format(&self) -> Result<()> {
        has_component("rustfmt", "fmt")?;
        self.cargo(&["fmt", "--all", "--check"]).run()
    }

    fn lints(&self) -> Result<()> {
        has_component("clippy", "clippy")?;
        let packages = ["--package", "sekisho", "--package", "sekisho-fuzz", "--package", "xtask"];
        let clippy = self.cargo(&["clippy", "--locked", "--all-targets"]).args(packages);
        clippy.args(["--features", "sekisho/schema", "--", "-D", "warnings"]).run()
    }

    fn lints_for_wasm(&self) -> Result<()> {
        wasm::clippy(&self.repo, self.toolchain()?)
    }

    /// Among them those that read every kept input of the fuzzer again.
    fn rust_tests(&self) -> Result<()> {
        let tests = || self.cargo(&["test", "--locked", "--no-fail-fast"]).args(native::TESTED);
        let Some(filter) = &self.rust_filter else { return tests().run() };
        let listed = tests().arg(filter).args(["--", "--list"]).read()?;
        let is_any = listed.lines().any(|line| line.ends_with(": test"));
        ensure!(is_any, "no step and no Rust test has `{filter}` in its name");
        tests().arg(filter).run()
    }

    fn own_tests(&self) -> Result<()> {
        self.cargo(&["test", "--locked", "--package", "xtask"]).run()
    }

    fn types(&self) -> Result<()> {
        www::type_check(&self.repo)
    }

    fn page_unit_tests(&self) -> Result<()> {
        www::unit_tests(&self.repo)
    }

    fn page_build(&self) -> Result<()> {
        match self.page_ahead.take() {
            Some(ahead) => {
                let (text, ended) =
                    ahead.join().map_err(|_| anyhow!("the build could not be followed"))?;
                print!("{text}");
                ended?;
            }
            None => dist::make(&self.repo, self.toolchain()?, Care::Release)?,
        }
        // It need not be built a second time.
        let _ = self.page.set(Ok(()));
        Ok(())
    }

    fn cases_in_wasm(&self) -> Result<()> {
        self.script("cases")?.run()
    }

    /// A suite in all browsers at a time: most of what they do is waiting.
    fn in_browsers(&self, suite: &str) -> Result<()> {
        browsers::install_fonts();
        let mut programs = Vec::new();
        let mut result = Ok(());
        for browser in Browser::ALL {
            match browser.find() {
                Ok(found) => programs.push(
                    self.script(suite)?
                        .env("SEKISHO_BROWSER", browser.name())
                        .env(browser.variable(), found),
                ),
                Err(error) => result = Err(cannot_run(&error)),
            }
        }
        let ended: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> =
                programs.into_iter().map(|program| scope.spawn(|| program.told())).collect();
            running.into_iter().map(|one| one.join()).collect()
        });
        for one in ended {
            let (text, ended): Told =
                one.map_err(|_| anyhow!("the suite could not be followed"))?;
            print!("{text}");
            result = ended.and(result);
        }
        result
    }

    /// A test script of tests/web, with the page and the command line that it compares.
    fn script(&self, suite: &str) -> Result<Program> {
        self.built_page()?;
        www::install(&self.repo)?;
        let binary: PathBuf = native::command_line(&self.repo, Profile::Dev)?;
        let script = self.repo.root.join("tests/web").join(format!("{suite}.test.mjs"));
        Ok(node()
            .args(["--test", "--test-reporter=spec"])
            .arg(script)
            .env("SEKISHO_CLI", binary)
            .inside(&self.repo.root))
    }

    fn toolchain(&self) -> Result<&Toolchain> {
        let found = self
            .toolchain
            .get_or_init(|| Toolchain::find(&self.repo).map_err(|error| format!("{error:#}")));
        found.as_ref().map_err(|error| CannotRun(error.clone()).into())
    }

    /// Builds the page where no step of this run has.
    fn built_page(&self) -> Result<()> {
        let built = self.page.get_or_init(|| {
            let made = self
                .toolchain()
                .and_then(|toolchain| dist::make(&self.repo, toolchain, Care::Release));
            made.map_err(|error| format!("the page cannot be built: {error:#}"))
        });
        built.clone().map_err(|error| CannotRun(error).into())
    }
}

/// rustup's minimal profile comes without the formatter and the linter.
fn has_component(component: &str, command: &str) -> Result<()> {
    let there = || cargo().args([command, "--version"]).succeeds_within(Duration::from_secs(60));
    if there() {
        return Ok(());
    }
    let added = Program::new("rustup").args(["component", "add", component]).run();
    if added.is_err() || !there() {
        let message = format!("no {component}; install with: rustup component add {component}");
        return Err(CannotRun(message).into());
    }
    Ok(())
}

/// Prints the table and the closing line; any failure is an error.
fn conclude(outcomes: &[Outcome]) -> Result<()> {
    let mut counts = Counts::default();
    let mut rows = Vec::new();
    for outcome in outcomes {
        let (verdict, why) = verdict(outcome);
        counts.add(verdict);
        let took = format!("{:.0} s", outcome.took.as_secs_f64());
        rows.push(vec![outcome.name.to_owned(), verdict.words().to_owned(), took, why]);
    }
    println!();
    table::print(&["step", "result", "took", "why"], &rows);
    println!("\n{counts}");
    if counts.failed > 0 || counts.passed == 0 {
        bail!("not everything holds");
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    CouldNotRun,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "FAILED",
            Verdict::CouldNotRun => "could not run",
        }
    }
}

fn verdict(outcome: &Outcome) -> (Verdict, String) {
    let Err(error) = &outcome.result else {
        return (Verdict::Passed, String::new());
    };
    // The whole of it stands above, where the step ran.
    let why = format!("{error:#}").lines().next().unwrap_or_default().chars().take(100).collect();
    let missing = error.downcast_ref::<CannotRun>().is_some();
    let verdict = if missing && !in_ci() { Verdict::CouldNotRun } else { Verdict::Failed };
    (verdict, why)
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    could_not_run: usize,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::CouldNotRun => self.could_not_run += 1,
        }
    }
}

/// The closing line that machines look for.
impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.could_not_run > 0 {
            write!(formatter, ", {} skipped", self.could_not_run)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CannotRun, Counts, Options, Outcome, STEPS, Verdict, chosen, verdict};

    fn options(quick: bool, filter: Option<&str>) -> Options {
        Options { quick, filter: filter.map(str::to_owned) }
    }

    #[test]
    fn a_filter_chooses_steps_by_name() {
        let (steps, rest) = chosen(&options(false, Some("privacy")));
        assert_eq!(steps.len(), 1);
        assert_eq!(rest, None);
    }

    #[test]
    fn another_filter_goes_to_the_rust_tests() {
        let (steps, rest) = chosen(&options(false, Some("gzip_members")));
        assert_eq!(steps.len(), 1);
        assert_eq!(rest.as_deref(), Some("gzip_members"));
    }

    #[test]
    fn quick_leaves_the_browsers_out() {
        let (steps, _) = chosen(&options(true, None));
        assert!(steps.len() < STEPS.len());
        assert!(steps.iter().all(|step| step.quick));
    }

    #[test]
    fn a_failure_is_a_failure() {
        let result = Err(anyhow::anyhow!("broken"));
        let outcome = Outcome { name: "x", result, took: Duration::ZERO };
        assert_eq!(verdict(&outcome).0, Verdict::Failed);
    }

    #[test]
    fn the_reason_of_what_could_not_run_is_given() {
        let result = Err(CannotRun("no browser".to_owned()).into());
        let outcome = Outcome { name: "x", result, took: Duration::ZERO };
        assert_eq!(verdict(&outcome).1, "no browser");
    }

    #[test]
    fn the_closing_line_is_plain() {
        let counts = Counts { passed: 3, failed: 1, could_not_run: 0 };
        assert_eq!(counts.to_string(), "3 passed, 1 failed");
    }
}
