//! `cargo xtask run`: from a fresh clone to a page that can be used.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::command::Program;
use crate::dist;
use crate::native::{self, Profile};
use crate::repo::Repo;
use crate::serve::Site;
use crate::wasm::{Care, Toolchain};

#[derive(Args)]
pub struct Options {
    /// Checks these files or folders on the command line instead
    #[arg(long, value_name = "PATH", num_args = 1..)]
    check: Vec<PathBuf>,
    /// The port to serve on; 0 takes any that is free
    #[arg(long, default_value_t = 8017)]
    port: u16,
    /// Builds quickly, without wasm-opt and link-time optimisation
    #[arg(long)]
    quick: bool,
}

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    if options.check.is_empty() { page(repo, options) } else { check(repo, &options.check) }
}

fn page(repo: &Repo, options: &Options) -> Result<()> {
    let care = if options.quick { Care::Quick } else { Care::Release };
    dist::make(repo, &Toolchain::find(repo)?, care)?;
    let site = Site::open(repo, options.port)?;
    println!("The page: {}", site.address());
    println!("The same as one file: {}", repo.dist().join("sekisho.html").display());
    println!("Ctrl-C ends this.");
    site.serve()
}

/// Ends with the exit status of the command line.
fn check(repo: &Repo, paths: &[PathBuf]) -> Result<()> {
    let binary = native::command_line(repo, Profile::Release)?;
    let status = Program::new(binary).arg("check").args(paths).status()?;
    std::process::exit(status)
}
