//! Names the build after its sources: SHA-256 over every file under `src`, `Cargo.toml` and
//! `Cargo.lock`, so that page and command line of one commit say the same. Lists the descriptions
//! of log formats and of packs, one file each, so that a new file is all that a new one takes. And
//! writes tables as JSON, which the program reads with less code than TOML with its comments.

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
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let formats = described(&files, "src/format/defs");
    let packs = described(&files, "src/detect/packs/defs");
    for (name, descriptions) in [("formats", &formats), ("packs", &packs)] {
        list(descriptions, &out.join(format!("{name}.rs")), bare)?;
        list(descriptions, &out.join(format!("{name}_as_written.rs")), as_written)?;
    }
    for table in ["src/judge/activity/words.toml", "src/sigma/sources.toml"] {
        let written: toml::Table = fs::read_to_string(table)?.parse()?;
        let name = Path::new(table).with_extension("json");
        let name = name.file_name().ok_or("a table without a name")?;
        fs::write(out.join(name), serde_json::to_string(&written)?)?;
    }
    let cards: Vec<_> = formats.into_iter().map(card).collect::<Result<_, _>>()?;
    let cards: Vec<_> = cards.into_iter().flatten().collect();
    Ok(fs::write(out.join("format_cards.json"), serde_json::to_string(&cards)?)?)
}

/// The descriptions in a folder.
fn described<'f>(files: &'f [PathBuf], folder: &str) -> Vec<&'f Path> {
    let is_description =
        |file: &&Path| file.starts_with(folder) && file.extension().is_some_and(|e| e == "toml");
    files.iter().map(PathBuf::as_path).filter(is_description).collect()
}

/// Writes names and texts of files as a Rust expression.
fn list(
    files: &[&Path],
    to: &Path,
    text: fn(String) -> Result<String, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut list = String::from("&[\n");
    for file in files {
        writeln!(list, "({:?}, {:?}),", shown(file), text(fs::read_to_string(file)?)?)?;
    }
    list.push_str("]\n");
    Ok(fs::write(to, list)?)
}

fn as_written(text: String) -> Result<String, Box<dyn Error>> {
    Ok(text)
}

/// A description without what only tests read, its examples and comments: half of all.
fn bare(text: String) -> Result<String, Box<dyn Error>> {
    let mut description: toml::Table = text.parse()?;
    description.remove("example");
    for request in
        description.get_mut("request").and_then(toml::Value::as_array_mut).into_iter().flatten()
    {
        for examples in ["examples", "ordinary"] {
            request.as_table_mut().map(|request| request.remove(examples));
        }
    }
    Ok(toml::to_string(&description)?)
}

/// What the page says of a format before any is compiled. None for a part of another format.
fn card(file: &Path) -> Result<Option<serde_json::Value>, Box<dyn Error>> {
    let format: toml::Table = fs::read_to_string(file)?.parse()?;
    if format.contains_key("part_of") {
        return Ok(None);
    }
    let folder = file.parent().and_then(Path::file_name).unwrap_or_default();
    let example = format.get("example").and_then(|all| all.get(0)).and_then(|one| one.get("text"));
    let rank = format.get("rank").and_then(toml::Value::as_integer);
    Ok(Some(serde_json::json!({
        "id": format.get("id"),
        "name": format.get("name"),
        "what": format.get("what"),
        "example": example.and_then(toml::Value::as_str).unwrap_or_default(),
        "category": folder.to_string_lossy(),
        "is_generic": rank.is_some_and(|rank| rank >= 90),
    })))
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
