//! Streams that hold the same run of records: a log that was copied while it grew, rotated files
//! whose periods overlap, a log beside the same log in an archive.
//!
//! A run begins with a stream's first record and goes on to the end of one of the two. It counts
//! when it is of three records at least and of more than one instant: what a program writes again
//! and again within a second may stand in two logs by chance.

use super::feed::{fill, open};
use super::plan::Stream;
use super::read::Prepared;
use super::scan::Partial;
use crate::base::limits::{COMPARED, READ_BYTES};
use crate::base::{Arrange, Gather, Instant, Location};
use crate::baseline::{BIN_SECS, Bin, Mark};
use crate::input::ReadAt;
use memchr::memmem::Finder;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;

/// A range of a stream that stands in another stream too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Overlap {
    /// The stream.
    pub stream: u32,
    /// First byte.
    pub start: u64,
    /// The byte behind the last.
    pub end: u64,
    /// The other stream, an earlier one.
    pub of: u32,
}

/// Records by which the beginning of a stream is looked for.
const SOUGHT: usize = 3;
/// Bytes of them at most.
const SOUGHT_BYTES: usize = 64 << 10;
/// Places that are looked at where they stand more than once.
const PLACES: usize = 16;
/// Bytes in front of a run that may be the same: a mark, headers.
const BEFORE: u64 = 64 << 10;
/// Bytes on either side of where the records of an instant are known to be: logs are only nearly
/// in the order of time.
const AROUND: u64 = 1 << 20;
/// Pairs of streams of which the periods are compared.
const PAIRS: usize = 1 << 20;

/// What is known of a stream.
struct Side<'s> {
    stream: &'s Stream,
    first: Vec<Mark>,
    last: Mark,
    bins: Vec<(Instant, Bin)>,
}

impl Side<'_> {
    /// When its first record was.
    fn begins(&self) -> Instant {
        self.first.first().map_or(Instant::MAX, |mark| mark.0)
    }

    /// Its earliest and its latest instant.
    fn span(&self) -> Option<(Instant, Instant)> {
        Some((self.bins.first()?.1.first.0, self.bins.last()?.1.last.0))
    }

    /// Where records of an instant may stand.
    fn around(&self, at: Instant) -> Option<Range<u64>> {
        let start = at.div_euclid(BIN_SECS) * BIN_SECS;
        let place = self.bins.binary_search_by_key(&start, |bin| bin.0).ok()?;
        let bin = &self.bins.get(place)?.1;
        let (first, last) = (bin.first.1.offset, bin.last.1.offset);
        let is_there = bin.first.0 <= at && at <= bin.last.0;
        is_there.then(|| first.min(last).saturating_sub(AROUND)..first.max(last) + AROUND)
    }

    /// Whether as many records are in the same five minutes in both, from where one begins to
    /// where one ends. Requests that took long stand behind where they began, so some may differ.
    fn is_like(&self, begun: &Self) -> bool {
        let (from, ends) = (begun.begins(), [self.last.0, begun.last.0]);
        let to = match begun.last.0 >= from {
            true => ends[0].min(ends[1]),
            false => ends[0].max(ends[1]),
        };
        let (low, high) = (from.min(to), from.max(to));
        let inner = |side: &Self| -> BTreeMap<Instant, u32> {
            let whole = side.bins.iter().filter(|bin| bin.0 > low && bin.0 + BIN_SECS <= high);
            whole.map(|(start, bin)| (*start, bin.records)).gather()
        };
        let (mine, theirs) = (inner(self), inner(begun));
        let starts: BTreeSet<&Instant> = mine.keys().chain(theirs.keys()).gather();
        let count = |side: &BTreeMap<Instant, u32>, start| side.get(start).copied().unwrap_or(0);
        let (mut all, mut apart) = (0, 0);
        for start in starts {
            let (a, b) = (count(&mine, start), count(&theirs, start));
            all += u64::from(a.max(b));
            apart += u64::from(a.abs_diff(b));
        }
        apart <= all / 32 + 8
    }
}

