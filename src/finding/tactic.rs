//! What techniques are for: the tactics of ATT&CK (Enterprise).

use crate::base::Text;
use serde::{Deserialize, Serialize};

/// What somebody is after who uses a technique.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tactic {
    /// Its id, `TA0001`.
    pub id: String,
    /// Its name.
    pub name: Text,
}

/// Tactics with techniques, without sub-techniques: those that the detections name, and others that
/// rules often do. Of several tactics of a technique the one that the detections mean.
const TACTICS: &[(&str, Text, &[&str])] = &[
    ("TA0043", Text::fixed("Reconnaissance", "偵察"), &["T1595"]),
    (
        "TA0001",
        Text::fixed("Initial Access", "初期アクセス"),
        &["T1078", "T1133", "T1189", "T1190", "T1199", "T1566"],
    ),
    ("TA0002", Text::fixed("Execution", "実行"), &["T1059", "T1203", "T1204"]),
    (
        "TA0003",
        Text::fixed("Persistence", "永続化"),
        &["T1053", "T1098", "T1136", "T1505", "T1543"],
    ),
    ("TA0004", Text::fixed("Privilege Escalation", "権限昇格"), &["T1068", "T1548"]),
    ("TA0005", Text::fixed("Defense Evasion", "防御回避"), &["T1070", "T1562"]),
    (
        "TA0006",
        Text::fixed("Credential Access", "認証情報の取得"),
        &["T1110", "T1528", "T1539", "T1552", "T1606"],
    ),
    ("TA0007", Text::fixed("Discovery", "探索"), &["T1083", "T1087"]),
    ("TA0008", Text::fixed("Lateral Movement", "横展開"), &["T1021", "T1550"]),
    ("TA0009", Text::fixed("Collection", "収集"), &["T1114", "T1119", "T1213", "T1530", "T1560"]),
    ("TA0011", Text::fixed("Command and Control", "C2通信"), &["T1071", "T1105"]),
    ("TA0010", Text::fixed("Exfiltration", "持ち出し"), &["T1041", "T1048", "T1567"]),
    ("TA0040", Text::fixed("Impact", "影響"), &["T1485", "T1486", "T1565"]),
];

impl Tactic {
    /// All of them, each with its techniques, in the order of an intrusion.
    pub fn all() -> impl Iterator<Item = (Self, &'static [&'static str])> {
        TACTICS.iter().map(|(id, name, techniques)| {
            (Self { id: (*id).to_owned(), name: name.clone() }, *techniques)
        })
    }

    /// The tactic of a technique or sub-technique; none where it is not among those known.
    pub fn of(technique: &str) -> Option<Self> {
        let whole = technique.split('.').next().unwrap_or(technique);
        let (id, name, _) = TACTICS.iter().find(|(_, _, all)| all.contains(&whole))?;
        Some(Self { id: (*id).to_owned(), name: name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::{TACTICS, Tactic};
    use std::collections::BTreeSet;

    #[test]
    fn a_technique_has_one_tactic() {
        let all: Vec<_> = TACTICS.iter().flat_map(|(_, _, techniques)| *techniques).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        let id = |technique: &str| Tactic::of(technique).map(|tactic| tactic.id);
        assert_eq!(id("T1110.003").as_deref(), Some("TA0006"));
        assert_eq!(id("T9999"), None);
    }
}
