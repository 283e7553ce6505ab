//! The compiler for `wasm32-unknown-unknown`: rustup's target where it is or can be added, else
//! Debian's compiler, which builds the standard library from its sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Recipe;
use crate::apt;
use crate::command::{Program, cargo};
use crate::repo::{Repo, write};

pub const TRIPLE: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-22"];
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";

/// Names the compiler to use, `rustup` or `debian`, for who wants to try either.
const CHOICE: &str = "SEKISHO_WASM_COMPILER";

/// rustup needs seconds where it can download at all.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(90);

/// Each compiler has a target folder of its own: they do not read each other's files.
pub enum Toolchain {
    Rustup,
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Finds a compiler, and installs one where that is possible.
    pub fn find(repo: &Repo) -> Result<Toolchain> {
        let choice = std::env::var(CHOICE).unwrap_or_default();
        if choice != "debian" && (has_target()? || added_target(repo)?) {
            return Ok(Toolchain::Rustup);
        }
        ensure!(choice != "rustup", "{CHOICE} asks for rustup's compiler, which has no {TRIPLE}");
        if let Some(found) = debian() {
            return Ok(found);
        }
        apt::install(&DEBIAN_PACKAGES, "a compiler for WebAssembly")
            .context("or run: rustup target add wasm32-unknown-unknown")?;
        debian().context("Debian's packages brought no compiler for WebAssembly")
    }

    pub fn target(&self, repo: &Repo) -> PathBuf {
        match self {
            Toolchain::Rustup => repo.target.clone(),
            Toolchain::Debian { .. } => repo.target.join("web"),
        }
    }

    /// Cargo with everything that decides what the module's bytes will be.
    pub fn cargo(&self, repo: &Repo, recipe: &Recipe, command: &str) -> Program {
        self.for_target(cargo().arg(command), repo, recipe)
    }

    /// The linter that belongs to this compiler.
    pub fn clippy(&self, repo: &Repo, recipe: &Recipe) -> Result<Program> {
        let program = match self {
            Toolchain::Rustup => cargo().arg("clippy"),
            Toolchain::Debian { .. } => {
                if !Path::new(DEBIAN_CLIPPY).exists() {
                    apt::install(&["rust-web-clippy"], "linting for WebAssembly")?;
                }
                Program::new(DEBIAN_CLIPPY).arg("clippy")
            }
        };
        Ok(self.for_target(program, repo, recipe))
    }

    fn for_target(&self, program: Program, repo: &Repo, recipe: &Recipe) -> Program {
        let program = program
            .args(["--target", TRIPLE, "--target-dir"])
            .arg(self.target(repo))
            .args(["--locked", "--config"])
            .arg(rustflags(&self.flags(repo, recipe)))
            .inside(&repo.root)
            .without_env("RUSTFLAGS")
            .without_env("CARGO_ENCODED_RUSTFLAGS");
        match self {
            Toolchain::Rustup => program,
            Toolchain::Debian { linker } => program
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTDOC", "/usr/bin/rustdoc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker),
        }
    }

    /// The path prefixes are replaced so that no place of this machine is in the module, and the
    /// same commit gives the same bytes in another folder.
    fn flags(&self, repo: &Repo, recipe: &Recipe) -> Vec<String> {
        let mut flags = vec![recipe.target_feature_flag()];
        flags.push(remap(&cargo_home(), "/cargo"));
        flags.push(remap(&repo.root, "/sekisho"));
        if let Toolchain::Debian { .. } = self {
            flags.push("-Clinker-flavor=wasm-ld".to_owned());
            flags.push(remap(Path::new(DEBIAN_LIBRARY), "/rust"));
            if let Ok(library) = fs::canonicalize(DEBIAN_LIBRARY) {
                flags.push(remap(&library, "/rust"));
            }
        }
        flags
    }
}

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// As a `--config` argument: unlike the variable of the same use, it can hold spaces.
fn rustflags(flags: &[String]) -> String {
    let list = toml::Value::from(flags.to_vec());
    format!("target.{TRIPLE}.rustflags={list}")
}

fn cargo_home() -> PathBuf {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from)
}

/// Whether the compiler in use comes with the core library for the page.
fn has_target() -> Result<bool> {
    let folder = Program::new("rustc")
        .args(["--print", "target-libdir", "--target", TRIPLE])
        .read()
        .context("the compiler in use does not answer; install rustup")?;
    let Ok(files) = fs::read_dir(folder.trim()) else {
        return Ok(false);
    };
    Ok(files.flatten().any(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    }))
}

/// Asks rustup for the target. A refusal is remembered, so that it is waited for only once with
/// each compiler.
fn added_target(repo: &Repo) -> Result<bool> {
    let compiler = Program::new("rustc").arg("--version").read()?;
    let note = repo.notes().join("rustup-has-no-target");
    if fs::read_to_string(&note).is_ok_and(|refused| refused == compiler) {
        return Ok(false);
    }
    eprintln!("Asking rustup for {TRIPLE}");
    let added =
        Program::new("rustup").args(["target", "add", TRIPLE]).succeeds_within(RUSTUP_PATIENCE);
    if added && has_target()? {
        return Ok(true);
    }
    eprintln!("rustup cannot add it here; using Debian's compiler instead");
    write(&note, compiler)?;
    Ok(false)
}

fn debian() -> Option<Toolchain> {
    let library = Path::new(DEBIAN_LIBRARY).join("library/std");
    if !Path::new(DEBIAN_RUSTC).exists() || !library.exists() {
        return None;
    }
    Some(Toolchain::Debian { linker: newest_linker()? })
}

/// `wasm-ld-22` before `wasm-ld-19`.
fn newest_linker() -> Option<PathBuf> {
    let version = |path: &PathBuf| -> Option<u32> {
        path.file_name()?.to_str()?.strip_prefix("wasm-ld-")?.parse().ok()
    };
    let files = fs::read_dir("/usr/bin").ok()?.flatten().map(|file| file.path());
    files.filter(|path| version(path).is_some()).max_by_key(version)
}
