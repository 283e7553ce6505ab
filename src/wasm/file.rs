//! A file of the page, read inside a worker.

use crate::input::{ReadAt, ReadError};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FileReaderSync};

/// A `File` or `Blob` of the page. Nothing of it is kept; every read goes to the file.
pub struct PageFile {
    blob: Blob,
    reader: FileReaderSync,
}

impl PageFile {
    /// Readies a file for reading. Works only in a worker.
    pub fn new(blob: Blob) -> Result<Self, JsError> {
        let reader = FileReaderSync::new()
            .map_err(|error| JsError::new(&format!("files cannot be read here: {error:?}")))?;
        Ok(Self { blob, reader })
    }
}

impl ReadAt for PageFile {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let failed = |error: JsValue| ReadError { offset, what: said(&error) };
        let end = offset + into.len() as u64;
        let slice = self.blob.slice_with_f64_and_f64(offset as f64, end as f64).map_err(failed)?;
        let buffer = self.reader.read_as_array_buffer(&slice).map_err(failed)?;
        let bytes = Uint8Array::new(&buffer);
        let count = (bytes.length() as usize).min(into.len());
        bytes.subarray(0, count as u32).copy_to(&mut into[..count]);
        Ok(count)
    }
}

/// What an exception says.
fn said(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
