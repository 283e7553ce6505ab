//! What a detection is, in words. The one source of its documentation, of the report's reasons and
//! of "not evaluable because a field is missing".

use super::{Confidence, Finding, Grade, Scope, Severity, Subject, SubjectKind};
use crate::base::Text;
use crate::event::Field;
use serde::Serialize;

/// What a detection is.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its id, `B1`.
    pub id: &'static str,
    /// Its name.
    pub name: Text,
    /// What it looks for, with its thresholds.
    pub what: Text,
    /// Why it matters.
    pub why: Text,
    /// What else causes the same signs.
    pub innocent: Text,
    /// What it needs of the logs.
    pub needs: Needs,
    /// ATT&CK techniques (Enterprise).
    pub attack: &'static [&'static str],
    /// The severity that its findings usually have.
    pub severity: Severity,
}

impl Card {
    /// A finding of this detection, with everything that the card says of it.
    pub fn finding(&self, title: Text) -> Finding {
        Finding {
            id: String::new(),
            detector: self.id.to_owned(),
            category: None,
            rule: None,
            title,
            severity: self.severity,
            confidence: Confidence::Moderate,
            grade: Grade::E3,
            outcome: None,
            subject: Subject { kind: SubjectKind::LogSource, value: String::new() },
            accounts: Vec::new(),
            first: None,
            last: None,
            count: 0,
            attack: self.attack.iter().map(|id| (*id).to_owned()).collect(),
            references: Vec::new(),
            reason: self.what.clone(),
            innocent: self.innocent.clone(),
            evidence: Vec::new(),
            scope: Scope::default(),
            places: Vec::new(),
            speaks_to: Vec::new(),
        }
    }
}

/// What a detection needs of the logs.
#[derive(Clone, Debug, Serialize)]
pub struct Needs {
    /// Fields without which it cannot be evaluated.
    #[serde(skip)]
    pub fields: &'static [Field],
    /// The same in words.
    pub words: Text,
}

impl Needs {
    /// Why the detection cannot be evaluated, and what would change that.
    pub fn missing(&self, has: impl Fn(Field) -> bool) -> Option<(Text, Text)> {
        let missing: Vec<_> =
            self.fields.iter().filter(|field| !has(**field)).map(|field| field.name()).collect();
        if missing.is_empty() {
            return None;
        }
        let names = missing.join(", ");
        let reason = Text::new(
            format!("No record in these logs has the field {names}."),
            format!("提供されたログのどの記録にも項目 {names} がありません。"),
        );
        Some((reason, self.words.clone()))
    }
}
