//! The directory of a zip archive, and the headers that stand before its members.

use crate::base::Arrange;
use crate::base::civil_day;
use crate::input::codec::little_endian;
use crate::input::encoding::shown_name;
use crate::input::fault::{Fault, FaultKind};
use crate::input::feed::{Window, WindowReader};
use memchr::memmem;
use std::io::{self, BufReader, Read};

/// A member of the archive, as its header states it.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) flags: u16,
    /// How it is packed, behind the encryption.
    pub(super) method: u16,
    pub(super) is_encrypted: bool,
    pub(super) aes: Option<Aes>,
    /// CRC-32 of its unpacked bytes, where it is stated.
    pub(super) sum: Option<u32>,
    /// The byte by which the traditional encryption tells a password.
    pub(super) check: u8,
    pub(super) packed: u64,
    /// Bytes unpacked, where that is stated.
    pub(super) size: Option<u64>,
    /// Where its own header begins.
    header: u64,
    /// Where its packed bytes begin, once known.
    pub(super) start: u64,
    pub(super) modified: Option<i64>,
    /// Whether its bytes are also those of a member before it.
    pub(super) overlaps: bool,
}

/// WinZip's AES encryption.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aes {
    /// Bytes of the key.
    pub(super) key_bytes: usize,
}

/// What a directory holds.
pub(super) struct Directory {
    pub(super) members: Vec<Member>,
    /// The damage at which reading it ended.
    pub(super) fault: Option<Fault>,
}

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const CENTRAL: &[u8] = b"PK\x01\x02";
const CENTRAL_BYTES: usize = 46;
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Reads the directory; none when there is no end record. Of very many members only `most` and one
/// more are read.
pub(super) fn read(window: Window<'_>, most: u64) -> Result<Option<Directory>, Fault> {
    let Some(end) = find_end(window)? else { return Ok(None) };
    let part = window.part(end.start, end.size);
    let mut reader = BufReader::new(WindowReader::quiet(part));
    let mut directory = Directory { members: Vec::new(), fault: None };
    for _ in 0..end.members.min(most.saturating_add(1)) {
        match central(&mut reader) {
            Ok(Some(mut member)) => {
                member.header = member.header.saturating_add(end.shift);
                directory.members.push(member);
            }
            Ok(None) => {
                directory.fault = Some(damaged(window, end.start, "a directory entry"));
                break;
            }
            Err(error) => {
                let fault = Fault::carried_by(&error).cloned();
                let cut = || damaged(window, end.start, "the directory");
                directory.fault = Some(fault.unwrap_or_else(cut));
                break;
            }
        }
    }
    mark_overlaps(&mut directory.members);
    Ok(Some(directory))
}

fn damaged(window: Window<'_>, at: u64, what: &str) -> Fault {
    let offset = window.lies_at().unwrap_or(0) + at;
    Fault { kind: FaultKind::Corrupt, offset, what: format!("{what} is damaged") }
}

/// Where the directory lies.
struct End {
    start: u64,
    size: u64,
    members: u64,
    /// Bytes before the archive, which its offsets do not count.
    shift: u64,
}

/// Finds the end record: behind it stands a comment of at most 65,535 bytes.
fn find_end(window: Window<'_>) -> Result<Option<End>, Fault> {
    let tail_start = window.size.saturating_sub(END_BYTES as u64 + 65_535);
    let tail = bytes(window, tail_start, (window.size - tail_start) as usize)?;
    for at in memmem::rfind_iter(&tail, END) {
        let Some(record) = tail.get(at..at + END_BYTES) else { continue };
        let mut members = little_endian(&record[10..12]);
        let mut size = little_endian(&record[12..16]);
        let mut start = little_endian(&record[16..20]);
        let mut end = tail_start + at as u64;
        if let Some(zip64) = zip64_end(window, end)? {
            (members, size, start, end) = zip64;
        }
        // The directory ends where the end record begins, whatever stands before the archive.
        let real = end.checked_sub(size);
        if let Some(real) = real
            && (size == 0 || bytes(window, real, 4)? == CENTRAL)
        {
            let shift = real.saturating_sub(start);
            return Ok(Some(End { start: real, size, members, shift }));
        }
        if bytes(window, start, 4)? == CENTRAL {
            return Ok(Some(End { start, size, members, shift: 0 }));
        }
    }
    Ok(None)
}

