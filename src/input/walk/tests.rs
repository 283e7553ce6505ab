//! Every container alone, inside another, cut, damaged and hostile.

use super::fixtures::*;
use super::*;
use crate::input::Known;
use ::zip::{AesMode, CompressionMethod};
use proptest::prelude::*;

/// A leaf with what could be read of it.
#[derive(Debug, PartialEq)]
struct Leaf {
    entry: Entry,
    bytes: Vec<u8>,
    fault: Option<FaultKind>,
}

fn read_all(reader: &mut dyn Read, at_once: usize) -> (Vec<u8>, Option<FaultKind>) {
    let (mut all, mut buffer) = (Vec::new(), vec![0; at_once]);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return (all, None),
            Ok(count) => all.extend_from_slice(&buffer[..count]),
            Err(error) => return (all, Some(Fault::carried_by(&error).unwrap().kind)),
        }
    }
}

fn leaves_with(source: &[u8], options: &Options<'_>, at_once: usize) -> (Vec<Leaf>, Walked) {
    let mut leaves = Vec::new();
    let source = source.to_vec();
    let walked = walk(&source, source.len() as u64, options, &mut |entry, reader| {
        let (bytes, fault) = read_all(reader, at_once);
        leaves.push(Leaf { entry: entry.clone(), bytes, fault });
        Visit::Next
    });
    (leaves, walked)
}

fn leaves(source: &[u8]) -> (Vec<Leaf>, Walked) {
    leaves_with(source, &Options::default(), 1 << 16)
}

/// Paths and texts of a source in which nothing is wrong.
fn texts(source: &[u8]) -> Vec<(Option<String>, Vec<u8>)> {
    let (leaves, walked) = leaves(source);
    assert_eq!(walked, Walked::default());
    leaves.into_iter().map(|leaf| (leaf.entry.path_inside, leaf.bytes)).collect()
}

fn faults(walked: &Walked) -> Vec<FaultKind> {
    walked.faults.iter().map(|met| met.fault.kind).collect()
}

