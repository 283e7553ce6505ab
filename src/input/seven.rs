//! Walks 7z archives, block by block, so that damage to one leaves the others readable.

use super::codec::{little_endian, lzma2_dictionary};
use super::container::Packing;
use super::fault::{Fault, FaultKind, Reason};
use super::feed::Window;
use super::reader::Bounded;
use super::walk::{Data, Place, Shared, Walker};
use sevenz_rust2::{
    Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, NtTime, Password,
};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

type Source<'a> = BufReader<Seeker<'a>>;

/// Walks an archive.
pub(super) fn walk(walker: &mut Walker<'_>, place: &Place, window: Window<'_>) {
    let shared = walker.shared;
    let mut source = BufReader::with_capacity(64 << 10, Seeker { window, at: 0 });
    let (archive, password) = match open(shared, &mut source) {
        Ok(opened) => opened,
        Err(error) => return met(walker, place, &error, !shared.passwords.is_empty()),
    };
    for index in 0..archive.blocks.len() {
        if !block(walker, place, &archive, index, &mut source, password.as_ref()) {
            return;
        }
    }
    for (file, block) in archive.files.iter().zip(&archive.stream_map.file_block_index) {
        if block.is_none() && !file.is_directory && !file.is_anti_item {
            if !walker.goes_on(place) {
                return;
            }
            walker.any(entry_of(place, file), Data::Stream(&mut io::empty()));
        }
    }
}

/// Reads the headers, which may be encrypted as well.
fn open(
    shared: &Shared<'_>,
    source: &mut Source<'_>,
) -> Result<(Archive, Option<Password>), Error> {
    let limit_kb = limit_kb(shared);
    let first = match Archive::read_with_memory_limit(source, &Password::empty(), limit_kb) {
        Ok(archive) => return Ok((archive, None)),
        Err(error) => error,
    };
    if !matches!(first, Error::PasswordRequired | Error::MaybeBadPassword(_)) {
        return Err(first);
    }
    for password in shared.passwords {
        let password = Password::new(password);
        if let Ok(archive) = Archive::read_with_memory_limit(source, &password, limit_kb) {
            return Ok((archive, Some(password)));
        }
    }
    Err(Error::PasswordRequired)
}

fn limit_kb(shared: &Shared<'_>) -> usize {
    usize::try_from(shared.memory() >> 10).unwrap_or(usize::MAX)
}

/// Shows the entries of a block. False when the walk ends.
fn block(
    walker: &mut Walker<'_>,
    place: &Place,
    archive: &Archive,
    index: usize,
    source: &mut Source<'_>,
    password: Option<&Password>,
) -> bool {
    let shared = walker.shared;
    let first = archive.stream_map.block_first_file_index.get(index);
    let Some(first) = first.and_then(|first| archive.files.get(*first)) else { return true };
    let first = entry_of(place, first);
    let Some(_reserved) = shared.reserve(dictionaries(&archive.blocks[index])) else {
        walker.met(&first, None, shared.fault(FaultKind::Dictionary, ""));
        return true;
    };
    let is_encrypted = uses(&archive.blocks[index], EncoderMethod::ID_AES256_SHA256);
    let mut block = Solid { archive, index, source, limit_kb: limit_kb(shared) };
    let mut fitting = password.cloned();
    if is_encrypted && fitting.is_none() {
        let mut given = shared.passwords.iter().map(|password| Password::new(password));
        fitting = given.find(|password| block.unpacks(password));
        if fitting.is_none() {
            met(walker, &first, &Error::PasswordRequired, !shared.passwords.is_empty());
            return true;
        }
    }
    let password = fitting.unwrap_or_default();
    let decoder = block.decoder(&password);
    let (mut left, mut goes_on, mut last) = (decoder.entry_count(), true, first);
    let result = decoder.for_each_entries(&mut |file, reader| {
        left -= 1;
        if file.is_directory || file.is_anti_item {
            return Ok(true);
        }
        goes_on = walker.goes_on(place);
        if goes_on {
            last = entry_of(place, file);
            goes_on = visit(walker, &last, reader, left == 0);
        }
        Ok(goes_on && left > 0)
    });
    if let Err(error) = result {
        met(walker, &last, &error, false);
    }
    goes_on
}

