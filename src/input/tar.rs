//! Walks tar archives: ustar, pax (IEEE Std 1003.1), and the long names of GNU tar.
//!
//! Behind damage it looks for the next header whose checksum is right. Blocks of zeros are passed
//! over, so archives that were put one behind the other are read as one.

use super::container::Packing;
use super::encoding::shown_name;
use super::fault::{Fault, FaultKind, Reason};
use super::feed::{Window, WindowReader};
use super::fill;
use super::reader::Exactly;
use super::walk::{Data, Place, Shared, Walker};
use std::io::{self, Read};

/// Bytes of a block.
const BLOCK: usize = 512;
/// Bytes of an extended header that are looked at.
const EXTENDED: u64 = 64 << 10;

/// Whether a block is a header: the magic and the checksum are right.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    if &block[257..262] != b"ustar" {
        return false;
    }
    let sum = |sum: fn(u8) -> i64| -> i64 {
        let outside = block[..148].iter().chain(&block[156..]);
        outside.map(|byte| sum(*byte)).sum::<i64>() + 8 * i64::from(b' ')
    };
    let stated = i64::try_from(number(&block[148..156])).unwrap_or(-1);
    // Some old programs took the bytes as signed.
    stated == sum(i64::from) || stated == sum(|byte| i64::from(byte as i8))
}

/// A number in octal digits, or in base 256 where its first bit is set.
fn number(field: &[u8]) -> u64 {
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        let first = u64::from(first & 0x7f);
        return rest.iter().fold(first, |number, byte| number << 8 | u64::from(*byte));
    }
    let digits = field.iter().skip_while(|byte| **byte == b' ' || **byte == 0);
    digits
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .fold(0, |number, digit| number << 3 | u64::from(digit - b'0'))
}

/// The bytes of a field up to its first zero.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

/// What extended headers say of the entry that follows.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<i64>,
    is_sparse: bool,
}

impl Extended {
    /// Reads records of pax: `25 path=some/longer/name\n`.
    fn pax(&mut self, mut records: &[u8]) {
        while let Some(space) = records.iter().position(|byte| *byte == b' ') {
            let length = decimal(&records[..space]).and_then(|n| usize::try_from(n).ok());
            let Some(record) = length.and_then(|length| records.get(space + 1..length)) else {
                return;
            };
            records = &records[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = decimal(value),
                b"mtime" => {
                    let seconds = value.split(|byte| *byte == b'.').next().unwrap_or(value);
                    self.modified = std::str::from_utf8(seconds).ok().and_then(|s| s.parse().ok());
                }
                key => self.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The archive, read block by block.
enum Archive<'d> {
    Window(Window<'d>, u64),
    Stream(&'d mut dyn Read),
}

impl Archive<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Window(window, at) => {
                let count = window.read(*at, into)?;
                *at += count as u64;
                Ok(count)
            }
            Self::Stream(reader) => match fill(*reader, into) {
                (_, Some(error)) => Err(error),
                (count, None) => Ok(count),
            },
        }
    }

    /// Passes over bytes. False when there are fewer.
    fn skip(&mut self, count: u64) -> io::Result<bool> {
        match self {
            Self::Window(window, at) => {
                let is_there = count <= window.size - *at;
                *at = at.saturating_add(count).min(window.size);
                Ok(is_there)
            }
            Self::Stream(reader) => {
                Ok(io::copy(&mut reader.take(count), &mut io::sink())? == count)
            }
        }
    }

    /// Reads data of an entry, up to a bound, and passes over the rest with its padding.
    fn data(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(size.min(EXTENDED)).unwrap_or(0)];
        let count = self.read(&mut bytes)?;
        bytes.truncate(count);
        self.skip(padded(size) - count as u64)?;
        Ok(bytes)
    }
}

/// Bytes in whole blocks.
fn padded(size: u64) -> u64 {
    size.checked_next_multiple_of(BLOCK as u64).unwrap_or(size)
}

/// Walks an archive.
pub(super) fn walk(walker: &mut Walker<'_>, place: &Place, data: Data<'_>) {
    let archive = match data {
        Data::Window(window, _) => Archive::Window(window, 0),
        Data::Stream(reader) => Archive::Stream(reader),
    };
    let mut walk = Walk { archive, place, has_end: false, is_lost: false };
    let shared = walker.shared;
    match walk.entries(walker) {
        Ok(()) => {}
        Err(error) => walker.met(place, None, shared.fault_of(&error)),
    }
}

struct Walk<'d, 'p> {
    archive: Archive<'d>,
    place: &'p Place,
    /// Whether zeros follow the last entry.
    has_end: bool,
    /// Whether a header is being looked for behind damage.
    is_lost: bool,
}

impl Walk<'_, '_> {
    fn entries(&mut self, walker: &mut Walker<'_>) -> io::Result<()> {
        let mut extended = Extended::default();
        loop {
            let mut block = [0; BLOCK];
            let count = self.archive.read(&mut block)?;
            self.tell(walker.shared);
            if count < BLOCK {
                if self.has_end && count == 0 {
                    return Ok(());
                }
                return Err(walker.shared.fault(FaultKind::Truncated, "").into());
            }
            if block.iter().all(|byte| *byte == 0) {
                self.has_end = true;
            } else if is_header(&block) {
                (self.has_end, self.is_lost) = (false, false);
                if !self.header(walker, &block, &mut extended)? {
                    return Ok(());
                }
            } else if !self.is_lost {
                self.is_lost = true;
                let what = "a header's checksum is wrong";
                walker.met(self.place, None, walker.shared.fault(FaultKind::Corrupt, what));
            }
        }
    }

