//! Makes what is released: `dist/sekisho.html` (one file), `dist/site/` (the same for a static
//! host, with its headers) and `dist/SHA256SUMS`. Two builds of a commit give the same bytes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::command::Program;
use crate::pack::{self, Bundles, Page, sha256_hex};
use crate::repo::{Repo, read, read_bytes, remove_folder, write};
use crate::wasm::{self, Care, Module, Recipe, Toolchain, Traits};
use crate::www;

#[derive(Args)]
pub struct Options {
    /// Builds twice, in two folders and from nothing, and compares the bytes
    #[arg(long)]
    verify: bool,
}

/// The files of a release, in the order of SHA256SUMS.
const FILES: [&str; 3] = ["sekisho.html", "site/_headers", "site/index.html"];

pub fn run(repo: &Repo, options: &Options) -> Result<()> {
    if options.verify {
        return verify(repo);
    }
    let start = Instant::now();
    make(repo, &Toolchain::find(repo)?, Care::Release)?;
    println!("Built in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Builds the page into dist/ and says what was made.
pub fn make(repo: &Repo, toolchain: &Toolchain, care: Care) -> Result<()> {
    let module = wasm::build(repo, toolchain, care)?;
    www::bundle(repo)?;
    let page = pack::pack(&bundles(repo)?, &module, &version(repo)?)?;
    if care == Care::Release {
        keeps_recipe(repo, &module, &page)?;
    }
    write_all(repo, &page)?;
    println!(
        "dist/sekisho.html: {} bytes, of which the module {}; digest {}",
        page.html.len(),
        page.module_length,
        page.digest
    );
    Ok(())
}

fn bundles(repo: &Repo) -> Result<Bundles> {
    let part = |name: &str| read(&repo.bundles().join(name));
    Ok(Bundles {
        outer: part("outer.js")?,
        frame: part("frame.js")?,
        app: part("app.js")?,
        worker: part("worker.js")?,
        style: part("style.css")?,
        outer_style: part("outer.css")?,
    })
}

fn version(repo: &Repo) -> Result<String> {
    let manifest: toml::Table = read(&repo.root.join("Cargo.toml"))?.parse()?;
    let version = manifest["package"]["version"].as_str();
    version.map(str::to_owned).context("Cargo.toml gives the package no version")
}

/// Compares what was built with wasm-pack.toml.
fn keeps_recipe(repo: &Repo, module: &Module, page: &Page) -> Result<()> {
    let recipe = Recipe::read(repo)?;
    within("the module in the page", page.module_length, recipe.budget.module)?;
    within("the page", page.html.len(), recipe.budget.page)?;
    let traits = Traits::of(&module.wasm)?;
    let wants_vectors = recipe.target_features.iter().any(|feature| feature == "simd128");
    ensure!(
        !wants_vectors || traits.vector_instructions > 0,
        "wasm-pack.toml asks for simd128, and the module has no vector instruction"
    );
    for section in ["name", "producers"] {
        ensure!(
            !traits.custom_sections.iter().any(|found| found == section),
            "the module still has its section `{section}`"
        );
    }
    names_no_place(repo, module)
}

fn within(what: &str, size: usize, budget: usize) -> Result<()> {
    ensure!(size <= budget, "{what} has {size} bytes; wasm-pack.toml allows {budget}");
    Ok(())
}

/// A path of this machine in the module would differ on the next, and tells whose machine it was.
fn names_no_place(repo: &Repo, module: &Module) -> Result<()> {
    let home = std::env::var("HOME").unwrap_or_default();
    for place in [repo.root.to_string_lossy().as_ref(), home.as_str()] {
        let bytes = place.as_bytes();
        let found = bytes.len() > 4 && module.wasm.windows(bytes.len()).any(|part| part == bytes);
        ensure!(!found, "the module names a place of this machine: {place}");
    }
    Ok(())
}

fn write_all(repo: &Repo, page: &Page) -> Result<()> {
    let dist = repo.dist();
    remove_folder(&dist)?;
    write(&dist.join("sekisho.html"), &page.html)?;
    write(&dist.join("site/index.html"), &page.html)?;
    write(&dist.join("site/_headers"), pack::headers(&page.policy))?;
    let mut sums = String::new();
    for name in FILES {
        let sum = sha256_hex(&read_bytes(&dist.join(name))?);
        sums.push_str(&format!("{sum}  {name}\n"));
    }
    write(&dist.join("SHA256SUMS"), sums)
}

/// Builds in the checkout and in a copy of it elsewhere, each with empty target folders.
fn verify(repo: &Repo) -> Result<()> {
    let toolchain = Toolchain::find(repo)?;
    www::install(repo)?;
    let work = repo.target.join("verify");
    remove_folder(&work)?;
    let first = Repo { root: repo.root.clone(), target: work.join("first") };
    make(&first, &toolchain, Care::Release)?;
    let second = Repo::at(&copy_of(repo, &work.join("elsewhere/sekisho"))?);
    make(&second, &toolchain, Care::Release)?;
    compare(&first, &second)?;
    remove_folder(&work)
}

fn compare(first: &Repo, second: &Repo) -> Result<()> {
    let sums = read(&first.dist().join("SHA256SUMS"))?;
    let again = read(&second.dist().join("SHA256SUMS"))?;
    if sums != again {
        bail!("two builds differ:\n{sums}\n{again}(kept in {})", second.dist().display());
    }
    print!("Two builds, in two folders, give the same bytes:\n{sums}");
    Ok(())
}

/// Copies the files that git knows or would take; the page's tools are shared.
fn copy_of(repo: &Repo, to: &Path) -> Result<PathBuf> {
    let list = Program::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .inside(&repo.root)
        .read()?;
    for name in list.lines() {
        let from = repo.root.join(name);
        if from.is_file() {
            write(&to.join(name), read_bytes(&from)?)?;
        }
    }
    fs::create_dir_all(to.join("www"))?;
    symlink(repo.www().join("node_modules"), to.join("www/node_modules"))?;
    Ok(to.to_path_buf())
}
