//! The report: its shape, the questions that it answers, and the forms in which it is handed over.

mod csv;
mod diff;
mod html;
mod judge;
mod letter;
mod misp;
mod model;
mod navigator;
mod ocsf;
mod parties;
pub mod questions;
mod requests;
mod secrets;
mod share;
mod stix;
mod text;
mod timesketch;
mod unread;
mod words;
mod worksheets;

pub use csv::csv;
pub(crate) use csv::{cell, row};
pub use diff::{Cause, Change, Diff, Kind, diff, diff_html, diff_text};
pub use html::html;
pub use judge::{Judged, Judgement, JudgementError};
pub use model::{
    Answer, Bucket, ByteLedger, CalendarDay, Coverage, Entity, Incident, NotEvaluable, NotSwept,
    Problem, Repetition, Report, RulePack, SourceReport, Step, StreamReport, Timeline, Tool,
    Unparsed,
};
pub(crate) use parties::{ACTS, kind as kind_of_party};
pub use parties::{Affected, PartyKind};
pub use secrets::{Secret, SecretKind, secrets};
pub use text::text;
pub(crate) use words::{pick, severity as severity_words, state as state_words, training};
pub use worksheets::{Knowing, KnowingError, worksheets};

use crate::base::{Language, Text};

/// A form in which a report is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Text,
    /// One file for a browser.
    Html,
    /// One row per record shown.
    Csv,
    /// Whose data was reached, one row per party.
    Parties,
    /// A letter to the vendor that asks for the missing logs.
    Letter,
    /// Worksheets for reports to authorities, to be printed.
    Worksheets,
    /// The records shown as JSON lines for Timesketch.
    Timesketch,
    /// A layer for the ATT&CK Navigator.
    Navigator,
    /// A bundle of STIX 2.1.
    Stix,
    /// An event for MISP.
    Misp,
    /// Events of OCSF as JSON lines.
    Ocsf,
}

impl Form {
    /// All of them, by the names under which they are asked for.
    pub const ALL: [(&str, Self); 11] = [
        ("text", Self::Text),
        ("html", Self::Html),
        ("csv", Self::Csv),
        ("parties", Self::Parties),
        ("letter", Self::Letter),
        ("worksheets", Self::Worksheets),
        ("timesketch", Self::Timesketch),
        ("navigator", Self::Navigator),
        ("stix", Self::Stix),
        ("misp", Self::Misp),
        ("ocsf", Self::Ocsf),
    ];

    /// The form of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, form)| form)
    }
}

/// A report in a form.
pub fn written(report: &Report, form: Form, language: Language) -> String {
    match form {
        Form::Text => text(report, language),
        Form::Html => html(report, language),
        Form::Csv => csv(report, language),
        Form::Parties => parties::parties(report, language),
        Form::Letter => letter::letter(report, language),
        Form::Worksheets => worksheets(report, language, None),
        Form::Timesketch => timesketch::timesketch(report, language),
        Form::Navigator => navigator::navigator(report, language),
        Form::Stix => stix::stix(report, language),
        Form::Misp => misp::misp(report, language),
        Form::Ocsf => ocsf::ocsf(report, language),
    }
}

impl Report {
    /// The case to practise on that the logs are, where they are one.
    pub fn training(&self) -> Option<&str> {
        self.settings.get("training")?.as_str()
    }

    /// A part of the vendor's checker that this was checked with, where it was one: `title`,
    /// `vendor`, `fingerprint`.
    fn of_checker(&self, part: &str) -> Option<&str> {
        self.settings.get("checker")?.get(part)?.as_str()
    }

    /// What is said of that checker.
    fn checker(&self) -> Option<Text> {
        let [title, vendor, fingerprint] =
            ["title", "vendor", "fingerprint"].map(|part| self.of_checker(part));
        Some(words::checker(title?, vendor?, fingerprint?))
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