/// The overlaps of all streams but those that are known to be copies, and whether all that may
/// overlap were compared.
pub(super) fn overlaps(
    prepared: &Prepared,
    seen: &Partial,
    sources: &[&dyn ReadAt],
    copies: &BTreeSet<u32>,
) -> (BTreeSet<Overlap>, bool) {
    let sides = sides(prepared, seen, copies);
    let (pairs, is_complete) = pairs(&sides);
    let mut wanted = BTreeMap::<u32, Vec<Sought>>::new();
    for (pair, bytes) in beginnings(prepared, sources, &sides, &pairs) {
        let (whole, begun) = pairs[pair];
        if let Some(range) = sides[whole].around(sides[begun].begins()) {
            let stream = sides[whole].stream.id;
            wanted.entry(stream).or_default().push(Sought { pair, bytes, range });
        }
    }
    let mut found = BTreeMap::new();
    for (pair, place) in places(prepared, sources, &wanted) {
        let (whole, begun) = pairs[pair];
        let known = found.entry(pair).or_insert_with(Vec::new);
        if known.is_empty() {
            *known = compare(prepared, sources, &sides[whole], place, &sides[begun]);
        }
    }
    (found.into_values().flatten().gather(), is_complete)
}

/// The streams that may hold records of others. Where every record has an identity, that is enough.
fn sides<'s>(prepared: &'s Prepared, seen: &Partial, copies: &BTreeSet<u32>) -> Vec<Side<'s>> {
    let has_identities = |stream: &Stream| {
        let format = stream.found.sniffed.map(|sniffed| sniffed.format);
        let identity = format.and_then(|format| prepared.meant.reader.identity(format));
        let ledger = seen.coverage.streams.get(&stream.id);
        seen.identities.one_in() == 1
            && identity.zip(ledger).is_some_and(|(identity, ledger)| ledger.has_field(identity))
    };
    let streams = prepared.plan.streams.iter();
    let streams = streams.filter(|stream| !copies.contains(&stream.id) && !has_identities(stream));
    let side = |stream: &'s Stream| {
        let (first, last) = seen.baseline.order.ends(stream.id)?;
        let bins = seen.baseline.calendars.get(&stream.id)?.sorted();
        (first.len() >= SOUGHT).then_some(Side { stream, first, last, bins })
    };
    streams.filter_map(side).collect()
}

