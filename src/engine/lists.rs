//! Takes indicator lists as files hold them.

use crate::base::hex;
use crate::base::limits::SNIFF_BYTES;
use crate::input::{ReadAt, ReadError, decode, detect, read_full};
use crate::intel::{self, Lists, Refused};
use sha2::{Digest, Sha256};

/// Whether a file is surely a list of indicators and no log, told by how it begins.
pub fn holds_list(source: &dyn ReadAt) -> Result<bool, ReadError> {
    let mut head = vec![0; SNIFF_BYTES];
    let length = read_full(source, 0, &mut head)?;
    let head = decode(detect(&head[..length]).encoding, &head[..length]);
    Ok(intel::is_list(&String::from_utf8_lossy(&head)))
}

/// Reads a list from the bytes of its file, and adds it to those known. `told` hears of everything
/// that is not swept for.
pub fn read_list(lists: &mut Lists, name: &str, bytes: &[u8], told: &mut dyn FnMut(&Refused)) {
    let (sha256, text) = taken(bytes);
    intel::read(lists, name, &sha256, &text, told);
}

/// Reads a table that says where networks are, and adds it to the lists. `told` hears of rows that
/// cannot be read.
pub fn read_networks(lists: &mut Lists, name: &str, bytes: &[u8], told: &mut dyn FnMut(&Refused)) {
    let (sha256, text) = taken(bytes);
    intel::read_networks(lists, name, &sha256, &text, told);
}

/// A file's digest and text.
fn taken(bytes: &[u8]) -> (String, String) {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    let decoded = decode(detect(head).encoding, bytes);
    (hex(&Sha256::digest(bytes)), String::from_utf8_lossy(&decoded).into_owned())
}
