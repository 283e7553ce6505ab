//! Words that stand anywhere in a record: sought in the records as they are stored; where those are
//! no text, in all that they say.

use super::super::plan::{Job, JobKind};
use super::super::read::{Memory, Places, Prepared, Visitor, read_job};
use crate::base::{Instant, Time};
use crate::detect::Seen;
use crate::event::{Event, Field};
use crate::format::FormatIndex;
use crate::input::ReadAt;
use crate::query::{Name, Query, Record};
use crate::text::Value;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// Words, to be looked for in one record after another.
pub(super) struct Words {
    finders: Vec<Finder<'static>>,
    lower: Vec<u8>,
    /// Those in the text of the record whose event comes next; none where it has no text.
    in_text: Option<u8>,
}

impl Words {
    /// Readies words in lower case.
    pub(super) fn new(words: &[String]) -> Self {
        let finders = words.iter().map(|word| Finder::new(word.as_bytes()).into_owned()).collect();
        Self { finders, lower: Vec::new(), in_text: None }
    }

    /// Hears the text of the next record.
    pub(super) fn record(&mut self, text: Option<&[u8]>) {
        self.in_text = text.map(|text| self.among(std::iter::once(text)));
    }

    /// The words that stand in a record, as bits.
    pub(super) fn of(&mut self, event: &Event<'_>) -> u8 {
        let in_text = self.in_text;
        in_text.unwrap_or_else(|| {
            let pairs = event.fields.pairs().iter().map(|pair| pair.value);
            let fields = Field::ALL.into_iter().filter_map(|field| event.fields.text(field));
            self.among(pairs.filter_map(Value::text).chain(fields))
        })
    }

    fn among<'t>(&mut self, texts: impl Iterator<Item = &'t [u8]>) -> u8 {
        let mut found = 0;
        for text in texts {
            if self.finders.is_empty() {
                break;
            }
            self.lower.clear();
            self.lower.extend(text.iter().map(u8::to_ascii_lowercase));
            for (bit, finder) in self.finders.iter().enumerate() {
                found |= u8::from(finder.find(&self.lower).is_some()) << bit;
            }
        }
        found
    }
}

/// Where records hold words: stream, offset, and the words as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met(pub Vec<(u32, u64, u8)>);

impl Met {
    /// The same in one buffer.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

/// Finds the records of a job that hold words.
pub fn seek(
    prepared: &Prepared,
    job: &Job,
    source: &dyn ReadAt,
    words: &[String],
    progress: &mut dyn FnMut(u64),
) -> Met {
    let mut seeker = Seeker { words: Words::new(words), met: Met::default() };
    if job.kind == JobKind::Scan {
        read_job(prepared, job, source, &mut Memory::default(), &mut seeker, progress);
    }
    seeker.met
}

struct Seeker {
    words: Words,
    met: Met,
}

impl Visitor for Seeker {
    fn judges(&self) -> bool {
        false
    }

    fn record(&mut self, text: Option<&[u8]>) {
        self.words.record(text);
    }

    fn event(&mut self, event: &Event<'_>, _: FormatIndex) {
        let held = self.words.of(event);
        if held != 0 {
            self.met.0.push((event.location.stream, event.location.offset, held));
        }
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

/// Tells of each record, one after another, whether a query asks for it.
pub struct Matched {
    query: Query,
    words: Words,
}

impl Matched {
    /// Readies a query.
    pub fn new(query: Query) -> Self {
        let words = Words::new(&query.words);
        Self { query, words }
    }

    /// Hears the text of the next record.
    pub fn record(&mut self, text: Option<&[u8]>) {
        self.words.record(text);
    }

    /// Whether it is asked for. `format` and `log` are what the query knows them as.
    pub fn asks_for(&mut self, event: &Event<'_>, format: &str, log: &str) -> bool {
        let words = self.words.of(event);
        self.query.asks_for(&Asked { event, format, log, words })
    }
}

struct Asked<'q, 'e> {
    event: &'q Event<'e>,
    format: &'q str,
    log: &'q str,
    words: u8,
}

impl Record for Asked<'_, '_> {
    fn value(&self, name: Name) -> Option<&[u8]> {
        match name {
            Name::Field(field) => self.event.fields.text(field),
            Name::Format => Some(self.format.as_bytes()),
            Name::Log => Some(self.log.as_bytes()),
        }
    }

    fn at(&self) -> Option<Instant> {
        Time::stamp(&self.event.time).map(|stamp| stamp.at)
    }

    fn holds(&self, word: usize) -> bool {
        self.words & 1 << word != 0
    }
}
