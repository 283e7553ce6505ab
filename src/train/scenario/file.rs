//! An instructor's own scenario as a small TOML file: which campaign, which decoys, which defects,
//! seed and size. It says no more than a case's name does, so a class needs the name alone.

use super::{Extra, Extras, Scenario, Wanted};
use crate::base::Wrong;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    campaign: String,
    seed: Option<u64>,
    days: Option<u32>,
    users: Option<u32>,
    #[serde(default)]
    decoys: Vec<String>,
    #[serde(default)]
    defects: Vec<String>,
}

impl Wanted {
    /// Reads a scenario file.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        let file: File = toml::from_str(text).map_err(|error| Wrong::of_toml(text, &error))?;
        let usual = Self::new(file.campaign.parse::<Scenario>()?, file.seed.unwrap_or(1));
        let decoys = extras("decoys", &file.decoys, false)?;
        let with = extras("defects", &file.defects, true)?;
        let wanted = Self {
            days: file.days.unwrap_or(usual.days),
            users: file.users.unwrap_or(usual.users),
            with: decoys.into_iter().chain(with).fold(Extras::NONE, Extras::and),
            ..usual
        };
        wanted.check()?;
        Ok(wanted)
    }
}

/// What a list of the file names: decoys, or defects.
fn extras(list: &str, names: &[String], are_defects: bool) -> Result<Vec<Extra>, Wrong> {
    let fits = |extra: &Extra| Extra::DEFECTS.contains(extra) == are_defects;
    let one = |name: &String| {
        let known = Extra::ALL.iter().filter(|(extra, _)| fits(extra)).map(|(_, name)| *name);
        let expected = known.collect::<Vec<_>>().join(", ");
        Extra::named(name).filter(fits).ok_or_else(|| {
            let ja = format!("次のいずれか({expected})");
            Wrong::expected(&format!("{list}: {name}"), format!("one of {expected}"), ja)
        })
    };
    names.iter().map(one).collect()
}
