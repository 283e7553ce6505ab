//! Bounds on memory and work. The same natively and in WASM: a bound that is reached changes what
//! a report can say, and reports must not differ between the two.

/// A record longer than this is listed as unparsed and not held in memory.
pub const RECORD_BYTES: usize = 1 << 20;
/// Bytes asked of a source at once.
pub const READ_BYTES: usize = 1 << 20;
/// Bytes of a stream that one job scans.
pub const SHARD_BYTES: u64 = 16 << 20;
/// Bytes at the start of a stream from which its format is told.
pub const SNIFF_BYTES: usize = 64 << 10;
/// Paths with their usual answers, over all streams.
pub const PATHS: usize = 1 << 18;
/// Clients with their activity.
pub const CLIENTS: usize = 1 << 18;
/// Exact sizes of error pages.
pub const ERROR_SIZES: usize = 1 << 14;
/// Clients, paths and kinds of payload that are kept apart.
pub const PAYLOAD_GROUPS: usize = 1 << 16;
/// Clients and accounts whose minutes are kept apart for bursts and scans.
pub const ACTORS: usize = 1 << 17;
/// Unparsed lines that are listed one by one for a stream; the rest is counted.
pub const UNPARSED_LISTED: usize = 2_000;
/// Records shown under a finding.
pub const EVIDENCE: usize = 20;
/// Bytes of a record that are shown.
pub const SHOWN_BYTES: usize = 2_048;
