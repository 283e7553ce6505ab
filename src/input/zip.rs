//! Walks zip archives (PKWARE's APPNOTE): zip64, stored, deflate, deflate64, bzip2, LZMA, Zstandard
//! and xz, and members encrypted the traditional way or with AES.
//!
//! The directory at the end gives the members. Where it is missing, as in a cut file, they are
//! looked for by their own headers.

mod crypt;
mod directory;

use super::codec::{Codec, Unpack};
use super::container::Packing;
use super::fault::{Fault, FaultKind, Reason};
use super::feed::{Feed, Window, WindowReader};
use super::reader::{Bounded, Checked};
use super::walk::{Data, Place, Shared, Walker};
use directory::Member;
use std::io::{self, Read};

/// Walks an archive.
pub(super) fn walk(walker: &mut Walker<'_>, place: &Place, window: Window<'_>) {
    let most = walker.shared.limits.entries;
    match directory::read(window, most) {
        Ok(Some(directory)) => {
            for member in &directory.members {
                if !walker.goes_on(place) {
                    return;
                }
                visit(walker, place, window, member);
            }
            if let Some(fault) = directory.fault {
                walker.met(place, None, fault);
            }
        }
        Ok(None) => without_directory(walker, place, window),
        Err(fault) => walker.met(place, None, fault),
    }
}

/// Finds members by their own headers.
fn without_directory(walker: &mut Walker<'_>, place: &Place, window: Window<'_>) {
    let mut at = 0;
    loop {
        match directory::next_member(window, at) {
            Ok(Some(member)) => {
                if !walker.goes_on(place) {
                    return;
                }
                at = member.start.saturating_add(member.packed).max(member.start + 1);
                visit(walker, place, window, &member);
            }
            Ok(None) => break,
            Err(fault) => return walker.met(place, None, fault),
        }
    }
    let what = "the directory at the end of the archive is missing";
    walker.met(place, None, walker.shared.fault(FaultKind::Truncated, what));
}

fn visit(walker: &mut Walker<'_>, place: &Place, window: Window<'_>, member: &Member) {
    let shared = walker.shared;
    if member.name.ends_with('/') && member.packed == 0 {
        return;
    }
    let mut entry = place.entry(Packing::Zip, &member.name);
    (entry.size, entry.modified) = (member.size, member.modified);
    if member.overlaps {
        return walker.leave_out(&entry, Reason::Overlapping);
    }
    match directory::locate(window, member) {
        Ok(start) => {
            let part = window.part(start, member.packed);
            open(walker, entry, part, member);
            window.tell(shared.reached, start.saturating_add(member.packed));
        }
        Err(fault) => walker.met(&entry, None, fault),
    }
}

/// Opens a member. `part` holds its packed bytes, as far as they are there.
fn open(walker: &mut Walker<'_>, entry: Place, part: Window<'_>, member: &Member) {
    let shared = walker.shared;
    let Some(method) = Method::of(member) else {
        return walker.leave_out(&entry, Reason::Method);
    };
    let is_whole = part.size == member.packed;
    if method == Method::Stored && !member.is_encrypted && is_whole && member.size.is_some() {
        return walker.any(entry, Data::Window(part, member.sum));
    }
    let depth = entry.layers.len();
    match unpacked(shared, part, method, member, depth) {
        Ok(mut reader) => walker.any(entry, Data::Stream(&mut *reader)),
        Err(fault) => walker.met(&entry, None, fault),
    }
}

/// How a member is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Packed(Codec),
}

impl Method {
    fn of(member: &Member) -> Option<Self> {
        Some(Self::Packed(match member.method {
            0 => return Some(Self::Stored),
            8 => Codec::Deflate,
            9 => Codec::Deflate64,
            12 => Codec::Bzip2,
            // Bit 1: the end is marked, not told by the size.
            14 if member.flags & 2 != 0 => Codec::ZipLzma(u64::MAX),
            14 => Codec::ZipLzma(member.size.unwrap_or(u64::MAX)),
            93 => Codec::Zstd,
            95 => Codec::Xz,
            _ => return None,
        }))
    }
}

/// The unpacked bytes of a member: decrypted with the password that fits.
fn unpacked<'a>(
    shared: &'a Shared<'a>,
    part: Window<'a>,
    method: Method,
    member: &Member,
    depth: usize,
) -> Result<Box<dyn Read + 'a>, Fault> {
    let reader = || WindowReader::new(part, shared.reached);
    if !member.is_encrypted {
        return Ok(checked(shared, Box::new(reader()), method, member, depth));
    }
    for password in shared.passwords.iter().flat_map(|password| crypt::spellings(password)) {
        let Some(decrypted) = crypt::decrypt(shared, part, member, &password)? else { continue };
        let decrypted = Box::new(decrypted);
        if member.aes.is_some() {
            return Ok(checked(shared, decrypted, method, member, depth));
        }
        // The traditional check is one byte: wrong passwords pass it, but do not unpack.
        if unpacks(&mut *checked(shared, decrypted, method, member, depth)) {
            let again = crypt::decrypt(shared, part, member, &password)?;
            return Ok(again.map_or_else(
                || Box::new(io::empty()) as Box<dyn Read>,
                |decrypted| checked(shared, Box::new(decrypted), method, member, depth),
            ));
        }
    }
    let kind = match shared.passwords {
        [] => FaultKind::PasswordNeeded,
        _ => FaultKind::PasswordWrong,
    };
    Err(shared.fault(kind, ""))
}

/// Bytes that a password is tried on.
const TRIED_BYTES: u64 = 64 << 10;

fn unpacks(reader: &mut dyn Read) -> bool {
    io::copy(&mut reader.take(TRIED_BYTES), &mut io::sink()).is_ok()
}

fn checked<'a>(
    shared: &'a Shared<'a>,
    packed: Box<dyn Read + 'a>,
    method: Method,
    member: &Member,
    depth: usize,
) -> Box<dyn Read + 'a> {
    let unpacked: Box<dyn Read> = match method {
        Method::Stored => packed,
        Method::Packed(codec) => {
            let unpack = Unpack::new(codec, Feed::of_stream(packed, Some(member.packed)), shared);
            Box::new(Bounded::new(unpack, Some(member.packed), depth, shared))
        }
    };
    Box::new(Checked::new(unpacked, member.size, member.sum, shared))
}
