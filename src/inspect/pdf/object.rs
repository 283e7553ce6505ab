//! Objects of PDF (ISO 32000-1, 7.2 and 7.3), and the operators between them in content streams:
//! one after another, with bounded depth and size.

use std::collections::BTreeMap;

/// Numbers are fixed-point, so that they are the same everywhere: this many bits stand behind the
/// point.
pub const POINT_BITS: u32 = 16;
/// One, as a number.
pub const ONE: i64 = 1 << POINT_BITS;
/// The greatest number; what is beyond is taken for it.
pub const GREATEST: i64 = 1 << 45;
/// Arrays and dictionaries inside one another that are read.
const DEPTH: usize = 32;
/// Objects inside one that are read.
const ITEMS: usize = 200_000;
/// Bytes of a string or name that are read.
const STRING_BYTES: usize = 1 << 20;

/// Bytes of a word that are told apart: the longest has no more.
const WORD_BYTES: usize = 24;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// Nothing, `true` or `false`: neither is asked for.
    Null,
    /// A number.
    Number(i64),
    /// A name without its slash.
    Name(Vec<u8>),
    /// A string.
    String(Vec<u8>),
    /// Objects one after another.
    Array(Vec<Object>),
    /// Objects by their names.
    Dictionary(Dictionary),
    /// The number of an object that stands elsewhere.
    Reference(u32),
}

/// Objects by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary(BTreeMap<Vec<u8>, Object>);

impl Dictionary {
    /// The object of a name, as it stands there.
    pub fn get(&self, name: &[u8]) -> Option<&Object> {
        self.0.get(name)
    }

    /// Whether a name stands for another name.
    pub fn is(&self, name: &[u8], value: &[u8]) -> bool {
        matches!(self.get(name), Some(Object::Name(known)) if known == value)
    }
}

impl Object {
    /// A number without what stands behind its point.
    pub fn whole(&self) -> Option<i64> {
        self.number().map(|number| number >> POINT_BITS)
    }

    /// A dictionary.
    pub const fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// Objects one after another; none where it is no array.
    pub fn array(&self) -> &[Self] {
        match self {
            Self::Array(objects) => objects,
            _ => &[],
        }
    }

    /// A number.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// What stands next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// An object.
    Object(Object),
    /// A word that is none: an operator, `endobj`, `stream`.
    Word(Vec<u8>),
}

/// Reads objects from bytes.
pub struct Parser<'a> {
    bytes: &'a [u8],
    /// The byte that is read next.
    pub at: usize,
    /// Whether `1 0 R` stands for an object elsewhere: not so in content streams.
    references: bool,
}

pub const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Parser<'a> {
    /// Reads the objects of a file or an object stream.
    pub const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, references: true }
    }

    /// Reads a content stream or character map.
    pub const fn of_content(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, references: false }
    }

    /// The next object; none where there is none, or a word.
    pub fn object(&mut self) -> Option<Object> {
        let mut items = ITEMS;
        match self.read(0, &mut items)? {
            Token::Object(object) => Some(object),
            Token::Word(_) => None,
        }
    }

    /// What stands next; none at the end. What is malformed is passed over.
    pub fn token(&mut self) -> Option<Token> {
        loop {
            let mut items = ITEMS;
            self.pass_space();
            let from = self.at;
            match self.read(0, &mut items) {
                Some(token) => return Some(token),
                None if self.at >= self.bytes.len() => return None,
                None => self.at = self.at.max(from + 1),
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Goes to what is neither white space nor a comment.
    fn pass_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                self.at += rest.iter().position(|b| matches!(b, 10 | 13)).unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn read(&mut self, depth: usize, items: &mut usize) -> Option<Token> {
        self.pass_space();
        *items = items.checked_sub(1)?;
        let object = match self.peek()? {
            b'/' => Object::Name(self.name()),
            b'(' => Object::String(self.literal()?),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.dictionary(depth, items)?,
            b'<' => Object::String(self.hex()?),
            b'[' => self.array(depth, items)?,
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference(),
            b')' | b'>' | b']' | b'{' | b'}' => return None,
            _ => return Some(self.word()),
        };
        Some(Token::Object(object))
    }

    /// Bytes up to white space or a delimiter.
    fn regular(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| is_space(*byte) || is_delimiter(*byte));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        word
    }

    fn word(&mut self) -> Token {
        match self.regular() {
            b"null" | b"true" | b"false" => Token::Object(Object::Null),
            word => Token::Word(word.iter().copied().take(WORD_BYTES).collect()),
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let word = self.regular();
        let mut name = Vec::new();
        let mut rest = word.get(..word.len().min(STRING_BYTES)).unwrap_or_default();
        while let Some((byte, behind)) = rest.split_first() {
            rest = behind;
            match (byte, behind.first_chunk::<2>().and_then(|pair| hex_byte(*pair))) {
                (b'#', Some(byte)) => {
                    name.push(byte);
                    rest = behind.get(2..).unwrap_or_default();
                }
                _ => name.push(*byte),
            }
        }
        name
    }

    fn number_or_reference(&mut self) -> Object {
        let word = self.regular();
        let number = number(word);
        let is_index = self.references && word.iter().all(u8::is_ascii_digit);
        let behind = self.at;
        if is_index && self.is_generation() {
            return Object::Reference(u32::try_from(number >> POINT_BITS).unwrap_or(u32::MAX));
        }
        self.at = behind;
        Object::Number(number)
    }

    /// Whether a generation and `R` stand next; goes behind them.
    fn is_generation(&mut self) -> bool {
        self.pass_space();
        let generation = self.regular();
        let is_number = !generation.is_empty() && generation.iter().all(u8::is_ascii_digit);
        is_number && {
            self.pass_space();
            self.regular() == b"R"
        }
    }

    fn array(&mut self, depth: usize, items: &mut usize) -> Option<Object> {
        self.at += 1;
        let mut array = Vec::new();
        loop {
            self.pass_space();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(Object::Array(array));
            }
            match self.read((depth < DEPTH).then_some(depth + 1)?, items)? {
                Token::Object(object) => array.push(object),
                Token::Word(_) => return None,
            }
        }
    }

    fn dictionary(&mut self, depth: usize, items: &mut usize) -> Option<Object> {
        self.at += 2;
        let mut entries = BTreeMap::new();
        loop {
            self.pass_space();
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    self.at += usize::from(self.peek() == Some(b'>'));
                    return Some(Object::Dictionary(Dictionary(entries)));
                }
                b'/' => {
                    let name = self.name();
                    match self.read((depth < DEPTH).then_some(depth + 1)?, items)? {
                        Token::Object(object) => drop(entries.insert(name, object)),
                        Token::Word(_) => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    /// A string in parentheses.
    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut string = Vec::new();
        let mut open = 1;
        while string.len() < STRING_BYTES {
            match self.take()? {
                b'(' => {
                    open += 1;
                    string.push(b'(');
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(string);
                    }
                    string.push(b')');
                }
                b'\\' => string.extend(self.escaped()?),
                byte => string.push(byte),
            }
        }
        None
    }

    /// What stands behind a backslash; none of it where it only joins lines.
    fn escaped(&mut self) -> Option<Option<u8>> {
        Some(Some(match self.take()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return Some(None);
            }
            b'\n' => return Some(None),
            first @ b'0'..=b'7' => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code as u8
            }
            byte => byte,
        }))
    }

    /// A string of hexadecimal digits.
    fn hex(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(2 * STRING_BYTES)).unwrap_or_default();
        let Some(end) = memchr::memchr(b'>', rest) else {
            // What was looked through once is not looked through again.
            self.at += rest.len();
            return None;
        };
        self.at += end + 1;
        Some(from_hex(rest.get(..end).unwrap_or_default()))
    }
}

