//! Compound files of streams and storages by their paths.

use super::{ENTRY_BYTES, IN_HEADER, MAGIC, MINI_BYTES};

/// A chain of sectors ends.
const END: u32 = 0xffff_fffe;
/// Bytes from which on a stream is not small.
const CUTOFF: usize = 4_096;

/// Sectors of some size, and which follows which.
struct Sectors {
    unit: usize,
    bytes: Vec<u8>,
    next: Vec<u32>,
}

impl Sectors {
    fn new(unit: usize) -> Self {
        Self { unit, bytes: Vec::new(), next: Vec::new() }
    }

    /// Lays bytes into sectors of their own, and gives the first.
    fn lay(&mut self, bytes: &[u8]) -> u32 {
        let start = self.next.len() as u32;
        let count = bytes.len().div_ceil(self.unit) as u32;
        self.next.extend((1..=count).map(|n| if n == count { END } else { start + n }));
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.next.len() * self.unit, 0);
        if count == 0 { END } else { start }
    }

    fn table(&self) -> Vec<u8> {
        self.next.iter().flat_map(|next| next.to_le_bytes()).collect()
    }
}

struct Made<'s> {
    path: String,
    /// None of a storage.
    content: Option<&'s [u8]>,
}

impl Made<'_> {
    fn parent(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(parent, _)| parent)
    }
}

/// The root, whose path is empty, and all streams with the storages that they lie in.
fn entries<'s>(streams: &[(&str, &'s [u8])]) -> Vec<Made<'s>> {
    let mut entries = vec![Made { path: String::new(), content: None }];
    for (path, bytes) in streams {
        let ends = path.match_indices('/').map(|(at, _)| (at, None));
        for (end, content) in ends.chain([(path.len(), Some(*bytes))]) {
            let path = format!("/{}", &path[..end]);
            if entries.iter().all(|known| known.path != path) {
                entries.push(Made { path, content });
            }
        }
    }
    entries
}

/// Puts numbers at places.
fn put(into: &mut [u8], fields: &[(usize, u32)]) {
    for (at, value) in fields {
        into[*at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
}

/// An entry. Brothers hang to the right of one another: a tree to walk, not to look things up in.
fn entry(entries: &[Made<'_>], number: usize, start: u32, size: usize) -> [u8; ENTRY_BYTES] {
    let own = &entries[number];
    let first = |mut range: std::ops::Range<usize>, parent: &str| {
        range.find(|at| *at > 0 && entries[*at].parent() == parent).map_or(u32::MAX, |at| at as u32)
    };
    let is_root = number == 0;
    let count = entries.len();
    let brother = if is_root { u32::MAX } else { first(number + 1..count, own.parent()) };
    let child = if own.content.is_some() { u32::MAX } else { first(1..count, &own.path) };
    let name = own.path.rsplit('/').next().filter(|_| !is_root).unwrap_or("Root Entry");
    let mut bytes = [0; ENTRY_BYTES];
    for (at, unit) in name.encode_utf16().enumerate() {
        bytes[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
    }
    bytes[66] = match (is_root, own.content) {
        (true, _) => 5,
        (_, Some(_)) => 2,
        (_, None) => 1,
    };
    let links = [(68, u32::MAX), (72, brother), (76, child), (116, start), (120, size as u32)];
    put(&mut bytes, &links);
    bytes
}

/// A file of streams by their paths, such as `storage/stream`.
pub fn made(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let entries = entries(streams);
    let (mut small, mut sectors) = (Sectors::new(MINI_BYTES), Sectors::new(512));
    let starts: Vec<u32> = entries
        .iter()
        .map(|of| match of.content {
            Some(bytes) if bytes.len() < CUTOFF => small.lay(bytes),
            Some(bytes) => sectors.lay(bytes),
            None => 0,
        })
        .collect();
    let small_start = sectors.lay(&small.bytes);
    let small_table = sectors.lay(&small.table());
    let directory = (0..entries.len()).flat_map(|at| match at {
        0 => entry(&entries, 0, small_start, small.bytes.len()),
        at => entry(&entries, at, starts[at], entries[at].content.map_or(0, <[u8]>::len)),
    });
    let directory: Vec<u8> = directory.collect();
    let directory_start = sectors.lay(&directory);
    let own = (sectors.next.len() + 1).div_ceil(127);
    let own_start = sectors.next.len() as u32;
    sectors.next.extend((0..own).map(|_| 0xffff_fffd));
    let mut table = sectors.table();
    table.resize(own * 512, 0xff);
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(MAGIC);
    header[30] = 9;
    put(&mut header, &[(44, own as u32), (48, directory_start), (56, CUTOFF as u32)]);
    put(&mut header, &[(60, small_table), (68, END)]);
    for at in 0..IN_HEADER {
        let place = if at < own { own_start + at as u32 } else { u32::MAX };
        put(&mut header, &[(76 + at * 4, place)]);
    }
    [header, sectors.bytes, table].concat()
}
