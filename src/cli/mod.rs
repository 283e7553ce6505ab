//! The command line: options as typed, the work on threads, and where output goes. What is checked
//! and concluded is decided in `engine`.

mod args;
mod bundle;
mod commands;
mod detections;
mod diff;
mod exercise;
mod explain;
mod generate;
mod hits;
mod inspect;
mod iocs;
mod progress;
mod results;
mod rules;
mod session;
mod stats;

use crate::base::Wrong;
use args::{Args, Command};
use clap::Parser;
use std::io::{self, Write};
use std::process::ExitCode;

/// Exit status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No evidence in the logs given.
    NoEvidence = 0,
    /// Something is possible or more.
    Evidence = 1,
    /// Nothing could be checked, or wrong use.
    Nothing = 2,
    /// Some input could not be read.
    Partial = 3,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(#[from] crate::engine::SettingsError),
    /// A file of settings cannot be used.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// Wrong use.
    #[error("{0}")]
    Usage(String),
    /// Output cannot be written.
    #[error("the output could not be written: {0}")]
    Output(#[from] io::Error),
    /// A report cannot be written as JSON.
    #[error("the report could not be written as JSON: {0}")]
    Json(serde_json::Error),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::Usage(wrong.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() { Self::Output(error.into()) } else { Self::Json(error) }
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(&args.command) {
        Ok(status) => ExitCode::from(status as u8),
        // A reader that has seen enough, such as `head`, is no failure.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let said = crate::base::visible(&failure.to_string());
            let _ = writeln!(io::stderr(), "sekisho: {said}");
            ExitCode::from(Status::Nothing as u8)
        }
    }
}

/// A line for people, beside the output.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "sekisho: {}", crate::base::visible(text));
}

fn run(command: &Command) -> Result<Status, Failure> {
    match command {
        Command::Check(options) => commands::check(options),
        Command::Hits(options) => hits::hits(options),
        Command::Events(options) => commands::events(options),
        Command::Iocs(options) => iocs::iocs(options),
        Command::Formats => commands::formats(),
        Command::Rules(options) => rules::rules(options),
        Command::Key(options) => bundle::key(options),
        Command::Bundle(options) => bundle::bundle(options),
        Command::Result(options) => results::result(options),
        Command::Rollup(options) => results::rollup(options),
        Command::Explain(options) => explain::explain(options),
        Command::Detections { id, page } => detections::detections(id.as_deref(), *page),
        Command::Inspect(options) => inspect::inspect(options),
        Command::Diff(options) => diff::diff(options),
        Command::Generate(options) => generate::generate(options),
        Command::Exercise { step } => exercise::exercise(step),
        Command::Traffic(options) => commands::traffic(options),
        Command::Schema => commands::schema(),
    }
}
