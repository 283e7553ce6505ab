//! Which formats a text can be of, before any of them is tried.
//!
//! A gate says what every text that fits must begin with and hold. It may let a text through in
//! vain, and never keeps one out that fits: the tests compare with a reader whose gates are open.

use super::FormatIndex;
use super::compiled::{Compiled, Method};
use super::condition::Alternative;
use crate::base::Fingerprint;

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Which pairs of neighbouring bytes a text holds, in whatever case, as bits. Each pair has a bit,
/// and some share one, so a text may seem to hold what it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traces([u64; 8]);

impl Traces {
    /// The bit that every text has.
    const ANY: Self = Self([1, 0, 0, 0, 0, 0, 0, 0]);

    /// The pairs of a text. Quotes and backslashes can be lost when a text is taken apart, so what
    /// stands around them is a pair too.
    pub fn of(text: &[u8]) -> Self {
        let mut traces = Self::ANY;
        let Some((&first, rest)) = text.split_first() else { return traces };
        let (mut last, mut plain) = (first, first);
        for &byte in rest {
            traces.add(last, byte);
            if matches!(last, b'"' | b'\\') {
                traces.add(plain, byte);
            }
            if !matches!(byte, b'"' | b'\\') {
                plain = byte;
            }
            last = byte;
        }
        traces
    }

    /// The same for the names of a record, a bit for each.
    pub fn of_names(names: &[Fingerprint]) -> Self {
        let mut traces = Self::default();
        for name in names {
            traces.0[(name >> 6 & 7) as usize] |= 1 << (name & 63);
        }
        traces
    }

    /// Adds the pairs of a literal.
    pub fn need(&mut self, literal: &[u8]) {
        for pair in literal.windows(2) {
            self.add(pair[0], pair[1]);
        }
    }

    #[inline(always)]
    fn add(&mut self, first: u8, second: u8) {
        // Capitals differ from small letters in this bit.
        let pair = u32::from(first | 0x20) << 8 | u32::from(second | 0x20);
        let bit = pair.wrapping_mul(0x9e37_79b1) >> 23;
        self.0[(bit >> 6) as usize] |= 1 << (bit & 63);
    }

    #[inline]
    const fn has(&self, bit: u16) -> bool {
        self.0[(bit >> 6 & 7) as usize] & 1 << (bit & 63) != 0
    }

    /// Whether it holds all of the others.
    #[inline]
    pub fn hold(&self, needed: &Self) -> bool {
        self.0.iter().zip(&needed.0).fold(0, |missing, (own, needed)| missing | needed & !own) == 0
    }
}

/// What every text that fits begins with and holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gate {
    /// The first byte is one of these; an empty text passes.
    pub begins: Bytes,
    /// These pairs stand in it.
    pub holds: Traces,
    /// It begins with a time, in any form.
    pub is_timed: bool,
}

impl Gate {
    /// A gate that all texts pass.
    pub fn open() -> Self {
        Self { begins: Bytes::ALL, holds: Traces::ANY, is_timed: false }
    }

    /// What holds all of these literals.
    fn needing<'l>(mut self, literals: impl IntoIterator<Item = &'l [u8]>) -> Self {
        literals.into_iter().for_each(|literal| self.holds.need(literal));
        self
    }

    /// Whether a text may begin so.
    #[inline]
    pub fn may_begin(&self, text: &[u8]) -> bool {
        text.first().is_none_or(|byte| self.begins.has(*byte))
    }
}

/// The gates of formats, by the first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    gates: Vec<(Gate, FormatIndex)>,
    /// For each first byte the gates that let it through, each by its place and by the trace that
    /// the fewest others need; the last for none.
    by_first: Vec<Vec<(u16, u16)>>,
}

