//! Packs logs as gzip, tar, zip, xz and 7z.

use super::gzip;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

/// Names and bytes.
pub type Members<'m> = [(&'m str, &'m [u8])];

/// A tar of regular files, changed on 2021-06-01.
pub fn tar(members: &Members<'_>) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, data) in members {
        let mut block = [0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..108].copy_from_slice(b"0000644\0");
        block[124..136].copy_from_slice(format!("{:011o}\0", data.len()).as_bytes());
        block[136..148].copy_from_slice(format!("{:011o}\0", 1_622_505_600).as_bytes());
        block[148..156].copy_from_slice(b"        ");
        block[156] = b'0';
        block[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend_from_slice(&block);
        archive.extend_from_slice(data);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1_024, 0);
    archive
}

/// A tar that is packed with gzip.
pub fn tar_gz(members: &Members<'_>) -> Vec<u8> {
    gzip(&tar(members))
}

fn zip_with(options: SimpleFileOptions, members: &Members<'_>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zip whose members are deflated.
pub fn zip(members: &Members<'_>) -> Vec<u8> {
    zip_with(SimpleFileOptions::default(), members)
}

/// A zip whose members stand in it as they are.
pub fn stored_zip(members: &Members<'_>) -> Vec<u8> {
    zip_with(SimpleFileOptions::default().compression_method(CompressionMethod::Stored), members)
}

/// A zip that is encrypted with AES.
pub fn locked_zip(members: &Members<'_>, password: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, password);
        writer.start_file(*name, options).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A 7z archive.
pub fn seven(members: &Members<'_>) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, data) in members {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*data)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Bytes packed with xz.
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
