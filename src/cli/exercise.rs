//! `exercise`: what is asked of a case to practise on, hints, marks, the sealed key, and a class.

use super::args::{ClassFormat, ExerciseFormat, ExerciseStep, ExerciseWritten};
use super::bundle::{random, secret, text_of, wrong};
use super::commands::output;
use super::generate::wanted;
use super::results::{files, to};
use super::{Failure, Status, say};
use crate::base::{json_document, visible};
use crate::share::{seal, unseal};
use crate::train::Wanted;
use crate::train::exercise::{
    Asked, Exercise, Handed, Level, Sheet, asked, class, items, questions,
};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn exercise(step: &ExerciseStep) -> Result<Status, Failure> {
    match step {
        ExerciseStep::Questions { case, written } => put(&wanted(case)?, written)?,
        ExerciseStep::Sheet { case, out } => {
            write(out.as_deref(), Sheet::of(&wanted(case)?).write().as_bytes())?;
        }
        ExerciseStep::Hint { sheet, question, level, lang } => {
            let hint = hint(sheet, question, *level)?;
            write(None, format!("{}\n", hint.in_language((*lang).into())).as_bytes())?;
        }
        ExerciseStep::Score { sheet, result, written } => score(sheet, result.as_deref(), written)?,
        ExerciseStep::Key { case, to, written } => key(wanted(case)?, to.as_deref(), written)?,
        ExerciseStep::Open { sealed, key, out } => {
            let bytes = fs::read(sealed).map_err(|error| wrong(sealed, &error))?;
            let opened = unseal(&bytes, &secret(key)?).map_err(|error| wrong(sealed, &error))?;
            write(out.as_deref(), &opened)?;
        }
        ExerciseStep::Class { results, format, lang, out } => {
            return of_class(results, *format, (*lang).into(), out.as_deref());
        }
    }
    Ok(Status::NoEvidence)
}

fn write(out: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    let mut out = output(out)?;
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// The exercise on a case.
fn made(wanted: Wanted) -> Result<Exercise, Failure> {
    Ok(Exercise::of(wanted, &mut |_, _| ())?)
}

fn read(path: &Path) -> Result<Sheet, Failure> {
    Sheet::read(&text_of(path)?).map_err(|error| wrong(path, &error))
}

fn put(wanted: &Wanted, written: &ExerciseWritten) -> Result<(), Failure> {
    let case = wanted.to_string();
    let text = match written.format {
        ExerciseFormat::Text => asked(&case, written.lang.into()),
        ExerciseFormat::Json => {
            let all = json!({ "training": case, "questions": questions(), "items": items() });
            json_document(all)
        }
    };
    write(written.out.as_deref(), text.as_bytes())
}

/// Gives a hint, and notes in the sheet that it was taken.
fn hint(path: &Path, question: &str, level: u8) -> Result<crate::base::Text, Failure> {
    let known = || Asked::ALL.map(Asked::name).join(", ");
    let asked = Asked::named(question)
        .ok_or_else(|| Failure::Usage(format!("{question}: expected one of {}", known())))?;
    let of = Level::numbered(level)
        .ok_or_else(|| Failure::Usage("there are three levels of hints: 1, 2 and 3".to_owned()))?;
    let mut sheet = read(path)?;
    let hint = made(sheet.wanted()?)?.hint(asked, of);
    let given = sheet.answers.entry(asked).or_default();
    given.hints = given.hints.max(level);
    fs::write(path, sheet.write()).map_err(|error| wrong(path, &error))?;
    Ok(hint)
}

fn score(path: &Path, result: Option<&Path>, written: &ExerciseWritten) -> Result<(), Failure> {
    let sheet = read(path)?;
    let exercise = made(sheet.wanted()?)?;
    if let Some(result) = result {
        write(Some(result), exercise.result(&sheet).write().as_bytes())?;
    }
    let debrief = exercise.debrief(&sheet);
    let text = match written.format {
        ExerciseFormat::Text => visible_lines(&debrief.text(&sheet, written.lang.into())),
        ExerciseFormat::Json => serde_json::to_string(&debrief)? + "\n",
    };
    write(written.out.as_deref(), text.as_bytes())
}

/// What a sheet says is a stranger's text.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| visible(line) + "\n").collect()
}

fn key(wanted: Wanted, recipient: Option<&Path>, written: &ExerciseWritten) -> Result<(), Failure> {
    let exercise = made(wanted)?;
    let key = exercise.key();
    say(&format!("SHA-256 of the key of {wanted}: {}", key.digest()));
    let text = match written.format {
        ExerciseFormat::Text if recipient.is_none() => exercise.walk_through(written.lang.into()),
        _ => key.write(),
    };
    let bytes = match recipient {
        None => text.into_bytes(),
        Some(path) => seal(text.as_bytes(), &to(path)?.recipient.key, random()?)
            .map_err(|error| Failure::Usage(error.to_string()))?,
    };
    write(written.out.as_deref(), &bytes)
}

fn of_class(
    results: &[PathBuf],
    format: ClassFormat,
    language: crate::base::Language,
    out: Option<&Path>,
) -> Result<Status, Failure> {
    let (files, unread) = files(results);
    let texts: Vec<_> =
        files.iter().map(|(name, bytes)| (name.as_str(), String::from_utf8_lossy(bytes))).collect();
    let handed: Vec<_> = texts.iter().map(|(name, text)| Handed { name, text }).collect();
    let mut class = class(&handed);
    class.not_read(unread.into_iter().map(|file| (file.file, file.why)));
    let text = match format {
        ClassFormat::Text => visible_lines(&class.text(language)),
        ClassFormat::Json => class.json(),
        ClassFormat::Csv => class.csv(language),
    };
    write(out, text.as_bytes())?;
    Ok(match (class.rows.is_empty(), class.set_aside.is_empty()) {
        (true, _) => Status::Nothing,
        (_, true) => Status::NoEvidence,
        (_, false) => Status::Partial,
    })
}
