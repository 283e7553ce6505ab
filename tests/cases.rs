//! Every case file: what its logs say and what must be concluded from them, exactly.
//!
//! `SEKISHO_CASE=text` runs only the cases whose name holds the text. The logs are left under
//! `target/*/tmp/cases` for other test programs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;
#[path = "common/case.rs"]
mod case;

use case::{Case, Kind};
use common::{Options, check, json, seed, word};
use sekisho::detect::CARDS;
use sekisho::finding::Severity;
use sekisho::report::Report;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"))
        .flat_map(|path| case::read(path))
        .collect()
}

fn chosen() -> Vec<Case> {
    let wanted = std::env::var("SEKISHO_CASE").unwrap_or_default();
    all().into_iter().filter(|case| case.name().contains(&wanted)).collect()
}

/// What was concluded, in the notation of the case files.
fn concluded(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|f| {
        let (severity, outcome) = (word(f.severity), word(f.outcome));
        format!("{} {severity} {outcome} {} ×{}", f.detector, f.subject.value, f.count)
    });
    let answers = report.questions.iter().map(|a| format!("{} {}", a.id, word(a.state)));
    let not = report.not_evaluable.iter().map(|n| format!("not evaluable: {}", n.id));
    findings.chain(answers).chain(not).collect()
}

/// Of what was concluded, what a case speaks about: all findings, and the questions and
/// detections that it names.
fn spoken_of(concluded: Vec<String>, case: &Case) -> Vec<String> {
    let names = |line: &str, prefix: &str| {
        line.starts_with(prefix)
            && line.split(' ').take(3).eq(case.line_like(line, prefix).split(' ').take(3))
    };
    concluded
        .into_iter()
        .filter(|line| match line {
            line if line.starts_with("not evaluable: ") => case.expected.contains(line),
            line if line.starts_with('Q') => case.names_question(line),
            _ => true,
        })
        .collect()
}