/// Pairs of streams of which the second begins within the first, and whether these are all.
fn pairs(sides: &[Side<'_>]) -> (Vec<(usize, usize)>, bool) {
    let mut by_begin: Vec<usize> = (0..sides.len()).collect();
    by_begin.arrange_by_key(|at| (sides[*at].begins(), *at));
    let mut by_start: Vec<usize> = (0..sides.len()).collect();
    by_start.arrange_by_key(|at| (sides[*at].span(), *at));
    let mut waiting = by_start.into_iter().peekable();
    let mut open: Vec<usize> = Vec::new();
    let (mut pairs, mut looked_at) = (Vec::new(), 0);
    for begun in by_begin {
        let at = sides[begun].begins();
        let starts = |side: &usize| sides[*side].span().is_some_and(|span| span.0 <= at);
        while let Some(side) = waiting.next_if(starts) {
            open.push(side);
        }
        open.retain(|side| sides[*side].span().is_some_and(|span| span.1 >= at));
        for whole in open.iter().copied().filter(|whole| *whole != begun) {
            looked_at += 1;
            if looked_at > PAIRS || pairs.len() >= COMPARED {
                return (pairs, false);
            }
            if sides[whole].around(at).is_some() && sides[whole].is_like(&sides[begun]) {
                pairs.push((whole, begun));
            }
        }
    }
    (pairs, true)
}

/// What is looked for in a stream.
struct Sought {
    pair: usize,
    bytes: Vec<u8>,
    range: Range<u64>,
}

/// The first records of the streams that begin within others.
fn beginnings(
    prepared: &Prepared,
    sources: &[&dyn ReadAt],
    sides: &[Side<'_>],
    pairs: &[(usize, usize)],
) -> Vec<(usize, Vec<u8>)> {
    let range = |side: &Side<'_>| -> Option<(u64, u32)> {
        let (first, last) = (side.first.first()?.1, side.first.get(SOUGHT - 1)?.1);
        let length = end_of(&last).checked_sub(first.offset)?.min(SOUGHT_BYTES as u64);
        Some((first.offset, u32::try_from(length).ok()?))
    };
    let mut wanted = super::exhibit::Wanted::new();
    for (_, begun) in pairs {
        let side = &sides[*begun];
        wanted.entry(side.stream.id).or_insert_with(|| range(side).into_iter().collect());
    }
    let texts = super::exhibit::read_ranges(prepared, sources, &wanted);
    let text = |side: &Side<'_>| texts.get(&side.stream.id)?.get(&range(side)?).cloned();
    let pairs = pairs.iter().enumerate();
    pairs.filter_map(|(pair, (_, begun))| Some((pair, text(&sides[*begun])?))).gather()
}

const fn end_of(location: &Location) -> u64 {
    location.offset + location.length as u64
}

/// Looks for the beginnings of streams in others: by pair, where they stand.
fn places(
    prepared: &Prepared,
    sources: &[&dyn ReadAt],
    wanted: &BTreeMap<u32, Vec<Sought>>,
) -> BTreeSet<(usize, u64)> {
    let mut places = BTreeSet::new();
    let start = |sought: &[Sought]| sought.iter().map(|one| one.range.start).min().unwrap_or(0);
    for (planned, source) in prepared.plan.sources.iter().zip(sources) {
        let streams = prepared.plan.streams.iter().filter(|stream| stream.of == planned.id);
        let streams = streams.filter_map(|stream| Some((stream, start(wanted.get(&stream.id)?))));
        let streams: Vec<_> = streams.collect();
        open(prepared, planned, *source, &streams, &mut |stream, reader| {
            if let Some(sought) = wanted.get(&stream.id) {
                places.extend(find(sought, start(sought), reader));
            }
        });
    }
    places
}

/// Where what is looked for stands: by pair, the first few places.
fn find(sought: &[Sought], from: u64, reader: &mut dyn Read) -> BTreeSet<(usize, u64)> {
    let finders: Vec<_> = sought.iter().map(|one| (one, Finder::new(&one.bytes))).collect();
    let end = sought.iter().map(|one| one.range.end).max().unwrap_or(0);
    let longest = sought.iter().map(|one| one.bytes.len()).max().unwrap_or(1);
    let mut found = BTreeMap::<usize, BTreeSet<u64>>::new();
    let (mut window, mut at) = (Vec::new(), from);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let (count, _) = fill(reader, &mut buffer);
        window.extend_from_slice(&buffer[..count]);
        for (one, finder) in &finders {
            let known = found.entry(one.pair).or_default();
            let mut next = 0;
            while let Some(place) = window.get(next..).and_then(|rest| finder.find(rest)) {
                let offset = at + (next + place) as u64;
                if known.len() >= PLACES {
                    break;
                }
                if one.range.contains(&offset) {
                    known.insert(offset);
                }
                next += place + 1;
            }
        }
        if count < buffer.len() || at >= end {
            let flat = |(pair, places): (usize, BTreeSet<u64>)| {
                places.into_iter().map(move |place| (pair, place))
            };
            return found.into_iter().flat_map(flat).gather();
        }
        // What is cut by the end of the window is looked for again.
        let passed = window.len().saturating_sub(longest - 1);
        window.drain(..passed);
        at += passed as u64;
    }
}

/// Compares two streams from where the beginning of the second stands in the first. Of equal
/// records, those of the earlier stream stay; of a record that was cut off where its file was
/// copied, the one that is whole.
fn compare(
    prepared: &Prepared,
    sources: &[&dyn ReadAt],
    whole: &Side<'_>,
    place: u64,
    begun: &Side<'_>,
) -> Vec<Overlap> {
    let (Some(begin), Some(third)) = (begun.first.first(), begun.first.get(SOUGHT - 1)) else {
        return Vec::new();
    };
    let (begin, sought) = (begin.1.offset, end_of(&third.1));
    let before = place.min(begin).min(BEFORE);
    let starts = (place - before, begin - before);
    let mut run = Run::default();
    let from = |side: &Side<'_>, at: u64, read: &mut dyn FnMut(&mut dyn Read)| {
        let of = side.stream.of as usize;
        if let (Some(planned), Some(source)) = (prepared.plan.sources.get(of), sources.get(of)) {
            open(prepared, planned, *source, &[(side.stream, at)], &mut |_, reader| read(reader));
        }
    };
    from(whole, starts.0, &mut |a| from(begun, starts.1, &mut |b| run = shared(a, b, before)));
    let ends_with = |side: &Side<'_>, start: u64| {
        start + run.range.end >= end_of(&side.last.1) && side.last.0 != begun.begins()
    };
    let is_run = starts.1 + run.range.end >= sought
        && (ends_with(whole, starts.0) || ends_with(begun, starts.1));
    if !is_run {
        return Vec::new();
    }
    let (earlier, later) = match whole.stream.id < begun.stream.id {
        true => (whole, (begun, starts.1)),
        false => (begun, (whole, starts.0)),
    };
    let (stream, of) = (later.0.stream.id, earlier.stream.id);
    let (start, end) = (later.1 + run.range.start, later.1 + run.range.end);
    let cut = [(whole, starts.0, begun, run.next), (begun, starts.1, whole, swapped(run.next))];
    let cut = cut.into_iter().filter_map(|(side, start, other, next)| {
        let last = &side.last.1;
        let is_cut = start + run.range.end == end_of(last)
            && matches!(next, (None, Some(byte)) if !matches!(byte, b'\r' | b'\n'));
        let (stream, of) = (side.stream.id, other.stream.id);
        is_cut.then(|| Overlap { stream, start: last.offset, end: end_of(last), of })
    });
    std::iter::once(Overlap { stream, start, end, of }).chain(cut).collect()
}

