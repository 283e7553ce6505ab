//! Walks through what lies inside a source, container by container, and shows every leaf: a stream
//! that is no container.
//!
//! The order is that of the containers, the same whenever the same bytes are walked. A leaf inside
//! a damaged container delivers what can be had, then the fault. Nothing is written anywhere: names
//! such as `../x` or `C:\x` are text.

use super::codec::{Codec, Unpack};
use super::container::{Container, HEAD_BYTES, Known, Packing};
use super::fault::{Fault, FaultKind, LeftOut, Reason};
use super::feed::{Feed, Window, WindowReader};
use super::reader::{Bounded, Checked};
use super::{ReadAt, fill, seven, tar, zip};
use crate::base::limits;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::io::{self, Read};

/// A stream inside a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place among the leaves of the source, in walking order.
    pub ordinal: u32,
    /// Its path inside the source, as text, `/` between the containers as well.
    pub path_inside: Option<String>,
    /// How it is packed, outermost first.
    pub layers: Vec<Packing>,
    /// Bytes of it as the container states them.
    pub size: Option<u64>,
    /// When it was changed last, in seconds since 1970, as the container states it. zip states
    /// local times without a zone; they are taken as if they were UTC.
    pub modified: Option<i64>,
    /// Where its first byte lies in the source, if its bytes lie there as they are: then it can be
    /// read at any place, and cut.
    pub lies_at: Option<u64>,
}

/// What to do after a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Go on; what was not read of this one is passed over.
    Next,
    /// End the walk.
    Stop,
}

/// What a walk is given besides the source.
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// Passwords that are tried on what is encrypted.
    pub passwords: &'a [String],
    /// Bounds on work and memory.
    pub limits: Limits,
    /// Told how many bytes of the source were passed so far.
    pub reached: Option<&'a Cell<u64>>,
    /// Whether documents are opened: of office programs, which are archives of XML, and PDF.
    pub opens_documents: bool,
}

/// Bounds on work and memory. `base::limits` says what each means.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Entries of all containers of a source.
    pub entries: u64,
    /// Containers inside one another.
    pub depth: usize,
    /// Bytes that a source unpacks to, in each layer.
    pub unpacked_bytes: u64,
    /// Bytes that anything may unpack to.
    pub ratio_floor: u64,
    /// How many times its packed size anything may unpack to, beyond the floor.
    pub ratio: u64,
    /// Bytes held at once, besides three times the source's size.
    pub held_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: limits::ENTRIES,
            depth: limits::DEPTH,
            unpacked_bytes: limits::UNPACKED_BYTES,
            ratio_floor: limits::RATIO_FLOOR,
            ratio: limits::RATIO,
            held_bytes: limits::HELD_BYTES,
        }
    }
}

/// What a walk met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// Faults in the order of the walk.
    pub faults: Vec<Met>,
    /// Parts that were not read, in the order of the walk.
    pub left_out: Vec<LeftOut>,
}

/// A fault and what it was met in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The leaf that it cut; none where a container itself is damaged.
    pub ordinal: Option<u32>,
    /// The path inside the source.
    pub path_inside: Option<String>,
    /// The fault.
    pub fault: Fault,
}

/// Calls `visit` for every leaf, with a reader of its unpacked bytes. Its errors carry a `Fault`.
/// A leaf that is not read costs no unpacking, except where its container is one stream (tar.gz,
/// solid 7z).
pub fn walk(
    source: &dyn ReadAt,
    size: u64,
    options: &Options<'_>,
    visit: &mut dyn FnMut(&Entry, &mut dyn Read) -> Visit,
) -> Walked {
    let own = Cell::new(0);
    let shared = Shared::new(options, size, options.reached.unwrap_or(&own));
    let mut walker = Walker {
        shared: &shared,
        visit,
        walked: Walked::default(),
        leaves: 0,
        entries: 0,
        is_stopped: false,
    };
    walker.any(Place::default(), Data::Window(Window::whole(source, size), None));
    let (is_stopped, walked) = (walker.is_stopped, walker.walked);
    if !is_stopped {
        shared.reached.set(size);
    }
    walked
}

