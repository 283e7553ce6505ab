//! The page's module: from the crate to optimised WASM and the script that binds it.

mod bindings;
mod inspect;
mod optimise;
mod pack;
mod recipe;
mod toolchain;

use anyhow::{Context, Result, bail};

pub use inspect::Traits;
pub use recipe::Recipe;
pub use toolchain::Toolchain;

use crate::repo::{Repo, read_bytes};

/// A module as the page carries it.
pub struct Module {
    pub wasm: Vec<u8>,
    /// The same, as an LZMA file.
    pub packed: Vec<u8>,
    /// The small module that unpacks it.
    pub unpacker: Vec<u8>,
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
    let linked = compile(repo, toolchain, &recipe, Part::Engine, profile)?;
    keeps_features(&recipe, &linked)?;
    let (bound, glue) = bindings::generate(linked)?;
    let wasm = match care {
        Care::Quick => bound,
        Care::Release => optimise::optimise(repo, &recipe, &bound)?,
    };
    let packed = pack::pack(&wasm, care)?;
    let unpacker = compile(repo, toolchain, &recipe, Part::Unpacker, &recipe.profile)?;
    let unpacker = optimise::optimise(repo, &recipe, &unpacker)?;
    Ok(Module { wasm, packed, unpacker, glue })
}

/// What of the page is Rust.
#[derive(Debug, Clone, Copy)]
enum Part {
    Engine,
    Unpacker,
}

impl Part {
    /// Its package, and the file that cargo makes of it.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Part::Engine => ("sekisho", "sekisho.wasm"),
            Part::Unpacker => ("sekisho-unpack", "sekisho_unpack.wasm"),
        }
    }
}

fn compile(
    repo: &Repo,
    toolchain: &Toolchain,
    recipe: &Recipe,
    part: Part,
    profile: &str,
) -> Result<Vec<u8>> {
    let (package, file) = part.names();
    toolchain
        .cargo(repo, recipe, "build")
        .args(["--package", package, "--lib", "--profile", profile])
        .run()?;
    let built = toolchain.target(repo).join(toolchain::TRIPLE).join(profile).join(file);
    if !built.exists() {
        bail!("cargo made no {}; is the library still a `cdylib`?", built.display());
    }
    read_bytes(&built)
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
    // One at a time: together they would share the features of their dependencies.
    [Part::Engine, Part::Unpacker].iter().try_for_each(|part| {
        toolchain
            .clippy(repo, &recipe)?
            .args(["--package", part.names().0, "--lib", "--", "-D", "warnings"])
            .run()
    })
}
