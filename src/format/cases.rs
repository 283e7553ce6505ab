//! Which of many conditions may hold for a record, told by the values that they ask for.
//!
//! It may name conditions in vain, and never leaves out one that holds.

use super::condition::{Condition, Holding};
use super::gate::ones;
use super::grams::{GramId, kept};
use super::keys::{Found, KeyId};
use crate::base::{Fingerprint, Seed, Table};
use bumpalo::Bump;
use std::collections::BTreeMap;

/// Values come from descriptions; what records choose is compared again.
const SEED: Seed = Seed(0);
/// Values that conditions are told by are no longer than this.
const VALUE_BYTES: usize = 64;
pub(super) const BITS: usize = u64::BITS as usize;

/// Conditions by the values that they ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Cases {
    count: usize,
    /// Names whose values are looked up, each with what these may be.
    keys: Vec<(KeyId, Shapes)>,
    /// By name and value in lower case, the conditions that ask for it.
    by_value: Table<Vec<usize>>,
    /// Of the rest, those that need one of some bytes in a row, in the order of these.
    by_gram: Vec<(GramId, Vec<usize>)>,
    /// These bytes in a row, as bits.
    asked: Vec<u64>,
    /// The names of which such a condition needs one.
    gram_keys: Vec<KeyId>,
    /// Those that are told by neither, as bits.
    others: Vec<u64>,
}

impl Cases {
    /// Adds a condition; the first has the place 0.
    pub fn add(&mut self, condition: &Condition) {
        let place = self.count;
        self.count += 1;
        self.others.resize(self.count.div_ceil(BITS), 0);
        let values = condition.values();
        let Some((key, values)) =
            values.filter(|(_, values)| values.iter().all(|value| value.len() <= VALUE_BYTES))
        else {
            mark(&mut self.others, place);
            return;
        };
        let known = self.keys.iter().position(|(known, _)| *known == key);
        let at = known.unwrap_or(self.keys.len());
        self.keys.resize(self.keys.len().max(at + 1), (key, Shapes::default()));
        for value in values {
            self.keys[at].1.add(value);
            self.by_value.entry(print(key, value), Vec::new).push(place);
        }
    }

    /// Sorts those that ask for no value by the bytes that they need, once that is known. They
    /// are those that were added, in the same order.
    pub fn ask<'c>(&mut self, conditions: impl Iterator<Item = &'c Condition>) {
        let mut by_gram = BTreeMap::<GramId, Vec<usize>>::new();
        for (place, condition) in conditions.enumerate() {
            let Some(word) = self.others.get_mut(place / BITS) else { continue };
            let bit = 1 << (place % BITS);
            if *word & bit != 0
                && let Some((key, grams)) = condition.grams()
            {
                *word &= !bit;
                if !self.gram_keys.contains(&key) {
                    self.gram_keys.push(key);
                }
                grams.iter().for_each(|gram| by_gram.entry(*gram).or_default().push(place));
            }
        }
        self.asked.clear();
        for gram in by_gram.keys().copied().map(usize::from) {
            self.asked.resize(self.asked.len().max(gram / BITS + 1), 0);
            mark(&mut self.asked, gram);
        }
        self.by_gram = by_gram.into_iter().collect();
    }

    /// The places of the conditions that may hold for a record that holds this, in order.
    pub fn candidates<'s>(
        &self,
        found: &Found<'_, '_>,
        held: Holding<'_>,
        arena: &'s Bump,
    ) -> impl Iterator<Item = usize> + use<'s> {
        let bits = arena.alloc_slice_copy(&self.others);
        for (key, shapes) in &self.keys {
            let Some(text) = found.text(*key).filter(|text| shapes.may_have(text)) else {
                continue;
            };
            let mut lower = [0; VALUE_BYTES];
            let lower = &mut lower[..text.len()];
            lower.copy_from_slice(text);
            lower.make_ascii_lowercase();
            let places = self.by_value.get(print(*key, lower));
            places.into_iter().flatten().for_each(|place| mark(bits, *place));
        }
        self.mark_holding(found, held, arena, bits);
        ones(bits)
    }

    /// Marks those that need bytes in a row which may stand in the values of their names.
    fn mark_holding(
        &self,
        found: &Found<'_, '_>,
        held: Holding<'_>,
        arena: &Bump,
        bits: &mut [u64],
    ) {
        let mut values = self.gram_keys.iter().filter_map(|key| found.text(*key)).peekable();
        match held {
            _ if values.peek().is_none() => {}
            Holding::Record(held) => held.each(|gram| self.mark_needing(gram, bits)),
            Holding::Values(grams, known) => values.for_each(|value| {
                let mut mark = |gram| self.mark_needing(gram, bits);
                match known.filter(|known| known.is(value)) {
                    Some(known) => known.held.each(mark),
                    None => grams.each_in(kept(value, arena), &mut mark),
                }
            }),
        }
    }

    /// Marks those that need bytes in a row.
    #[inline]
    fn mark_needing(&self, gram: GramId, bits: &mut [u64]) {
        let (word, bit) = (usize::from(gram) / BITS, usize::from(gram) % BITS);
        if self.asked.get(word).is_none_or(|word| word & 1 << bit == 0) {
            return;
        }
        let at = self.by_gram.binary_search_by_key(&gram, |(gram, _)| *gram);
        let needing = at.ok().and_then(|at| self.by_gram.get(at));
        needing.into_iter().flat_map(|(_, places)| places).for_each(|place| mark(bits, *place));
    }
}