fn reasons(walked: &Walked) -> Vec<Reason> {
    walked.left_out.iter().map(|left| left.reason).collect()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const CODECS: [(Packing, Pack); 6] = [
    (Packing::Gzip, gzip),
    (Packing::Bzip2, bzip2),
    (Packing::Zstd, zstd),
    (Packing::Xz, xz),
    (Packing::Lzma, lzma),
    (Packing::Lz4, lz4),
];

fn archives(entries: &[(&str, &[u8])]) -> Vec<(Packing, Vec<u8>)> {
    vec![
        (Packing::Zip, zip(entries)),
        (Packing::Zip, zip_with(method(CompressionMethod::Stored), entries)),
        (Packing::Zip, zip_with(method(CompressionMethod::Bzip2), entries)),
        (Packing::Zip, zip_with(method(CompressionMethod::Deflated).large_file(true), entries)),
        (Packing::Zip, streamed_zip(entries)),
        (Packing::Tar, tar(entries)),
        (Packing::SevenZip, seven(entries, false, None)),
        (Packing::SevenZip, seven(entries, true, None)),
    ]
}

#[test]
fn plain_bytes_are_one_leaf() {
    let text = lines(3);
    let (found, walked) = leaves(&text);
    assert_eq!((found.len(), walked), (1, Walked::default()));
    assert_eq!((&found[0].bytes, found[0].entry.lies_at), (&text, Some(0)));
    assert!(!is_packed_name(&text));
}

fn is_packed_name(bytes: &[u8]) -> bool {
    super::super::is_packed(&bytes[..bytes.len().min(HEAD_BYTES)])
}

#[test]
fn every_codec_is_unpacked_alone_and_in_members() {
    for (packing, pack) in CODECS {
        for count in [0, 1, 3_000] {
            let text = lines(count);
            let (found, walked) = leaves(&pack(&text));
            assert_eq!((found.len(), &walked), (1, &Walked::default()), "{packing:?}");
            assert_eq!(found[0].bytes, text, "{packing:?}");
            assert_eq!(found[0].entry.layers, [packing]);
            assert!(is_packed_name(&pack(&text)));
        }
        if packing != Packing::Lzma {
            let members = [pack(b"one\n"), pack(b""), pack(b"two\n")].concat();
            assert_eq!(texts(&members), [(None, b"one\ntwo\n".to_vec())], "{packing:?}");
        }
    }
}

#[test]
fn every_archive_gives_its_entries_in_order() {
    let (first, second) = (lines(500), lines(20));
    let entries: [(&str, &[u8]); 3] =
        [("logs/a.log", &first), ("logs/b.log", &second), ("logs/監査.csv", b"x\n")];
    for (packing, archive) in archives(&entries) {
        let (found, walked) = leaves(&archive);
        assert_eq!(walked, Walked::default(), "{packing:?}");
        assert_eq!(found.len(), 3, "{packing:?}");
        for (at, (leaf, (name, data))) in found.iter().zip(entries).enumerate() {
            assert_eq!(leaf.entry.ordinal as usize, at);
            assert_eq!(leaf.entry.path_inside.as_deref(), Some(name), "{packing:?}");
            assert_eq!(leaf.bytes, data, "{packing:?}");
            assert_eq!(leaf.entry.size, Some(data.len() as u64), "{packing:?}");
            if let Some(at) = leaf.entry.lies_at {
                assert!(archive[at as usize..].starts_with(data), "{packing:?}");
            }
        }
    }
}

#[test]
fn containers_lie_inside_one_another() {
    let text = lines(200);
    for (outer, pack) in CODECS {
        for (inner, archive) in archives(&[("a.log", &text)]) {
            let (found, walked) = leaves(&pack(&archive));
            assert_eq!(walked, Walked::default(), "{inner:?} in {outer:?}");
            assert_eq!((found.len(), &found[0].bytes), (1, &text), "{inner:?} in {outer:?}");
            assert_eq!(found[0].entry.layers, [outer, inner]);
        }
        let packed = pack(&text);
        for (archive, bytes) in archives(&[("x/a.log.packed", &packed), ("b", b"b\n")]) {
            let (found, walked) = leaves(&bytes);
            assert_eq!(walked, Walked::default(), "{outer:?} in {archive:?}");
            assert_eq!((found.len(), &found[0].bytes), (2, &text), "{outer:?} in {archive:?}");
            assert_eq!(found[0].entry.layers, [archive, outer]);
        }
    }
    for (_, inner) in archives(&[("a.log", &text)]) {
        for (_, outer) in archives(&[("in/b", &inner), ("c", b"c\n")]) {
            let expected =
                [(Some("in/b/a.log".into()), text.clone()), (Some("c".into()), b"c\n".to_vec())];
            assert_eq!(texts(&outer), expected);
        }
    }
}

#[test]
fn five_layers_are_opened_and_no_more() {
    let mut packed = lines(10);
    for _ in 0..5 {
        packed = gzip(&packed);
    }
    assert_eq!(texts(&packed), [(None, lines(10))]);
    let (found, walked) = leaves(&gzip(&packed));
    assert_eq!((found.len(), reasons(&walked)), (0, vec![Reason::TooDeep]));
}

/// What a leaf delivers is the beginning of its text, and something says why it is no more.
fn assert_damage_is_told(damaged: &[u8], texts: &[(&str, Vec<u8>)], what: &str) {
    let (found, walked) = leaves(damaged);
    let mut missing = texts.iter().map(|(_, text)| text.len()).sum::<usize>();
    for leaf in &found {
        let Some((_, text)) = texts
            .iter()
            .find(|(name, _)| leaf.entry.path_inside.as_deref().unwrap_or(*name) == *name)
        else {
            continue;
        };
        if leaf.fault.is_none() && leaf.bytes == *text {
            missing -= text.len();
        }
    }
    let is_told = !walked.faults.is_empty() || !walked.left_out.is_empty();
    assert!(missing == 0 || is_told || found.is_empty(), "{what}: {walked:?}");
}

#[test]
fn what_was_cut_off_is_told_and_the_rest_delivered() {
    let text = lines(3_000);
    for (packing, pack) in CODECS {
        let packed = pack(&text);
        for tenths in 3..10 {
            let cut = packed.len() * tenths / 10;
            let (found, walked) = leaves(&packed[..cut]);
            let what = format!("{packing:?} cut at {tenths} tenths");
            assert_eq!(faults(&walked), [FaultKind::Truncated], "{what}");
            assert_eq!(found[0].fault, Some(FaultKind::Truncated), "{what}");
            assert!(text.starts_with(&found[0].bytes), "{what}");
            assert!(found[0].bytes.len() < text.len(), "{what}");
        }
        let (found, walked) = leaves(&packed[..packed.len() - 1]);
        assert_eq!(faults(&walked), [FaultKind::Truncated], "{packing:?}");
        assert!(text.starts_with(&found[0].bytes) && !found[0].bytes.is_empty(), "{packing:?}");
    }
    let texts = [("a.log", lines(500)), ("b.log", lines(900))];
    let entries: Vec<_> = texts.iter().map(|(name, text)| (*name, text.as_slice())).collect();
    for (packing, archive) in archives(&entries) {
        for tenths in 1..10 {
            let cut = &archive[..archive.len() * tenths / 10];
            assert_damage_is_told(cut, &texts, &format!("{packing:?} cut at {tenths} tenths"));
        }
    }
}

#[test]
fn a_cut_zip_gives_the_members_that_are_there() {
    let (first, second) = (lines(500), lines(900));
    let entries: [(&str, &[u8]); 2] = [("a.log", &first), ("b.log", &second)];
    for archive in [
        zip(&entries),
        streamed_zip(&entries),
        zip_with(method(CompressionMethod::Stored), &entries),
    ] {
        let (found, walked) = leaves(&archive[..archive.len() * 8 / 10]);
        assert_eq!((found.len(), &found[0].bytes, found[0].fault), (2, &first, None));
        assert!(second.starts_with(&found[1].bytes) && !found[1].bytes.is_empty());
        assert!(faults(&walked).contains(&FaultKind::Truncated));
    }
}

#[test]
fn damage_is_told_and_nothing_panics() {
    let text = lines(2_000);
    for (packing, pack) in CODECS {
        let packed = pack(&text);
        for place in 1..20 {
            let mut damaged = packed.clone();
            damaged[packed.len() * place / 20] ^= 0x55;
            let (texts, what) = ([("", text.clone())], format!("{packing:?} at {place}/20"));
            assert_damage_is_told(&damaged, &texts, &what);
            // What a decoder had unpacked when it met the damage is not lost with a large read.
            let [large, small] =
                [1 << 20, 700].map(|most| leaves_with(&damaged, &Options::default(), most));
            assert!(large == small, "{what}: it matters what is read at once");
        }
    }
    let texts = [("a.log", lines(300)), ("b.log", lines(400))];
    let entries: Vec<_> = texts.iter().map(|(name, text)| (*name, text.as_slice())).collect();
    for (packing, archive) in archives(&entries) {
        if packing == Packing::Tar {
            continue; // Its data carry no checksum.
        }
        for place in 1..20 {
            let mut damaged = archive.clone();
            damaged[archive.len() * place / 20] ^= 0x55;
            assert_damage_is_told(&damaged, &texts, &format!("{packing:?} at {place}/20"));
        }
    }
}

#[test]
fn a_damaged_tar_goes_on_at_the_next_header() {
    let mut archive = tar(&[("a.log", b"a\n"), ("b.log", b"b\n"), ("c.log", b"c\n")]);
    archive[1024 + 3] ^= 1;
    let (found, walked) = leaves(&archive);
    let names: Vec<_> = found.iter().filter_map(|leaf| leaf.entry.path_inside.as_deref()).collect();
    assert_eq!((names, faults(&walked)), (vec!["a.log", "c.log"], vec![FaultKind::Corrupt]));
}

#[test]
fn bytes_behind_the_packed_ones_are_told() {
    // The decoder of LZMA alone reads ahead: what it took cannot be told from its own.
    for (packing, pack) in CODECS.into_iter().filter(|codec| codec.0 != Packing::Lzma) {
        let trailing = [pack(b"one\n"), b"and then no packed bytes".to_vec()].concat();
        let (found, walked) = leaves(&trailing);
        assert_eq!(found[0].bytes, b"one\n", "{packing:?}");
        assert_eq!(faults(&walked), [FaultKind::TrailingBytes], "{packing:?}");
    }
    let padded = [gzip(b"one\n"), vec![0; 1_000]].concat();
    assert_eq!(texts(&padded), [(None, b"one\n".to_vec())]);
}

#[test]
fn long_names_times_and_links_of_tar() {
    let long = format!("{}/a.log", "d".repeat(150));
    let record = format!("path={long}\n");
    let record = format!("{} {record}", record.len() + 4);
    let mtime = "20 mtime=1700000000\n";
    let archive = [
        tar_entry(b"pax", b'x', format!("{record}{mtime}").as_bytes()),
        tar_entry(b"short", b'0', b"1\n"),
        tar_entry(b"././@LongLink", b'L', format!("{long}\0").as_bytes()),
        tar_entry(b"short", b'0', b"2\n"),
        tar_entry(b"folder/", b'5', b""),
        tar_entry(b"link", b'2', b""),
        tar_entry(b"../../etc/x", b'0', b"3\n"),
        tar_entry(b"C:\\x", b'0', b"4\n"),
        vec![0; 1024],
    ]
    .concat();
    let (found, walked) = leaves(&archive);
    assert_eq!(walked, Walked::default());
    let seen: Vec<_> = found
        .iter()
        .map(|leaf| {
            (leaf.entry.path_inside.as_deref().unwrap(), leaf.entry.modified, &leaf.bytes[..])
        })
        .collect();
    let header_time = Some(0o14_570_123_456);
    assert_eq!(
        seen,
        [
            (long.as_str(), Some(1_700_000_000), b"1\n".as_slice()),
            (long.as_str(), header_time, b"2\n"),
            ("../../etc/x", header_time, b"3\n"),
            ("C:\\x", header_time, b"4\n"),
        ]
    );
}

#[test]
fn names_of_zip_are_text() {
    let japanese = b"\x8a\xc4\x8d\xb8/\x83\x8d\x83O.csv".as_slice();
    let long = "n".repeat(3_000);
    let members: [(&[u8], &[u8]); 4] = [
        (japanese, b"1\n"),
        (b"../../up.log", b"2\n"),
        (b"C:\\Windows\\x.log", b"3\n"),
        (long.as_bytes(), b"4\n"),
    ];
    let (found, walked) = leaves(&raw_zip(&members, |_, at| at));
    assert_eq!(walked, Walked::default());
    let names: Vec<_> = found.iter().filter_map(|leaf| leaf.entry.path_inside.as_deref()).collect();
    assert_eq!(names[..3], ["監査/ログ.csv", "../../up.log", "C:\\Windows\\x.log"]);
    assert_eq!(names[3].len(), limits::NAME_BYTES);
    // 2024-03-01 12:00:00.
    assert_eq!(found[0].entry.modified, Some(1_709_294_400));
}

#[test]
fn overlapping_members_are_left_out() {
    let data = lines(20);
    let members: [(&[u8], &[u8]); 3] = [(b"a", &data), (b"b", &data), (b"c", &data)];
    let archive = raw_zip(&members, |index, at| if index == 1 { 0 } else { at });
    let (found, walked) = leaves(&archive);
    assert_eq!((found.len(), reasons(&walked)), (2, vec![Reason::Overlapping]));
    assert_eq!(walked.left_out[0].path_inside.as_deref(), Some("b"));
}

#[test]
fn passwords_are_tried() {
    let text = lines(100);
    let given = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let right = given(&["wrong", "also wrong", "秘密 key"]);
    let archives = [
        encrypted_zip(None, "秘密 key", &text),
        encrypted_zip(Some(AesMode::Aes128), "秘密 key", &text),
        encrypted_zip(Some(AesMode::Aes192), "秘密 key", &text),
        encrypted_zip(Some(AesMode::Aes256), "秘密 key", &text),
        seven(&[("a.log", &text)], false, Some("秘密 key")),
        seven(&[("a.log", &text)], true, Some("秘密 key")),
    ];
    for (which, archive) in archives.iter().enumerate() {
        let with = |passwords: &[String]| {
            leaves_with(archive, &Options { passwords, ..Options::default() }, 1 << 16)
        };
        let (found, walked) = with(&right);
        assert_eq!((found.len(), walked), (1, Walked::default()), "{which}");
        assert_eq!(found[0].bytes, text, "{which}");
        let (found, walked) = with(&[]);
        assert_eq!((found.len(), faults(&walked)), (0, vec![FaultKind::PasswordNeeded]), "{which}");
        let (found, walked) = with(&given(&["wrong", "x"]));
        assert_eq!((found.len(), faults(&walked)), (0, vec![FaultKind::PasswordWrong]), "{which}");
    }
}

#[test]
fn damage_to_encrypted_bytes_is_told() {
    let mut archive = encrypted_zip(Some(AesMode::Aes256), "key", &lines(100));
    archive[200] ^= 1;
    let passwords = ["key".to_owned()];
    let options = Options { passwords: &passwords, ..Options::default() };
    let (_, walked) = leaves_with(&archive, &options, 1 << 16);
    assert_eq!(faults(&walked), [FaultKind::Corrupt]);
}

fn limited(change: impl Fn(&mut Limits)) -> Options<'static> {
    let mut limits = Limits { ratio_floor: 100_000, ..Limits::default() };
    change(&mut limits);
    Options { limits, ..Options::default() }
}

