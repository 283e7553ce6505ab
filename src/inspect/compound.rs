//! Compound files (MS-CFB): streams in storages, as Outlook and older office programs write them.

#[cfg(test)]
pub mod made;

use crate::base::Arrange;
use std::cell::Cell;
use std::collections::BTreeSet;

/// What a compound file begins with.
const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Bytes of an entry of the directory.
const ENTRY_BYTES: usize = 128;
/// Bytes of a sector of small streams.
const MINI_BYTES: usize = 64;
/// Sector numbers from here on are none.
const NONE: u32 = 0xffff_fffa;
/// Entries of a directory that are read.
const ENTRIES: usize = 200_000;
/// Bytes that are read of all streams, in times the file's size.
const READ_TIMES: usize = 8;
/// Places of the allocation table's sectors that stand in the header.
const IN_HEADER: usize = 109;

/// A compound file.
pub struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    /// The small sector that follows each.
    next_mini: Vec<u32>,
    /// What the small sectors lie in.
    mini: Vec<u8>,
    /// From how many bytes on a stream is not small.
    cutoff: u64,
    entries: Vec<Entry>,
    /// Bytes that may still be read: streams of a sound file share none.
    left: Cell<usize>,
}

/// An entry of the directory: a stream or a storage.
struct Entry {
    name: String,
    is_stream: bool,
    siblings: [u32; 2],
    child: u32,
    start: u32,
    size: u64,
}

/// A number of an entry; the first is the root.
pub type Node = usize;

/// Whether bytes are a compound file.
pub fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

impl<'a> Compound<'a> {
    /// Reads the directory. None where there is none.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = bytes.get(30).copied().filter(|shift| matches!(shift, 9 | 12))?;
        let mut file = Self {
            bytes,
            sector_bytes: 1 << shift,
            next: Vec::new(),
            next_mini: Vec::new(),
            mini: Vec::new(),
            cutoff: u64::from(number(bytes, 56)?),
            entries: Vec::new(),
            left: Cell::new(bytes.len().saturating_mul(READ_TIMES)),
        };
        file.next = file.table()?;
        let directory = file.chain(number(bytes, 48)?, u64::MAX);
        let entries = directory.chunks_exact(ENTRY_BYTES).take(ENTRIES);
        file.entries =
            entries.map(|bytes| Entry::read(bytes, shift == 9)).collect::<Option<_>>()?;
        let root = file.entries.first()?;
        file.mini = file.chain(root.start, root.size);
        file.next_mini = numbers(&file.chain(number(bytes, 60)?, u64::MAX)).collect();
        Some(file)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let from = (number as usize).checked_add(1)?.checked_mul(self.sector_bytes)?;
        let to = from.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(from..to).filter(|sector| !sector.is_empty())
    }

    /// The table of which sector follows which: its own sectors are named in the header and, beyond
    /// that, in a chain.
    fn table(&self) -> Option<Vec<u32>> {
        let header = self.bytes.get(76..76 + 4 * IN_HEADER)?;
        let mut places: Vec<u32> = numbers(header).filter(|place| *place < NONE).collect();
        let mut more = number(self.bytes, 68)?;
        let most = self.bytes.len() / self.sector_bytes;
        for _ in 0..most {
            let Some(sector) = self.sector(more).filter(|_| more < NONE) else { break };
            let (named, last) = sector.split_at(sector.len().saturating_sub(4));
            places.extend(numbers(named).filter(|place| *place < NONE));
            more = number(last, 0)?;
        }
        places.truncate(most);
        let table = places.iter().filter_map(|place| self.sector(*place));
        Some(table.flat_map(numbers).collect())
    }

    /// How many bytes of a stream are read at most.
    fn granted(&self, size: u64, most: usize) -> usize {
        usize::try_from(size).unwrap_or(usize::MAX).min(most).min(self.left.get())
    }

    /// The bytes of a chain of sectors, at most so many. A chain that runs in a ring ends.
    fn chain(&self, start: u32, size: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = start;
        let size = self.granted(size, self.bytes.len());
        while bytes.len() < size
            && let Some(sector) = self.sector(at)
        {
            bytes.extend_from_slice(sector);
            at = self.next.get(at as usize).copied().unwrap_or(NONE);
        }
        bytes.truncate(size);
        self.left.set(self.left.get().saturating_sub(bytes.len()));
        bytes
    }

    /// The same of small sectors.
    fn mini_chain(&self, start: u32, size: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = start;
        let size = self.granted(size, self.mini.len());
        while bytes.len() < size {
            let from = (at as usize).saturating_mul(MINI_BYTES);
            let to = from.saturating_add(MINI_BYTES).min(self.mini.len());
            let Some(sector) = self.mini.get(from..to).filter(|of| !of.is_empty()) else { break };
            bytes.extend_from_slice(sector);
            at = self.next_mini.get(at as usize).copied().unwrap_or(NONE);
        }
        bytes.truncate(size);
        self.left.set(self.left.get().saturating_sub(bytes.len()));
        bytes
    }

    /// What lies in a storage, in the order of the directory. What was seen before is left out.
    pub fn children(&self, storage: Node, seen: &mut BTreeSet<Node>) -> Vec<Node> {
        let mut children = Vec::new();
        let mut open: Vec<u32> =
            self.entries.get(storage).map(|entry| entry.child).into_iter().collect();
        while let Some(number) = open.pop() {
            let number = number as usize;
            if let Some(entry) = self.entries.get(number)
                && seen.insert(number)
            {
                children.push(number);
                open.extend(entry.siblings);
            }
        }
        children.arrange();
        children
    }

    /// The name of an entry.
    pub fn name(&self, node: Node) -> &str {
        self.entries.get(node).map_or("", |entry| &entry.name)
    }

    /// Whether an entry is a stream, and how many bytes it says to have.
    pub fn size(&self, node: Node) -> Option<u64> {
        self.entries.get(node).filter(|entry| entry.is_stream).map(|entry| entry.size)
    }

    /// The bytes of a stream, as far as they are there.
    pub fn stream(&self, node: Node) -> Vec<u8> {
        match self.entries.get(node).filter(|entry| entry.is_stream) {
            Some(entry) if entry.size < self.cutoff => self.mini_chain(entry.start, entry.size),
            Some(entry) => self.chain(entry.start, entry.size),
            None => Vec::new(),
        }
    }
}

