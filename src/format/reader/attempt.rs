//! One text, and what is tried on it until a format fits.

use super::{Reader, Situation};
use crate::base::Time;
use crate::event::Field;
use crate::format::cef::{ORIGIN, read_cef, read_leef};
use crate::format::columns::{Columned, Columns, Split, State};
use crate::format::compiled::{Compiled, Method, Text, TextPattern};
use crate::format::condition::Holding;
use crate::format::definition::Notation;
use crate::format::draft::Draft;
use crate::format::gate::{self, Gates};
use crate::format::grams::{Held, LookedThrough, Signs};
use crate::format::heads::Begun;
use crate::format::keys::{Arrangement, Found, hashed};
use crate::format::known::Known;
use crate::format::pattern::Times;
use crate::format::recall::Asked;
use crate::format::syslog::Envelope;
use crate::format::{FormatIndex, utmp};
use crate::text::{Pair, Pairs, json, kv, labels, xml};
use bumpalo::Bump;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

/// Records within records are looked for so deep.
const DEPTH: u32 = 3;

/// Patterns that are tried sooner than it is worked out what a text holds, or recalled what was
/// worked out of them.
const FEW: usize = 8;

/// What log platforms export a record in: the name that comes first there, and what stands there in
/// front of the names of the record.
const ENVELOPES: [(&[u8], &[u8]); 2] = [(b"_index", b"_source."), (b"preview", b"result.")];

/// Names and values that most records have no more of.
const USUAL_PAIRS: usize = 32;

/// One text that formats are tried on.
pub(super) struct Attempt<'a, 'r> {
    reader: &'a Reader,
    situation: &'r Situation,
    text: &'a [u8],
    /// Texts that it stands inside.
    nested: u32,
    /// What records of the stream have in common.
    state: Option<&'a State>,
    /// What the text holds of what is asked for, once that was asked.
    held: OnceCell<&'a Held>,
    /// Its signs, once they were asked for.
    signs: OnceCell<Signs>,
    /// The times that it begins with.
    times: Times<'r>,
    /// Its number among those whose beginnings are tried.
    number: u32,
    split: Split<'a>,
    /// The header of syslog, where it has one, once it was asked for.
    envelope: OnceCell<Option<Envelope<'a>>>,
    /// Its pairs as XML, CEF or LEEF, where it is that, once they were asked for.
    xml: ReadOnce<'a>,
    cef: ReadOnce<'a>,
    leef: ReadOnce<'a>,
}