#[test]
fn bombs_are_cut_at_the_same_byte_whatever_is_read_at_once() {
    let zeros = vec![0x30; 3_000_000];
    let options = limited(|limits| limits.ratio = 20);
    for (packing, pack) in CODECS {
        let packed = pack(&zeros);
        let most = (packed.len() as u64 * 20).max(100_000);
        if most >= zeros.len() as u64 {
            continue;
        }
        for at_once in [1_000, 1 << 16] {
            let (found, walked) = leaves_with(&packed, &options, at_once);
            assert_eq!(found[0].bytes.len() as u64, most, "{packing:?}");
            assert_eq!(faults(&walked), [FaultKind::Ratio], "{packing:?}");
        }
    }
    let bomb = zip(&[("a", &zeros), ("b", b"b\n")]);
    let (found, walked) = leaves_with(&bomb, &options, 1 << 16);
    // The source as a whole has the same allowance, which is used up.
    assert_eq!(found[0].fault, Some(FaultKind::Ratio));
    assert_eq!(faults(&walked), [FaultKind::Ratio, FaultKind::Ratio]);
}

#[test]
fn a_source_unpacks_to_so_much_and_no_more() {
    let text = lines(100);
    let entries: Vec<(&str, &[u8])> =
        ["a", "b", "c", "d"].map(|name| (name, text.as_slice())).into();
    let options = limited(|limits| limits.unpacked_bytes = text.len() as u64 * 2 + 10);
    for archive in [zip(&entries), gzip(&tar(&entries)), seven(&entries, true, None)] {
        let (found, walked) = leaves_with(&archive, &options, 1 << 16);
        let total: usize = found.iter().map(|leaf| leaf.bytes.len()).sum();
        assert!(total <= text.len() * 2 + 10, "{total}");
        assert!(faults(&walked).contains(&FaultKind::TooMuch), "{walked:?}");
        assert!(found.len() < 4);
    }
}

