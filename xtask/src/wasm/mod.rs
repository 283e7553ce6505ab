//! The page's module: from the crate to optimised WASM and the script that binds it.

mod bindings;
mod inspect;
mod optimise;
mod pack;
mod recipe;
mod toolchain;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub use inspect::Traits;
pub use recipe::Recipe;
pub use toolchain::Toolchain;

use crate::repo::{Repo, read_bytes};

/// A module as the page carries it.
pub struct Module {
    pub wasm: Vec<u8>,
    /// The same, as a gzip member.
    pub packed: Vec<u8>,
    /// Defines the global `wasm_bindgen` in a classic script.
    pub glue: String,
}

/// How much care a build takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// As released: the recipe's profile, then wasm-opt.
    Release,
    /// Quick to build: cargo's `quick` profile, no wasm-opt.
    Quick,
}

/// Builds the module, and fails where it does not keep the recipe.
pub fn build(repo: &Repo, toolchain: &Toolchain, care: Care) -> Result<Module> {
    let recipe = Recipe::read(repo)?;
    let profile = match care {
        Care::Release => recipe.profile.as_str(),
        Care::Quick => "quick",
    };
    let linked = read_bytes(&compile(repo, toolchain, &recipe, profile)?)?;
    keeps_features(&recipe, &linked)?;
    let (bound, glue) = bindings::generate(linked)?;
    let wasm = match care {
        Care::Quick => bound,
        Care::Release => optimise::optimise(repo, &recipe, &bound)?,
    };
    let packed = pack::pack(repo, &wasm, care)?;
    Ok(Module { wasm, packed, glue })
}

fn compile(repo: &Repo, toolchain: &Toolchain, recipe: &Recipe, profile: &str) -> Result<PathBuf> {
    toolchain
        .cargo(repo, recipe, "build")
        .args(["--package", "sekisho", "--lib", "--profile", profile])
        .run()?;
    let built = toolchain.target(repo).join(toolchain::TRIPLE).join(profile).join("sekisho.wasm");
    if !built.exists() {
        bail!("cargo made no {}; is the library still a `cdylib`?", built.display());
    }
    Ok(built)
}

/// The linked module says which features it was compiled with; they must include the recipe's.
fn keeps_features(recipe: &Recipe, linked: &[u8]) -> Result<()> {
    let traits = Traits::of(linked).context("cannot read the linked module")?;
    for feature in &recipe.target_features {
        if !traits.features.contains(feature) {
            bail!("the module was built without the target feature `{feature}` of wasm-pack.toml");
        }
    }
    Ok(())
}

/// Lints the crate as it is compiled for the page.
pub fn clippy(repo: &Repo, toolchain: &Toolchain) -> Result<()> {
    let recipe = Recipe::read(repo)?;
    toolchain
        .clippy(repo, &recipe)?
        .args(["--package", "sekisho", "--lib", "--", "-D", "warnings"])
        .run()
}
