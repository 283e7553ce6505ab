//! A map from times to values that holds few entries in most of its many instances: then they lie
//! one after another, and take a tenth of the memory of a tree's nodes.

use super::{Gather, Merge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Entries from which on they stand in a tree: inserting among more would take too long.
const MANY: usize = 24;

/// Values by time, in its order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ByTime<V>(Store<V>);

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Store<V> {
    Few(Vec<(i64, V)>),
    Many(BTreeMap<i64, V>),
}

impl<V> Default for ByTime<V> {
    fn default() -> Self {
        Self(Store::Few(Vec::new()))
    }
}

impl<V> ByTime<V> {
    /// How many times it holds.
    pub fn count(&self) -> usize {
        match &self.0 {
            Store::Few(list) => list.len(),
            Store::Many(tree) => tree.len(),
        }
    }
}

impl<V: Merge> ByTime<V> {
    /// Adds a value to that of its time.
    pub fn add(&mut self, time: i64, value: V) {
        match &mut self.0 {
            Store::Many(tree) => match tree.get_mut(&time) {
                Some(known) => known.merge(value),
                None => drop(tree.insert(time, value)),
            },
            Store::Few(list) => match list.binary_search_by_key(&time, |known| known.0) {
                Ok(place) => list[place].1.merge(value),
                Err(place) => {
                    // Most hold one or two: room for four would be half empty.
                    list.reserve_exact(usize::from(list.len() == list.capacity()));
                    list.insert(place, (time, value));
                    if list.len() > MANY {
                        self.0 = Store::Many(std::mem::take(list).into_iter().gather());
                    }
                }
            },
        }
    }

    /// Leaves out all but the latest so many.
    pub fn keep_last(&mut self, most: usize) {
        match &mut self.0 {
            Store::Few(list) => drop(list.drain(..list.len().saturating_sub(most))),
            Store::Many(tree) => {
                while tree.len() > most {
                    tree.pop_first();
                }
            }
        }
    }

    /// Leaves out all but the earliest so many.
    pub fn keep_first(&mut self, most: usize) {
        match &mut self.0 {
            Store::Few(list) => list.truncate(most),
            Store::Many(tree) => {
                while tree.len() > most {
                    tree.pop_last();
                }
            }
        }
    }

    /// All values, in order of time.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &V)> {
        self.range(i64::MIN..=i64::MAX)
    }

    /// Those of some times.
    pub fn range(&self, times: RangeInclusive<i64>) -> impl DoubleEndedIterator<Item = (i64, &V)> {
        let (few, many) = match &self.0 {
            Store::Many(tree) => (&[][..], (!times.is_empty()).then(|| tree.range(times))),
            Store::Few(list) => {
                let from = list.partition_point(|known| known.0 < *times.start());
                let until = list.partition_point(|known| known.0 <= *times.end());
                (list.get(from..until).unwrap_or_default(), None)
            }
        };
        let few = few.iter().map(|(time, value)| (*time, value));
        few.chain(many.into_iter().flatten().map(|(time, value)| (*time, value)))
    }
}

impl<V: Merge> Merge for ByTime<V> {
    fn merge(&mut self, other: Self) {
        match other.0 {
            Store::Few(list) => list.into_iter().for_each(|(time, value)| self.add(time, value)),
            Store::Many(tree) => tree.into_iter().for_each(|(time, value)| self.add(time, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Merge for u64 {
        fn merge(&mut self, other: Self) {
            *self += other;
        }
    }

    #[test]
    fn few_and_many_say_the_same_as_a_tree() {
        for count in [0, 1, 5, 24, 25, 300_i64] {
            let (mut map, mut other) = (ByTime::default(), ByTime::default());
            let mut tree = BTreeMap::<i64, u64>::new();
            for nth in 0..count {
                let (time, value) = (nth * 37 % 101, nth as u64);
                if nth % 3 == 0 { &mut other } else { &mut map }.add(time, value);
                *tree.entry(time).or_default() += value;
            }
            map.merge(other);
            let all = |range: RangeInclusive<i64>| -> Vec<(i64, u64)> {
                map.range(range).map(|(time, value)| (time, *value)).collect()
            };
            let expected = |range: RangeInclusive<i64>| -> Vec<(i64, u64)> {
                tree.range(range).map(|(time, value)| (*time, *value)).collect()
            };
            assert_eq!(all(i64::MIN..=i64::MAX), expected(i64::MIN..=i64::MAX), "{count}");
            assert_eq!(all(20..=60), expected(20..=60), "{count}");
            let last = map.range(0..=50).next_back().map(|(time, _)| time);
            assert_eq!(last, tree.range(0..=50).next_back().map(|(time, _)| *time), "{count}");
        }
    }
}