#[test]
fn a_nested_bomb_ends() {
    // As 42.zip: sixteen archives in each, and zeros at the bottom.
    let mut inner = zip(&[("0", &vec![0; 1 << 20])]);
    for _ in 0..4 {
        let names: Vec<String> = (0..16).map(|n| n.to_string()).collect();
        let entries: Vec<(&str, &[u8])> =
            names.iter().map(|n| (n.as_str(), inner.as_slice())).collect();
        inner = zip(&entries);
    }
    let options = limited(|limits| limits.ratio_floor = 20 << 20);
    let (_, walked) = leaves_with(&inner, &options, 1 << 16);
    assert!(faults(&walked).contains(&FaultKind::Ratio), "{:?}", faults(&walked));
    assert_eq!(reasons(&walked).last(), Some(&Reason::BehindLimit));
}

#[test]
fn entries_are_counted() {
    let names: Vec<String> = (0..60_000).map(|n| n.to_string()).collect();
    let members: Vec<(&[u8], &[u8])> =
        names.iter().map(|name| (name.as_bytes(), b"x".as_slice())).collect();
    let half = raw_zip(&members, |_, at| at);
    let (found, walked) = leaves(&half);
    assert_eq!((found.len(), walked), (60_000, Walked::default()));
    let (found, walked) = leaves(&tar(&[("a", &half), ("b", &half)]));
    // The two archives are entries as well.
    assert_eq!((found.len(), reasons(&walked)), (99_998, vec![Reason::TooMany]));
}

