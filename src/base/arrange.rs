//! Stable sorting that is compiled once, and collecting that does not sort.
//!
//! The standard library's stable sort is compiled anew for every type and comparison, and each time
//! takes several kilobytes of the page's module; so it is where a tree is collected, which sorts
//! first. What is sorted when a check concludes is short and does as well with one for all; sorts of
//! records use the library's.

use std::cmp::Ordering;

/// Sorts as `sort_by` and `sort_by_key` do.
pub trait Arrange {
    /// What is sorted.
    type Item;

    /// Sorts; what is equal stays in order.
    fn arrange_by(&mut self, compare: impl Fn(&Self::Item, &Self::Item) -> Ordering);

    /// Sorts by a key; what has the same stays in order.
    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&Self::Item) -> K) {
        self.arrange_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts as `sort` does.
    fn arrange(&mut self)
    where
        Self::Item: Ord,
    {
        self.arrange_by(Ord::cmp);
    }
}

impl<T> Arrange for [T] {
    type Item = T;

    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let order = order(self.len(), &|a, b| compare(&self[a], &self[b]));
        put(order, &mut |a, b| self.swap(a, b));
    }
}

/// Collects as `collect` does, one item after the other.
pub trait Gather: Iterator {
    /// Collects; of keys that are the same, the last is kept.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C;
}

impl<I: Iterator> Gather for I {
    fn gather<C: Default + Extend<I::Item>>(self) -> C {
        let mut all = C::default();
        self.for_each(|item| all.extend([item]));
        all
    }
}

/// Where each place's item is now.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

/// Brings the items to their places, one cycle after another.
fn put(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while order[at] != start {
            let from = std::mem::replace(&mut order[at], at);
            swap(at, from);
            at = from;
        }
        order[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::Arrange;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_library_does(mut items: Vec<(u8, u16)>) {
            let mut sorted = items.clone();
            sorted.sort_by_key(|(key, _)| key % 16);
            items.arrange_by_key(|(key, _)| key % 16);
            prop_assert_eq!(items, sorted);
        }
    }
}
