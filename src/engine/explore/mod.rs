//! All events of a check, to be looked through: filtered, counted, sorted and copied.
//!
//! A `Loader` reads the events of a job into `Columns`, in which each distinct text of a field
//! stands once. An `Explorer` joins the columns of all jobs, in the order of their streams, and
//! answers queries from them: what a query asks of a field is asked once for each distinct text.
//! Only words that may stand anywhere in a record ask for the files again (`seek`). Nothing of it
//! enters a report.

mod ask;
mod columns;
mod cross;
mod show;
mod words;

pub use ask::{Answer, Facet};
pub use columns::{Columns, Loader, load};
pub use cross::{Crossing, Who};
pub use show::{Copied, ShownEvent};
pub use words::{Matched, Met, seek};

use super::read::Prepared;
use crate::base::Seed;
use crate::base::limits::EXPLORED_BYTES;
use crate::query::{Name, Query, QueryError};
use std::collections::BTreeMap;

/// The row of an event: its place among all that are explored.
type Row = u32;

/// Events, ready to be asked about.
pub struct Explorer {
    seed: Seed,
    /// Names of the streams.
    logs: Vec<String>,
    /// Ids of the formats.
    formats: Vec<String>,
    columns: Columns,
    /// Events for which there was no memory.
    left_out: u64,
    /// All rows in the order of their times; those without a time are last.
    by_time: Vec<Row>,
    /// Rows that hold a word, by the word.
    words: BTreeMap<String, Vec<bool>>,
    /// Rows that were asked for last, in the order in which they are shown.
    found: Vec<Row>,
}

impl Explorer {
    /// Nothing to explore yet.
    pub fn new(prepared: &Prepared) -> Self {
        let plan = &prepared.plan;
        let logs = plan.streams.iter().map(|stream| plan.name(stream.id).unwrap_or_default());
        let formats = (0..).map_while(|format| prepared.format_id(format).map(str::to_owned));
        Self {
            seed: plan.seed(),
            logs: logs.collect(),
            formats: formats.collect(),
            columns: Columns::default(),
            left_out: 0,
            by_time: Vec::new(),
            words: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Takes in the events of a job. Jobs come in the order of their streams. What there is no
    /// memory for is counted and left out.
    pub fn add(&mut self, columns: &Columns) {
        if self.left_out > 0 || self.columns.bytes() + columns.bytes() > EXPLORED_BYTES {
            self.left_out += columns.len() as u64;
            return;
        }
        self.columns.append(columns, self.seed);
        self.by_time.clear();
        self.words.clear();
    }

    /// Takes in which records hold some words, from all jobs.
    pub fn add_words(&mut self, words: &[String], met: &[Met]) {
        for (bit, word) in words.iter().enumerate() {
            let mut rows = vec![false; self.columns.len()];
            for (stream, offset, mask) in met.iter().flat_map(|met| &met.0) {
                let row = self.columns.row_of(*stream, *offset).filter(|_| mask & 1 << bit != 0);
                if let Some(held) = row.and_then(|row| rows.get_mut(row)) {
                    *held = true;
                }
            }
            self.words.insert(word.clone(), rows);
        }
    }

    /// The words of a query that are still to be sought in the files.
    pub fn unsought(&self, text: &str) -> Result<Vec<String>, QueryError> {
        let query = Query::parse(text)?;
        Ok(query.words.into_iter().filter(|word| !self.words.contains_key(word)).collect())
    }

    /// The names that the events have values of.
    pub fn names(&self) -> Vec<Name> {
        let fields = self.columns.fields().map(Name::Field);
        fields.chain([Name::Format, Name::Log]).collect()
    }
}

#[cfg(test)]
mod tests;