/// What all readers of a walk share.
pub(super) struct Shared<'a> {
    pub(super) limits: &'a Limits,
    pub(super) passwords: &'a [String],
    /// The place in the source that was reached.
    pub(super) reached: &'a Cell<u64>,
    opens_documents: bool,
    /// Bytes that may still be unpacked, by depth, and what it means when they are used up. Layers
    /// count apart: how far an outer one is ahead of an inner one depends on how that is read.
    left: Vec<Cell<u64>>,
    bound: FaultKind,
    is_exhausted: Cell<bool>,
    /// Bytes that may still be held.
    memory: Cell<u64>,
}

impl<'a> Shared<'a> {
    fn new(options: &'a Options<'a>, size: u64, reached: &'a Cell<u64>) -> Self {
        let limits = &options.limits;
        let by_ratio = limits.ratio_floor.max(size.saturating_mul(limits.ratio));
        let bound =
            if by_ratio < limits.unpacked_bytes { FaultKind::Ratio } else { FaultKind::TooMuch };
        reached.set(0);
        Self {
            limits,
            passwords: options.passwords,
            reached,
            opens_documents: options.opens_documents,
            left: vec![Cell::new(by_ratio.min(limits.unpacked_bytes)); limits.depth + 1],
            bound,
            is_exhausted: Cell::new(false),
            memory: Cell::new(limits.held_bytes.saturating_add(size.saturating_mul(3))),
        }
    }

    /// Bytes that something of a packed size may unpack to.
    pub(super) fn allowance(&self, packed: Option<u64>) -> u64 {
        packed.map_or(u64::MAX, |packed| {
            self.limits.ratio_floor.max(packed.saturating_mul(self.limits.ratio))
        })
    }

    /// Bytes that may still be unpacked at a depth.
    pub(super) fn left(&self, depth: usize) -> &Cell<u64> {
        &self.left[depth.min(self.left.len() - 1)]
    }

    /// A limit on the whole source was reached.
    pub(super) fn exhaust(&self) -> FaultKind {
        self.is_exhausted.set(true);
        self.bound
    }

    /// Takes memory from what may be held, if there is enough. Given back when dropped.
    pub(super) fn reserve(&self, bytes: u64) -> Option<Reserved<'_>> {
        let left = self.memory.get().checked_sub(bytes)?;
        self.memory.set(left);
        Some(Reserved { memory: &self.memory, bytes })
    }

    /// Bytes that may still be held.
    pub(super) fn memory(&self) -> u64 {
        self.memory.get()
    }

    /// A fault at the place that was reached.
    pub(super) fn fault(&self, kind: FaultKind, what: &str) -> Fault {
        Fault { kind, offset: self.reached.get(), what: what.to_owned() }
    }

    /// The fault that an error means.
    pub(super) fn fault_of(&self, error: &io::Error) -> Fault {
        Fault::carried_by(error).cloned().unwrap_or_else(|| {
            let kind = match error.kind() {
                io::ErrorKind::UnexpectedEof => FaultKind::Truncated,
                io::ErrorKind::OutOfMemory => FaultKind::Dictionary,
                _ => FaultKind::Corrupt,
            };
            self.fault(kind, &error.to_string())
        })
    }
}

/// Memory that is held.
pub(super) struct Reserved<'a> {
    memory: &'a Cell<u64>,
    bytes: u64,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.memory.set(self.memory.get() + self.bytes);
    }
}

/// Where something lies, and what its container says of it.
#[derive(Clone, Default)]
pub(super) struct Place {
    pub(super) path: Option<String>,
    pub(super) layers: Vec<Packing>,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<i64>,
}

