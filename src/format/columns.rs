//! Logs in columns: which line names them, and how a record is split.

use super::condition::Holding;
use super::definition::Definition;
use super::keys::Arrangement;
use super::known::Known;
use super::mapping::Mapping;
use crate::base::{Gather, Wrong};
use crate::text::{Pair, Pairs, Value, csv};
use bumpalo::Bump;
use std::cell::{Cell, OnceCell};

/// Comment lines that are kept, of different names.
const DIRECTIVES: usize = 16;

/// Kinds of records in columns that are told apart.
const ARRANGED: usize = 16;

/// Columns whose names are made beforehand, where a description lists names.
const NUMBERED: usize = 128;

/// Columns that most records have no more of.
const USUAL: usize = 32;

/// The name of a column, counted from 0, that nothing names.
fn numbered(at: usize) -> Box<[u8]> {
    format!("column_{}", at + 1).into_bytes().into()
}

/// How a log's records stand in columns.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    separator: Separator,
    header: Header,
    /// The names that are known; where no line names more, also those of columns by number.
    names: Vec<Box<[u8]>>,
    /// By what the format asks for, the column that says it, where no other does.
    only: Vec<Option<usize>>,
    requires: Vec<Box<[u8]>>,
}

/// The columns of a record, as they were split last: several formats may ask for the same.
pub(super) type Split<'a> = Cell<Option<(Separator, &'a [&'a [u8]])>>;

/// What stands between columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Byte(u8),
    /// Spaces, but for those in quotes and brackets.
    Words,
}

#[derive(Clone, Debug)]
enum Header {
    /// The names are known.
    None,
    /// The line begins so, and names them behind.
    Prefix(Box<[u8]>),
    /// The first line holds nothing but names.
    First,
}

/// The name of a comment line, and what it says.
type Directive = (Box<[u8]>, Box<[u8]>);

/// Columns that a line named.
#[derive(Clone, Debug)]
struct Named {
    format: super::FormatIndex,
    names: Vec<Box<[u8]>>,
}

/// What a stream has said so far that later records are read by.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The columns, and the format that they are of.
    columns: Option<Named>,
    /// What comment lines said: `#Date: 2021-05-06 10:02:03`, or Zeek's `#path`, with a tab.
    directives: Vec<Directive>,
    /// The line that named the columns.
    header: Box<[u8]>,
    /// Whether any record was seen.
    begun: bool,
    /// What records have in common, once one asked for it.
    known: OnceCell<Box<Known>>,
    /// Where what formats in columns ask for stands in their records, once some were read.
    arranged: OnceCell<Box<[Arranged; ARRANGED]>>,
}

/// Where what a format in columns asks for stands in some records.
type Arranged = OnceCell<(Columned, Arrangement)>;

/// What the names of a record in columns follow from, until a line says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columned {
    pub format: super::FormatIndex,
    /// How many pairs it has.
    pub pairs: usize,
    /// Whether these are named by lines of the stream.
    pub is_named: bool,
}

impl State {
    /// What records have in common.
    pub(super) fn known(&self) -> &Known {
        self.known.get_or_init(Box::default)
    }

    /// Where what a format in columns asks for stands in its records, where there is room to keep
    /// it.
    pub(super) fn arrangement(
        &self,
        columned: Columned,
        arrange: impl FnOnce() -> Arrangement,
    ) -> Option<&Arrangement> {
        let all = self.arranged.get_or_init(Box::default);
        let is_it = |place: &&Arranged| place.get().is_none_or(|(known, _)| *known == columned);
        let place = all.iter().find(is_it)?;
        Some(&place.get_or_init(|| (columned, arrange())).1)
    }

    /// The format whose columns were named.
    pub fn format(&self) -> Option<super::FormatIndex> {
        self.columns.as_ref().map(|named| named.format)
    }

    /// Notes that a record was seen: what follows is not the first line.
    pub const fn begin(&mut self) {
        self.begun = true;
    }

    /// Whether a line said something that counts for all records.
    pub const fn has_directives(&self) -> bool {
        !self.directives.is_empty()
    }

    /// Whether a record was seen.
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether a line is the one that named the columns, again.
    pub fn is_header(&self, line: &[u8]) -> bool {
        !self.header.is_empty() && *self.header == *line
    }

