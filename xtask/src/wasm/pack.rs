//! The module as one gzip member, which a browser unpacks by itself. Packing it well takes a
//! minute, so a result is kept under the digest of what went in.

use anyhow::Result;

use super::Care;
use crate::pack::sha256_hex;
use crate::repo::{Repo, read_bytes, write};

pub fn pack(repo: &Repo, wasm: &[u8], care: Care) -> Result<Vec<u8>> {
    if care == Care::Quick {
        return Ok(member(wasm, &miniz_oxide::deflate::compress_to_vec(wasm, 6)));
    }
    let kept = repo.notes().join("packed").join(format!("{}.gz", sha256_hex(wasm)));
    if !kept.exists() {
        write(&kept, member(wasm, &thoroughly(wasm)?))?;
    }
    read_bytes(&kept)
}

fn thoroughly(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut deflated = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Deflate, wasm, &mut deflated)?;
    Ok(deflated)
}

/// Without a name or a time.
fn member(wasm: &[u8], deflated: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    member.extend(deflated);
    member.extend(crc32fast::hash(wasm).to_le_bytes());
    // The format keeps the length modulo 2^32; a module is far smaller.
    member.extend((wasm.len() as u32).to_le_bytes());
    member
}

#[cfg(test)]
mod tests {
    use super::{member, thoroughly};

    #[test]
    fn what_is_packed_unpacks() {
        let wasm: Vec<u8> = (0..20_000u32).flat_map(|one| (one % 999).to_le_bytes()).collect();
        let packed = member(&wasm, &thoroughly(&wasm).unwrap());
        let unpacked = miniz_oxide::inflate::decompress_to_vec(&packed[10..packed.len() - 8]);
        assert_eq!(unpacked.unwrap(), wasm);
    }
}