/// The pairs of a text in a notation; none where it is not in that.
type ReadOnce<'a> = OnceCell<Option<&'a [Pair<'a>]>>;

impl<'a, 'r> Attempt<'a, 'r> {
    pub fn new(reader: &'a Reader, situation: &'r Situation, text: &'a [u8], nested: u32) -> Self {
        let (held, signs, envelope) = Default::default();
        let (xml, cef, leef) = Default::default();
        let times = Times::new(&situation.clock);
        let number = situation.tried.next();
        let split = Split::default();
        let state = None;
        Attempt {
            reader,
            situation,
            text,
            nested,
            state,
            held,
            signs,
            times,
            number,
            split,
            envelope,
            xml,
            cef,
            leef,
        }
    }

    pub fn of_stream(
        reader: &'a Reader,
        situation: &'r Situation,
        text: &'a [u8],
        state: &'a State,
    ) -> Self {
        Self { state: Some(state), ..Self::new(reader, situation, text, 0) }
    }

    /// The same for a text inside.
    fn of(&self, text: &'a [u8]) -> Self {
        Self { nested: self.nested + 1, ..self.beside(text) }
    }

    /// The same for a text that stands for this one.
    fn beside(&self, text: &'a [u8]) -> Self {
        let new = Self::new(self.reader, self.situation, text, self.nested);
        Self { state: self.state, ..new }
    }

    /// The same for a part of the text, which holds no more than all of it.
    fn of_part(&self, text: &'a [u8]) -> Self {
        Self { held: self.held.clone(), ..self.of(text) }
    }

    /// The text as gates look at it.
    fn at_gate(&self, arena: &'a Bump) -> gate::Text<'_> {
        let (held, begun) = (self.held(arena), self.begun());
        gate::Text { bytes: self.text, held, begun, counted: Cell::new(None) }
    }

    /// How it begins.
    fn begun(&self) -> Begun<'_> {
        let (heads, tried, number) = (&self.reader.heads, &self.situation.tried, self.number);
        Begun { text: self.text, times: &self.times, heads, tried, number }
    }

    /// What the text holds.
    fn held(&self, arena: &'a Bump) -> &'a Held {
        let grams = &self.reader.grams;
        let held_by = || grams.held_by(self.text, self.signs(), arena);
        self.held.get_or_init(|| arena.alloc_with(held_by))
    }

    /// Its signs.
    fn signs(&self) -> Signs {
        *self.signs.get_or_init(|| Signs::of(self.text))
    }

    /// How it is told what the values of a record of a format hold: where they are as the text has
    /// them and that was looked at for gates, no more than that. One of them may be known.
    fn holding(&self, format: &Compiled, known: Option<LookedThrough<'a>>) -> Holding<'a> {
        match (&format.method, self.held.get()) {
            (Method::Text(_), Some(held)) if format.inside.is_empty() => Holding::Record(held),
            _ => Holding::Values(&self.reader.grams, known),
        }
    }

    /// It with what it holds, where that was asked.
    fn looked_through(&self) -> Option<LookedThrough<'a>> {
        self.held.get().map(|held| LookedThrough { text: self.text, held })
    }

    /// The pairs of a text in a notation that shows at its beginning, read once for all formats that
    /// ask.
    fn told(&self, method: &Method, arena: &'a Bump) -> Option<&'a [Pair<'a>]> {
        let text = self.text;
        let (known, read): (_, fn(_, _, &mut Pairs<'a>) -> Option<()>) = match method {
            Method::Cef => (&self.cef, |text, arena, pairs| read_cef(text, false, arena, pairs)),
            Method::Leef => (&self.leef, |text, arena, pairs| read_leef(text, false, arena, pairs)),
            Method::Xml => (&self.xml, |text: &'a [u8], arena, pairs| {
                text.first().filter(|byte| **byte == b'<')?;
                xml::read(text, arena, pairs).ok().map(drop)
            }),
            _ => return None,
        };
        *known.get_or_init(|| {
            let mut pairs = Pairs::with_capacity_in(USUAL_PAIRS, arena);
            read(text, arena, &mut pairs).map(|()| pairs.into_bump_slice() as &[_])
        })
    }

    /// Adds these pairs.
    fn add_told(&self, format: &Compiled, pairs: &mut Pairs<'a>) -> bool {
        let told = self.told(&format.method, pairs.bump());
        pairs.extend_from_slice_copy(told.unwrap_or_default());
        told.is_some()
    }

    /// Adds the pairs behind a header that stands inside the text.
    fn add_inside(&self, method: &Method, pairs: &mut Pairs<'a>) -> bool {
        let (text, arena) = (self.text, pairs.bump());
        let read = match method {
            Method::Cef => read_cef(text, true, arena, pairs),
            Method::Leef => read_leef(text, true, arena, pairs),
            _ => None,
        };
        read.is_some()
    }

    /// Whether a format may claim a record with these pairs, of which those of the header that say
    /// what wrote it stand first.
    fn may_claim_header(&self, format: &Compiled, read: &[Pair<'a>]) -> bool {
        let origin = read.get(..ORIGIN).unwrap_or(read);
        format.mapping.may_claim(self.holding(format, None), |key| {
            let name = format.mapping.name(key).as_bytes();
            origin.iter().find(|pair| pair.key == name).map(|pair| Some(pair.value))
        })
    }

    /// Reads it: as the primary format of its stream, or as the first format that fits.
    pub fn read(&self, state: &'a State, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let format = self.of_primary(state, draft);
        let format = format.or_else(|| self.identify(None, draft, 0))?;
        if draft.time == Time::Absent
            && let Some(envelope) = self.envelope()
        {
            envelope.fill(draft);
        }
        Some(format)
    }

    /// The format that a line named, or the primary one where its records can be told at once. A
    /// priority is a syslog header's, and the header comes first. What stands in a JSON object is
    /// read as that says it, without the marks that it has there.
    fn of_primary(&self, state: &'a State, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let primary = self.situation.primary;
        let named = state.format();
        let first = match &named {
            Some(index) => std::slice::from_ref(index),
            None if self.is_marked() || object(self.text).is_some() => &[],
            None => self.reader.direct(primary),
        };
        for index in first.iter().filter(|index| self.has_mark(**index, draft.arena)) {
            let fitting = self.try_format(*index, Some(state), draft);
            if fitting.is_some() {
                return fitting;
            }
            draft.clear();
        }
        if self.reader.of_programs.get(usize::from(primary)) != Some(&true) {
            return None;
        }
        let fitting = self.of_primary_program(draft);
        if fitting.is_none() {
            draft.clear();
        }
        fitting
    }

    /// Whether a text has the mark of a format, where that has one: what all its patterns have, or
    /// a header that says what wrote the record.
    fn has_mark(&self, index: FormatIndex, arena: &'a Bump) -> bool {
        self.reader.format(index).is_none_or(|format| match &format.method {
            Method::Text(text) => text.may_fit(self.text),
            method @ (Method::Cef | Method::Leef) => {
                self.told(method, arena).is_some_and(|read| self.may_claim_header(format, read))
            }
            _ => true,
        })
    }

    /// The primary format, where the text is a message of one of its programs.
    fn of_primary_program(&self, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let envelope = (*self.envelope())?;
        let program = envelope.program?;
        let is_primary = |index: FormatIndex| {
            self.reader.counts_as.get(usize::from(index)) == Some(&self.situation.primary)
        };
        // What is for any program comes behind the formats of whole lines.
        let names_it =
            |index: FormatIndex| self.reader.format(index).is_some_and(Compiled::names_programs);
        let formats = self.formats_of(program);
        let is_it = formats.iter().any(|index| is_primary(*index) && names_it(*index));
        if !is_it || object(envelope.message).is_some() {
            return None;
        }
        let message = self.of_part(envelope.message);
        let index = message.of_program(program, draft).filter(|index| is_primary(*index))?;
        envelope.fill(draft);
        Some(index)
    }

    /// The header of syslog, where the text has one.
    fn envelope(&self) -> &Option<Envelope<'a>> {
        self.envelope.get_or_init(|| Envelope::read(self.text, &self.times))
    }

    /// The formats of the messages of a program.
    fn formats_of(&self, program: &[u8]) -> Rc<[FormatIndex]> {
        let formats = || self.reader.formats_of(program);
        self.situation.recall.borrow_mut().formats_of(program, formats)
    }

    /// Whether it begins as a syslog priority does.
    fn is_marked(&self) -> bool {
        self.text.first() == Some(&b'<') && self.text.get(1).is_some_and(u8::is_ascii_digit)
    }

    /// The first format that fits.
    fn identify(
        &self,
        program: Option<&[u8]>,
        draft: &mut Draft<'a>,
        depth: u32,
    ) -> Option<FormatIndex> {
        let text = self.text;
        if let Some(object) = object(text) {
            if let Some(index) = self.beside(object).json(draft, depth) {
                return Some(index);
            }
            draft.clear_fields();
        }
        let is_marked = self.is_marked();
        if depth == 0
            && is_marked
            && let Some(index) = self.syslog(draft)
        {
            return Some(index);
        }
        if let Some(index) = program.and_then(|program| self.of_program(program, draft)) {
            return Some(index);
        }
        // All of a record was tried so before.
        if self.nested > 0
            && let Some(index) = self.of_header(draft)
        {
            return Some(index);
        }
        let reader = self.reader;
        self.first_of(&reader.particular, draft)
            .or_else(|| if depth == 0 && !is_marked { self.syslog(draft) } else { None })
            .or_else(|| {
                let is_plain = program.is_none();
                self.first_of(if is_plain { &reader.generic } else { &reader.any_program }, draft)
            })
    }

    /// The format among the stream's whose records begin with a header, as this text inside
    /// another may too.
    fn of_header(&self, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let is_headed =
            |index: &&FormatIndex| self.reader.format(**index).is_some_and(Compiled::is_headed);
        let direct = self.reader.direct(self.situation.primary).iter().take_while(is_headed);
        direct.filter(|index| self.has_mark(**index, draft.arena)).find_map(|index| {
            let fitting = self.try_format(*index, None, draft);
            if fitting.is_none() {
                draft.clear_fields();
            }
            fitting
        })
    }

    fn first_of(&self, formats: &Gates, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let text = self.at_gate(draft.arena);
        let mut candidates = formats.candidates(&text, &self.situation.recall);
        candidates.find_map(|candidate| match candidate.pattern {
            Some(nth) => self.nth_pattern(candidate.format, nth, draft),
            None => {
                let fitting = self.try_format(candidate.format, None, draft);
                if fitting.is_none() {
                    draft.clear_fields();
                }
                fitting
            }
        })
    }

    /// The format of a text, if this pattern of it fits.
    fn nth_pattern(
        &self,
        index: FormatIndex,
        nth: usize,
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        let format = self.reader.format(index)?;
        let Method::Text(text) = &format.method else { return None };
        self.pattern(index, format, text.patterns.get(nth)?, draft)
    }

    /// The format, if it fits, or that of the record inside it. When it does not, the draft may
    /// hold anything.
    fn try_format(
        &self,
        index: FormatIndex,
        state: Option<&'a State>,
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        let format = self.reader.format(index)?;
        let mut pairs = Pairs::new_in(draft.arena);
        let is_read = match &format.method {
            Method::Layout(layout) => {
                let time = layout.read_into(self.text, &self.situation.clock, draft.inline());
                draft.time = time.unwrap_or(draft.time);
                return time.map(|_| index);
            }
            Method::Text(text) => return self.patterns(index, format, text, draft),
            Method::Utmp => return utmp::read(self.text, draft).then_some(index),
            Method::Columns(columns) => {
                // What lines of the stream say may be what a claim asks for.
                let is_alone =
                    |state: &State| !columns.are_named_by_lines() && !state.has_directives();
                if state.is_none_or(is_alone) && !self.may_claim(format, columns, draft.arena) {
                    return None;
                }
                columns.read(self.text, state, &self.split, &mut pairs)
            }
            Method::Pairs(options) => {
                pairs.reserve(USUAL_PAIRS);
                kv::read(self.text, draft.arena, &mut pairs, options);
                pairs.len() > 1
            }
            Method::Cef | Method::Leef => {
                self.add_told(format, &mut pairs)
                    || (format.is_generic() && self.add_inside(&format.method, &mut pairs))
            }
            Method::Xml => self.add_told(format, &mut pairs),
            Method::Json | Method::Syslog | Method::Evtx => false,
        };
        // Columns that a line named need no other claim.
        let is_named = state.is_some_and(|state| state.format() == Some(index));
        let arrange = || format.mapping.arrange(pairs.iter().map(|pair| pair.key));
        let arranged = self.state.filter(|_| is_read).and_then(|stream| match format.method {
            Method::Columns(_) => {
                let (pairs, is_named) = (pairs.len(), state.is_some());
                stream.arrangement(Columned { format: index, pairs, is_named }, arrange)
            }
            _ => stream.known().arrangement(index, &pairs, arrange),
        });
        is_read.then(|| self.claim(index, format, pairs, arranged, is_named, draft))?
    }

    /// Whether a format in columns may claim the text.
    fn may_claim(&self, format: &Compiled, columns: &Columns, arena: &'a Bump) -> bool {
        let held = self.holding(format, None);
        columns.may_claim(&format.mapping, self.text, held, (&self.split, arena))
    }

    /// Sets the fields of a record when it is of the format, and gives that or the one of the record
    /// inside it. It may be known where what the format asks for stands in it.
    pub fn claim(
        &self,
        index: FormatIndex,
        format: &'a Compiled,
        pairs: Pairs<'a>,
        arranged: Option<&'a Arrangement>,
        is_named: bool,
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        let found = match arranged {
            Some(arrangement) => arrangement.find(&pairs, draft.arena),
            None => format.mapping.find(&pairs, draft),
        };
        if !is_named && !format.mapping.claims(&found, self.holding(format, None)) {
            return None;
        }
        // What was taken out of the text may hold what the text does not.
        let (inner, known) = self.inner(format, &found, |text| self.of(text), draft);
        self.understand(format, (pairs, found), known, draft);
        Some(inner.unwrap_or(index))
    }

    /// Sets the fields of a record of the format, of which one value may be known.
    fn understand(
        &self,
        format: &'a Compiled,
        (mut pairs, mut found): (Pairs<'a>, Found<'a, 'a>),
        known: Option<LookedThrough<'a>>,
        draft: &mut Draft<'a>,
    ) {
        unfold_inside(format, &mut found, &mut pairs, draft);
        self.apply(format, &found, self.holding(format, known), draft);
        draft.add_pairs(pairs);
    }

    /// Sets the fields that a record inside this one has left. Its time is of the year of this one's
    /// where it states none.
    fn apply(
        &self,
        format: &'a Compiled,
        found: &Found<'a, 'a>,
        held: Holding<'a>,
        draft: &mut Draft<'a>,
    ) {
        let inner = match draft.time {
            Time::Yearless(..) => std::mem::replace(&mut draft.time, Time::Absent),
            _ => Time::Absent,
        };
        format.mapping.apply(found, held, &self.situation.clocks(), draft);
        if inner != Time::Absent {
            draft.time = inner.in_year_of(draft.time);
        }
    }

    /// The format of a text, if one of its patterns fits. Nothing is set where none does.
    fn patterns(
        &self,
        index: FormatIndex,
        format: &'a Compiled,
        text: &'a Text,
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        // Few patterns are tried sooner than it is told what the text holds.
        if text.patterns.len() <= FEW && self.held.get().is_none() {
            let begun = self.begun();
            let has_signs = |known: &TextPattern| {
                known.pattern.is_told_at_once() || self.signs().hold(known.gate.signs)
            };
            let may_pass = |known: &&TextPattern| known.gate.begins(&begun) && has_signs(known);
            let mut passing = text.patterns.iter().filter(may_pass);
            return passing.find_map(|known| self.pattern(index, format, known, draft));
        }
        let at_gate = self.at_gate(draft.arena);
        if text.patterns.len() <= FEW {
            let may_pass = |known: &&TextPattern| {
                known.gate.may_let_through(&at_gate) && known.gate.lets_through(&at_gate)
            };
            let mut passing = text.patterns.iter().filter(may_pass);
            return passing.find_map(|known| self.pattern(index, format, known, draft));
        }
        let places = at_gate.recalled(Asked::Patterns(index), &self.situation.recall, || {
            let all = (0..).zip(&text.patterns);
            all.filter(|(_, known)| known.gate.may_let_through(&at_gate))
                .map(|(nth, _)| nth)
                .collect()
        });
        let passing = places.iter().filter_map(|nth| text.patterns.get(usize::from(*nth)));
        let mut passing = passing.filter(|known| known.gate.lets_through(&at_gate));
        passing.find_map(|known| self.pattern(index, format, known, draft))
    }

    /// The same for one of them.
    fn pattern(
        &self,
        index: FormatIndex,
        format: &'a Compiled,
        known: &'a TextPattern,
        draft: &mut Draft<'a>,
    ) -> Option<FormatIndex> {
        let mut pairs = Pairs::new_in(draft.arena);
        let is_gated = self.held.get().is_some() || self.signs.get().is_some();
        let taken = known.pattern.read(self.text, &self.times, is_gated, &mut pairs)?;
        let held = self.holding(format, None);
        let mut found = match taken.has_all() {
            true => known.arranged(&format.mapping).find(&pairs, draft.arena),
            false => {
                let planned = taken.names().map(|name| known.plan.of(name));
                format.mapping.find_planned(&pairs, planned, draft)
            }
        };
        if format.mapping.has_claims() && !format.mapping.claims(&found, held) {
            return None;
        }
        if let (Some(time), Time::Absent) = (taken.time, draft.time) {
            draft.time = format.mapping.of_zone(time);
        }
        let (inner, _) = self.inner(format, &found, |text| self.of_part(text), draft);
        unfold_inside(format, &mut found, &mut pairs, draft);
        for (field, spec) in known.fields.iter().chain(&known.set) {
            spec.set(*field, &found, draft);
        }
        format.mapping.apply(&found, held, &self.situation.clocks(), draft);
        draft.add_pairs(pairs);
        Some(inner.unwrap_or(index))
    }

    /// The format of the record that a value holds, unless it is one that any text fits; and the
    /// value, where it was looked through for that.
    fn inner(
        &self,
        format: &Compiled,
        found: &Found<'a, 'a>,
        attempt: impl Fn(&'a [u8]) -> Self,
        draft: &mut Draft<'a>,
    ) -> (Option<FormatIndex>, Option<LookedThrough<'a>>) {
        let text = format.inner.and_then(|key| found.text(key));
        let Some(text) = text.filter(|_| self.nested < DEPTH) else { return (None, None) };
        let time = std::mem::replace(&mut draft.time, Time::Absent);
        let inside = attempt(text.trim_ascii());
        let inner = match format.program.and_then(|key| found.text(key)) {
            Some(program) => inside.identify(Some(program), draft, 1),
            None => inside.identify(None, draft, 0),
        };
        draft.time = match draft.time {
            Time::Absent => time,
            inner => inner.in_year_of(time),
        };
        let is_own = |index: &FormatIndex| {
            self.reader.format(*index).is_some_and(|format| !format.is_generic())
        };
        (inner.filter(is_own), inside.looked_through())
    }

    fn of_program(&self, program: &[u8], draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let mut named = None;
        for index in self.formats_of(program).iter().copied() {
            let Some(format) = self.reader.format(index) else { continue };
            let Method::Text(text) = &format.method else { continue };
            if let Some(index) = self.patterns(index, format, text, draft) {
                draft.set(Field::Message, self.text);
                return Some(index);
            }
            // A format of any program says nothing of a message that it does not fit.
            if format.names_programs() {
                named = named.or(Some(index));
            }
        }
        if named.is_some() {
            draft.set(Field::Message, self.text);
        }
        named
    }

    fn syslog(&self, draft: &mut Draft<'a>) -> Option<FormatIndex> {
        let envelope = (*self.envelope())?;
        let own = self.reader.syslog[usize::from(envelope.is_5424)]?;
        let inner = self.of_part(envelope.message).identify(envelope.program, draft, 1);
        envelope.fill(draft);
        // What counts as syslog counts as that of its header.
        let is_syslog = |index: &FormatIndex| {
            let whole = self.reader.counts_as.get(usize::from(*index)).copied();
            let whole = whole.and_then(|index| self.reader.format(index));
            whole.is_some_and(|format| matches!(format.method, Method::Syslog))
        };
        Some(inner.filter(|index| !is_syslog(index)).unwrap_or(own))
    }

    fn json(&self, draft: &mut Draft<'a>, depth: u32) -> Option<FormatIndex> {
        let mut pairs = Pairs::with_capacity_in(USUAL_PAIRS, draft.arena);
        let mut named = self
            .state
            .map(|state| (state.known(), json::Ids::with_capacity_in(USUAL_PAIRS, draft.arena)));
        let length = match &mut named {
            Some((known, ids)) => {
                json::read_known(self.text, draft.arena, &mut pairs, (&known.names, ids))
            }
            None => json::read(self.text, draft.arena, &mut pairs),
        };
        let length = length.ok()?;
        if !self.text[length..].iter().all(|byte| byte.is_ascii_whitespace() || *byte == b',') {
            return None;
        }
        open_envelope(&mut pairs);
        let (index, format, found) = self.reader.json_format(&pairs, named.as_ref(), draft)?;
        let inside = format.inner.and_then(|key| found.text(key)).filter(|_| depth < DEPTH);
        let inside = inside.map(|text| self.of(text.trim_ascii()));
        let program = format.program.and_then(|key| found.text(key));
        let inner = inside.as_ref().and_then(|inside| match program {
            Some(program) => inside.identify(Some(program), draft, depth + 1),
            None => inside.identify(None, draft, 0),
        });
        let known = inside.and_then(|inside| inside.looked_through());
        self.understand(format, (pairs, found), known, draft);
        let is_generic =
            |index: FormatIndex| self.reader.format(index).is_none_or(Compiled::is_generic);
        Some(inner.filter(|inner| is_generic(index) || !is_generic(*inner)).unwrap_or(index))
    }
}

/// Gives the pairs of a record in an envelope the names that it has itself. What they are follows
/// from the names alone, so that what is known of these stays true.
fn open_envelope(pairs: &mut [Pair<'_>]) {
    let Some(first) = pairs.first() else { return };
    let Some((_, before)) = ENVELOPES.iter().find(|(name, _)| first.key == *name) else { return };
    for pair in pairs {
        pair.key = pair.key.strip_prefix(*before).unwrap_or(pair.key);
    }
}

/// A text that begins as a JSON object, without what may stand before: white space, a mark of the
/// byte order, the cookie of Common Event Expression.
fn object(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    let text = text.strip_prefix(b"@cee:").unwrap_or(text).trim_ascii_start();
    (text.first() == Some(&b'{')).then_some(text)
}

impl Reader {
    /// The first JSON format that claims a record, and what the record says of its names, which
    /// may be known.
    fn json_format<'a>(
        &'a self,
        pairs: &[Pair<'a>],
        named: Option<&(&'a Known, json::Ids<'a>)>,
        draft: &Draft<'a>,
    ) -> Option<(FormatIndex, &'a Compiled, Found<'a, 'a>)> {
        let claiming = |index: FormatIndex, found: &dyn Fn(&'a Compiled) -> Found<'a, 'a>| {
            let format = self.format(index)?;
            let found = found(format);
            format
                .mapping
                .claims(&found, Holding::Values(&self.grams, None))
                .then_some((index, format, found))
        };
        let hash = || {
            let names = pairs.iter().map(|pair| hashed(pair.key));
            &*draft.arena.alloc_slice_fill_iter(names)
        };
        if let Some((known, ids)) = named
            && let Some(shape) = known.shape(ids, || self.json_candidates(hash()))
        {
            return shape.candidates.iter().find_map(|candidate| {
                claiming(candidate.format, &|format| {
                    let arrange = || format.mapping.arrange(pairs.iter().map(|pair| pair.key));
                    candidate.arrangement.get_or_init(arrange).find(pairs, draft.arena)
                })
            });
        }
        let names = hash();
        let candidates = self.json_candidates(names).into_iter();
        let find = |format: &'a Compiled| format.mapping.find_named(pairs, names, draft);
        candidates.into_iter().find_map(|index| claiming(index, &find))
    }
}

/// Adds the pairs of values that are themselves written in a notation, also of those inside them.
fn unfold_inside<'a>(
    format: &'a Compiled,
    found: &mut Found<'a, 'a>,
    pairs: &mut Pairs<'a>,
    draft: &Draft<'a>,
) {
    for (key, notation) in &format.inside {
        if let Some(text) = found.text(*key) {
            let before = pairs.len();
            unfold(text, *notation, draft.arena, pairs);
            if pairs.len() > before {
                *found = format.mapping.find(pairs, draft);
            }
        }
    }
}

/// Adds the pairs of a value that is itself written in a notation.
fn unfold<'a>(text: &'a [u8], notation: Notation, arena: &'a Bump, pairs: &mut Pairs<'a>) {
    match notation {
        Notation::Json => drop(json::read(text, arena, pairs)),
        Notation::Xml => drop(xml::read(text, arena, pairs)),
        Notation::Pairs => kv::read(text, arena, pairs, &kv::Options::LOGFMT),
        Notation::Commas => kv::read(text, arena, pairs, &kv::Options::COMMAS),
        Notation::Labels => labels::read(text, arena, pairs),
    }
}
