//! Character maps: which text the codes of a font stand for (ISO 32000-1, 9.10.3), and how many bytes
//! a code has.

use super::object::{Object, Parser, Token};
use std::collections::BTreeMap;

/// Entries of a map that are read.
const ENTRIES: usize = 65_536;

/// A character map.
#[derive(Default)]
pub struct CMap {
    /// The codes of each length: bytes, first, last.
    spaces: Vec<(usize, u32, u32)>,
    /// From each first code, the last and the text of the first.
    ranges: BTreeMap<u32, (u32, Box<str>)>,
}

impl CMap {
    /// Reads a map. What is malformed is passed over.
    pub fn read(text: &[u8]) -> Self {
        let mut map = Self::default();
        let mut parser = Parser::of_content(text);
        let mut operands = Vec::new();
        while let Some(token) = parser.token() {
            match token {
                Token::Object(object) if operands.len() < ENTRIES => operands.push(object),
                Token::Object(_) => (),
                Token::Word(word) => {
                    map.section(&word, &operands);
                    operands.clear();
                }
            }
        }
        map
    }

    fn section(&mut self, end: &[u8], operands: &[Object]) {
        match end {
            b"endcodespacerange" => {
                for pair in operands.chunks_exact(2) {
                    if let (Some((low, bytes)), Some((high, _))) = (code(&pair[0]), code(&pair[1]))
                    {
                        self.spaces.push((bytes, low, high));
                    }
                }
            }
            b"endbfchar" => {
                for pair in operands.chunks_exact(2) {
                    if let Some((low, _)) = code(&pair[0]) {
                        self.add(low, low, &pair[1]);
                    }
                }
            }
            b"endbfrange" => {
                for three in operands.chunks_exact(3) {
                    if let (Some((low, _)), Some((high, _))) = (code(&three[0]), code(&three[1])) {
                        self.range(low, high, &three[2]);
                    }
                }
            }
            _ => (),
        }
    }

    fn range(&mut self, low: u32, high: u32, to: &Object) {
        match to {
            Object::Array(each) => {
                for (code, to) in (low..=high).zip(each) {
                    self.add(code, code, to);
                }
            }
            to => self.add(low, high, to),
        }
    }

    fn add(&mut self, low: u32, high: u32, to: &Object) {
        if let Object::String(to) = to
            && self.ranges.len() < ENTRIES
        {
            self.ranges.insert(low, (high, utf16(to).into()));
        }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The text of a code; none where the map has none.
    pub fn text(&self, code: u32, mut put: impl FnMut(char)) -> Option<()> {
        let (low, (high, text)) = self.ranges.range(..=code).next_back()?;
        let last = text.chars().next_back().filter(|_| code <= *high)?;
        let shifted = char::from_u32(u32::from(last).checked_add(code - low)?)?;
        text.get(..text.len() - last.len_utf8())?.chars().for_each(&mut put);
        put(shifted);
        Some(())
    }

    /// The bytes of the code that some bytes begin with.
    pub fn code_bytes(&self, bytes: &[u8]) -> usize {
        let is_in = |(count, low, high): &&(usize, u32, u32)| {
            bytes.get(..*count).is_some_and(|code| (*low..=*high).contains(&number(code)))
        };
        self.spaces.iter().find(is_in).map_or(2, |(count, ..)| *count)
    }
}

/// A code with the count of its bytes.
fn code(object: &Object) -> Option<(u32, usize)> {
    match object {
        Object::String(bytes) if (1..=4).contains(&bytes.len()) => {
            Some((number(bytes), bytes.len()))
        }
        _ => None,
    }
}

/// The number that at most four bytes make, the first the highest.
pub fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Text of UTF-16, the high byte first; of one byte, that character.
fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = match bytes {
        [one] => vec![u16::from(*one)],
        bytes => bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
    };
    char::decode_utf16(units).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_mapped_one_by_one_and_in_ranges() {
        let map = CMap::read(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <65e5> <0002> <00660069> endbfchar 2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<d83dde00> <0042>] endbfrange",
        );
        let text = |code| {
            let mut text = String::new();
            map.text(code, |c| text.push(c)).map(|()| text)
        };
        let texts = [1, 2, 0x12, 0x20, 0x21].map(|code| text(code).unwrap());
        assert_eq!(texts, ["日", "fi", "C", "😀", "B"]);
        assert_eq!((text(0x13), text(0)), (None, None));
        assert_eq!(map.code_bytes(b"\0\x01"), 2);
        let mixed = CMap::read(b"<20> <7e> <8140> <9ffc> endcodespacerange");
        assert_eq!((mixed.code_bytes(b"A"), mixed.code_bytes(b"\x82\xa0")), (1, 2));
    }
}
