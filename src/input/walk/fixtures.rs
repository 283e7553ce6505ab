//! Containers for tests, written by libraries or by hand.

use sevenz_rust2::{
    ArchiveEntry, ArchiveWriter, EncoderConfiguration, EncoderMethod, Password, SourceReader,
    encoder_options::AesEncoderOptions,
};
use std::io::{Cursor, Write};
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Lines of a log, some 70 bytes each.
pub(super) fn lines(count: usize) -> Vec<u8> {
    let line = |n| {
        format!(
            "192.0.2.{} - - [01/Mar/2024:12:00:{:02} +0900] \"GET /{n}\" 200 {}\n",
            n % 250,
            n % 60,
            n * 7
        )
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut encoder = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A header of tar and its data.
pub(super) fn tar_entry(name: &[u8], kind: u8, data: &[u8]) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", data.len()).as_bytes());
    block[136..148].copy_from_slice(b"14570123456\0");
    block[148..156].copy_from_slice(b"        ");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut entry = [&block, data].concat();
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

pub(super) fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive: Vec<u8> =
        entries.iter().flat_map(|(name, data)| tar_entry(name.as_bytes(), b'0', data)).collect();
    archive.resize(archive.len() + 1024, 0);
    archive
}

pub(super) fn method(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method)
}

pub(super) fn zip_with(options: SimpleFileOptions, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(method(CompressionMethod::Deflated), entries)
}

/// Written as a stream: sums and sizes stand behind the members.
pub(super) fn streamed_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, data) in entries {
        writer.start_file(*name, method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Encrypted the traditional way, or with AES.
pub(super) fn encrypted_zip(aes: Option<zip::AesMode>, password: &str, data: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = method(CompressionMethod::Deflated);
    match aes {
        Some(mode) => writer.start_file("a.log", options.with_aes_encryption(mode, password)),
        None => {
            let options = options.with_deprecated_encryption(password.as_bytes()).unwrap();
            writer.start_file("a.log", options)
        }
    }
    .unwrap();
    writer.write_all(data).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A zip of stored members, by hand: names as they are, and members at given places.
pub(super) fn raw_zip(members: &[(&[u8], &[u8])], place: impl Fn(usize, u32) -> u32) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (index, (name, data)) in members.iter().enumerate() {
        let at = place(index, archive.len() as u32);
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let mut fixed = vec![20, 0, 0, 0, 0, 0, 0, 0x60, 0x61, 0x58];
        fixed.extend(crc.sum().to_le_bytes());
        fixed.extend((data.len() as u32).to_le_bytes());
        fixed.extend((data.len() as u32).to_le_bytes());
        fixed.extend((name.len() as u16).to_le_bytes());
        fixed.extend([0, 0]);
        archive.extend([b"PK\x03\x04".as_slice(), &fixed, name, data].concat());
        let rest = [[0; 10].as_slice(), &at.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &fixed, &rest, name].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let start = (archive.len() as u32).to_le_bytes();
    let size = (directory.len() as u32).to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &start, &[0, 0]].concat();
    [archive, directory, end].concat()
}

/// A 7z archive: each entry by itself or all as one block.
pub(super) fn seven(entries: &[(&str, &[u8])], is_solid: bool, password: Option<&str>) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    let lzma2: EncoderConfiguration = EncoderMethod::LZMA2.into();
    if let Some(password) = password {
        let aes = AesEncoderOptions::new(Password::from(password));
        writer.set_content_methods(vec![aes.into(), lzma2]);
        writer.set_encrypt_header(is_solid);
    } else {
        writer.set_content_methods(vec![lzma2]);
    }
    let entry = |name: &&str| ArchiveEntry::new_file(name);
    if is_solid {
        let files = entries.iter().map(|(name, _)| entry(name)).collect();
        let readers = entries.iter().map(|(_, data)| SourceReader::new(*data)).collect();
        writer.push_archive_entries(files, readers).unwrap();
    } else {
        for (name, data) in entries {
            writer.push_archive_entry(entry(name), Some(*data)).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}
