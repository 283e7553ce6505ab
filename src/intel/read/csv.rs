//! CSV: columns told by their names, or, where the first row names none, the first cell of each row
//! that has the shape of an indicator. MISP's export is read by its names.

use super::types::{self, Type};
use super::{Broken, Out, Says, window};
use crate::intel::refusal::Why;
use crate::intel::value;
use crate::text::csv;
use bumpalo::Bump;
use memchr::{memchr, memchr_iter};

/// What separates cells.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Lines and bytes of one record at most; a quote that does not close is part of its line.
const RECORD_LINES: u32 = 64;
const RECORD_BYTES: usize = 64 << 10;

/// Where what stands.
#[derive(Clone, Debug, Default)]
struct Columns {
    /// Values, with their type where the column is named by it.
    values: Vec<(usize, Option<Type>)>,
    r#type: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    note: Option<usize>,
    to_ids: Option<usize>,
}

/// Whether a text is CSV: its first row names columns, or holds a value among other cells.
pub(super) fn fits(text: &str) -> bool {
    let first = text.lines().find(|line| !is_skipped(line));
    first.and_then(separator).is_some()
}

fn is_skipped(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// What separates the cells of the first row.
fn separator(row: &str) -> Option<u8> {
    let has_prefix = row.split_once(':').is_some_and(|(name, _)| types::named(name).is_some());
    SEPARATORS.into_iter().find(|separator| {
        let arena = Bump::new();
        let cells = cells(row, *separator, &arena);
        let is_row = cells.iter().any(|cell| value::guess(cell).is_some());
        let names = Columns::named(&cells).is_some();
        cells.len() > 1 && (names || (is_row && !has_prefix))
    })
}

pub(super) fn cells<'a>(record: &'a str, separator: u8, arena: &'a Bump) -> Vec<&'a str> {
    let mut fields = csv::Fields::new_in(arena);
    csv::read(record.as_bytes(), separator, Some(b'"'), arena, &mut fields);
    fields.iter().map(|cell| std::str::from_utf8(cell).unwrap_or_default().trim()).collect()
}

impl Columns {
    /// The columns of a row of names; none where no name says where values stand.
    fn named(names: &[&str]) -> Option<Self> {
        let mut columns = Self::default();
        let (mut general, mut by_kind) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            let place = match types::plain(name).as_str() {
                "value" | "indicator" | "ioc" | "observable" | "ioc-value" | "indicator-value" => {
                    general.push((at, None));
                    continue;
                }
                "type" | "kind" | "ioc-type" | "indicator-type" | "observable-type" => {
                    &mut columns.r#type
                }
                "valid-from" => &mut columns.from,
                "valid-until" | "valid-to" | "expires" | "expiration" | "expiration-date" => {
                    &mut columns.until
                }
                "comment" | "description" | "note" | "threat" | "malware" | "title" => {
                    &mut columns.note
                }
                "to-ids" => &mut columns.to_ids,
                name => {
                    by_kind.extend(types::named(name).map(|of| (at, Some(of))));
                    continue;
                }
            };
            place.get_or_insert(at);
        }
        // A column of values says more than one that is named by a kind: `user` may be who wrote it.
        columns.values = if general.is_empty() { by_kind } else { general };
        (!columns.values.is_empty()).then_some(columns)
    }
}

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    let mut arena = Bump::new();
    let mut columns: Option<Columns> = None;
    let mut separator_of = None;
    for (line, record) in records(text) {
        if is_skipped(record) {
            continue;
        }
        arena.reset();
        let by = *separator_of.get_or_insert_with(|| separator(record).unwrap_or(b','));
        let cells = cells(record, by, &arena);
        match &columns {
            None => {
                columns = Some(Columns::named(&cells).unwrap_or_default());
                if columns.as_ref().is_some_and(|columns| columns.values.is_empty()) {
                    unnamed(record, &cells, line, out);
                }
            }
            Some(columns) if columns.values.is_empty() => unnamed(record, &cells, line, out),
            // MISP repeats its names before every event.
            Some(_) if Columns::named(&cells).is_some_and(|named| named.r#type.is_some()) => {}
            Some(columns) => row(columns, record, &cells, line, out),
        }
    }
    Ok(())
}

/// A row under names.
fn row(columns: &Columns, record: &str, cells: &[&str], line: u32, out: &mut Out<'_>) {
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied();
    if cell(columns.to_ids).is_some_and(|text| matches!(text, "0" | "false" | "False")) {
        return out.refuse(line, record, Why::Context);
    }
    let window = match window(cell(columns.from), cell(columns.until)) {
        Ok(window) => window,
        Err(why) => return out.refuse(line, record, why),
    };
    let says = Says { line, note: cell(columns.note).unwrap_or_default(), window };
    let mut is_empty = true;
    for (at, of) in &columns.values {
        let Some(text) = cell(Some(*at)).filter(|text| !text.is_empty()) else { continue };
        is_empty = false;
        let read = match (of, cell(columns.r#type).filter(|name| !name.is_empty())) {
            (Some(of), _) => types::read(*of, text).map(|value| vec![value]),
            (None, Some(name)) => types::read_all(name, text),
            (None, None) => value::guess(text).map(|value| vec![value]).ok_or(Why::Shape),
        };
        match read {
            Ok(values) => values.into_iter().for_each(|value| out.take(text, Ok(value), says)),
            Err(why) => out.refuse(line, text, why),
        }
    }
    if is_empty {
        out.refuse(line, record, Why::Shape);
    }
}

/// A row of a file without names: what else it says is kept as a note.
fn unnamed(record: &str, cells: &[&str], line: u32, out: &mut Out<'_>) {
    let found = cells.iter().find_map(|cell| value::guess(cell).map(|value| (*cell, value)));
    let note = |text: &str| cells.iter().copied().find(|cell| *cell != text && !cell.is_empty());
    match found {
        Some((text, value)) => {
            let says = Says { line, note: note(text).unwrap_or_default(), window: None };
            out.take(text, Ok(value), says);
        }
        None => out.refuse(line, record, Why::Shape),
    }
}

/// The records of a text with the lines on which they begin. Line ends in quotes are part of a
/// record.
fn records(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut rest = text;
    let mut line = 1;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (length, lines) = record(rest.as_bytes());
        let (record, behind) = rest.split_at(length);
        let began = line;
        line += lines;
        rest = behind;
        Some((began, record.trim_end_matches(['\r', '\n'])))
    })
}

/// Bytes and lines of the record at the start.
fn record(text: &[u8]) -> (usize, u32) {
    let mut end = 0;
    let mut is_open = false;
    for lines in 1..=RECORD_LINES {
        let rest = &text[end..];
        let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        is_open ^= memchr_iter(b'"', &rest[..length]).count() % 2 == 1;
        end += length;
        if !is_open {
            return (end, lines);
        }
        if end >= text.len() || end > RECORD_BYTES {
            break;
        }
    }
    (memchr(b'\n', text).map_or(text.len(), |at| at + 1), 1)
}
