//! Every reader of untrusted input as a function of bytes, with the laws that hold for it. A
//! coverage-guided fuzzer makes the bytes up; the tests read those again that were kept.
//!
//! A target promises more than that nothing panics: it ends within [`limits`], and what it read is
//! the same whatever the pieces were in which the bytes came.

pub mod limits;
mod targets;

use limits::Exceeded;

/// Bytes of an input that is repeated.
const LONG_BYTES: usize = 1 << 20;

/// A reader, or a family of readers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of its corpus too.
    pub name: &'static str,
    /// What it reads, for people.
    pub about: &'static str,
    /// Reads, and panics where a law does not hold. Gives the bytes that it worked on: the input,
    /// or what that unpacks to where this is more.
    read: fn(&[u8]) -> usize,
}

/// All targets. A new reader of untrusted input is a line here, a function in `targets`, and a
/// folder with a few seeds in `corpus`.
pub const TARGETS: &[Target] = &[
    target("zip", "zip archives and what lies in them", targets::container::zip),
    target("tar", "tar archives and what lies in them", targets::container::tar),
    target("sevenzip", "7z archives and what lies in them", targets::container::sevenzip),
    target(
        "compressed",
        "gzip, zstd, bzip2, xz, LZMA and LZ4 streams",
        targets::container::compressed,
    ),
    target("encoding", "encodings, told and decoded", targets::encoding::read),
    target("cutters", "records cut out of streams, by framing", targets::cutter::read),
    target("json", "JSON", targets::notation::json),
    target("xml", "XML", targets::notation::xml),
    target("pairs", "key=value, CSV, words, labels", targets::notation::pairs),
    target("clock", "times, in any form and by patterns", targets::clock::read),
    target("record", "records, by every built-in format", targets::record::any),
    target("evtx", "chunks of Windows event logs", targets::record::evtx),
    target("utmp", "records of utmp", targets::record::utmp),
    target("layout", "LogFormat and log_format lines", targets::description::layout),
    target("mapping", "mapping files", targets::description::mapping),
    target("settings", "settings", targets::description::settings),
    target("query", "queries for records", targets::query::read),
    target("results", "results of clients", targets::results::read),
    target("exercise", "answer sheets and scenario files", targets::exercise::read),
    target("payload", "payloads in requests, decoded and judged", targets::payload::read),
    target("inspect", "texts and mail that may have leaked", targets::inspect::read),
    target("check", "whole checks of unpacked files", targets::check::read),
];

const fn target(name: &'static str, about: &'static str, read: fn(&[u8]) -> usize) -> Target {
    Target { name, about, read }
}

impl Target {
    /// The target of a name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.iter().find(|target| target.name == name).copied()
    }

    /// Reads an input, and measures what that takes. Panics where a law does not hold.
    pub fn run(&self, input: &[u8]) -> Result<(), Exceeded> {
        limits::within(input.len(), || (self.read)(input))
    }

    /// Reads an input that is repeated up to a MiB: what takes more than linear time or memory shows
    /// there, and not in inputs as short as a fuzzer makes them.
    pub fn run_long(&self, input: &[u8]) -> Result<(), Exceeded> {
        let long: Vec<u8> = input.iter().copied().cycle().take(LONG_BYTES).collect();
        self.run(&long)
    }

    /// Makes what the target needs once, such as compiled formats, so that no input pays for it.
    pub fn prepare(&self) {
        (self.read)(b"");
    }
}
