//! The report: its shape, the questions that it answers, and the forms in which it is handed over.

mod csv;
mod html;
mod model;
pub mod questions;
mod text;
mod words;

pub use csv::csv;
pub use html::html;
pub use model::{
    Answer, Bucket, ByteLedger, CalendarDay, Coverage, Entity, Incident, NotEvaluable, NotSwept,
    Problem, Repetition, Report, RulePack, SourceReport, Step, StreamReport, Timeline, Tool,
    Unparsed,
};
pub use text::text;

impl Report {
    /// The case to practise on that the logs are, where they are one.
    pub fn training(&self) -> Option<&str> {
        self.settings.get("training")?.as_str()
    }

    /// Whether some input could not be read, and some could.
    pub fn is_partial(&self) -> bool {
        self.sources.iter().any(|source| !source.problems.is_empty())
    }

    /// Whether anything at all was checked.
    pub fn is_empty(&self) -> bool {
        self.coverage.records == self.coverage.unparsed
    }

    /// Whether nothing of what was read is judged for access.
    pub fn is_unjudged(&self) -> bool {
        use crate::finding::State::CannotDetermine;
        self.questions.iter().any(|answer| answer.id == "Q1" && answer.state == CannotDetermine)
    }

    /// Whether a finding says that unauthorised access or leakage is possible or more. Missing
    /// records (Q8) are no evidence of either.
    pub fn has_evidence(&self) -> bool {
        use crate::finding::State::{Confirmed, Likely, Possible};
        let answers = self.questions.iter().filter(|answer| answer.id != "Q8");
        answers.into_iter().any(|answer| matches!(answer.state, Confirmed | Likely | Possible))
    }
}
