//! A hash table keyed by fingerprints, laid out so that many look-ups can be under way at once:
//! a narrow index that tells where each value stands, and the values one after another.

use super::Fingerprint;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a value stands. Holds until the table is thinned out.
pub type Place = u32;

/// A hash table keyed by fingerprints. Its order follows from the order of insertion: sort before
/// showing.
#[derive(Clone, Debug)]
pub struct Table<V> {
    /// A part of the fingerprint, and the place; `NOWHERE` where nothing stands. Its length is a
    /// power of two.
    index: Vec<(u32, Place)>,
    values: Vec<(Fingerprint, V)>,
}

/// A place where nothing stands.
pub const NOWHERE: Place = Place::MAX;
const LEAST: usize = 64;
/// Values from which on room is made for a few more only.
const LARGE: usize = 1 << 12;

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { index: Vec::new(), values: Vec::new() }
    }
}

impl<V> Table<V> {
    /// Values held.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Where the value of a key stands.
    #[inline]
    pub fn find(&self, key: Fingerprint) -> Option<Place> {
        let place = self.search(key, |place| self.holds(place, key));
        (place != NOWHERE).then_some(place)
    }

    /// Where the value of a key probably stands, told without a look at the values.
    #[inline]
    pub fn hint(&self, key: Fingerprint) -> Place {
        self.search(key, |_| true)
    }

    #[inline]
    fn search(&self, key: Fingerprint, is_it: impl Fn(Place) -> bool) -> Place {
        let mask = self.index.len().wrapping_sub(1);
        let mut slot = spread(key) & mask;
        while let Some((known, place)) = self.index.get(slot) {
            if *place == NOWHERE || (*known == mark(key) && is_it(*place)) {
                return *place;
            }
            slot = (slot + 1) & mask;
        }
        NOWHERE
    }

    #[inline]
    fn holds(&self, place: Place, key: Fingerprint) -> bool {
        self.values.get(place as usize).is_some_and(|(known, _)| *known == key)
    }

    /// The same, where the place is probably known already: `hint` is looked at first.
    #[inline]
    pub fn find_at(&self, hint: Place, key: Fingerprint) -> Option<Place> {
        if self.holds(hint, key) { Some(hint) } else { self.find(key) }
    }

    /// The value at a place.
    #[inline]
    pub fn at(&self, place: Place) -> Option<&V> {
        self.values.get(place as usize).map(|(_, value)| value)
    }

    /// The value at a place, to be changed.
    #[inline]
    pub fn at_mut(&mut self, place: Place) -> Option<&mut V> {
        self.values.get_mut(place as usize).map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get(&self, key: Fingerprint) -> Option<&V> {
        self.at(self.find(key)?)
    }

    /// The value of a key, made when it is new.
    #[inline]
    pub fn entry(&mut self, key: Fingerprint, make: impl FnOnce() -> V) -> &mut V {
        let place = match self.find(key) {
            Some(place) => place,
            None => self.insert(key, make()),
        };
        &mut self.values[place as usize].1
    }

    /// Adds a key that is not there.
    #[cold]
    pub(super) fn insert(&mut self, key: Fingerprint, value: V) -> Place {
        let place = self.values.len() as Place;
        self.values.reserve_exact(self.lacking());
        self.values.push((key, value));
        if self.values.len() * 2 > self.index.len() {
            self.rebuild();
        } else {
            put(&mut self.index, key, place);
        }
        place
    }

    /// For how many more values room is made at once: twice as much would leave half of a large
    /// table empty.
    fn lacking(&self) -> usize {
        let held = self.values.len();
        if held < self.values.capacity() {
            return 0;
        }
        if held < LARGE { held.max(4) } else { held / 8 }
    }

    fn rebuild(&mut self) {
        let length = (self.values.len() * 2 + 1).next_power_of_two().max(LEAST);
        self.index.clear();
        self.index.shrink_to(length);
        self.index.resize(length, (0, NOWHERE));
        for (place, (key, _)) in (0..).zip(&self.values) {
            put(&mut self.index, *key, place);
        }
    }

    /// Keeps only the keys for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(Fingerprint) -> bool) {
        self.values.retain(|(key, _)| keep(*key));
        self.values.shrink_to(self.values.len() * 9 / 8);
        self.rebuild();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.values.clear();
        self.index.clear();
    }

    /// Every key with its value, in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (Fingerprint, &V)> {
        self.values.iter().map(|(key, value)| (*key, value))
    }

    /// Changes every value.
    pub fn for_each(&mut self, mut change: impl FnMut(Fingerprint, &mut V)) {
        self.values.iter_mut().for_each(|(key, value)| change(*key, value));
    }

    /// Every key with its value, in the order of insertion.
    pub fn into_entries(self) -> impl Iterator<Item = (Fingerprint, V)> {
        self.values.into_iter()
    }
}

/// Fingerprints are hashes already. The slot comes from their low bits: `Sampled` selects by the
/// high ones.
#[inline]
const fn spread(key: Fingerprint) -> usize {
    key as usize
}

/// Bits of a fingerprint that neither tell its slot nor are selected by.
#[inline]
const fn mark(key: Fingerprint) -> u32 {
    (key >> 24) as u32
}

fn put(index: &mut [(u32, Place)], key: Fingerprint, place: Place) {
    let mask = index.len() - 1;
    let mut slot = spread(key) & mask;
    while index[slot].1 != NOWHERE {
        slot = (slot + 1) & mask;
    }
    index[slot] = (mark(key), place);
}

impl<V: Serialize> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(serializer)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Table<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self { index: Vec::new(), values: Vec::deserialize(deserializer)? };
        table.rebuild();
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn it_holds_what_a_map_of_the_library_holds() {
        let (mut table, mut model) = (Table::default(), BTreeMap::new());
        for step in 0..5_000u64 {
            let key = crate::base::Seed(3).of(&(step * 31 % 1_700).to_le_bytes());
            *table.entry(key, || 0u64) += step;
            *model.entry(key).or_insert(0) += step;
            if step == 3_000 {
                table.retain(|key| key % 3 == 0);
                model.retain(|key, _| key % 3 == 0);
            }
        }
        let mut all: Vec<_> = table.iter().map(|(key, value)| (key, *value)).collect();
        all.sort_unstable();
        assert_eq!(all, model.into_iter().collect::<Vec<_>>());
        assert_eq!(table.get(1), None);
        let bytes = postcard::to_allocvec(&table).unwrap();
        let again: Table<u64> = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(all.iter().filter_map(|(key, _)| again.get(*key)).count(), all.len());
    }
}
