//! Which numbers the records of Windows logs bear: they count up by one within a log of a machine,
//! and whoever takes one out leaves a hole.

use super::order::Mark;
use crate::base::limits::NUMBERS;
use crate::base::{Fingerprint, Location, Merge, Sampled, Seed};
use crate::event::{Event, Field, number};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers of a block: one bit each.
const BLOCK: u64 = 64;

/// The numbers of all logs.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Numbers(Sampled<Block, NUMBERS>);

/// 64 numbers in a row of one log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Block {
    /// Stands for the log of a machine in a stream.
    pub log: Fingerprint,
    /// The log and the machine.
    pub name: Box<str>,
    /// The first of the 64.
    pub start: u64,
    /// Which of them are there.
    pub bits: u64,
    /// The records with the lowest and the highest number.
    pub ends: ((u64, Mark), (u64, Mark)),
}

impl Numbers {
    /// Notes the number of a record, where it bears one and has a time.
    pub fn note(&mut self, event: &Event<'_>, seed: Seed) {
        let fields = &event.fields;
        let Some(number) = fields.text(Field::RecordNumber).and_then(number) else { return };
        let Some(stamp) = event.time.stamp() else { return };
        let (channel, host) = (fields.text(Field::Channel), fields.text(Field::HostName));
        let name = [channel.unwrap_or(b"-"), host.unwrap_or(b"-")].join(&b' ');
        let log = Seed(seed.of(&event.location.stream.to_le_bytes())).of(&name);
        let start = number / BLOCK * BLOCK;
        let one = (number, (stamp.at, event.location));
        let new = Block {
            log,
            name: String::from_utf8_lossy(&name).into(),
            start,
            bits: 1 << (number % BLOCK),
            ends: (one, one),
        };
        let key = Seed(log).of(&start.to_le_bytes());
        let mut is_new = false;
        let make = || {
            is_new = true;
            new.clone()
        };
        if let Some(known) = self.0.entry(key, make)
            && !is_new
        {
            known.merge(new);
        }
    }

    /// The blocks of each log in order; none where there were too many to keep.
    pub fn by_log(&self) -> Option<Vec<Vec<&Block>>> {
        let mut logs = BTreeMap::<(&str, Fingerprint), Vec<&Block>>::new();
        for (_, block) in self.0.sorted() {
            logs.entry((&block.name, block.log)).or_default().push(block);
        }
        let in_order = |mut blocks: Vec<_>| {
            blocks.sort_by_key(|block: &&Block| block.start);
            blocks
        };
        (self.0.one_in() == 1).then(|| logs.into_values().map(in_order).collect())
    }
}

impl Block {
    /// The numbers that are there, in order.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        (0..BLOCK).filter(|bit| self.bits >> bit & 1 == 1).map(|bit| self.start + bit)
    }

    /// The places of its ends.
    pub fn places(&self) -> [(i64, Location); 2] {
        [self.ends.0.1, self.ends.1.1]
    }
}

impl Merge for Block {
    fn merge(&mut self, other: Self) {
        self.bits |= other.bits;
        self.ends = (self.ends.0.min(other.ends.0), self.ends.1.max(other.ends.1));
    }
}

impl Merge for Numbers {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(numbers: &[u64]) -> Block {
        let one = |number: u64| {
            let place = Location { stream: 0, length: 9, offset: number, line: 0, record: 0 };
            let end = (number, (1_000 + number as i64, place));
            Block {
                log: 7,
                name: "Security gate".into(),
                start: 0,
                bits: 1 << number,
                ends: (end, end),
            }
        };
        let blocks = numbers.iter().map(|number| one(*number));
        blocks
            .reduce(|mut all, one| {
                all.merge(one);
                all
            })
            .unwrap()
    }

    #[test]
    fn a_block_knows_its_numbers_and_its_ends_in_any_order() {
        for numbers in [[3, 9, 4, 63], [63, 4, 9, 3], [9, 3, 63, 4]] {
            let block = block(&numbers);
            assert_eq!(block.numbers().collect::<Vec<_>>(), [3, 4, 9, 63]);
            assert_eq!(block.places().map(|place| place.0), [1_003, 1_063]);
        }
    }
}
