//! Fonts, as far as it takes to tell which characters are shown and how wide they are (ISO 32000-1,
//! 9.5 to 9.10).

use super::cmap::{CMap, number};
use super::file::File;
use super::object::{Dictionary, ONE, Object};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, WINDOWS_1252,
};
use std::collections::BTreeMap;

/// Ranges of widths of a font that are read.
const WIDTHS: usize = 65_536;
/// How wide a character is where nothing says: an em, or half of it, in thousandths.
const EM: i64 = 1_000;

/// What is shown.
pub struct Glyph {
    /// Its width in ems.
    pub width: i64,
    /// Whether it is a space of one byte, to which the space between words is added.
    pub is_space: bool,
}

/// A font.
pub struct Font {
    coding: Coding,
    to_unicode: Option<CMap>,
    widths: Widths,
    /// Whether text runs downwards.
    pub is_vertical: bool,
    /// Whether it has signs in place of letters: no text is lost where these cannot be told.
    is_signs: bool,
    /// What was read of it: entries of its lists.
    pub entries: usize,
}

/// How bytes stand for characters.
enum Coding {
    /// A byte each; NUL where it cannot be told which character.
    Simple(Box<[char; 256]>),
    /// Two bytes each, numbers of glyphs.
    Glyphs,
    /// As many bytes as a map says.
    Mapped(CMap),
    /// An encoding of characters, with what is set in each byte: JIS X 0208 alone is EUC-JP without
    /// its high bits.
    Encoded(&'static Encoding, u8),
}

/// How wide characters are: in thousandths of an em, or of the unit of a font that is drawn (Type 3).
struct Widths {
    /// From each first code, the last and the width.
    ranges: BTreeMap<u32, (u32, i64)>,
    /// The width of others; by the letter where nothing says.
    other: Option<i64>,
    /// How much of an em a thousandth is, in thousandths.
    unit: i64,
}

impl Font {
    /// Reads a font.
    pub fn read(file: &File<'_>, font: &Dictionary) -> Self {
        let to_unicode = font.get(b"ToUnicode").and_then(|map| map_of(file, map));
        let name = match &*file.value(font, b"BaseFont") {
            Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
            _ => String::new(),
        };
        let is_signs =
            ["Symbol", "Dingbats", "Wingdings", "Webdings"].iter().any(|of| name.contains(of));
        let (coding, widths, is_vertical) = if font.is(b"Subtype", b"Type0") {
            let (coding, is_vertical) = composite(file, font);
            (coding, Widths::of_composite(file, font), is_vertical)
        } else {
            let table = if is_signs { ['\0'; 256] } else { simple(file, font) };
            (Coding::Simple(Box::new(table)), Widths::of_simple(file, font), false)
        };
        let encoding = file.value(font, b"Encoding");
        let differences =
            encoding.dictionary().map(|of| file.value(of, b"Differences").array().len());
        let mapped = to_unicode.as_ref().map_or(0, CMap::len);
        let entries = 256 + differences.unwrap_or(0) + mapped + widths.ranges.len();
        Self { coding, to_unicode, widths, is_vertical, is_signs, entries }
    }

    /// Gives the characters of a string to `put`, and each glyph. Counts those whose character cannot
    /// be told.
    pub fn show(
        &self,
        string: &[u8],
        put: &mut dyn FnMut(char),
        glyph: &mut dyn FnMut(Glyph),
    ) -> u64 {
        match &self.coding {
            Coding::Encoded(encoding, high) => {
                self.encoded(encoding, *high, string, put, glyph);
                0
            }
            Coding::Simple(table) => self.coded(string, |_| 1, Some(table), put, glyph),
            Coding::Glyphs => self.coded(string, |_| 2, None, put, glyph),
            Coding::Mapped(map) => {
                self.coded(string, |rest| map.code_bytes(rest), None, put, glyph)
            }
        }
    }

