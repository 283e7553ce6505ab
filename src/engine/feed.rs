//! Feeds the bytes of a source or stream in chunks.

use crate::base::limits::READ_BYTES;
use crate::input::{Fault, FaultKind, ReadAt};
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
    let mut filled = 0;
    while filled < into.len() {
        match reader.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(fault_of(&error))),
        }
    }
    (filled, None)
}

fn fault_of(error: &io::Error) -> Fault {
    Fault::carried_by(error).cloned().unwrap_or_else(|| Fault {
        kind: FaultKind::Unreadable,
        offset: 0,
        what: error.to_string(),
    })
}