impl Gates {
    /// The gates of formats, which are tried in this order.
    pub fn of<'f>(formats: impl Iterator<Item = (FormatIndex, &'f Compiled)>) -> Self {
        let all = formats.map(|(index, format)| (gates(format), index));
        let all = all.flat_map(|(gates, index)| gates.into_iter().map(move |gate| (gate, index)));
        let gates: Vec<_> = all.collect();
        let bits = 0..512;
        let needing = |bit| gates.iter().filter(|(gate, _)| gate.holds.has(bit)).count();
        let needing: Vec<_> = bits.clone().map(needing).collect();
        let rarest = |gate: &Gate| {
            let needed = bits.clone().filter(|bit| gate.holds.has(*bit));
            needed.min_by_key(|bit| needing[usize::from(*bit)]).unwrap_or(0)
        };
        let mut by_first = vec![Vec::new(); 257];
        for (place, (gate, _)) in (0..).zip(&gates) {
            let known = (rarest(gate), place);
            for (byte, places) in (0..=u8::MAX).zip(&mut by_first) {
                if gate.begins.has(byte) {
                    places.push(known);
                }
            }
            by_first[256].push(known);
        }
        Self { gates, by_first }
    }

    /// The formats that a text with these traces can be of, in their order. `is_timed` says whether
    /// it begins with a time.
    pub fn candidates(
        &self,
        text: &[u8],
        traces: &Traces,
        is_timed: impl Fn() -> bool,
    ) -> impl Iterator<Item = FormatIndex> {
        let first = text.first().map_or(256, |byte| usize::from(*byte));
        let places = self.by_first.get(first).map_or(&[][..], Vec::as_slice);
        let mut before = None;
        places.iter().filter_map(move |(bit, place)| {
            if !traces.has(*bit) {
                return None;
            }
            let (gate, index) = self.gates.get(usize::from(*place))?;
            let passes = before != Some(*index)
                && traces.hold(&gate.holds)
                && (!gate.is_timed || is_timed());
            passes.then(|| *before.insert(*index))
        })
    }
}

/// The gates of a format, of which a text that fits passes one. None for one that only a stream's
/// own lines can name.
fn gates(format: &Compiled) -> Vec<Gate> {
    let claimed = |gate: Gate, with_names: bool| {
        let alternatives = format.mapping.alternatives(with_names);
        let needing = |one: Alternative<'_>| gate.needing(one);
        alternatives.into_iter().map(needing).collect::<Vec<_>>()
    };
    match &format.method {
        Method::Text(text) => text.patterns.iter().map(|known| known.gate).collect(),
        Method::Layout(layout) => vec![Gate::open().needing(layout.literals())],
        Method::Columns(columns) if columns.are_named_by_lines() => Vec::new(),
        Method::Columns(_) => claimed(Gate::open(), false),
        Method::Pairs(_) => claimed(Gate::open(), true),
        Method::Cef => signed(b"CEF:").into_iter().flat_map(|gate| claimed(gate, false)).collect(),
        Method::Leef => {
            signed(b"LEEF:").into_iter().flat_map(|gate| claimed(gate, false)).collect()
        }
        Method::Xml => {
            vec![Gate { begins: Bytes::that(|byte| byte == b'<'), ..Gate::open() }]
        }
        Method::Json | Method::Syslog | Method::Evtx | Method::Utmp => Vec::new(),
    }
}

/// A text with a sign, or one that begins with the version behind it.
fn signed(sign: &[u8]) -> [Gate; 2] {
    let begins = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'0'..=b'2');
    [Gate::open().needing([sign]), Gate { begins: Bytes::that(begins), ..Gate::open() }]
}

#[cfg(test)]
impl Gates {
    /// The slow twin: every text passes.
    pub fn opened(mut self) -> Self {
        let everywhere: Vec<_> = (0..).take(self.gates.len()).map(|place| (0, place)).collect();
        self.by_first.fill(everywhere);
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
    fn records_are_read_as_without_gates() {
        let reader = Reader::new(&[], &[]).unwrap();
        let slow = Reader::new(&[], &[]).unwrap().opened();
        let examples = definitions().flat_map(|(_, definition)| definition.unwrap().example);
        let texts: Vec<_> = examples.map(|example| example.text.into_bytes()).collect();
        let clock = Clock::default().with_reference(Some(1_640_000_000));
        let (state, arena) = (State::default(), Bump::new());
        let mut random = Random::new(7);
        let drawn: Vec<_> = (0..4_000).map(|_| drawn(&texts, &mut random)).collect();
        for text in texts.iter().chain(&drawn) {
            let situation = Situation::new(random.below(300) as FormatIndex, clock.clone());
            let read =
                |reader: &Reader| format!("{:?}", reader.read(&situation, &state, text, &arena));
            assert_eq!(read(&reader), read(&slow), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_a_notation_takes_out_keeps_nothing_apart() {
        let mut needed = Traces::default();
        needed.need(b"a\"b=c");
        for text in ["a\"b=c", "a\"\"b=c", "a\\\"b\\=c", "x A\"B=C", "a\\\\\"b=\"c"] {
            assert!(Traces::of(text.as_bytes()).hold(&needed), "{text}");
        }
        assert!(!Traces::of(b"a\"c=b").hold(&needed));
    }
}
