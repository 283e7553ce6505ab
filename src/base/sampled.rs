//! Tables with a bound that does not depend on the order in which things arrive.

use super::Fingerprint;
use super::table::{Place, Table};
use serde::{Deserialize, Serialize};

/// Joins what two shards saw. Associative and commutative: any cut and any order of merging gives
/// the same result.
pub trait Merge {
    /// Takes in what another shard saw.
    fn merge(&mut self, other: Self);
}

/// Is told the name of a part that was let go of, and how many bytes it took in the buffers that are
/// handed from worker to worker.
pub type Told<'t> = &'t mut dyn FnMut(&'static str, usize);

/// Lets go of a part, and tells of it.
pub fn let_go(name: &'static str, part: impl Serialize, told: Told<'_>) {
    let bytes = postcard::to_allocvec(&part).map_or(0, |bytes| bytes.len());
    drop(part);
    told(name, bytes);
}

impl Merge for () {
    fn merge(&mut self, (): Self) {}
}

/// A table of at most `LIMIT` entries. When it grows over that, it keeps the half of all keys
/// whose fingerprints are smaller, then the quarter, and so on. Which keys stay is thus a matter
/// of the keys alone, and what is known of those that stay is complete.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sampled<V, const LIMIT: usize> {
    entries: Table<V>,
    /// Only fingerprints with this many leading zeros are kept.
    halvings: u32,
}

impl<V, const LIMIT: usize> Default for Sampled<V, LIMIT> {
    fn default() -> Self {
        Self { entries: Table::default(), halvings: 0 }
    }
}

impl<V, const LIMIT: usize> Sampled<V, LIMIT> {
    /// The entry of a key, made when it is new; none when the key is not among those kept.
    #[inline]
    pub fn entry(&mut self, key: Fingerprint, make: impl FnOnce() -> V) -> Option<&mut V> {
        let place = self.place(key, make)?;
        self.entries.at_mut(place)
    }

    /// The same, where the place is probably known already.
    #[inline]
    pub fn entry_at(
        &mut self,
        hint: Place,
        key: Fingerprint,
        make: impl FnOnce() -> V,
    ) -> Option<&mut V> {
        let place = match self.entries.find_at(hint, key) {
            Some(place) => place,
            None => self.make_room(key).then(|| self.entries.insert(key, make()))?,
        };
        self.entries.at_mut(place)
    }

    /// Where the entry of a key stands, made when it is new; none when the key is not kept.
    /// Holds until the next entry is made.
    #[inline]
    pub fn place(&mut self, key: Fingerprint, make: impl FnOnce() -> V) -> Option<Place> {
        if let Some(place) = self.entries.find(key) {
            return Some(place);
        }
        self.make_room(key).then(|| self.entries.insert(key, make()))
    }

    /// Where the entry of a key probably stands.
    #[inline]
    pub fn hint(&self, key: Fingerprint) -> Place {
        self.entries.hint(key)
    }

    /// The entry at a place.
    #[inline]
    pub fn at(&self, place: Place) -> Option<&V> {
        self.entries.at(place)
    }

    /// The entry at a place, to be changed.
    #[inline]
    pub fn at_mut(&mut self, place: Place) -> Option<&mut V> {
        self.entries.at_mut(place)
    }

    /// What is known of a key.
    pub fn get(&self, key: Fingerprint) -> Option<&V> {
        self.entries.get(key)
    }

    /// The same, where the place is probably known already.
    #[inline]
    pub fn get_at(&self, hint: Place, key: Fingerprint) -> Option<&V> {
        self.entries.at(self.entries.find_at(hint, key)?)
    }

    /// Whether everything about this key is kept.
    #[inline]
    pub fn keeps(&self, key: Fingerprint) -> bool {
        key.leading_zeros() >= self.halvings
    }

    /// One in how many keys is kept: 1 when the bound was not reached.
    pub fn one_in(&self) -> u64 {
        1 << self.halvings
    }

