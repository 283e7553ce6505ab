//! Indicator lists on the command line: read for a check, looked through by themselves, made into
//! private ones.

use super::args::IocsOptions;
use super::commands::output;
use super::{Failure, Status, say};
use crate::base::visible;
use crate::engine::{self, read_list};
use crate::input::native::{Given, gather};
use crate::intel::{Cost, Kind, Lists, PrivateList, Refused, SALT_BYTES};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Reads the lists of files and folders. `told` hears, with the list's name, of everything that is
/// not swept for.
pub(super) fn read_lists(
    paths: &[PathBuf],
    told: &mut dyn FnMut(&str, &Refused),
) -> Result<Lists, Failure> {
    let mut lists = Lists::default();
    for given in gather(paths) {
        let (name, bytes) = match given {
            Given::Bytes { name, bytes } => (name, bytes),
            Given::File { name, path, .. } => {
                let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
                (name, bytes)
            }
            Given::Unreadable { name, what } => return Err(Failure::File { path: name, what }),
        };
        read_list(&mut lists, &name, &bytes, &mut |refused| told(&name, refused));
    }
    Ok(lists)
}

/// Reads tables that say where networks are, and adds them to the lists. Rows that cannot be read
/// are said, and stand in the report.
pub(super) fn read_networks(lists: &mut Lists, paths: &[PathBuf]) -> Result<(), Failure> {
    for path in paths {
        let bytes = fs::read(path).map_err(|error| failed(path, &error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        engine::read_networks(lists, &name, &bytes, &mut |refused| {
            let (why, todo) = (refused.why.said(), refused.why.todo());
            let said = format!("{name}:{}: {} {}", refused.line, why.en, todo.en);
            say(&visible(&said));
        });
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::File { path: path.display().to_string(), what: error.to_string() }
}

pub(super) fn iocs(options: &IocsOptions) -> Result<Status, Failure> {
    if options.private { make_private(options) } else { lint(options) }
}

/// Says what each list holds, and of every part that is not swept for: file, line, reason and what
/// to do.
fn lint(options: &IocsOptions) -> Result<Status, Failure> {
    let mut out = output(options.out.as_deref())?;
    let language = options.lang.into();
    let mut failure = None;
    let lists = read_lists(&options.paths, &mut |name, refused| {
        let (why, todo) = (refused.why.said(), refused.why.todo());
        let (why, todo) = (why.in_language(language), todo.in_language(language));
        let line = format!("{name}:{}: «{}» {why} {todo}", refused.line, refused.text);
        failure = failure.take().or(writeln!(out, "{}", visible(&line)).err());
    })?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    for id in lists.ids() {
        let counted = |counts: &BTreeMap<String, u32>| {
            let each: Vec<_> =
                counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
            if each.is_empty() { "0".to_owned() } else { each.join(", ") }
        };
        let (swept, not_swept) = (counted(&id.swept), counted(&id.not_swept));
        let told = format!(
            "{}: {}, swept: {swept}; repeated: {}; not swept: {not_swept}",
            id.name, id.format, id.repeated
        );
        writeln!(out, "{}", visible(&told))?;
    }
    out.flush()?;
    let is_partial = lists.ids().iter().any(|id| !id.not_swept.is_empty());
    Ok(match (lists.is_empty(), is_partial) {
        (true, _) => Status::Nothing,
        (false, true) => Status::Partial,
        (false, false) => Status::NoEvidence,
    })
}

/// Makes one private list of everything that the lists hold. Ranges cannot be part of one: a digest
/// of a range meets no address.
fn make_private(options: &IocsOptions) -> Result<Status, Failure> {
    let mut is_partial = false;
    let lists = read_lists(&options.paths, &mut |name, refused| {
        is_partial = true;
        let why = refused.why.said();
        say(&format!("{name}:{}: «{}» {}", refused.line, refused.text, why.en));
    })?;
    let mut values = BTreeSet::new();
    for id in 0..lists.len() as u32 {
        match lists.value(id) {
            Some((Kind::Network, _, text)) => {
                is_partial = true;
                say(&format!("{text}: a range of addresses cannot be part of a private list"));
            }
            Some((kind, _, text)) => drop(values.insert((kind, text.to_owned()))),
            None => {}
        }
    }
    if values.is_empty() {
        return Err(Failure::Usage("the lists hold nothing for a private list".to_owned()));
    }
    let started = std::time::Instant::now();
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| Failure::Usage(error.to_string()))?;
    let bar = super::progress::Progress::new(values.len() as u64);
    let made = PrivateList::make(&values, salt, Cost::default(), &mut |done| {
        bar.add(u64::from(done > 0));
        true
    });
    bar.finish();
    let made = made.map_err(Failure::Usage)?.unwrap_or_default();
    let mut out = output(options.out.as_deref())?;
    writeln!(out, "{made}")?;
    out.flush()?;
    say(&format!("{} digests in {:.1} s", values.len(), started.elapsed().as_secs_f64()));
    say(
        "who holds the list can try guesses: all IPv4 addresses, and short or common names, can be found so",
    );
    Ok(if is_partial { Status::Partial } else { Status::NoEvidence })
}
