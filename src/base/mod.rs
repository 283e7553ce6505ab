//! What everything stands on: places in a log, instants, fingerprints, bounded tables, limits.

mod address;
mod arrange;
pub mod clock;
pub mod fingerprint;
mod glob;
mod hex;
pub mod holidays;
pub mod limits;
pub mod networks;
mod sampled;
mod shape;
mod short;
mod size;
mod small_map;
mod sorted;
mod table;
mod text;
mod time;
mod visible;
mod weighed;

pub use address::address;
pub use arrange::{Arrange, Gather};
pub use fingerprint::{Fingerprint, Seed};
pub use glob::{Glob, rarest};
pub use hex::{hex, unhex};
pub use sampled::{Merge, Sampled, Told, let_go};
pub use short::{Short, are_same, find_near};
pub use size::{LogSize, SizeSketch};
pub use small_map::{SmallMap, within};
pub use sorted::{json_document, json_line, sorted};
pub use table::{NOWHERE, Place, Table};
pub use text::{Bilingual, Language, Text, Wrong, counted, grouped};
pub use time::{Instant, Stamp, Time, ZoneSource, civil_day, rfc3339, rfc3339_exact};
pub use visible::visible;
pub use weighed::{Weigh, Weighed};

use serde::{Deserialize, Serialize};

/// A record's place. Ordered by stream and offset; a stream's records never overlap.
///
/// `line` and `record` count from the start of the shard that read the record, because a shard
/// knows nothing of the shards before it. `engine` turns them into numbers within the stream.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(from = "PackedLocation", into = "PackedLocation")]
pub struct Location {
    /// The stream.
    pub stream: u32,
    /// Bytes, without the line end.
    pub length: u32,
    /// First byte in the unpacked stream.
    pub offset: u64,
    /// Lines before it in its shard.
    pub line: u32,
    /// Records before it in its shard.
    pub record: u32,
}

/// A place as it is packed: most lines are records, so there are about as many of both.
type PackedLocation = (u32, u32, u64, u32, i32);

impl From<PackedLocation> for Location {
    fn from((stream, length, offset, line, more): PackedLocation) -> Self {
        Self { stream, length, offset, line, record: line.wrapping_add_signed(more) }
    }
}

impl From<Location> for PackedLocation {
    fn from(place: Location) -> Self {
        let more = place.record.wrapping_sub(place.line).cast_signed();
        (place.stream, place.length, place.offset, place.line, more)
    }
}

impl Location {
    /// What makes it the place that it is, however the stream was cut.
    pub const fn key(&self) -> (u32, u64) {
        (self.stream, self.offset)
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Location {}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