    fn coded(
        &self,
        string: &[u8],
        bytes: impl Fn(&[u8]) -> usize,
        table: Option<&[char; 256]>,
        put: &mut dyn FnMut(char),
        glyph: &mut dyn FnMut(Glyph),
    ) -> u64 {
        let mut lost = 0;
        let mut rest = string;
        while !rest.is_empty() {
            let count = bytes(rest).clamp(1, rest.len());
            let (code, behind) = rest.split_at(count);
            rest = behind;
            let code = number(code);
            let known = table.and_then(|table| table.get(code as usize)).copied();
            let known = known.filter(|c| *c != '\0');
            let mut first = None;
            let mapped = self.to_unicode.as_ref().and_then(|map| {
                map.text(code, |c| {
                    first = first.or(Some(c));
                    put(c);
                })
            });
            match (mapped, known) {
                (Some(()), _) => (),
                (None, Some(c)) => {
                    first = Some(c);
                    put(c);
                }
                (None, None) => lost += u64::from(!self.is_signs && code != 0),
            }
            let is_space = count == 1 && code == 32;
            glyph(Glyph { width: self.widths.of(code, first), is_space });
        }
        lost
    }

    fn encoded(
        &self,
        encoding: &'static Encoding,
        high: u8,
        string: &[u8],
        put: &mut dyn FnMut(char),
        glyph: &mut dyn FnMut(Glyph),
    ) {
        let bytes: Vec<u8> = string.iter().map(|byte| byte | high).collect();
        for c in encoding.decode_without_bom_handling(&bytes).0.chars() {
            put(c);
            let width = if c.is_ascii() { ONE / 2 } else { ONE };
            glyph(Glyph { width, is_space: c == ' ' && encoding != UTF_16BE });
        }
    }
}

/// The map that a stream holds.
fn map_of(file: &File<'_>, object: &Object) -> Option<CMap> {
    let stream = file.stream(object)?;
    Some(CMap::read(&file.unpacked(&stream)?))
}

/// How a composite font is coded, and whether it runs downwards.
fn composite(file: &File<'_>, font: &Dictionary) -> (Coding, bool) {
    let encoding = font.get(b"Encoding").unwrap_or(&Object::Null);
    if let Object::Name(name) = &*file.resolve(encoding) {
        let name = String::from_utf8_lossy(name);
        return (predefined(&name), name == "V" || name.ends_with("-V"));
    }
    let stream = file.stream(encoding);
    let mode = stream.and_then(|stream| file.value(&stream.head, b"WMode").whole());
    let is_vertical = mode == Some(1);
    (map_of(file, encoding).map_or(Coding::Glyphs, Coding::Mapped), is_vertical)
}

/// The maps that have names (9.7.5.2): those of encodings tell the characters by themselves.
fn predefined(name: &str) -> Coding {
    let has = |part: &str| name.contains(part);
    match name {
        "H" | "V" => Coding::Encoded(EUC_JP, 0x80),
        "EUC-H" | "EUC-V" => Coding::Encoded(EUC_JP, 0),
        _ if has("UCS2") || has("UTF16") => Coding::Encoded(UTF_16BE, 0),
        _ if has("UTF8") => Coding::Encoded(UTF_8, 0),
        _ if has("RKSJ") => Coding::Encoded(SHIFT_JIS, 0),
        _ if name.starts_with("GB") => Coding::Encoded(GBK, 0),
        _ if name.starts_with("KSC") => Coding::Encoded(EUC_KR, 0),
        _ if has("B5") => Coding::Encoded(BIG5, 0),
        _ => Coding::Glyphs,
    }
}

/// The characters of a simple font.
fn simple(file: &File<'_>, font: &Dictionary) -> [char; 256] {
    let encoding = file.value(font, b"Encoding");
    let (base, differences) = match &*encoding {
        Object::Dictionary(encoding) => (
            file.value(encoding, b"BaseEncoding").into_owned(),
            file.value(encoding, b"Differences").into_owned(),
        ),
        encoding => (encoding.clone(), Object::Null),
    };
    let mut table = match base {
        Object::Name(name) if name == b"WinAnsiEncoding" => characters(WINDOWS_1252),
        Object::Name(name) if name == b"MacRomanEncoding" => characters(MACINTOSH),
        _ => standard(),
    };
    let mut code = 0_usize;
    for item in differences.array() {
        match &*file.resolve(item) {
            Object::Name(name) => {
                if let Some(place) = table.get_mut(code) {
                    *place = character(&String::from_utf8_lossy(name)).unwrap_or('\0');
                }
                code = code.saturating_add(1);
            }
            number => code = number.whole().and_then(|n| usize::try_from(n).ok()).unwrap_or(code),
        }
    }
    table
}

/// The characters of an encoding of one byte; none for controls.
fn characters(encoding: &'static Encoding) -> [char; 256] {
    std::array::from_fn(|code| {
        let text = encoding.decode_without_bom_handling(&[code as u8]).0.chars().next();
        text.filter(|c| !c.is_control()).unwrap_or('\0')
    })
}

/// ASCII, and of what Adobe's standard encoding has beyond it the letters that are often met.
fn standard() -> [char; 256] {
    const ABOVE: [(usize, char); 12] = [
        (0xa1, '¡'),
        (0xa5, '¥'),
        (0xaa, '“'),
        (0xae, 'ﬁ'),
        (0xaf, 'ﬂ'),
        (0xb1, '–'),
        (0xb4, '·'),
        (0xb7, '•'),
        (0xba, '”'),
        (0xbf, '¿'),
        (0xd0, '—'),
        (0xfb, 'ß'),
    ];
    let mut table = std::array::from_fn(|code| match code as u8 {
        byte @ 0x20..=0x7e => char::from(byte),
        _ => '\0',
    });
    ABOVE.iter().for_each(|(code, c)| table[*code] = *c);
    table
}

/// Names of glyphs, and the characters that they are: letters that are their own names are not here.
const NAMES: &str = "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at bracketleft backslash bracketright asciicircum underscore grave braceleft bar braceright asciitilde exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot minus registered macron degree plusminus acute mu paragraph periodcentered ordmasculine guillemotright questiondown Agrave Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis quoteleft quoteright quotedblleft quotedblright endash emdash bullet ellipsis Euro trademark OE oe Scaron scaron Zcaron zcaron Ydieresis fi fl ff ffi ffl dotlessi nbspace sfthyphen";
const CHARACTERS: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~¡¢£¤¥¦§¨©ª«¬-®¯°±´µ¶·º»¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ‘’“”–—•…€™ŒœŠšŽžŸﬁﬂﬀﬃﬄı -";

/// The character of a glyph's name: `A`, `comma`, `uni65E5`, `u1F600`, `a.alt`.
fn character(name: &str) -> Option<char> {
    let name = name.split('.').next()?;
    let mut letters = name.chars();
    if let (Some(c), None) = (letters.next(), letters.next()) {
        return Some(c);
    }
    let at = NAMES.split(' ').position(|known| known == name);
    if let Some(at) = at {
        return CHARACTERS.chars().nth(at);
    }
    let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'))?;
    let is_code = (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_code.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))?
}