impl Place {
    /// The place of an entry in the archive that lies here.
    pub(super) fn entry(&self, packing: Packing, name: &str) -> Self {
        let name = capped(name);
        let path = match &self.path {
            Some(path) => format!("{path}/{name}"),
            None => name.to_owned(),
        };
        let mut layers = self.layers.clone();
        layers.push(packing);
        Self { path: Some(path), layers, size: None, modified: None }
    }
}

/// A name cut to what is kept of it.
fn capped(name: &str) -> &str {
    &name[..name.floor_char_boundary(limits::NAME_BYTES)]
}

/// Bytes that are looked at next.
pub(super) enum Data<'d> {
    /// Read at any place; with the CRC-32 that the container states of it.
    Window(Window<'d>, Option<u32>),
    /// Read once, from the front.
    Stream(&'d mut dyn Read),
}

/// Bytes by which what is held grows.
const HOLD_STEP: u64 = 1 << 20;

pub(super) struct Walker<'w> {
    pub(super) shared: &'w Shared<'w>,
    visit: &'w mut dyn FnMut(&Entry, &mut dyn Read) -> Visit,
    walked: Walked,
    leaves: u32,
    entries: u64,
    is_stopped: bool,
}

impl Walker<'_> {
    /// Looks at what lies at a place.
    pub(super) fn any(&mut self, place: Place, data: Data<'_>) {
        let mut head = [0; HEAD_BYTES];
        let (count, error) = match &data {
            Data::Window(window, _) => match window.read(0, &mut head) {
                Ok(count) => (count, None),
                Err(fault) => (0, Some(fault.into())),
            },
            Data::Stream(_) => (0, None),
        };
        match data {
            Data::Window(..) => self.told(place, &head[..count], data, error),
            Data::Stream(reader) => {
                let (count, error) = fill(reader, &mut head);
                let mut failed = Failed(error);
                let mut whole = (&head[..count]).chain(&mut failed).chain(reader);
                self.told(place, &head[..count], Data::Stream(&mut whole), None);
            }
        }
    }

    fn told(&mut self, place: Place, head: &[u8], data: Data<'_>, error: Option<io::Error>) {
        if let Some(error) = error {
            let mut failed = Failed(Some(error));
            return self.leaf(&place, Data::Stream(&mut failed));
        }
        let container = match Container::of(head) {
            Container::NotRead(Known::Office) if self.shared.opens_documents => {
                Container::Packed(Packing::Zip)
            }
            Container::NotRead(Known::Pdf) if self.shared.opens_documents => Container::Plain,
            container => container,
        };
        match container {
            Container::Plain => self.leaf(&place, data),
            Container::NotRead(known) => self.leave_out(&place, Reason::NotRead(known)),
            Container::Packed(_) if place.layers.len() >= self.shared.limits.depth => {
                self.leave_out(&place, Reason::TooDeep);
            }
            Container::Packed(packing) => self.packed(packing, place, data),
        }
    }

    fn packed(&mut self, packing: Packing, place: Place, data: Data<'_>) {
        match packing {
            Packing::Tar => tar::walk(self, &place, data),
            Packing::Zip => self.with_window(&place, data, zip::walk),
            Packing::SevenZip => self.with_window(&place, data, seven::walk),
            Packing::Gzip
            | Packing::Zstd
            | Packing::Bzip2
            | Packing::Xz
            | Packing::Lzma
            | Packing::Lz4 => self.unpack(packing, place, data),
        }
    }

    /// Goes on with what a packed stream holds.
    fn unpack(&mut self, packing: Packing, mut place: Place, data: Data<'_>) {
        let Some(codec) = Codec::of(packing) else { return };
        let shared = self.shared;
        let (feed, packed) = match data {
            Data::Window(window, _) => (Feed::of_window(window, shared.reached), Some(window.size)),
            Data::Stream(reader) => (Feed::of_stream(Box::new(reader), place.size), place.size),
        };
        let unpack = Unpack::new(codec, feed, shared);
        place.layers.push(packing);
        let mut bounded = Bounded::new(unpack, packed, place.layers.len(), shared);
        place.size = None;
        self.any(place, Data::Stream(&mut bounded));
    }

    /// Goes on with something that must be read at any place: a stream is held for it.
    fn with_window(
        &mut self,
        place: &Place,
        data: Data<'_>,
        go_on: fn(&mut Self, &Place, Window<'_>),
    ) {
        let reader = match data {
            Data::Window(window, _) => return go_on(self, place, window),
            Data::Stream(reader) => reader,
        };
        let shared = self.shared;
        let (mut bytes, mut reserved) = (Vec::new(), Vec::new());
        loop {
            let Some(step) = shared.reserve(HOLD_STEP) else {
                return self.leave_out(place, Reason::TooLargeToHold);
            };
            reserved.push(step);
            match (&mut *reader).take(HOLD_STEP).read_to_end(&mut bytes) {
                Ok(count) if count as u64 == HOLD_STEP => {}
                Ok(_) => break,
                Err(error) => {
                    self.met(place, None, shared.fault_of(&error));
                    break;
                }
            }
        }
        go_on(self, place, Window::held(&bytes));
    }

    /// Shows a leaf.
    pub(super) fn leaf(&mut self, place: &Place, data: Data<'_>) {
        let shared = self.shared;
        let entry = Entry {
            ordinal: self.leaves,
            path_inside: place.path.clone(),
            layers: place.layers.clone(),
            size: place.size,
            modified: place.modified,
            lies_at: match &data {
                Data::Window(window, _) => window.lies_at(),
                Data::Stream(_) => None,
            },
        };
        self.leaves += 1;
        let inner: Box<dyn Read + '_> = match data {
            Data::Window(window, sum) => {
                let reader = WindowReader::new(window, shared.reached);
                match sum {
                    Some(sum) => {
                        Box::new(Checked::new(reader, Some(window.size), Some(sum), shared))
                    }
                    None => Box::new(reader),
                }
            }
            Data::Stream(reader) => Box::new(reader),
        };
        let mut reader = LeafReader { inner, shared, fault: None };
        let visit = (self.visit)(&entry, &mut reader);
        if let Some(fault) = reader.fault {
            self.met(place, Some(entry.ordinal), fault);
        }
        self.is_stopped |= visit == Visit::Stop;
    }

    /// Whether an archive goes on with its next entry, which is counted.
    pub(super) fn goes_on(&mut self, place: &Place) -> bool {
        if self.is_stopped {
            return false;
        }
        self.entries += 1;
        let reason = if self.shared.is_exhausted.get() {
            Reason::BehindLimit
        } else if self.entries > self.shared.limits.entries {
            Reason::TooMany
        } else {
            return true;
        };
        self.leave_out(&Place { size: None, ..place.clone() }, reason);
        self.is_stopped = true;
        false
    }

    /// Notes a part that is not read.
    pub(super) fn leave_out(&mut self, place: &Place, reason: Reason) {
        let path_inside = place.path.clone();
        self.walked.left_out.push(LeftOut { path_inside, size: place.size, reason });
    }

    /// Notes a fault; once, though every container on the way out meets it again.
    pub(super) fn met(&mut self, place: &Place, ordinal: Option<u32>, fault: Fault) {
        let is_known = self.walked.faults.last().is_some_and(|last| {
            let path = last.path_inside.as_deref().unwrap_or_default();
            last.fault == fault && path.starts_with(place.path.as_deref().unwrap_or_default())
        });
        if !is_known {
            self.walked.faults.push(Met { ordinal, path_inside: place.path.clone(), fault });
        }
    }
}

/// Gives back, once, the error that was met behind bytes that had to be delivered first.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// What a visitor reads. Keeps the fault, and goes on giving it.
struct LeafReader<'a> {
    inner: Box<dyn Read + 'a>,
    shared: &'a Shared<'a>,
    fault: Option<Fault>,
}

impl Read for LeafReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone().into());
        }
        loop {
            match self.inner.read(into) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let fault = self.shared.fault_of(&error);
                    self.fault = Some(fault.clone());
                    return Err(fault.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
