//! Sekisho checks logs for unauthorised access and for information that left.
//!
//! The folders are layers: `tests/layers.rs` says which may use which, and ARCHITECTURE.md why.

pub mod base;
pub mod event;
pub mod finding;
pub mod format;
pub mod input;
pub mod inspect;
pub mod intel;
pub mod judge;
pub mod shard;
pub mod sigma;
pub mod text;

pub mod baseline;
pub mod detect;
pub mod engine;
pub mod query;
pub mod report;
pub mod share;
pub mod train;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(target_arch = "wasm32")]
mod wasm;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Digest of the sources that this program was built from: the same for page and command line.
pub const BUILD: &str = env!("SEKISHO_BUILD");