/// Which lengths values have, and which bytes they begin with: most others are told apart by it.
#[derive(Clone, Copy, Debug, Default)]
struct Shapes {
    lengths: u64,
    firsts: u32,
}

impl Shapes {
    /// Adds a value in lower case.
    fn add(&mut self, value: &[u8]) {
        self.lengths |= length_bit(value);
        self.firsts |= first_bit(value);
    }

    /// Whether a value may be one of them.
    #[inline]
    fn may_have(&self, value: &[u8]) -> bool {
        value.len() <= VALUE_BYTES
            && self.lengths & length_bit(value) != 0
            && self.firsts & first_bit(value) != 0
    }
}

/// The longest two share one.
#[inline]
fn length_bit(value: &[u8]) -> u64 {
    1 << value.len().min(BITS - 1)
}

/// The same for small letters and capitals; some others share one.
#[inline]
fn first_bit(value: &[u8]) -> u32 {
    1 << (value.first().copied().unwrap_or(0) & 0x1f)
}

/// Sets the bit of a place.
pub(super) fn mark(bits: &mut [u64], place: usize) {
    if let Some(word) = bits.get_mut(place / BITS) {
        *word |= 1 << (place % BITS);
    }
}

fn print(key: KeyId, value: &[u8]) -> Fingerprint {
    SEED.within(Fingerprint::from(key), value)
}

#[cfg(test)]
mod tests {
    use super::super::grams::Grams;
    use super::super::keys::Keys;
    use super::*;
    use crate::text::{Pair, Value};

    #[test]
    fn what_holds_is_always_named() {
        let mut keys = Keys::default();
        let texts = ["a=x|y & b", "a=X*", "b=1", "!c", "a!=x", "a=y & b=2", "c>=3", "a=x & b=*"];
        let conditions: Vec<_> =
            texts.iter().map(|text| Condition::compile(text, &mut keys).unwrap()).collect();
        let mut cases = Cases::default();
        conditions.iter().for_each(|condition| cases.add(condition));
        let (arena, grams) = (Bump::new(), Grams::default());
        let long = "x".repeat(VALUE_BYTES + 1);
        let mut left_out = 0;
        for a in ["", "x", "Y", "xz", &long] {
            for (b, c) in [("1", "2"), ("2", "3"), ("", "")] {
                let pair = |(key, text): (&'static str, &'static str)| Pair {
                    key: key.as_bytes(),
                    value: Value::Text(text.as_bytes()),
                };
                let a: &'static str = a.to_owned().leak();
                let pairs = [("a", a), ("b", b), ("c", c)].map(pair);
                let found = keys.find(&pairs, &arena);
                let named: Vec<_> =
                    cases.candidates(&found, Holding::Values(&grams, None), &arena).collect();
                assert!(named.is_sorted());
                for (place, condition) in conditions.iter().enumerate() {
                    assert!(
                        !condition.holds(&found, Holding::Values(&grams, None))
                            || named.contains(&place),
                        "{}",
                        texts[place]
                    );
                }
                left_out += conditions.len() - named.len();
            }
        }
        assert!(left_out > 0);
    }
}
