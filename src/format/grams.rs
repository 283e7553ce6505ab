//! Which of many literals can stand in a text, asked in one pass over it.
//!
//! A literal is told by four bytes in a row of it, those that the fewest others have. That they
//! stand in a text says that the literal may; that they do not says that it does not, neither in
//! the text nor in a value that a notation took out of it, in either case of letters.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use memchr::{memchr_iter, memchr2};
use std::collections::BTreeMap;

/// Stands for four bytes in a row that are asked for.
pub(super) type GramId = u16;

/// Bytes of each.
const GRAM: usize = 4;

/// So many are told apart. Literals beyond may always stand in a text.
const MOST: usize = 4_096;

/// So many that stand in a text are listed: few texts hold more.
const LISTED: usize = 64;

/// The filter before the table has 2 to this power of bytes: a byte is told in fewer steps than a
/// bit.
const FILTER_BITS: u32 = 16;

/// Slots of the table: at most a third is taken.
const SLOT_BITS: u32 = 14;

/// The four bytes of an empty slot, which no text has: capitals are made small.
const EMPTY: u32 = 0;

/// The bytes in a row that are asked for.
#[derive(Clone, Debug)]
pub(super) struct Grams {
    /// How many literals have them.
    uses: BTreeMap<u32, u32>,
    count: GramId,
    filter: Box<[u8; 1 << FILTER_BITS]>,
    slots: Box<[(u32, GramId)]>,
}

impl Default for Grams {
    fn default() -> Self {
        Self {
            uses: BTreeMap::new(),
            count: 0,
            filter: Box::new([0; 1 << FILTER_BITS]),
            slots: vec![(EMPTY, 0); 1 << SLOT_BITS].into(),
        }
    }
}

impl Grams {
    /// Counts what a literal has, so that the rarest can be chosen once all are counted.
    pub fn count(&mut self, literal: &[u8]) {
        for gram in grams_of(literal) {
            *self.uses.entry(gram).or_default() += 1;
        }
    }

    /// What stands in each text in which the literal stands; none where it is too short.
    pub fn ask(&mut self, literal: &[u8]) -> Option<GramId> {
        let uses = |gram: &u32| self.uses.get(gram).copied().unwrap_or(0);
        let rarest = grams_of(literal).into_iter().min_by_key(uses)?;
        if let Some(id) = self.find(rarest) {
            return Some(id);
        }
        if usize::from(self.count) == MOST {
            return None;
        }
        let id = self.count;
        self.count += 1;
        let mut slot = slot_of(rarest);
        while self.slots[slot].0 != EMPTY {
            slot = after(slot);
        }
        self.slots[slot] = (rarest, id);
        self.filter[filter_of(rarest)] = 1;
        Some(id)
    }

    /// How many are asked for.
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Those that stand in a text, which has these signs.
    pub fn held_by<'a>(&self, text: &'a [u8], signs: Signs, arena: &'a Bump) -> Held {
        let mut held = Held { grams: [0; MOST / 64], ids: [0; LISTED], count: 0, quotes: 0, signs };
        let kept = kept(text, arena);
        if kept.len() < text.len() {
            held.quotes = memchr_iter(b'"', text).count() as u32;
        }
        self.each_in(kept, |id| held.add(id));
        held
    }

    /// Hands on those that stand in what is [`kept`] of a text, in order, each as often as it does.
    #[inline]
    pub fn each_in(&self, kept: &[u8], mut put: impl FnMut(GramId)) {
        let mut each = |gram: u32| {
            if self.filter[filter_of(gram)] != 0
                && let Some(id) = self.find(gram)
            {
                put(id);
            }
        };
        let mut rest = kept;
        // Four of them lie in seven bytes.
        while let Some(word) = rest.first_chunk() {
            let word = u64::from_le_bytes(*word) | u64::from_le_bytes([0x20; 8]);
            each(word as u32);
            each((word >> 8) as u32);
            each((word >> 16) as u32);
            each((word >> 24) as u32);
            rest = &rest[GRAM..];
        }
        rest.array_windows().for_each(|bytes| each(small(*bytes)));
    }

    /// The id of four bytes that are asked for.
    #[inline]
    fn find(&self, gram: u32) -> Option<GramId> {
        let mut slot = slot_of(gram);
        loop {
            let (known, id) = *self.slots.get(slot)?;
            if known == gram || known == EMPTY {
                return (known == gram).then_some(id);
            }
            slot = after(slot);
        }
    }
}

