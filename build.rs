//! Names the build after its sources: SHA-256 over every file under `src`, `Cargo.toml` and
//! `Cargo.lock`, so that page and command line of one commit say the same. And lists the
//! descriptions of log formats, one file each, so that a new file is all that a new format takes.

use sha2::{Digest, Sha256};
use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = vec![PathBuf::from("Cargo.lock"), PathBuf::from("Cargo.toml")];
    gather(Path::new("src"), &mut files)?;
    files.sort();
    let mut digest = Sha256::new();
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        digest.update(shown(file).as_bytes());
        digest.update([0]);
        digest.update(fs::read(file)?);
    }
    println!("cargo::rerun-if-changed=src");
    let hex: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=SEKISHO_BUILD={hex}");
    list_formats(&files)
}

fn list_formats(files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let mut list = String::from("&[\n");
    let is_format = |file: &&PathBuf| {
        file.starts_with("src/format/defs")
            && file.extension().is_some_and(|ending| ending == "toml")
    };
    for file in files.iter().filter(is_format) {
        let path = Path::new(&root).join(file);
        writeln!(list, "({:?}, include_str!({:?})),", shown(file), path.display().to_string())?;
    }
    list.push_str("]\n");
    let out = env::var("OUT_DIR")?;
    Ok(fs::write(Path::new(&out).join("formats.rs"), list)?)
}

fn shown(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "/")
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
