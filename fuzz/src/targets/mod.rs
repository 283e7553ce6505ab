//! The targets. Each reads bytes with one reader of the program, or with a family of them, through
//! what the program itself calls, and gives the bytes that it worked on.

pub mod check;
pub mod clock;
pub mod container;
pub mod cutter;
pub mod description;
pub mod encoding;
pub mod exercise;
pub mod inspect;
pub mod notation;
pub mod payload;
pub mod query;
pub mod record;
pub mod results;

use sekisho::format::Reader;
use std::io::{self, Read};

/// The first byte as a choice, and the rest.
fn choice(input: &[u8]) -> (u8, &[u8]) {
    input.split_first().map_or((0, input), |(first, rest)| (*first, rest))
}

/// One of some things, by a choice.
fn one_of<T>(things: &[T], choice: u8) -> &T {
    &things[usize::from(choice) % things.len()]
}

thread_local! {
    /// All built-in formats.
    static READER: Reader = Reader::new(&[], &[]).expect("the built-in formats compile");
}

/// Gives the bytes of another reader in pieces of at most so many.
struct Pieces<R> {
    inner: R,
    most: usize,
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = into.len().min(self.most);
        self.inner.read(&mut into[..count])
    }
}
