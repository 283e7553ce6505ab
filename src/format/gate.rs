//! Which formats a text can be of, before any of them is tried.
//!
//! A gate says what every text that fits must begin with and hold. It may let a text through in
//! vain, and never keeps one out that fits: the tests compare with a reader whose gates are open.

use super::FormatIndex;
use super::compiled::{Compiled, Method};
use super::condition::Alternative;
use super::grams::{GramId, Grams, Held, Signs};
use super::heads::{Begun, Head, Heads};
use super::pattern::Literal;
use super::recall::{Asked, Question, Recall};
use crate::base::Fingerprint;
use memchr::memchr_iter;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::rc::Rc;

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// All bytes.
    pub const ALL: Self = Self([u64::MAX; 4]);
    /// None.
    pub const NONE: Self = Self([0; 4]);

    /// The bytes for which a test is true.
    pub fn that(test: impl Fn(u8) -> bool) -> Self {
        let mut set = Self::NONE;
        for byte in (0..=u8::MAX).filter(|byte| test(*byte)) {
            set.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        set
    }

    /// The bytes of both.
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// Whether a byte is among them.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] & 1 << (byte & 63) != 0
    }
}

/// Names of a record as bits. Some share one, so a record may seem to have what it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names([u64; 8]);

impl Names {
    /// Those of a record, or those that a claim needs.
    pub fn of(names: &[Fingerprint]) -> Self {
        let mut bits = [0; 8];
        for name in names {
            bits[(name >> 6 & 7) as usize] |= 1 << (name & 63);
        }
        Self(bits)
    }

    /// Whether all of the others are among them.
    #[inline]
    pub fn hold(&self, needed: &Self) -> bool {
        self.0.iter().zip(&needed.0).fold(0, |missing, (own, needed)| missing | needed & !own) == 0
    }
}

/// What every text that fits begins with and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gate {
    /// The first byte is one of these; an empty text passes.
    pub begins: Bytes,
    /// These signs stand in it.
    pub signs: Signs,
    /// These stand in it.
    pub holds: Vec<GramId>,
    /// So many quotes stand in it.
    pub quotes: u32,
    /// This literal stands in it.
    pub literal: Option<Literal>,
    /// Of each of these one at least.
    pub one_of: Vec<Vec<GramId>>,
    /// This byte stands in it so often.
    pub often: Option<(u8, usize)>,
    /// It begins in one of these ways; in any where there is none.
    pub heads: Vec<Head>,
}

/// A text at a gate: what it holds, and how it begins.
pub(super) struct Text<'t> {
    pub bytes: &'t [u8],
    pub held: &'t Held,
    pub begun: Begun<'t>,
    /// A byte, and how often it stands there, as it was counted last.
    pub counted: Cell<Option<(u8, usize)>>,
}

impl Text<'_> {
    /// The places of the gates that may let it through: as it was worked out for a text that holds
    /// the same.
    pub fn recalled(
        &self,
        asked: Asked,
        recall: &RefCell<Recall>,
        work_out: impl FnOnce() -> Rc<[u16]>,
    ) -> Rc<[u16]> {
        let Some(grams) = self.held.listed() else { return work_out() };
        let (first, signs) = (self.bytes.first().copied(), self.held.signs());
        recall.borrow_mut().answer(&Question { asked, first, signs, grams }, work_out)
    }
}

impl Text<'_> {
    /// How often a byte stands in it.
    fn count(&self, byte: u8) -> usize {
        match self.counted.get() {
            Some((known, count)) if known == byte => count,
            _ => {
                let count = memchr_iter(byte, self.bytes).count();
                self.counted.set(Some((byte, count)));
                count
            }
        }
    }
}

impl Gate {
    /// A gate that all texts pass.
    pub fn open() -> Self {
        Self {
            begins: Bytes::ALL,
            signs: Signs::NONE,
            holds: Vec::new(),
            quotes: 0,
            literal: None,
            one_of: Vec::new(),
            often: None,
            heads: Vec::new(),
        }
    }

    /// What has these signs as well.
    pub const fn signed(mut self, signs: Signs) -> Self {
        self.signs = self.signs.or(signs);
        self
    }