#[test]
fn archives_that_cannot_be_held_are_left_out() {
    let inner = zip_with(method(CompressionMethod::Stored), &[("a", &lines(100_000))]);
    let options = limited(|limits| {
        limits.held_bytes = 1 << 20;
        limits.ratio_floor = 1 << 30;
    });
    let (found, walked) = leaves_with(&gzip(&inner), &options, 1 << 16);
    assert_eq!((found.len(), reasons(&walked)), (0, vec![Reason::TooLargeToHold]));
    // Where it lies in the source as it is, it need not be held.
    let (found, _) = leaves_with(&tar(&[("i.zip", &inner)]), &options, 1 << 16);
    assert_eq!(found.len(), 1);
}

#[test]
fn dictionaries_that_do_not_fit_are_refused() {
    let mut packed = lzma(b"text\n");
    packed[1..5].copy_from_slice(&(1u32 << 30).to_le_bytes());
    assert_eq!(faults(&leaves(&packed).1), [FaultKind::Dictionary]);
    // A frame of Zstandard whose window is 2 GiB.
    let frame = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00";
    assert_eq!(faults(&leaves(frame).1), [FaultKind::Dictionary]);
    // One of 40 MiB, whose buffer takes the next power of two; 32 MiB fit.
    let frame = b"\x28\xb5\x2f\xfd\x00\x7a\x01\x00\x00";
    assert_eq!(faults(&leaves(frame).1), [FaultKind::Dictionary]);
    let frame = b"\x28\xb5\x2f\xfd\x00\x78\x01\x00\x00";
    assert_eq!(faults(&leaves(frame).1), []);
}