    /// Takes the entries out, in tables of at most so many. What is left remembers which keys are
    /// kept; merging all of them gives the table again.
    pub fn pieces(&mut self, most: usize) -> impl Iterator<Item = Self> + use<V, LIMIT> {
        let halvings = self.halvings;
        let mut entries = std::mem::take(&mut self.entries).into_entries();
        std::iter::from_fn(move || {
            let mut piece = Self { entries: Table::default(), halvings };
            for (key, value) in entries.by_ref().take(most) {
                piece.entries.insert(key, value);
            }
            (!piece.entries.is_empty()).then_some(piece)
        })
    }

    /// Every entry, in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (Fingerprint, &V)> {
        self.entries.iter()
    }

    /// Changes every entry.
    pub fn for_each(&mut self, change: impl FnMut(Fingerprint, &mut V)) {
        self.entries.for_each(change);
    }

    /// All entries, in order of their fingerprints. That order means nothing to people and
    /// depends on the seed: sort by something else before showing.
    pub fn sorted(&self) -> Vec<(Fingerprint, &V)> {
        let mut all: Vec<_> = self.entries.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// Whether a new key is kept, after the table was thinned out where it would grow over its
    /// limit. Growing first would double what the table has reserved.
    fn make_room(&mut self, key: Fingerprint) -> bool {
        while self.keeps(key) {
            if self.entries.len() < LIMIT {
                return true;
            }
            self.halve();
        }
        false
    }

    /// Keeps the smaller half of the keys.
    pub(super) fn halve(&mut self) {
        self.halvings += 1;
        self.thin();
    }

    #[cold]
    fn thin(&mut self) {
        let halvings = self.halvings;
        self.entries.retain(|key| key.leading_zeros() >= halvings);
    }
}

impl<V: Merge, const LIMIT: usize> Merge for Sampled<V, LIMIT> {
    fn merge(&mut self, other: Self) {
        self.merge_with(other, V::merge);
    }
}

impl<V, const LIMIT: usize> Sampled<V, LIMIT> {
    /// Takes in what another shard saw; `join` is called for what both have.
    pub fn merge_with(&mut self, other: Self, mut join: impl FnMut(&mut V, V)) {
        if self.entries.is_empty() && self.halvings <= other.halvings {
            *self = other;
            return;
        }
        if other.halvings > self.halvings {
            self.halvings = other.halvings;
            self.thin();
        }
        for (key, value) in other.entries.into_entries() {
            match self.entries.find(key).and_then(|place| self.entries.at_mut(place)) {
                Some(known) => join(known, value),
                None => drop(self.place(key, || value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Count(u32);
    impl Merge for Count {
        fn merge(&mut self, other: Self) {
            self.0 += other.0;
        }
    }
    type Small = Sampled<Count, 64>;

    fn fill(keys: impl Iterator<Item = u64>) -> Small {
        let mut table = Small::default();
        for key in keys {
            let key = super::super::Seed(7).of(&key.to_le_bytes());
            if let Some(count) = table.entry(key, || Count(0)) {
                count.0 += 1;
            }
        }
        table
    }

    fn shown(table: &Small) -> Vec<(u64, Count)> {
        table.sorted().into_iter().map(|(key, count)| (key, count.clone())).collect()
    }

    #[test]
    fn any_cut_and_order_keeps_the_same_entries_with_the_same_counts() {
        let keys: Vec<u64> = (0..2_000).map(|i| (i * 7919) % 700).collect();
        let whole = fill(keys.iter().copied());
        assert!(whole.one_in() > 1, "the bound must be reached for this test to say anything");
        for cut in [0, 1, 63, 64, 65, 700, 1_300, 1_999] {
            let (left, right) = keys.split_at(cut);
            let mut merged = fill(right.iter().copied());
            merged.merge(fill(left.iter().copied()));
            assert_eq!(shown(&merged), shown(&whole), "cut at {cut}");
            assert_eq!(merged.one_in(), whole.one_in());
        }
    }

    #[test]
    fn pieces_in_any_order_are_the_table_again() {
        let whole = fill(0..700);
        let mut left = whole.clone();
        let mut pieces: Vec<_> = left.pieces(10).collect();
        assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.entries.len() <= 10));
        pieces.rotate_left(2);
        pieces.push(left);
        let merged = pieces.into_iter().fold(Small::default(), |mut all, piece| {
            all.merge(piece);
            all
        });
        assert_eq!(shown(&merged), shown(&whole));
        assert_eq!(merged.one_in(), whole.one_in());
    }
}
