//! Fast readers of the notations that logs are written in: JSON, key=value, CSV, XML. Each turns
//! one record into pairs, in the record's order, that borrow from it or from an arena.
//!
//! Every reader is total: it ends on any bytes, in time linear in them, with bounded depth and
//! bounded output. Of a record with more than [`PAIRS`] pairs the first are kept; a reader goes on
//! to the record's end and leaves the rest out, so `pairs.len() == PAIRS` says that there may have
//! been more.

pub mod csv;
mod escaped;
pub mod json;
pub mod kv;
pub mod labels;
pub mod xml;

pub use escaped::Escaped;

use bumpalo::Bump;

/// Pairs of a record at most.
pub const PAIRS: usize = 4_096;
/// Levels of nesting at most. Real records nest up to about ten.
pub const DEPTH: usize = 64;
/// Bytes of a joined path at most; what is longer is cut. It bounds what one record can make of a
/// long name with many members.
pub const PATH_BYTES: usize = 512;

/// What a record says under a key. Texts are the same when they stand for the same, however they
/// are written.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// The record says that there is none.
    Null,
    /// A text, or a number or truth value as it is written.
    Text(&'a [u8]),
    /// A text that is written with escapes. It is never empty.
    Escaped(&'a Escaped<'a>),
}

impl<'a> Value<'a> {
    fn escaped(written: &'a [u8], arena: &'a Bump) -> Self {
        Self::Escaped(arena.alloc_with(|| Escaped::new(written, arena)))
    }

    /// The text; none where the record says that there is none.
    #[inline]
    pub fn text(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text),
            Self::Escaped(escaped) => Some(escaped.text()),
            Self::Null => None,
        }
    }

    /// Whether there is none, or an empty one.
    #[inline]
    pub const fn is_empty(self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Escaped(_) => false,
            Self::Null => true,
        }
    }

    /// Whether it is nothing but this sign.
    #[inline]
    pub fn is(self, sign: u8) -> bool {
        match self {
            Self::Text(text) => text == [sign],
            // Longer than `\u002d` it stands for more than one.
            Self::Escaped(escaped) => escaped.written().len() <= 6 && escaped.text() == [sign],
            Self::Null => false,
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Value<'_> {}

/// A key with what a record says under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The key; of what is nested, the names from outside in, joined by `.`.
    pub key: &'a [u8],
    /// The value.
    pub value: Value<'a>,
}

/// The pairs of a record, in its order. A key may repeat.
pub type Pairs<'a> = bumpalo::collections::Vec<'a, Pair<'a>>;

/// Where a text is not what a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: expected {expected}")]
pub struct Error {
    /// Bytes before the place.
    pub offset: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// Paths that one record can have joined. What is nested and empty needs paths and gives no pairs;
/// behind so many the rest is left out, as behind [`PAIRS`] pairs.
const JOINED: usize = 4 * PAIRS;

/// Pairs being read, within their bounds.
struct Writer<'a, 'p> {
    arena: &'a Bump,
    pairs: &'p mut Pairs<'a>,
    /// Paths that were asked for.
    joined: usize,
}

impl<'a, 'p> Writer<'a, 'p> {
    const fn new(arena: &'a Bump, pairs: &'p mut Pairs<'a>) -> Self {
        Self { arena, pairs, joined: 0 }
    }

    fn is_full(&self) -> bool {
        self.pairs.len() >= PAIRS || self.joined > JOINED
    }

    /// Adds a pair, and says whether there was room for it.
    #[inline]
    fn push(&mut self, key: &'a [u8], value: Value<'a>) -> bool {
        let has_room = !self.is_full();
        if has_room {
            self.pairs.push(Pair { key, value });
        }
        has_room
    }

    /// `path.name` in the arena, cut at `PATH_BYTES`; `name` itself where there is no path.
    #[inline]
    fn join(&mut self, path: &'a [u8], name: &'a [u8]) -> &'a [u8] {
        self.join_with(path, b".", name)
    }

    /// Counts a path that is joined already.
    #[inline]
    const fn count_joined(&mut self, path: &[u8]) {
        self.joined += !path.is_empty() as usize;
    }

    fn join_with(&mut self, path: &'a [u8], between: &[u8], name: &'a [u8]) -> &'a [u8] {
        if path.is_empty() {
            return name;
        }
        self.joined += 1;
        // The path of a pair that will be left out.
        if self.is_full() {
            return path;
        }
        concatenated(self.arena, path, between, name)
    }
}

/// `path.name` in the arena, cut at `PATH_BYTES`; `name` itself where there is no path.
pub(crate) fn join<'a>(arena: &'a Bump, path: &'a [u8], name: &'a [u8]) -> &'a [u8] {
    if path.is_empty() { name } else { concatenated(arena, path, b".", name) }
}

/// The parts one after another, cut at `PATH_BYTES`.
fn concatenated<'a>(arena: &'a Bump, path: &[u8], between: &[u8], name: &[u8]) -> &'a [u8] {
    let parts = parts(path, between, name);
    let length = parts.iter().map(|part| part.len()).sum();
    let mut joined = bumpalo::collections::Vec::with_capacity_in(length, arena);
    for part in parts {
        joined.extend_from_slice_copy(part);
    }
    joined.into_bump_slice()
}

/// The parts of a joined path, cut so that it has no more than `PATH_BYTES`.
fn parts<'t>(path: &'t [u8], between: &'t [u8], name: &'t [u8]) -> [&'t [u8]; 3] {
    let path = &path[..path.len().min(PATH_BYTES - between.len())];
    let name = &name[..name.len().min(PATH_BYTES - between.len() - path.len())];
    [path, between, name]
}