    /// What has as many quotes as these literals, one behind the other, as well.
    pub fn quoted<'l>(mut self, literals: impl IntoIterator<Item = &'l [u8]>) -> Self {
        self.quotes = literals.into_iter().map(|text| memchr_iter(b'"', text).count() as u32).sum();
        self
    }

    /// What holds all of these literals as well.
    pub fn needing<'l>(
        mut self,
        grams: &mut Grams,
        literals: impl IntoIterator<Item = &'l [u8]>,
    ) -> Self {
        self.holds.extend(literals.into_iter().filter_map(|literal| grams.ask(literal)));
        self
    }

    /// What holds one of some literals as well.
    pub fn needing_one_of(mut self, grams: &mut Grams, literals: &[Box<[u8]>]) -> Self {
        // One that is too short may always stand in a text.
        self.one_of
            .extend(literals.iter().map(|literal| grams.ask(literal)).collect::<Option<_>>());
        self
    }

    /// Whether a text may be what lies behind, as far as its first byte and what it holds of what
    /// is asked for say so.
    #[inline]
    pub fn may_let_through(&self, text: &Text<'_>) -> bool {
        text.bytes.first().is_none_or(|byte| self.begins.has(*byte))
            && text.held.has_signs(self.signs)
            && self.holds.iter().all(|gram| text.held.has(*gram))
            && self.one_of.iter().all(|grams| grams.iter().any(|gram| text.held.has(*gram)))
    }

    /// Whether a text may be what lies behind, as far as its beginning says so.
    #[inline]
    pub fn begins(&self, begun: &Begun<'_>) -> bool {
        begun.text.first().is_none_or(|byte| self.begins.has(*byte)) && self.begins_in_a_way(begun)
    }

    #[inline]
    fn begins_in_a_way(&self, begun: &Begun<'_>) -> bool {
        self.heads.is_empty() || self.heads.iter().any(|head| begun.fits(head))
    }

    /// Whether such a text may be what lies behind.
    #[inline]
    pub fn lets_through(&self, text: &Text<'_>) -> bool {
        text.held.quotes() >= self.quotes
            && self.literal.as_ref().is_none_or(|literal| literal.find(text.bytes).is_some())
            && self.begins_in_a_way(&text.begun)
            && self.often.is_none_or(|(byte, times)| text.count(byte) >= times)
    }
}

/// What tells most texts apart from those that a gate lets through.
#[derive(Clone, Copy, Debug)]
struct Clue {
    signs: Signs,
    /// What the fewest others need but the one that it is found by; [`NOTHING`] where there is no
    /// other.
    also: GramId,
    /// The gate's place.
    place: u16,
}

/// Stands for what every text holds.
const NOTHING: GramId = GramId::MAX;

impl Clue {
    #[inline]
    fn fits(&self, held: &Held) -> bool {
        held.has_signs(self.signs) && held.has(self.also)
    }
}

/// What lies behind a gate: a format, or one of the patterns of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub format: FormatIndex,
    pub pattern: Option<usize>,
}

/// The gates of formats, by what texts hold and begin with.
#[derive(Clone, Debug)]
pub(super) struct Gates {
    asked: Asked,
    gates: Vec<(Gate, Candidate)>,
    /// For each that is asked for, the gates that need it and others at most as often.
    by_gram: Vec<Vec<Clue>>,
    /// For each first byte the gates that need none of these; the last for an empty text.
    by_first: Vec<Vec<Clue>>,
}

impl Gates {
    /// The gates of formats, which are tried in this order.
    pub fn of<'f>(
        asked: Asked,
        formats: impl Iterator<Item = (FormatIndex, &'f Compiled)>,
        grams: &mut Grams,
    ) -> Self {
        let by_first = vec![Vec::new(); 257];
        let mut all = Self { asked, gates: Vec::new(), by_gram: Vec::new(), by_first };
        for (index, format) in formats {
            let is_text = matches!(format.method, Method::Text(_));
            let candidate =
                |(nth, gate)| (gate, Candidate { format: index, pattern: is_text.then_some(nth) });
            let from = all.gates.len();
            for gate in gates(format, grams).into_iter().enumerate().map(candidate) {
                // Claims may differ in nothing that a gate looks at.
                if !all.gates.iter().skip(from).any(|known| *known == gate) {
                    all.gates.push(gate);
                }
            }
        }
        let mut needing = vec![0_u32; grams.len()];
        let of_all = all.gates.iter().flat_map(|(gate, _)| &gate.holds);
        of_all.for_each(|gram| needing[usize::from(*gram)] += 1);
        all.by_gram = vec![Vec::new(); grams.len()];
        for (place, (gate, _)) in (0..).zip(&all.gates) {
            let mut held = gate.holds.clone();
            held.sort_by_key(|gram| (needing[usize::from(*gram)], *gram));
            held.dedup();
            let clue =
                Clue { signs: gate.signs, also: held.get(1).copied().unwrap_or(NOTHING), place };
            match held.first() {
                Some(rarest) => all.by_gram[usize::from(*rarest)].push(clue),
                None => {
                    let bytes = (0..=u8::MAX).map(Some).chain([None]).zip(&mut all.by_first);
                    bytes
                        .filter(|(byte, _)| byte.is_none_or(|byte| gate.begins.has(byte)))
                        .for_each(|(_, clues)| clues.push(clue));
                }
            }
        }
        all
    }

