//! Installs Debian packages where that is possible: as root, or with a sudo that asks nothing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::command::Program;

/// Installs the packages; the error says what a person can do instead.
pub fn install(packages: &[&str], purpose: &str) -> Result<()> {
    let names = packages.join(" ");
    let Some(apt) = apt_get() else {
        bail!("{purpose} needs `{names}`; install with: sudo apt-get install {names}");
    };
    eprintln!("Installing {names} ({purpose})");
    if install_with(&apt, packages).is_ok() {
        return Ok(());
    }
    // The package lists may be missing or old.
    with_words(&apt).arg("update").run()?;
    install_with(&apt, packages)
}

fn install_with(apt: &[&str], packages: &[&str]) -> Result<()> {
    with_words(apt)
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
}

fn with_words(words: &[&str]) -> Program {
    Program::new(words[0]).args(&words[1..])
}

/// The words that `apt-get` with the needed rights starts with.
fn apt_get() -> Option<Vec<&'static str>> {
    let quick = Duration::from_secs(10);
    if !Path::new("/usr/bin/apt-get").exists() {
        return None;
    }
    if Program::new("id").arg("-u").read().is_ok_and(|id| id.trim() == "0") {
        return Some(vec!["apt-get", "--quiet"]);
    }
    let asks_nothing = Program::new("sudo").args(["-n", "true"]).succeeds_within(quick);
    asks_nothing.then(|| vec!["sudo", "-n", "apt-get", "--quiet"])
}
