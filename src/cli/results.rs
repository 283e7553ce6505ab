//! `result` and `rollup`: what a client gives back, and the results of all clients together.

use super::args::{ResultOptions, RollUpFormat, RollUpOptions};
use super::bundle::{of_file, random, secret, text_of, wrong};
use super::commands::output;
use super::diff::read;
use super::{Failure, Status, say};
use crate::base::Text;
use crate::finding::Question;
use crate::input::native::{Given as Gathered, gather};
use crate::report::Report;
use crate::share::{
    Checker, Day, Expected, Given, Giving, PseudonymKey, Recipient, RollUp, SecretKey, SetAside,
    block, seal, sealed,
};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Whom a result is for, and which questions matter to them.
pub(super) struct To {
    pub(super) recipient: Recipient,
    asked: Vec<Question>,
}

/// Makes a result of a report.
pub(super) fn result(options: &ResultOptions) -> Result<Status, Failure> {
    let report = read(&options.report)?;
    let to = options.to.as_deref().map(to).transpose()?;
    tell_of_key(&report, to.as_ref());
    let pseudonyms = match &to {
        Some(to) => to.recipient.pseudonyms,
        None => PseudonymKey::new(random()?),
    };
    let giving = Giving {
        report: &report,
        level: options.level.into(),
        client: &options.name,
        asked: to.as_ref().map_or(&[], |to| &to.asked),
        pseudonyms: &pseudonyms,
        made_on: options.day.unwrap_or_else(today),
    };
    let text = giving.text();
    let bytes = match to.filter(|_| !options.unsealed) {
        Some(to) => seal(text.as_bytes(), &to.recipient.key, random()?)
            .map_err(|error| Failure::Usage(error.to_string()))?,
        None => text.into_bytes(),
    };
    let mut out = output(options.out.as_deref())?;
    out.write_all(&bytes)?;
    out.flush()?;
    Ok(Status::NoEvidence)
}

/// Today, in UTC.
fn today() -> Day {
    Day::of(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// Says whose key it is, so that it can be compared; and that without one, pseudonyms are the
/// client's own.
fn tell_of_key(report: &Report, to: Option<&To>) {
    let by = report.settings.get("checker").and_then(|of| of.get("fingerprint")?.as_str());
    let own = to.map(|to| to.recipient.key.fingerprint());
    match (&own, by) {
        (Some(own), Some(by)) if own != by => {
            say(&format!("the report was made with a checker of the key {by}, not of {own}"));
        }
        (Some(own), _) => say(&format!("for the key {own}")),
        (None, _) => say("pseudonyms are made with a key that is used once: no other result has \
                          the same; with --to they are comparable"),
    }
}

/// Reads whom a result is for: a checker, the file of a recipient, or a vendor's own key.
pub(super) fn to(path: &Path) -> Result<To, Failure> {
    let text = text_of(path)?;
    if let Some((block, page)) = block(&text) {
        let content = sealed(block).ok_or(crate::share::CheckerError::Form);
        let opened = content.and_then(|content| Checker::open(&content, &page));
        let opened = opened.map_err(|error| wrong(path, &error))?;
        return Ok(To { recipient: opened.recipient(), asked: opened.checker.about.questions });
    }
    let recipient = match SecretKey::read(&text) {
        Ok(key) => Recipient::of(&key),
        Err(_) => Recipient::read(&text).map_err(|error| wrong(path, &error))?,
    };
    Ok(To { recipient, asked: Vec::new() })
}

/// Puts results together.
pub(super) fn rollup(options: &RollUpOptions) -> Result<Status, Failure> {
    let key = options.key.as_deref().map(secret).transpose()?;
    let expected = options.expected.as_deref().map(text_of).transpose()?;
    let expected = expected.map(|text| Expected::read(&text)).unwrap_or_default();
    let (files, unread) = files(&options.results);
    let given: Vec<_> = files.iter().map(|(name, bytes)| Given { name, bytes }).collect();
    let mut rollup = crate::share::rollup(&given, key.as_ref(), &expected);
    rollup.set_aside.extend(unread);
    rollup.set_aside.sort_unstable();
    let mut out = output(options.out.as_deref())?;
    out.write_all(written(&rollup, options).as_bytes())?;
    out.flush()?;
    Ok(match (rollup.clients.is_empty(), rollup.has_evidence(), rollup.set_aside.is_empty()) {
        (true, ..) => Status::Nothing,
        (_, true, _) => Status::Evidence,
        (.., true) => Status::NoEvidence,
        (.., false) => Status::Partial,
    })
}

fn written(rollup: &RollUp, options: &RollUpOptions) -> String {
    let language = options.lang.into();
    match options.format {
        RollUpFormat::Json => rollup.json(),
        RollUpFormat::Text => rollup.text(language),
        RollUpFormat::Csv => rollup.csv(language),
        RollUpFormat::Parties => rollup.parties(language),
    }
}

/// The files in some paths with their bytes, and those that cannot be opened.
pub(super) fn files(paths: &[std::path::PathBuf]) -> (Vec<(String, Vec<u8>)>, Vec<SetAside>) {
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for given in gather(paths) {
        let (name, read) = match given {
            Gathered::Bytes { name, bytes } => (name, Ok(bytes)),
            Gathered::File { name, path, .. } => {
                (name, fs::read(&path).map_err(|error| of_file(&path, &error).to_string()))
            }
            Gathered::Unreadable { name, what } => (name, Err(what)),
        };
        match read {
            Ok(bytes) => files.push((name, bytes)),
            Err(what) => unread.push(SetAside {
                file: name,
                why: Text::new(what.clone(), what),
                todo: Text::fixed(
                    "Give a file that can be read.",
                    "読み取れるファイルを指定してください。",
                ),
            }),
        }
    }
    (files, unread)
}