/// A text without what can be lost of it.
pub(super) fn kept<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if memchr2(b'"', b'\\', text).is_none() {
        return text;
    }
    let mut kept = BumpVec::with_capacity_in(text.len(), arena);
    let mut rest = text;
    while let Some(at) = memchr2(b'"', b'\\', rest) {
        kept.extend_from_slice_copy(&rest[..at]);
        rest = &rest[at + 1..];
    }
    kept.extend_from_slice_copy(rest);
    kept.into_bump_slice()
}

/// Quotes and backslashes can be lost when a text is taken apart.
const fn is_dropped(byte: u8) -> bool {
    SIGN_BITS[byte as usize] & DROPPED != 0
}

/// The bits of these.
const DROPPED: u64 = SIGN_BITS[b'"' as usize] | SIGN_BITS[b'\\' as usize];

/// Four bytes in a row of a literal, in small letters. Signs that notations write as escapes do
/// not count.
fn grams_of(literal: &[u8]) -> Vec<u32> {
    let kept: Vec<_> = literal.iter().copied().filter(|byte| !is_dropped(*byte)).collect();
    let plain = kept.array_windows().filter(|bytes| !bytes.iter().any(u8::is_ascii_control));
    plain.map(|bytes| small(*bytes)).collect()
}

/// Four bytes with small letters; some other signs become one.
#[inline]
const fn small(bytes: [u8; GRAM]) -> u32 {
    u32::from_le_bytes(bytes) | u32::from_le_bytes([0x20; GRAM])
}

#[inline]
const fn mixed(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1)
}

#[inline]
const fn filter_of(gram: u32) -> usize {
    (mixed(gram) >> (32 - FILTER_BITS)) as usize
}

#[inline]
const fn slot_of(gram: u32) -> usize {
    (mixed(gram) >> (32 - SLOT_BITS)) as usize
}

/// The next slot; the first behind the last.
#[inline]
const fn after(slot: usize) -> usize {
    (slot + 1) & ((1 << SLOT_BITS) - 1)
}

/// What stands in a text of what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    grams: [u64; MOST / 64],
    /// The first of them, as they stand in the text.
    ids: [GramId; LISTED],
    /// How many there are.
    count: usize,
    /// How many quotes there are.
    quotes: u32,
    signs: Signs,
}

/// Signs of ASCII, each as a bit, and one bit for all digits. They are those of the text itself,
/// also where a notation would take them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs(u64);

/// The bit of each byte; letters, spaces and what is not ASCII have none.
const SIGN_BITS: [u64; 256] = {
    let mut bits = [0; 256];
    let (mut byte, mut next) = (0_u8, 1);
    while byte < 128 {
        if byte.is_ascii_digit() {
            bits[byte as usize] = 1;
        } else if byte.is_ascii_punctuation() || byte == b'\t' {
            bits[byte as usize] = 1 << next;
            next += 1;
        }
        byte += 1;
    }
    bits
};

impl Signs {
    /// None.
    pub const NONE: Self = Self(0);

    /// Those of a text.
    pub fn of(text: &[u8]) -> Self {
        let of = |bits: u64, byte: &u8| bits | SIGN_BITS[usize::from(*byte)];
        // In two rows, neither of which waits for the other.
        let (words, rest) = text.as_chunks::<8>();
        let (even, odd) = words.iter().fold((0, 0), |(even, odd), word| {
            let (first, last) = word.split_at(4);
            (first.iter().fold(even, of), last.iter().fold(odd, of))
        });
        Self(rest.iter().fold(even | odd, of))
    }

    /// Those of both.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that both have.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each as a bit.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether these are among them.
    #[inline]
    pub const fn hold(self, needed: Self) -> bool {
        needed.0 & !self.0 == 0
    }
}

impl Held {
    #[inline]
    fn add(&mut self, id: GramId) {
        let Some(word) = self.grams.get_mut(usize::from(id >> 6)) else { return };
        let bit = 1 << (id & 63);
        if *word & bit != 0 {
            return;
        }
        *word |= bit;
        if let Some(place) = self.ids.get_mut(self.count) {
            *place = id;
        }
        self.count += 1;
    }