    fn tell(&self, shared: &Shared<'_>) {
        if let Archive::Window(window, at) = &self.archive {
            window.tell(shared.reached, *at);
        }
    }

    /// Reads what belongs to a header. False when the walk ends.
    fn header(
        &mut self,
        walker: &mut Walker<'_>,
        block: &[u8; BLOCK],
        extended: &mut Extended,
    ) -> io::Result<bool> {
        let size = number(&block[124..136]);
        match block[156] {
            b'x' => extended.pax(&self.archive.data(size)?),
            b'L' => extended.name = Some(text(&self.archive.data(size)?).to_vec()),
            b'g' | b'K' => drop(self.archive.data(size)?),
            // Links, devices and folders have no data.
            b'1'..=b'6' => *extended = Extended::default(),
            kind => {
                let extended = std::mem::take(extended);
                if !walker.goes_on(self.place) {
                    return Ok(false);
                }
                let mut entry = self.place.entry(Packing::Tar, &name(block, &extended));
                entry.modified =
                    extended.modified.or_else(|| i64::try_from(number(&block[136..148])).ok());
                let size = extended.size.unwrap_or(size);
                entry.size = Some(size);
                if kind == b'S' || extended.is_sparse {
                    walker.leave_out(&entry, Reason::Sparse);
                    self.pass_sparse_map(kind, block)?;
                    self.archive.skip(padded(size))?;
                } else {
                    self.entry(walker, entry, size)?;
                }
            }
        }
        Ok(true)
    }

    /// GNU tar continues the map of a sparse file in further blocks.
    fn pass_sparse_map(&mut self, kind: u8, block: &[u8; BLOCK]) -> io::Result<()> {
        let mut goes_on = kind == b'S' && block[482] != 0;
        while goes_on {
            let mut block = [0; BLOCK];
            goes_on = self.archive.read(&mut block)? == BLOCK && block[504] != 0;
        }
        Ok(())
    }

    fn entry(&mut self, walker: &mut Walker<'_>, entry: Place, size: u64) -> io::Result<()> {
        let shared = walker.shared;
        match &mut self.archive {
            Archive::Window(window, at) => {
                let part = window.part(*at, size);
                *at = at.saturating_add(padded(size)).min(window.size);
                if part.size == size {
                    walker.any(entry, Data::Window(part, None));
                } else {
                    let reader = WindowReader::new(part, shared.reached);
                    let mut reader = Exactly::new(reader, size, shared);
                    walker.any(entry, Data::Stream(&mut reader));
                }
            }
            Archive::Stream(reader) => {
                let mut reader = Exactly::new(&mut **reader, size, shared);
                walker.any(entry.clone(), Data::Stream(&mut reader));
                if let Err(error) = io::copy(&mut reader, &mut io::sink()) {
                    let fault: Fault = shared.fault_of(&error);
                    walker.met(&entry, None, fault.clone());
                    return Err(fault.into());
                }
                self.archive.skip(padded(size) - size)?;
            }
        }
        Ok(())
    }
}

/// The name of an entry: the extended one, or the header's two parts.
fn name(block: &[u8; BLOCK], extended: &Extended) -> String {
    if let Some(name) = &extended.name {
        return shown_name(name);
    }
    let (prefix, name) = (text(&block[345..500]), text(&block[..100]));
    // GNU tar's own header, `ustar  `, has other fields where ustar has the prefix.
    if prefix.is_empty() || &block[257..263] != b"ustar\0" {
        return shown_name(name);
    }
    shown_name(&[prefix, b"/", name].concat())
}
