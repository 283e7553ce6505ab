//! Reads records: with the primary format of their stream if that fits, else with the first that
//! does. What a record is read as depends on the record and the stream, never on the records
//! around it.

mod attempt;
mod index;

use super::columns::State;
use super::compiled::{Compiled, Method};
use super::definition::{Definition, DefinitionError, Kind, LogSource};
use super::draft::Draft;
use super::gate::{Gates, Names};
use super::grams::Grams;
use super::heads::{Heads, Tried};
use super::layout::Layout;
use super::mapping::Clocks;
use super::pattern::Times;
use super::recall::Recall;
use super::{FormatIndex, LayoutError};
use crate::base::clock::{Clock, DateOrder, Form, read_prefix};
use crate::base::{self, Arrange, Bilingual, Table, Time};
use crate::event::{Field, Fields};
use crate::text::Pairs;
use attempt::Attempt;
use bumpalo::Bump;
use index::Beginnings;
use jiff::tz::TimeZone;
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

/// Formats that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// A description.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A log format, counted from 1.
    #[error("log format {0}: {1}")]
    LogFormat(usize, LayoutError),
}

impl Bilingual for ReaderError {
    fn told(&self) -> base::Text {
        let ja = match self {
            Self::Definition(error) => return error.told(),
            Self::LogFormat(number, error) => format!("ログ形式{number}:{}", error.told().ja),
        };
        base::Text::new(self.to_string(), ja)
    }

    fn placed(&self) -> Option<(&str, base::Text)> {
        match self {
            Self::Definition(error) => error.placed(),
            Self::LogFormat(..) => None,
        }
    }
}

/// Reads records in every known format and in those that the user described.
#[derive(Debug)]
pub struct Reader {
    formats: Vec<Compiled>,
    /// What the records of each format count as.
    counts_as: Vec<FormatIndex>,
    /// JSON formats by a name that a claim needs, each with all that it needs.
    by_key: Table<Vec<(Names, FormatIndex)>>,
    /// JSON formats whose claims need no name.
    any_json: Vec<FormatIndex>,
    /// Formats of syslog programs, by their names in lower case.
    by_program: Table<Vec<FormatIndex>>,
    /// Those that name them with stars, by what the names begin with.
    by_beginning: Beginnings,
    /// Texts that any program may write: tried on messages that nothing else fits.
    any_program: Gates,
    /// The particular formats whose records stand on lines of their own, in order of rank.
    particular: Gates,
    /// The generic ones.
    generic: Gates,
    /// What gates and conditions ask for.
    grams: Grams,
    /// How texts begin.
    heads: Heads,
    /// The texts of each format, its own and those of its parts.
    texts: Vec<Vec<FormatIndex>>,
    /// Of each format, itself, its parts and those within its streams, in order of rank: those that
    /// records can be tried for at once.
    direct: Vec<Vec<FormatIndex>>,
    /// Whether records of each format are messages of programs that it names.
    of_programs: Vec<bool>,
    /// The formats of syslog, RFC 3164 and RFC 5424.
    syslog: [Option<FormatIndex>; 2],
    /// What records of texts begin with that begin as comments do.
    no_comments: Vec<Box<[u8]>>,
}

/// What a stream says of its records, to one reader.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Its primary format.
    pub primary: FormatIndex,
    /// Completes times that state no zone.
    pub clock: Clock,
    utc: Clock,
    /// What the reader worked out of its records.
    recall: RefCell<Recall>,
    tried: Tried,
}

impl Situation {
    /// A stream of a primary format. Times without a zone are in the clock's zone.
    pub fn new(primary: FormatIndex, clock: Clock) -> Self {
        let utc = Clock::new(TimeZone::UTC, clock.reference(), DateOrder::MonthFirst);
        Self { primary, clock, utc, recall: RefCell::default(), tried: Tried::default() }
    }

    pub(super) const fn clocks(&self) -> Clocks<'_> {
        Clocks { assumed: &self.clock, utc: &self.utc }
    }
}

/// A record as understood.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The format that fits it.
    pub format: FormatIndex,
    /// Its time.
    pub time: Time,
    /// How many events it stands for.
    pub count: u32,
    /// Its fields.
    pub fields: &'a Fields<'a>,
}

