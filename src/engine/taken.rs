//! Finds the records that name some files: who took or read what has leaked.

use super::plan::{Job, JobKind};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use crate::base::{Fingerprint, Stamp, rfc3339};
use crate::detect::Seen;
use crate::event::{Event, Field};
use crate::input::ReadAt;
use crate::inspect::Taken;
use std::collections::BTreeSet;

/// Records of one job that are listed.
const LISTED: usize = 10_000;

/// The records of a job that name one of some files; names are given in small letters.
pub fn taken(
    prepared: &Prepared,
    job: &Job,
    source: &dyn ReadAt,
    names: &BTreeSet<String>,
    progress: &mut dyn FnMut(u64),
) -> Vec<Taken> {
    let mut finder = Finder { prepared, names, found: Vec::new() };
    if job.kind == JobKind::Scan && !names.is_empty() {
        read_job(prepared, job, source, &mut Memory::default(), &mut finder, progress);
    }
    finder.found
}

struct Finder<'f> {
    prepared: &'f Prepared,
    names: &'f BTreeSet<String>,
    found: Vec<Taken>,
}

impl Visitor for Finder<'_> {
    fn seen(&mut self, seen: &Seen<'_>, _: Places) {
        self.look(seen.event);
    }

    fn other(&mut self, event: &Event<'_>, _: Stamp, _: Option<Fingerprint>) {
        self.look(event);
    }
}

impl Finder<'_> {
    fn look(&mut self, event: &Event<'_>) {
        let fields = [Field::FilePath, Field::FileName, Field::Target];
        let named = fields.into_iter().find_map(|field| {
            let text = event.fields.text(field)?;
            let is_url = field == Field::Target;
            self.name(text, is_url).map(|name| (name, text))
        });
        let Some((file, named)) = named.filter(|_| self.found.len() < LISTED) else { return };
        let text = |field| Some(String::from_utf8_lossy(event.fields.text(field)?).into_owned());
        let action = text(Field::Action).or_else(|| {
            let (method, status) = (text(Field::Method)?, text(Field::Status)?);
            Some(format!("{method} {status}"))
        });
        let stream = self.prepared.stream(event.location.stream);
        let source = stream.and_then(|stream| {
            self.prepared.plan.sources.iter().find(|source| source.id == stream.of)
        });
        self.found.push(Taken {
            file,
            time: event.time.stamp().map(|stamp| rfc3339(stamp.at)),
            account: text(Field::UserName).or_else(|| text(Field::UserEmail)),
            address: text(Field::SourceAddress),
            action: action.unwrap_or_default(),
            named: String::from_utf8_lossy(named).into_owned(),
            source: source.map_or_else(|| "-".to_owned(), |source| source.name.clone()),
            offset: event.location.offset,
        });
    }

    /// The file that a path names, if it is one of those looked for.
    fn name(&self, path: &[u8], is_url: bool) -> Option<String> {
        let path = match is_url {
            true => path.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or(path),
            false => path,
        };
        let last = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next()?;
        let last = if is_url { decoded(last) } else { last.to_vec() };
        let name = String::from_utf8_lossy(&last).to_lowercase();
        self.names.contains(&name).then_some(name)
    }
}

/// A part of an address without its percent signs.
fn decoded(text: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| char::from(*byte?).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let code = (*byte == b'%').then(|| hex(text.get(at + 1)).zip(hex(text.get(at + 2))));
        match code.flatten() {
            Some((high, low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}
