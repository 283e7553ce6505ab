//! What stands in files that may have leaked: whose addresses and numbers, which secrets, settings
//! and markings. Each file counts apart; what could not be opened is listed as not inspected.
//!
//! Nothing is told by a file's name, and no secret is shown in full.

mod compound;
mod domain;
mod look;
mod mail;
mod markup;
mod outlook;
mod pdf;
mod property;
mod said;

pub use domain::DomainClass;
pub use look::{FoundKind, Hit, look};
pub use said::{csv, text};

use crate::base::{Arrange, Fingerprint, Gather, Text};
use crate::input::{Entry, Options, ReadAt, Visit, walk};
use compound::Compound;
use property::Property;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// Bytes of one document that are inspected.
const DOCUMENT_BYTES: u64 = 32 << 20;
/// Places of one kind that are listed.
const PLACES: usize = 200;
/// Attachments inside attachments that are opened.
const DEPTH: usize = 4;

/// What was inspected and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The documents whose text was read, in order.
    pub documents: Vec<Document>,
    /// What was found, by kind: all documents together.
    pub found: Vec<Found>,
    /// The domains of e-mail addresses, those with most addresses first.
    pub domains: Vec<Domain>,
    /// What could not be opened, and why.
    pub not_inspected: Vec<NotInspected>,
    /// Records of logs that name the files: who took or read them.
    pub taken: Vec<Taken>,
}

/// A record of a log that names an inspected file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Taken {
    /// The file's name, as inspected.
    pub file: String,
    /// When, UTC.
    pub time: Option<String>,
    /// The account, where the record names one.
    pub account: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// What was done, in the words of the log; of requests, method and status.
    pub action: String,
    /// The file or address as the record names it.
    pub named: String,
    /// The log.
    pub source: String,
    /// First byte of the record in the unpacked stream.
    pub offset: u64,
}

/// A document whose text was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The file as given.
    pub file: String,
    /// Path inside it, for what lies in an archive or is attached.
    pub path_inside: Option<String>,
    /// Characters of text.
    pub characters: u64,
    /// Different values of each kind.
    pub found: BTreeMap<FoundKind, u64>,
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub kind: FoundKind,
    /// Different values in all documents.
    pub count: u64,
    /// Where, the first of each value: at most 200.
    pub places: Vec<Place>,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as given.
    pub file: String,
    /// Path inside it.
    pub path_inside: Option<String>,
    /// The page, from 1, of what has pages; none for what stands on none of them.
    pub page: Option<u64>,
    /// Line of the text, or of the page, from 1; of a document of an office program, paragraph or row.
    pub line: u64,
    /// The value; secrets are masked.
    pub shown: String,
}

/// The addresses of one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Domain {
    /// The domain in small letters.
    pub domain: String,
    /// Whose it is.
    pub class: DomainClass,
    /// Different addresses.
    pub addresses: u64,
}

/// Something that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotInspected {
    /// The file as given.
    pub file: String,
    /// Path inside it.
    pub path_inside: Option<String>,
    /// Why not.
    pub reason: Text,
}

/// Inspects files one after another.
#[derive(Default)]
pub struct Inspector {
    own: Vec<String>,
    passwords: Vec<String>,
    inspection: Inspection,
    found: BTreeMap<FoundKind, Gathered>,
    /// The domain of each address.
    addresses: BTreeMap<String, BTreeSet<Fingerprint>>,
}

#[derive(Default)]
struct Gathered {
    values: BTreeSet<Fingerprint>,
    places: Vec<Place>,
}

/// Where a text lies.
#[derive(Clone)]
struct At {
    file: String,
    path_inside: Option<String>,
    depth: usize,
}

impl At {
    fn inside(&self, path: Option<&str>) -> Self {
        let parts = self.path_inside.as_deref().into_iter().chain(path);
        let path = parts.collect::<Vec<_>>().join("/");
        Self { path_inside: (!path.is_empty()).then_some(path), ..self.clone() }
    }
}

impl Inspector {
    /// `own`: the organisation's own mail domains; `passwords`: tried on what is encrypted.
    pub fn new(own: &[String], passwords: &[String]) -> Self {
        Self { own: own.to_vec(), passwords: passwords.to_vec(), ..Self::default() }
    }

    /// Inspects a file.
    pub fn file(&mut self, name: &str, size: u64, source: &dyn ReadAt) {
        let at = At { file: name.to_owned(), path_inside: None, depth: 0 };
        self.source(&at, size, source);
    }