    /// The formats that a text can be of, in their order; of texts each pattern that it may fit.
    pub fn candidates(
        &self,
        text: &Text<'_>,
        recall: &RefCell<Recall>,
    ) -> impl Iterator<Item = Candidate> {
        let places = text.recalled(self.asked, recall, || self.places(text));
        let mut before = None;
        (0..places.len()).filter_map(move |at| {
            let (gate, candidate) = self.gates.get(usize::from(*places.get(at)?))?;
            let passes = before != Some(*candidate) && gate.lets_through(text);
            passes.then(|| *before.insert(*candidate))
        })
    }

    /// The gates that may let a text through, in their order.
    fn places(&self, text: &Text<'_>) -> Rc<[u16]> {
        let first = text.bytes.first().map_or(256, |byte| usize::from(*byte));
        let mut marked = vec![0_u64; self.gates.len().div_ceil(64)];
        let mut mark_fitting = |clues: Option<&Vec<Clue>>| {
            for clue in clues.into_iter().flatten().filter(|clue| clue.fits(text.held)) {
                if let Some(word) = marked.get_mut(usize::from(clue.place >> 6)) {
                    *word |= 1 << (clue.place & 63);
                }
            }
        };
        mark_fitting(self.by_first.get(first));
        for gram in text.held.ids(self.by_gram.len()) {
            mark_fitting(self.by_gram.get(usize::from(gram)));
        }
        let may_pass = |place: &usize| {
            self.gates.get(*place).is_some_and(|(gate, _)| gate.may_let_through(text))
        };
        ones(&marked).filter(may_pass).map(|place| place as u16).collect()
    }
}

/// The places of the bits that are set, in order.
pub(super) fn ones(words: &[u64]) -> impl Iterator<Item = usize> {
    (0..).step_by(64).zip(words).flat_map(|(from, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(from + bit)
        })
    })
}

/// The gates of a format, of which a text that fits passes one. None for one that only a stream's
/// own lines can name.
fn gates(format: &Compiled, grams: &mut Grams) -> Vec<Gate> {
    let claimed = |gate: Gate, grams: &mut Grams| {
        let all = alternatives(format);
        let needing =
            |one: &Alternative<'_>| gate.clone().needing(grams, one.iter().map(AsRef::as_ref));
        all.iter().map(needing).collect::<Vec<_>>()
    };
    let signed = |sign: &[u8], grams: &mut Grams| {
        signed(sign, grams).into_iter().flat_map(|gate| claimed(gate, grams)).collect()
    };
    match &format.method {
        Method::Text(text) => text.patterns.iter().map(|known| known.gate.clone()).collect(),
        Method::Layout(layout) => {
            let signs = layout.literals().map(Signs::of).fold(Signs::NONE, Signs::or);
            // Most of them are too short to be asked for.
            let literals = layout.literals().filter(|text| !text.is_empty());
            let literal = literals.min_by_key(|text| Reverse(text.len())).map(Literal::new);
            let gate = Gate { literal, ..Gate::open() };
            let gate = gate.quoted(layout.literals()).signed(signs);
            vec![gate.needing(grams, layout.literals())]
        }
        Method::Columns(columns) if columns.are_named_by_lines() => Vec::new(),
        Method::Columns(columns) => {
            let often = columns.separators(&format.mapping);
            let signs = often.map_or(Signs::NONE, |(separator, _)| Signs::of(&[separator]));
            claimed(Gate { often, ..Gate::open() }.signed(signs), grams)
        }
        Method::Pairs(options) => claimed(Gate::open().signed(Signs::of(&[options.assign])), grams),
        Method::Cef => signed(b"CEF:", grams),
        Method::Leef => signed(b"LEEF:", grams),
        Method::Xml => {
            vec![Gate { begins: Bytes::that(|byte| byte == b'<'), ..Gate::open() }]
        }
        Method::Json | Method::Syslog | Method::Evtx | Method::Utmp => Vec::new(),
    }
}