    /// All that are there, in the order in which the text has them first. None where there are too
    /// many to tell.
    pub fn listed(&self) -> Option<&[GramId]> {
        self.ids.get(..self.count)
    }

    /// Hands on all that are there.
    #[inline]
    pub fn each(&self, put: impl FnMut(GramId)) {
        match self.listed() {
            Some(ids) => ids.iter().copied().for_each(put),
            None => self.ids(MOST).for_each(put),
        }
    }

    /// How many quotes are there.
    pub const fn quotes(&self) -> u32 {
        self.quotes
    }

    /// The signs that are there.
    pub const fn signs(&self) -> Signs {
        self.signs
    }

    /// Whether it is there.
    #[inline]
    pub fn has(&self, id: GramId) -> bool {
        self.grams.get(usize::from(id >> 6)).is_none_or(|word| word & 1 << (id & 63) != 0)
    }

    /// Whether these signs are there.
    #[inline]
    pub const fn has_signs(&self, signs: Signs) -> bool {
        self.signs.hold(signs)
    }

    /// All that are there, of so many.
    pub fn ids(&self, count: usize) -> impl Iterator<Item = GramId> {
        let words = self.grams.iter().take(count.div_ceil(64)).zip((0..).step_by(64));
        words.flat_map(|(word, from)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as GramId)?;
                rest &= rest - 1;
                Some(from + bit)
            })
        })
    }
}

/// A text, and what stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookedThrough<'h> {
    pub text: &'h [u8],
    pub held: &'h Held,
}

impl LookedThrough<'_> {
    /// Whether a value is this text, there and not only alike. Line ends behind it hold nothing
    /// that is asked for.
    pub fn is(&self, value: &[u8]) -> bool {
        let line = value.strip_suffix(b"\n").unwrap_or(value);
        std::ptr::eq(self.text, line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(grams: &Grams, text: &str) -> Held {
        grams.held_by(text.as_bytes(), Signs::of(text.as_bytes()), &Bump::new())
    }

    fn may_hold(literal: &str, text: &str) -> bool {
        let mut grams = Grams::default();
        grams.count(literal.as_bytes());
        let id = grams.ask(literal.as_bytes()).unwrap();
        held(&grams, text).has(id)
    }

    #[test]
    fn what_a_notation_takes_out_keeps_nothing_apart() {
        for text in ["a\"b=c,d", "xa\"\"b=c,d", "a\\\"b\\=c,d", "x A\"B=C,D", "a\\\\\"b=\"c,d"] {
            assert!(may_hold("a\"b=c,d", text), "{text}");
        }
        assert!(!may_hold("a\"b=c,d", "a\"c=b,d") && !may_hold("login", "log in"));
    }

    #[test]
    fn signs_are_those_of_the_text_as_it_stands() {
        let held = held(&Grams::default(), "a|b \"7\"");
        for signs in ["|", "\"", "0", "|9\"", "b a", ""] {
            assert!(held.has_signs(Signs::of(signs.as_bytes())), "{signs}");
        }
        for signs in ["\\", "|,", "\t", "~"] {
            assert!(!held.has_signs(Signs::of(signs.as_bytes())), "{signs}");
        }
    }

    #[test]
    fn a_value_is_the_text_that_was_looked_through_where_it_stands_there() {
        let (value, alike) = (b"a line\r\n", b"a line".to_vec());
        let held = held(&Grams::default(), "a line");
        let known = LookedThrough { text: &value[..6], held: &held };
        assert!([6, 8].into_iter().all(|length| known.is(&value[..length])));
        assert!(!known.is(&value[..5]) && !known.is(&alike));
    }

    #[test]
    fn the_rarest_bytes_of_a_literal_are_asked_for() {
        let mut grams = Grams::default();
        for literal in [" from a", " from b", "x from "] {
            grams.count(literal.as_bytes());
        }
        let ids = [" from a", " from b", "x from ", "abc", "a\tbc"]
            .map(|literal| grams.ask(literal.as_bytes()));
        assert_eq!(ids, [Some(0), Some(1), Some(2), None, None]);
        let held: Vec<_> = held(&grams, "sent FROM B").ids(grams.len()).collect();
        assert_eq!(held, [1]);
    }
}
