//! wasm-opt, from the npm package `binaryen` that www/package-lock.json pins. It takes long, so
//! a result is kept under the digest of what went in.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::Recipe;
use crate::command::node;
use crate::pack::sha256_hex;
use crate::repo::{Repo, read, read_bytes, write};
use crate::www;

pub fn optimise(repo: &Repo, recipe: &Recipe, wasm: &[u8]) -> Result<Vec<u8>> {
    www::install(repo)?;
    let kept = kept_at(repo, recipe, wasm)?;
    if !kept.exists() {
        run(repo, recipe, wasm, &kept)?;
    }
    read_bytes(&kept)
}

fn kept_at(repo: &Repo, recipe: &Recipe, wasm: &[u8]) -> Result<PathBuf> {
    let version = read(&repo.www().join("node_modules/binaryen/package.json"))?;
    let how = format!("{version}\n{}\n", recipe.wasm_opt_arguments().join(" "));
    let key = sha256_hex(&[how.as_bytes(), wasm].concat());
    Ok(repo.notes().join("wasm-opt").join(format!("{key}.wasm")))
}

fn run(repo: &Repo, recipe: &Recipe, wasm: &[u8], kept: &PathBuf) -> Result<()> {
    let before = kept.with_extension("in.wasm");
    let after = kept.with_extension("out.wasm");
    write(&before, wasm)?;
    node()
        .arg(repo.www().join("node_modules/binaryen/bin/wasm-opt"))
        .args(recipe.wasm_opt_arguments())
        .arg(&before)
        .arg("-o")
        .arg(&after)
        .run()?;
    ensure!(after.exists(), "wasm-opt made no {}", after.display());
    std::fs::remove_file(before)?;
    std::fs::rename(after, kept)?;
    Ok(())
}
