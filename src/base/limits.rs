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
/// Days of clients.
pub const CLIENT_DAYS: usize = 1 << 20;
/// Exact sizes of error pages.
pub const ERROR_SIZES: usize = 1 << 14;
/// Clients, paths and kinds of payload that are kept apart.
pub const PAYLOAD_GROUPS: usize = 1 << 16;
/// Kinds of answers, by status and size, of all these together, for each detection.
pub const ANSWERS: usize = 1 << 18;
/// Clients and accounts whose minutes are kept apart for bursts and scans.
pub const ACTORS: usize = 1 << 17;
/// Kinds of addresses at which clients and accounts are kept apart.
pub const KINDS: usize = 1 << 16;
/// Documents and records, of all clients without an account together, that are kept apart.
pub const HANDED: usize = 1 << 20;
/// Minutes, of all these together, for each detection.
pub const MINUTES: usize = 1 << 19;
/// Minutes of one of these, the latest.
pub const OWN_MINUTES: usize = 1 << 12;
/// Accounts whose networks, days and documents are kept apart.
pub const ACCOUNTS: usize = 1 << 16;
/// Accounts in networks.
pub const PAIRS: usize = 1 << 17;
/// Organisations, domains and projects whose data accounts did something to.
pub const OWNERS: usize = 1 << 14;
/// Days of accounts with the networks that they were in.
pub const ENTERED: usize = 1 << 17;
/// Sessions.
pub const SESSIONS: usize = 1 << 16;
/// Times 64 numbers of records.
pub const NUMBERS: usize = 1 << 17;
/// Accounts in projects.
pub const PROJECTS: usize = 1 << 15;
/// Accounts with kinds of changes.
pub const CHANGERS: usize = 1 << 14;
/// Accounts with the programs that read their mail, from each network.
pub const MAIL_READERS: usize = 1 << 15;
/// Records that state an identity of their own and are compared by it.
pub const IDENTITIES: u64 = 1 << 19;
/// Pairs of streams of the same period that are compared record by record.
pub const COMPARED: usize = 256;
/// Unparsed lines that are listed one by one for a stream; the rest is counted.
pub const UNPARSED_LISTED: usize = 2_000;
/// Records shown under a finding.
pub const EVIDENCE: usize = 20;
/// Bytes of a record that are shown.
pub const SHOWN_BYTES: usize = 2_048;
/// Entries of all containers of a source.
pub const ENTRIES: u64 = 100_000;
/// Containers inside one another.
pub const DEPTH: usize = 5;
/// Bytes that a source unpacks to, in each layer.
pub const UNPACKED_BYTES: u64 = 64 << 30;
/// Bytes that anything may unpack to, however small it is packed.
pub const RATIO_FLOOR: u64 = 1 << 30;
/// How many times its packed size anything may unpack to, beyond the floor.
pub const RATIO: u64 = 500;
/// Bytes of the archives inside archives and of the dictionaries that are held at once: a
/// dictionary of 64 MiB, the largest in common use, fits, and so does a window of Zstandard, which
/// takes two blocks more, where three times the source make up for these.
pub const HELD_BYTES: u64 = 64 << 20;
/// Bytes of all rules that are read.
pub const RULE_BYTES: u64 = 256 << 20;
/// Bytes of an entry's name that are kept.
pub const NAME_BYTES: usize = 1_024;
/// Parentheses inside one another in a query.
pub const QUERY_DEPTH: usize = 64;
/// Bytes of memory that the events that are explored may take.
pub const EXPLORED_BYTES: usize = 768 << 20;
