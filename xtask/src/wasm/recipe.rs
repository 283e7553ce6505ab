//! `wasm-pack.toml`: the recipe of the page's module.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::repo::{Repo, read};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipe {
    /// The cargo profile of a release.
    pub profile: String,
    pub target_features: Vec<String>,
    pub wasm_opt: WasmOpt,
    pub budget: Budget,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WasmOpt {
    pub passes: Vec<String>,
    pub features: Vec<String>,
}

/// Sizes in bytes that a release may not pass.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Budget {
    /// The module as it stands in the page.
    pub module: usize,
    pub page: usize,
}

impl Recipe {
    pub fn read(repo: &Repo) -> Result<Recipe> {
        let path = repo.root.join("wasm-pack.toml");
        toml::from_str(&read(&path)?).with_context(|| format!("{} is wrong", path.display()))
    }

    /// The arguments of wasm-opt, in the form that wasm-pack takes too.
    pub fn wasm_opt_arguments(&self) -> Vec<String> {
        let enabled = self.wasm_opt.features.iter().map(|feature| format!("--enable-{feature}"));
        self.wasm_opt.passes.iter().cloned().chain(enabled).collect()
    }

    /// The compiler flag that turns the target features on.
    pub fn target_feature_flag(&self) -> String {
        let features: Vec<String> =
            self.target_features.iter().map(|feature| format!("+{feature}")).collect();
        format!("-Ctarget-feature={}", features.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Recipe;
    use crate::repo::{Repo, read};

    fn table(file: &str) -> toml::Table {
        let repo = Repo::of_this_run().unwrap();
        read(&repo.root.join(file)).unwrap().parse().unwrap()
    }

    fn recipe() -> Recipe {
        Recipe::read(&Repo::of_this_run().unwrap()).unwrap()
    }

    fn words(value: &toml::Value) -> Vec<String> {
        value.clone().try_into().unwrap()
    }

    #[test]
    fn wasm_pack_would_run_the_same_passes() {
        let manifest = table("Cargo.toml");
        let profile = &manifest["package"]["metadata"]["wasm-pack"]["profile"]["release"];
        assert_eq!(words(&profile["wasm-opt"]), recipe().wasm_opt_arguments());
    }

    #[test]
    fn plain_cargo_would_use_the_same_target_features() {
        let config = table(".cargo/config.toml");
        let flags = words(&config["target"]["wasm32-unknown-unknown"]["rustflags"]);
        assert_eq!(flags, [recipe().target_feature_flag()]);
    }

    #[test]
    fn the_profile_is_one_of_cargo_toml() {
        let manifest = table("Cargo.toml");
        let profiles = manifest["profile"].as_table().unwrap();
        assert!(profiles.contains_key(&recipe().profile), "{profiles:?}");
    }

    #[test]
    fn the_page_stays_under_three_megabytes() {
        let budget = recipe().budget;
        assert!(budget.module < budget.page && budget.page <= 3_000_000);
    }
}
