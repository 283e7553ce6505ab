//! Placeholders: `%name%` in a value stands for each entry of a list from the settings.

use super::problem::What;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lists by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Placeholders(pub BTreeMap<String, Vec<String>>);

/// A text once for each way to fill its placeholders. Names without a list are added to `missing`.
pub(super) fn fill(
    text: &str,
    lists: &Placeholders,
    missing: &mut Vec<String>,
    most: usize,
) -> Result<Vec<String>, What> {
    let mut filled = vec![String::new()];
    let mut rest = text;
    while let Some((before, name, behind)) = next_placeholder(rest) {
        filled.iter_mut().for_each(|text| text.push_str(before));
        rest = behind;
        let Some(entries) = lists.0.get(name).filter(|entries| !entries.is_empty()) else {
            missing.push(name.to_owned());
            continue;
        };
        if filled.len().saturating_mul(entries.len()) > most {
            return Err(What::TooComplex);
        }
        let with = |text: &String| {
            entries.iter().map(|entry| format!("{text}{entry}")).collect::<Vec<_>>()
        };
        filled = filled.iter().flat_map(with).collect();
    }
    filled.iter_mut().for_each(|text| text.push_str(rest));
    Ok(filled)
}

/// What stands before the next placeholder, its name, and what stands behind.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut start = text.find('%')?;
    loop {
        let length = text[start + 1..].find('%')?;
        let name = &text[start + 1..start + 1 + length];
        if !name.is_empty() && name.chars().all(is_name) {
            return Some((&text[..start], name, &text[start + length + 2..]));
        }
        start += length + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_of_each_list_is_filled_in() {
        let list = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
        let lists = [("a".to_owned(), list(&["1", "2"])), ("b".to_owned(), list(&["x"]))];
        let lists = Placeholders(BTreeMap::from(lists));
        let mut missing = Vec::new();
        let filled = fill("<%a%-%b%>", &lists, &mut missing, 9).unwrap();
        assert_eq!((filled, missing.len()), (list(&["<1-x>", "<2-x>"]), 0));
        assert_eq!(fill("50 % of %c%", &lists, &mut missing, 9).unwrap().len(), 1);
        assert_eq!(fill("%a%%a%", &lists, &mut missing, 3), Err(What::TooComplex));
        assert_eq!(fill("%c%", &lists, &mut missing, 9).unwrap(), [""]);
        assert_eq!(missing, ["c", "c"]);
    }
}