/// Members, size and start as the record of zip64 states them, and where that record begins.
fn zip64_end(window: Window<'_>, end: u64) -> Result<Option<(u64, u64, u64, u64)>, Fault> {
    let Some(locator_at) = end.checked_sub(20) else { return Ok(None) };
    let locator = bytes(window, locator_at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") || locator.len() < 20 {
        return Ok(None);
    }
    let at = little_endian(&locator[8..16]);
    let record = bytes(window, at, 56)?;
    if !record.starts_with(b"PK\x06\x06") || record.len() < 56 {
        return Ok(None);
    }
    let field = |from: usize| little_endian(&record[from..from + 8]);
    Ok(Some((field(32), field(40), field(48), at)))
}

/// The next member of the directory; none where no entry begins.
fn central(reader: &mut impl Read) -> io::Result<Option<Member>> {
    let mut fixed = [0; CENTRAL_BYTES];
    reader.read_exact(&mut fixed)?;
    if !fixed.starts_with(CENTRAL) {
        return Ok(None);
    }
    let length = |from: usize| little_endian(&fixed[from..from + 2]) as usize;
    let mut name = vec![0; length(28)];
    reader.read_exact(&mut name)?;
    let mut extra = vec![0; length(30)];
    reader.read_exact(&mut extra)?;
    io::copy(&mut reader.take(length(32) as u64), &mut io::sink())?;
    let mut member = Member::new(&fixed[8..28], &name);
    member.header = little_endian(&fixed[42..46]);
    member.extra(&extra);
    Ok(Some(member))
}

/// Where the packed bytes of a member begin: behind its own header.
pub(super) fn locate(window: Window<'_>, member: &Member) -> Result<u64, Fault> {
    if member.start > 0 {
        return Ok(member.start);
    }
    let fixed = bytes(window, member.header, LOCAL_BYTES)?;
    if fixed.len() < LOCAL_BYTES || !fixed.starts_with(LOCAL) {
        return Err(damaged(window, member.header.min(window.size), "the header of a member"));
    }
    let length = |from: usize| little_endian(&fixed[from..from + 2]);
    Ok(member.header + LOCAL_BYTES as u64 + length(26) + length(28))
}

/// The next member from a place on, by its own header.
pub(super) fn next_member(window: Window<'_>, from: u64) -> Result<Option<Member>, Fault> {
    let mut at = from;
    while let Some(found) = find(window, at, LOCAL)? {
        let fixed = bytes(window, found, LOCAL_BYTES)?;
        if fixed.len() < LOCAL_BYTES {
            return Ok(None);
        }
        let length = |from: usize| little_endian(&fixed[from..from + 2]) as usize;
        let name = bytes(window, found + LOCAL_BYTES as u64, length(26))?;
        at = found + LOCAL_BYTES as u64 + length(26) as u64;
        if name.len() < length(26) || name.contains(&0) || at > window.size {
            at = found + 1;
            continue;
        }
        let mut member = Member::new(&fixed[6..26], &name);
        member.header = found;
        member.extra(&bytes(window, at, length(28))?);
        member.start = at + length(28) as u64;
        if member.flags & 8 != 0 && member.packed == 0 {
            bound_by_descriptor(window, &mut member)?;
        }
        return Ok(Some(member));
    }
    Ok(None)
}

/// Sums and sizes of a member that was written as a stream stand behind it, in 32 or 64 bits.
fn bound_by_descriptor(window: Window<'_>, member: &mut Member) -> Result<(), Fault> {
    (member.packed, member.size, member.sum) =
        (window.size.saturating_sub(member.start), None, None);
    let mut at = member.start;
    while let Some(found) = find(window, at, DESCRIPTOR)? {
        let packed = found - member.start;
        let record = bytes(window, found, 24)?;
        let field = |from: usize, to: usize| record.get(from..to).map(little_endian);
        let size = if field(8, 12) == Some(packed) {
            field(12, 16)
        } else if field(8, 16) == Some(packed) {
            field(16, 24)
        } else {
            at = found + 1;
            continue;
        };
        (member.packed, member.size) = (packed, size);
        member.sum = field(4, 8).and_then(|sum| u32::try_from(sum).ok());
        return Ok(());
    }
    Ok(())
}

