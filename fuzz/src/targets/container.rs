//! Containers, with all that lies in them. The limits on unpacked bytes are lowered, so that an
//! input does not go through a GiB before it may be given up; that on memory is the program's own.

use super::Pieces;
use sekisho::input::{Container, Entry, HEAD_BYTES, Limits, Options, Packing, Visit, Walked, walk};
use std::io::Read;

/// Bytes that an input may unpack to.
const UNPACKED: u64 = 4 << 20;

pub fn zip(input: &[u8]) -> usize {
    family(input, &[Packing::Zip])
}

pub fn tar(input: &[u8]) -> usize {
    family(input, &[Packing::Tar])
}

pub fn sevenzip(input: &[u8]) -> usize {
    family(input, &[Packing::SevenZip])
}

pub fn compressed(input: &[u8]) -> usize {
    let streams =
        [Packing::Gzip, Packing::Zstd, Packing::Bzip2, Packing::Xz, Packing::Lzma, Packing::Lz4];
    family(input, &streams)
}

/// Walks what is of the family: the same leaves, bytes and faults, whatever is read at once.
fn family(input: &[u8], packings: &[Packing]) -> usize {
    match Container::of(&input[..input.len().min(HEAD_BYTES)]) {
        Container::Packed(packing) if packings.contains(&packing) => {}
        _ => return 0,
    }
    let (leaves, walked) = walked(input, usize::MAX);
    let in_pieces = self::walked(input, 1_000);
    assert_eq!((&leaves, &walked), (&in_pieces.0, &in_pieces.1));
    2 * leaves.iter().map(|(_, bytes)| bytes).sum::<usize>()
}

/// The leaves with the bytes that were had of each.
fn walked(input: &[u8], most: usize) -> (Vec<(Entry, usize)>, Walked) {
    let passwords = ["password".to_owned()];
    let limits = Limits {
        entries: 1_000,
        unpacked_bytes: UNPACKED,
        ratio_floor: UNPACKED,
        ..Limits::default()
    };
    let options = Options { passwords: &passwords, limits, ..Options::default() };
    let mut leaves = Vec::new();
    let mut visit = |entry: &Entry, reader: &mut dyn Read| {
        leaves.push((entry.clone(), drained(&mut Pieces { inner: reader, most })));
        Visit::Next
    };
    let walked = walk(&input.to_vec(), input.len() as u64, &options, &mut visit);
    (leaves, walked)
}

/// Bytes up to the end or the fault, which the walk notes.
fn drained(reader: &mut dyn Read) -> usize {
    let mut buffer = vec![0; 64 << 10];
    let mut all = 0;
    while let Ok(count) = reader.read(&mut buffer)
        && count > 0
    {
        all += count;
    }
    all
}
