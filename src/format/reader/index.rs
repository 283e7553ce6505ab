//! What formats are looked up by.

use super::Reader;
use crate::base::{Fingerprint, Glob, Table};
use crate::format::FormatIndex;
use crate::format::compiled::{Compiled, Method, Text};
use crate::format::gate::{self, Bytes, Gates, Names};
use crate::format::keys::hashed;
use crate::format::recall::Asked;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Formats of the programs whose names are of a form, by what that begins with.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    /// By the first bytes, in lower case.
    forms: Table<Vec<(Glob, FormatIndex)>>,
    /// How many bytes these are.
    lengths: Vec<usize>,
    /// The first of them.
    begins: Bytes,
}

impl Beginnings {
    /// First bytes of a name that count.
    const MOST: usize = 4;

    fn add(&mut self, form: &Glob, format: FormatIndex) {
        let first = form.beginning().as_bytes();
        let first = &first[..first.len().min(Self::MOST)];
        if !self.lengths.contains(&first.len()) {
            self.lengths.push(first.len());
        }
        let begins = |byte| first.first().is_none_or(|first| *first == byte);
        self.begins = self.begins.or(Bytes::that(begins));
        self.forms.entry(hashed(first), Vec::new).push((form.clone(), format));
    }

    /// The formats of a name in lower case.
    fn of<'s>(&'s self, name: &'s [u8]) -> impl Iterator<Item = FormatIndex> + use<'s> {
        // Most names begin otherwise.
        let may_be = name.first().is_none_or(|byte| self.begins.has(*byte));
        let lengths = if may_be { self.lengths.as_slice() } else { &[] };
        let beginnings = lengths.iter().filter_map(|length| name.get(..*length));
        let forms = beginnings.filter_map(|first| self.forms.get(hashed(first))).flatten();
        forms.filter(|(form, _)| form.fits(name)).map(|(_, format)| *format)
    }
}

/// The names that each claim of a JSON format needs, and the first of them.
fn names_of_claims(format: &Compiled) -> impl Iterator<Item = (Option<u64>, Names)> {
    format.mapping.needed_names().map(|names| {
        let names: Vec<_> = names.into_iter().map(|name| hashed(name.as_bytes())).collect();
        (names.first().copied(), Names::of(&names))
    })
}

impl Reader {
    pub(super) fn indexed(mut formats: Vec<Compiled>) -> Self {
        let (mut grams, heads) = gate::close(&mut formats);
        let place = |id: &str| formats.iter().position(|format| &*format.id == id);
        let whole = |(own, format): (usize, &Compiled)| {
            format.part_of.as_deref().and_then(place).unwrap_or(own) as FormatIndex
        };
        let counts_as: Vec<_> = formats.iter().enumerate().map(whole).collect();
        let mut gates = |asked: Asked, is_in: fn(&Compiled) -> bool| {
            let formats = (0..).zip(&formats).filter(move |(_, format)| is_in(format));
            Gates::of(asked, formats, &mut grams)
        };
        let mut reader = Self {
            particular: gates(Asked::Particular, |format| format.is_bare() && !format.is_generic()),
            generic: gates(Asked::Generic, |format| format.is_bare() && format.is_generic()),
            any_program: gates(Asked::AnyProgram, |format| {
                format.is_generic() && format.has_programs()
            }),
            grams,
            heads,
            texts: vec![Vec::new(); formats.len()],
            direct: vec![Vec::new(); formats.len()],
            of_programs: vec![false; formats.len()],
            syslog: ["sshd_3164", "syslog_5424"].map(|id| place(id).map(|at| at as FormatIndex)),
            counts_as,
            by_key: Table::default(),
            any_json: Vec::new(),
            by_program: Table::default(),
            by_beginning: Beginnings::default(),
            no_comments: Vec::new(),
            formats,
        };
        reader.index();
        reader
    }