#[test]
fn what_is_known_but_not_read_is_named() {
    let office = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    let cases: [(&[u8], Known); 4] = [
        (&office, Known::Office),
        (b"%PDF-1.7\n", Known::Pdf),
        (b"SQLite format 3\0", Known::Sqlite),
        (b"\x1f\x9d\x90ab", Known::Compress),
    ];
    for (bytes, known) in cases {
        let (found, walked) = leaves(&tar(&[("x", bytes), ("y", b"y\n")]));
        assert_eq!((found.len(), reasons(&walked)), (1, vec![Reason::NotRead(known)]));
        let (what, todo) = walked.left_out[0].reason.words();
        assert!(
            what.en.contains(known.name()) && what.ja.contains(known.name()) && !todo.ja.is_empty()
        );
    }
    let evtx = [b"ElfFile\0".as_slice(), &[0; 4_096]].concat();
    assert_eq!(texts(&evtx), [(None, evtx.clone())]);
}

#[test]
fn leaves_are_passed_over_and_the_walk_is_stopped() {
    let text = lines(50_000);
    let archive = zip(&[("a", &text), ("b", &text), ("c", b"c\n")]);
    let reached = Cell::new(0);
    let options = Options { reached: Some(&reached), ..Options::default() };
    let mut seen = Vec::new();
    let walked = walk(&archive, archive.len() as u64, &options, &mut |entry, reader| {
        assert!(reached.get() <= archive.len() as u64);
        seen.push((entry.ordinal, reached.get()));
        if entry.ordinal == 1 {
            assert_eq!(read_all(reader, 1 << 16).0, text);
            return Visit::Stop;
        }
        Visit::Next
    });
    assert_eq!((seen.len(), walked), (2, Walked::default()));
    assert!(seen[0].1 < seen[1].1 && reached.get() < archive.len() as u64);
    let whole = walk(&archive, archive.len() as u64, &options, &mut |_, _| Visit::Next);
    assert_eq!((whole, reached.get()), (Walked::default(), archive.len() as u64));
}

