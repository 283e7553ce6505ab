//! Records that are there more than once, so that they are counted once: files given twice, logs
//! whose files overlap, events that an export lists again.
//!
//! A first scan tells where they may be; what was found goes into the plan of a second scan, which
//! leaves the repeated records out. Of equal records, the one in the earliest stream stays, so
//! that none is lost. Two equal lines of one stream that state no identity are two records: a
//! client may well ask twice within a second.

use super::overlap::{Overlap, overlaps};
use super::plan::Plan;
use super::read::Prepared;
use super::scan::Partial;
use crate::base::{Fingerprint, Gather, Seed};
use crate::event::{Event, Field};
use crate::format::{FormatIndex, Reader};
use crate::input::ReadAt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a stream repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeats {
    /// The stream.
    pub stream: u32,
    /// Ranges whose bytes stand in another stream too: first byte, the byte behind the last, and
    /// the other stream.
    pub ranges: Vec<(u64, u64, u32)>,
    /// Records whose event another record tells: first byte, and the stream of the other; in order.
    pub records: Vec<(u64, u32)>,
}

impl Repeats {
    /// The stream that a record repeats. Only records that lie wholly within a range do.
    pub(super) fn of(&self, offset: u64, length: u64) -> Option<u32> {
        let holds = |range: &&(u64, u64, u32)| range.0 <= offset && offset + length <= range.1;
        let range = self.ranges.iter().find(holds).map(|range| range.2);
        range.or_else(|| {
            let at = self.records.binary_search_by_key(&offset, |record| record.0).ok()?;
            self.records.get(at).map(|record| record.1)
        })
    }
}

/// A stream's end as far as JavaScript can count.
const END: u64 = (1 << 53) - 1;

/// The fields of which a format names one as its identity: what has none of them is no candidate.
const IDENTIFYING: u64 = 1 << Field::EventId as u32 | 1 << Field::RecordNumber as u32;

/// Stands for the event that a record tells, where its format gives every event an identity. What
/// a client may have chosen is not enough: time and all fields belong to it.
#[inline]
pub(super) fn identity(
    reader: &Reader,
    seed: Seed,
    event: &Event<'_>,
    format: FormatIndex,
) -> Option<Fingerprint> {
    if event.fields.present() & IDENTIFYING == 0 {
        return None;
    }
    event.fields.text(reader.identity(format)?)?;
    let at = event.time.stamp().map_or(0, |stamp| stamp.at);
    let of = |print: Fingerprint, field: Field| {
        let text = event.fields.text(field)?;
        Some(seed.within(print.wrapping_add(field as u64 + 1), text))
    };
    let print = seed.of(&at.to_le_bytes());
    Some(Field::ALL.into_iter().fold(print, |print, field| of(print, field).unwrap_or(print)))
}

/// The plan of a second scan, when a first one saw records more than once. `sources`, in the order
/// of the plan, are read again where streams may overlap.
pub fn repeats(prepared: &Prepared, seen: &mut Partial, sources: &[&dyn ReadAt]) -> Option<Plan> {
    let mut found = BTreeMap::<u32, Repeats>::new();
    for copy in copies(&prepared.plan, &seen.coverage.digests) {
        found.entry(copy.0).or_default().ranges.push((0, END, copy.1));
    }
    let whole: BTreeSet<u32> = found.keys().copied().gather();
    for (stream, records) in seen.identities.repeated() {
        if !whole.contains(&stream) {
            found.entry(stream).or_default().records = records;
        }
    }
    let (overlaps, is_complete) = overlaps(prepared, seen, sources, &whole);
    for Overlap { stream, start, end, of } in overlaps {
        found.entry(stream).or_default().ranges.push((start, end, of));
    }
    seen.coverage.is_uncompared = !is_complete;
    let named = found.into_iter().map(|(stream, repeats)| Repeats { stream, ..repeats });
    let named: Vec<Repeats> = named.collect();
    (!named.is_empty()).then(|| Plan { repeats: Some(named), ..prepared.plan.clone() })
}

/// The streams of sources whose bytes are those of an earlier source, each with that one's stream.
fn copies(plan: &Plan, digests: &BTreeMap<u32, String>) -> Vec<(u32, u32)> {
    let mut first = BTreeMap::new();
    let mut copies = Vec::new();
    for source in plan.sources.iter().filter(|source| source.size > 0) {
        let Some(digest) = digests.get(&source.id) else { continue };
        let of = *first.entry(digest).or_insert(source.id);
        let original = |ordinal| {
            plan.streams.iter().find(move |known| known.of == of && known.ordinal == ordinal)
        };
        let streams =
            plan.streams.iter().filter(|stream| stream.of == source.id && of != source.id);
        copies.extend(streams.filter_map(|copy| Some((copy.id, original(copy.ordinal)?.id))));
    }
    copies
}

#[cfg(test)]
mod tests {
    use super::Repeats;

    #[test]
    fn only_records_wholly_within_a_range_repeat() {
        let ranges = vec![(100, 200, 7), (150, 300, 4)];
        let repeats = Repeats { stream: 9, ranges, records: vec![(20, 1), (400, 2)] };
        for (offset, length, of) in [
            (100, 100, Some(7)),
            (99, 10, None),
            (190, 20, Some(4)),
            (290, 11, None),
            (20, 5, Some(1)),
            (21, 5, None),
            (400, 9, Some(2)),
        ] {
            assert_eq!(repeats.of(offset, length), of, "{offset} {length}");
        }
    }
}
