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

/// Builds the command line and gives its path.
pub fn command_line(repo: &Repo, profile: Profile) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("release", "release"),
    };
    let build =
        cargo().args(["build", "--package", "sekisho", "--bin", "sekisho", "--profile", name]);
    let build = match profile {
        // As the fuzz corpus is read, so that it is not compiled again. Not as its own tests are
        // built: what they depend on makes serde_json keep the order of keys, and what is shipped
        // sorts them.
        Profile::Dev => build.arg("--all-features"),
        Profile::Release => build,
    };
    build.inside(&repo.root).run()?;
    let binary = repo.root.join("target").join(folder).join("sekisho");
    ensure!(binary.exists(), "cargo made no {}", binary.display());
    Ok(binary)
}
