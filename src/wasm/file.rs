//! A file of the page, read inside a worker.

use crate::input::{ReadAt, ReadError};
use js_sys::Uint8Array;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// Bytes asked of the browser at once. Each request costs it far more than the bytes do.
const WINDOW_BYTES: u64 = 4 << 20;
/// Bytes that may be passed over by reading that goes on, as headers between members of an archive.
const GAP_BYTES: u64 = 64 << 10;

/// A `File` or `Blob` of the page, read through a window that moves over it.
pub struct PageFile {
    blob: Blob,
    reader: FileReaderSync,
    window: RefCell<(u64, Uint8Array)>,
}

impl PageFile {
    /// Readies a file for reading. Works only in a worker.
    pub fn new(blob: Blob) -> super::Result<Self> {
        Self::with(blob, 0, Uint8Array::new_with_length(0))
    }

    /// The same, with the bytes from `offset` on read already.
    pub fn with(blob: Blob, offset: u64, bytes: Uint8Array) -> super::Result<Self> {
        let reader = FileReaderSync::new()
            .map_err(|error| super::failed(format_args!("files cannot be read here: {error:?}")))?;
        Ok(Self { blob, reader, window: RefCell::new((offset, bytes)) })
    }

    /// The bytes from `offset` on: as many as were asked for, or a whole window when reading goes
    /// on about where the last one ended.
    fn fetch(&self, offset: u64, length: u64, goes_on: bool) -> Result<Uint8Array, JsValue> {
        let length = if goes_on { WINDOW_BYTES.max(length) } else { length };
        let end = offset + length;
        let slice = self.blob.slice_with_f64_and_f64(offset as f64, end as f64)?;
        Ok(Uint8Array::new(&self.reader.read_as_array_buffer(&slice)?.into()))
    }
}

impl ReadAt for PageFile {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let mut window = self.window.borrow_mut();
        let end = window.0 + u64::from(window.1.length());
        if offset < window.0 || offset >= end {
            let goes_on = end > 0 && (end..=end + GAP_BYTES).contains(&offset);
            let bytes = self.fetch(offset, into.len() as u64, goes_on);
            let bytes = bytes.map_err(|error| ReadError { offset, what: said(&error) })?;
            *window = (offset, bytes);
        }
        let from = (offset - window.0) as u32;
        let count = window.1.length().saturating_sub(from).min(into.len() as u32);
        window.1.subarray(from, from + count).copy_to(&mut into[..count as usize]);
        Ok(count as usize)
    }
}

/// What an exception says.
fn said(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