impl Entry {
    fn read(bytes: &[u8], is_short: bool) -> Option<Self> {
        let units =
            bytes.get(..64)?.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        let low = u64::from(number(bytes, 120)?);
        // Files with short sectors may have anything in the upper half.
        let high = if is_short { 0 } else { u64::from(number(bytes, 124)?) };
        Some(Self {
            name: String::from_utf16_lossy(&units),
            is_stream: bytes.get(66) == Some(&2),
            siblings: [number(bytes, 68)?, number(bytes, 72)?],
            child: number(bytes, 76)?,
            start: number(bytes, 116)?,
            size: high << 32 | low,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::made::made;
    use super::*;

    #[test]
    fn streams_small_and_large_are_found_in_storages() {
        let large: Vec<u8> = (0..9_000_u32).map(|n| n as u8).collect();
        let bytes = made(&[("a", b"small"), ("inner/b", &large), ("inner/c", b"")]);
        let file = Compound::open(&bytes).unwrap();
        let mut seen = BTreeSet::new();
        let top = file.children(0, &mut seen);
        let names: Vec<&str> = top.iter().map(|node| file.name(*node)).collect();
        assert_eq!(names, ["a", "inner"]);
        assert_eq!(file.stream(top[0]), b"small");
        assert_eq!(file.size(top[1]), None);
        let inner = file.children(top[1], &mut seen);
        assert_eq!((file.stream(inner[0]), file.stream(inner[1])), (large, Vec::new()));
    }

    #[test]
    fn damage_ends() {
        let bytes = made(&[("a", &[7; 9_000]), ("b/c", b"c")]);
        for cut in (0..bytes.len()).step_by(61) {
            let mut bad = bytes[..cut].to_vec();
            if let Some(file) = Compound::open(&bad) {
                let mut seen = BTreeSet::new();
                file.children(0, &mut seen).iter().for_each(|node| drop(file.stream(*node)));
            }
            bad = bytes.clone();
            bad[cut] ^= 0xff;
            if let Some(file) = Compound::open(&bad) {
                let mut seen = BTreeSet::new();
                for node in file.children(0, &mut seen) {
                    assert!(file.stream(node).len() <= bytes.len());
                }
            }
        }
    }
}