impl Reader {
    /// A reader of the user's layouts and descriptions, which win, and of all built-in formats. A
    /// description with the id of a built-in format takes its place.
    pub fn new(log_formats: &[String], mappings: &[Definition]) -> Result<Self, ReaderError> {
        let mut formats = Vec::new();
        for (index, line) in log_formats.iter().enumerate() {
            let layout = Layout::from_user(line)
                .map_err(|error| ReaderError::LogFormat(index + 1, error))?;
            formats.push(Compiled::of_layout(&format!("custom_{}", index + 1), layout));
        }
        let built_in = super::built_in()?;
        let is_own = |definition: &&Definition| mappings.iter().any(|own| own.id == definition.id);
        let mut known: Vec<_> = built_in.iter().filter(|format| !is_own(format)).collect();
        known.extend(mappings);
        formats.extend(described(&known, &is_own)?);
        Ok(Self::indexed(formats))
    }

    /// The same; one of built-in formats alone is made once for all that ask for it.
    pub fn shared(
        log_formats: &[String],
        mappings: &[Definition],
    ) -> Result<Arc<Self>, ReaderError> {
        static BUILT_IN: OnceLock<Arc<Reader>> = OnceLock::new();
        let is_built_in = log_formats.is_empty() && mappings.is_empty();
        if let Some(reader) = BUILT_IN.get().filter(|_| is_built_in) {
            return Ok(Arc::clone(reader));
        }
        let reader = Arc::new(Self::new(log_formats, mappings)?);
        Ok(if is_built_in { Arc::clone(BUILT_IN.get_or_init(|| reader)) } else { reader })
    }

    /// A reader of these descriptions and of nothing else, each with the rank that it states.
    pub fn of(definitions: &[Definition]) -> Result<Self, ReaderError> {
        let known: Vec<_> = definitions.iter().collect();
        Ok(Self::indexed(described(&known, &|_| false)?))
    }

    pub(super) fn format(&self, index: FormatIndex) -> Option<&Compiled> {
        self.formats.get(usize::from(index))
    }

    pub(super) fn formats(&self) -> impl Iterator<Item = (FormatIndex, &Compiled)> {
        (0..).zip(&self.formats)
    }

    /// The field of a format that no two events share, if it has one.
    #[inline]
    pub fn identity(&self, index: FormatIndex) -> Option<Field> {
        self.format(index)?.identity
    }

    /// The slow twin: a reader that tries every format, every pattern and every condition.
    #[cfg(test)]
    pub(super) fn opened(mut self) -> Self {
        for format in &mut self.formats {
            match &mut format.method {
                Method::Text(text) => {
                    text.patterns
                        .iter_mut()
                        .for_each(|known| known.gate = super::gate::Gate::open());
                    text.mark = None;
                }
                Method::Columns(columns) => columns.open(),
                _ => {}
            }
            format.mapping.open();
        }
        self.particular = self.particular.opened();
        self.generic = self.generic.opened();
        self.any_program = self.any_program.opened();
        self
    }

    /// The id of a format.
    pub fn id(&self, index: FormatIndex) -> Option<&str> {
        self.format(index).map(|format| &*format.id)
    }

    /// The name of a format for people.
    pub fn name(&self, index: FormatIndex) -> Option<&str> {
        self.format(index).map(|format| &*format.name)
    }

    /// What Sigma calls the records of a format.
    pub fn log_source(&self, index: FormatIndex) -> Option<&LogSource> {
        self.format(index).map(|format| &format.log_source)
    }

    /// How many formats there are.
    pub const fn count(&self) -> usize {
        self.formats.len()
    }

    /// The format of a kind that needs no telling.
    pub(super) fn of_kind(&self, kind: Kind) -> Option<FormatIndex> {
        let is_it = |format: &Compiled| match kind {
            Kind::Evtx => matches!(format.method, Method::Evtx),
            Kind::Utmp => matches!(format.method, Method::Utmp),
            _ => false,
        };
        self.formats().find(|(_, format)| is_it(format)).map(|(index, _)| index)
    }

