//! Rules on the command line: read from files, folders and archives, listed, and checked.

use super::args::{Lang, RulesOptions};
use super::commands::output;
use super::session::read_settings;
use super::{Failure, Status};
use crate::base::{Language, visible};
use crate::engine::{LoadedRules, RuleProblem, RuleText, Settings, is_rule_file, rule_files};
use crate::input::native::{Given, NativeFile, gather};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The rules in some paths. Says on standard error how many of them cannot be used.
pub(super) fn load(paths: &[PathBuf], settings: &Settings) -> Result<LoadedRules, Failure> {
    if paths.is_empty() {
        return Ok(LoadedRules::default());
    }
    let loaded = read(paths, settings)?;
    let errors = errors(&loaded.problems).count();
    if errors > 0 {
        let _ = writeln!(
            io::stderr(),
            "sekisho: {errors} problems with rules; `sekisho rules --lint` says which, and what to do"
        );
    }
    Ok(loaded)
}

fn errors(problems: &[RuleProblem]) -> impl Iterator<Item = &RuleProblem> {
    problems.iter().filter(|problem| problem.is_error)
}

fn read(paths: &[PathBuf], settings: &Settings) -> Result<LoadedRules, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let is_folder = path.is_dir();
        for given in gather(std::slice::from_ref(path)) {
            let is_meant = |name: &str| !is_folder || is_rule_file(name) || is_archive(name);
            files.extend(open(given, &is_meant)?);
        }
    }
    Ok(LoadedRules::new(files, &settings.rules.lists))
}

/// In a folder, archives are looked into as well.
fn is_archive(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("zip")
}

fn open(given: Given, is_meant: &dyn Fn(&str) -> bool) -> Result<Vec<RuleText>, Failure> {
    Ok(match given {
        Given::Bytes { name, bytes } => rule_files(&name, bytes.len() as u64, &bytes),
        Given::File { name, .. } if !is_meant(&name) => Vec::new(),
        Given::File { name, path, size, .. } => {
            let failed = |error: io::Error| Failure::File {
                path: path.display().to_string(),
                what: error.to_string(),
            };
            rule_files(&name, size, &NativeFile::open(&path).map_err(failed)?)
        }
        Given::Unreadable { name, what } => return Err(Failure::File { path: name, what }),
    })
}

/// Lists rules, or says what is wrong with them.
pub(super) fn rules(options: &RulesOptions) -> Result<Status, Failure> {
    let mut settings = read_settings(options.settings.as_deref())?;
    options.which.apply(&mut settings.rules);
    let loaded = read(&options.paths, &settings)?;
    let mut out = output(None)?;
    if options.lint {
        for problem in &loaded.problems {
            write_problem(&mut out, problem, options.lang)?;
        }
    } else {
        let listed = loaded.set.rules().iter().filter(|rule| settings.rules.lets_speak(rule));
        for rule in listed {
            let (id, title) = (visible(&rule.id), visible(&rule.title));
            let (level, source) = (rule.level.word(), visible(&rule.source.name()));
            writeln!(out, "{id}\t{level}\t{source}\t{title}")?;
        }
    }
    out.flush()?;
    Ok(match (loaded.set.rules().is_empty(), errors(&loaded.problems).next()) {
        (true, _) => Status::Nothing,
        (false, Some(_)) => Status::Partial,
        (false, None) => Status::NoEvidence,
    })
}

/// `file:12: error: rule: what is wrong. What to do.`
fn write_problem(out: &mut dyn Write, problem: &RuleProblem, lang: Lang) -> Result<(), Failure> {
    let lang: Language = lang.into();
    let kind = match (problem.is_error, lang) {
        (true, Language::En) => "error",
        (true, Language::Ja) => "エラー",
        (false, Language::En) => "warning",
        (false, Language::Ja) => "警告",
    };
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let rule = problem.rule.as_ref().map(|rule| format!("{}: ", visible(rule)));
    writeln!(
        out,
        "{}{line}: {kind}: {}{} {}",
        visible(&problem.file),
        rule.unwrap_or_default(),
        problem.what.in_language(lang),
        problem.hint.in_language(lang),
    )?;
    Ok(())
}