const fn swapped((a, b): (Option<u8>, Option<u8>)) -> (Option<u8>, Option<u8>) {
    (b, a)
}

/// Bytes that two readers share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Run {
    /// Where they are, counted from where the readers began.
    range: Range<u64>,
    /// What follows in each, where one of them ends.
    next: (Option<u8>, Option<u8>),
}

/// The run of equal bytes around a place that two readers reach together.
fn shared(a: &mut dyn Read, b: &mut dyn Read, place: u64) -> Run {
    let (mut x, mut y) = (vec![0; READ_BYTES], vec![0; READ_BYTES]);
    let (mut start, mut at) = (0, 0);
    loop {
        let (in_a, in_b) = (fill(a, &mut x).0, fill(b, &mut y).0);
        let both = in_a.min(in_b);
        let mut from = 0;
        while let Some(apart) = apart(&x[from..both], &y[from..both]) {
            let end = at + (from + apart) as u64;
            if end >= place {
                return Run { range: start..end, next: (None, None) };
            }
            start = end + 1;
            from += apart + 1;
        }
        at += both as u64;
        if both < x.len() {
            let next = (x[..in_a].get(both).copied(), y[..in_b].get(both).copied());
            return Run { range: start..at, next };
        }
    }
}

/// Where two pieces of the same length first differ.
fn apart(a: &[u8], b: &[u8]) -> Option<usize> {
    (a != b).then(|| a.iter().zip(b).position(|(a, b)| a != b)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_by_the_end_of_a_read_is_found_once() {
        let mut text = vec![b'.'; 3 * READ_BYTES];
        let places = [10, READ_BYTES - 4, READ_BYTES * 2 - 1, READ_BYTES * 2 + 500];
        for place in places {
            text[place..place + 6].copy_from_slice(b"needle");
        }
        let end = text.len() as u64;
        let sought = |pair, bytes: &[u8], range| Sought { pair, bytes: bytes.to_vec(), range };
        let all = [sought(0, b"needle", 700..700 + end), sought(1, b"needless", 0..end)];
        let found = find(&all, 700, &mut text.as_slice());
        let expected = places.map(|place| (0, 700 + place as u64));
        assert_eq!(found, expected.into_iter().collect());
    }

    #[test]
    fn a_run_is_the_longest_around_its_place() {
        let mut a: Vec<u8> = (0..3 * READ_BYTES as u64).map(|n| (n * n / 9) as u8).collect();
        let mut b = a.clone();
        b[20] ^= 1;
        let run = |a: &[u8], b: &[u8]| shared(&mut &*a, &mut &*b, 30);
        assert_eq!(run(&a, &b), Run { range: 21..a.len() as u64, next: (None, None) });
        for end in [2 * READ_BYTES + 9, 2 * READ_BYTES] {
            a.truncate(end);
            assert_eq!(run(&a, &b), Run { range: 21..end as u64, next: (None, Some(b[end])) });
        }
        b[READ_BYTES + 1] ^= 1;
        assert_eq!(run(&a, &b).range, 21..READ_BYTES as u64 + 1);
    }
}
