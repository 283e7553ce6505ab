//! What a person makes of findings, and the answers with that taken into account.
//!
//! A judgement deletes nothing. A benign finding carries no answer any more, a confirmed one
//! carries it one state further, and the answers say both, and what they would be without.

use super::model::Report;
use super::{questions, secrets};
use crate::base::Seed;
use crate::finding::Finding;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person makes of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement {
    /// Id of the finding.
    pub finding: String,
    /// What tells the finding apart in another report on the same logs, where it may have another
    /// id. Filled in when the judgement is applied.
    #[serde(default)]
    pub mark: Option<String>,
    /// How it is judged.
    #[serde(flatten)]
    pub judged: Judged,
    /// What else is to be kept.
    #[serde(default)]
    pub note: String,
}

/// How a finding is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "judged", rename_all = "snake_case")]
pub enum Judged {
    /// Not yet.
    Open,
    /// It is what it looks like.
    Confirmed,
    /// It has an innocent cause.
    Benign {
        /// Which.
        reason: String,
    },
}

/// A judgement that cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgementError {
    /// The report has no such finding.
    #[error("judgement of «{0}»: this report has no such finding")]
    Unknown(String),
    /// Two judgements of the same finding.
    #[error("judgement of «{0}»: there are two of them; expected one for each finding")]
    Twice(String),
    /// Nobody says why it is benign.
    #[error("judgement of «{0}»: it is judged benign without a reason; give one")]
    NoReason(String),
}

impl Report {
    /// Takes judgements into account, in place of those that it has. Those of findings that are not
    /// in this report any more, by their marks, are set aside and kept. On an error nothing changes.
    pub fn judge(&mut self, judgements: &[Judgement]) -> Result<(), JudgementError> {
        let marks: Vec<String> = self.findings.iter().map(mark).collect();
        let mut placed = BTreeMap::new();
        let mut set_aside = Vec::new();
        for judgement in judgements {
            let Judgement { finding: id, mark: known, judged, note } = judgement;
            if matches!(judged, Judged::Benign { reason } if reason.trim().is_empty()) {
                return Err(JudgementError::NoReason(id.clone()));
            }
            let Some(at) = self.judged_finding(judgement, &marks)? else {
                set_aside.push(judgement.clone());
                continue;
            };
            if *judged == Judged::Open && note.is_empty() {
                continue;
            }
            let mark = marks.get(at).cloned().or_else(|| known.clone());
            let finding =
                self.findings.get(at).map_or_else(|| id.clone(), |found| found.id.clone());
            if placed.insert(at, Judgement { finding, mark, ..judgement.clone() }).is_some() {
                return Err(JudgementError::Twice(id.clone()));
            }
        }
        self.judgements = placed.into_values().collect();
        self.judgements_set_aside = set_aside;
        self.secrets = secrets::secrets(self);
        self.questions = questions::answer(self);
        Ok(())
    }

    /// The place of the finding that a judgement is about.
    fn judged_finding(
        &self,
        judgement: &Judgement,
        marks: &[String],
    ) -> Result<Option<usize>, JudgementError> {
        let by_id = self.findings.iter().position(|finding| finding.id == judgement.finding);
        let Some(mark) = &judgement.mark else {
            let unknown = || JudgementError::Unknown(judgement.finding.clone());
            return by_id.map(Some).ok_or_else(unknown);
        };
        let is_same = |at: &usize| marks.get(*at) == Some(mark);
        Ok(by_id.filter(is_same).or_else(|| marks.iter().position(|other| other == mark)))
    }

    /// What was made of a finding.
    pub fn judgement(&self, finding: &str) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.finding == finding)
    }
}

/// Tells a finding apart by what it is about, whatever its number.
fn mark(finding: &Finding) -> String {
    let Finding { detector, category, rule, subject, first, .. } = finding;
    let about = serde_json::to_vec(&(detector, category, rule, subject, first));
    format!("{:016x}", Seed(0).of(&about.unwrap_or_default()))
}
