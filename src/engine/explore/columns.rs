//! Events as columns: for each field the distinct texts, and for each event which of them it has.

use super::super::plan::{Job, JobKind};
use super::super::read::{Memory, Places, Prepared, Visitor, read_job};
use crate::base::{Instant, Location, Seed, Table};
use crate::detect::Seen;
use crate::event::{Event, Field};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use serde::{Deserialize, Serialize};

/// Stands for a time that a record does not state.
pub(super) const TIMELESS: Instant = Instant::MAX;

/// Events, in the order of their streams and places.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Columns {
    /// Streams with the row of their first event.
    streams: Vec<(u32, u32)>,
    offsets: Vec<u64>,
    lengths: Vec<u32>,
    times: Vec<Instant>,
    formats: Vec<FormatIndex>,
    /// By field; empty where no event has it.
    fields: Vec<Column>,
}

/// What events have of a field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Column {
    /// For each event up to the last that has the field: the number of its text, 0 for none.
    ids: Vec<u32>,
    /// Where each text ends.
    ends: Vec<u32>,
    texts: Vec<u8>,
    #[serde(skip)]
    known: Table<u32>,
}

impl Column {
    /// The number of an event's text; 0 for none.
    pub(super) fn id(&self, row: usize) -> usize {
        self.ids.get(row).map_or(0, |id| *id as usize)
    }

    /// Numbers of the events' texts, as far as the last event that has one.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Distinct texts.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number, which counts from 1.
    pub(super) fn text(&self, id: usize) -> Option<&[u8]> {
        let at = id.checked_sub(1)?;
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.texts.get(start..end)
    }

    fn number(&mut self, seed: Seed, text: &[u8]) -> u32 {
        let next = self.ends.len() as u32 + 1;
        let id = *self.known.entry(seed.of(text), || next);
        // Another text with the same fingerprint stands once more for each event that has it.
        if id != next && self.text(id as usize) == Some(text) {
            return id;
        }
        self.texts.extend_from_slice(text);
        self.ends.push(self.texts.len() as u32);
        next
    }

    fn set(&mut self, row: usize, id: u32) {
        self.ids.resize(row, 0);
        self.ids.push(id);
    }

    fn bytes(&self) -> usize {
        self.ids.len() * 4 + self.ends.len() * 28 + self.texts.len()
    }
}

impl Columns {
    /// Events.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Bytes of memory that it takes, about.
    pub fn bytes(&self) -> usize {
        self.len() * 22 + self.fields.iter().map(Column::bytes).sum::<usize>()
    }

    /// When an event was; `TIMELESS` where its record does not say so.
    pub(super) fn time(&self, row: usize) -> Instant {
        self.times.get(row).copied().unwrap_or(TIMELESS)
    }

    pub(super) fn format(&self, row: usize) -> usize {
        self.formats.get(row).copied().unwrap_or(FormatIndex::MAX).into()
    }

    /// Stream, offset and length of an event.
    pub(super) fn place(&self, row: usize) -> (u32, u64, u32) {
        let at = self.streams.partition_point(|(_, first)| *first as usize <= row);
        let stream = at.checked_sub(1).map_or(0, |at| self.streams[at].0);
        let offset = self.offsets.get(row).copied().unwrap_or_default();
        (stream, offset, self.lengths.get(row).copied().unwrap_or_default())
    }

    /// The streams, each with the rows of its events.
    pub(super) fn streams(&self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
        let ends = self.streams.iter().skip(1).map(|(_, first)| *first as usize);
        let ends = ends.chain([self.len()]);
        self.streams.iter().zip(ends).map(|((id, first), end)| (*id, *first as usize..end))
    }

    /// The row of the event at a place.
    pub(super) fn row_of(&self, stream: u32, offset: u64) -> Option<usize> {
        let (_, rows) = self.streams().find(|(id, _)| *id == stream)?;
        let found = self.offsets.get(rows.clone())?.binary_search(&offset).ok()?;
        Some(rows.start + found)
    }

    /// What the events have of a field; none where no event has it.
    pub(super) fn field(&self, field: Field) -> Option<&Column> {
        self.fields.get(field as usize).filter(|column| column.len() > 0)
    }

    /// The fields that some event has.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(|field| self.field(*field).is_some())
    }

    fn push(&mut self, event: &Event<'_>, format: FormatIndex, seed: Seed) {
        let row = self.len();
        let Location { stream, offset, length, .. } = event.location;
        self.begin(stream, row);
        self.offsets.push(offset);
        self.lengths.push(length);
        self.times.push(event.time.stamp().map_or(TIMELESS, |stamp| stamp.at));
        self.formats.push(format);
        self.fields.resize_with(Field::COUNT, Column::default);
        let mut left = event.fields.present();
        while left != 0 {
            let field = Field::ALL[left.trailing_zeros() as usize];
            left &= left - 1;
            if let Some(text) = event.fields.text(field) {
                let column = &mut self.fields[field as usize];
                let id = column.number(seed, text);
                column.set(row, id);
            }
        }
    }

    fn begin(&mut self, stream: u32, row: usize) {
        if self.streams.last().is_none_or(|(last, _)| *last != stream) {
            self.streams.push((stream, row as u32));
        }
    }

    /// Puts later events behind these.
    pub(super) fn append(&mut self, later: &Self, seed: Seed) {
        let first = self.len();
        for (stream, row) in &later.streams {
            self.begin(*stream, first + *row as usize);
        }
        self.offsets.extend_from_slice(&later.offsets);
        self.lengths.extend_from_slice(&later.lengths);
        self.times.extend_from_slice(&later.times);
        self.formats.extend_from_slice(&later.formats);
        self.fields.resize_with(Field::COUNT, Column::default);
        for (mine, other) in self.fields.iter_mut().zip(&later.fields) {
            let numbers =
                (1..=other.len()).map(|id| mine.number(seed, other.text(id).unwrap_or_default()));
            let numbers: Vec<u32> = std::iter::once(0).chain(numbers).collect();
            mine.ids.resize(if other.ids.is_empty() { mine.ids.len() } else { first }, 0);
            mine.ids
                .extend(other.ids.iter().map(|id| numbers.get(*id as usize).copied().unwrap_or(0)));
        }
    }

    /// The same in one buffer.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

/// Takes events into columns.
pub struct Loader {
    seed: Seed,
    columns: Columns,
}

impl Visitor for Loader {
    fn judges(&self) -> bool {
        false
    }

    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        self.columns.push(event, format, self.seed);
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

/// Reads the events of a job.
pub fn load(
    prepared: &Prepared,
    job: &Job,
    source: &dyn ReadAt,
    progress: &mut dyn FnMut(u64),
) -> Columns {
    let mut loader = Loader { seed: prepared.plan.seed(), columns: Columns::default() };
    if job.kind == JobKind::Scan {
        read_job(prepared, job, source, &mut Memory::default(), &mut loader, progress);
    }
    loader.columns
}
