//! What is built natively: the Rust tests and the command line.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::command::cargo;
use crate::repo::Repo;

/// What Rust tests are built of. One choice for all of them and for the command line that suites
/// compare with: what is chosen along with a package decides the features of what it depends on,
/// and with others it would be compiled again.
pub const TESTED: &[&str] =
    &["--package", "sekisho", "--package", "sekisho-fuzz", "--features", "sekisho/schema"];

/// The profile that the command line is built with.
#[derive(Debug, Clone, Copy)]
pub enum Profile {
    /// As the tests build it, with every check.
    Dev,
    Release,
}

/// Builds the command line and gives its path.
pub fn command_line(repo: &Repo, profile: Profile) -> Result<PathBuf> {
    let (folder, build) = match profile {
        // Its own tests need it, and it is built with them.
        Profile::Dev => ("debug", cargo().args(["test", "--no-run", "--test", "cli"]).args(TESTED)),
        Profile::Release => {
            let package = ["--package", "sekisho", "--bin", "sekisho", "--release"];
            ("release", cargo().arg("build").args(package))
        }
    };
    build.inside(&repo.root).run()?;
    let binary = repo.root.join("target").join(folder).join("sekisho");
    ensure!(binary.exists(), "cargo made no {}", binary.display());
    Ok(binary)
}