    /// Reads a record. None when no format fits it.
    pub fn read<'a>(
        &'a self,
        situation: &Situation,
        state: &'a State,
        text: &'a [u8],
        arena: &'a Bump,
    ) -> Option<Read<'a>> {
        let mut draft = Draft::new(arena);
        let format = self.read_into(situation, state, text, &mut draft)?;
        let format = self.counts_as.get(usize::from(format)).copied().unwrap_or(format);
        let (time, count) = (draft.time, draft.count);
        Some(Read { format, time, count, fields: draft.finish() })
    }

    /// Reads a record that was taken apart already, as the stream's primary format.
    pub fn read_pairs<'a>(
        &'a self,
        situation: &Situation,
        pairs: Pairs<'a>,
        arena: &'a Bump,
    ) -> Option<Read<'a>> {
        let mut draft = Draft::new(arena);
        let format = self.format(situation.primary)?;
        let attempt = Attempt::new(self, situation, &[], 0);
        let format = attempt.claim(situation.primary, format, pairs, None, true, &mut draft)?;
        let (time, count) = (draft.time, draft.count);
        Some(Read { format, time, count, fields: draft.finish() })
    }

    #[inline]
    fn read_into<'a>(
        &'a self,
        situation: &Situation,
        state: &'a State,
        text: &'a [u8],
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        let primary = self.format(situation.primary).map(|format| &format.method);
        if let Some(Method::Layout(layout)) = primary {
            if let Some(time) = layout.read_into(text, &situation.clock, draft.inline()) {
                draft.time = time;
                return Some(situation.primary);
            }
            draft.clear();
        }
        self.read_otherwise(situation, state, text, draft)
    }

    /// Apart, so that what fits a layout pays nothing for it.
    #[inline(never)]
    fn read_otherwise<'a>(
        &'a self,
        situation: &Situation,
        state: &'a State,
        text: &'a [u8],
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        Attempt::of_stream(self, situation, text, state).read(state, draft)
    }

    /// Whether a line can begin a record of a stream whose records stand on several lines.
    pub fn begins(&self, situation: &Situation, line: &[u8]) -> bool {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let mut texts = self.texts(situation.primary).peekable();
        if texts.peek().is_none() {
            return read_prefix(line.trim_ascii_start(), &Form::Auto, &situation.clock).is_some();
        }
        let times = Times::new(&situation.clock);
        let mut patterns = texts.flat_map(|text| &text.patterns);
        patterns.any(|known| known.pattern.may_begin(line, &times))
    }

    /// Whether a line is a comment: it begins with `#`, and no record of a text begins as it does.
    pub fn is_comment(&self, line: &[u8]) -> bool {
        line.first() == Some(&b'#')
            && !self.no_comments.iter().any(|beginning| line.starts_with(beginning))
    }

    /// The columns that a line names, when it is one that names columns.
    pub fn header(&self, state: &State, line: &[u8]) -> Option<(FormatIndex, Vec<Box<[u8]>>)> {
        self.formats().find_map(|(index, format)| match &format.method {
            Method::Columns(columns) => {
                let may_be = match columns.has_prefix() {
                    true => line.first() == Some(&b'#'),
                    false => !format.is_generic() || !state.has_begun(),
                };
                let names = may_be.then(|| columns.named_by(line, !state.has_begun()))??;
                let is_names = !format.is_generic() || !self.is_particular_record(line);
                is_names.then_some((index, names))
            }
            _ => None,
        })
    }

    /// Whether a line is a record of a particular format. Where commas part a sentence, it could be
    /// taken for names of columns.
    fn is_particular_record(&self, line: &[u8]) -> bool {
        let (arena, state) = (Bump::new(), State::default());
        let nothing = Situation::new(FormatIndex::MAX, Clock::default());
        let read = self.read(&nothing, &state, line, &arena);
        read.is_some_and(|read| self.format(read.format).is_some_and(|own| !own.is_generic()))
    }

    /// Takes a line that names columns, or another comment.
    pub fn direct_line(&self, state: &mut State, line: &[u8]) {
        match self.header(state, line) {
            Some((format, names)) => {
                state.name(format, names, line);
            }
            None => state.direct(line),
        }
    }
}

/// Descriptions, compiled, in order of rank. Those that are the user's own go first where they state
/// no rank.
fn described(
    known: &[&Definition],
    is_own: &dyn Fn(&&Definition) -> bool,
) -> Result<Vec<Compiled>, DefinitionError> {
    let mut described = Vec::new();
    for definition in known {
        let mut format = Compiled::new(&definition.extended(known)?)?;
        if is_own(definition) {
            format.rank = definition.rank.unwrap_or(0);
        }
        described.push(format);
    }
    described.arrange_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    Ok(described)
}