/// Shows an entry, and passes over what was not read of it when others follow. False when a limit
/// ends the walk.
fn visit(walker: &mut Walker<'_>, entry: &Place, reader: &mut dyn Read, is_last: bool) -> bool {
    let shared = walker.shared;
    let mut bounded = Bounded::new(reader, None, entry.layers.len(), shared);
    walker.any(entry.clone(), Data::Stream(&mut bounded));
    if is_last {
        return true;
    }
    match io::copy(&mut bounded, &mut io::sink()) {
        Ok(_) => true,
        Err(error) => {
            walker.met(entry, None, shared.fault_of(&error));
            false
        }
    }
}

/// Bytes that a password is tried on.
const TRIED_BYTES: u64 = 64 << 10;

/// A block of entries that are packed as one.
struct Solid<'s, 'a> {
    archive: &'s Archive,
    index: usize,
    source: &'s mut Source<'a>,
    limit_kb: usize,
}

impl<'a> Solid<'_, 'a> {
    fn decoder<'d>(&'d mut self, password: &'d Password) -> BlockDecoder<'d, Source<'a>> {
        BlockDecoder::new_with_memory_limit(
            1,
            self.limit_kb,
            self.index,
            self.archive,
            password,
            self.source,
        )
    }

    /// Whether the first bytes unpack: with a wrong password they hardly do.
    fn unpacks(&mut self, password: &Password) -> bool {
        let mut is_right = false;
        let result = self.decoder(password).for_each_entries(&mut |_, reader| {
            is_right = io::copy(&mut reader.take(TRIED_BYTES), &mut io::sink()).is_ok();
            Ok(false)
        });
        is_right && result.is_ok()
    }
}

fn entry_of(place: &Place, file: &ArchiveEntry) -> Place {
    let mut entry = place.entry(Packing::SevenZip, &file.name);
    entry.size = Some(file.size);
    if file.has_last_modified_date {
        let ticks = u64::from(file.last_modified_date) / 10_000_000;
        let to_1970 = u64::from(NtTime::UNIX_EPOCH) / 10_000_000;
        entry.modified =
            i64::try_from(ticks).ok().zip(i64::try_from(to_1970).ok()).map(|(a, b)| a - b);
    }
    entry
}

fn uses(block: &Block, method: &[u8]) -> bool {
    block.coders.iter().any(|coder| coder.encoder_method_id() == method)
}

/// Bytes of the dictionaries of a block.
fn dictionaries(block: &Block) -> u64 {
    let sizes = block.coders.iter().map(|coder| {
        let properties = coder.properties();
        let id = coder.encoder_method_id();
        if id == EncoderMethod::ID_LZMA2 {
            properties.first().and_then(|byte| lzma2_dictionary(*byte)).unwrap_or(0)
        } else if id == EncoderMethod::ID_LZMA || id == EncoderMethod::ID_PPMD {
            properties.get(1..5).map_or(0, little_endian)
        } else {
            0
        }
    });
    sizes.fold(0, u64::saturating_add)
}

/// Notes what an error means.
fn met(walker: &mut Walker<'_>, place: &Place, error: &Error, has_passwords: bool) {
    let shared = walker.shared;
    let fault = |kind, what: &str| shared.fault(kind, what);
    let fault: Fault = match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) if has_passwords => {
            fault(FaultKind::PasswordWrong, "")
        }
        Error::PasswordRequired => fault(FaultKind::PasswordNeeded, ""),
        Error::Io(error, _) | Error::MaybeBadPassword(error) => shared.fault_of(error),
        Error::MaxMemLimited { .. } => fault(FaultKind::Dictionary, ""),
        Error::Unsupported(_)
        | Error::UnsupportedCompressionMethod(_)
        | Error::ExternalUnsupported
        | Error::UnsupportedVersion { .. } => return walker.leave_out(place, Reason::Method),
        Error::Other(what) => fault(FaultKind::Corrupt, what),
        error => fault(FaultKind::Corrupt, &error.to_string()),
    };
    walker.met(place, None, fault);
}

/// A window that can be read from any place on, as the library wants it.
struct Seeker<'a> {
    window: Window<'a>,
    at: u64,
}

impl Read for Seeker<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.window.read(self.at, into)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Seeker<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.window.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