/// Bytes of hexadecimal digits; what is none is passed over, and a last digit alone stands first.
pub fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| hex_byte([pair[0], pair.get(1).copied().unwrap_or(b'0')]);
    digits.chunks(2).filter_map(pair).collect()
}

fn hex_byte(pair: [u8; 2]) -> Option<u8> {
    let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
    Some((high? << 4 | low?) as u8)
}

/// A number as it is written, to eight digits behind the point.
fn number(word: &[u8]) -> i64 {
    let (mut whole, mut part, mut unit) = (0_i64, 0_i64, 0_i64);
    for byte in word {
        let digit = i64::from(byte.wrapping_sub(b'0'));
        match byte {
            b'0'..=b'9' if unit == 0 => whole = (whole * 10 + digit).min(GREATEST >> POINT_BITS),
            b'0'..=b'9' if unit < 100_000_000 => {
                part = part * 10 + digit;
                unit *= 10;
            }
            b'.' if unit == 0 => unit = 1,
            _ => (),
        }
    }
    let number = (whole << POINT_BITS) + (part << POINT_BITS) / unit.max(1);
    if word.first() == Some(&b'-') { -number } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_as_they_are_written() {
        let text = b"<< /A#20b (x\\(\\051\\\n(y)\\101) /B [1 -2.5 .5 <48 6> 3 0 R null] % end\n/C /D >> endobj";
        let mut parser = Parser::new(text, 0);
        let Some(Object::Dictionary(found)) = parser.object() else { panic!("no dictionary") };
        assert_eq!(found.get(b"A b"), Some(&Object::String(b"x()(y)A".to_vec())));
        let Some(Object::Array(array)) = found.get(b"B") else { panic!("no array") };
        assert_eq!(array[..2], [Object::Number(ONE), Object::Number(-2 * ONE - ONE / 2)]);
        assert_eq!(array[2].number(), Some(ONE / 2));
        assert_eq!(
            array[3..],
            [Object::String(b"H`".to_vec()), Object::Reference(3), Object::Null]
        );
        assert!(found.is(b"C", b"D"));
        assert_eq!(parser.token(), Some(Token::Word(b"endobj".to_vec())));
        assert_eq!(parser.token(), None);
    }

    #[test]
    fn what_is_malformed_ends() {
        for bad in ["<< /A", "[1 2", "(abc", "<48", "<< 1 2 >>", "[ endobj ]"] {
            assert_eq!(Parser::new(bad.as_bytes(), 0).object(), None, "{bad}");
        }
        assert_eq!(Parser::new(&b"[".repeat(1_000), 0).object(), None);
        let mut open = Parser::of_content(b"< < < <");
        assert_eq!((open.token(), open.at), (None, 7));
        let mut content = Parser::of_content(b") ] (a) Tj 1 0 R");
        let words = std::iter::from_fn(|| content.token());
        assert_eq!(words.filter(|token| matches!(token, Token::Word(_))).count(), 2);
    }
}
