//! Bindings by the library that belongs to `wasm-bindgen`. Both must be of one version, or the
//! module and its glue do not understand each other; a test compares them.

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// Makes the module and the classic script that a worker runs it with.
pub fn generate(linked: Vec<u8>) -> Result<(Vec<u8>, String)> {
    let mut output = Bindgen::new()
        .input_bytes("sekisho", linked)
        .no_modules(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .context("wasm-bindgen cannot bind the module")?;
    let snippets = output.snippets().values().map(Vec::len).sum::<usize>();
    ensure!(snippets == 0, "the page has no place for script snippets of crates");
    let glue = output.js().to_owned();
    let wasm = output.wasm_mut().emit_wasm();
    Ok((wasm, glue))
}

#[cfg(test)]
mod tests {
    use crate::repo::{Repo, read};

    fn locked_versions(package: &str) -> Vec<String> {
        let repo = Repo::of_this_run().unwrap();
        let lock: toml::Table = read(&repo.root.join("Cargo.lock")).unwrap().parse().unwrap();
        let packages = lock["package"].as_array().unwrap();
        let of_it = packages.iter().filter(|entry| entry["name"].as_str() == Some(package));
        of_it.map(|entry| entry["version"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_library_and_the_generator_are_of_one_version() {
        let library = locked_versions("wasm-bindgen");
        assert_eq!(library.len(), 1, "one version of wasm-bindgen: {library:?}");
        assert_eq!(library, locked_versions("wasm-bindgen-cli-support"));
    }
}
