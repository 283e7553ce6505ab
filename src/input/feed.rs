//! Bytes on their way from a source to a decoder: a window of what can be read at any place, and a
//! buffer that keeps what decoders do not pass on.

use super::fault::{Fault, FaultKind};
use super::{ReadAt, read_full};
use crate::base::limits::READ_BYTES;
use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// A part of something that can be read at any place.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    source: &'a dyn ReadAt,
    start: u64,
    /// Bytes of it.
    pub(super) size: u64,
    /// Whether it lies in the source itself, not in something unpacked from it.
    pub(super) is_source: bool,
}

impl<'a> Window<'a> {
    /// All of a source.
    pub(super) fn whole(source: &'a dyn ReadAt, size: u64) -> Self {
        Self { source, start: 0, size, is_source: true }
    }

    /// All of what was unpacked and is held.
    pub(super) fn held(bytes: &'a Vec<u8>) -> Self {
        Self { source: bytes, start: 0, size: bytes.len() as u64, is_source: false }
    }

    /// A part of it, as far as it reaches.
    pub(super) fn part(self, start: u64, size: u64) -> Self {
        let start = start.min(self.size);
        Self { start: self.start + start, size: size.min(self.size - start), ..self }
    }

    /// Where its first byte lies in the source.
    pub(super) fn lies_at(&self) -> Option<u64> {
        self.is_source.then_some(self.start)
    }

    /// Tells that it was passed up to a place, when it lies in the source.
    pub(super) fn tell(&self, reached: &Cell<u64>, at: u64) {
        if self.is_source {
            reached.set(reached.get().max(self.start + at.min(self.size)));
        }
    }

    /// Fills `into` as far as the window reaches.
    pub(super) fn read(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = left.min(into.len());
        let at = self.start.saturating_add(at);
        let count = read_full(self.source, at, &mut into[..wanted])?;
        if count < wanted {
            let offset = at + count as u64;
            return match count {
                0 => Err(Fault { kind: FaultKind::Shrank, offset, what: String::new() }),
                _ => Ok(count),
            };
        }
        Ok(count)
    }
}

/// Reads a window from its start, and tells how far the source has been read.
pub(super) struct WindowReader<'a> {
    window: Window<'a>,
    at: u64,
    reached: Option<&'a Cell<u64>>,
}

impl<'a> WindowReader<'a> {
    /// `reached` is told the place in the source, when the window lies there.
    pub(super) fn new(window: Window<'a>, reached: &'a Cell<u64>) -> Self {
        Self { window, at: 0, reached: window.is_source.then_some(reached) }
    }

    /// Tells nobody.
    pub(super) fn quiet(window: Window<'a>) -> Self {
        Self { window, at: 0, reached: None }
    }
}

impl Read for WindowReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.window.read(self.at, into)?;
        self.at += count as u64;
        if let Some(reached) = self.reached {
            self.window.tell(reached, self.at);
        }
        Ok(count)
    }
}

/// Bytes asked at once of a stream that lies in something unpacked.
const INNER_BYTES: usize = 64 << 10;
/// Bytes that can be looked at ahead.
const PEEK_BYTES: usize = 2 << 10;

/// Bytes of a buffer for so many bytes.
fn room(size: Option<u64>, most: usize) -> usize {
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(most);
    size.clamp(PEEK_BYTES, most)
}

/// What a feed knows that the decoder does not pass on.
#[derive(Default)]
pub(super) struct FeedState {
    /// Bytes that the decoder took.
    pub(super) taken: Cell<u64>,
    /// Whether it asked for more than there was.
    pub(super) ran_dry: Cell<bool>,
    /// Why reading failed.
    pub(super) fault: RefCell<Option<Fault>>,
}

/// Feeds a decoder: a buffer whose state is seen from outside of the decoder that owns it.
pub(super) struct Feed<'a> {
    inner: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    at: usize,
    state: Rc<FeedState>,
    /// Where its first byte lies in the source, and who is told how far that was read.
    place: Option<(u64, &'a Cell<u64>)>,
}

impl<'a> Feed<'a> {
    /// Feeds from any stream. When it is known how many bytes that has, no more room is taken.
    pub(super) fn of_stream(inner: Box<dyn Read + 'a>, size: Option<u64>) -> Self {
        Self::new(inner, room(size, INNER_BYTES))
    }

    fn new(inner: Box<dyn Read + 'a>, buffer_bytes: usize) -> Self {
        let state = Rc::new(FeedState::default());
        Self { inner, buffer: vec![0; buffer_bytes], at: buffer_bytes, state, place: None }
    }

    /// Feeds from a window. What the decoder took, not what was read ahead, is told.
    pub(super) fn of_window(window: Window<'a>, reached: &'a Cell<u64>) -> Self {
        let most = if window.is_source { READ_BYTES } else { INNER_BYTES };
        let inner = Box::new(WindowReader::quiet(window));
        let place = window.lies_at().map(|start| (start, reached));
        Self { place, ..Self::new(inner, room(Some(window.size), most)) }
    }

    /// What it knows.
    pub(super) fn state(&self) -> Rc<FeedState> {
        Rc::clone(&self.state)
    }

    /// The next bytes, at most as many as the buffer has room for, without taking them.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(self.buffer.capacity());
        if self.buffer.len() - self.at < count {
            self.buffer.drain(..self.at);
            self.at = 0;
            let mut filled = self.buffer.len();
            self.buffer.resize(count.max(filled), 0);
            while filled < count {
                match self.inner.read(&mut self.buffer[filled..]) {
                    Ok(0) => break,
                    Ok(more) => filled += more,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.buffer.truncate(filled);
                        return Err(self.failed(error));
                    }
                }
            }
            self.buffer.truncate(filled);
        }
        let end = self.buffer.len().min(self.at + count);
        Ok(&self.buffer[self.at..end])
    }

    /// Keeps the fault: decoders hand on their own error instead.
    fn failed(&self, error: io::Error) -> io::Error {
        let fault = Fault::carried_by(&error).cloned().unwrap_or_else(|| Fault {
            kind: FaultKind::Corrupt,
            offset: 0,
            what: error.to_string(),
        });
        *self.state.fault.borrow_mut() = Some(fault);
        error
    }
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            let room = self.buffer.capacity();
            self.buffer.resize(room, 0);
            self.at = 0;
            let count = loop {
                match self.inner.read(&mut self.buffer) {
                    Ok(count) => break count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.buffer.clear();
                        return Err(self.failed(error));
                    }
                }
            };
            self.buffer.truncate(count);
            if count == 0 {
                self.state.ran_dry.set(true);
            }
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.buffer.len());
        self.state.taken.set(self.state.taken.get() + count as u64);
        if let Some((start, reached)) = self.place {
            reached.set(reached.get().max(start + self.state.taken.get()));
        }
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let buffered = self.fill_buf()?;
        let count = buffered.len().min(into.len());
        into[..count].copy_from_slice(&buffered[..count]);
        self.consume(count);
        Ok(count)
    }
}