    /// Takes the columns of a format that a line named.
    pub(super) fn name(&mut self, format: super::FormatIndex, names: Vec<Box<[u8]>>, line: &[u8]) {
        self.columns = Some(Named { format, names });
        self.arranged.take();
        self.header = line.into();
        self.begun = true;
    }

    pub(super) fn direct(&mut self, line: &[u8]) {
        let Some(at) = memchr::memchr2(b':', b'\t', line).filter(|at| *at < 40) else { return };
        let (name, text) = (&line[..at], line[at + 1..].trim_ascii());
        self.arranged.take();
        if let Some(known) = self.directives.iter_mut().find(|(known, _)| **known == *name) {
            known.1 = text.into();
        } else if self.directives.len() < DIRECTIVES {
            self.directives.push((name.into(), text.into()));
        }
    }
}

impl Columns {
    pub fn compile(definition: &Definition) -> Result<Self, Wrong> {
        let separator = match definition.separator.as_str() {
            "" | "," => Separator::Byte(b','),
            "tab" => Separator::Byte(b'\t'),
            "space" => Separator::Words,
            text => match text.as_bytes() {
                [byte] => Separator::Byte(*byte),
                _ => {
                    let ja = "1文字、tab、spaceのいずれか";
                    return Err(Wrong::expected(text, "one sign, tab or space", ja));
                }
            },
        };
        let header = match definition.header.as_str() {
            "" if definition.columns.is_empty() => {
                return Err(Wrong::new(
                    "neither columns nor header; expected one of them",
                    "columnsもheaderもありません。どちらかを指定してください。",
                ));
            }
            "" => Header::None,
            "first" => Header::First,
            prefix => Header::Prefix(prefix.as_bytes().into()),
        };
        let boxed = |names: &[String]| names.iter().map(|name| name.as_bytes().into()).collect();
        let mut names: Vec<Box<[u8]>> = boxed(&definition.columns);
        if matches!(header, Header::None) {
            names.extend((names.len()..NUMBERED).map(numbered));
        }
        let (only, requires) = (Vec::new(), boxed(&definition.requires));
        Ok(Self { separator, header, names, only, requires })
    }

    /// Looks its names up among those that the format asks for.
    pub fn look_up(&mut self, mapping: &Mapping) {
        self.only = mapping.plan(self.names.iter().map(AsRef::as_ref)).only();
    }

    /// The slow twin: any record may be claimed.
    #[cfg(test)]
    pub fn open(&mut self) {
        self.only.clear();
    }

