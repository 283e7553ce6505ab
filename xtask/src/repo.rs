//! The places of a checkout. Every path that xtask reads or writes starts here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A checkout of Sekisho, and the folder that its builds go to.
#[derive(Debug, Clone)]
pub struct Repo {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Repo {
    /// The checkout that this xtask belongs to.
    pub fn of_this_run() -> Result<Repo> {
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = xtask.parent().context("xtask has no folder above it")?;
        Ok(Repo::at(root))
    }

    pub fn at(root: &Path) -> Repo {
        Repo { root: root.to_path_buf(), target: root.join("target") }
    }

    pub fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// Where `www/build.mjs` puts the bundles.
    pub fn bundles(&self) -> PathBuf {
        self.root.join("target/www")
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where xtask keeps what it remembers from one run to the next.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A script for Node.js that drives a browser.
    pub fn drive(&self, name: &str) -> PathBuf {
        self.root.join("xtask/drive").join(name)
    }
}

pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file, and makes the folder that it lies in.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The files in a folder, in order of their names.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(paths_in(folder)?.into_iter().filter(|path| path.is_file()).collect())
}

/// The folders in a folder, in order of their names.
pub fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(paths_in(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn paths_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder);
    let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Removes a folder that may not be there.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
