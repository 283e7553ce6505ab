//! A map from numbers, such as times, to values, of which there are very many with few entries each:
//! these lie packed, one after another, and take a third of the memory of a list and a tenth of that of
//! a tree's nodes.

use super::Merge;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Values by key, in its order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SmallMap<V> {
    /// The value that is being changed, once it was changed before: it stands for the one packed.
    open: Option<Box<(i64, V)>>,
    packed: Packed,
}

impl<V> Default for SmallMap<V> {
    fn default() -> Self {
        Self { open: None, packed: Packed::default() }
    }
}

impl<V> SmallMap<V> {
    /// How many it holds.
    pub fn count(&self) -> usize {
        self.packed.count as usize
    }
}

impl<V: Clone + Default + Serialize + DeserializeOwned> SmallMap<V> {
    /// Changes the value of a key.
    pub fn change(&mut self, key: i64, change: impl FnOnce(&mut V)) {
        if let Some(open) = self.open.as_deref_mut().filter(|open| open.0 == key) {
            change(&mut open.1);
            return;
        }
        let (nth, gap) = self.packed.gap(key);
        let Some(known) = gap.known else {
            let mut value = V::default();
            change(&mut value);
            let blocks = gap.filled(Some((key, &pack(&value))));
            self.packed.set(nth, blocks);
            self.packed.count += 1;
            return;
        };
        let mut value = unpack(known);
        change(&mut value);
        // Many records of one minute come one after the other.
        match self.open.as_deref_mut() {
            Some(open) => {
                let (before, value) = std::mem::replace(open, (key, value));
                self.packed.put(before, Some(&pack(&value)));
            }
            None => self.open = Some(Box::new((key, value))),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: i64) -> Option<V> {
        let open = self.open.as_deref().filter(|open| open.0 == key);
        open.map(|open| open.1.clone()).or_else(|| self.packed.get(key).map(unpack))
    }

    /// Packs the value that is being changed.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.packed.put(open.0, Some(&pack(&open.1)));
        }
    }

    /// Leaves out all but the latest so many.
    pub fn keep_last(&mut self, most: usize) {
        while self.count() > most {
            self.close();
            let first = self.packed.iter().next().map(|(key, _)| key);
            first.into_iter().for_each(|key| self.packed.put(key, None));
        }
    }

    /// Leaves out all but the earliest so many.
    pub fn keep_first(&mut self, most: usize) {
        while self.count() > most {
            self.close();
            let last = self.packed.blocks().last().and_then(|block| Entries::of(block).last());
            last.map(|(key, _)| key).into_iter().for_each(|key| self.packed.put(key, None));
        }
    }

    /// All values, in order.
    pub fn all(&self) -> Vec<(i64, V)> {
        let packed = self.packed.iter();
        let mut all: Vec<_> = packed.map(|(key, bytes)| (key, unpack(bytes))).collect();
        if let Some(open) = self.open.as_deref() {
            let place = all.binary_search_by_key(&open.0, |known| known.0);
            place.into_iter().for_each(|place| all[place].1 = open.1.clone());
        }
        all
    }
}

impl<V: Merge + Clone + Default + Serialize + DeserializeOwned> Merge for SmallMap<V> {
    fn merge(&mut self, mut other: Self) {
        self.close();
        other.close();
        if self.count() == 0 {
            *self = other;
            return;
        }
        for (key, bytes) in other.packed.iter() {
            match self.packed.get(key).map(unpack::<V>) {
                Some(mut known) => {
                    known.merge(unpack(bytes));
                    self.packed.put(key, Some(&pack(&known)));
                }
                None => self.packed.put(key, Some(bytes)),
            }
        }
    }
}

/// Those of some keys, of all in order.
pub fn within<V>(all: &[(i64, V)], keys: RangeInclusive<i64>) -> &[(i64, V)] {
    let from = all.partition_point(|known| known.0 < *keys.start());
    let until = all.partition_point(|known| known.0 <= *keys.end());
    all.get(from..until).unwrap_or_default()
}

/// Bytes of nearly all values.
const USUAL: usize = 64;

fn pack(value: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(USUAL)).unwrap_or_default()
}

fn unpack<V: Default + DeserializeOwned>(bytes: &[u8]) -> V {
    postcard::from_bytes(bytes).unwrap_or_default()
}

/// Bytes of a block of several entries at most: larger ones take longer to change, smaller ones take
/// more memory.
const BLOCK: usize = 256;

/// Packed values by key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Packed {
    count: u32,
    blocks: Blocks,
}

/// Entries in order, one behind the other: by how much its key is larger than the one before, how long
/// its value is, and the value. Most maps have one block.
type Block = Box<[u8]>;

/// A key and the value that is packed.
type Entry<'b> = (i64, &'b [u8]);