    /// Whether a record of a stream that names no columns may be claimed, as far as single columns
    /// tell.
    pub fn may_claim<'a>(
        &self,
        mapping: &Mapping,
        record: &'a [u8],
        held: Holding<'_>,
        (split, arena): (&Split<'a>, &'a Bump),
    ) -> bool {
        let cells = self.cells(record, split, arena);
        let said = |cell: &&'a [u8]| (!is_null(cell)).then_some(Value::Text(cell));
        mapping.may_claim(held, |key| {
            let column = (*self.only.get(usize::from(key))?)?;
            Some(cells.get(column).and_then(said))
        })
    }

    /// The names of the columns, when the line is one that names this format's.
    pub fn named_by(&self, line: &[u8], is_first: bool) -> Option<Vec<Box<[u8]>>> {
        let arena = Bump::new();
        let names: Vec<Box<[u8]>> = match &self.header {
            Header::None => return None,
            Header::Prefix(prefix) => {
                let rest = line.strip_prefix(&**prefix)?;
                let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b',');
                rest.split(is_between).filter(|name| !name.is_empty()).map(Into::into).collect()
            }
            Header::First => {
                let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
                self.cells(line, &Split::default(), &arena)
                    .iter()
                    .map(|cell| cell.trim_ascii().into())
                    .collect()
            }
        };
        let holds = |required: &[u8]| names.iter().any(|name| name.eq_ignore_ascii_case(required));
        let is_ours = self.requires.iter().all(|required| holds(required));
        let may_be = !self.requires.is_empty() || (is_first && could_be_names(&names));
        (is_ours && may_be).then_some(names)
    }

    /// Whether the line that names the columns is told by its beginning.
    pub const fn has_prefix(&self) -> bool {
        matches!(self.header, Header::Prefix(_))
    }

    /// Whether their names are known only from a line of the stream.
    pub const fn are_named_by_lines(&self) -> bool {
        !matches!(self.header, Header::None)
    }

    /// Whether the first line names them.
    pub const fn is_first(&self) -> bool {
        matches!(self.header, Header::First)
    }

    /// What stands between columns, and how often it must for a record to have what one of the
    /// claims needs, where that is told.
    pub fn separators(&self, mapping: &Mapping) -> Option<(u8, usize)> {
        let Separator::Byte(byte) = self.separator else { return None };
        let place = |name: &str| self.names.iter().position(|known| **known == *name.as_bytes());
        let last = |names: Vec<&str>| names.into_iter().filter_map(place).max().unwrap_or(0);
        mapping.needed_names().map(last).min().map(|before| (byte, before.max(1)))
    }

    fn cells<'a>(&self, record: &'a [u8], split: &Split<'a>, arena: &'a Bump) -> &'a [&'a [u8]] {
        if let Some((_, cells)) = split.get().filter(|(known, _)| *known == self.separator) {
            return cells;
        }
        let mut cells = csv::Fields::with_capacity_in(USUAL, arena);
        match self.separator {
            Separator::Byte(separator) => {
                csv::read(record, separator, Some(b'"'), arena, &mut cells)
            }
            Separator::Words => csv::words(record, &mut cells),
        }
        let cells = cells.into_bump_slice();
        split.set(Some((self.separator, cells)));
        cells
    }

    /// Adds the columns of a record to the pairs. False when their number does not fit.
    pub fn read<'a>(
        &'a self,
        record: &'a [u8],
        state: Option<&'a State>,
        split: &Split<'a>,
        pairs: &mut Pairs<'a>,
    ) -> bool {
        let named = state.and_then(|state| state.columns.as_ref());
        let names = match (&self.header, named) {
            (Header::None, _) => &self.names,
            (_, Some(named)) => &named.names,
            (_, None) => return false,
        };
        let arena = pairs.bump();
        let cells = self.cells(record, split, arena);
        let is_enough = match self.header {
            // Known columns may be followed by more, or end early: their claims decide.
            Header::None => cells.len() > 1,
            Header::Prefix(_) => cells.len() == names.len(),
            // Event Viewer writes one cell more than its header names.
            Header::First => cells.len() == names.len() || cells.len() == names.len() + 1,
        };
        if !is_enough {
            return false;
        }
        pairs.reserve(cells.len());
        for (at, cell) in cells.iter().enumerate() {
            let key = match names.get(at) {
                Some(name) => name,
                None => &*arena.alloc_slice_copy(&numbered(at)),
            };
            let value = if is_null(cell) { Value::Null } else { Value::Text(cell) };
            pairs.push(Pair { key, value });
        }
        for (name, text) in state.iter().flat_map(|state| &state.directives) {
            pairs.push(Pair { key: name, value: Value::Text(text) });
        }
        true
    }
}

/// Whether a cell says nothing.
const fn is_null(cell: &[u8]) -> bool {
    matches!(cell, b"" | b"-")
}

/// Names of columns that hold records of other logs, where those were exported.
const RECORDS: [&[u8]; 4] = [b"message", b"@message", b"_raw", b"line"];

/// Whether the cells of a first line can be names: several, all different, none a number, none a
/// label with something behind it. Two are enough where one says that it holds records.
fn could_be_names(names: &[Box<[u8]>]) -> bool {
    let is_name = |name: &[u8]| {
        (1..=64).contains(&name.len())
            && !name.first().is_some_and(u8::is_ascii_digit)
            && !name.iter().any(|byte| matches!(byte, b'=' | b'"' | b'{' | b'<'))
            && memchr::memmem::find(name, b": ").is_none()
    };
    let distinct: std::collections::BTreeSet<_> = names.iter().gather();
    let holds_records = |name: &[u8]| RECORDS.iter().any(|is| name.eq_ignore_ascii_case(is));
    let least = if names.iter().any(|name| holds_records(name)) { 2 } else { 3 };
    names.len() >= least && distinct.len() == names.len() && names.iter().all(|name| is_name(name))
}