    /// Notes a file that could not be opened.
    pub fn unreadable(&mut self, name: &str, what: &str) {
        let at = At { file: name.to_owned(), path_inside: None, depth: 0 };
        let reason = Text::new(
            format!("It could not be read: {what}"),
            format!("読み取れませんでした:{what}"),
        );
        self.leave(&at, reason);
    }

    /// The names by which logs may know what was inspected: the files', and those of what lies in
    /// archives, without the parts of documents.
    pub fn names(&self) -> BTreeSet<String> {
        let documents = self.inspection.documents.iter();
        let not = self.inspection.not_inspected.iter();
        let paths = documents
            .flat_map(|of| [Some(&of.file), of.path_inside.as_ref()])
            .chain(not.flat_map(|of| [Some(&of.file), of.path_inside.as_ref()]))
            .flatten();
        let parts = paths.flat_map(|path| path.split(['/', '\\']));
        let is_name = |part: &&str| {
            let end = part.rsplit_once('.').map(|(_, end)| end);
            end.is_some_and(|end| !end.is_empty() && !matches!(end, "xml" | "rels"))
        };
        parts.filter(is_name).map(str::to_lowercase).gather()
    }

    /// What was found in all files.
    pub fn finish(mut self) -> Inspection {
        let found = std::mem::take(&mut self.found).into_iter();
        self.inspection.found = found
            .map(|(kind, of)| Found { kind, count: of.values.len() as u64, places: of.places })
            .collect();
        let mut domains: Vec<Domain> = self
            .addresses
            .iter()
            .map(|(domain, addresses)| Domain {
                class: DomainClass::of(domain, &self.own),
                domain: domain.clone(),
                addresses: addresses.len() as u64,
            })
            .collect();
        domains.arrange_by(|a, b| (b.addresses, &a.domain).cmp(&(a.addresses, &b.domain)));
        self.inspection.domains = domains;
        self.inspection
    }

