//! The page's own tools, in www/: what npm brings, the bundles, the type check, the unit tests.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{Program, node};
use crate::pack::sha256_hex;
use crate::repo::{Repo, read_bytes, write};

const NODE_AT_LEAST: u32 = 20;

/// Installs what package-lock.json pins, where that is not what is installed.
pub fn install(repo: &Repo) -> Result<()> {
    let lock = repo.www().join("package-lock.json");
    let wanted = sha256_hex(&read_bytes(&lock)?);
    let note = repo.www().join("node_modules/.installed");
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    require_node()?;
    eprintln!("Installing the page's tools (npm ci)");
    npm(repo).args(["ci", "--no-audit", "--no-fund"]).run()?;
    write(&note, wanted)
}

fn require_node() -> Result<()> {
    let version = node().arg("--version").read()?;
    let major = version.trim_start_matches('v').split('.').next().unwrap_or_default();
    let major: u32 = major.parse().with_context(|| format!("node says {version:?}"))?;
    if major < NODE_AT_LEAST {
        bail!("Node.js {NODE_AT_LEAST} or later is needed; this is {}", version.trim());
    }
    Ok(())
}

fn npm(repo: &Repo) -> Program {
    Program::new("npm").inside(&repo.www())
}

/// Bundles the scripts and styles into target/www/.
pub fn bundle(repo: &Repo) -> Result<()> {
    install(repo)?;
    node().arg("build.mjs").inside(&repo.www()).run()
}

/// Type-checks the page; the bundler makes the types that come from the report's schema.
pub fn type_check(repo: &Repo) -> Result<()> {
    bundle(repo)?;
    node()
        .args(["node_modules/typescript/bin/tsc", "--strict", "--noEmit"])
        .inside(&repo.www())
        .run()
}

pub fn unit_tests(repo: &Repo) -> Result<()> {
    install(repo)?;
    npm(repo).arg("test").run()
}