impl Widths {
    fn of_simple(file: &File<'_>, font: &Dictionary) -> Self {
        let first = file.value(font, b"FirstChar").whole().and_then(|n| u32::try_from(n).ok());
        let mut ranges = BTreeMap::new();
        let codes = first.unwrap_or(0)..=255;
        for (code, width) in codes.zip(file.value(font, b"Widths").array()) {
            ranges.insert(code, (code, file.resolve(width).number().unwrap_or(0)));
        }
        let is_drawn = font.is(b"Subtype", b"Type3");
        let unit = file.value(font, b"FontMatrix").array().first().and_then(Object::number);
        let unit = unit.filter(|_| is_drawn);
        let other = (!ranges.is_empty()).then_some(0);
        Self { ranges, other, unit: unit.map_or(1, |unit| (unit * EM / ONE).max(1)) }
    }

    fn of_composite(file: &File<'_>, font: &Dictionary) -> Self {
        let fonts = file.value(font, b"DescendantFonts");
        let inner = file.resolve(fonts.array().first().unwrap_or(&Object::Null));
        let mut ranges = BTreeMap::new();
        let Some(inner) = inner.dictionary() else {
            return Self { ranges, other: Some(EM * ONE), unit: 1 };
        };
        composite_widths(file, file.value(inner, b"W").array(), &mut ranges);
        let other = file.value(inner, b"DW").number().unwrap_or(EM * ONE);
        Self { ranges, other: Some(other), unit: 1 }
    }

    /// The width of a code, in ems.
    fn of(&self, code: u32, shown: Option<char>) -> i64 {
        let known = self.ranges.range(..=code).next_back().filter(|(_, (last, _))| code <= *last);
        let width = match (known, self.other) {
            (Some((_, (_, width))), _) => *width,
            (None, Some(other)) => other,
            (None, None) => usual(shown.unwrap_or('n')) * ONE,
        };
        width.saturating_mul(self.unit) / EM
    }
}