/// Blocks in order; none but the only one is empty.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Blocks {
    One(Block),
    Many(Vec<Block>),
}

impl Default for Blocks {
    fn default() -> Self {
        Self::One(Block::default())
    }
}

impl Packed {
    fn blocks(&self) -> &[Block] {
        match &self.blocks {
            Blocks::One(block) => std::slice::from_ref(block),
            Blocks::Many(blocks) => blocks,
        }
    }

    fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.blocks().iter().flat_map(|block| Entries::of(block))
    }

    /// The block in which a key stands or would stand.
    fn block_of(&self, key: i64) -> usize {
        let begins = |block: &Block| Entries::of(block).next().is_some_and(|first| first.0 <= key);
        match self.blocks() {
            [.., last] if begins(last) => self.blocks().len() - 1,
            blocks => blocks.partition_point(begins).saturating_sub(1),
        }
    }

    /// Where a key stands or would stand, and in which block.
    fn gap(&self, key: i64) -> (usize, Gap<'_>) {
        let nth = self.block_of(key);
        (nth, Gap::at(self.blocks().get(nth).map_or(&[], |block| block), key))
    }

    fn get(&self, key: i64) -> Option<&[u8]> {
        self.gap(key).1.known
    }

    /// Puts a value in the place of the one that is known of a key, or takes that out.
    fn put(&mut self, key: i64, value: Option<&[u8]>) {
        let (nth, gap) = self.gap(key);
        let count = self.count + u32::from(value.is_some()) - u32::from(gap.known.is_some());
        let blocks = gap.filled(value.map(|value| (key, value)));
        self.set(nth, blocks);
        self.count = count;
    }

    /// Puts a block, and one behind it if that is not empty, in the place of another.
    fn set(&mut self, nth: usize, (head, tail): (Block, Block)) {
        match &mut self.blocks {
            Blocks::One(block) if tail.is_empty() => *block = head,
            Blocks::One(_) => self.blocks = Blocks::Many(vec![head, tail]),
            Blocks::Many(blocks) => {
                let both = [head, tail].into_iter().filter(|block| !block.is_empty());
                blocks.splice(nth..=nth, both);
                if blocks.is_empty() {
                    self.blocks = Blocks::default();
                }
            }
        }
    }
}

/// Where a key stands in a block or would stand.
struct Gap<'b> {
    /// The entries in front of it.
    head: &'b [u8],
    /// The key of the last of these.
    before: i64,
    known: Option<&'b [u8]>,
    /// The entry behind it.
    next: Option<Entry<'b>>,
    /// Those behind that one.
    tail: &'b [u8],
}

impl<'b> Gap<'b> {
    fn at(block: &'b [u8], key: i64) -> Self {
        let mut entries = Entries::of(block);
        let (mut head, mut before) = (0, 0);
        let mut next = entries.next();
        while let Some((known, _)) = next.filter(|next| next.0 < key) {
            (head, before) = (block.len() - entries.rest.len(), known);
            next = entries.next();
        }
        let known = next.filter(|next| next.0 == key).map(|next| next.1);
        if known.is_some() {
            next = entries.next();
        }
        let head = block.get(..head).unwrap_or_default();
        Self { head, before, known, next, tail: entries.rest }
    }

    /// The block with an entry in the gap, or with none; and a second one where it was too large.
    fn filled(&self, entry: Option<Entry<'_>>) -> (Block, Block) {
        let bytes = entry.map_or(0, |entry| entry.1.len());
        let is_last = self.next.is_none() && !self.head.is_empty();
        // What comes in order leaves full blocks behind.
        if is_last && self.head.len() + bytes > BLOCK {
            return (self.head.into(), joined(&[], [entry, None], 0, &[]));
        }
        halves(joined(self.head, [entry, self.next], self.before, self.tail))
    }
}

/// The entries of a block.
struct Entries<'b> {
    rest: &'b [u8],
    key: i64,
}

impl<'b> Entries<'b> {
    const fn of(block: &'b [u8]) -> Self {
        Self { rest: block, key: 0 }
    }
}

impl<'b> Iterator for Entries<'b> {
    type Item = Entry<'b>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (more, rest) = number(self.rest)?;
        let (length, rest) = number(rest)?;
        let (bytes, rest) = rest.split_at_checked(length as usize)?;
        (self.key, self.rest) = (self.key.wrapping_add(more as i64), rest);
        Some((self.key, bytes))
    }
}

