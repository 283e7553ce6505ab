//! Encodings: told from a head, and decoded to UTF-8, in whatever pieces the bytes come.

use super::{Pieces, choice, one_of};
use sekisho::input::{Encoding, Utf8Reader, decode, detect};
use std::io::Read;

pub fn read(input: &[u8]) -> usize {
    let (which, rest) = choice(input);
    let (pieces, text) = choice(rest);
    let detected = detect(text);
    assert!(detected.bom_bytes <= text.len());
    for encoding in [detected.encoding, *one_of(&Encoding::ALL, which)] {
        let whole = decode(encoding, text);
        assert!(std::str::from_utf8(&whole).is_ok(), "{encoding:?} did not give UTF-8");
        let inner = Pieces { inner: text, most: 1 + usize::from(pieces) };
        let mut out = Vec::new();
        Utf8Reader::new(inner, encoding).read_to_end(&mut out).expect("bytes have no fault");
        assert_eq!(whole, out, "{encoding:?} in pieces of {}", 1 + pieces);
    }
    text.len()
}