    /// The formats whose streams' records can be tried for a format at once.
    fn streams_of(&self, index: FormatIndex, format: &Compiled) -> BTreeSet<FormatIndex> {
        let whole = self.counts_as.get(usize::from(index)).filter(|_| format.is_direct());
        let place = |id: &str| self.formats.iter().position(|other| &*other.id == id);
        let within = format.within.iter().filter_map(|id| self.counts_as.get(place(id)?));
        let open = self.formats.iter().zip(&self.counts_as);
        let open = open.filter(|(other, _)| other.is_open_to(format) && !format.is_generic());
        let open = open.map(|(_, counts_as)| counts_as);
        whole.into_iter().chain(within).chain(open).copied().collect()
    }

    /// Notes under what each format is looked for.
    fn index(&mut self) {
        for (index, format) in (0..).zip(&self.formats) {
            for stream in self.streams_of(index, format) {
                let direct = self.direct.get_mut(usize::from(stream));
                direct.into_iter().for_each(|direct| direct.push(index));
            }
            match &format.method {
                Method::Json => {
                    for (name, needed) in names_of_claims(format) {
                        match name {
                            Some(name) => {
                                self.by_key.entry(name, Vec::new).push((needed, index));
                            }
                            None => self.any_json.push(index),
                        }
                    }
                }
                Method::Text(text) => {
                    // Generic texts of programs are tried last, by their gates.
                    let programs = text.programs.iter().filter(|_| !format.is_generic());
                    programs.for_each(|program| match program.exact() {
                        Some(name) => {
                            self.by_program.entry(hashed(name.as_bytes()), Vec::new).push(index);
                        }
                        None => self.by_beginning.add(program, index),
                    });
                    let whole = self.counts_as.get(usize::from(index)).copied();
                    if format.names_programs()
                        && let Some(of_programs) =
                            whole.and_then(|whole| self.of_programs.get_mut(usize::from(whole)))
                    {
                        *of_programs = true;
                    }
                    let texts = whole.and_then(|whole| self.texts.get_mut(usize::from(whole)));
                    texts.into_iter().for_each(|texts| texts.push(index));
                    let beginnings = text.patterns.iter().filter_map(|p| p.pattern.beginning());
                    let marked = beginnings.filter(|beginning| beginning.starts_with(b"#"));
                    self.no_comments.extend(marked.map(Into::into));
                }
                _ => {}
            }
        }
        // Those with a header come first: it tells at once what is not theirs.
        let is_headed = |index: &FormatIndex| {
            self.formats.get(usize::from(*index)).is_some_and(Compiled::is_headed)
        };
        self.direct.iter_mut().for_each(|direct| direct.sort_by_key(|index| !is_headed(index)));
    }

    /// The formats of the messages of a program, in their order.
    pub(super) fn formats_of(&self, program: &[u8]) -> Rc<[FormatIndex]> {
        let name = program.to_ascii_lowercase();
        let mut formats: Vec<_> =
            self.by_program.get(hashed(&name)).into_iter().flatten().copied().collect();
        formats.extend(self.by_beginning.of(&name));
        formats.sort_unstable();
        formats.dedup();
        formats.into()
    }

    /// What the records of a stream can be tried for before all others: its primary format, the
    /// parts of that, and formats within such streams.
    pub(super) fn direct(&self, primary: FormatIndex) -> &[FormatIndex] {
        self.direct.get(usize::from(primary)).map_or(&[], Vec::as_slice)
    }

    /// A text format, and those that are parts of it.
    pub(super) fn texts(&self, whole: FormatIndex) -> impl Iterator<Item = &Text> {
        let own = self.texts.get(usize::from(whole)).into_iter().flatten();
        own.filter_map(|index| match &self.format(*index)?.method {
            Method::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The JSON formats that may claim a record with these names, in order.
    pub(super) fn json_candidates(&self, names: &[Fingerprint]) -> Vec<FormatIndex> {
        let all = Names::of(names);
        let claims = names.iter().filter_map(|name| self.by_key.get(*name)).flatten();
        let claims = claims.filter(|(needed, _)| all.hold(needed)).map(|(_, index)| *index);
        let mut candidates: Vec<_> = claims.chain(self.any_json.iter().copied()).collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}
