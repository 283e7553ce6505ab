//! `cargo xtask`: builds, tests, packs and measures Sekisho. It is the only build entry: nothing
//! has to be installed by hand but rustup and Node.js, and every command says what it lacks.

mod apt;
mod bench;
mod browsers;
mod command;
mod corpus;
mod dist;
mod fuzz;
mod native;
mod pack;
mod repo;
mod rsigma;
mod run;
mod septets;
mod serve;
mod table;
mod test;
mod wasm;
mod www;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::repo::Repo;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, tests, packs and measures Sekisho")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the page and serves it on 127.0.0.1, or runs the command line on files
    Run(run::Options),
    /// Runs everything that must hold
    Test(test::Options),
    /// Makes dist/sekisho.html, dist/site/ and dist/SHA256SUMS
    Dist(dist::Options),
    /// Runs the benchmarks, or the one that is named
    Bench(bench::Options),
    /// Makes up input for every reader, or for the target that is named, guided by coverage
    Fuzz(fuzz::Options),
    /// Compares the reports of the command line and of the page over a folder of logs
    Corpus(corpus::Options),
}

fn main() -> ExitCode {
    match run_task(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_task(task: Task) -> anyhow::Result<()> {
    let repo = Repo::of_this_run()?;
    match task {
        Task::Run(options) => run::run(&repo, &options),
        Task::Test(options) => test::run(&repo, &options),
        Task::Dist(options) => dist::run(&repo, &options),
        Task::Bench(options) => bench::run(&repo, &options),
        Task::Fuzz(options) => fuzz::run(&repo, &options),
        Task::Corpus(options) => corpus::run(&repo, &options),
    }
}
