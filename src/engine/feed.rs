//! Feeds the bytes of a source or stream in chunks.

use super::plan::{PlannedSource, Stream};
use super::read::Prepared;
use crate::base::limits::READ_BYTES;
use crate::input::{
    self, Encoding, Entry, Fault, FaultKind, Options, ReadAt, Utf8Reader, Visit, walk,
};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The bytes of a source from its start. Its errors carry a `Fault`.
pub(super) struct SourceReader<'a> {
    source: &'a dyn ReadAt,
    size: u64,
    at: Rc<Cell<u64>>,
}

impl<'a> SourceReader<'a> {
    pub fn new(source: &'a dyn ReadAt, size: u64) -> Self {
        Self { source, size, at: Rc::default() }
    }

    /// The bytes from a place on.
    fn from(source: &'a dyn ReadAt, size: u64, at: u64) -> Self {
        Self { source, size, at: Rc::new(Cell::new(at.min(size))) }
    }

    /// Bytes that were read, now and later.
    pub fn reached(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.at)
    }
}

impl Read for SourceReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at = self.at.get();
        let wanted = usize::try_from(self.size - at).unwrap_or(into.len()).min(into.len());
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.source.read_at(at, &mut into[..wanted]).map_err(Fault::from)?;
        if count == 0 {
            return Err(Fault { kind: FaultKind::Shrank, offset: at, what: String::new() }.into());
        }
        self.at.set(at + count as u64);
        Ok(count)
    }
}

/// Hands on all that a reader gives, in chunks. Gives the fault that ended it early.
pub(super) fn chunks(
    reader: &mut dyn Read,
    progress: &mut dyn FnMut(),
    take: &mut dyn FnMut(&[u8]),
) -> Option<Fault> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let (count, fault) = fill(reader, &mut buffer);
        if count > 0 {
            take(&buffer[..count]);
        }
        progress();
        if fault.is_some() || count < buffer.len() {
            return fault;
        }
    }
}

/// Reads until `into` is full or the stream ends: what was read, and the fault that ended it early.
pub(super) fn fill(reader: &mut dyn Read, into: &mut [u8]) -> (usize, Option<Fault>) {
    let (count, error) = input::fill(reader, into);
    (count, error.as_ref().map(fault_of))
}

/// Opens some streams of a source in their order, each as text from a byte on.
pub(super) fn open(
    prepared: &Prepared,
    planned: &PlannedSource,
    source: &dyn ReadAt,
    wanted: &[(&Stream, u64)],
    look: &mut dyn FnMut(&Stream, &mut dyn Read),
) {
    if !planned.is_packed {
        for (stream, from) in wanted {
            if stream.is_plain() {
                look(stream, &mut SourceReader::from(source, planned.size, *from));
            } else {
                decoded(stream, *from, &mut SourceReader::new(source, planned.size), look);
            }
        }
        return;
    }
    let Some(last) = wanted.iter().map(|(stream, _)| stream.ordinal).max() else { return };
    let options = Options { passwords: &prepared.meant.passwords, ..Options::default() };
    walk(source, planned.size, &options, &mut |entry: &Entry, reader: &mut dyn Read| {
        let is_it = |stream: &Stream| stream.ordinal == entry.ordinal;
        if let Some((stream, from)) = wanted.iter().find(|(stream, _)| is_it(stream)) {
            decoded(stream, *from, reader, look);
        }
        if entry.ordinal < last { Visit::Next } else { Visit::Stop }
    });
}

/// Hands on what a reader gives as text, from a byte on.
fn decoded(
    stream: &Stream,
    from: u64,
    reader: &mut dyn Read,
    look: &mut dyn FnMut(&Stream, &mut dyn Read),
) {
    let mut text: Box<dyn Read + '_> = match stream.found.encoding {
        Encoding::Utf8 => Box::new(reader),
        encoding => Box::new(Utf8Reader::new(reader, encoding)),
    };
    // What ends before that place gives nothing, and what fails there fails again.
    let _ = io::copy(&mut (&mut text).take(from), &mut io::sink());
    look(stream, &mut text);
}

fn fault_of(error: &io::Error) -> Fault {
    Fault::carried_by(error).cloned().unwrap_or_else(|| Fault {
        kind: FaultKind::Unreadable,
        offset: 0,
        what: error.to_string(),
    })
}
