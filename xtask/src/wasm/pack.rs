//! The module as an LZMA file, which `www/unpack` reads.

use std::io::Write;

use anyhow::Result;
use lzma_rust2::{LzmaOptions, LzmaWriter};

use super::Care;

/// Code has no alignment that would tell the next byte.
const POSITION_BITS: u32 = 0;

pub fn pack(wasm: &[u8], care: Care) -> Result<Vec<u8>> {
    let options = match care {
        Care::Quick => LzmaOptions::with_preset(0),
        Care::Release => thorough(wasm.len()),
    };
    let mut writer =
        LzmaWriter::new_use_header(Vec::new(), &options, Some(wasm.len().try_into()?))?;
    writer.write_all(wasm)?;
    Ok(writer.finish()?)
}

/// Searches for matches as long as it takes, in a window that holds all.
fn thorough(length: usize) -> LzmaOptions {
    let mut options = LzmaOptions::with_preset(9);
    options.dict_size = u32::try_from(length).unwrap_or(u32::MAX).next_power_of_two();
    options.pb = POSITION_BITS;
    options.nice_len = LzmaOptions::NICE_LEN_MAX;
    options.depth_limit = 1_000;
    options
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use lzma_rust2::LzmaReader;

    use super::{Care, pack};

    #[test]
    fn what_is_packed_unpacks() {
        let wasm: Vec<u8> = (0..20_000u32).flat_map(|one| (one % 999).to_le_bytes()).collect();
        for care in [Care::Quick, Care::Release] {
            let packed = pack(&wasm, care).unwrap();
            let mut unpacked = Vec::new();
            let mut reader = LzmaReader::new_mem_limit(packed.as_slice(), u32::MAX, None).unwrap();
            reader.read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, wasm);
            assert!(packed.len() < wasm.len() / 10);
        }
    }
}