/// Widths of a composite font (9.7.4.3): `first [w w w]` or `first last w`.
fn composite_widths(file: &File<'_>, widths: &[Object], ranges: &mut BTreeMap<u32, (u32, i64)>) {
    let mut rest = widths.iter().map(|of| file.resolve(of));
    let code = |object: &Object| object.whole().and_then(|n| u32::try_from(n).ok());
    while let (Some(first), Some(second)) = (rest.next(), rest.next()) {
        let Some(first) = code(&first) else { continue };
        if let Object::Array(each) = &*second {
            for (code, width) in (first..).zip(each) {
                ranges.insert(code, (code, file.resolve(width).number().unwrap_or(0)));
            }
        } else if let (Some(last), Some(width)) = (code(&second), rest.next()) {
            ranges.insert(first, (last, width.number().unwrap_or(0)));
        }
        if ranges.len() > WIDTHS {
            return;
        }
    }
}

/// How wide a character of a usual typeface is, in thousandths: of fonts that every reader has,
/// files need not say it.
const fn usual(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' '..='/' | ':' | ';' | '[' | ']' | '|' => 290,
        'm' | 'w' | 'M' | 'W' | '@' => 850,
        'A'..='Z' => 680,
        _ => 540,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_have_names() {
        assert_eq!(NAMES.split(' ').count(), CHARACTERS.chars().count());
        let of = ["A", "comma", "eacute", "emdash", "uni65E5", "u1F600", "a.alt", "nine", "ffl"];
        let characters: String = of.iter().filter_map(|name| character(name)).collect();
        assert_eq!(characters, "A,é—日😀a9ﬄ");
        assert_eq!((character("g12"), character("uniXYZW"), character("")), (None, None, None));
    }

    fn shown(objects: &str, string: &[u8]) -> (String, u64, i64) {
        let file = File::open(objects.as_bytes());
        let font = Font::read(&file, file.resolve(&Object::Reference(1)).dictionary().unwrap());
        let (mut text, mut width) = (String::new(), 0);
        let lost = font.show(string, &mut |c| text.push(c), &mut |glyph| width += glyph.width);
        (text, lost, width)
    }

    #[test]
    fn simple_fonts_are_told_by_encoding_and_differences() {
        let font = "1 0 obj<</Subtype/Type1/FirstChar 65/Widths[500 250]/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[66/odieresis/g7]>>>>endobj";
        assert_eq!(shown(font, b"AB"), ("Aö".to_owned(), 0, ONE * 3 / 4));
        assert_eq!(shown(font, b"AC").1, 1, "nobody knows what g7 is");
        let signs = "1 0 obj<</Subtype/TrueType/BaseFont/ABCDEF+Wingdings-Regular>>endobj";
        assert_eq!((shown(signs, b"l").0, shown(signs, b"l").1), (String::new(), 0));
    }

    #[test]
    fn composite_fonts_are_told_by_map_or_encoding() {
        let map =
            "2 0 obj<</Length 40>>stream\n1 beginbfchar <0005> <65E5> endbfchar\nendstream endobj";
        let font = format!(
            "1 0 obj<</Subtype/Type0/Encoding/Identity-H/ToUnicode 2 0 R/DescendantFonts[<</DW 900/W[5[500]]>>]>>endobj {map}"
        );
        let (text, lost, width) = shown(&font, b"\0\x05\0\x06");
        assert_eq!((&*text, lost), ("日", 1));
        assert_eq!(width, 500 * ONE / 1_000 + 900 * ONE / 1_000);
        let sjis = "1 0 obj<</Subtype/Type0/Encoding/90ms-RKSJ-H>>endobj";
        assert_eq!(shown(sjis, b"\x93\xfaA"), ("日A".to_owned(), 0, ONE + ONE / 2));
        let jis = "1 0 obj<</Subtype/Type0/Encoding/H>>endobj";
        assert_eq!(shown(jis, b"\x46\x7c").0, "日");
        let unknown = "1 0 obj<</Subtype/Type0/Encoding/Identity-H>>endobj";
        assert_eq!((shown(unknown, b"\0\x05").0, shown(unknown, b"\0\x05").1), (String::new(), 1));
    }
}
