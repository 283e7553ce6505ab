//! Unpacks the page's module, which stands in the page as an LZMA file: a fourth smaller than in
//! the one packing that all browsers know. Workers call it before they have the module.
//!
//! The caller writes what is packed to where `give` says, calls `unpack`, and reads as many bytes
//! from where `unpacked` says.

use std::cell::RefCell;

use lzma_rust2::{LzmaReader, Read};

thread_local! {
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static UNPACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Of the reader's window, in KiB; what is longer is not ours.
const MEMORY: u32 = 64 << 10;

/// Makes room for as many packed bytes, and says where.
#[unsafe(no_mangle)]
pub extern "C" fn give(length: usize) -> *mut u8 {
    PACKED.with_borrow_mut(|packed| {
        *packed = vec![0; length];
        packed.as_mut_ptr()
    })
}

/// How many bytes there are, unpacked. Zero where what was given is damaged.
#[unsafe(no_mangle)]
pub extern "C" fn unpack() -> usize {
    let all = PACKED.take();
    let bytes = read(&all).unwrap_or_default();
    UNPACKED.with_borrow_mut(|unpacked| {
        *unpacked = bytes;
        unpacked.len()
    })
}

/// Where these bytes are.
#[unsafe(no_mangle)]
pub extern "C" fn unpacked() -> *const u8 {
    UNPACKED.with_borrow(|bytes| bytes.as_ptr())
}

/// The header: a byte of properties, four of the window's size, eight of the length.
fn read(packed: &[u8]) -> Option<Vec<u8>> {
    let length = packed.get(5..13)?.try_into().ok().map(u64::from_le_bytes)?;
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    LzmaReader::new_mem_limit(packed, MEMORY, None).ok()?.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
