//! Tables with a second bound, on what lies in their entries.

use super::sampled::{Merge, Sampled};
use super::{Fingerprint, SmallMap};
use serde::{Deserialize, Serialize};

/// Something that holds more or fewer things. Their number only grows as more is seen and follows
/// from what was seen alone: so a part of the logs never weighs more than the whole.
pub trait Weigh {
    /// How many things it holds.
    fn weight(&self) -> usize;
}

impl<V> Weigh for SmallMap<V> {
    fn weight(&self) -> usize {
        self.count()
    }
}

/// A sampled table whose entries hold at most `WEIGHT` things together: it keeps fewer entries
/// where they hold many. No entry may hold more than a small part of that, or it would take the
/// others' place.
#[derive(Clone, Serialize, Deserialize)]
pub struct Weighed<V, const LIMIT: usize, const WEIGHT: usize> {
    table: Sampled<V, LIMIT>,
    weight: usize,
}

impl<V, const LIMIT: usize, const WEIGHT: usize> Default for Weighed<V, LIMIT, WEIGHT> {
    fn default() -> Self {
        Self { table: Sampled::default(), weight: 0 }
    }
}

impl<V: Weigh, const LIMIT: usize, const WEIGHT: usize> Weighed<V, LIMIT, WEIGHT> {
    /// Changes the entry of a key, made when it is new, if it is among those kept.
    pub fn change(
        &mut self,
        key: Fingerprint,
        make: impl FnOnce() -> V,
        change: impl FnOnce(&mut V),
    ) {
        let one_in = self.one_in();
        let Some(entry) = self.table.entry(key, make) else { return };
        let before = entry.weight();
        change(entry);
        self.weight += entry.weight() - before;
        self.fit(one_in);
    }

    /// What is known of a key.
    pub fn get(&self, key: Fingerprint) -> Option<&V> {
        self.table.get(key)
    }

    /// All entries, in order of their fingerprints.
    pub fn sorted(&self) -> Vec<(Fingerprint, &V)> {
        self.table.sorted()
    }

    /// One in how many keys is kept.
    pub fn one_in(&self) -> u64 {
        self.table.one_in()
    }

    /// How many things the heaviest entry holds.
    pub fn heaviest(&self) -> usize {
        self.table.iter().map(|(_, entry)| entry.weight()).max().unwrap_or(0)
    }

    /// Thins the table out until it is light enough.
    #[inline]
    fn fit(&mut self, one_in: u64) {
        if self.one_in() != one_in {
            self.weigh();
        }
        while self.weight > WEIGHT {
            self.table.halve();
            self.weigh();
        }
    }

    #[cold]
    fn weigh(&mut self) {
        self.weight = self.table.iter().map(|(_, entry)| entry.weight()).sum();
    }
}

impl<V: Merge + Weigh, const LIMIT: usize, const WEIGHT: usize> Merge
    for Weighed<V, LIMIT, WEIGHT>
{
    fn merge(&mut self, other: Self) {
        let (before, is_lighter) = (self.one_in(), other.one_in() < self.one_in());
        let mut weight = self.weight + other.weight;
        self.table.merge_with(other.table, |known, entry| {
            let apart = known.weight() + entry.weight();
            known.merge(entry);
            weight -= apart - known.weight();
        });
        self.weight = weight;
        if is_lighter {
            // Some of what it brought is not kept.
            self.weigh();
        }
        self.fit(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Seen(std::collections::BTreeSet<u64>);

    impl Merge for Seen {
        fn merge(&mut self, other: Self) {
            self.0.extend(other.0);
        }
    }

    impl Weigh for Seen {
        fn weight(&self) -> usize {
            self.0.len()
        }
    }

    type Small = Weighed<Seen, 64, 200>;

    fn fill(things: &[(u64, u64)]) -> Small {
        let mut table = Small::default();
        for (key, thing) in things {
            let key = crate::base::Seed(7).of(&key.to_le_bytes());
            table.change(key, Seen::default, |seen| seen.0.extend([*thing]));
        }
        table
    }

    fn shown(table: &Small) -> Vec<(u64, Seen)> {
        table.sorted().into_iter().map(|(key, seen)| (key, seen.clone())).collect()
    }

    #[test]
    fn any_cut_and_order_keeps_the_same_entries_with_the_same_things() {
        for keys in [20, 60, 300] {
            let things: Vec<(u64, u64)> =
                (0..3_000).map(|n| (n * 7_919 % keys, n * 31 % 17)).collect();
            let whole = fill(&things);
            assert!(whole.one_in() > 1 && whole.weight <= 200, "{keys}");
            for cut in [0, 1, 64, 700, 1_300, 2_999] {
                let (left, right) = things.split_at(cut);
                let (left, right) = (fill(left), fill(right));
                for (mut one, other) in [(left.clone(), right.clone()), (right, left)] {
                    one.merge(other);
                    assert_eq!(shown(&one), shown(&whole), "{keys}, cut at {cut}");
                    assert_eq!((one.one_in(), one.weight), (whole.one_in(), whole.weight));
                }
            }
        }
    }
}
