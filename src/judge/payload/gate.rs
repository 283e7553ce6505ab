//! Says in one pass over a view which patterns could match it, by the texts that each of them
//! needs (`witness`). It names too many, never too few.

use super::witness::witnesses;
use std::collections::BTreeMap;

/// A set of rows of a table, by position.
pub(super) type Rows = u128;

/// Rows that need a text, as their first or their second.
#[derive(Clone, Copy, Default)]
struct Needed {
    first: Rows,
    second: Rows,
}

/// The beginning of a text, to be compared in one step, and what needs it.
struct Entry {
    text: u64,
    mask: u64,
    needed: Needed,
    /// The next entry of the same slot; 0 ends the list.
    next: u16,
}

/// Texts by their first byte, their first two, or a hash of their first three.
pub(super) struct Gate {
    ones: [u16; 256],
    twos: Vec<u16>,
    threes: Vec<u16>,
    /// The first entry stands for none.
    entries: Vec<Entry>,
    /// Rows without a first, and without a second need.
    free: Needed,
}

/// Longest part of a text that is compared: what a register holds.
const LONGEST: usize = 8;

const SLOTS: usize = 1 << 13;

impl Gate {
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Self {
        let mut texts: BTreeMap<Vec<u8>, Needed> = BTreeMap::new();
        let mut free = Needed::default();
        for (row, pattern) in patterns.enumerate() {
            let bit: Rows = 1 << row;
            let mut sets = witnesses(pattern).into_iter();
            match sets.next() {
                Some(set) => set.into_iter().for_each(|mut text| {
                    text.truncate(LONGEST);
                    texts.entry(text).or_default().first |= bit;
                }),
                None => free.first |= bit,
            }
            match sets.next() {
                Some(set) => set.into_iter().for_each(|mut text| {
                    text.truncate(LONGEST);
                    texts.entry(text).or_default().second |= bit;
                }),
                None => free.second |= bit,
            }
        }
        Gate::of(&texts, free)
    }

    fn of(texts: &BTreeMap<Vec<u8>, Needed>, free: Needed) -> Self {
        let nothing = Entry { text: 1, mask: 0, needed: Needed::default(), next: 0 };
        let mut gate = Gate {
            ones: [0; 256],
            twos: vec![0; SLOTS],
            threes: vec![0; SLOTS],
            entries: vec![nothing],
            free,
        };
        for (text, &needed) in texts {
            let slot = match text[..] {
                [] => continue,
                [one] => &mut gate.ones[usize::from(one)],
                [one, two] => {
                    &mut gate.twos[pair(u64::from_le_bytes([one, two, 0, 0, 0, 0, 0, 0]))]
                }
                _ => &mut gate.threes[triple(load(text, 0))],
            };
            let mask = u64::MAX >> (64 - 8 * text.len());
            gate.entries.push(Entry { text: load(text, 0), mask, needed, next: *slot });
            *slot = (gate.entries.len() - 1) as u16;
        }
        gate
    }

    /// The rows that could match `view`.
    pub(super) fn candidates(&self, view: &[u8]) -> Rows {
        let mut found = self.free;
        for at in 0..view.len() {
            let window = load(view, at);
            for first in [
                self.ones[(window & 0xFF) as usize],
                self.twos[pair(window)],
                self.threes[triple(window)],
            ] {
                let mut entry = first;
                while entry != 0 {
                    let known = &self.entries[usize::from(entry)];
                    if window & known.mask == known.text {
                        found.first |= known.needed.first;
                        found.second |= known.needed.second;
                    }
                    entry = known.next;
                }
            }
        }
        found.first & found.second
    }
}

/// The eight bytes of `bytes` from `at`, with zeros after the end.
#[inline]
fn load(bytes: &[u8], at: usize) -> u64 {
    if let Some(window) = bytes.get(at..at + 8).and_then(|window| window.first_chunk()) {
        return u64::from_le_bytes(*window);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte))
}

#[inline]
fn pair(window: u64) -> usize {
    (((window & 0x7F) << 6) | ((window >> 8) & 0x3F)) as usize
}

#[inline]
fn triple(window: u64) -> usize {
    (((window & 0xFF_FFFF) as u32).wrapping_mul(0x9E37_79B1) >> 19) as usize
}