/// For each way in which a claim of a format can hold, what must stand in the record: names only
/// where the notation leaves them as they are written, and what it writes behind them.
fn alternatives(format: &Compiled) -> Vec<Alternative<'_>> {
    let behind = match &format.method {
        Method::Pairs(options) if options.separator == b' ' => Some(vec![options.assign]),
        Method::Pairs(_) => Some(Vec::new()),
        _ => None,
    };
    format.mapping.alternatives(behind.as_deref())
}

/// A text with a sign, or one that begins with the version behind it.
fn signed(sign: &[u8], grams: &mut Grams) -> [Gate; 2] {
    let begins = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'0'..=b'2');
    let bare = Gate { begins: Bytes::that(begins), ..Gate::open() };
    [Gate::open().needing(grams, [sign]), bare.signed(Signs::of(b"0|"))]
}

/// Closes the gates of formats. What all of them ask for can then be looked for in one pass, and
/// how they begin is tried once.
pub(super) fn close(formats: &mut [Compiled]) -> (Grams, Heads) {
    let (mut grams, mut heads) = (Grams::default(), Heads::default());
    for format in &*formats {
        alternatives(format).iter().flatten().for_each(|literal| grams.count(literal));
        format.mapping.count(&mut grams);
        match &format.method {
            Method::Text(text) => {
                let literals = text.patterns.iter().flat_map(|known| known.pattern.literals());
                literals.for_each(|literal| grams.count(literal));
                let choices = text.patterns.iter().flat_map(|known| known.pattern.choices());
                choices.flatten().for_each(|text| grams.count(&text));
            }
            Method::Layout(layout) => layout.literals().for_each(|text| grams.count(text)),
            _ => {}
        }
    }
    for format in formats {
        format.mapping.ask(&mut grams);
        if let Method::Text(text) = &mut format.method {
            for known in &mut text.patterns {
                known.gate = known.pattern.gate(&mut grams, &mut heads);
                let claimed = format.mapping.claimed(|key| known.plan.gives(key));
                known.gate.one_of.extend(claimed.filter(|_| format.inside.is_empty()));
            }
        }
    }
    (grams, heads)
}

#[cfg(test)]
impl Gates {
    /// The slow twin: every text passes.
    pub fn opened(mut self) -> Self {
        let clue = |place| Clue { signs: Signs::NONE, also: NOTHING, place };
        self.by_first.fill((0..).take(self.gates.len()).map(clue).collect());
        self.by_gram.clear();
        self.gates.iter_mut().for_each(|(gate, _)| *gate = Gate::open());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use crate::format::{Reader, Situation, State, definitions};
    use crate::train::Random;
    use bumpalo::Bump;

    /// A text of pieces of others, with signs that notations take out.
    fn drawn(texts: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        let mut drawn = Vec::new();
        for _ in 0..=random.below(2) {
            let text = random.pick(texts).unwrap();
            let from = random.below(4) * random.below(text.len() as u64 + 1) / 4;
            drawn.extend_from_slice(&text[from as usize..]);
        }
        for _ in 0..random.below(4) {
            let at = random.below(drawn.len() as u64 + 1) as usize;
            match random.below(3) {
                0 => drawn.truncate(at),
                1 => drawn.insert(at, *random.pick(br#""\ =,|<A0"#).unwrap()),
                _ => drawn[..at].make_ascii_uppercase(),
            }
        }
        drawn
    }

    #[test]
    fn records_are_read_as_without_gates_and_alone() {
        let reader = Reader::new(&[], &[]).unwrap();
        let slow = Reader::new(&[], &[]).unwrap().opened();
        let examples = definitions().flat_map(|(_, definition)| definition.unwrap().example);
        let texts: Vec<_> = examples.map(|example| example.text.into_bytes()).collect();
        let clock = Clock::default().with_reference(Some(1_640_000_000));
        let (state, arena) = (State::default(), Bump::new());
        let mut random = Random::new(7);
        let drawn: Vec<_> = (0..4_000).map(|_| drawn(&texts, &mut random)).collect();
        for text in texts.iter().chain(&drawn) {
            let primary = random.below(300) as FormatIndex;
            // What one reader worked out, the other must not be told.
            let read = |reader: &Reader, state: &State| {
                let situation = Situation::new(primary, clock.clone());
                format!("{:?}", reader.read(&situation, state, text, &arena))
            };
            // What the stream before had in common does not matter either.
            let (kept, anew) = (read(&reader, &state), read(&slow, &State::default()));
            assert_eq!(kept, anew, "{:?}", String::from_utf8_lossy(text));
        }
    }
}
