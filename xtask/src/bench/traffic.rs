//! The log that benchmarks read: ordinary synthetic traffic, made by the program's own generator.
//! The same size always gives the same bytes.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::command::Program;
use crate::native::{self, Profile};
use crate::repo::Repo;

/// Which traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the generator makes when it is told nothing more.
    Usual,
    /// Many times the clients and documents: large tables.
    Varied,
}

/// The log of a size, made when it is not there yet.
pub fn log(repo: &Repo, mebibytes: u64, kind: Kind) -> Result<PathBuf> {
    let (name, more): (_, &[&str]) = match kind {
        Kind::Usual => ("traffic", &[]),
        Kind::Varied => ("varied", &["--clients", "60000", "--documents", "400000"]),
    };
    let path = repo.target.join(format!("bench/{name}-{mebibytes}.log"));
    if fs::metadata(&path).is_ok_and(|known| known.len() >= mebibytes << 20) {
        return Ok(path);
    }
    println!("Making {} ({mebibytes} MiB)", path.display());
    fs::create_dir_all(repo.target.join("bench"))?;
    Program::new(native::command_line(repo, Profile::Release)?)
        .args(["traffic", "--mib", &mebibytes.to_string()])
        .args(more)
        .arg("--out")
        .arg(&path)
        .run()?;
    Ok(path)
}
