//! The command line, built natively.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::command::cargo;
use crate::repo::Repo;

/// The profile that the command line is built with.
#[derive(Debug, Clone, Copy)]
pub enum Profile {
    /// As the tests build it, with every check.
    Dev,
    Release,
}

/// The packages with tests, as every build for tests chooses them: with others, what they depend on
/// would have other features, and all of it would be compiled again.
pub const TESTED: [&str; 6] =
    ["--package", "sekisho", "--package", "sekisho-fuzz", "--features", "sekisho/schema"];

/// Builds the command line and gives its path.
pub fn command_line(repo: &Repo, profile: Profile) -> Result<PathBuf> {
    let (build, folder) = match profile {
        // Beside a test that runs it.
        Profile::Dev => (cargo().args(["test", "--no-run", "--test", "cli"]).args(TESTED), "debug"),
        Profile::Release => {
            (cargo().args(["build", "--release", "--package", "sekisho"]), "release")
        }
    };
    build.inside(&repo.root).run()?;
    let binary = repo.root.join("target").join(folder).join("sekisho");
    ensure!(binary.exists(), "cargo made no {}", binary.display());
    Ok(binary)
}
