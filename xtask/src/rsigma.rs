//! rsigma's library, beside which the rule engine is measured and with which its matches are
//! compared: its build, and the logs and rules that both get.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{Program, cargo};
use crate::repo::{Repo, files_in};

/// Builds the peer and gives its path.
pub fn build(repo: &Repo) -> Result<PathBuf> {
    let target = repo.target.join("peers/rsigma");
    cargo()
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(repo.root.join("xtask/peers/rsigma/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .inside(&repo.root)
        .run()?;
    Ok(target.join("release/rsigma-peer"))
}

/// The logs of `data/windows-jsonl`, unpacked.
pub fn logs(repo: &Repo, data: &Path) -> Result<Vec<PathBuf>> {
    let (packed, folder) = (data.join("windows-jsonl"), repo.target.join("peers/windows-jsonl"));
    for archive in files_in(&packed)? {
        unzip(&archive, &folder)?;
    }
    let logs = files_in(&folder)?;
    ensure!(!logs.is_empty(), "no logs in {}", packed.display());
    Ok(logs)
}

/// Unpacks rules into a folder, which is emptied before, and gives their files.
pub fn unpacked(rules: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    unzip(rules, folder)?;
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn unzip(archive: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let unzip = Program::new("unzip").args(["-q", "-o"]).arg(archive).arg("-d").arg(folder).run();
    unzip.with_context(|| format!("cannot unpack {}", archive.display()))
}