#[test]
fn a_source_that_cannot_be_read_is_told() {
    struct Fails;
    impl ReadAt for Fails {
        fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, super::super::ReadError> {
            if offset >= 4_000 {
                return Err(super::super::ReadError { offset, what: "gone".into() });
            }
            gzip(&lines(5_000))[..4_000].read_at(offset, into)
        }
    }
    let (mut text, mut fault) = (Vec::new(), None);
    let walked = walk(&Fails, 10_000, &Options::default(), &mut |_, reader| {
        (text, fault) = read_all(reader, 1 << 16);
        Visit::Next
    });
    assert_eq!(
        (fault, faults(&walked)),
        (Some(FaultKind::Unreadable), vec![FaultKind::Unreadable])
    );
}

/// What was read in pieces of a size, of a source that is cut, is what is read otherwise.
fn assert_read_alike(which: usize, cut: usize, at_once: usize) {
    let text = lines(60);
    let entries: [(&str, &[u8]); 2] = [("a", &text), ("b", b"b\n")];
    let source = match CODECS.get(which) {
        Some((_, pack)) => pack(&tar(&entries)),
        None => archives(&entries).swap_remove(which - CODECS.len()).1,
    };
    let source = &source[..source.len() - source.len() * cut / 2_000];
    let whole = leaves(source);
    assert!(leaves_with(source, &Options::default(), at_once) == whole);
}

#[test]
fn a_codec_that_fails_in_the_middle_gives_single_bytes_alike() {
    assert_read_alike(4, 320, 1);
}

/// However far the outer layer was read ahead when the limit was reached.
#[test]
fn a_limit_is_reached_at_the_same_byte_whatever_is_read_at_once() {
    let packed = gzip(&gzip(&vec![0; 3 << 20]));
    let most = (2 << 20) + 77;
    let options = limited(|limits| (limits.unpacked_bytes, limits.ratio_floor) = (most, most + 1));
    let (whole, walked) = leaves_with(&packed, &options, 1 << 16);
    assert_eq!(whole[0].bytes.len() as u64, most);
    assert_eq!(faults(&walked), [FaultKind::TooMuch]);
    for at_once in [1_000, 4_097] {
        let (pieces, walked_in_pieces) = leaves_with(&packed, &options, at_once);
        assert!((&pieces, &walked_in_pieces) == (&whole, &walked));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_at_once_makes_no_difference(
        which in 0usize..14,
        cut in 0usize..1_000,
        at_once in 1usize..3_000,
    ) {
        assert_read_alike(which, cut, at_once);
    }

    #[test]
    fn no_bytes_make_it_panic(
        which in 0usize..14,
        damage in proptest::collection::vec((0usize..4_000, any::<u8>()), 1..12),
    ) {
        let text = lines(60);
        let entries: [(&str, &[u8]); 2] = [("a", &text), ("b", b"b\n")];
        let mut source = match CODECS.get(which) {
            Some((_, pack)) => pack(&text),
            None => archives(&entries).swap_remove(which - CODECS.len()).1,
        };
        for (at, byte) in damage {
            let at = at % source.len();
            source[at] = byte;
        }
        leaves(&source);
    }
}