/// Some entries between others that are packed already, of which the last in front has the key
/// `before`.
fn joined(head: &[u8], between: [Option<Entry<'_>>; 2], before: i64, tail: &[u8]) -> Block {
    let mut last = before;
    let between = between.map(|entry| {
        let (key, bytes) = entry?;
        let more = key.wrapping_sub(last) as u64;
        last = key;
        Some((more, bytes))
    });
    let written = between
        .iter()
        .flatten()
        .map(|(more, bytes)| width(*more) + width(bytes.len() as u64) + bytes.len());
    let mut block = Vec::with_capacity(head.len() + written.sum::<usize>() + tail.len());
    block.extend_from_slice(head);
    for (more, bytes) in between.iter().flatten() {
        write(&mut block, *more);
        write(&mut block, bytes.len() as u64);
        block.extend_from_slice(bytes);
    }
    block.extend_from_slice(tail);
    block.into()
}

/// A block that is too large in two, of which the second is empty where it is not.
fn halves(block: Block) -> (Block, Block) {
    let mut entries = Entries::of(&block);
    if block.len() <= BLOCK || entries.next().is_none() {
        return (block, Block::default());
    }
    while block.len() - entries.rest.len() < block.len() / 2 && entries.next().is_some() {}
    let head = block.len() - entries.rest.len();
    match entries.next() {
        Some((key, bytes)) => {
            let tail = joined(&[], [Some((key, bytes)), None], 0, entries.rest);
            (block.get(..head).unwrap_or_default().into(), tail)
        }
        None => (block, Block::default()),
    }
}

/// Bytes of the largest number.
const WIDEST: usize = 10;

/// Bytes of a number.
const fn width(number: u64) -> usize {
    (u64::BITS - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// A number in front of others, as LEB128 writes it.
#[inline]
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    if let [byte @ ..0x80, rest @ ..] = bytes {
        return Some((u64::from(*byte), rest));
    }
    let mut number = 0;
    for (nth, byte) in bytes.iter().enumerate().take(WIDEST) {
        number |= u64::from(byte & 0x7f) << (7 * nth);
        if *byte < 0x80 {
            return Some((number, bytes.get(nth + 1..)?));
        }
    }
    None
}

fn write(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Merge for u64 {
        fn merge(&mut self, other: Self) {
            *self += other;
        }
    }

    #[test]
    fn it_says_the_same_as_a_tree_in_whatever_order_it_is_told() {
        for count in [0, 1, 5, 16, 17, 300, 5_000_i64] {
            for factor in [1, 37, -1, -53] {
                let (mut map, mut other) = (SmallMap::default(), SmallMap::default());
                let mut tree = BTreeMap::<i64, u64>::new();
                for nth in 0..count {
                    // Every third value is told twice in a row.
                    let (key, value) = ((nth - nth % 3 / 2) * factor % 401, nth as u64);
                    let part = if nth % 5 == 0 { &mut other } else { &mut map };
                    part.change(key, |known| *known += value);
                    *tree.entry(key).or_default() += value;
                }
                map.merge(other);
                let all: Vec<_> = tree.into_iter().collect();
                assert_eq!(map.all(), all, "{count} {factor}");
                assert_eq!(map.count(), all.len());
                let some: Vec<_> =
                    all.iter().copied().filter(|one| (20..=60).contains(&one.0)).collect();
                assert_eq!(within(&map.all(), 20..=60), some);
                let (mut first, mut last) = (map.clone(), map);
                first.keep_first(100);
                last.keep_last(100);
                assert_eq!(first.all(), all[..all.len().min(100)]);
                assert_eq!(last.all(), all[all.len().saturating_sub(100)..]);
            }
        }
    }

    #[test]
    fn large_values_among_small_ones_come_back() {
        let mut map = SmallMap::<Vec<u8>>::default();
        let mut tree = BTreeMap::new();
        for nth in 0..2_000_usize {
            let key = (nth * 7_919 % 613) as i64;
            let value = vec![nth as u8; if nth % 10 == 0 { nth } else { nth % 7 }];
            map.change(key, |known| *known = value.clone());
            tree.insert(key, value);
            if nth % 100 == 0 {
                map.keep_last(300);
                while tree.len() > 300 {
                    tree.pop_first();
                }
            }
            assert_eq!(map.get(key).as_ref(), tree.get(&key), "{nth}");
        }
        assert_eq!(map.all(), tree.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn keys_of_every_size_are_kept() {
        let keys = [i64::MIN, -1, 0, 1, 127, 128, i64::MAX];
        let mut map = SmallMap::<u64>::default();
        keys.iter().for_each(|key| map.change(*key, |value| *value = key.unsigned_abs()));
        let all: Vec<_> = keys.iter().map(|key| (*key, key.unsigned_abs())).collect();
        assert_eq!(map.all(), all);
        let bytes = postcard::to_allocvec(&map).unwrap();
        assert_eq!(postcard::from_bytes::<SmallMap<u64>>(&bytes).unwrap().all(), all);
    }
}
