//! Shows and copies rows that were found.

use super::Explorer;
use super::columns::TIMELESS;
use crate::base::{Language, json_line, rfc3339};
use crate::query::Name;
use crate::report::cell;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Rows that are copied at most.
const COPIED: usize = 100_000;

/// An event in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownEvent {
    /// Its stream.
    pub stream: u32,
    /// First byte in the unpacked stream.
    pub offset: u64,
    /// Bytes.
    pub length: u32,
    /// Its time, UTC.
    pub time: Option<String>,
    /// The values asked for.
    pub values: Vec<Option<String>>,
}

/// Rows as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Rows in it; what was found beyond is left out.
    pub rows: u64,
}

impl Explorer {
    /// Some of the rows found, with values.
    pub fn rows(&self, from: usize, count: usize, names: &[Name]) -> Vec<ShownEvent> {
        let rows = self.found.iter().skip(from).take(count);
        let shown = rows.map(|row| {
            let row = *row as usize;
            let (stream, offset, length) = self.columns.place(row);
            let values = names.iter().map(|name| self.value(row, *name)).collect();
            ShownEvent { stream, offset, length, time: self.said(row), values }
        });
        shown.collect()
    }

    /// All values of one of the rows found.
    pub fn values(&self, at: usize) -> Vec<(&'static str, String)> {
        let Some(row) = self.found.get(at) else { return Vec::new() };
        let named = |name: Name| Some((name.name(), self.value(*row as usize, name)?));
        self.names().into_iter().filter_map(named).collect()
    }

    fn said(&self, row: usize) -> Option<String> {
        let time = self.columns.time(row);
        (time != TIMELESS).then(|| rfc3339(time))
    }

    fn value(&self, row: usize, name: Name) -> Option<String> {
        let (stream, _, _) = self.columns.place(row);
        match name {
            Name::Field(field) => {
                let column = self.columns.field(field)?;
                let text = column.text(column.id(row))?;
                Some(String::from_utf8_lossy(text).into_owned())
            }
            Name::Format => self.formats.get(self.columns.format(row)).cloned(),
            Name::Log => self.logs.get(stream as usize).cloned(),
        }
    }

    /// What was found as JSON, an object a line.
    pub fn as_json(&self, names: &[Name]) -> Copied {
        let rows = self.rows(0, COPIED, names);
        let line = |row: &ShownEvent| {
            let named = names.iter().zip(&row.values);
            let named = named
                .filter_map(|(name, value)| Some((name.name().to_owned(), json!(value.as_ref()?))));
            let place = [
                ("time".to_owned(), json!(row.time)),
                ("log".to_owned(), json!(self.logs.get(row.stream as usize))),
                ("offset".to_owned(), json!(row.offset)),
            ];
            let event = place.into_iter().chain(named).collect::<Map<_, _>>();
            json_line(Value::Object(event))
        };
        Copied { text: rows.iter().map(line).collect(), rows: rows.len() as u64 }
    }

    /// What was found as CSV (RFC 4180) without formulas.
    pub fn as_csv(&self, names: &[Name], language: Language) -> Copied {
        let heads = match language {
            Language::En => ["time", "log", "offset"],
            Language::Ja => ["時刻", "ログ", "バイト位置"],
        };
        let rows = self.rows(0, COPIED, names);
        let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
        let heads = heads.into_iter().chain(names.iter().map(|name| name.name())).map(cell);
        let mut text = line(heads.collect());
        for row in &rows {
            let log = self.logs.get(row.stream as usize).map(String::as_str);
            let place = [
                cell(row.time.as_deref().unwrap_or_default()),
                cell(log.unwrap_or_default()),
                row.offset.to_string(),
            ];
            let values = row.values.iter().map(|value| cell(value.as_deref().unwrap_or_default()));
            text.push_str(&line(place.into_iter().chain(values).collect()));
        }
        Copied { text, rows: rows.len() as u64 }
    }
}