impl Member {
    /// What both headers state in the same order, from their flags on.
    fn new(fixed: &[u8], name: &[u8]) -> Self {
        let field = |from: usize, to: usize| little_endian(&fixed[from..to]);
        let flags = field(0, 2) as u16;
        let sum = field(8, 12) as u32;
        // A member that is written as a stream has no sum yet when it is encrypted.
        let check = if flags & 8 != 0 { fixed[5] } else { (sum >> 24) as u8 };
        Self {
            name: if flags & 0x800 != 0 {
                String::from_utf8_lossy(name).into_owned()
            } else {
                shown_name(name)
            },
            flags,
            method: field(2, 4) as u16,
            is_encrypted: flags & 1 != 0,
            aes: None,
            sum: Some(sum),
            check,
            packed: field(12, 16),
            size: Some(field(16, 20)),
            header: 0,
            start: 0,
            modified: dos_time(field(6, 8), field(4, 6)),
            overlaps: false,
        }
    }

    /// Reads the extra fields: sizes of zip64, exact times, AES, a name in UTF-8.
    fn extra(&mut self, mut extra: &[u8]) {
        while let Some((head, rest)) = extra.split_first_chunk::<4>() {
            let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
            let Some(data) = rest.get(..length) else { return };
            extra = &rest[length..];
            match u16::from_le_bytes([head[0], head[1]]) {
                0x0001 => self.zip64(data),
                0x000a if data.len() >= 16 => {
                    let ticks = little_endian(&data[8..16]) / 10_000_000;
                    self.modified = i64::try_from(ticks).ok().map(|at| at - SECONDS_TO_1970);
                }
                0x5455 if data.len() >= 5 && data[0] & 1 != 0 => {
                    let seconds = i32::from_le_bytes([data[1], data[2], data[3], data[4]]);
                    self.modified = Some(i64::from(seconds));
                }
                0x7075 if data.len() > 5 => {
                    self.name = String::from_utf8_lossy(&data[5..]).into_owned();
                }
                0x9901 if data.len() >= 7 => self.winzip_aes(data),
                _ => {}
            }
        }
    }

    /// Each number stands here whose own field is all ones.
    fn zip64(&mut self, data: &[u8]) {
        let mut numbers = data.chunks_exact(8).map(little_endian);
        let mut widen = |number: &mut u64| {
            if *number == u64::from(u32::MAX) {
                *number = numbers.next().unwrap_or(*number);
            }
        };
        if let Some(size) = &mut self.size {
            widen(size);
        }
        widen(&mut self.packed);
        widen(&mut self.header);
    }

    fn winzip_aes(&mut self, data: &[u8]) {
        let key_bytes = match data[4] {
            1 => 16,
            2 => 24,
            _ => 32,
        };
        self.aes = Some(Aes { key_bytes });
        self.method = u16::from_le_bytes([data[5], data[6]]);
        // Its second version states no sum, which would tell something of the text.
        if data[0] == 2 {
            self.sum = None;
        }
    }

    /// The byte behind its packed bytes, at least.
    fn end(&self) -> u64 {
        let header = self.header.saturating_add(LOCAL_BYTES as u64);
        header.saturating_add(self.packed)
    }
}

/// Seconds from 1601, where Windows begins to count, to 1970.
const SECONDS_TO_1970: i64 = 11_644_473_600;

/// A time of DOS, as if it were UTC. Its first day is what programs write that know no time.
fn dos_time(date: u64, time: u64) -> Option<i64> {
    let (date, time) = (i64::try_from(date).ok()?, i64::try_from(time).ok()?);
    let (year, month, day) = (1980 + (date >> 9), date >> 5 & 15, date & 31);
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    let seconds = (time >> 11) * 3_600 + (time >> 5 & 63) * 60 + (time & 31) * 2;
    let is_known = (year, month, day) != (1980, 1, 1);
    (is_date && is_known).then(|| civil_day(year, month, day) * 86_400 + seconds)
}

/// Marks members whose bytes are also those of one that begins before them.
fn mark_overlaps(members: &mut [Member]) {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.arrange_by_key(|index| (members[*index].header, *index));
    let mut end = 0;
    for index in order {
        let member = &mut members[index];
        member.overlaps = member.header < end;
        end = end.max(member.end());
    }
}

/// Bytes from a place on, as far as the window reaches.
fn bytes(window: Window<'_>, at: u64, count: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; count];
    let count = window.read(at, &mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// The next place of a signature.
fn find(window: Window<'_>, from: u64, signature: &[u8]) -> Result<Option<u64>, Fault> {
    let mut at = from;
    loop {
        let block = bytes(window, at, 64 << 10)?;
        if let Some(found) = memmem::find(&block, signature) {
            return Ok(Some(at + found as u64));
        }
        if block.len() < 64 << 10 {
            return Ok(None);
        }
        at += (block.len() - signature.len() + 1) as u64;
    }
}
