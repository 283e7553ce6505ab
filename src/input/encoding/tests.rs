//! Telling and decoding encodings, whatever the pieces in which the bytes come.

use super::*;
use proptest::prelude::*;

/// Text as an encoding writes it.
fn encode(encoding: Encoding, text: &str) -> Vec<u8> {
    let by_library = |library: &'static encoding_rs::Encoding| {
        let (bytes, _, has_unknown) = library.encode(text);
        assert!(!has_unknown, "{text} cannot be written in {encoding:?}");
        bytes.into_owned()
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Utf32Le => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        Encoding::Utf32Be => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        Encoding::ShiftJis => by_library(SHIFT_JIS),
        Encoding::EucJp => by_library(EUC_JP),
        Encoding::Iso2022Jp => by_library(ISO_2022_JP),
        Encoding::Latin1 => by_library(WINDOWS_1252),
    }
}

/// Gives its bytes in pieces, over and over of the same lengths.
struct Pieces<'a> {
    bytes: &'a [u8],
    lengths: Vec<usize>,
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = self.lengths[self.next % self.lengths.len()];
        self.next += 1;
        let count = wanted.min(self.bytes.len()).min(into.len());
        into[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

fn read_in_pieces(
    encoding: Encoding,
    bytes: &[u8],
    lengths: Vec<usize>,
    at_once: usize,
) -> Vec<u8> {
    let mut reader = Utf8Reader::new(Pieces { bytes, lengths, next: 0 }, encoding);
    let (mut all, mut buffer) = (Vec::new(), vec![0; at_once]);
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => return all,
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

const TEXT: &str =
    "2024-03-01 12:00:05 192.0.2.7 ログイン失敗: 利用者 tanaka は拒否されました。\r\n";

#[test]
fn every_encoding_becomes_utf8_in_pieces_of_any_length() {
    for encoding in Encoding::ALL {
        let text = if encoding == Encoding::Latin1 { "Größe: 3 é\n" } else { TEXT };
        let bytes = [encoding.mark(), &encode(encoding, text)].concat();
        for length in 1..20 {
            let read = read_in_pieces(encoding, &bytes, vec![length], 1 + length % 7);
            assert_eq!(String::from_utf8(read).unwrap(), text, "{encoding:?} by {length}");
        }
        assert_eq!(decode(encoding, &bytes), text.as_bytes());
    }
}

#[test]
fn what_cannot_be_decoded_is_kept_in_sight() {
    let cases: [(Encoding, &[u8], &str); 10] = [
        (Encoding::Utf8, b"a\xffb\xe3\x81", "a\\xffb\\xe3\\x81"),
        (Encoding::Utf8, b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        (Encoding::ShiftJis, b"\x83\x8d\x81", "ロ\\x81"),
        (Encoding::ShiftJis, b"\xfd\x83A\x81\n", "\\xfdア\\x81\n"),
        (Encoding::EucJp, b"\xa5\xed\xa5 ", "ロ\\xa5 "),
        (Encoding::Utf16Le, b"a\0\x00\xd8b\0c", "a\\x00\\xd8b\\x63"),
        (Encoding::Utf16Be, b"\xdc\x01\0a", "\\xdc\\x01a"),
        (Encoding::Utf32Le, b"a\0\0\0\xff\xff\xff\xffb\0", "a\\xff\\xff\\xff\\xff\\x62\\x00"),
        (Encoding::Iso2022Jp, b"\x1b[1ma\x80", "\\x1b[1ma\\x80"),
        (Encoding::Latin1, b"\xe9\xff", "éÿ"),
    ];
    for (encoding, bytes, text) in cases {
        assert_eq!(String::from_utf8_lossy(&decode(encoding, bytes)), text, "{encoding:?}");
    }
}

#[test]
fn a_fault_comes_behind_the_text_before_it() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let mut reader = Utf8Reader::new(b"\x83\x8d\x83".chain(Fails), Encoding::ShiftJis);
    let mut text = Vec::new();
    let error = reader.read_to_end(&mut text).unwrap_err();
    assert_eq!(
        (String::from_utf8(text).unwrap(), error.to_string()),
        ("ロ\\x83".into(), "gone".into())
    );
}

#[test]
fn encodings_are_told() {
    let cases = [
        (Encoding::ShiftJis, TEXT),
        (Encoding::EucJp, TEXT),
        (Encoding::Iso2022Jp, TEXT),
        (Encoding::Utf8, TEXT),
        (Encoding::ShiftJis, "失敗\r\n"),
        (Encoding::EucJp, "失敗\r\n"),
        (Encoding::ShiftJis, "ログオン\r\n"),
        (Encoding::EucJp, "ログオン\r\n"),
        (Encoding::ShiftJis, "\"成功の監査\",2024/03/01 9:00:00,4624,ログオン\r\n"),
        (Encoding::EucJp, "Mar  1 09:00:00 host su: 認証に失敗しました\n"),
        (Encoding::Utf16Le, "Date,Time\r\n2024-03-01,09:00\r\n"),
        (Encoding::Utf16Be, "Date,Time\r\n2024-03-01,09:00\r\n"),
        (Encoding::Utf16Le, TEXT),
        (Encoding::Utf16Be, TEXT),
        (Encoding::Utf32Le, TEXT),
        (Encoding::Utf32Be, TEXT),
        (Encoding::Latin1, "Zugriff für Müller verweigert: ungültiges Kennwort\n"),
        (Encoding::Latin1, "Échec de l'accès : mot de passe refusé\n"),
        (Encoding::Latin1, "Conexión rechazada: contraseña inválida, año 2024\n"),
    ];
    for (encoding, text) in cases {
        let told = detect(&encode(encoding, text));
        assert_eq!(told, Detected { encoding, bom_bytes: 0 }, "{text}");
    }
    for encoding in &Encoding::ALL[..5] {
        let bytes = [encoding.mark(), &encode(*encoding, "a")].concat();
        let bom_bytes = encoding.mark().len();
        assert_eq!(detect(&bytes), Detected { encoding: *encoding, bom_bytes });
    }
}

#[test]
fn what_says_nothing_else_is_utf8() {
    let long = TEXT.repeat(40);
    let mixed = [long.as_bytes(), b"GET /\xff\xfe\x82\xa0 HTTP/1.1"].concat();
    let cut = &long.as_bytes()[..long.find('\u{8005}').unwrap() + 2];
    let request = [b"192.0.2.7 - - \"".as_slice(), b"\xff\xd8\x90\xe1\xfe\x81\x05\xb5"].concat();
    let padded = [b"192.0.2.7 -\n".as_slice(), &[0; 100]].concat();
    let binary = [b"ElfFile\0".as_slice(), &[0, 0, 0x80, 0xff, 0, 0, 0, 0xfe]].concat();
    let half = b"<node>??\xed\xb9\xa4??</node>";
    let cases: [&[u8]; 8] =
        [b"", b"plain", half, &mixed, cut, &padded, &binary, b"\x1b[1mcolours\x1b[0m"];
    for head in cases {
        assert_eq!(detect(head).encoding, Encoding::Utf8, "{}", String::from_utf8_lossy(head));
    }
    assert_ne!(detect(&request).encoding, Encoding::Latin1);
}

#[test]
fn names_are_utf8_or_those_of_japanese_windows() {
    assert_eq!(shown_name("監査.log".as_bytes()), "監査.log");
    assert_eq!(shown_name(&encode(Encoding::ShiftJis, "監査ログ.csv")), "監査ログ.csv");
    assert_eq!(shown_name(b"a\xfd.log"), "a\\xfd.log");
    let long = "監査".repeat(20_000);
    for name in [long.as_bytes(), &encode(Encoding::ShiftJis, &long)] {
        let shown = shown_name(name);
        assert!(shown.len() >= limits::NAME_BYTES && shown.len() < 4 * limits::NAME_BYTES);
        assert!(long.starts_with(shown.trim_end_matches(|c: char| c.is_ascii())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_make_no_difference(
        bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(0x1b), Just(b'$'), Just(b'('), Just(b'B'), Just(b'a'), Just(0x82), Just(0xa4),
        ], 0..300),
        lengths in proptest::collection::vec(1usize..9, 1..6),
        at_once in 1usize..9,
        which in 0usize..9,
    ) {
        let whole = decode(Encoding::ALL[which], &bytes).into_owned();
        prop_assert!(std::str::from_utf8(&whole).is_ok());
        prop_assert_eq!(read_in_pieces(Encoding::ALL[which], &bytes, lengths, at_once), whole);
    }
}