    /// Walks through a file or an attachment.
    fn source(&mut self, at: &At, size: u64, source: &dyn ReadAt) {
        let passwords = self.passwords.clone();
        let options =
            Options { passwords: &passwords, opens_documents: true, ..Options::default() };
        let mut visit = |entry: &Entry, reader: &mut dyn Read| {
            let at = at.inside(entry.path_inside.as_deref());
            let mut bytes = Vec::new();
            let read = reader.take(DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
            if read.is_ok() && bytes.len() as u64 > DOCUMENT_BYTES {
                bytes.truncate(DOCUMENT_BYTES as usize);
                self.leave(&at, TOO_LONG);
            }
            self.document(&at, &bytes);
            Visit::Next
        };
        let walked = walk(source, size, &options, &mut visit);
        for met in walked.faults {
            self.leave(&at.inside(met.path_inside.as_deref()), met.fault.words().0);
        }
        for part in walked.left_out {
            self.leave(&at.inside(part.path_inside.as_deref()), part.reason.words().0);
        }
    }

    fn leave(&mut self, at: &At, reason: Text) {
        self.inspection.not_inspected.push(NotInspected {
            file: at.file.clone(),
            path_inside: at.path_inside.clone(),
            reason,
        });
    }

    /// Inspects what is no container.
    fn document(&mut self, at: &At, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if pdf::is_pdf(bytes) {
            return self.pdf(at, bytes);
        }
        if compound::is_compound(bytes) {
            return self.compound(at, bytes);
        }
        if let Some(reason) = unreadable(bytes) {
            return self.leave(at, reason);
        }
        if mail::is_mail(bytes) {
            return self.mail(at, bytes);
        }
        let text = mail::plain(bytes);
        if text.trim_start().starts_with("<?xml") || is_html(&text) {
            self.text(at, &markup::text(&text), &[], property::of_markup(&text));
        } else {
            self.plain(at, &text);
        }
    }

    fn pdf(&mut self, at: &At, bytes: &[u8]) {
        let read = pdf::read(bytes, &mut |name, bytes| self.attached(at, &name, bytes));
        match read {
            Ok(read) => {
                self.text(at, &read.text, &read.pages, read.properties);
                read.left_out.into_iter().for_each(|reason| self.leave(at, reason));
            }
            Err(reason) => self.leave(at, reason),
        }
    }

    fn compound(&mut self, at: &At, bytes: &[u8]) {
        let Some(file) = Compound::open(bytes) else { return self.leave(at, DAMAGED) };
        match outlook::kind(&file) {
            outlook::Kind::Document(reason) => self.leave(at, reason),
            outlook::Kind::Message => {
                let left_out = outlook::parts(&file, &mut |part| self.part(at, part));
                left_out.into_iter().for_each(|reason| self.leave(at, reason));
            }
        }
    }

    fn mail(&mut self, at: &At, bytes: &[u8]) {
        mail::parts(bytes).into_iter().for_each(|part| self.part(at, part));
    }

    fn part(&mut self, at: &At, part: mail::Part) {
        match part {
            mail::Part::Text(text) => self.plain(at, &text),
            mail::Part::File(name, bytes) => self.attached(at, &name, bytes),
        }
    }

    fn attached(&mut self, at: &At, name: &str, bytes: Vec<u8>) {
        let mut inner = at.inside(Some(name));
        inner.depth += 1;
        if inner.depth > DEPTH {
            self.leave(&inner, TOO_DEEP);
        } else {
            self.source(&inner, bytes.len() as u64, &bytes);
        }
    }

    fn plain(&mut self, at: &At, text: &str) {
        self.text(at, text, &[], Vec::new());
    }

    /// `pages`: the line, from 1, with which each page begins.
    fn text(&mut self, at: &At, text: &str, pages: &[u64], said: Vec<Property>) {
        let hits = said.into_iter().map(Property::hit).chain(look(text));
        let mut found = BTreeMap::<FoundKind, BTreeSet<Fingerprint>>::new();
        for hit in hits {
            found.entry(hit.kind).or_default().insert(hit.value);
            self.hit(at, pages, hit);
        }
        let characters = text.chars().count() as u64;
        let counted = found.into_iter().map(|(kind, values)| (kind, values.len() as u64)).collect();
        let (file, path_inside) = (at.file.clone(), at.path_inside.clone());
        self.inspection.documents.push(Document { file, path_inside, characters, found: counted });
    }

    fn hit(&mut self, at: &At, pages: &[u64], hit: Hit) {
        let gathered = self.found.entry(hit.kind).or_default();
        if gathered.values.insert(hit.value) && gathered.places.len() < PLACES {
            let (file, path_inside) = (at.file.clone(), at.path_inside.clone());
            let (page, line) = placed(pages, hit.line);
            gathered.places.push(Place { file, path_inside, page, line, shown: hit.shown });
        }
        if let Some(domain) = hit.domain {
            self.addresses.entry(domain).or_default().insert(hit.value);
        }
    }
}

/// The page that a line of a text is on, and the line there.
fn placed(pages: &[u64], line: u64) -> (Option<u64>, u64) {
    let page = pages.partition_point(|first| *first <= line);
    match page.checked_sub(1).and_then(|at| pages.get(at)) {
        Some(first) => (Some(page as u64), line - first + 1),
        None => (None, line.max(1)),
    }
}

fn is_html(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(200).collect();
    let head = head.to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html")
}

/// Why bytes are no text that is read; none where they are.
fn unreadable(bytes: &[u8]) -> Option<Text> {
    const IMAGES: [&[u8]; 6] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let wide = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let odd = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    if IMAGES.iter().any(|magic| bytes.starts_with(magic)) && odd > 0 {
        return Some(Text::fixed(
            "An image: text in it is not read.",
            "画像のため、写っている文字は読み取れません。",
        ));
    }
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    let is_wide = wide || zeros * 5 > head.len() * 2 && zeros * 4 < head.len() * 3 + 4;
    (odd * 50 > head.len() && !is_wide).then(|| {
        Text::fixed("It holds no text that is read.", "読み取れる文字を含まない形式です。")
    })
}

const TOO_LONG: Text =
    Text::fixed("Only the first 32 MiB of it were inspected.", "先頭の32 MiBのみを検査しました。");
const DAMAGED: Text = Text::fixed(
    "A message or document of an office program that is damaged or cut off: it is not read.",
    "メッセージまたはOffice文書が破損しているか、途中で切れているため、読み取れません。",
);
const TOO_DEEP: Text = Text::fixed(
    "It is attached inside too many other messages.",
    "添付の入れ子が深すぎるため、開いていません。",
);

#[cfg(test)]
mod tests;
